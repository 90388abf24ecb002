//! An order of the shop as the snapshot the engine wants: which units it claims, which are given up, which have left.

use crate::woocommerce::marks::{self, About};
use crate::woocommerce::wire::{self, Line, Order, Refund, broken};
use domain::{Currency, Fulfilment, LineKind, Money, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Quantity, Sku, SnapshotLine};
use jiff::Timestamp;
use ports::Result;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// What a status means for stock; see the table in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Units are promised.
    Claims,
    /// Units have left.
    Left,
    /// Paid back whole.
    PaidBack,
    /// Nothing is promised: not yet, or not any more.
    Nothing,
}

/// Translates an order and all its refunds.
pub(super) fn of(order: &Order, refunds: &[Refund]) -> Result<OrderSnapshot> {
    let created = at(order.date_created_gmt.as_deref())?;
    let modified = at(order.date_modified_gmt.as_deref())?;
    let completed = at(order.date_completed_gmt.as_deref())?;
    let known = Known { meaning: meaning(order), was_completed: completed.is_some(), told: told(order), sets: sets(order) };
    let refunded = refunded(refunds, completed, !known.told.is_empty())?;
    let lines = order
        .line_items
        .iter()
        .filter_map(|line| line_of(line, order, &known, refunded.get(&line.id).copied().unwrap_or_default()).transpose())
        .collect::<Result<_>>()?;
    let number = OrderNumber::new(order.id.to_string())?;
    let snapshot = OrderSnapshot {
        shown_as: order.number.clone().filter(|n| !n.is_empty() && n != number.as_str()),
        number,
        placed_at: created.or(modified).ok_or_else(|| broken("an order has no date"))?,
        stamp: modified,
        channel_status: order.status.clone(),
        ship_to: order.ship_to(),
        lines,
    };
    snapshot.check()?;
    Ok(snapshot)
}

/// What the order's status means.
pub(super) fn meaning(order: &Order) -> Meaning {
    match order.status.as_str() {
        "completed" => Meaning::Left,
        "refunded" => Meaning::PaidBack,
        "pending" | "failed" | "checkout-draft" | "auto-draft" | "cancelled" | "trash" => Meaning::Nothing,
        // A plugin's word for a step after completion, such as `delivered`.
        other if was_completed(order) && !matches!(other, "processing" | "on-hold") => Meaning::Left,
        _ => Meaning::Claims,
    }
}

/// Whether the order was given up for good; one that is only unpaid may still be paid.
pub(super) fn is_given_up(order: &Order) -> bool {
    matches!(order.status.as_str(), "cancelled" | "refunded" | "trash")
}

/// Whether the order was ever completed.
pub(super) fn was_completed(order: &Order) -> bool {
    order.date_completed_gmt.as_deref().is_some_and(|t| !t.is_empty())
}

/// Units per line in the parcels we told of.
pub(super) fn told(order: &Order) -> BTreeMap<u64, i64> {
    let mut units: BTreeMap<u64, i64> = BTreeMap::new();
    for (line, count) in order.parcels().flat_map(|parcel| parcel.lines) {
        let sum = units.entry(line).or_default();
        *sum = sum.saturating_add(count.into());
    }
    units
}

/// Lines of sets whose parts are lines as well.
fn sets(order: &Order) -> BTreeSet<u64> {
    order.line_items.iter().filter_map(|line| line.part_of(&order.line_items)).collect()
}

fn at(text: Option<&str>) -> Result<Option<Timestamp>> {
    text.filter(|t| !t.is_empty()).map(wire::utc).transpose()
}

/// What holds for all lines of an order.
struct Known {
    meaning: Meaning,
    was_completed: bool,
    told: BTreeMap<u64, i64>,
    /// Lines of sets whose parts are lines as well.
    sets: BTreeSet<u64>,
}

/// Units of a line in refund records.
#[derive(Debug, Clone, Copy, Default)]
struct Refunded {
    /// Before they left, as far as the records tell.
    before: i64,
    /// After it.
    after: i64,
}

