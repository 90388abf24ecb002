//! UBL, for business buyers.

use super::{PeppolId, broken, dutch_rules, model, refused};
use crate::DocumentError;
use domain::invoice::Document;
use en16931::En16931;
use en16931::profiles::{PEPPOL_BIS_3, PeppolBis3};
use en16931::validation::profile::Validated;
use en16931_formats::{Syntax, write, write_unchecked};

/// In which form of UBL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Ubl {
    /// Peppol BIS Billing 3.0: what goes over the network, and what Belgium wants between businesses.
    #[default]
    PeppolBis3,
    /// NLCIUS (SI-UBL 2.0): what Dutch authorities and bookkeeping programs read.
    Nlcius,
    /// EN 16931 and nothing else: for consumers too, and for whoever reads neither of the others.
    En16931,
}

const PROCESS: &str = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0";
const NLCIUS: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0";

/// The document as UBL, addressed on the Peppol network: to `buyer`, or where the numbers of the buyer lead.
///
/// Only businesses can be addressed; a consumer's document breaks the rules of Peppol and mostly of NLCIUS, and is refused.
pub fn ubl(
    document: &Document,
    form: &Ubl,
    seller: Option<&PeppolId>,
    buyer: Option<&PeppolId>,
) -> Result<String, DocumentError> {
    let mut invoice = model::model(&document.content, &document.number, document.issued_on)?;
    invoice.business_process = Some(PROCESS.to_owned());
    let address = |given: Option<&PeppolId>, derived: Option<PeppolId>| given.cloned().or(derived).map(|id| id.identifier());
    invoice.seller.electronic_address = address(seller, PeppolId::of_seller(&document.content));
    invoice.buyer.electronic_address = address(buyer, PeppolId::of_buyer(&document.content));
    let (standard, dutch) = match form {
        Ubl::PeppolBis3 => ("Peppol BIS 3", dutch_rules::of_peppol(&invoice)),
        Ubl::Nlcius => ("NLCIUS", dutch_rules::of_nlcius(&invoice)),
        Ubl::En16931 => ("EN 16931", Vec::new()),
    };
    if !dutch.is_empty() {
        return Err(refused(standard, dutch));
    }
    match form {
        Ubl::PeppolBis3 => {
            invoice.specification_id = Some(PEPPOL_BIS_3.specification_id.to_owned());
            let proof = Validated::<PeppolBis3>::new(invoice).map_err(|no| refused(standard, broken(no.report())))?;
            Ok(write(&proof, Syntax::Ubl).xml)
        }
        Ubl::En16931 => {
            let proof = Validated::<En16931>::new(invoice).map_err(|no| refused(standard, broken(no.report())))?;
            Ok(write(&proof, Syntax::Ubl).xml)
        }
        Ubl::Nlcius => {
            let proof = Validated::<En16931>::new(invoice).map_err(|no| refused(standard, broken(no.report())))?;
            let mut invoice = proof.into_inner();
            invoice.specification_id = Some(NLCIUS.to_owned());
            // Its rule 35 wants the reason in words alone.
            for vat in invoice.vat_breakdown.iter_mut().filter(|vat| vat.exemption_reason.is_some()) {
                vat.exemption_reason_code = None;
            }
            let written = write_unchecked(&invoice, Syntax::Ubl);
            Ok(written.map_err(|no| refused(standard, vec![no.to_string()]))?.xml)
        }
    }
}
