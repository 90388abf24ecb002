//! Types as on the wire: lenient in what is read, exact in what is sent. What is not asked for is not here: who bought stands in `billing.rs`.

#![expect(clippy::struct_field_names, reason = "fields are called as on the wire")]

use crate::lenient::{Field, Items, Parts};
use domain::Currency;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A token.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Field<String>,
    pub(super) expires_in: Field<i64>,
}

/// What is asked for a token.
#[derive(Serialize)]
pub(super) struct TokenGrant<'a> {
    pub(super) grant_type: &'static str,
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a str,
}

/// Which Shopware it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Version {
    pub(super) version: Field<String>,
}

/// What a search found.
#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) data: Items,
}

/// An order.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Order {
    pub(super) id: Field<String>,
    pub(super) order_number: Field<String>,
    /// Rises with each order; nothing else of an order stands as still.
    pub(super) auto_increment: Field<i64>,
    pub(super) order_date_time: Field<Timestamp>,
    pub(super) created_at: Field<Timestamp>,
    /// Null until the row is written again. What is written to a delivery or a payment leaves it as it is.
    pub(super) updated_at: Field<Timestamp>,
    pub(super) amount_total: Field<Decimal>,
    pub(super) shipping_total: Field<Decimal>,
    /// `gross`, `net` or `tax-free`.
    pub(super) tax_status: Field<String>,
    pub(super) price: Field<Parts<Price>>,
    /// Since 6.7.
    pub(super) primary_order_delivery_id: Field<String>,
    /// Since 6.7.
    pub(super) primary_order_transaction_id: Field<String>,
    pub(super) state_machine_state: Field<Parts<State>>,
    pub(super) currency: Field<Parts<CurrencyOf>>,
    pub(super) billing_address: Field<Parts<Destination>>,
    pub(super) line_items: Field<Items>,
    pub(super) deliveries: Field<Items>,
    pub(super) transactions: Field<Items>,
}

/// A state, by its name in the state machine.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct State {
    pub(super) technical_name: Field<String>,
}

/// What an order's amounts are in.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CurrencyOf {
    pub(super) id: Field<String>,
    pub(super) iso_code: Field<Currency>,
}

/// Of an address, its country.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Destination {
    pub(super) country: Field<Parts<CountryOf>>,
}

/// A country.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct CountryOf {
    pub(super) iso: Field<String>,
}

/// An amount with the taxes that are in it, or come to it.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Price {
    pub(super) total_price: Field<Decimal>,
    pub(super) calculated_taxes: Field<Items>,
}

/// One of them.
#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(super) struct Tax {
    pub(super) tax: Field<Decimal>,
}

/// A line of an order.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) id: Field<String>,
    /// The line that it is a part of.
    pub(super) parent_id: Field<String>,
    #[serde(rename = "type")]
    pub(super) kind: Field<String>,
    pub(super) product_id: Field<String>,
    /// What it was made of; of a product its id, which stays when the product is deleted.
    pub(super) referenced_id: Field<String>,
    pub(super) label: Field<String>,
    pub(super) quantity: Field<i64>,
    pub(super) unit_price: Field<Decimal>,
    pub(super) total_price: Field<Decimal>,
    pub(super) price: Field<Parts<Price>>,
    pub(super) payload: Field<Parts<Payload>>,
    pub(super) states: Field<Items>,
}

/// What a line keeps of its product.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Payload {
    pub(super) product_number: Field<String>,
}

/// How an order is sent.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Delivery {
    pub(super) id: Field<String>,
    pub(super) created_at: Field<Timestamp>,
    pub(super) updated_at: Field<Timestamp>,
    pub(super) tracking_codes: Field<Items>,
    pub(super) shipping_date_latest: Field<Timestamp>,
    pub(super) shipping_costs: Field<Parts<Price>>,
    pub(super) shipping_order_address: Field<Parts<Destination>>,
    pub(super) state_machine_state: Field<Parts<State>>,
}

/// How an order is paid.
#[derive(Debug, Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Transaction {
    pub(super) id: Field<String>,
    pub(super) created_at: Field<Timestamp>,
    pub(super) updated_at: Field<Timestamp>,
    pub(super) state_machine_state: Field<Parts<State>>,
}

/// A product or a variant.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Product {
    pub(super) id: Field<String>,
    pub(super) auto_increment: Field<i64>,
    pub(super) product_number: Field<String>,
    pub(super) ean: Field<String>,
    pub(super) name: Field<String>,
    pub(super) translated: Field<Parts<Translated>>,
    /// Units that can be bought; below zero where it is sold on without stock.
    pub(super) stock: Field<i64>,
    /// How many variants it has: above none, nobody buys it itself.
    pub(super) child_count: Field<i64>,
    /// Whether it is sold until none is left; otherwise it is sold on.
    pub(super) is_closeout: Field<bool>,
    pub(super) states: Field<Items>,
    pub(super) price: Field<Items>,
    pub(super) tax: Field<Parts<TaxRate>>,
}

/// What is in the language of the shop.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Translated {
    pub(super) name: Field<String>,
}

/// The rate of a product's tax, in per cent.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct TaxRate {
    pub(super) tax_rate: Field<Decimal>,
}

/// The currency of one of a product's prices.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PriceIn {
    pub(super) currency_id: Field<String>,
}

/// Prices of a product: all of them, for what is written takes the place of what was there.
#[derive(Serialize)]
pub(super) struct Prices {
    pub(super) price: Vec<Box<RawValue>>,
}

/// A price in one currency.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPrice<'a> {
    pub(super) currency_id: &'a str,
    #[serde(with = "amount")]
    pub(super) gross: Decimal,
    #[serde(with = "amount")]
    pub(super) net: Decimal,
    pub(super) linked: bool,
    pub(super) list_price: Option<Box<NewPrice<'a>>>,
}

/// A decimal as a number of JSON, digit by digit: never by way of a float.
mod amount {
    use rust_decimal::Decimal;
    use serde::{Serialize as _, Serializer, ser::Error as _};
    use serde_json::value::RawValue;

    pub(super) fn serialize<S: Serializer>(amount: &Decimal, into: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(amount.to_string()).map_err(S::Error::custom)?.serialize(into)
    }
}

/// What is to be done with many rows at once.
#[derive(Serialize)]
pub(super) struct Sync<T> {
    pub(super) action: &'static str,
    pub(super) entity: &'static str,
    pub(super) payload: Vec<T>,
}

/// The figure of a product.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    pub(super) id: String,
    pub(super) stock: i64,
}

/// All tracking codes of a delivery: what is written takes the place of what was there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrackingCodes {
    pub(super) tracking_codes: Vec<String>,
}

/// Nothing to be said with a transition.
#[derive(Serialize)]
pub(super) struct Nothing {}
