//! One invoice or credit note, with its lines, its sums per rate of VAT, and why it is taxed like that. Who bought it stands on the document alone.

use super::Unreadable;
use super::invoices::{InvoiceSummary, money, summary};
use crate::Ports;
use crate::invoices::{DocumentForm, find_document, forms};
use documents::{Language, why_this_vat};
use domain::invoice::{Charge, ChargeKind, Document, Line, Taxed, VatTotal, ViesConsultation};
use domain::vat::Reason;
use domain::{Country, Currency, Ean, Money, OrderLineId, Quantity, Sku};
use jiff::Timestamp;
use jiff::civil::Date;
use ports::Result;
use rust_decimal::Decimal;

/// An issued invoice or credit note. It never changes. On a credit note amounts are positive too: they come off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoiceView {
    /// In short.
    #[serde(flatten)]
    pub summary: InvoiceSummary,
    /// The date of supply, when the goods left, in Europe/Amsterdam: the rates are those of this day.
    #[schemars(with = "String")]
    pub supplied_on: Date,
    /// When the customer ordered, UTC.
    #[schemars(with = "String")]
    pub placed_at: Timestamp,
    /// The id of the shipment that it is for, or another id of ours where it is for none.
    pub shipment: Option<String>,
    /// The language it is written in: two small letters of ISO 639-1, `nl`.
    pub language: String,
    /// The seller's VAT number that the sale was made under; none for a small business that has none.
    pub seller_vat_number: Option<String>,
    /// The country that the goods left.
    pub ship_from: Country,
    /// The country that they went to.
    pub ship_to: Country,
    /// Whether the buyer is a business: then there is an XML document too.
    pub is_business: bool,
    /// The goods.
    pub lines: Vec<InvoiceLine>,
    /// Shipping and whatever else follows the goods, per rate.
    pub charges: Vec<InvoiceCharge>,
    /// The sums per rate of VAT, each with the reason.
    pub vat: Vec<InvoiceVat>,
    /// What VIES said of the buyer's VAT number, where that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vies: Option<InvoiceVies>,
    /// Everything without VAT.
    pub net: Money,
    /// All VAT.
    pub vat_total: Money,
    /// The VAT as the channel reckoned it, where that differs: it spread a voucher or costs over the rates in another way. What the buyer paid is
    /// the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_vat: Option<Money>,
    /// Paid already, or paid back.
    pub paid: Money,
    /// Still to pay.
    pub payable: Money,
    /// Whether it can be had as XML (UBL) as well: documents to businesses.
    pub has_xml: bool,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// A line of goods.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoiceLine {
    /// The channel's id of the order's line.
    pub line: OrderLineId,
    /// The product.
    pub sku: Option<Sku>,
    /// Its EAN.
    pub ean: Option<Ean>,
    /// Its name on the document.
    pub title: String,
    /// Units.
    pub units: Quantity,
    /// Without VAT, discounts off.
    pub net: Money,
    /// With VAT, discounts off.
    pub total: Money,
    /// Its VAT.
    pub taxed: VatRate,
}

/// What follows the goods.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoiceCharge {
    /// What for.
    pub r#type: InvoiceChargeType,
    /// Its name on the document.
    pub title: String,
    /// Without VAT.
    pub net: Money,
    /// With VAT.
    pub total: Money,
    /// Its VAT.
    pub taxed: VatRate,
}

/// What a charge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceChargeType {
    /// Sending the goods.
    Shipping,
    /// Wrapping them.
    Wrapping,
    /// Paying for them.
    PaymentFee,
    /// Something else.
    Other,
}

/// How an amount is taxed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct VatRate {
    /// The state whose VAT it is: a code as in VAT, where Northern Ireland is `XI`.
    pub country: String,
    /// The category of EN 16931: `S` taxed, `Z` at zero, `E` exempt, `AE` shifted to the buyer, `K` to a business in another member state, `G`
    /// exported, `O` not subject to VAT.
    pub category: String,
    /// Percent, as text: `21`. Nothing is charged: `0`.
    #[schemars(with = "String")]
    pub rate: Decimal,
}

/// The VAT of one rate.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct InvoiceVat {
    /// Whose, in which category, at which rate.
    #[serde(flatten)]
    pub taxed: VatRate,
    /// Without VAT.
    pub net: Money,
    /// The VAT. What the buyer paid is fixed, so that it may be a cent beside `net` by the rate.
    pub vat: Money,
    /// Which rule decided.
    pub rule: VatRule,
    /// Why, as a sentence in English.
    pub reason: String,
    /// The same in Dutch, for pages.
    #[serde(skip)]
    pub reason_in_dutch: String,
}

/// What VIES said when it was asked: the evidence, frozen with the document.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct InvoiceVies {
    /// The VAT number that was asked about: the one thing of the buyer that is told here, for the VAT rests on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whether the number is valid.
    pub is_valid: bool,
    /// When it was asked, UTC.
    #[schemars(with = "String")]
    pub asked_at: Timestamp,
    /// The seller's VAT number that it was asked under.
    pub asked_by: Option<String>,
    /// The consultation number that VIES gave, which proves it.
    pub consultation_number: Option<String>,
}

