//! Fulfilment orders: what of an order is left to be sent, and from where.

use super::ids::Ids;
use super::queries::{Answer, first, id, page, text};
use super::shop::{Shop, Sold};
use crate::shopify::graphql::gid;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: u64,
    /// `None`: the shop's first location.
    pub(super) location: Option<u64>,
    pub(super) held: bool,
    /// Something of it was sent.
    pub(super) begun: bool,
    pub(super) lines: Vec<PartLine>,
}

#[derive(Debug)]
pub(super) struct PartLine {
    pub(super) id: u64,
    /// The order line.
    pub(super) line: u64,
    pub(super) remaining: i64,
}

impl Part {
    pub(super) fn status(&self) -> &'static str {
        match () {
            () if self.lines.iter().all(|line| line.remaining == 0) => "CLOSED",
            () if self.held => "ON_HOLD",
            () if self.begun => "IN_PROGRESS",
            () => "OPEN",
        }
    }

    /// Where it is sent from.
    pub(super) fn at(&self, shop: &Shop) -> u64 {
        self.location.or(shop.locations.first().copied()).unwrap_or(1)
    }
}

/// Takes units of an order line out of whatever holds them.
pub(super) fn drain(parts: &mut [Part], line: u64, mut units: i64) {
    for part in parts {
        for held in part.lines.iter_mut().filter(|l| l.line == line) {
            let here = held.remaining.min(units);
            held.remaining -= here;
            units -= here;
        }
    }
}

/// Puts units of an order line into what held the first of them.
pub(super) fn refill(parts: &mut [Part], line: u64, units: i64) {
    if let Some(held) = parts.iter_mut().flat_map(|part| &mut part.lines).find(|held| held.line == line) {
        held.remaining += units;
    }
}

/// Moves units of an order line to another location: a new fulfilment order.
pub(super) fn reroute(ids: &mut Ids, order: &mut Sold, line: u64, units: i64, location: u64) {
    drain(&mut order.parts, line, units);
    let lines = vec![PartLine { id: ids.number(), line, remaining: units }];
    order.parts.push(Part { id: ids.number(), location: Some(location), held: false, begun: false, lines });
}

/// `Parts`.
pub(super) fn list(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let wanted = id(variables, "order", "Order").ok_or("invalid id")?;
    let Some(order) = shop.orders.iter().find(|o| o.id == wanted) else { return Ok(json!({ "order": null })) };
    let node = |part: &Part| {
        let location = json!({ "location": { "id": gid("Location", part.at(shop)) } });
        json!({ "id": gid("FulfillmentOrder", part.id), "status": part.status(), "assignedLocation": location })
    };
    let all: Vec<_> = order.parts.iter().map(node).collect();
    let parts = page(&all, text(variables, "after"), first(document, "fulfillmentOrders"))?;
    Ok(json!({ "order": { "cancelledAt": order.cancelled_at.map(|at| at.to_string()), "fulfillmentOrders": parts } }))
}

/// `PartLines`.
pub(super) fn lines(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "FulfillmentOrder").ok_or("invalid id")?;
    let Some(part) = shop.orders.iter().flat_map(|o| &o.parts).find(|p| p.id == wanted) else {
        return Ok(json!({ "fulfillmentOrder": null }));
    };
    let node = |line: &PartLine| {
        json!({
            "id": gid("FulfillmentOrderLineItem", line.id),
            "remainingQuantity": line.remaining,
            "lineItem": { "id": gid("LineItem", line.line) },
        })
    };
    let all: Vec<_> = part.lines.iter().map(node).collect();
    let lines = page(&all, text(variables, "after"), first(document, "lineItems"))?;
    Ok(json!({ "fulfillmentOrder": { "lineItems": lines } }))
}
