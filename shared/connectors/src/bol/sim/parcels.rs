//! Shipments and cancellations: what is asked for, what is done, and what is listed.

use super::answers::{dated, invalid, problem, uuid};
use super::processes::Processes;
use super::shop::{Job, Place, Shop};
use super::{fields, json_v10, text};
use crate::simulated_channel::body;
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// bol's transporters, as integrators list them.
const CARRIERS: [&str; 31] = [
    "AMPERE",
    "BPOST_BE",
    "BPOST_BRIEF",
    "BRIEFPOST",
    "BUDBEE",
    "COURIER",
    "CYCLOON",
    "DHL",
    "DHL-GLOBAL-MAIL",
    "DHL-SD",
    "DHLFORYOU",
    "DHL_DE",
    "DPD-BE",
    "DPD-NL",
    "DYL",
    "FEDEX_BE",
    "FEDEX_NL",
    "GLS",
    "OTHER",
    "PACKS",
    "PARCEL-NL",
    "PES",
    "TNT",
    "TNT-EXPRESS",
    "TNT-EXTRA",
    "TNT_BRIEF",
    "TRANSMISSION",
    "TRUNKRS",
    "TSN",
    "UPS",
    "FIEGE",
];
/// Reasons to cancel.
const REASONS: [&str; 12] = [
    "OUT_OF_STOCK",
    "REQUESTED_BY_CUSTOMER",
    "BAD_CONDITION",
    "HIGHER_SHIPCOST",
    "INCORRECT_PRICE",
    "NOT_AVAIL_IN_TIME",
    "NO_BOL_GUARANTEE",
    "ORDERED_TWICE",
    "RETAIN_ITEM",
    "TECH_ISSUE",
    "UNFINDABLE_ITEM",
    "OTHER",
];
/// Shipments on a page.
const PAGE: usize = 50;

/// A shipment.
pub(super) struct Parcel {
    pub(super) id: String,
    /// Index of the order.
    pub(super) order: usize,
    pub(super) reference: String,
    pub(super) carrier: Option<String>,
    pub(super) tracking: Option<String>,
    pub(super) items: Vec<(Place, i64)>,
    at: Timestamp,
}

impl Shop {
    /// Units leave in a shipment, as many as are known to be open.
    pub(super) fn send(
        &mut self,
        now: Timestamp,
        items: &[(Place, i64)],
        reference: String,
        carrier: Option<String>,
        tracking: Option<String>,
    ) {
        let Some(((order, _), _)) = items.first() else { return };
        for (place, units) in items {
            self.handle(now, *place, *units, 0);
        }
        let id = (500_000_001 + self.parcels.len()).to_string();
        self.parcels.push(Parcel { id, order: *order, reference, carrier, tracking, items: items.to_vec(), at: now });
    }

    /// Does what `POST /retailer/shipments` asked for: all of it or nothing.
    pub(super) fn ship(
        &mut self,
        now: Timestamp,
        wanted: &[(String, Option<i64>)],
        reference: String,
        carrier: Option<String>,
        tracking: Option<String>,
    ) -> Result<(), String> {
        if carrier.as_deref().is_some_and(|c| !CARRIERS.contains(&c)) {
            return Err("The transporter code is unknown.".into());
        }
        let mut items: Vec<(Place, i64)> = Vec::new();
        for (id, units) in wanted {
            let place = self.place(id).ok_or("There is no such order item.")?;
            let open = self.open(place);
            if open == 0 {
                return Err("The order item has already been handled.".into());
            }
            if units.is_some_and(|u| u > open) {
                return Err("The quantity is more than is still open of the order item.".into());
            }
            if items.iter().any(|((order, _), _)| *order != place.0) {
                return Err("The order items do not belong to the same order.".into());
            }
            items.push((place, units.unwrap_or(open)));
        }
        self.send(now, &items, reference, carrier, tracking);
        Ok(())
    }

    /// Answers `POST /retailer/shipments`: what has no form is refused at once, the rest in the process status.
    pub(super) fn post_shipment(now: Timestamp, request: &Request, processes: &mut Processes) -> Response {
        match read_shipment(&body(request)) {
            Ok((entity, job)) => processes.start(now, "CREATE_SHIPMENT", &entity, job),
            Err(refusal) => *refusal,
        }
    }

    /// Answers `PUT /retailer/orders/cancellation`.
    pub(super) fn put_cancellation(now: Timestamp, request: &Request, processes: &mut Processes) -> Response {
        match read_cancellation(&body(request)) {
            Ok(item) => processes.start(now, "CANCEL_ORDER", &item, Job::Cancel { item: item.clone() }),
            Err(refusal) => *refusal,
        }
    }

