//! Parcels that the seller confirms: a number that is known puts its parcel right, another adds one.

use super::STORE;
use super::answers::refusal;
use super::shop::{Package, Shop};
use crate::simulated_channel::{answer, body};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::Value;
use std::collections::BTreeMap;

fn invalid(message: &str) -> Response {
    refusal(400, "InvalidInput", message)
}

pub(super) fn confirm(shop: &mut Shop, now: Timestamp, id: &str, request: &Request) -> Response {
    let body = body(request);
    let detail = &body["packageDetail"];
    let text = |name: &str| detail[name].as_str().filter(|text| !text.is_empty());
    let Some(order) = shop.order_mut(id) else { return refusal(404, "NotFound", "The order does not exist.") };
    // A number of JSON in place of a text is refused, whatever digits it has.
    let reference = text("packageReferenceId").filter(|id| id.parse::<u64>().is_ok_and(|number| number > 0));
    let sent: Option<Timestamp> = text("shipDate").and_then(|date| date.parse().ok());
    let (Some(reference), Some(carrier), Some(tracking), Some(sent)) =
        (reference, text("carrierCode"), text("trackingNumber"), sent)
    else {
        return invalid("A field is missing or wrong");
    };
    if body["marketplaceId"] != STORE || (carrier == "Other" && text("carrierName").is_none()) {
        return invalid("A field is missing or wrong");
    }
    if order.by_amazon {
        return invalid("The order is fulfilled by Amazon");
    }
    if matches!(order.status(), "PENDING" | "CANCELLED") {
        return invalid("The order is not in a state to be shipped");
    }
    let Some(lines) = units_by_line(&detail["orderItems"]) else { return invalid("orderItems is wrong") };
    let before =
        |line: &str| order.packages.iter().find(|one| one.reference == reference).and_then(|one| one.lines.get(line)).copied();
    for (line, wanted) in &lines {
        let Some(known) = order.lines.iter().find(|one| one.id == *line) else { return invalid("The item is not in the order") };
        if *wanted > order.open(known) + before(line).unwrap_or(0) {
            return invalid("More units than are open");
        }
    }
    let package =
        Package { reference: reference.to_owned(), carrier: carrier.to_owned(), tracking: tracking.to_owned(), sent, lines };
    match order.packages.iter_mut().find(|one| one.reference == reference) {
        Some(known) => *known = package,
        None => order.packages.push(package),
    }
    order.updated = now;
    answer(204, super::answers::JSON, &Value::Null)
}

fn units_by_line(items: &Value) -> Option<BTreeMap<String, i64>> {
    let one = |item: &Value| {
        let units = item["quantity"].as_i64().filter(|units| *units > 0)?;
        Some((item["orderItemId"].as_str()?.to_owned(), units))
    };
    items.as_array().filter(|all| !all.is_empty())?.iter().map(one).collect()
}
