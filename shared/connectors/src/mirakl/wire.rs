//! Types as on the wire: lenient in what is read, exact in what is sent.

#![expect(clippy::struct_field_names, reason = "fields are called as on the wire")]

use crate::lenient::{Field, FromWire, Items, Parts};
use domain::Currency;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Orders, listed.
#[derive(Deserialize)]
pub(super) struct Orders {
    pub(super) orders: Items,
    #[serde(default)]
    pub(super) total_count: Field<i64>,
}

/// An order, as it stands in the list: nothing else tells more of it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Order {
    pub(super) order_id: Field<String>,
    pub(super) order_state: Field<String>,
    pub(super) created_date: Field<Timestamp>,
    pub(super) last_updated_date: Field<Timestamp>,
    pub(super) currency_iso_code: Field<Currency>,
    pub(super) order_tax_mode: Field<String>,
    pub(super) customer_debited_date: Field<Timestamp>,
    pub(super) shipping_deadline: Field<Timestamp>,
    pub(super) delivery_date: Field<Parts<Delivery>>,
    pub(super) shipping_pudo_id: Field<String>,
    pub(super) fulfillment: Field<Parts<Fulfilment>>,
    pub(super) customer: Field<Parts<Customer>>,
    pub(super) customer_notification_email: Field<String>,
    pub(super) order_lines: Field<Items>,
}

/// When it was promised.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Delivery {
    pub(super) latest: Field<Timestamp>,
}

/// Who sends it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fulfilment {
    pub(super) center: Field<Parts<Center>>,
}

/// From which centre.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Center {
    pub(super) code: Field<Code>,
}

/// A code by which something is left out: only a text of a sensible length is one, and a number none.
#[derive(Debug, Clone)]
pub(super) struct Code(pub(super) String);

impl FromWire for Code {
    fn from_wire(json: &str) -> Option<Self> {
        let text = json.starts_with('"').then(|| String::from_wire(json)).flatten()?;
        (text.len() <= 255).then_some(Self(text))
    }
}

/// Who bought.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Customer {
    pub(super) locale: Field<String>,
    pub(super) billing_address: Field<Parts<Address>>,
    pub(super) shipping_address: Field<Parts<Address>>,
    pub(super) organization: Field<Parts<Organization>>,
}

/// The buyer's business.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Organization {
    pub(super) identification_number: Field<String>,
    pub(super) tax_identification_number: Field<String>,
}

/// Where somebody is.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Address {
    pub(super) firstname: Field<String>,
    pub(super) lastname: Field<String>,
    pub(super) company: Field<String>,
    pub(super) street_1: Field<String>,
    pub(super) street_2: Field<String>,
    pub(super) additional_info: Field<String>,
    pub(super) zip_code: Field<String>,
    pub(super) city: Field<String>,
    pub(super) country_iso_code: Field<String>,
    pub(super) phone: Field<String>,
}

/// A line of an order.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Line {
    pub(super) order_line_id: Field<String>,
    pub(super) order_line_state: Field<String>,
    pub(super) offer_id: Field<u64>,
    pub(super) offer_sku: Field<String>,
    pub(super) product_title: Field<String>,
    pub(super) quantity: Field<i64>,
    pub(super) price_unit: Field<Decimal>,
    pub(super) price: Field<Decimal>,
    pub(super) shipping_price: Field<Decimal>,
    pub(super) total_commission: Field<Decimal>,
    pub(super) shipped_date: Field<Timestamp>,
    pub(super) taxes: Field<Items>,
    pub(super) shipping_taxes: Field<Items>,
    pub(super) cancelations: Field<Items>,
}

/// A tax of a line; also the amount of a cancellation.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Tax {
    pub(super) amount: Field<Decimal>,
    pub(super) code: Field<String>,
}

/// Offers, listed.
#[derive(Deserialize)]
pub(super) struct Offers {
    pub(super) offers: Items,
    #[serde(default)]
    pub(super) total_count: Field<i64>,
}

/// An offer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Offer {
    pub(super) offer_id: Field<u64>,
    pub(super) shop_sku: Field<String>,
    pub(super) state_code: Field<String>,
    pub(super) quantity: Field<i64>,
    pub(super) product_title: Field<String>,
    pub(super) product_references: Field<Items>,
    pub(super) fulfillment: Field<Parts<Fulfilment>>,
    pub(super) currency_iso_code: Field<Currency>,
    pub(super) all_prices: Field<Items>,
}

/// A code of the product that an offer is of.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) reference: Field<String>,
    pub(super) reference_type: Field<String>,
}

/// One of the prices of an offer.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Price {
    pub(super) volume_prices: Field<Items>,
}

/// A file was taken.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Imported {
    pub(super) import_id: Field<String>,
}

/// How far an import has come.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Import {
    pub(super) import_id: Field<String>,
    pub(super) status: Field<String>,
    pub(super) lines_in_error: Field<i64>,
    pub(super) has_error_report: Field<bool>,
}

/// Imports of prices, listed.
#[derive(Deserialize)]
pub(super) struct PriceImports {
    pub(super) data: Items,
}

/// The merchant's word about an order.
#[derive(Serialize)]
pub(super) struct Decisions {
    pub(super) order_lines: Vec<Decision>,
}

/// The word about one line.
#[derive(Serialize)]
pub(super) struct Decision {
    pub(super) id: String,
    pub(super) accepted: bool,
}

/// Who carries an order.
#[derive(Serialize, Default)]
pub(super) struct Tracking {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) carrier_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) carrier_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tracking_number: Option<String>,
}

/// Lines that are cancelled.
#[derive(Serialize)]
pub(super) struct Cancellations {
    pub(super) cancelations: Vec<Cancellation>,
    pub(super) order_tax_mode: String,
}

/// One of them.
#[derive(Serialize)]
pub(super) struct Cancellation {
    pub(super) order_line_id: String,
    pub(super) quantity: i64,
    #[serde(with = "amount")]
    pub(super) amount: Decimal,
    #[serde(with = "amount")]
    pub(super) shipping_amount: Decimal,
    pub(super) reason_code: String,
    pub(super) currency_iso_code: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) taxes: Vec<CancelledTax>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) shipping_taxes: Vec<CancelledTax>,
}

/// A tax that is cancelled with it.
#[derive(Serialize)]
pub(super) struct CancelledTax {
    pub(super) code: String,
    #[serde(with = "amount")]
    pub(super) amount: Decimal,
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

/// Carriers of the operator.
#[derive(Deserialize)]
pub(super) struct Carriers {
    pub(super) carriers: Items,
}

/// One of them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Carrier {
    pub(super) code: Field<String>,
    pub(super) label: Field<String>,
    pub(super) standard_code: Field<String>,
}

/// Reasons of the operator.
#[derive(Deserialize)]
pub(super) struct Reasons {
    pub(super) reasons: Items,
}

/// One of them.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reason {
    pub(super) code: Field<String>,
    #[serde(rename = "type")]
    pub(super) kind: Field<String>,
    pub(super) is_shop_right: Field<bool>,
}

/// The shop itself.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Shop {
    pub(super) shop_id: Field<u64>,
    pub(super) shop_name: Field<String>,
    pub(super) shop_state: Field<String>,
}
