//! What a merchant says about invoices: who issues them, under which numbers, and when each connection has them made.

use super::{AccountingSettings, TypedRow, json, to_json};
use documents::{Language, MailSender, Shows, Texts};
use domain::LocationId;
use domain::invoice::{DocumentKind, LegalEntityId, NumberFormat, Seller};
use domain::vat::{self, ClassRate, Place};
use jiff::Timestamp;
use ports::{Key, Result, Row};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Over all connections. Without this row nothing is invoiced.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceSettingsRow {
    /// Who issues.
    pub entities: BTreeMap<LegalEntityId, LegalEntity>,
    /// Where each location is. Of one that is not here nobody can tell whose VAT it is.
    #[serde(default)]
    pub places: BTreeMap<LocationId, Place>,
    /// At which rates states tax classes of products. Without any, all products are taxed at the standard rate.
    #[serde(default)]
    pub classes: Vec<ClassRate>,
    /// How documents look.
    #[serde(default)]
    pub look: InvoiceLook,
    /// Who mails documents to buyers; `None`: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailSender>,
    /// How VIES is asked.
    #[serde(default, skip_serializing_if = "ViesSettings::is_usual")]
    pub vies: ViesSettings,
    /// Where documents are booked; `None`: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting: Option<AccountingSettings>,
}

/// How VIES is asked for buyers' VAT numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViesSettings {
    /// Where, without a slash at the end; `None`: at the Commission's own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// What becomes of a sale while it does not answer.
    pub unanswered: Unanswered,
}

impl ViesSettings {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What becomes of a sale that VIES decides, while it does not answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// It waits.
    #[default]
    Hold,
    /// It waits for two hours and a half, and is then taxed as one to a buyer without a VAT number.
    ChargeVat,
}

/// One legal entity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalEntity {
    /// As it stands on documents. Its VAT number there is the one that a sale is made under, whichever this one is.
    pub seller: Seller,
    /// As tax authorities know it.
    pub vat: vat::Seller,
    /// How its invoices are numbered.
    pub invoice_numbers: NumberFormat,
    /// How its credit notes are numbered.
    pub credit_note_numbers: NumberFormat,
    /// The language for buyers of whom none is known.
    pub language: Language,
    /// Where series go on that another program began, or after a gap.
    #[serde(default)]
    pub starts: Vec<SeriesStart>,
    /// Sales to consumers in other states before Sluis made the invoices: euro without VAT, by calendar year.
    #[serde(default)]
    pub sales_abroad: BTreeMap<i16, Decimal>,
}

/// A series that another program began, or that goes on after a gap: it gives no lower number than this any more. A lower one than it has come to does
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesStart {
    /// Of which documents.
    pub kind: DocumentKind,
    /// The year.
    pub year: i16,
    /// The first number given here, or the next.
    pub first: u64,
}

/// How documents look.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceLook {
    /// The colour of titles and the total: `#0b6e63`.
    pub accent: Option<String>,
    /// Free texts, per language.
    pub texts: BTreeMap<Language, Texts>,
    /// What is shown.
    pub shows: Shows,
}

/// What holds for the orders of one connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionInvoices {
    /// Who issues.
    pub entity: LegalEntityId,
    /// Orders placed before this instant (UTC) are invoiced by whoever did so until then.
    pub since: Timestamp,
    /// When.
    #[serde(default)]
    pub when: InvoiceWhen,
    /// One document for what.
    #[serde(default)]
    pub per: InvoicePer,
    /// Where it is sold.
    pub sold_on: SoldThere,
    /// Where goods lie that the marketplace sends from its own warehouse.
    #[serde(default)]
    pub marketplace_stock: Option<Place>,
    /// Its own series, where it has one.
    #[serde(default)]
    pub numbers: Option<OwnNumbers>,
    /// Whether lines that are no goods, only amounts, are costs that follow the goods. Where they may be gift cards, they are not.
    #[serde(default)]
    pub charges_follow_goods: bool,
    /// What fees below zero are.
    #[serde(default, skip_serializing_if = "NegativeFees::is_ask")]
    pub negative_fees: NegativeFees,
    /// Which invoices the channel is given.
    #[serde(default, skip_serializing_if = "UploadedInvoices::is_none")]
    pub upload: UploadedInvoices,
    /// Which documents are mailed to the buyer.
    #[serde(default, skip_serializing_if = "MailedDocuments::is_none")]
    pub mail: MailedDocuments,
}

/// What the fees below zero of a connection's orders are. VAT depends on it: a discount lowers what is taxed (Directive 2006/112/EC, art. 79), a
/// gift card for goods of any rate is money (art. 30b(2), 73a).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NegativeFees {
    /// Nobody has said: such an order waits for a person.
    #[default]
    Ask,
    /// Something that the merchant takes off.
    Discount,
    /// Payment: gift cards, store credit, a wallet.
    GiftCard,
}

impl NegativeFees {
    /// Whether nobody has said.
    pub fn is_ask(&self) -> bool {
        *self == Self::Ask
    }
}

/// Which invoices a channel is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadedInvoices {
    /// None.
    #[default]
    None,
    /// Those to businesses, and of goods that went to another country.
    Required,
    /// All of them.
    All,
}

impl UploadedInvoices {
    /// Whether it is none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Which documents are mailed to the buyer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailedDocuments {
    /// None.
    #[default]
    None,
    /// Credit notes alone: where the channel shows invoices itself.
    CreditNotes,
    /// All of them.
    All,
}

impl MailedDocuments {
    /// Whether it is none.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// When an invoice is issued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceWhen {
    /// When it was ordered.
    Ordered,
    /// When it was paid.
    Paid,
    /// When it was sent.
    #[default]
    Shipped,
}

/// One document for what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoicePer {
    /// Each shipment.
    #[default]
    Shipment,
    /// The order, once all of it was sent.
    Order,
}

/// Where it is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoldThere {
    /// In a shop of the merchant's own.
    OwnShop,
    /// On a marketplace, which takes the money, and wants no bank account on invoices.
    Marketplace,
}

/// A series of a connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnNumbers {
    /// How its invoices are numbered.
    pub invoices: NumberFormat,
    /// How its credit notes are numbered.
    pub credit_notes: NumberFormat,
}

impl InvoiceSettingsRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("SETTINGS", "INVOICES")
    }
}

impl TypedRow for InvoiceSettingsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(self))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body")
    }
}