/// Sorts refunded units per line into those that were never sent and those that were. A record of ours says it by its mark, whenever it
/// was made. Of the shop's own records, those from before the order was completed are about units that were not sent. In the very
/// second of it the two cannot be told apart: then they are if there are parcels we told of, which bound them, and else are not.
fn refunded(refunds: &[Refund], completed: Option<Timestamp>, parcels: bool) -> Result<BTreeMap<u64, Refunded>> {
    let mut units: BTreeMap<u64, Refunded> = BTreeMap::new();
    for refund in refunds {
        let at = at(refund.date_created_gmt.as_deref())?;
        let after = match (refund.reason.as_deref().and_then(marks::about), at, completed) {
            (Some(about), _, _) => about == About::Returned,
            (None, Some(at), Some(completed)) => at > completed || (at == completed && !parcels),
            (None, _, _) => false,
        };
        for line in &refund.line_items {
            if let Some(of) = line.of_line() {
                let sum = units.entry(of).or_default();
                let sum = if after { &mut sum.after } else { &mut sum.before };
                *sum = sum.saturating_add(line.quantity.get()?.saturating_abs());
            }
        }
    }
    Ok(units)
}

fn line_of(line: &Line, order: &Order, known: &Known, refunded: Refunded) -> Result<Option<SnapshotLine>> {
    let ordered = Quantity::new(line.quantity.get()?)?;
    let told = Quantity::clamped(known.told.get(&line.id).copied().unwrap_or(0)).min(ordered);
    // What is in a parcel has left: a refund of it gives nothing up.
    let given_up = Quantity::clamped(refunded.before).min(ordered.less(told));
    let kept = ordered.less(given_up);
    let (cancelled, shipped) = match known.meaning {
        Meaning::Claims => (given_up, told),
        Meaning::Left => (given_up, kept),
        Meaning::PaidBack if known.was_completed => (given_up, kept),
        // Once it has left, a cancellation or the trash does not bring it back, though the shop counts it again.
        Meaning::Nothing if known.was_completed => (ordered, kept),
        Meaning::PaidBack => (ordered.less(told), told),
        Meaning::Nothing => (ordered, told),
    };
    let paid_back = Quantity::clamped(refunded.before.saturating_sub(given_up.units()).saturating_add(refunded.after));
    if ordered.is_zero() && line.product_id == 0 {
        return Ok(None);
    }
    // The plugins put a set and its parts into the order; the shop takes the parts off its stock, and so do we.
    let kind = if known.sets.contains(&line.id) { LineKind::Set } else { LineKind::Goods };
    Ok(Some(SnapshotLine {
        kind,
        id: OrderLineId::new(line.id.to_string())?,
        offer: offer(line.product_id, line.variation_id)?,
        // A code that cannot be one of ours is left out; the offer still tells which item it is.
        sku: line.sku.as_deref().and_then(|s| Sku::new(s.trim()).ok()),
        ean: None,
        title: line.name.clone().unwrap_or_default(),
        fulfilment: Fulfilment::Merchant,
        ordered,
        cancelled,
        shipped,
        returned: paid_back.min(shipped),
        cancellation_requested: false,
        unit_price: unit_price(line, order, ordered),
    }))
}

/// `10` for a product, `10/12` for its variation 12. A deleted product is 0.
pub(super) fn offer(product: u64, variation: u64) -> Result<Option<OfferId>> {
    Ok(match (product, variation) {
        (0, _) => None,
        (product, 0) => Some(OfferId::new(product.to_string())?),
        (product, variation) => Some(OfferId::new(format!("{product}/{variation}"))?),
    })
}

/// After discounts and without tax, to the hundredth of a cent, as `price` is; but worked out from the text of the line's total.
fn unit_price(line: &Line, order: &Order, ordered: Quantity) -> Option<Money> {
    let total: Decimal = line.total.as_deref()?.parse().ok()?;
    let amount = total.checked_div(Decimal::from(ordered.units()))?.round_dp(4).normalize();
    Some(Money { amount, currency: Currency::new(&order.currency).ok()? })
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
