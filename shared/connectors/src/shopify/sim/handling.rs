//! Answers the documents by which a merchant sends, cancels and takes out of an order.

use super::ids::Ids;
use super::parts::Part;
use super::queries::{Answer, id, text};
use super::shop::{Job, Shop};
use super::writes::{Keys, only};
use crate::shopify::graphql::gid;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How long a cancellation takes.
const JOB_TAKES: SignedDuration = SignedDuration::from_secs(2);

/// What a write came to: the answer, and the order it changed.
pub(super) type Written = (Answer, Option<usize>);

/// A part of an input that was not taken, named as the input names it.
type Field = &'static str;

/// What was read of an input: the outer error is a request against the rules, the inner one a refusal by the shop.
type Read<T> = Result<Result<T, Field>, &'static str>;

fn complaint(of: &str, what: &str, field: Field) -> Value {
    json!({ of: { what: null, "userErrors": [{ "field": ["input", field] }] } })
}

/// `Ship`.
pub(super) fn ship(shop: &mut Shop, ids: &mut Ids, now: Timestamp, variables: &Value) -> Written {
    let input = variables.get("fulfillment").unwrap_or(&Value::Null);
    let (place, taken, tracking) = match parcel(shop, input) {
        Err(broken) => return (Err(broken), None),
        Ok(Err(field)) => return (Ok(complaint("fulfillmentCreate", "fulfillment", field)), None),
        Ok(Ok(read)) => read,
    };
    let Some(order) = shop.orders.get_mut(place) else { return (Err("no order"), None) };
    let mut units = Vec::new();
    for (part, line, quantity) in taken {
        let Some(part) = order.parts.get_mut(part) else { continue };
        part.begun = true;
        let Some(held) = part.lines.get_mut(line) else { continue };
        held.remaining -= quantity;
        let order_line = held.line;
        units.extend(order.line(order_line).map(|at| (at, quantity)));
    }
    let sent = shop.ship(now, ids, place, &units, tracking);
    let answer = json!({ "fulfillmentCreate": { "fulfillment": sent.map(|id| json!({ "id": gid("Fulfillment", id) })), "userErrors": [] } });
    (Ok(answer), Some(place))
}

/// The order's place; place of part, place of line in it, units; carrier and code.
type Parcel = (usize, Vec<(usize, usize, i64)>, (Option<String>, Option<String>));

fn parcel(shop: &Shop, input: &Value) -> Read<Parcel> {
    only(input, &["lineItemsByFulfillmentOrder", "notifyCustomer", "trackingInfo"])?;
    let groups = input.get("lineItemsByFulfillmentOrder").and_then(Value::as_array).filter(|g| (1..=250).contains(&g.len()));
    let groups = groups.ok_or("lineItemsByFulfillmentOrder must hold 1 to 250 elements")?;
    let mut found: Option<(usize, u64)> = None;
    let mut taken: Vec<(usize, usize, i64)> = Vec::new();
    for group in groups {
        only(group, &["fulfillmentOrderId", "fulfillmentOrderLineItems"])?;
        let wanted = id(group, "fulfillmentOrderId", "FulfillmentOrder").ok_or("invalid id")?;
        let place = shop.orders.iter().position(|o| o.parts.iter().any(|p| p.id == wanted));
        let Some((place, order)) = place.and_then(|place| Some((place, shop.orders.get(place)?))) else {
            return Ok(Err("fulfillmentOrderId"));
        };
        let Some((at, part)) = order.parts.iter().enumerate().find(|(_, p)| p.id == wanted) else {
            return Ok(Err("fulfillmentOrderId"));
        };
        // One shipment is of one order and leaves one place.
        if *found.get_or_insert((place, part.at(shop))) != (place, part.at(shop)) {
            return Ok(Err("lineItemsByFulfillmentOrder"));
        }
        if !matches!(part.status(), "OPEN" | "IN_PROGRESS") {
            return Ok(Err("fulfillmentOrderId"));
        }
        match lines(part, group)? {
            Ok(lines) => taken.extend(lines.into_iter().map(|(line, units)| (at, line, units))),
            Err(field) => return Ok(Err(field)),
        }
    }
    let tracking = input.get("trackingInfo").filter(|t| !t.is_null());
    if let Some(tracking) = tracking {
        only(tracking, &["company", "number"])?;
    }
    let told = |name: &str| tracking.and_then(|t| text(t, name)).map(str::to_owned);
    Ok(found.map(|(place, _)| (place, taken, (told("company"), told("number")))).ok_or("lineItemsByFulfillmentOrder"))
}

