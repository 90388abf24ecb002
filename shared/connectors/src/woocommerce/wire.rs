//! What travels, as far as it is read. Unknown fields are skipped: plugins add their own to every resource.
//!
//! Money is read from the text fields only: `price` is a JSON number and is left alone.

use crate::lenient::{Field, FromWire, Items, Parts, one};
use crate::woocommerce::marks::Parcel;
use domain::{Country, Currency};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ports::{Error, ErrorKind, Result};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    pub(super) id: Field<u64>,
    pub(super) number: Field<String>,
    pub(super) status: Field<String>,
    pub(super) currency: Field<Currency>,
    /// Whether the buyer was shown prices with tax. Line totals are without it all the same.
    pub(super) prices_include_tax: Field<bool>,
    /// What the buyer pays, tax included. Refunds do not lower it.
    pub(super) total: Field<Decimal>,
    pub(super) total_tax: Field<Decimal>,
    /// Without tax.
    pub(super) shipping_total: Field<Decimal>,
    pub(super) shipping_tax: Field<Decimal>,
    pub(super) shipping_lines: Field<Items>,
    pub(super) fee_lines: Field<Items>,
    pub(super) date_created_gmt: Field<String>,
    pub(super) date_modified_gmt: Field<String>,
    pub(super) date_completed_gmt: Field<String>,
    pub(super) date_paid_gmt: Field<String>,
    pub(super) line_items: Field<Items>,
    pub(super) refunds: Field<Items>,
    pub(super) shipping: Field<Parts<Address>>,
    pub(super) billing: Field<Parts<Address>>,
    /// Fields that plugins add are of any form: what is no field is left out.
    pub(super) meta_data: Field<Items>,
}

impl Order {
    /// Whether the shop took units off its own stock for it, and has not put them back, or it was paid.
    pub(super) fn is_sold(&self) -> bool {
        !self.date_paid_gmt.text().is_empty()
            || self.line_items.get().into_iter().flat_map(Items::readable::<Line>).any(|line| line.is_reduced())
    }

    /// The shipments we told of.
    pub(super) fn parcels(&self) -> impl Iterator<Item = Parcel> {
        let fields = self.meta_data.get().into_iter().flat_map(Items::readable::<Meta>);
        fields.filter_map(|field| Parcel::of_field(field.key.text(), &field.value))
    }

    /// The country it goes to. Where the shop keeps no address for delivery, it is the buyer's.
    pub(super) fn ship_to(&self) -> Option<Country> {
        let country = |address: &Field<Parts<Address>>| Country::new(address.get()?.0.country.text().trim()).ok();
        country(&self.shipping).or_else(|| country(&self.billing))
    }

    /// Whether nothing of it was refunded, for sure.
    pub(super) fn has_no_refunds(&self) -> bool {
        // The shop writes the list into every order: where it is missing, something left it out.
        self.refunds.get().is_some_and(|refunds| refunds.0.is_empty())
    }

    /// The name of a line.
    pub(super) fn name_of(&self, id: u64) -> String {
        let mut lines = self.line_items.get().into_iter().flat_map(Items::readable::<Line>);
        lines.find(|line| line.id == Field::Read(id)).map(|line| line.name.text().to_owned()).unwrap_or_default()
    }
}

/// Of an address, the country; all else is not even kept while it is read. PHP writes an empty one as a list.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    country: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub(super) id: Field<u64>,
    pub(super) name: Field<String>,
    pub(super) product_id: Field<u64>,
    pub(super) variation_id: Field<u64>,
    pub(super) quantity: Field<i64>,
    /// Before discounts, without tax, whatever the shop's tax setting.
    pub(super) subtotal: Field<Decimal>,
    pub(super) subtotal_tax: Field<Decimal>,
    /// After discounts, without tax likewise.
    pub(super) total: Field<Decimal>,
    pub(super) total_tax: Field<Decimal>,
    /// Null once the product is deleted.
    pub(super) sku: Field<String>,
    /// The line of the set that it is part of, as the plugin Product Bundles tells; empty where it is part of none.
    bundled_by: Field<u64>,
    /// As `bundled_by`, of the plugin Composite Products.
    composite_parent: Field<u64>,
    meta_data: Field<Items>,
}

impl Line {
    /// The line of the set that it is part of, among the order's lines.
    pub(super) fn part_of(&self, all: &[Self]) -> Option<u64> {
        let line = |field: &Field<u64>| field.get().copied().filter(|id| all.iter().any(|line| line.id.get() == Some(id)));
        line(&self.bundled_by).or_else(|| line(&self.composite_parent)).or_else(|| {
            // The plugin WPC Product Bundles names the set by its product, on the lines that follow it.
            let product = u64::from_wire(&self.field("_woosb_parent_id")?.to_string())?;
            let before = all.iter().take_while(|line| line.id != self.id);
            let of_it = |line: &&Self| line.product_id.get() == Some(&product) && line.field("_woosb_ids").is_some();
            before.filter(of_it).last().or_else(|| all.iter().find(of_it)).and_then(|line| line.id.get().copied())
        })
    }

