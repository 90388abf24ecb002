//! Refund records: how the shop is told of units that are not sent, or came back. They move no money, and say so with an amount of
//! nothing: what is to be paid back can then still be paid in the shop's own screen, up to the whole of the order.

use crate::woocommerce::marks::{self, About};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::Refund;
use domain::LineUnits;
use http::Method;
use ports::{Call, Error, ErrorKind, Result, Status};
use serde_json::json;
use std::collections::BTreeMap;

/// A record to make.
#[derive(Debug)]
pub(super) struct Record<'a> {
    /// What it is about.
    pub(super) about: About,
    /// Why, as the buyer reads it.
    pub(super) reason: &'a str,
    /// Units by line.
    pub(super) lines: &'a BTreeMap<u64, u32>,
    /// Whether the shop puts them on sale again.
    pub(super) restock: bool,
}

/// Makes a record.
pub(super) async fn make(call: &Call<'_>, operation: &'static str, order: u64, record: &Record<'_>) -> Result<()> {
    let lines: Vec<_> =
        record.lines.iter().map(|(line, units)| json!({ "id": line, "quantity": units, "refund_total": 0 })).collect();
    let body = json!({
        "amount": "0",
        "reason": format!("{} {}", record.reason, marks::mark(record.about, call.operation_id)),
        // Left out, it means yes: the gateway would be asked for the money.
        "api_refund": false,
        "api_restock": record.restock,
        "line_items": lines,
    });
    let ask = Ask::write(operation, Method::POST, format!("/orders/{order}/refunds"), body);
    let made: Refund = requests::fetch(call, &ask).await?;
    if holds(&made, record.lines) {
        return Ok(());
    }
    let message = "the shop made a refund record without the units it is about; look at the order in the shop and mend it there";
    Err(Error::new(ErrorKind::Protocol, operation, message).with_status(Status::Unknown))
}

/// Whether a record of this operation is there. `None`: it is, but without its units, as when the shop broke off half-way.
pub(super) fn made(refunds: &[Refund], about: About, operation_id: &str, lines: &BTreeMap<u64, u32>) -> Option<bool> {
    let mark = marks::mark(about, operation_id);
    match refunds.iter().find(|r| r.reason.text().ends_with(&mark)) {
        None => Some(false),
        Some(refund) => holds(refund, lines).then_some(true),
    }
}

/// Whether some record of ours is about these units and no others, whatever operation made it.
pub(super) fn alike(refunds: &[Refund], about: About, lines: &BTreeMap<u64, u32>) -> bool {
    for refund in refunds.iter().filter(|r| marks::about(r.reason.text()) == Some(about)) {
        if refund.lines().len() == lines.len() && holds(refund, lines) {
            return true;
        }
    }
    false
}

/// What must be seen by a person: a record of this operation without its units.
pub(super) fn half(operation: &'static str) -> Error {
    let message = "the shop has a refund record of ours without its units; look at the order in the shop and mend it there";
    Error::new(ErrorKind::Conflict, operation, message).with_status(Status::Permanent)
}

/// Units by line, in the ids of the shop.
pub(super) fn units(operation: &'static str, lines: &[LineUnits]) -> Result<BTreeMap<u64, u32>> {
    let wrong = |message: &str| Error::new(ErrorKind::BadInput, operation, message);
    let mut units: BTreeMap<u64, u32> = BTreeMap::new();
    for line in lines.iter().filter(|l| !l.units.is_zero()) {
        let id = line.line.as_str().parse().map_err(|_| wrong("this is not the id of a line of a WooCommerce order"))?;
        let more = u32::try_from(line.units.units()).map_err(|_| wrong("these are more units than an order can hold"))?;
        let sum = units.entry(id).or_default();
        *sum = sum.checked_add(more).ok_or_else(|| wrong("these are more units than an order can hold"))?;
    }
    if units.is_empty() {
        return Err(wrong("no units are named; say which units of which lines"));
    }
    Ok(units)
}

fn holds(refund: &Refund, lines: &BTreeMap<u64, u32>) -> bool {
    let mut held: BTreeMap<u64, i64> = BTreeMap::new();
    for line in refund.lines() {
        if let Some((of, units)) = line.of_line().zip(line.quantity.get()) {
            let sum = held.entry(of).or_default();
            *sum = sum.saturating_add(units.saturating_abs());
        }
    }
    lines.iter().all(|(line, units)| held.get(line) == Some(&i64::from(*units)))
}
