//! Tells bol that a line will not be sent, and asks whether it knows (Retailer API v10).
//!
//! bol cancels whatever of a line is still open; it takes no number of units, and one line a call. So the order is read first, and
//! units that are not all that is open are refused before anything is changed.

use super::fulfilment::{by_line, refused};
use super::{orders, processes, requests, wire_updates};
use domain::{CancelReason, CancellationUpdate, OrderLineId, OrderNumber, OrderSnapshot, Quantity, SnapshotLine, so_many};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "bol.cancellation";
const KNOWS: &str = "bol.knows_cancellation";
const PATH: &str = "/retailer/orders/cancellation";

/// Tells of it, line by line. Lines that bol has as cancelled already are passed over: told again after an attempt that got stuck
/// halfway, only the rest is sent.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, cancellation: &CancellationUpdate) -> Result<Acknowledged> {
    let wanted = by_line(TELL, &cancellation.lines)?;
    let order = orders::read(call, number).await?;
    let mut open = Vec::new();
    for (id, units) in wanted {
        if is_to_be_told(line(&order, id, TELL)?, units)? {
            open.push(id);
        }
    }
    let mut under_way = processes::UnderWay::default();
    for id in open {
        let item = wire_updates::CancelledItem { order_item_id: id.as_str(), reason_code: code(cancellation.reason) };
        let request = wire_updates::CancellationRequest { order_items: [item] };
        let told = requests::write(call, TELL, Method::PUT, requests::V10, PATH, &request).await;
        told.and_then(|response| under_way.take(TELL, &response)).map_err(|error| under_way.stopped(TELL, error))?;
    }
    Ok(under_way.acknowledged())
}

/// Whether all of it is cancelled.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, cancellation: &CancellationUpdate) -> Result<bool> {
    let wanted = by_line(KNOWS, &cancellation.lines)?;
    let missing = missing(&orders::read(call, number).await?, &wanted)?;
    if missing.is_empty() {
        return Ok(true);
    }
    for id in missing {
        processes::idle(call, KNOWS, id.as_str(), "CANCEL_ORDER").await?;
    }
    // It may have ended between the two looks.
    Ok(self::missing(&orders::read(call, number).await?, &wanted)?.is_empty())
}

/// Lines that are not cancelled as far as they should be.
fn missing<'a>(
    order: &OrderSnapshot,
    wanted: &std::collections::BTreeMap<&'a OrderLineId, Quantity>,
) -> Result<Vec<&'a OrderLineId>> {
    let mut missing = Vec::new();
    for (id, units) in wanted {
        let line = line(order, id, KNOWS)?;
        if !open(line).is_zero() || line.cancelled < *units {
            missing.push(*id);
        }
    }
    Ok(missing)
}

fn line<'a>(order: &'a OrderSnapshot, id: &OrderLineId, operation: &'static str) -> Result<&'a SnapshotLine> {
    let found = order.lines.iter().find(|line| line.id == *id);
    found.ok_or_else(|| refused(operation, format!("order {} has no line {id} at bol", order.number)))
}

fn open(line: &SnapshotLine) -> Quantity {
    line.ordered.less(line.shipped).less(line.cancelled)
}

fn is_to_be_told(line: &SnapshotLine, units: Quantity) -> Result<bool> {
    let open = open(line);
    if open == units {
        return Ok(true);
    }
    if open.is_zero() && line.cancelled >= units {
        return Ok(false);
    }
    if open < units {
        let message = format!(
            "line {} has {} open at bol, fewer than the {units} to be cancelled: the others were sent or cancelled there",
            line.id,
            so_many(open, "unit")
        );
        return Err(Error::new(ErrorKind::Declined, TELL, message));
    }
    let message = format!(
        "bol cancels all that is open of a line, and line {} has {} open, not {units}; send the others first and cancel the \
         rest then, or cancel all of them",
        line.id,
        so_many(open, "unit")
    );
    Err(refused(TELL, message))
}

fn code(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::OutOfStock => "OUT_OF_STOCK",
        CancelReason::CustomerRequest => "REQUESTED_BY_CUSTOMER",
        CancelReason::Damaged => "BAD_CONDITION",
        CancelReason::WrongPrice => "INCORRECT_PRICE",
        CancelReason::TooLate => "NOT_AVAIL_IN_TIME",
        CancelReason::OrderedTwice => "ORDERED_TWICE",
        CancelReason::NotFound => "UNFINDABLE_ITEM",
        CancelReason::Other => "OTHER",
    }
}

#[cfg(test)]
#[path = "cancellations_tests.rs"]
mod tests;
