//! What a merchant says about the accounting system that documents are booked in, and what a look at it found.

use super::{TypedRow, json, to_json};
use domain::vat::{VatCountry, VatReturn};
use domain::{ChannelId, ConnectionId, Country};
use jiff::Timestamp;
use ports::{Key, Result, Row};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The accounting system, and by which codes documents are booked there. Its credentials are not here, but with `ports::Secrets`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountingSettings {
    /// The merchant's name for it; its credentials and its token go by it.
    pub connection: ConnectionId,
    /// Which system, by its connector's name.
    pub system: ChannelId,
    /// Start of all its addresses, without a slash at the end.
    pub base_url: String,
    /// Further settings, by the names in the connector's `Descriptor`.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// The journal of invoices.
    pub sales_journal: String,
    /// The journal of credit notes.
    pub credit_journal: String,
    /// The ledger account of goods that no VAT code has one of its own for.
    pub ledger: String,
    /// The ledger account of shipping and other charges; `None`: that of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges_ledger: Option<String>,
    /// The collective debtor of all consumers that `debtors` says nothing else of.
    pub debtor: String,
    /// Collective debtors of single connections or countries. The first that fits holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub debtors: Vec<CollectiveDebtor>,
    /// The VAT codes.
    pub vat_codes: Vec<MappedVatCode>,
}

/// A collective debtor.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectiveDebtor {
    /// Of the orders of this connection; none: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Of goods that went to this country; none: to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The code of the debtor in the administration.
    pub code: String,
}

/// The VAT code of what is taxed like this.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedVatCode {
    /// Whose VAT.
    pub country: VatCountry,
    /// Percent, without zeros at its end: `21`.
    pub rate: Decimal,
    /// Where it is declared.
    pub declared: Declared,
    /// The code in the administration.
    pub code: String,
    /// The ledger account of goods that are taxed like this; `None`: the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<String>,
}

/// Where VAT is declared, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// In the ordinary return of the state.
    Local,
    /// In the return of the union scheme.
    Oss,
    /// As an intra-Community supply.
    IntraCommunity,
    /// As shifted to the buyer.
    ReverseCharge,
    /// As an export.
    Export,
    /// Nowhere: the scheme for small businesses.
    SmallBusiness,
}

impl Declared {
    /// All of them, by their word.
    pub const ALL: [(&'static str, Self); 6] = [
        ("local", Self::Local),
        ("oss", Self::Oss),
        ("intra_community", Self::IntraCommunity),
        ("reverse_charge", Self::ReverseCharge),
        ("export", Self::Export),
        ("small_business", Self::SmallBusiness),
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("", |(name, _)| name)
    }
}

impl From<&VatReturn> for Declared {
    fn from(declared: &VatReturn) -> Self {
        match declared {
            VatReturn::Local { .. } => Self::Local,
            VatReturn::Oss => Self::Oss,
            VatReturn::IntraCommunity { .. } => Self::IntraCommunity,
            VatReturn::ReverseCharge { .. } => Self::ReverseCharge,
            VatReturn::Export { .. } => Self::Export,
            VatReturn::SmallBusiness => Self::SmallBusiness,
        }
    }
}

/// What the last look at the administration found.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountingCheckRow {
    /// When somebody asked for one, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// When it was looked at, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
    /// A fingerprint of the settings as they were then.
    #[serde(default)]
    pub settings: String,
    /// The company, in the system's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// What of the settings does not fit, for people.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Why it could not be looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl AccountingCheckRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("ACCOUNTING", "CHECK")
    }
}

impl TypedRow for AccountingCheckRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(self))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body")
    }
}
