//! Amounts and dates of an order. The totals that the marketplace tells hold what was refused, so they are worked out from the lines that are sent.

use super::wire::{Line, Order, Tax};
use crate::amounts::Amounts;
use crate::lenient::{Field, Items, one};
use domain::{Due, OrderTerms, Pickup, SnapshotLine};
use rust_decimal::Decimal;

/// States of an order that was accepted and that its buyer has not paid.
const WAITING_DEBIT: [&str; 2] = ["WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"];
/// What a date must be.
const INSTANT: &str = "an instant, such as 2026-12-03T17:00:00Z";

/// Puts a line's price and terms into it.
pub(super) fn of_line(line: &mut SnapshotLine, item: &Line, order: &Order, amounts: &mut Amounts) {
    line.unit_price = amounts.money(&item.price_unit, "price_unit");
    line.terms.discount = discount(line, item, amounts).and_then(|off| amounts.of(off, "price")?.above_nothing());
    line.terms.commission = amounts.money(&item.total_commission, "total_commission");
    line.terms.tax = sum(&item.taxes, "taxes", amounts).and_then(|tax| amounts.of(tax, "taxes"));
    line.terms.ship_by =
        amounts.known(order.shipping_deadline.given("shipping_deadline", INSTANT)).flatten().copied().map(Due::At);
    let promised = order.delivery_date.get().map(|delivery| &delivery.0.latest);
    let promised = promised.and_then(|latest| amounts.known(latest.given("delivery_date.latest", INSTANT)).flatten());
    line.terms.deliver_by = promised.copied().map(Due::At);
}

/// What is off a line: what its units cost less what it costs, and less what was cancelled of it, which its price no longer holds.
fn discount(line: &SnapshotLine, item: &Line, amounts: &mut Amounts) -> Option<Decimal> {
    if line.cancelled == line.ordered {
        return None;
    }
    let price = amounts.given(&item.price, "price")?;
    let each = line.unit_price.as_ref()?.amount;
    let cancelled = sum(&item.cancelations, "cancelations", amounts).unwrap_or_default();
    each.checked_mul(Decimal::from(line.ordered.units()))?.checked_sub(price)?.checked_sub(cancelled)
}

/// The amounts of a list, together; `None`: it is empty, or one cannot be read.
fn sum(field: &Field<Items>, name: &str, amounts: &mut Amounts) -> Option<Decimal> {
    let listed: &Items = amounts.known(field.given(name, "a list"))??;
    let mut all = None;
    for item in &listed.0 {
        let amount = one::<Tax>(item).map_or(Field::Missing, |tax| tax.amount);
        all = Some(all.unwrap_or(Decimal::ZERO).checked_add(amounts.given(&amount, &format!("{name}.amount"))?)?);
    }
    all
}

/// The terms of the order as a whole.
pub(super) fn of_order(order: &Order, shipping: Decimal, amounts: &mut Amounts) -> OrderTerms {
    let mode = amounts.known(order.order_tax_mode.given("order_tax_mode", "TAX_INCLUDED or TAX_EXCLUDED")).flatten();
    let _ = amounts.known(order.currency_iso_code.given("currency_iso_code", "the code of a currency, such as EUR"));
    let paid_at = amounts.known(order.customer_debited_date.given("customer_debited_date", INSTANT)).flatten().copied();
    let state = order.order_state.text();
    let waits = WAITING_DEBIT.contains(&state);
    let point = !order.shipping_pudo_id.text().is_empty();
    OrderTerms {
        currency: amounts.currency().cloned(),
        prices_include_tax: mode.map(|mode| mode != "TAX_EXCLUDED"),
        shipping_price: amounts.of(shipping, "shipping_price"),
        paid: paid_at.map(|_| true).or(waits.then_some(false)),
        paid_at,
        // Accepted is not paid, and only what is paid may be sent.
        unreleased: waits,
        pickup: point.then_some(Pickup::Point),
        ..OrderTerms::default()
    }
}
