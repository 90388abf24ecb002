//! An order of the shop as the snapshot the engine wants: which units it claims, which are given up, which have left.

use crate::woocommerce::wire::{self, Line, Order, Refund, broken};
use domain::{Currency, Fulfilment, Money, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Quantity, Sku, SnapshotLine};
use jiff::Timestamp;
use ports::Result;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// What a status means for stock; see the table in the README.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
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
    let at = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(wire::utc).transpose();
    let (created, modified, completed) =
        (at(&order.date_created_gmt)?, at(&order.date_modified_gmt)?, at(&order.date_completed_gmt)?);
    let meaning = meaning(&order.status, completed.is_some());
    let refunded = refunded_before_leaving(refunds, completed)?;
    let lines = order
        .line_items
        .iter()
        .filter_map(|line| line_of(line, order, meaning, completed.is_some(), &refunded).transpose())
        .collect::<Result<_>>()?;
    let number = OrderNumber::new(order.id.to_string())?;
    let snapshot = OrderSnapshot {
        shown_as: order.number.clone().filter(|n| !n.is_empty() && n != number.as_str()),
        number,
        placed_at: created.or(modified).ok_or_else(|| broken("an order has no date"))?,
        stamp: modified,
        channel_status: order.status.clone(), ship_to: None,
        lines,
    };
    snapshot.check()?;
    Ok(snapshot)
}

fn meaning(status: &str, was_completed: bool) -> Meaning {
    match status {
        "completed" => Meaning::Left,
        "refunded" => Meaning::PaidBack,
        "pending" | "failed" | "checkout-draft" | "auto-draft" | "cancelled" | "trash" => Meaning::Nothing,
        // A plugin's word for a step after completion, such as `delivered`.
        other if was_completed && !matches!(other, "processing" | "on-hold") => Meaning::Left,
        _ => Meaning::Claims,
    }
}

/// Units per line that were refunded before the order was completed. What is refunded later has left already, and comes back, if
/// it does, as goods that somebody looks at.
fn refunded_before_leaving(refunds: &[Refund], completed: Option<Timestamp>) -> Result<BTreeMap<u64, i64>> {
    let mut units = BTreeMap::new();
    for refund in refunds {
        let at = refund.date_created_gmt.as_deref().map(wire::utc).transpose()?;
        if matches!((at, completed), (Some(at), Some(completed)) if at > completed) {
            continue;
        }
        for line in &refund.line_items {
            if let Some(of) = line.of_line() {
                let sum: &mut i64 = units.entry(of).or_default();
                *sum = sum.saturating_add(line.quantity.get()?.saturating_abs());
            }
        }
    }
    Ok(units)
}

fn line_of(
    line: &Line,
    order: &Order,
    meaning: Meaning,
    was_completed: bool,
    refunded: &BTreeMap<u64, i64>,
) -> Result<Option<SnapshotLine>> {
    let ordered = Quantity::new(line.quantity.get()?)?;
    let given_up = Quantity::clamped(refunded.get(&line.id).copied().unwrap_or(0)).min(ordered);
    let kept = ordered.less(given_up);
    let (cancelled, shipped) = match meaning {
        Meaning::Claims => (given_up, Quantity::ZERO),
        Meaning::Left => (given_up, kept),
        Meaning::PaidBack if was_completed => (given_up, kept),
        // Once it has left, a cancellation or the trash does not bring it back.
        Meaning::Nothing if was_completed => (ordered, kept),
        Meaning::PaidBack | Meaning::Nothing => (ordered, Quantity::ZERO),
    };
    if ordered.is_zero() && line.product_id == 0 {
        return Ok(None);
    }
    Ok(Some(SnapshotLine {
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
        returned: Quantity::ZERO,
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
