//! Types as on the wire: lenient in what is read, exact in what is sent.

#![expect(clippy::struct_field_names, reason = "fields are called as on the wire")]

use crate::lenient::{Field, Items, Parts};
use domain::Currency;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A token.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct TokenAnswer {
    pub(super) access_token: Field<String>,
    pub(super) expires_in: Field<i64>,
}

/// Where the next page is.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Pagination {
    pub(super) next_token: Field<String>,
}

/// Orders, listed.
#[derive(Deserialize)]
pub(super) struct Orders {
    pub(super) orders: Items,
    #[serde(default)]
    pub(super) pagination: Field<Parts<Pagination>>,
}

/// One order, asked for by itself.
#[derive(Deserialize)]
pub(super) struct OneOrder {
    pub(super) order: Field<Parts<Order>>,
}

/// An order. Who bought stands in `Bought`.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Order {
    pub(super) order_id: Field<String>,
    pub(super) created_time: Field<Timestamp>,
    pub(super) last_updated_time: Field<Timestamp>,
    pub(super) recipient: Field<Parts<Destination>>,
    pub(super) proceeds: Field<Parts<OrderProceeds>>,
    pub(super) fulfillment: Field<Parts<OrderFulfilment>>,
    pub(super) order_items: Field<Items>,
    pub(super) packages: Field<Items>,
}

/// Where it goes, as far as an order must know.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Destination {
    pub(super) delivery_address: Field<Parts<CountryOf>>,
}

/// The country of an address.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct CountryOf {
    pub(super) country_code: Field<String>,
}

/// An amount and what it is in.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Money {
    pub(super) amount: Field<Decimal>,
    pub(super) currency_code: Field<Currency>,
}

/// What an order brings in.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OrderProceeds {
    pub(super) grand_total: Field<Parts<Money>>,
}

/// Who sends it, how far it is, and by when.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OrderFulfilment {
    pub(super) fulfillment_status: Field<String>,
    pub(super) fulfilled_by: Field<String>,
    pub(super) ship_by_window: Field<Parts<Window>>,
    pub(super) deliver_by_window: Field<Parts<Window>>,
}

/// From when to when.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Window {
    pub(super) latest_date_time: Field<Timestamp>,
}

/// A line of an order.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) order_item_id: Field<String>,
    pub(super) quantity_ordered: Field<i64>,
    pub(super) product: Field<Parts<Product>>,
    pub(super) proceeds: Field<Parts<LineProceeds>>,
    pub(super) cancellation: Field<Parts<Cancellation>>,
    pub(super) fulfillment: Field<Parts<LineFulfilment>>,
}

/// What was bought.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Product {
    pub(super) seller_sku: Field<String>,
    pub(super) title: Field<String>,
    pub(super) price: Field<Parts<Price>>,
}

/// What one of it costs.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Price {
    pub(super) unit_price: Field<Parts<Money>>,
}

/// What a line brings in, in parts.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LineProceeds {
    pub(super) proceeds_total: Field<Parts<Money>>,
    pub(super) breakdowns: Field<Items>,
}

/// One of the parts.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Breakdown {
    #[serde(rename = "type")]
    pub(super) kind: Field<String>,
    pub(super) subtotal: Field<Parts<Money>>,
    pub(super) detailed_breakdowns: Field<Items>,
}

/// What of a part is about what.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Detail {
    pub(super) subtype: Field<String>,
    pub(super) value: Field<Parts<Money>>,
}

/// That a line is wished to be cancelled.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Cancellation {
    pub(super) cancellation_request: Field<Parts<Wish>>,
}

/// Whose wish it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wish {}

/// What of a line was sent and what is to be.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LineFulfilment {
    pub(super) quantity_fulfilled: Field<i64>,
    pub(super) quantity_unfulfilled: Field<i64>,
}

/// A parcel that Amazon knows.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Package {
    pub(super) package_reference_id: Field<String>,
    pub(super) tracking_number: Field<String>,
}

/// An order with who bought it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Bought {
    pub(super) buyer: Field<Parts<Buyer>>,
    pub(super) recipient: Field<Parts<Recipient>>,
    pub(super) tax: Field<Parts<Tax>>,
}

/// One of these, asked for by itself.
#[derive(Deserialize)]
pub(super) struct OneBought {
    pub(super) order: Field<Parts<Bought>>,
}

/// Who bought.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Buyer {
    pub(super) buyer_name: Field<String>,
    pub(super) buyer_email: Field<String>,
    pub(super) buyer_company_name: Field<String>,
    pub(super) buyer_purchase_order_number: Field<String>,
}

/// Who gets it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Recipient {
    pub(super) delivery_address: Field<Parts<Address>>,
}

/// Where somebody is.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Address {
    pub(super) name: Field<String>,
    pub(super) company_name: Field<String>,
    pub(super) address_line1: Field<String>,
    pub(super) address_line2: Field<String>,
    pub(super) address_line3: Field<String>,
    pub(super) city: Field<String>,
    pub(super) postal_code: Field<String>,
    pub(super) country_code: Field<String>,
    pub(super) phone: Field<String>,
}

