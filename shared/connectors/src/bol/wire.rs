//! bol's JSON as it is on the wire: Retailer API v10, and Offers API v11 for offers.
//!
//! Only what the connector uses. Personal data is left out on purpose: what is not read cannot leak. Fields that the
//! specification requires and recorded answers lack are optional here.

#![expect(clippy::struct_field_names, reason = "the names are bol's")]

use crate::lenient::{Field, Items, Parts, unreadable};
use domain::FieldError;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Answer of the token address.
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    pub(super) access_token: String,
    /// Seconds; 299 today.
    pub(super) expires_in: i64,
}

/// The fields of an answer, none of them read yet.
pub(super) type Fields = BTreeMap<String, Box<RawValue>>;

/// A list of an answer, by its name. Where bol has nothing to list it answers `{}`: no list, and nothing else. Whatever else lacks the
/// list is some other answer, and not the end of one.
pub(super) fn listed<T: DeserializeOwned, E: serde::de::Error>(fields: &mut Fields, name: &str) -> Result<Vec<T>, E> {
    match fields.remove(name) {
        Some(list) => crate::objects::from_str(list.get()).map_err(E::custom),
        None if fields.is_empty() => Ok(Vec::new()),
        None => Err(E::custom("neither the list nor nothing")),
    }
}

/// A page of orders. After the last page comes `{}`.
pub(super) struct ReducedOrders {
    pub(super) orders: Vec<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for ReducedOrders {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { orders: listed(&mut Fields::deserialize(from)?, "orders")? })
    }
}

/// An order in the list.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReducedOrder {
    pub(super) order_id: Field<String>,
    pub(super) order_items: Field<Items>,
}

/// A line in the list.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReducedItem {
    pub(super) latest_changed_date_time: Field<Timestamp>,
}

/// An order, whole.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Order {
    pub(super) order_id: Field<String>,
    pub(super) order_placed_date_time: Field<Timestamp>,
    pub(super) shipment_details: Field<Parts<ShipmentDetails>>,
    pub(super) pickup_point: Field<bool>,
    pub(super) order_items: Field<Items>,
}

/// Where an order goes: the country, and nothing else of the address.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ShipmentDetails {
    pub(super) country_code: Field<String>,
}

/// A line of an order.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OrderItem {
    pub(super) order_item_id: Field<String>,
    pub(super) cancellation_request: Field<bool>,
    pub(super) fulfilment: Field<Parts<Fulfilment>>,
    pub(super) offer: Field<Parts<OrderOffer>>,
    pub(super) product: Field<Parts<OrderProduct>>,
    pub(super) quantity: Field<i64>,
    pub(super) quantity_shipped: Field<i64>,
    pub(super) quantity_cancelled: Field<i64>,
    /// Euros, tax included, of one unit.
    pub(super) unit_price: Field<Decimal>,
    /// Euros, tax included, of all units, discounts off.
    pub(super) total_price: Field<Decimal>,
    pub(super) discounts: Field<Items>,
    /// Euros, of all units.
    pub(super) commission: Field<Decimal>,
    pub(super) latest_changed_date_time: Field<Timestamp>,
}

/// Something taken off a line.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Discount {
    /// Euros, tax included.
    pub(super) amount: Field<Decimal>,
}

/// Who ships: `FBR` the retailer, `FBB` bol; and by when.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Fulfilment {
    pub(super) method: Field<String>,
    /// `RETAILER`, or `BOL`: with a label that is bought from bol (Verzenden via bol).
    pub(super) distribution_party: Field<String>,
    /// The last day on which the customer was promised it.
    pub(super) latest_delivery_date: Field<Date>,
    /// The day that the customer chose, in its place.
    pub(super) exact_delivery_date: Field<Date>,
    /// The day on which bol cancels what was not sent.
    pub(super) expiry_date: Field<Date>,
}

/// The offer an order line was sold from.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OrderOffer {
    pub(super) offer_id: Field<String>,
    pub(super) reference: Field<String>,
}

/// The product an order line was sold as.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OrderProduct {
    pub(super) ean: Field<String>,
    pub(super) title: Field<String>,
}

/// A page of offers (v11).
pub(super) struct Offers {
    pub(super) offers: Vec<Box<RawValue>>,
    pub(super) page: Option<Page>,
}

impl<'de> Deserialize<'de> for Offers {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut fields = Fields::deserialize(from)?;
        let offers = listed(&mut fields, "offers")?;
        let page =
            fields.remove("page").map(|page| crate::objects::from_str(page.get())).transpose().map_err(D::Error::custom)?;
        Ok(Self { offers, page })
    }
}

/// Where the next page of offers is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) next_cursor: Option<String>,
}

/// An offer (v11).
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Offer {
    pub(super) offer_id: Field<String>,
    pub(super) ean: Field<String>,
    pub(super) reference: Field<String>,
    pub(super) unknown_product_title: Field<String>,
    pub(super) condition: Field<Parts<Condition>>,
    pub(super) stock: Field<Parts<Stock>>,
    pub(super) fulfilment: Field<Parts<Fulfilment>>,
}

