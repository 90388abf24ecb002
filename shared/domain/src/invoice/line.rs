//! What is charged for: lines of goods, and what follows them.

use super::super::vat::{Category, Decision, Exemption, VatCountry};
use crate::{Ean, OrderLineId, Quantity, Sku};
use rust_decimal::Decimal;

/// By what amounts are gathered: all with the same country, category and rate make one VAT total (EN 16931 BG-23).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taxed {
    /// Whose VAT.
    pub country: VatCountry,
    /// The category.
    pub category: Category,
    /// Percent: `21`; nothing wherever no VAT is charged. Always written the same way, without zeros at its end.
    pub rate: Decimal,
    /// Why there is no VAT, as a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
}

impl Taxed {
    /// As it was decided.
    pub fn by(decision: &Decision) -> Self {
        Self {
            country: decision.country,
            category: decision.category,
            rate: decision.rate.normalize(),
            exemption: decision.exemption,
        }
    }
}

/// A line of goods (EN 16931 BG-25). Amounts are positive, on credit notes as well, in the currency of the document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The channel's id of the order's line.
    pub id: OrderLineId,
    /// The merchant's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The EAN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// The usual name of the goods (Directive art. 226(6)).
    pub text: String,
    /// Units.
    pub quantity: Quantity,
    /// One unit without VAT, all discounts off: `net` by `quantity`, with 6 decimals at most (BT-146). Of net-priced shops without discount, the
    /// price as sold.
    pub unit_net: Decimal,
    /// Before discounts, with or without VAT as `Document::prices` says.
    pub listed: Decimal,
    /// Taken off, the line's own discount and its share of the order's, with or without VAT as `Document::prices` says. Not negative.
    pub discount: Decimal,
    /// Without VAT, discounts off (BT-131): two decimals.
    pub net: Decimal,
    /// With VAT, discounts off: what the buyer pays for the line.
    pub gross: Decimal,
    /// How it is taxed.
    pub taxed: Taxed,
}

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// Sending the goods.
    Shipping,
    /// Wrapping them.
    Wrapping,
    /// Paying for them.
    PaymentFee,
    /// Something else that goes with them.
    Other,
}

/// What follows the goods, one entry per rate that these have (EN 16931 BG-21): Directive art. 78(b).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// What for.
    pub kind: ChargeKind,
    /// Its name for the buyer.
    pub text: String,
    /// Without VAT: two decimals.
    pub net: Decimal,
    /// With VAT.
    pub gross: Decimal,
    /// How it is taxed.
    pub taxed: Taxed,
}

/// Something that was paid, or paid back on a credit note.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// How.
    pub kind: PaymentKind,
    /// How much, in the currency of the document.
    pub amount: Decimal,
    /// Its name for people: `iDEAL`, the last signs of a gift card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A means of payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentKind {
    /// To the marketplace, which pays the merchant later.
    Marketplace,
    /// Through a payment service.
    Online,
    /// A gift card for goods of any rate, which is money and no discount (Directive art. 30b(2), 73a).
    GiftCard,
    /// To the bank account on the invoice.
    Transfer,
    /// In another way.
    Other,
}