    /// Answers `GET /retailer/shipments`: newest first, and `{}` behind the last page.
    pub(super) fn list_shipments(&self, query: &BTreeMap<String, String>) -> Response {
        let Some(number) = query.get("order-id").filter(|_| query.keys().all(|k| matches!(k.as_str(), "order-id" | "page")))
        else {
            return invalid("order-id", "The simulator lists the shipments of one order.");
        };
        let Some(page) = query.get("page").map_or(Some(1), |p| p.parse::<usize>().ok()).filter(|p| *p > 0) else {
            return invalid("page", "Must be at least 1.");
        };
        let Some(index) = self.orders.iter().position(|o| o.number.as_str() == number) else {
            return problem(404, "Not Found", "There is no such order.");
        };
        let parcels = self.parcels.iter().rev().filter(|p| p.order == index).skip((page - 1) * PAGE).take(PAGE);
        let listed: Vec<Value> = parcels.filter_map(|p| self.shipment(p)).collect();
        json_v10(200, &if listed.is_empty() { json!({}) } else { json!({ "shipments": listed }) })
    }

    fn shipment(&self, parcel: &Parcel) -> Option<Value> {
        let order = self.orders.get(parcel.order)?;
        let item = |(place, _): &(Place, i64)| {
            let item = self.item(*place)?;
            Some(json!({ "orderItemId": item.id, "ean": self.offers.get(item.offer).map(|o| &o.product.ean) }))
        };
        Some(json!({
            "shipmentId": parcel.id,
            "shipmentDateTime": dated(parcel.at),
            "shipmentReference": parcel.reference,
            "order": { "orderId": order.number, "orderPlacedDateTime": dated(order.placed_at) },
            "shipmentItems": parcel.items.iter().filter_map(item).collect::<Vec<_>>(),
            "transport": { "transportId": uuid(self.seed, "transport", parcel.id.parse().unwrap_or_default()) },
        }))
    }
}

fn read_shipment(sent: &Value) -> Result<(String, Job), Box<Response>> {
    fields(sent, &["orderItems", "shipmentReference", "shippingLabelId", "transport"])?;
    if sent.get("shippingLabelId").is_some() || sent.get("transport").is_none() {
        return Err(Box::new(invalid("transport", "The simulator plays shipments with a transport only.")));
    }
    let reference = match sent.get("shipmentReference") {
        None | Some(Value::Null) => String::new(),
        Some(given) => text(given, "shipmentReference", 90)?,
    };
    let transport = &sent["transport"];
    fields(transport, &["transporterCode", "trackAndTrace"])?;
    let carrier = text(&transport["transporterCode"], "transport.transporterCode", 100)?;
    let tracking = transport.get("trackAndTrace").map(|t| text(t, "transport.trackAndTrace", 100)).transpose()?;
    let listed = sent["orderItems"].as_array().filter(|l| (1..=100).contains(&l.len()));
    let mut items = Vec::new();
    for item in listed.ok_or_else(|| Box::new(invalid("orderItems", "Must hold 1 to 100 order items.")))? {
        fields(item, &["orderItemId", "quantity"])?;
        let units = item.get("quantity").map(|q| q.as_i64().filter(|q| (1..=i64::from(i32::MAX)).contains(q)));
        if units == Some(None) {
            return Err(Box::new(invalid("orderItems.quantity", "Must be at least 1.")));
        }
        items.push((text(&item["orderItemId"], "orderItems.orderItemId", 100)?, units.flatten()));
    }
    let entity = items.first().map(|(id, _)| id.clone()).unwrap_or_default();
    Ok((entity, Job::Ship { items, reference, carrier: Some(carrier), tracking }))
}

fn read_cancellation(sent: &Value) -> Result<String, Box<Response>> {
    fields(sent, &["orderItems"])?;
    let Some([item]) = sent["orderItems"].as_array().map(Vec::as_slice) else {
        return Err(Box::new(invalid("orderItems", "Must hold exactly one order item.")));
    };
    fields(item, &["orderItemId", "reasonCode"])?;
    if !item["reasonCode"].as_str().is_some_and(|code| REASONS.contains(&code)) {
        return Err(Box::new(invalid("orderItems.reasonCode", "Request contains invalid value(s).")));
    }
    text(&item["orderItemId"], "orderItems.orderItemId", 100)
}
