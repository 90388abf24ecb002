//! Returns: asked for by customers, decided by the merchant.

use super::handling::Written;
use super::ids::Ids;
use super::queries::{Answer, first, id, text};
use super::shop::{Line, Move, Shop, Sold};
use super::writes::only;
use crate::shopify::graphql::gid;
use domain::{Quantity, Sku};
use jiff::Timestamp;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Returned {
    pub(super) id: u64,
    pub(super) stands: &'static str,
    created_at: Timestamp,
    lines: Vec<ReturnedLine>,
}

#[derive(Debug)]
struct ReturnedLine {
    id: u64,
    /// The line of the fulfilment it was sent with.
    sent: u64,
    /// The order line.
    line: u64,
    quantity: i64,
    processed: i64,
    /// What was said of the goods: the word and units.
    said: Vec<(String, i64)>,
}

impl ReturnedLine {
    fn waiting(&self) -> i64 {
        self.quantity - self.processed
    }

    fn unsaid(&self) -> i64 {
        self.quantity - self.said.iter().map(|(_, units)| *units).sum::<i64>()
    }
}

/// Lines of fulfilments have ids of their own.
fn sent_line(sent: &Move, at: usize) -> u64 {
    sent.id + 1 + at as u64
}

/// A customer asks to send units back. `None`: not as many were sent, or they are on their way back already.
pub(super) fn ask(shop: &mut Shop, ids: &mut Ids, now: Timestamp, place: usize, sku: &Sku, units: Quantity) -> Option<()> {
    let order = shop.orders.get_mut(place)?;
    let mut open = units.units();
    let mut lines = Vec::new();
    for line in order.lines.iter().filter(|line| line.sku == *sku) {
        let live = || order.returns.iter().filter(|r| !matches!(r.stands, "DECLINED" | "CANCELED")).flat_map(|r| &r.lines);
        let on_the_way: i64 = live().filter(|l| l.line == line.id).map(ReturnedLine::waiting).sum();
        let mut with_customer = line.sent() - on_the_way;
        for sent in order.fulfillments.iter().filter(|f| f.kind == "SUCCESS") {
            for (at, (_, moved)) in sent.lines.iter().enumerate().filter(|(_, (id, _))| *id == line.id) {
                let id = sent_line(sent, at);
                let taken: i64 = live().filter(|l| l.sent == id).map(|l| l.quantity).sum();
                let here = (moved - taken).min(with_customer).min(open);
                if here > 0 {
                    (with_customer, open) = (with_customer - here, open - here);
                    lines.push(ReturnedLine {
                        id: ids.number(),
                        sent: id,
                        line: line.id,
                        quantity: here,
                        processed: 0,
                        said: Vec::new(),
                    });
                }
            }
        }
    }
    if open > 0 || lines.is_empty() {
        return None;
    }
    order.returns.push(Returned { id: ids.number(), stands: "REQUESTED", created_at: now, lines });
    order.changes.push(now);
    Some(())
}

/// `WaitingReturns`.
pub(super) fn waiting(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let after: u64 = text(variables, "after").map_or(Ok(0), str::parse).map_err(|_| "invalid cursor")?;
    let waits = |order: &&Sold| order.id > after && order.returns.iter().any(|r| matches!(r.stands, "REQUESTED" | "OPEN"));
    let found: Vec<_> = shop.orders.iter().filter(waits).collect();
    let size = document.split("first: ").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    let each = first(document, "returns");
    let shown = found.get(..found.len().min(size)).unwrap_or_default();
    let node = |order: &&Sold| {
        let nodes: Vec<_> =
            order.returns.iter().take(each).map(|r| json!({ "id": gid("Return", r.id), "status": r.stands })).collect();
        json!({ "returns": { "nodes": nodes, "pageInfo": { "hasNextPage": order.returns.len() > each } } })
    };
    let info = json!({ "hasNextPage": found.len() > shown.len(), "endCursor": shown.last().map(|o| o.id.to_string()) });
    Ok(json!({ "orders": { "nodes": shown.iter().map(node).collect::<Vec<_>>(), "pageInfo": info } }))
}

