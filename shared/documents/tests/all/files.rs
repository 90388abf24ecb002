//! Which samples there are.

use crate::sales;
use documents::{DocumentError, Look, Ubl};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where they are kept.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/samples/invoices"))
}

/// All of them, by the name of their file.
pub(crate) fn all() -> Result<BTreeMap<String, Vec<u8>>, DocumentError> {
    let look = sales::look();
    let mut files = BTreeMap::new();
    for sale in sales::all() {
        let name = sale.name;
        let pdf = documents::invoice(&sale.document, &look)?;
        let cii = en16931_formats::read(&pdf).ok().and_then(|read| read.pdf).map(|inside| inside.xml).unwrap_or_default();
        files.insert(format!("{name}.pdf"), pdf);
        files.insert(format!("{name}.cii.xml"), cii);
        let business = sale.is_business;
        for (form, wanted, ending) in
            [(Ubl::PeppolBis3, business, "peppol"), (Ubl::Nlcius, business, "nlcius"), (Ubl::En16931, !business, "ubl")]
        {
            if wanted {
                files.insert(format!("{name}.{ending}.xml"), documents::ubl(&sale.document, &form, None, None)?.into_bytes());
            }
        }
    }
    files.insert("plain-look.pdf".into(), documents::invoice(&sales::at_home::mixed_rates(), &Look::default())?);
    files.insert("pro-forma.pdf".into(), pro_forma(&look)?);
    files.insert("packing-slip.pdf".into(), documents::packing_slip(&sales::parcels::slip(), &look)?);
    files.insert("pick-list.pdf".into(), documents::pick_list(&sales::parcels::picks(14), &look)?);
    Ok(files)
}

fn pro_forma(look: &Look) -> Result<Vec<u8>, DocumentError> {
    let document = sales::at_home::business_unpaid();
    documents::pro_forma(&document.content, document.issued_on, look)
}