    /// Units that the shop took off its counter for the line and has not put back. `None`: it does not say, because it does not count the
    /// product, or because it put them all back when the order was cancelled.
    pub(super) fn off_the_counter(&self) -> Option<i64> {
        i64::from_wire(&self.field("_reduced_stock")?.to_string())
    }

    /// Units that refunds put on sale again. `None`: none did, or the shop does not say.
    pub(super) fn restocked(&self) -> Option<i64> {
        i64::from_wire(&self.field("_restock_refunded_items")?.to_string())
    }

    /// Whether the shop took units off its stock for it, and has not put them back.
    fn is_reduced(&self) -> bool {
        self.off_the_counter().is_some_and(|units| units > 0)
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.meta_data.get()?.readable::<Meta>().find(|field| field.key.text() == name).map(|field| field.value)
    }
}

/// How an order is sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ShippingLine {
    pub(super) method_id: Field<String>,
}

/// A charge that is no product, or something taken off.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fee {
    /// Without tax.
    pub(super) total: Field<Decimal>,
    pub(super) total_tax: Field<Decimal>,
}

/// A refund as an order names it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PaidBack {
    /// Below zero.
    pub(super) total: Field<Decimal>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refund {
    pub(super) reason: Field<String>,
    pub(super) date_created_gmt: Field<String>,
    pub(super) line_items: Field<Items>,
}

impl Refund {
    /// What it is about. What is no line of a refund is left out: it names no line of the order either.
    pub(super) fn lines(&self) -> Vec<RefundLine> {
        self.line_items.get().into_iter().flat_map(Items::readable).collect()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RefundLine {
    /// Below zero.
    pub(super) quantity: Field<i64>,
    meta_data: Field<Items>,
}

impl RefundLine {
    /// The line of the order that was refunded.
    pub(super) fn of_line(&self) -> Option<u64> {
        let mut fields = self.meta_data.get()?.readable::<Meta>();
        u64::from_wire(&fields.find(|m| m.key.text() == "_refunded_item_id")?.value.to_string())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Meta {
    key: Field<String>,
    value: Value,
}

/// A note on an order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    pub(super) note: Field<String>,
}

/// What a plugin for tracking keeps of a shipment.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tracking {
    pub(super) tracking_number: Field<String>,
}

/// A product or a variation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Product {
    pub(super) id: Field<u64>,
    pub(super) parent_id: Field<u64>,
    pub(super) name: Field<String>,
    /// Absent on variations read through their parent.
    #[serde(rename = "type")]
    pub(super) kind: Field<String>,
    pub(super) sku: Field<String>,
    pub(super) global_unique_id: Field<String>,
    pub(super) manage_stock: Field<Managed>,
    pub(super) stock_quantity: Field<i64>,
    /// `no`, `notify` or `yes`: whether it is sold on when none is left.
    pub(super) backorders: Field<String>,
    /// Money, which some plugins write as a number.
    pub(super) regular_price: Field<String>,
    pub(super) sale_price: Field<String>,
    variations: Field<Items>,
    /// It needs no shipping. A download may come with goods: only this tells.
    #[serde(rename = "virtual")]
    pub(super) is_virtual: Field<bool>,
}

impl Product {
    /// The ids of its variations.
    pub(super) fn variations(&self) -> Vec<u64> {
        self.variations.get().into_iter().flat_map(|ids| &ids.0).filter_map(|id| u64::from_wire(id.get())).collect()
    }

    /// Whether it is sold by its variations alone.
    pub(super) fn is_variable(&self) -> bool {
        self.kind.text().starts_with("variable") || !self.variations().is_empty()
    }

    /// Whether its figure is the product's that it is a variation of.
    pub(super) fn by_parent(&self) -> bool {
        self.manage_stock.get().is_some_and(Managed::by_parent)
    }
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

impl Managed {
    pub(super) fn by_parent(&self) -> bool {
        matches!(self, Self::Word(word) if word == "parent")
    }
}

impl FromWire for Managed {
    fn from_wire(json: &str) -> Option<Self> {
        crate::objects::from_str(json).ok()
    }
}

/// The items of a page, each by itself. What is not a list is no page, and not the end of one.
pub(super) type Page = Vec<Box<serde_json::value::RawValue>>;

/// An item that can be read as such; its fields decide for themselves.
pub(super) fn item<T: serde::de::DeserializeOwned>(item: &serde_json::value::RawValue) -> Option<T> {
    one(item)
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
