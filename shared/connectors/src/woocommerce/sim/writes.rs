//! What REST changes about orders: status and fields, notes, refund records, and the entries of a tracking plugin.
//!
//! The real shop takes nearly all of it: any status after any other, refund records of more units than were ordered, notes twice.

use super::lists::{invalid, not_found};
use super::orders::{Refund, Tracking};
use super::shapes::{self, JSON};
use super::shop::Shop;
use crate::simulated_channel;
use jiff::Timestamp;
use ports::Response;
use serde_json::{Value, json};

const STATUSES: [&str; 9] =
    ["auto-draft", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft"];

/// `PUT /orders/{id}`.
pub(super) fn order(shop: &mut Shop, now: Timestamp, id: u64, body: &Value) -> Response {
    if !shop.orders.contains_key(&id) {
        return not_found("woocommerce_rest_shop_order_invalid_id");
    }
    let status = body.get("status").map(Value::as_str);
    if status.is_some_and(|s| s.is_none_or(|s| !STATUSES.contains(&s))) {
        return invalid("status");
    }
    let mut fields = Vec::new();
    for field in body.get("meta_data").and_then(Value::as_array).into_iter().flatten() {
        let Some(key) = field["key"].as_str() else { return invalid("meta_data") };
        // A field of the shop's own is a setting of the order, and is not shown among the others.
        if key == "_order_stock_reduced" {
            shop.set_counted(id, matches!(field["value"].as_str(), Some("yes" | "1" | "true")));
        } else {
            fields.push((key.to_owned(), field["value"].clone()));
        }
    }
    shop.set_fields(now, id, fields);
    let present = shop.orders.get(&id).map(|o| o.status.clone()).unwrap_or_default();
    shop.set_status(now, id, status.flatten().unwrap_or(&present));
    match shop.orders.get(&id) {
        Some(order) => simulated_channel::answer(200, JSON, &shapes::order(order, shop)),
        None => not_found("woocommerce_rest_shop_order_invalid_id"),
    }
}

/// `GET /orders/{id}/notes`: all of them, newest first.
pub(super) fn notes(shop: &Shop, id: u64, kind: Option<&str>) -> Response {
    let Some(order) = shop.orders.get(&id) else { return not_found("woocommerce_rest_shop_order_invalid_id") };
    let wanted: fn(bool) -> bool = match kind.unwrap_or("any") {
        "any" => |_| true,
        "customer" => |to_customer| to_customer,
        "internal" => |to_customer| !to_customer,
        _ => return invalid("type"),
    };
    let all: Vec<Value> = order.notes.iter().rev().filter(|n| wanted(n.to_customer)).map(shapes::note).collect();
    simulated_channel::answer(200, JSON, &Value::Array(all))
}

/// `POST /orders/{id}/notes`.
pub(super) fn note(shop: &mut Shop, now: Timestamp, id: u64, body: &Value) -> Response {
    let Some(text) = body.get("note") else {
        let body = json!({
            "code": "rest_missing_callback_param",
            "message": "Missing parameter(s): note",
            "data": { "status": 400, "params": ["note"] },
        });
        return simulated_channel::answer(400, JSON, &body);
    };
    let Some(text) = text.as_str() else { return invalid("note") };
    let to_customer = match body.get("customer_note") {
        None => false,
        Some(Value::Bool(to_customer)) => *to_customer,
        Some(_) => return invalid("customer_note"),
    };
    match shop.note(now, id, text, to_customer) {
        Some(note) => simulated_channel::answer(201, JSON, &shapes::note(note)),
        None => not_found("woocommerce_rest_order_invalid_id"),
    }
}

/// `POST /orders/{id}/refunds`. Without a word to the contrary, the gateway is asked for the money and the units are put on sale again.
pub(super) fn refund(shop: &mut Shop, now: Timestamp, id: u64, body: &Value) -> Response {
    if !shop.orders.contains_key(&id) {
        return not_found("woocommerce_rest_invalid_order_id");
    }
    for flag in ["api_refund", "api_restock"] {
        if body.get(flag).is_some_and(|f| !f.is_boolean()) {
            return invalid(flag);
        }
    }
    let yes = |flag: &str| body.get(flag).and_then(Value::as_bool).unwrap_or(true);
    let mut lines = Vec::new();
    let mut worth = 0;
    for line in body.get("line_items").and_then(Value::as_array).into_iter().flatten() {
        lines.push((line["id"].as_u64().unwrap_or(0), line["quantity"].as_i64().unwrap_or(0)));
        worth += cents(&line["refund_total"]).unwrap_or(0);
    }
    // A line that the order does not have is passed over.
    let order = shop.orders.get(&id);
    lines.retain(|(line, units)| *units != 0 && order.is_some_and(|o| o.lines.iter().any(|l| l.id == *line)));
    let amount = match body.get("amount") {
        None => worth,
        Some(amount) => match cents(amount) {
            Some(cents) => cents,
            None => return invalid("amount"),
        },
    };
    let reason = body.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
    if yes("api_refund") {
        // The simulated shop is paid by bank transfer.
        return no_refund("The payment gateway for this order does not support automatic refunds.");
    }
    let record = Refund { id: 0, at: now, cents: amount, reason, lines };
    let made = shop.refund(now, id, record, yes("api_restock"));
    let order = shop.orders.get(&id);
    match order.and_then(|o| shapes::refunds(o).into_iter().find(|r| r["id"].as_u64() == made)).filter(|_| made.is_some()) {
        Some(refund) => simulated_channel::answer(201, JSON, &refund),
        None => no_refund("Invalid refund amount."),
    }
}

/// Its status stands where others have an object.
fn no_refund(message: &str) -> Response {
    let body = json!({ "code": "woocommerce_rest_cannot_create_order_refund", "message": message, "data": 500 });
    simulated_channel::answer(500, JSON, &body)
}

/// `GET` and `POST /wc-shipment-tracking/v3/orders/{id}/shipment-trackings`. The same number is taken twice.
pub(super) fn trackings(shop: &mut Shop, now: Timestamp, id: u64, body: Option<&Value>) -> Response {
    let Some(order) = shop.orders.get_mut(&id) else { return not_found("woocommerce_rest_order_invalid_id") };
    let Some(body) = body else {
        return simulated_channel::answer(200, JSON, &order.trackings.iter().map(shapes::tracking).collect());
    };
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tracking = Tracking {
        id: format!("{:032x}", order.trackings.len() + 1),
        provider: text("tracking_provider"),
        number: text("tracking_number"),
        date: text("date_shipped"),
    };
    let answer = simulated_channel::answer(201, JSON, &shapes::tracking(&tracking));
    order.trackings.push(tracking);
    order.touch(now);
    answer
}

/// An amount, text or number, in cents.
pub(super) fn cents(amount: &Value) -> Option<i64> {
    let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
    let cents: rust_decimal::Decimal = text.parse::<rust_decimal::Decimal>().ok()?.checked_mul(100.into())?;
    cents.is_integer().then(|| i64::try_from(cents).ok())?
}