/// The condition of what an offer sells (v11).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Condition {
    /// `NEW`, `SECONDHAND` or `REFURBISHED`.
    category: Field<String>,
}

impl Offer {
    /// In which condition it is, if bol says so.
    pub(super) fn condition(&self) -> Result<Option<&String>, FieldError> {
        const WORD: &str = "NEW, SECONDHAND or REFURBISHED in `category`";
        let condition = self.condition.given("condition", WORD)?;
        condition.map_or(Ok(None), |condition| condition.0.category.given("condition.category", WORD))
    }

    /// Whether bol ships it from its own warehouse. Not knowing that, nobody may tell it a figure.
    pub(super) fn is_shipped_by_bol(&self) -> Result<bool, FieldError> {
        let fulfilment = self.fulfilment.needed("fulfilment", "FBR or FBB in `method`")?;
        let method = fulfilment.0.method.needed("fulfilment.method", "FBR or FBB")?;
        match method.as_str() {
            "FBB" => Ok(true),
            "FBR" => Ok(false),
            other => Err(unreadable("fulfilment.method", format!("a word of {} letters", other.chars().count()), "FBR or FBB")),
        }
    }
}

/// An offer's stock (v11).
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Stock {
    /// What the retailer set.
    amount: Field<i64>,
    /// What is left of it after orders: the offer goes off sale when this is 0.
    corrected_stock: Field<i64>,
    /// `Some(false)`: bol takes off all open orders, and not only those after the last update.
    pub(super) managed_by_retailer: Field<bool>,
}

impl Stock {
    /// What can still be bought.
    pub(super) fn left(&self) -> Result<i64, FieldError> {
        const UNITS: &str = "a whole number of units";
        let amount = self.amount.given("stock.amount", UNITS);
        match self.corrected_stock.given("stock.correctedStock", UNITS)? {
            Some(left) => Ok(*left),
            None => Ok(amount?.copied().unwrap_or(0)),
        }
    }
}

/// An offer with its prices (v11), read by itself: only then do they keep their text.
#[derive(Deserialize)]
pub(super) struct PricedOffer {
    #[serde(default)]
    pub(super) stock: Field<Parts<Stock>>,
    pub(super) pricing: Option<Pricing>,
    pub(super) fulfilment: Fulfilment,
}

/// The prices of an offer (v11), as read and as written.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pricing {
    /// By rising quantity, from 1.
    pub(super) bundle_prices: Vec<BundlePrice>,
}

/// A price from so many units on (v11).
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BundlePrice {
    pub(super) quantity: i64,
    /// Euros, tax included: a JSON number kept as its text, so that money never passes through a float.
    pub(super) unit_price: Box<RawValue>,
}

/// A change of an offer (v11). What is left out stays as it is; a list is replaced whole.
#[derive(Serialize, Default)]
pub(super) struct PatchOffer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stock: Option<UpdateStock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pricing: Option<Pricing>,
}

/// The stock in a change of an offer (v11).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UpdateStock {
    pub(super) amount: i64,
    pub(super) managed_by_retailer: bool,
}

/// All subscriptions of the retailer.
pub(super) struct Subscriptions {
    pub(super) subscriptions: Vec<Subscription>,
}

impl<'de> Deserialize<'de> for Subscriptions {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { subscriptions: listed(&mut Fields::deserialize(from)?, "subscriptions")? })
    }
}

/// A subscription.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subscription {
    pub(super) id: Text,
    #[serde(default)]
    pub(super) resources: Vec<String>,
    pub(super) url: String,
    pub(super) subscription_type: String,
    /// Missing means on.
    pub(super) enabled: Option<bool>,
}

/// A subscription to be made, or to replace one whole.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubscriptionRequest<'a> {
    pub(super) resources: Vec<&'a str>,
    pub(super) url: &'a str,
    pub(super) subscription_type: &'a str,
    pub(super) enabled: bool,
}

/// How far an asynchronous change has come.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProcessStatus {
    pub(super) process_status_id: Option<Text>,
    /// `PENDING`, `SUCCESS`, `FAILURE` or `TIMEOUT`.
    pub(super) status: String,
    pub(super) error_message: Option<String>,
}

/// The keys deliveries are signed with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignatureKeys {
    pub(super) signature_keys: Vec<SignatureKey>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignatureKey {
    pub(super) id: Text,
    pub(super) public_key: String,
}

/// A webhook's body.
#[derive(Deserialize)]
pub(super) struct Push {
    pub(super) event: Event,
}

/// What happened, without saying how things stand now.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) resource: String,
    pub(super) resource_id: Option<Text>,
}

/// An error's body, of the API or of the token address.
#[derive(Deserialize, Default)]
pub(super) struct Problem {
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) detail: String,
    #[serde(default)]
    pub(super) violations: Vec<Violation>,
    /// Token address only: `invalid_client`.
    #[serde(default)]
    pub(super) error: String,
}

/// One thing wrong with a request.
#[derive(Deserialize)]
pub(super) struct Violation {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) reason: String,
}

/// An id that has been seen as text and as a number.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(super) enum Text {
    Text(String),
    Number(i64),
}

impl Text {
    pub(super) fn into_string(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}
