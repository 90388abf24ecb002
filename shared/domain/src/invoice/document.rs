//! An invoice or credit note as it was issued: all that a PDF, an electronic invoice, an upload, a mail, a return and a booking are made
//! from. It is frozen with its number and never changed; what is wrong in it is credited and issued anew.

use super::{Buyer, Charge, Credited, Delivery, Line, OrderReference, Payment, Seller, Series, Taxed, ViesConsultation};
use crate::vat::{Decision, Evidence, Mention, VatReturn};
use crate::{Country, Currency};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What it is (EN 16931 BT-3: 380 and 381).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit note. Its amounts are positive: the kind says that they come off.
    CreditNote,
}

/// Whether the shop's prices hold the VAT. It says from which side the sums were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// They do: VAT was taken out of what the buyer paid.
    Gross,
    /// They do not: VAT was put on top.
    Net,
}

/// An issued document: what it says, and the number under which it says so. The number is the last thing that it gets: everything that can fail
/// comes before it, so that no number is lost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its number as people read it: `F2026-00418`.
    pub number: String,
    /// The series it belongs to. Its kind is that of `content`.
    pub series: Series,
    /// Its place in the series, counted from 1.
    pub sequence: u64,
    /// The date of issue, in Europe/Amsterdam (BT-2).
    pub issued_on: Date,
    /// What it says.
    pub content: Content,
}

/// What a document says, before and after it has a number. Amounts are in `currency`, with two decimals.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// What it is.
    pub kind: DocumentKind,
    /// The date of supply: when the goods were sent, in Europe/Amsterdam (BT-72). The rates are those of this day. On a credit note, that of
    /// the invoice.
    pub supplied_on: Date,
    /// The language that it is written in for the buyer: two small letters of ISO 639-1, `nl`.
    pub language: String,
    /// The currency of all amounts but those that say otherwise (BT-5).
    pub currency: Currency,
    /// From which side the sums were made.
    pub prices: PriceBasis,
    /// Who sells.
    pub seller: Seller,
    /// Who buys.
    pub buyer: Buyer,
    /// Where the goods went.
    pub delivery: Delivery,
    /// Where they left: the country of the warehouse.
    pub ship_from: Country,
    /// The order and shipment.
    pub order: OrderReference,
    /// The invoice that is credited; on credit notes, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credited>,
    /// The goods. On a credit note of an amount alone there are none of them, or lines of no units.
    pub lines: Vec<Line>,
    /// Shipping and whatever else follows the goods, per rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// VAT per rate: each `Taxed` once.
    pub vat: Vec<VatTotal>,
    /// The sums of it all.
    pub totals: Totals,
    /// The VAT in euro where the currency is another (BT-6, BT-111; Directive art. 230).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_in_euro: Option<EuroVat>,
    /// How it was paid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// What the law wants to be said, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// What VIES said about the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vies: Option<ViesConsultation>,
    /// The VAT as the channel reckoned it, in the currency of the order, where that differs from ours: it spread a voucher or costs over the rates in
    /// another way. The buyer's total is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_vat: Option<Decimal>,
    /// Whether it must be sent as a structured invoice over Peppol.
    #[serde(default)]
    pub structured: bool,
}

/// The VAT of one rate (EN 16931 BG-23).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VatTotal {
    /// Whose, in which category, at which rate.
    pub taxed: Taxed,
    /// Without VAT (BT-116).
    pub net: Decimal,
    /// The VAT (BT-117). Not always `net` by the rate: what the buyer paid is fixed, and the cent falls here.
    pub vat: Decimal,
    /// Where it is declared.
    pub vat_return: VatReturn,
    /// Why it is taxed like this: one of the lines' decisions, which differ in their class of product alone.
    pub decision: Decision,
}

impl VatTotal {
    /// With VAT.
    pub fn gross(&self) -> Decimal {
        self.net + self.vat
    }

    /// What must be kept for it.
    pub fn evidence(&self) -> &'static [Evidence] {
        self.decision.evidence()
    }
}

/// Sums of the document (EN 16931 BG-22).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Lines without VAT (BT-106).
    pub lines_net: Decimal,
    /// Charges without VAT (BT-108).
    pub charges_net: Decimal,
    /// Everything without VAT (BT-109).
    pub net: Decimal,
    /// VAT (BT-110).
    pub vat: Decimal,
    /// Everything with VAT (BT-112): what the buyer owes for it, however it was paid.
    pub gross: Decimal,
    /// Paid already, gift cards with it (BT-113). On a credit note, what was paid back.
    pub prepaid: Decimal,
    /// Still to pay (BT-115).
    pub payable: Decimal,
}

/// VAT in euro of a document in another currency.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EuroVat {
    /// The VAT in euro.
    pub vat: Decimal,
    /// Units of the document's currency for one euro, as the European Central Bank publishes it.
    pub per_euro: Decimal,
    /// The day of that rate: of the supply, and for OSS the last of the period (Directive art. 369h(2)).
    pub on: Date,
}
