//! What travels, as far as it is read. Unknown fields are skipped: plugins add their own to every resource.
//!
//! Money is read from the text fields only: `price` is a JSON number and is left alone.

use crate::woocommerce::marks::Parcel;
use domain::Country;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ports::{Error, ErrorKind, Result};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub(super) struct Order {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) number: Option<String>,
    pub(super) status: String,
    #[serde(default)]
    pub(super) currency: String,
    #[serde(default)]
    pub(super) date_created_gmt: Option<String>,
    #[serde(default)]
    pub(super) date_modified_gmt: Option<String>,
    #[serde(default)]
    pub(super) date_completed_gmt: Option<String>,
    pub(super) line_items: Vec<Line>,
    #[serde(default)]
    pub(super) refunds: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    pub(super) shipping: Address,
    #[serde(default)]
    pub(super) billing: Address,
    #[serde(default, deserialize_with = "fields")]
    pub(super) meta_data: Vec<Meta>,
}

impl Order {
    /// The parcels we told of.
    pub(super) fn parcels(&self) -> impl Iterator<Item = Parcel> {
        self.meta_data.iter().filter_map(|field| Parcel::of_field(field.key.as_deref()?, &field.value))
    }

    /// The country it goes to. Where the shop keeps no address for delivery, it is the buyer's.
    pub(super) fn ship_to(&self) -> Option<Country> {
        let country = |address: &Address| match address {
            Address::Known { country } => Country::new(country.trim()).ok(),
            Address::Other(_) => None,
        };
        country(&self.shipping).or_else(|| country(&self.billing))
    }
}

/// Of an address, the country; all else is not even kept while it is read. PHP writes an empty one as a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Address {
    Known { country: String },
    Other(serde::de::IgnoredAny),
}

impl Default for Address {
    fn default() -> Self {
        Self::Other(serde::de::IgnoredAny)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) product_id: u64,
    #[serde(default)]
    pub(super) variation_id: u64,
    pub(super) quantity: Whole,
    /// After discounts, without tax, whatever the shop's tax setting.
    #[serde(default)]
    pub(super) total: Option<String>,
    /// Null once the product is deleted.
    #[serde(default)]
    pub(super) sku: Option<String>,
    /// The line of the set that it is part of, as the plugin Product Bundles tells; empty where it is part of none.
    #[serde(default)]
    bundled_by: Value,
    /// As `bundled_by`, of the plugin Composite Products.
    #[serde(default)]
    composite_parent: Value,
    #[serde(default, deserialize_with = "fields")]
    pub(super) meta_data: Vec<Meta>,
}

impl Line {
    /// The line of the set that it is part of, among the order's lines.
    pub(super) fn part_of(&self, all: &[Self]) -> Option<u64> {
        let line = |value: &Value| number(value).filter(|id| all.iter().any(|line| line.id == *id));
        line(&self.bundled_by).or_else(|| line(&self.composite_parent)).or_else(|| {
            // The plugin WPC Product Bundles names the set by its product, on the lines that follow it.
            let product = number(self.field("_woosb_parent_id")?)?;
            let before = all.iter().take_while(|line| line.id != self.id);
            let of_it = |line: &&Self| line.product_id == product && line.field("_woosb_ids").is_some();
            before.filter(of_it).last().or_else(|| all.iter().find(of_it)).map(|line| line.id)
        })
    }


    fn field(&self, name: &str) -> Option<&Value> {
        self.meta_data.iter().find(|field| field.key.as_deref() == Some(name)).map(|field| &field.value)
    }
}

/// A whole number above zero, or zero, which PHP may write as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) date_created_gmt: Option<String>,
    #[serde(default)]
    pub(super) line_items: Vec<RefundLine>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RefundLine {
    /// Below zero.
    pub(super) quantity: Whole,
    #[serde(default)]
    pub(super) meta_data: Vec<Meta>,
}

impl RefundLine {
    /// The line of the order that was refunded.
    pub(super) fn of_line(&self) -> Option<u64> {
        let value = &self.meta_data.iter().find(|m| m.key.as_deref() == Some("_refunded_item_id"))?.value;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Meta {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    value: Value,
}

/// Fields that plugins add are of any form, and PHP writes a list with gaps as an object: what is no field is left out.
fn fields<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<Meta>, D::Error> {
    let all: Vec<Value> = match Value::deserialize(deserializer)? {
        Value::Array(all) => all,
        Value::Object(all) => all.into_iter().map(|(_, field)| field).collect(),
        _ => Vec::new(),
    };
    Ok(all.into_iter().filter_map(|field| serde_json::from_value(field).ok()).collect())
}

/// A note on an order.
#[derive(Debug, Deserialize)]
pub(super) struct Note {
    #[serde(default)]
    pub(super) note: String,
}

/// What a plugin for tracking keeps of a parcel.
#[derive(Debug, Deserialize)]
pub(super) struct Tracking {
    #[serde(default)]
    pub(super) tracking_number: Value,
}

/// A product or a variation.
#[derive(Debug, Deserialize)]
pub(super) struct Product {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) parent_id: u64,
    #[serde(default)]
    pub(super) name: String,
    /// Absent on variations read through their parent.
    #[serde(default, rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) sku: Option<String>,
    #[serde(default)]
    pub(super) global_unique_id: Option<String>,
    #[serde(default)]
    pub(super) manage_stock: Managed,
    #[serde(default)]
    pub(super) stock_quantity: Option<Whole>,
    #[serde(default)]
    pub(super) stock_status: String,
    #[serde(default)]
    pub(super) regular_price: Option<String>,
    #[serde(default)]
    pub(super) sale_price: Option<String>,
    #[serde(default)]
    pub(super) variations: Vec<u64>,
    /// It needs no shipping. A download may come with goods: only this tells.
    #[serde(default, rename = "virtual")]
    pub(super) is_virtual: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Webhook {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) topic: String,
    #[serde(default)]
    pub(super) delivery_url: String,
}

/// `manage_stock`: a truth value, or `"parent"` on a variation that uses the figure of its parent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Managed {
    Here(bool),
    Word(String),
}

impl Default for Managed {
    fn default() -> Self {
        Self::Here(false)
    }
}

impl Managed {
    pub(super) fn by_parent(&self) -> bool {
        matches!(self, Self::Word(word) if word == "parent")
    }
}

/// A whole number, which some plugins write as text. Fractions are refused: Sluis counts units.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Whole {
    Number(i64),
    Text(String),
}

impl Whole {
    pub(super) fn get(&self) -> Result<i64> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| broken("a quantity is not a whole number")),
        }
    }
}

/// A `*_gmt` field: UTC, whole seconds, written without a `Z`.
pub(super) fn utc(text: &str) -> Result<Timestamp> {
    let civil: DateTime = text.trim_end_matches('Z').parse().map_err(|_| broken("a date is not one"))?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| broken("a date is out of range"))
}

/// A resource whose content breaks the contract.
pub(super) fn broken(what: &'static str) -> Error {
    Error::new(ErrorKind::Protocol, "woocommerce.read", format!("the shop's answer cannot be used: {what}"))
}