impl From<&ViesConsultation> for InvoiceVies {
    fn from(said: &ViesConsultation) -> Self {
        Self {
            number: Some(said.number.as_str().to_owned()),
            is_valid: said.is_valid,
            asked_at: said.at,
            asked_by: said.asked_by.as_ref().map(|number| number.as_str().to_owned()),
            consultation_number: said.consultation.clone(),
        }
    }
}

/// The rule by which it was decided whose VAT it is (docs/guides/vat.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VatRule {
    /// The goods stay in the state.
    Domestic,
    /// To another state, under the threshold: the VAT of where they left.
    Origin,
    /// To another state: the VAT of where they arrive.
    Destination,
    /// To a business of another state.
    IntraCommunity,
    /// The buyer accounts for it.
    ReverseCharge,
    /// Out of the EU's VAT.
    Export,
    /// The seller is exempt as a small business.
    SmallBusiness,
}

/// The document with this number.
pub async fn invoice(world: &Ports, number: &str) -> Result<InvoiceView> {
    let document = find_document(world, number).await?;
    let mut unreadable = Vec::new();
    let summary = summary(world, &document, &mut unreadable).await?;
    Ok(InvoiceView { summary, unreadable, ..InvoiceView::from(&document) })
}

impl From<&Document> for InvoiceView {
    fn from(document: &Document) -> Self {
        let content = &document.content;
        let (currency, totals) = (&content.currency, &content.totals);
        Self {
            summary: InvoiceSummary::from(document),
            supplied_on: content.supplied_on,
            placed_at: content.order.placed_at,
            shipment: content.order.shipment.clone(),
            language: content.language.clone(),
            seller_vat_number: content.seller.vat_number.as_ref().map(|number| number.as_str().to_owned()),
            ship_from: content.ship_from.clone(),
            ship_to: content.delivery.address.country.clone(),
            is_business: content.buyer.is_business,
            lines: content.lines.iter().map(|one| line(one, currency)).collect(),
            charges: content.charges.iter().map(|one| charge(one, currency)).collect(),
            vat: content.vat.iter().map(|one| vat(one, currency)).collect(),
            vies: content.vies.as_ref().map(InvoiceVies::from),
            net: money(totals.net, currency),
            vat_total: money(totals.vat, currency),
            channel_vat: content.channel_vat.map(|vat| money(vat, currency)),
            paid: money(totals.prepaid, currency),
            payable: money(totals.payable, currency),
            has_xml: forms(document).contains(&DocumentForm::Ubl),
            unreadable: Vec::new(),
        }
    }
}

fn line(line: &Line, currency: &Currency) -> InvoiceLine {
    InvoiceLine {
        line: line.id.clone(),
        sku: line.sku.clone(),
        ean: line.ean.clone(),
        title: line.text.clone(),
        units: line.quantity,
        net: money(line.net, currency),
        total: money(line.gross, currency),
        taxed: VatRate::from(&line.taxed),
    }
}

fn charge(charge: &Charge, currency: &Currency) -> InvoiceCharge {
    InvoiceCharge {
        r#type: match charge.kind {
            ChargeKind::Shipping => InvoiceChargeType::Shipping,
            ChargeKind::Wrapping => InvoiceChargeType::Wrapping,
            ChargeKind::PaymentFee => InvoiceChargeType::PaymentFee,
            ChargeKind::Other => InvoiceChargeType::Other,
        },
        title: charge.text.clone(),
        net: money(charge.net, currency),
        total: money(charge.gross, currency),
        taxed: VatRate::from(&charge.taxed),
    }
}

fn vat(total: &VatTotal, currency: &Currency) -> InvoiceVat {
    InvoiceVat {
        taxed: VatRate::from(&total.taxed),
        net: money(total.net, currency),
        vat: money(total.vat, currency),
        rule: VatRule::from(&total.decision.reason),
        reason: why_this_vat(&total.decision, Language::En),
        reason_in_dutch: why_this_vat(&total.decision, Language::Nl),
    }
}

impl From<&Taxed> for VatRate {
    fn from(taxed: &Taxed) -> Self {
        let Taxed { country, category, rate, .. } = taxed;
        Self { country: country.code().to_owned(), category: category.code().to_owned(), rate: *rate }
    }
}

impl From<&Reason> for VatRule {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::Domestic { .. } => Self::Domestic,
            Reason::Origin { .. } => Self::Origin,
            Reason::Destination { .. } => Self::Destination,
            Reason::IntraCommunity { .. } => Self::IntraCommunity,
            Reason::ReverseCharge { .. } => Self::ReverseCharge,
            Reason::Export { .. } => Self::Export,
            Reason::SmallBusiness { .. } => Self::SmallBusiness,
        }
    }
}
