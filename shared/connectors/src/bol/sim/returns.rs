//! Returns: announced by customers, listed, decided, or registered with their decision.

use super::answers::{dated, invalid, problem};
use super::processes::Processes;
use super::shop::{Job, Place, Shop};
use super::{fields, json_v10, text};
use crate::simulated_channel::{CUSTOMER, body};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Returns on a page.
const PAGE: usize = 50;
/// What may be decided. The last one only changes an earlier decision.
const RESULTS: [&str; 6] = [
    "RETURN_RECEIVED",
    "EXCHANGE_PRODUCT",
    "RETURN_DOES_NOT_MEET_CONDITIONS",
    "REPAIR_PRODUCT",
    "CUSTOMER_KEEPS_PRODUCT_PAID",
    "STILL_APPROVED",
];

/// A return of one product.
pub(super) struct Return {
    id: String,
    rma: String,
    place: Place,
    expected: i64,
    /// What was decided about how many units, and when.
    results: Vec<(String, i64, Timestamp)>,
    registered_at: Timestamp,
}

impl Return {
    fn undecided(&self) -> i64 {
        self.expected - self.results.iter().map(|(_, units, _)| units).sum::<i64>()
    }
}

impl Shop {
    /// Units of a line that were shipped and are in no return.
    pub(super) fn returnable(&self, place: Place) -> i64 {
        let returned: i64 = self.returns.iter().filter(|r| r.place == place).map(|r| r.expected).sum();
        self.item(place).map_or(0, |i| i.shipped) - returned
    }

    /// Units the customer was given the money back for.
    pub(super) fn given_back(&self, place: Place) -> i64 {
        let results = self.returns.iter().filter(|r| r.place == place).flat_map(|r| &r.results);
        results.filter(|(result, _, _)| matches!(result.as_str(), "RETURN_RECEIVED" | "STILL_APPROVED")).map(|(_, u, _)| u).sum()
    }

    /// A return comes to be, decided or not. Answers its number; `None` if fewer units were shipped.
    pub(super) fn register(&mut self, now: Timestamp, place: Place, units: i64, result: Option<String>) -> Option<String> {
        if units < 1 || self.returnable(place) < units {
            return None;
        }
        let count = self.returns.len() + 1;
        let id = (70_000_000 + count).to_string();
        self.returns.push(Return {
            id: id.clone(),
            rma: (31_000_000 + count).to_string(),
            place,
            expected: units,
            results: result.into_iter().map(|r| (r, units, now)).collect(),
            registered_at: now,
        });
        Some(id)
    }

    /// Decides about units that wait; where none wait, changes what was decided.
    pub(super) fn decide(&mut self, now: Timestamp, rma: &str, result: String, units: i64) -> Result<(), String> {
        let found = self.returns.iter_mut().find(|r| r.rma == rma).ok_or("There is no such return.")?;
        let waiting = found.undecided();
        if waiting == 0 && units <= found.expected {
            found.results.clear();
        } else if waiting < units {
            return Err("The quantity is more than is expected to be returned.".into());
        }
        found.results.push((result, units, now));
        Ok(())
    }

    /// Answers `GET /retailer/returns`: those that wait oldest first, the others newest first, and `{}` behind the last page.
    pub(super) fn list_returns(&self, query: &BTreeMap<String, String>) -> Response {
        let handled = match query.get("handled").map(String::as_str) {
            Some("true") => true,
            Some("false") => false,
            _ => return invalid("handled", "The simulator lists either kind by itself."),
        };
        if let Some(name) = query.keys().find(|k| !matches!(k.as_str(), "page" | "handled" | "fulfilment-method")) {
            return invalid(name, "Unknown.");
        }
        let Some(page) = query.get("page").map_or(Some(1), |p| p.parse::<usize>().ok()).filter(|p| *p > 0) else {
            return invalid("page", "Must be at least 1.");
        };
        let mut found: Vec<&Return> = self.returns.iter().filter(|r| (r.undecided() == 0) == handled).collect();
        if handled {
            found.reverse();
        }
        let own = query.get("fulfilment-method").is_none_or(|m| m == "FBR");
        let shown = found.into_iter().filter(|_| own).skip((page - 1) * PAGE).take(PAGE);
        let listed: Vec<Value> = shown.filter_map(|r| self.return_json(r, false)).collect();
        json_v10(200, &if listed.is_empty() { json!({}) } else { json!({ "returns": listed }) })
    }

