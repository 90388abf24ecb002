//! The words on documents, in each language. All that a buyer reads and that is not data stands here.

mod de;
mod en;
mod figures;
mod fr;
mod nl;
mod places;
mod why;

pub(crate) use figures::{amount, date, money, percent, plain, units};
pub(crate) use places::country;
pub(crate) use why::{mention, why};

use crate::language::Language;
use domain::invoice::ChargeKind;

/// Labels. Those with a part to fill in hold it as `{}`, in the order that the name tells.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Words {
    pub(crate) invoice: &'static str,
    pub(crate) credit_note: &'static str,
    pub(crate) pro_forma: &'static str,
    pub(crate) packing_slip: &'static str,
    pub(crate) pick_list: &'static str,

    pub(crate) number: &'static str,
    pub(crate) issued_on: &'static str,
    pub(crate) supplied_on: &'static str,
    pub(crate) order: &'static str,
    pub(crate) ordered_on: &'static str,
    pub(crate) shipment: &'static str,
    pub(crate) your_reference: &'static str,
    pub(crate) your_vat_number: &'static str,
    pub(crate) your_registration: &'static str,
    pub(crate) credited_invoice: &'static str,
    /// number, date
    pub(crate) number_of_date: &'static str,
    pub(crate) because: &'static str,

    pub(crate) deliver_to: &'static str,
    pub(crate) attention: &'static str,
    pub(crate) pickup_point: &'static str,
    pub(crate) from: &'static str,

    pub(crate) article: &'static str,
    pub(crate) quantity: &'static str,
    pub(crate) unit_price: &'static str,
    pub(crate) vat: &'static str,
    /// Within a sentence.
    pub(crate) vat_within: &'static str,
    pub(crate) net: &'static str,
    pub(crate) gross: &'static str,
    // Of a seller who charges no VAT, and shows none.
    pub(crate) plain_price: &'static str,
    pub(crate) plain_amount: &'static str,
    pub(crate) plain_total: &'static str,
    pub(crate) plain_articles: &'static str,
    pub(crate) plain_credited: &'static str,
    /// amount off, listed amount
    pub(crate) plain_discount: &'static str,
    pub(crate) sku: &'static str,
    /// amount off, listed amount
    pub(crate) discount_with_vat: &'static str,
    /// amount off, listed amount
    pub(crate) discount_without_vat: &'static str,
    pub(crate) carried: &'static str,

    pub(crate) subtotal: &'static str,
    pub(crate) total_net: &'static str,
    /// rate, base
    pub(crate) vat_of: &'static str,
    /// base
    pub(crate) no_vat_of: &'static str,
    pub(crate) total_gross: &'static str,
    pub(crate) total_credited: &'static str,
    pub(crate) payable: &'static str,
    pub(crate) paid_back: &'static str,
    pub(crate) still_paid_back: &'static str,
    /// rate, currency, day
    pub(crate) vat_in_euro: &'static str,
    pub(crate) euro_rate: &'static str,
    pub(crate) shipping: &'static str,
    pub(crate) wrapping: &'static str,
    pub(crate) payment_fee: &'static str,
    pub(crate) other_charge: &'static str,

    pub(crate) paid: &'static str,
    pub(crate) repaid: &'static str,
    pub(crate) marketplace: &'static str,
    pub(crate) online: &'static str,
    pub(crate) gift_card: &'static str,
    pub(crate) transfer: &'static str,
    pub(crate) otherwise: &'static str,
    /// amount, account, reference
    pub(crate) please_pay: &'static str,
    /// amount, reference
    pub(crate) please_pay_without_account: &'static str,

    pub(crate) why_this_vat: &'static str,
    pub(crate) no_invoice: &'static str,
    pub(crate) vat_number: &'static str,
    pub(crate) page: &'static str,

    pub(crate) tracking: &'static str,
    pub(crate) still_to_come: &'static str,
    pub(crate) message: &'static str,
    pub(crate) location: &'static str,
    pub(crate) bin: &'static str,
    pub(crate) orders: &'static str,
    /// orders, units
    pub(crate) orders_and_units: &'static str,
    pub(crate) picked_by: &'static str,

    pub(crate) months: [&'static str; 12],
}

impl Words {
    pub(crate) fn of(language: Language) -> &'static Self {
        match language {
            Language::Nl => &nl::WORDS,
            Language::En => &en::WORDS,
            Language::De => &de::WORDS,
            Language::Fr => &fr::WORDS,
        }
    }

    pub(crate) fn charge(&self, kind: ChargeKind) -> &'static str {
        match kind {
            ChargeKind::Shipping => self.shipping,
            ChargeKind::Wrapping => self.wrapping,
            ChargeKind::PaymentFee => self.payment_fee,
            ChargeKind::Other => self.other_charge,
        }
    }
}

/// A label with its parts filled in.
pub(crate) fn fill(label: &str, parts: &[&str]) -> String {
    let mut filled = String::new();
    let mut parts = parts.iter();
    let mut pieces = label.split("{}");
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        filled.push_str(parts.next().copied().unwrap_or_default());
        filled.push_str(piece);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_has_its_words_and_the_same_parts_in_every_language() {
        let labels = Language::ALL.map(|language| format!("{:#?}", Words::of(language)));
        let dutch: Vec<(&str, usize)> =
            labels[0].lines().map(|line| (line.split(':').next().unwrap(), line.matches("{}").count())).collect();
        for text in &labels {
            assert!(!text.contains("\"\""), "an empty label: {text}");
            let found = text.lines().map(|line| (line.split(':').next().unwrap(), line.matches("{}").count()));
            for ((name, parts), line) in found.zip(&dutch).map(|(one, dutch)| ((dutch.0, dutch.1), one)) {
                assert!(line.1 == parts || line.0 != name, "{name}: {} parts, and {parts} in Dutch", line.1);
            }
        }
    }

    #[test]
    fn parts_are_filled_in_from_the_left_and_what_is_missing_is_nothing() {
        assert_eq!(fill("{} of {}", &["1", "2"]), "1 of 2");
        assert_eq!(fill("{} of {}", &["{}"]), "{} of ");
        assert_eq!(fill("no part", &["1"]), "no part");
    }
}
