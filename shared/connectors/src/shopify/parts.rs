//! Fulfilment orders: what of an order is left to be sent, and from where. They split, merge and move, and their ids with them, so
//! they are read anew before every use.

use super::graphql::{self, Pages, PartLines, Parts, part_lines, parts};
use super::orders;
use domain::LineUnits;
use ports::{Call, Error, ErrorKind, Result};
use std::collections::BTreeMap;

/// Units by the number of the order line.
pub(super) type Units = BTreeMap<u64, i64>;

/// What is left of an order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Nothing, for it was cancelled.
    pub(super) cancelled: bool,
    /// The fulfilment orders that are not over.
    pub(super) parts: Vec<Part>,
}

/// A fulfilment order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) id: String,
    /// The location that sends it, as a global id.
    pub(super) location: Option<String>,
    /// Whether it may be sent now: it is not on hold, and its day has come.
    pub(super) ready: bool,
    pub(super) lines: Vec<PartLine>,
}

/// A line of a fulfilment order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PartLine {
    /// Its own id, which is not that of the order line.
    pub(super) id: String,
    /// The number of the order line.
    pub(super) line: u64,
    /// Units left to be sent.
    pub(super) remaining: i64,
}

/// Units of one line of a fulfilment order.
pub(super) struct Taken<'a> {
    pub(super) part: &'a Part,
    pub(super) line: &'a PartLine,
    pub(super) units: i64,
}

/// The units of an update by order line; refuses what no order can mean, before anything is asked.
pub(super) fn wanted(operation: &'static str, lines: &[LineUnits]) -> Result<Units> {
    let bad = |message: &str| Error::new(ErrorKind::BadInput, operation, message);
    let mut units = Units::new();
    for line in lines {
        let number = line.line.as_str().parse().map_err(|_| bad("Shopify's order lines are whole numbers; correct the line"))?;
        if line.units.is_zero() {
            return Err(bad("a line of no units cannot be told; leave it out"));
        }
        *units.entry(number).or_default() += line.units.units();
    }
    if units.is_empty() { Err(bad("nothing is in it; name the lines and their units")) } else { Ok(units) }
}

/// Reads what is left of an order.
pub(super) async fn read(call: &Call<'_>, operation: &'static str, order: &str) -> Result<Left> {
    use parts::FulfillmentOrderStatus as Status;
    let mut left = Left { cancelled: false, parts: Vec::new() };
    let mut pages = Pages::new();
    let mut after = None;
    loop {
        let variables = parts::Variables { order: order.to_owned(), after: after.clone() };
        let found = graphql::send::<Parts>(call, operation, variables, false).await?.order;
        let found = found.ok_or_else(|| orders::not_shown(operation))?;
        left.cancelled = found.cancelled_at.is_some();
        for part in found.fulfillment_orders.nodes {
            let ready = match part.status {
                Status::OPEN | Status::IN_PROGRESS => true,
                Status::ON_HOLD | Status::SCHEDULED => false,
                Status::CANCELLED | Status::CLOSED | Status::INCOMPLETE | Status::Other(_) => continue,
            };
            let lines = lines(call, operation, &mut pages, &part.id).await?;
            left.parts.push(Part { id: part.id, location: part.assigned_location.location.map(|l| l.id), ready, lines });
        }
        let info = found.fulfillment_orders.page_info;
        after = pages.next(operation, info.has_next_page, info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(left);
        }
    }
}

async fn lines(call: &Call<'_>, operation: &'static str, pages: &mut Pages, id: &str) -> Result<Vec<PartLine>> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let variables = part_lines::Variables { id: id.to_owned(), after: after.clone() };
        let part = graphql::send::<PartLines>(call, operation, variables, false).await?.fulfillment_order.ok_or_else(|| {
            Error::new(ErrorKind::Conflict, operation, "the order was divided anew while it was read; it is read again")
        })?;
        for line in part.line_items.nodes {
            let number = graphql::number(operation, &line.line_item.id)?;
            found.push(PartLine { id: line.id, line: number, remaining: line.remaining_quantity });
        }
        let info = part.line_items.page_info;
        after = pages.next(operation, info.has_next_page, info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// The sum of figures that Shopify told; what lies beyond every figure stays at the bound.
pub(super) fn sum(units: impl Iterator<Item = i64>) -> i64 {
    units.fold(0, i64::saturating_add)
}

/// Takes the wanted units out of these parts, the first ones first; `None` where they do not hold as many.
pub(super) fn take<'a>(parts: impl Iterator<Item = &'a Part>, wanted: &Units) -> Option<Vec<Taken<'a>>> {
    let mut missing = wanted.clone();
    let mut taken = Vec::new();
    for part in parts {
        for line in &part.lines {
            let Some(open) = missing.get_mut(&line.line) else { continue };
            let units = line.remaining.min(*open);
            if units > 0 {
                *open -= units;
                taken.push(Taken { part, line, units });
            }
        }
    }
    missing.values().all(|open| *open == 0).then_some(taken)
}

/// A refusal of what had just been seen to fit. If the order was divided anew meanwhile, trying again helps, and otherwise not.
pub(super) async fn refused(
    call: &Call<'_>,
    operation: &'static str,
    order: &str,
    seen: &Left,
    message: &str,
    fields: Vec<String>,
) -> Error {
    let error = match read(call, operation, order).await {
        Ok(now) if now != *seen => {
            Error::new(ErrorKind::Conflict, operation, "the order changed on Shopify in between; it is read again")
        }
        // What became of it cannot be seen now; the refusal stands.
        Ok(_) | Err(_) => Error::new(ErrorKind::Declined, operation, message),
    };
    // Shopify's words stay out: they may hold a name. The names of fields are ours.
    error.with_detail(fields.join(".").chars().take(120).collect::<String>())
}