/// Places of lines within a part and units of each. Where none are named, all that is left.
fn lines(part: &Part, group: &Value) -> Read<Vec<(usize, i64)>> {
    let Some(named) = group.get("fulfillmentOrderLineItems").and_then(Value::as_array) else {
        return Ok(Ok(part.lines.iter().enumerate().filter(|(_, l)| l.remaining > 0).map(|(at, l)| (at, l.remaining)).collect()));
    };
    let mut taken: Vec<(usize, i64)> = Vec::new();
    for element in named {
        only(element, &["id", "quantity"])?;
        let wanted = id(element, "id", "FulfillmentOrderLineItem").ok_or("invalid id")?;
        let quantity = element.get("quantity").and_then(Value::as_i64).ok_or("quantity must be a whole number")?;
        let Some(at) = part.lines.iter().position(|l| l.id == wanted) else { return Ok(Err("id")) };
        let before: i64 = taken.iter().filter(|(line, _)| *line == at).map(|(_, units)| *units).sum();
        if quantity < 1 || part.lines.get(at).is_none_or(|l| l.remaining < before + quantity) {
            return Ok(Err("quantity"));
        }
        taken.push((at, quantity));
    }
    Ok(Ok(taken))
}

/// `CancelOrder`. The second part of the answer tells whether a job was put in line.
pub(super) fn cancel(shop: &mut Shop, ids: &mut Ids, now: Timestamp, variables: &Value) -> (Answer, bool) {
    let refused = |code: &str| json!({ "orderCancel": { "job": null, "orderCancelUserErrors": [{ "code": code }] } });
    let Some(wanted) = id(variables, "order", "Order") else { return (Err("invalid id"), false) };
    if !matches!(text(variables, "reason"), Some("CUSTOMER" | "INVENTORY" | "STAFF" | "OTHER" | "FRAUD" | "DECLINED")) {
        return (Err("reason is no OrderCancelReason"), false);
    }
    if variables.get("refund") != Some(&json!({ "originalPaymentMethodsRefund": false })) {
        return (Err("this shop's owner pays back by hand"), false);
    }
    let Some(restock) = variables.get("restock").and_then(Value::as_bool) else { return (Err("restock is missing"), false) };
    let Some(order) = shop.orders.iter().position(|o| o.id == wanted) else { return (Ok(refused("NOT_FOUND")), false) };
    if !shop.can_cancel(order) {
        return (Ok(refused("INVALID")), false);
    }
    let id = format!("gid://shopify/Job/{}", ids.uuid());
    let due = now.saturating_add(JOB_TAKES).unwrap_or(now);
    shop.jobs.push(Job { id: id.clone(), order, restock, due, done: false });
    (Ok(json!({ "orderCancel": { "job": { "id": id }, "orderCancelUserErrors": [] } })), true)
}

/// Works off what is due by now. Answers the orders that were cancelled by it; a job whose order was sent meanwhile fails.
pub(super) fn work_off(shop: &mut Shop, ids: &mut Ids, now: Timestamp) -> Vec<usize> {
    let mut due = Vec::new();
    for job in shop.jobs.iter_mut().filter(|job| !job.done && job.due <= now) {
        job.done = true;
        due.push((job.order, job.restock));
    }
    due.into_iter().filter(|(order, restock)| shop.cancel(now, ids, *order, *restock)).map(|(order, _)| order).collect()
}