/// Numbers under which somebody pays tax.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Tax {
    pub(super) tax_registrations: Field<Items>,
}

/// One of them.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Registration {
    pub(super) entity_type: Field<String>,
    pub(super) legal_name: Field<String>,
    pub(super) tax_registration_type: Field<String>,
    pub(super) tax_registration_number: Field<String>,
    pub(super) tax_registration_address: Field<Parts<Address>>,
}

/// Listings, page by page.
#[derive(Deserialize)]
pub(super) struct Listings {
    pub(super) items: Items,
    #[serde(default)]
    pub(super) pagination: Field<Parts<Pagination>>,
}

/// A listing.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) sku: Field<String>,
    pub(super) summaries: Field<Items>,
    pub(super) attributes: Field<Parts<Attributes>>,
    pub(super) issues: Field<Items>,
    pub(super) offers: Field<Items>,
    pub(super) fulfillment_availability: Field<Items>,
}

/// What it is called in one store.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Summary {
    pub(super) item_name: Field<String>,
    pub(super) condition_type: Field<String>,
}

/// What the seller entered of it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Attributes {
    pub(super) externally_assigned_product_identifier: Field<Items>,
}

/// A code of the product.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Identifier {
    #[serde(rename = "type")]
    pub(super) kind: Field<String>,
    pub(super) value: Field<String>,
}

/// How many are to be had, and who sends them.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Availability {
    pub(super) fulfillment_channel_code: Field<String>,
    pub(super) quantity: Field<i64>,
}

/// What a store asks for it.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Offer {
    pub(super) marketplace_id: Field<String>,
    pub(super) offer_type: Field<String>,
    pub(super) price: Field<Parts<Money>>,
}

/// Something that is wrong with a listing.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Issue {
    pub(super) code: Field<String>,
    pub(super) message: Field<String>,
    pub(super) severity: Field<String>,
    pub(super) attribute_names: Field<Items>,
}

/// What became of a change of a listing.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Submission {
    pub(super) status: Field<String>,
    pub(super) issues: Field<Items>,
}

/// A change of a listing.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Patch<V> {
    pub(super) product_type: &'static str,
    pub(super) patches: [Operation<V>; 1],
}

/// One attribute of it.
#[derive(Serialize)]
pub(super) struct Operation<V> {
    pub(super) op: &'static str,
    pub(super) path: &'static str,
    pub(super) value: [V; 1],
}

/// A figure of the merchant's own.
#[derive(Serialize)]
pub(super) struct Figure {
    pub(super) fulfillment_channel_code: &'static str,
    pub(super) quantity: i64,
}

/// A price in one store.
#[derive(Serialize)]
pub(super) struct Asked<'a> {
    pub(super) marketplace_id: &'a str,
    pub(super) currency: &'a str,
    pub(super) audience: &'static str,
    pub(super) our_price: [Schedule; 1],
}

/// Since when it costs what: now.
#[derive(Serialize)]
pub(super) struct Schedule {
    pub(super) schedule: [ValueWithTax; 1],
}

/// What it costs.
#[derive(Serialize)]
pub(super) struct ValueWithTax {
    #[serde(with = "amount")]
    pub(super) value_with_tax: Decimal,
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

/// A parcel that is on its way.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Confirmation<'a> {
    pub(super) marketplace_id: &'a str,
    pub(super) package_detail: PackageDetail<'a>,
}

/// What it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PackageDetail<'a> {
    pub(super) package_reference_id: String,
    pub(super) carrier_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) carrier_name: Option<&'a str>,
    pub(super) tracking_number: &'a str,
    pub(super) ship_date: String,
    pub(super) order_items: Vec<Packed<'a>>,
}

/// What is in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Packed<'a> {
    pub(super) order_item_id: &'a str,
    pub(super) quantity: i64,
}

/// An answer of the older documents, which have everything in a payload.
#[derive(Deserialize)]
pub(super) struct Payload<T> {
    pub(super) payload: T,
}

/// A place where notifications go.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Target {
    pub(super) destination_id: Field<String>,
    pub(super) resource: Field<Parts<Resource>>,
}

/// What it is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Resource {
    pub(super) sqs: Field<Parts<Sqs>>,
}

/// A queue.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sqs {
    pub(super) arn: Field<String>,
}

/// A subscription.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Subscription {
    pub(super) subscription_id: Field<String>,
    pub(super) destination_id: Field<String>,
}

/// One store of the seller's.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Participation {
    pub(super) marketplace: Field<Parts<Store>>,
    pub(super) participation: Field<Parts<Participates>>,
    pub(super) store_name: Field<String>,
}

/// Which.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Store {
    pub(super) id: Field<String>,
}

/// Whether it sells there.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Participates {
    pub(super) is_participating: Field<bool>,
    pub(super) has_suspended_listings: Field<bool>,
}