    /// Answers `GET /retailer/returns/{return-id}`.
    pub(super) fn one_return(&self, id: &str) -> Response {
        let found = self.returns.iter().find(|r| r.id == id).and_then(|r| self.return_json(r, true));
        found.map_or_else(|| problem(404, "Not Found", "There is no such return."), |shown| json_v10(200, &shown))
    }

    fn return_json(&self, from: &Return, whole: bool) -> Option<Value> {
        let order = self.orders.get(from.place.0)?;
        let offer = self.offers.get(self.item(from.place)?.offer)?;
        let result = |(handling, units, at): &(String, i64, Timestamp)| {
            let refused = handling == "RETURN_DOES_NOT_MEET_CONDITIONS";
            json!({ "quantity": units, "processingResult": if refused { "REJECTED" } else { "ACCEPTED" },
                "handlingResult": handling, "processingDateTime": dated(*at) })
        };
        let mut item = json!({
            "rmaId": from.rma,
            "orderId": order.number,
            "ean": offer.product.ean,
            "expectedQuantity": from.expected,
            "returnReason": { "mainReason": "Niet naar verwachting", "detailedReason": "Anders dan verwacht",
                "customerComments": format!("Groet, {}", CUSTOMER.first_name) },
            "handled": from.undecided() == 0,
            "processingResults": from.results.iter().map(result).collect::<Vec<_>>(),
        });
        if let (true, Some(fields)) = (whole, item.as_object_mut()) {
            let customer = json!({ "salutation": "UNKNOWN", "firstName": CUSTOMER.first_name, "surname": CUSTOMER.last_name,
                "streetName": CUSTOMER.street, "houseNumber": "1", "zipCode": CUSTOMER.postcode, "city": CUSTOMER.city,
                "countryCode": order.ship_to, "email": CUSTOMER.email, "deliveryPhoneNumber": CUSTOMER.phone });
            fields.insert("title".into(), offer.product.title.clone().into());
            fields.insert("customerDetails".into(), customer);
        }
        Some(json!({
            "returnId": from.id,
            "registrationDateTime": dated(from.registered_at),
            "fulfilmentMethod": "FBR",
            "returnItems": [item],
        }))
    }

    /// Answers `PUT /retailer/returns/{rma-id}`.
    pub(super) fn put_return(now: Timestamp, rma: &str, request: &Request, processes: &mut Processes) -> Response {
        if rma.parse::<i64>().is_err() {
            return invalid("rma-id", "Must be a number.");
        }
        match read(&body(request), &["handlingResult", "quantityReturned"], &RESULTS) {
            Ok((result, units)) => {
                processes.start(now, "HANDLE_RETURN_ITEM", rma, Job::Decide { rma: rma.to_owned(), result, units })
            }
            Err(refusal) => *refusal,
        }
    }

    /// Answers `POST /retailer/returns`.
    pub(super) fn post_return(now: Timestamp, request: &Request, processes: &mut Processes) -> Response {
        let sent = body(request);
        let results = RESULTS.split_last().map_or(&[][..], |(_, others)| others);
        let read = read(&sent, &["orderItemId", "handlingResult", "quantityReturned"], results);
        match read.and_then(|(result, units)| Ok((text(&sent["orderItemId"], "orderItemId", 100)?, result, units))) {
            Ok((item, result, units)) => {
                processes.start(now, "CREATE_RETURN_ITEM", &item, Job::Register { item: item.clone(), result, units })
            }
            Err(refusal) => *refusal,
        }
    }
}

fn read(sent: &Value, known: &[&str], results: &[&str]) -> Result<(String, i64), Box<Response>> {
    fields(sent, known)?;
    let result = text(&sent["handlingResult"], "handlingResult", 100)?;
    if !results.contains(&result.as_str()) {
        return Err(Box::new(invalid("handlingResult", "Request contains invalid value(s).")));
    }
    let units = sent["quantityReturned"].as_i64().filter(|u| (1..=9999).contains(u));
    Ok((result, units.ok_or_else(|| Box::new(invalid("quantityReturned", "Must be from 1 to 9999.")))?))
}
