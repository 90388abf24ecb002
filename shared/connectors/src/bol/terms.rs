//! Amounts and dates of an order. bol deals in euros, tax included; only the order read by itself tells them, the list does not.

use super::wire::{Discount, Order, OrderItem};
use crate::amounts::Amounts;
use crate::lenient::{Field, Items, one};
use domain::{Currency, Due, OrderTerms, Pickup, SnapshotLine};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// bol's days are those of the Netherlands.
const ZONE: &str = "Europe/Amsterdam";
/// What a date must be.
const DAY: &str = "a day, such as 2026-12-01";

/// The currency of all of it.
pub(super) fn euro() -> Option<Currency> {
    Currency::new("EUR").ok()
}

/// Puts a line's price and terms into it.
pub(super) fn of_line(line: &mut SnapshotLine, item: &OrderItem, amounts: &mut Amounts) {
    line.unit_price = amounts.money(&item.unit_price, "unitPrice");
    line.terms.discount = discount(line, item, amounts).and_then(|off| amounts.of(off, "discounts")?.above_nothing());
    line.terms.commission = amounts.money(&item.commission, "commission");
    let Some(fulfilment) = item.fulfilment.get().map(|f| &f.0) else { return };
    let mut due = |field: &Field<Date>, name: &str| {
        let day = amounts.known(field.given(name, DAY).map(Option::<&Date>::copied))?;
        Due::day(day?, ZONE).ok()
    };
    line.terms.ship_by = due(&fulfilment.expiry_date, "fulfilment.expiryDate");
    let chosen = due(&fulfilment.exact_delivery_date, "fulfilment.exactDeliveryDate");
    line.terms.deliver_by = chosen.or_else(|| due(&fulfilment.latest_delivery_date, "fulfilment.latestDeliveryDate"));
}

/// What is off a line: what the customer paid less than the units cost, for an invoice must come to what was paid; where that is not told,
/// the discounts as they are listed.
fn discount(line: &SnapshotLine, item: &OrderItem, amounts: &mut Amounts) -> Option<Decimal> {
    let paid = amounts.given(&item.total_price, "totalPrice");
    if let Some((paid, price)) = paid.zip(line.unit_price.as_ref()) {
        return price.amount.checked_mul(Decimal::from(line.ordered.units()))?.checked_sub(paid);
    }
    let listed: &Items = amounts.known(item.discounts.given("discounts", "a list"))??;
    let mut off = Decimal::ZERO;
    for discount in &listed.0 {
        let amount = one::<Discount>(discount).map_or(Field::Missing, |discount| discount.amount);
        off = off.checked_add(amounts.given(&amount, "discounts.amount")?)?;
    }
    Some(off)
}

/// The terms of the order as a whole. Who buys on bol pays bol at once, and nothing for shipping to the retailer; neither is told with the
/// order.
pub(super) fn of_order(order: &Order, amounts: &mut Amounts) -> OrderTerms {
    let point = amounts.known(order.pickup_point.given("pickupPoint", "true or false")).flatten();
    OrderTerms {
        currency: amounts.currency().cloned(),
        prices_include_tax: Some(true),
        pickup: point.filter(|point| **point).map(|_| Pickup::Point),
        ..OrderTerms::default()
    }
}