/// `OneReturn`.
pub(super) fn one(shop: &Shop, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Return").ok_or("invalid id")?;
    let found = shop.orders.iter().find_map(|o| Some((o, o.returns.iter().find(|r| r.id == wanted)?)));
    let Some((order, found)) = found else { return Ok(json!({ "return": null })) };
    let line = |line: &ReturnedLine| {
        json!({
            "__typename": "ReturnLineItem",
            "id": gid("ReturnLineItem", line.id),
            "quantity": line.quantity,
            "processedQuantity": line.processed,
            "unprocessedQuantity": line.waiting(),
            "returnReasonDefinition": { "handle": "unwanted" },
            "fulfillmentLineItem": sent(line),
        })
    };
    Ok(json!({ "return": {
        "createdAt": found.created_at.to_string(),
        "status": found.stands,
        "order": { "legacyResourceId": order.id.to_string() },
        "returnLineItems": whole(found.lines.iter().map(line).collect()),
    } }))
}

/// `Intakes`.
pub(super) fn intakes(shop: &Shop, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Return").ok_or("invalid id")?;
    let found = shop.orders.iter().flat_map(|o| &o.returns).find(|r| r.id == wanted);
    let Some(found) = found else { return Ok(json!({ "return": null })) };
    let intake = |line: &ReturnedLine| {
        json!({
            "id": gid("ReverseFulfillmentOrderLineItem", line.id + 1),
            "totalQuantity": line.quantity,
            "fulfillmentLineItem": sent(line),
            "dispositions": line.said.iter().map(|(kind, units)| json!({ "type": kind, "quantity": units })).collect::<Vec<_>>(),
        })
    };
    // Goods are taken in once the return is approved.
    let reverse = match found.stands {
        "OPEN" | "CLOSED" => vec![json!({ "lineItems": whole(found.lines.iter().map(intake).collect()) })],
        _ => Vec::new(),
    };
    Ok(json!({ "return": { "reverseFulfillmentOrders": whole(reverse) } }))
}

/// All on one page.
#[expect(clippy::needless_pass_by_value, reason = "the nodes belong to the page from here on")]
fn whole(nodes: Vec<Value>) -> Value {
    json!({ "nodes": nodes, "pageInfo": { "hasNextPage": false } })
}

fn sent(line: &ReturnedLine) -> Value {
    json!({ "id": gid("FulfillmentLineItem", line.sent), "lineItem": { "id": gid("LineItem", line.line) } })
}

/// Carries out a decision: `field` is the mutation's name, `wanted` the return's id, `act` does it or says why not.
fn decide(
    shop: &mut Shop,
    now: Timestamp,
    field: &str,
    wanted: Option<u64>,
    act: impl FnOnce(&mut Returned, &mut [Line]) -> Result<(), &'static str>,
) -> Written {
    let Some(wanted) = wanted else { return (Err("invalid id"), None) };
    let refused = |code: &str| Ok(json!({ field: { "userErrors": [{ "code": code }] } }));
    let Some(place) = shop.orders.iter().position(|o| o.returns.iter().any(|r| r.id == wanted)) else {
        return (refused("NOT_FOUND"), None);
    };
    let Some(order) = shop.orders.get_mut(place) else { return (refused("NOT_FOUND"), None) };
    let Some(found) = order.returns.iter_mut().find(|r| r.id == wanted) else { return (refused("NOT_FOUND"), None) };
    if let Err(code) = act(found, &mut order.lines) {
        return (refused(code), None);
    }
    order.changes.push(now);
    (Ok(json!({ field: { "userErrors": [] } })), Some(place))
}

fn step(from: &'static str, to: &'static str) -> impl FnOnce(&mut Returned, &mut [Line]) -> Result<(), &'static str> {
    move |found, _| {
        if found.stands != from {
            return Err("INVALID_STATE");
        }
        found.stands = to;
        Ok(())
    }
}

