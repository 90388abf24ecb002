//! Whatever a buyer or a shop writes, there is an invoice.

use crate::sales;
use documents::{Look, PackingSlip};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_stops_an_invoice(name in ".{1,60}", street in "\\PC{0,40}", city in any::<String>(), item in any::<String>(), reference in any::<String>()) {
        let mut document = sales::at_home::business_unpaid();
        let content = &mut document.content;
        // What is nothing but space or control characters is no name: a field that must be there, and is not.
        prop_assume!(name.chars().any(|c| !c.is_whitespace() && !c.is_control() && c != '\u{fffe}' && c != '\u{ffff}'));
        content.buyer.name = name;
        content.buyer.address.lines = vec![street];
        content.buyer.address.city = city;
        content.buyer.order_reference = Some(reference.clone());
        content.lines[0].text = item.clone();
        content.payments.clear();
        let pdf = documents::invoice(&document, &Look::default());
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
        let slip = sales::parcels::slip();
        let slip = PackingSlip { order: reference, message: Some(item), ..slip };
        prop_assert!(documents::packing_slip(&slip, &Look::default()).is_ok());
    }
}
