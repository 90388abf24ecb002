//! Tells the shop of units that are not sent.
//!
//! All of an order by its status, on which the shop puts the units on sale again by itself, unless it is told that it never took them off.
//! Some of it by a refund record, with or without restocking; and where that leaves nothing to send of an order of which something was
//! sent, the order is completed.

use crate::woocommerce::marks::About;
use crate::woocommerce::orders::{self, Found};
use crate::woocommerce::refunds::{self, Record};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::snapshot;
use crate::woocommerce::statuses::Meaning;
use crate::woocommerce::wire::Order;
use crate::woocommerce::{shipments, words};
use domain::{CancellationUpdate, Quantity, SnapshotLine};
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};
use serde_json::json;
use std::collections::BTreeMap;

const TELL: &str = "woocommerce.cancel";
const KNOWS: &str = "woocommerce.knows_cancellation";

/// The status of an order that is given up.
const CANCELLED: &str = "cancelled";

/// The shop's own field: whether its figures were lowered for the order, so that they are to rise when it is cancelled.
const STOCK_REDUCED: &str = "_order_stock_reduced";

/// Tells that units are not sent.
pub(super) async fn tell(call: &Call<'_>, id: u64, update: &CancellationUpdate) -> Result<Acknowledged> {
    let units = refunds::units(TELL, &update.lines)?;
    let words = words::of(call.account)?;
    let found = orders::find(call, TELL, id).await?;
    if update.whole_order {
        return whole(call, id, &found, &units, update.restock).await;
    }
    let about = about(update);
    let made = refunds::made(&found.refunds, about, call.operation_id, &units).ok_or_else(|| refunds::half(TELL))?;
    let now_open = if made { BTreeMap::new() } else { units.clone() };
    if !made {
        check(&found, &units)?;
        let (reason, restock) = (words.cancelled(update.reason), update.restock);
        refunds::make(call, TELL, id, &Record { about, reason, lines: &units, restock }).await?;
    }
    if ends(&found, &now_open) {
        shipments::complete(call, TELL, id).await?;
    }
    Ok(Acknowledged::Applied)
}

fn about(update: &CancellationUpdate) -> About {
    if update.restock { About::Cancelled } else { About::NotThere }
}

/// Whether the shop knows it.
pub(super) async fn known(call: &Call<'_>, id: u64, update: &CancellationUpdate) -> Result<Option<bool>> {
    let units = refunds::units(KNOWS, &update.lines)?;
    let found = orders::find(call, KNOWS, id).await?;
    if update.whole_order {
        return Ok(Some(given_up(&found)));
    }
    let about = about(update);
    let made = refunds::made(&found.refunds, about, call.operation_id, &units);
    let open = ends(&found, &BTreeMap::new());
    Ok(match made {
        // Not under this id; but it could not be told any more, and what it says is there.
        Some(false) if check(&found, &units).is_err() && refunds::alike(&found.refunds, about, &units) => Some(!open),
        made => made.map(|made| made && !open),
    })
}

async fn whole(call: &Call<'_>, id: u64, found: &Found, units: &BTreeMap<u64, u32>, restock: bool) -> Result<Acknowledged> {
    if given_up(found) {
        return Ok(Acknowledged::Applied);
    }
    if found.snapshot.lines.iter().any(|l| !l.shipped.is_zero()) {
        return Err(refused("something of the order was sent already; cancel what is left by its units, or wait for a return"));
    }
    // Of an unpaid order nothing is promised, and all of it can be given up.
    if !matches!(found.meaning, Meaning::Nothing | Meaning::Draft) {
        check(found, units)?;
        if found.snapshot.lines.iter().any(|l| !open(l, units).is_zero()) {
            return Err(refused("there is more in the order than is to be cancelled; look at the order in the shop"));
        }
    }
    let mut cancelled = json!({ "status": CANCELLED });
    if !restock {
        // The shop puts back all that it took off for an order, if it remembers that it did. It cannot put back a part.
        cancelled["meta_data"] = json!([{ "key": STOCK_REDUCED, "value": "no" }]);
    }
    let ask = Ask::write(TELL, Method::PUT, format!("/orders/{id}"), cancelled);
    let saved: Order = requests::fetch(call, &ask).await?;
    if saved.status.text() == CANCELLED {
        return Ok(Acknowledged::Applied);
    }
    let message = "the shop did not cancel the order; see whether a plugin keeps it open";
    Err(Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Unknown))
}

/// Whether no unit of the order is promised any more, and none was sent.
fn given_up(found: &Found) -> bool {
    found.snapshot.lines.iter().all(|l| l.cancelled == l.ordered && l.shipped.is_zero()) && snapshot::is_given_up(&found.order)
}

/// Whether, once these are cancelled too, nothing is left to send of an order of which something was, and the shop does not know it.
fn ends(found: &Found, units: &BTreeMap<u64, u32>) -> bool {
    let lines = &found.snapshot.lines;
    found.meaning == Meaning::Claims
        && lines.iter().any(|l| !l.shipped.is_zero())
        && lines.iter().all(|l| open(l, units).is_zero())
}

/// Units of a line that are neither sent nor cancelled once these are cancelled too. Nothing of a set is sent but its parts.
fn open(line: &SnapshotLine, units: &BTreeMap<u64, u32>) -> Quantity {
    if !line.is_own() {
        return Quantity::ZERO;
    }
    let less = units.iter().find(|(id, _)| line.id.as_str() == id.to_string()).map_or(0, |(_, units)| i64::from(*units));
    line.ordered.less(line.cancelled).less(line.shipped).less(Quantity::clamped(less))
}

/// The shop itself takes a refund record of any units, so what cannot be is refused here.
fn check(found: &Found, units: &BTreeMap<u64, u32>) -> Result<()> {
    match found.meaning {
        Meaning::Left => return Err(refused("the shop has the order as sent; what comes back is a return")),
        Meaning::PaidBack | Meaning::Nothing | Meaning::Draft => {
            return Err(refused(
                "the shop has the order as unpaid, cancelled or paid back; nothing of it is left to cancel by units",
            ));
        }
        Meaning::Claims => {}
    }
    for (id, units) in units {
        let Some(line) = found.snapshot.lines.iter().find(|l| l.id.as_str() == id.to_string()) else {
            return Err(refused("the order has no such line any more; look at the order in the shop"));
        };
        if i64::from(*units) > open(line, &BTreeMap::new()).units() {
            return Err(refused("fewer units are left to send than are to be cancelled; look at the order in the shop"));
        }
    }
    Ok(())
}

fn refused(message: &str) -> Error {
    Error::new(ErrorKind::Conflict, TELL, message).with_status(Status::Permanent)
}
