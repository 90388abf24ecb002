//! bol's JSON of what becomes of an order: shipments, cancellations, returns, and the process statuses these are answered with.
//!
//! As in `wire`, what the customer is called or wrote is not read.

use super::wire::{ProcessStatus, Text, listed};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Map;

/// A parcel.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShipmentRequest<'a> {
    pub(super) order_items: Vec<ShippedItem<'a>>,
    pub(super) shipment_reference: &'a str,
    pub(super) transport: Transport<'a>,
}

/// Units of a line in a parcel.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShippedItem<'a> {
    pub(super) order_item_id: &'a str,
    /// Left out, it would mean all that is still open.
    pub(super) quantity: i64,
}

/// Who carries a parcel.
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
        Ok(Self { shipments: listed(&mut Map::deserialize(from)?, "shipments")? })
    }
}

/// A parcel in the list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReducedShipment {
    pub(super) shipment_reference: Option<String>,
}

/// A page of returns.
pub(super) struct Returns {
    pub(super) returns: Vec<Return>,
}

impl<'de> Deserialize<'de> for Returns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { returns: listed(&mut Map::deserialize(from)?, "returns")? })
    }
}

/// A return, in the list or by itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Return {
    pub(super) return_id: Text,
    pub(super) registration_date_time: Option<Timestamp>,
    #[serde(default)]
    pub(super) return_items: Vec<ReturnItem>,
}

/// One article of a return.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReturnItem {
    pub(super) rma_id: Text,
    pub(super) order_id: String,
    pub(super) ean: Option<String>,
    pub(super) expected_quantity: i64,
    pub(super) return_reason: Option<ReturnReason>,
    pub(super) handled: bool,
    #[serde(default)]
    pub(super) processing_results: Vec<ProcessingResult>,
}

impl ReturnItem {
    /// Units decided in this way.
    pub(super) fn decided_as(&self, handling_result: &str) -> i64 {
        let same = self.processing_results.iter().filter(|r| r.handling_result == handling_result);
        same.fold(0, |sum, r| sum.saturating_add(r.quantity.max(0)))
    }

    /// Units not decided yet.
    pub(super) fn undecided(&self) -> i64 {
        self.processing_results.iter().fold(self.expected_quantity, |rest, r| rest.saturating_sub(r.quantity.max(0))).max(0)
    }
}

/// Why the customer sends it back, as chosen from bol's own list; the customer's comments are left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReturnReason {
    #[serde(default)]
    pub(super) main_reason: String,
}

/// What was decided about some of its units.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProcessingResult {
    pub(super) quantity: i64,
    #[serde(default)]
    pub(super) handling_result: String,
}

/// Process statuses about one thing, newest first.
pub(super) struct ProcessStatuses {
    pub(super) statuses: Vec<ProcessStatus>,
}

impl<'de> Deserialize<'de> for ProcessStatuses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { statuses: listed(&mut Map::deserialize(from)?, "processStatuses")? })
    }
}