/// `CancelState`.
pub(super) fn state(shop: &Shop, variables: &Value) -> Answer {
    let wanted = id(variables, "order", "Order").ok_or("invalid id")?;
    let job = shop.jobs.iter().find(|job| text(variables, "job") == Some(&job.id));
    let order = shop.orders.iter().find(|o| o.id == wanted);
    Ok(json!({
        "job": job.map(|job| json!({ "done": job.done })),
        "order": order.map(|o| json!({ "cancelledAt": o.cancelled_at.map(|at| at.to_string()) })),
    }))
}

/// `CreateRefund`.
pub(super) fn refund(
    shop: &mut Shop,
    keys: &mut Keys,
    ids: &mut Ids,
    now: Timestamp,
    document: &str,
    variables: &Value,
) -> Written {
    let key = text(variables, "key").unwrap_or_default();
    if !document.contains("@idempotent(key: $key)") || key.is_empty() {
        return (Err("The @idempotent directive is required for this mutation but was not provided."), None);
    }
    let input = variables.get("input").unwrap_or(&Value::Null);
    let given = format!("refundCreate {input}");
    let refused = |field| Ok(complaint("refundCreate", "refund", field));
    if let Some((known, answer)) = keys.get(key) {
        return (if *known == given { answer.clone().map_or_else(|| refused("key"), Ok) } else { refused("key") }, None);
    }
    let (place, units, kind) = match taken_out(shop, input) {
        Err(broken) => return (Err(broken), None),
        Ok(Err(field)) => return (refused(field), None),
        Ok(Ok(read)) => read,
    };
    let Some(made) = shop.refund(now, ids, place, &units, kind) else {
        keys.insert(key.to_owned(), (given, None));
        return (refused("quantity"), None);
    };
    let answer = json!({ "refundCreate": { "refund": { "id": gid("Refund", made) }, "userErrors": [] } });
    keys.insert(key.to_owned(), (given, Some(answer.clone())));
    (Ok(answer), Some(place))
}

/// The order's place, units by the place of a line, and how they are treated.
type TakenOut = (usize, Vec<(usize, i64)>, &'static str);

fn taken_out(shop: &Shop, input: &Value) -> Read<TakenOut> {
    only(input, &["note", "notify", "orderId", "refundLineItems"])?;
    let wanted = id(input, "orderId", "Order").ok_or("invalid id")?;
    let Some((place, order)) = shop.orders.iter().enumerate().find(|(_, o)| o.id == wanted) else { return Ok(Err("orderId")) };
    let lines = input.get("refundLineItems").and_then(Value::as_array).ok_or("refundLineItems must be a list")?;
    let mut kind = "NO_RESTOCK";
    let mut units = Vec::new();
    for (at, element) in lines.iter().enumerate() {
        only(element, &["lineItemId", "locationId", "quantity", "restockType"])?;
        let this = match text(element, "restockType") {
            Some("CANCEL") => "CANCEL",
            Some("RETURN") => "RETURN",
            Some("NO_RESTOCK") => "NO_RESTOCK",
            _ => return Err("restockType is none that is accepted"),
        };
        if at > 0 && this != kind {
            return Err("this simulator keeps one restock type for all of a refund");
        }
        kind = this;
        let wanted = id(element, "lineItemId", "LineItem").ok_or("invalid id")?;
        let at_location = element.get("locationId").filter(|l| !l.is_null());
        if kind == "NO_RESTOCK" && at_location.is_some() {
            return Ok(Err("locationId"));
        }
        let Some(line) = order.line(wanted) else { return Ok(Err("lineItemId")) };
        units.push((line, element.get("quantity").and_then(Value::as_i64).ok_or("quantity must be a whole number")?));
    }
    Ok(Ok((place, units, kind)))
}
