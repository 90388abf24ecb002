//! What is done about orders by call.

use super::answers::{coded, done, refusal, told};
use super::shapes::money;
use super::shop::{Line, Shop};
use super::shop_shapes::CARRIERS;
use crate::simulated_channel::body;
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};

fn missing() -> Response {
    refusal(404, "Order not found")
}

/// The merchant's word: about every line that waits, and nothing else.
pub(super) fn accept(shop: &mut Shop, now: Timestamp, id: &str, request: &Request) -> Response {
    let body = body(request);
    let Some(order) = shop.order_mut(id) else { return missing() };
    if order.state != "WAITING_ACCEPTANCE" {
        return coded("ORDER_INVALID_STATE");
    }
    let given = body["order_lines"].as_array().cloned().unwrap_or_default();
    let word = |line: &Line| given.iter().find(|one| one["id"] == line.id.as_str()).and_then(|one| one["accepted"].as_bool());
    if given.iter().any(|one| !order.lines.iter().any(|line| one["id"] == line.id.as_str())) {
        return coded("ORDER_LINE_NOT_FOUND");
    }
    if order.lines.iter().any(|line| !line.is_void() && word(line).is_none()) {
        return coded("ORDER_LINE_ACCEPTANCE_DECISION_MISSING");
    }
    for line in &mut order.lines {
        if word(line) == Some(false) {
            line.state = "REFUSED";
        }
    }
    Shop::accepted(order, now);
    done()
}

/// Who carries it.
pub(super) fn track(shop: &mut Shop, now: Timestamp, id: &str, request: &Request) -> Response {
    let body = body(request);
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let Some(order) = shop.order_mut(id) else { return missing() };
    let (code, name) = (text("carrier_code"), text("carrier_name"));
    if code.is_none() && name.is_none() {
        return coded("VALIDATION_ERROR");
    }
    if code.as_ref().is_some_and(|code| !CARRIERS.iter().any(|(known, _)| known == code)) {
        return refusal(400, "Unknown carrier");
    }
    order.tracking = Some((code, name, text("tracking_number")));
    order.updated = now;
    done()
}

/// It is on its way, the whole of it.
pub(super) fn ship(shop: &mut Shop, now: Timestamp, id: &str) -> Response {
    let Some(order) = shop.order_mut(id) else { return missing() };
    if order.state != "SHIPPING" {
        return refusal(400, "Order is not in the state SHIPPING");
    }
    order.shipped = Some(now);
    order.become_all(now, "SHIPPED");
    done()
}

/// The amounts of a cancellation, in cents.
fn cents(value: &Value) -> Option<i64> {
    let text = value.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = format!("{fraction:0<2}");
    (fraction.len() == 2).then(|| format!("{whole}{fraction}").parse().ok())?
}

/// Lines that will not be sent. Asked for twice, it would be done twice: here, where all that a line costs goes at once, it is refused.
pub(super) fn cancel(shop: &mut Shop, now: Timestamp, request: &Request) -> Response {
    let body = body(request);
    let mut answered = Vec::new();
    let given = body["cancelations"].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for one in &given {
        let place = shop.orders.iter().enumerate().find_map(|(at, order)| {
            order.lines.iter().position(|line| one["order_line_id"] == line.id.as_str()).map(|place| (at, place))
        });
        let Some((at, place)) = place else { return refusal(404, "Order line not found") };
        let (order, line) = (&shop.orders[at], &shop.orders[at].lines[place]);
        if !matches!(order.state, "WAITING_DEBIT" | "WAITING_DEBIT_PAYMENT" | "SHIPPING") || line.is_void() {
            return coded("ORDER_INVALID_STATE");
        }
        if one["reason_code"] != "34" {
            return coded("VALIDATION_ERROR");
        }
        if (cents(&one["amount"]), cents(&one["shipping_amount"]))
            != (Some(line.unit_cents * line.units), Some(line.shipping_cents))
        {
            return refusal(400, "The simulator cancels lines whole");
        }
        found.push((at, place));
    }
    for ((at, place), one) in found.into_iter().zip(&given) {
        Shop::cancel(&mut shop.orders[at], now, &[place], "34");
        answered.push(json!({
            "cancelation_id": format!("{}", 1_200 + at * 100 + place),
            "order_line_id": one["order_line_id"],
            "amount": money(shop.orders[at].lines[place].unit_cents * shop.orders[at].lines[place].units),
            "shipping_amount": one["shipping_amount"],
            "reason_code": "34",
            "quantity": one["quantity"],
            "currency_iso_code": "EUR",
        }));
    }
    told(200, &json!({ "cancelations": answered, "order_tax_mode": "TAX_INCLUDED" }))
}