/// `ApproveReturn`, `DeclineReturn`, `CloseReturn`, `TakeOutOfReturn` and `ProcessReturn`.
pub(super) fn write(shop: &mut Shop, now: Timestamp, operation: &str, variables: &Value) -> Written {
    let input = variables.get("input").unwrap_or(&Value::Null);
    let fields: &[&str] = match operation {
        "ApproveReturn" => &["id", "notifyCustomer"],
        "DeclineReturn" => &["declineReason", "id", "notifyCustomer"],
        "ProcessReturn" => &["notifyCustomer", "returnId", "returnLineItems"],
        _ => &[],
    };
    if let Err(broken) = if fields.is_empty() { Ok(()) } else { only(input, fields) } {
        return (Err(broken), None);
    }
    let named = |from: &Value, name: &str| id(from, name, "Return");
    match operation {
        "ApproveReturn" => decide(shop, now, "returnApproveRequest", named(input, "id"), step("REQUESTED", "OPEN")),
        "DeclineReturn" => decide(shop, now, "returnDeclineRequest", named(input, "id"), step("REQUESTED", "DECLINED")),
        "CloseReturn" => decide(shop, now, "returnClose", named(variables, "id"), step("OPEN", "CLOSED")),
        "ProcessReturn" => {
            let lines = input.get("returnLineItems").and_then(Value::as_array).cloned().unwrap_or_default();
            decide(shop, now, "returnProcess", named(input, "returnId"), |found, sold| process(found, sold, &lines))
        }
        _ => {
            let lines = variables.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
            decide(shop, now, "removeFromReturn", named(variables, "id"), |found, _| take_out(found, &lines))
        }
    }
}

fn process(found: &mut Returned, sold: &mut [Line], lines: &[Value]) -> Result<(), &'static str> {
    if found.stands != "OPEN" {
        return Err("INVALID_STATE");
    }
    // Nothing is done unless all of it can be.
    let mut done = Vec::new();
    for element in lines {
        only(element, &["dispositions", "id", "quantity"]).map_err(|_| "INVALID")?;
        let wanted = id(element, "id", "ReturnLineItem").ok_or("INVALID")?;
        let at = found.lines.iter().position(|l| l.id == wanted).ok_or("NOT_FOUND")?;
        let line = found.lines.get(at).ok_or("NOT_FOUND")?;
        let units =
            element.get("quantity").and_then(Value::as_i64).filter(|u| (1..=line.waiting()).contains(u)).ok_or("INVALID")?;
        let mut said = Vec::new();
        for disposition in element.get("dispositions").and_then(Value::as_array).into_iter().flatten() {
            only(disposition, &["dispositionType", "quantity", "reverseFulfillmentOrderLineItemId"]).map_err(|_| "INVALID")?;
            let intake = id(disposition, "reverseFulfillmentOrderLineItemId", "ReverseFulfillmentOrderLineItem");
            let kind = text(disposition, "dispositionType")
                .filter(|k| matches!(*k, "NOT_RESTOCKED" | "MISSING" | "PROCESSING_REQUIRED"));
            let (true, Some(kind)) = (intake == Some(line.id + 1), kind) else { return Err("INVALID") };
            said.push((
                kind.to_owned(),
                disposition.get("quantity").and_then(Value::as_i64).filter(|u| *u > 0).ok_or("INVALID")?,
            ));
        }
        if said.iter().map(|(_, units)| *units).sum::<i64>() > line.unsaid().min(units) {
            return Err("INVALID");
        }
        done.push((at, units, said));
    }
    for (at, units, said) in done {
        let Some(line) = found.lines.get_mut(at) else { continue };
        line.processed += units;
        line.said.extend(said);
        if let Some(sold) = sold.iter_mut().find(|l| l.id == line.line) {
            sold.current -= units;
            sold.came_back += units;
        }
    }
    Ok(())
}

fn take_out(found: &mut Returned, lines: &[Value]) -> Result<(), &'static str> {
    if !matches!(found.stands, "REQUESTED" | "OPEN") {
        return Err("INVALID_STATE");
    }
    for element in lines {
        only(element, &["quantity", "returnLineItemId"]).map_err(|_| "INVALID")?;
        let wanted = id(element, "returnLineItemId", "ReturnLineItem").ok_or("INVALID")?;
        let all: i64 = found.lines.iter().map(|l| l.quantity).sum();
        let line = found.lines.iter_mut().find(|l| l.id == wanted).ok_or("NOT_FOUND")?;
        let units =
            element.get("quantity").and_then(Value::as_i64).filter(|u| (1..=line.waiting()).contains(u)).ok_or("INVALID")?;
        if units == all {
            return Err("INVALID");
        }
        line.quantity -= units;
    }
    found.lines.retain(|line| line.quantity > 0);
    Ok(())
}
