//! bol's JSON of what becomes of an order: shipments, cancellations, returns, and the process statuses these are answered with.
//!
//! As in `wire`, what the customer is called or wrote is not read.

#![expect(clippy::struct_field_names, reason = "the names are bol's")]

use super::wire::{Fields, ProcessStatus, listed};
use crate::lenient::{Field, Items, Parts};
use domain::FieldError;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// A shipment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShipmentRequest<'a> {
    pub(super) order_items: Vec<ShippedItem<'a>>,
    pub(super) shipment_reference: &'a str,
    pub(super) transport: Transport<'a>,
}

/// Units of a line in a shipment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShippedItem<'a> {
    pub(super) order_item_id: &'a str,
    /// Left out, it would mean all that is still open.
    pub(super) quantity: i64,
}

/// Who carries a shipment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Transport<'a> {
    pub(super) transporter_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) track_and_trace: Option<&'a str>,
}

/// A cancellation: a list that takes exactly one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancellationRequest<'a> {
    pub(super) order_items: [CancelledItem<'a>; 1],
}

/// A line whose open units will not be sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancelledItem<'a> {
    pub(super) order_item_id: &'a str,
    pub(super) reason_code: &'static str,
}

/// The decision about an announced return.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReturnRequest<'a> {
    pub(super) handling_result: &'a str,
    pub(super) quantity_returned: i64,
}

/// A return that nobody announced, with its decision.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateReturnRequest<'a> {
    pub(super) order_item_id: &'a str,
    pub(super) quantity_returned: i64,
    pub(super) handling_result: &'a str,
}

/// A page of shipments.
pub(super) struct Shipments {
    pub(super) shipments: Vec<ReducedShipment>,
}

impl<'de> Deserialize<'de> for Shipments {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { shipments: listed(&mut Fields::deserialize(from)?, "shipments")? })
    }
}

/// A shipment in the list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReducedShipment {
    pub(super) shipment_reference: Option<String>,
    #[serde(default)]
    pub(super) shipment_id: Field<String>,
    #[serde(default)]
    shipment_items: Field<Items>,
}

impl ReducedShipment {
    /// Its lines that can be read as such.
    pub(super) fn items(&self) -> Vec<ReducedShipmentItem> {
        self.shipment_items.get().map(|items| items.readable().collect()).unwrap_or_default()
    }
}

/// A line in a shipment of the list.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReducedShipmentItem {
    pub(super) order_item_id: Field<String>,
}

/// A page of what customers asked for, and of what bol made of invoices.
pub(super) struct InvoiceRequests {
    pub(super) requests: Vec<InvoiceRequest>,
}

impl<'de> Deserialize<'de> for InvoiceRequests {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { requests: listed(&mut Fields::deserialize(from)?, "invoiceRequests")? })
    }
}

/// One of them. Who bought is not read.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct InvoiceRequest {
    pub(super) shipment_id: Field<String>,
    pub(super) order_id: Field<String>,
    /// `INVOICE_REQUESTED`, `INVOICE_UPLOADED`, `INVOICE_INCORRECT`, `INVOICE_VIRUS_DETECTED` or `FINISHED`.
    pub(super) status: Field<String>,
}

/// A page of returns.
pub(super) struct Returns {
    pub(super) returns: Vec<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for Returns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { returns: listed(&mut Fields::deserialize(from)?, "returns")? })
    }
}

/// A return, in the list or by itself.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Return {
    pub(super) return_id: Field<String>,
    pub(super) registration_date_time: Field<Timestamp>,
    pub(super) return_items: Field<Items>,
}

impl Return {
    /// Its products that can be read as such; their fields decide for themselves.
    pub(super) fn items(&self) -> Vec<ReturnItem> {
        self.return_items.get().map(|items| items.readable().collect()).unwrap_or_default()
    }
}

/// One product of a return.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReturnItem {
    pub(super) rma_id: Field<String>,
    pub(super) order_id: Field<String>,
    pub(super) ean: Field<String>,
    pub(super) expected_quantity: Field<i64>,
    pub(super) return_reason: Field<Parts<ReturnReason>>,
    pub(super) handled: Field<bool>,
    processing_results: Field<Items>,
}

impl ReturnItem {
    fn results(&self) -> Result<Vec<(i64, ProcessingResult)>, FieldError> {
        const DECIDED: &str = "a list of what was decided";
        let all = self.processing_results.given("processingResults", DECIDED)?;
        let each = all.into_iter().flat_map(|all| &all.0).map(|json| {
            let result: ProcessingResult = crate::lenient::one(json).unwrap_or_default();
            let units = *result.quantity.needed("processingResults.quantity", "a whole number")?;
            Ok((units.max(0), result))
        });
        each.collect()
    }

    /// Units decided in this way.
    pub(super) fn decided_as(&self, handling_result: &str) -> Result<i64, FieldError> {
        let results = self.results()?;
        let same = results.iter().filter(|(_, r)| r.handling_result.text() == handling_result);
        Ok(same.fold(0, |sum: i64, (units, _)| sum.saturating_add(*units)))
    }

    /// Units not decided yet.
    pub(super) fn undecided(&self) -> Result<i64, FieldError> {
        let expected = *self.expected_quantity.needed("expectedQuantity", "a whole number")?;
        Ok(self.results()?.iter().fold(expected, |rest, (units, _)| rest.saturating_sub(*units)).max(0))
    }
}

/// Why the customer sends it back, as chosen from bol's own list; the customer's comments are left out.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ReturnReason {
    pub(super) main_reason: Field<String>,
}

/// What was decided about some of its units.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ProcessingResult {
    quantity: Field<i64>,
    handling_result: Field<String>,
}

/// Process statuses about one thing, newest first.
pub(super) struct ProcessStatuses {
    pub(super) statuses: Vec<ProcessStatus>,
}

impl<'de> Deserialize<'de> for ProcessStatuses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { statuses: listed(&mut Fields::deserialize(from)?, "processStatuses")? })
    }
}
