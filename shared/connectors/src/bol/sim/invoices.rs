//! Invoices: taken with a 202, looked through a little later, and what became of them in the list of requests.
//!
//! Whether bol lists what nobody asked for is not documented: here it does not, unless it found something wrong with it.

use super::answers::{dated, invalid, problem};
use super::json_v10;
use super::processes::Processes;
use super::shop::{Job, Shop};
use crate::simulated_channel::FarInvoice;
use bytes::Bytes;
use domain::OrderNumber;
use http::header;
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Requests on a page.
const PAGE: usize = 50;

/// All that was asked for and taken.
#[derive(Default)]
pub(super) struct Books {
    /// By shipment, in the order in which they came up.
    requests: Vec<Asked>,
    taken: Vec<(String, String, Bytes)>,
    dislikes: bool,
}

/// What became of the invoice of a shipment.
struct Asked {
    shipment: String,
    steps: Vec<(&'static str, Timestamp)>,
}

impl Asked {
    fn status(&self) -> &'static str {
        self.steps.last().map_or("INVOICE_REQUESTED", |(status, _)| status)
    }
}

impl Books {
    pub(super) fn dislike_next(&mut self) {
        self.dislikes = true;
    }

    fn note(&mut self, shipment: &str, status: &'static str, at: Timestamp) {
        match self.requests.iter_mut().find(|one| one.shipment == shipment) {
            Some(known) => known.steps.push((status, at)),
            None => self.requests.push(Asked { shipment: shipment.to_owned(), steps: vec![(status, at)] }),
        }
    }
}

impl Shop {
    /// Answers `POST /retailer/shipments/invoices/{shipment-id}`.
    pub(super) fn post_invoice(&self, now: Timestamp, id: &str, request: &Request, processes: &mut Processes) -> Response {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let Some(boundary) = media.strip_prefix("multipart/form-data; boundary=") else {
            return problem(415, "Unsupported Media Type", "Content-Type must be multipart/form-data here.");
        };
        let Some((name, file)) = the_file(boundary, request.body()) else {
            return invalid("invoice", "The form must hold one part `invoice` with a file.");
        };
        if !self.parcels.iter().any(|parcel| parcel.id == id) {
            return problem(404, "Not Found", "There is no such shipment.");
        }
        processes.start(now, "UPLOAD_INVOICE", id, Job::Invoice { shipment: id.to_owned(), name, file })
    }

    /// Does what was asked for: a file that is no PDF is refused there.
    pub(super) fn take_invoice(&mut self, now: Timestamp, shipment: &str, name: String, file: Bytes) -> Result<(), String> {
        if !file.starts_with(b"%PDF-") {
            return Err("The invoice is not a PDF file.".into());
        }
        self.invoices.taken.push((shipment.to_owned(), name, file));
        if std::mem::take(&mut self.invoices.dislikes) {
            self.invoices.note(shipment, "INVOICE_UPLOADED", now);
            self.invoices.note(shipment, "INVOICE_INCORRECT", now);
        } else if self.invoices.requests.iter().any(|one| one.shipment == shipment) {
            self.invoices.note(shipment, "INVOICE_UPLOADED", now);
        }
        Ok(())
    }

    /// A customer asks for the invoices of an order.
    pub(super) fn ask_for_invoice(&mut self, now: Timestamp, number: &OrderNumber) -> bool {
        let order = self.orders.iter().position(|order| order.number == *number);
        let sent: Vec<String> =
            self.parcels.iter().filter(|parcel| Some(parcel.order) == order).map(|parcel| parcel.id.clone()).collect();
        for shipment in &sent {
            self.invoices.note(shipment, "INVOICE_REQUESTED", now);
        }
        !sent.is_empty()
    }

    /// Answers `GET /retailer/shipments/invoices/requests`: `{}` behind the last page, as everywhere.
    pub(super) fn list_invoice_requests(&self, query: &BTreeMap<String, String>) -> Response {
        if !query.keys().all(|key| matches!(key.as_str(), "shipment-id" | "page" | "state")) {
            return invalid("query", "Unknown.");
        }
        let wanted: &[&str] = match query.get("state").map_or("OPEN", String::as_str) {
            "OPEN" => &["INVOICE_REQUESTED"],
            "UPLOAD_ERROR" => &["INVOICE_INCORRECT", "INVOICE_VIRUS_DETECTED"],
            "ALL" => &[],
            _ => return invalid("state", "Must be OPEN, UPLOAD_ERROR or ALL."),
        };
        let Some(page) = query.get("page").map_or(Some(1), |p| p.parse::<usize>().ok()).filter(|p| *p > 0) else {
            return invalid("page", "Must be at least 1.");
        };
        let fits = |one: &&Asked| {
            (wanted.is_empty() || wanted.contains(&one.status()))
                && query.get("shipment-id").is_none_or(|shipment| *shipment == one.shipment)
        };
        let found = self.invoices.requests.iter().filter(fits).skip((page - 1) * PAGE).take(PAGE);
        let listed: Vec<Value> = found.map(|one| self.invoice_request(one)).collect();
        json_v10(200, &if listed.is_empty() { json!({}) } else { json!({ "invoiceRequests": listed }) })
    }

    fn invoice_request(&self, one: &Asked) -> Value {
        let parcel = self.parcels.iter().find(|parcel| parcel.id == one.shipment);
        let order = parcel.and_then(|parcel| self.orders.get(parcel.order));
        let step = |(status, at): &(&'static str, Timestamp)| json!({ "status": status, "statusDateTime": dated(*at) });
        let mut shown = json!({
            "shipmentId": one.shipment,
            "status": one.status(),
            "statusTransitions": one.steps.iter().map(step).collect::<Vec<_>>(),
        });
        if let (Some(order), Some(fields)) = (order, shown.as_object_mut()) {
            fields.insert("orderId".into(), order.number.as_str().into());
        }
        shown
    }

    /// Invoices of an order that were taken.
    pub(super) fn far_invoices(&self, number: &OrderNumber) -> Vec<FarInvoice> {
        let order = self.orders.iter().position(|order| order.number == *number);
        let taken = self.invoices.taken.iter().filter_map(|(shipment, name, file)| {
            let parcel = self.parcels.iter().find(|parcel| parcel.id == *shipment && Some(parcel.order) == order)?;
            Some(FarInvoice { shipment: parcel.reference.clone(), file_name: name.clone(), file: file.clone() })
        });
        taken.collect()
    }
}

/// The name and bytes of the one part of a form, if it is `invoice` and there is no other.
fn the_file(boundary: &str, body: &Bytes) -> Option<(String, Bytes)> {
    let (open, close) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}--\r\n"));
    let inner = body.strip_prefix(open.as_bytes())?.strip_suffix(close.as_bytes())?;
    let again = format!("--{boundary}");
    if boundary.is_empty() || inner.windows(again.len()).any(|some| some == again.as_bytes()) {
        return None;
    }
    let end = inner.windows(4).position(|some| some == b"\r\n\r\n")?;
    let head = std::str::from_utf8(inner.get(..end)?).ok()?;
    let name = head.lines().find_map(|line| {
        let rest = line.strip_prefix("Content-Disposition: form-data; name=\"invoice\"; filename=\"")?;
        rest.strip_suffix('"').map(str::to_owned)
    })?;
    let file = inner.get(end + 4..).filter(|file| !file.is_empty())?;
    Some((name, Bytes::copy_from_slice(file)))
}
