//! Amounts and dates of an order. Whether its prices hold the tax, the order says; what is off it stands in lines of its own, and what is off shipping in a
//! delivery with costs below zero, which the shop's own sum has taken off already.

use super::snapshot::is_part;
use super::states;
use super::wire::{Delivery, Line, Order, Price, Tax};
use crate::amounts::Amounts;
use crate::lenient::{Field, Parts, one};
use domain::{Due, Money, OrderTerms, SnapshotLine};
use rust_decimal::Decimal;

/// What a date must be.
const INSTANT: &str = "an instant, such as 2026-12-03T17:00:00.000+00:00";

/// What is taken off the order as a whole.
#[derive(Debug, Default)]
pub(super) struct Beside {
    discounts: Decimal,
    others: Decimal,
    /// An amount cannot be read: the sums are not known.
    odd: bool,
}

impl Beside {
    /// Adds what a line takes off.
    pub(super) fn add(&mut self, item: &Line, all: &[Line], amounts: &mut Amounts) {
        if !is_priced(item, all) {
            return;
        }
        let Some(total) = amounts.given(&item.total_price, "totalPrice") else {
            self.odd |= item.total_price.is_odd();
            return;
        };
        let sum = if item.kind.text() == "promotion" { &mut self.discounts } else { &mut self.others };
        match sum.checked_sub(total) {
            Some(more) => *sum = more,
            None => self.odd = true,
        }
    }
}

/// Whether a line's price is one of those that the order is the sum of. A container costs what its parts cost: one of the two counts, and it is the parts if
/// these come to it.
fn is_priced(item: &Line, all: &[Line]) -> bool {
    let come_to_it = |of: &Line| {
        let mut parts = all.iter().filter(|part| is_part(part, of)).peekable();
        parts.peek()?;
        let sum = parts.try_fold(Decimal::ZERO, |sum, part| sum.checked_add(part.total_price.get().copied().unwrap_or_default()));
        Some(sum.is_some() && sum == of.total_price.get().copied())
    };
    let parts_count = come_to_it(item) == Some(true);
    let above_counts = all.iter().any(|above| is_part(item, above) && come_to_it(above) == Some(false));
    !parts_count && !above_counts
}

/// Puts a line's price and terms into it.
pub(super) fn of_line(line: &mut SnapshotLine, item: &Line, all: &[Line], delivery: Option<&Delivery>, amounts: &mut Amounts) {
    if let Some(delivery) = delivery.filter(|_| line.is_own()) {
        let promised = delivery.shipping_date_latest.given("deliveries.shippingDateLatest", INSTANT);
        line.terms.deliver_by = amounts.known(promised).flatten().copied().map(Due::At);
    }
    if !is_priced(item, all) {
        return;
    }
    line.unit_price = amounts.money(&item.unit_price, "unitPrice");
    line.terms.tax = tax(&item.price, "price", amounts).and_then(|tax| amounts.of(tax, "price.calculatedTaxes"));
    // The shop rounds the price of a unit, and of a line as well.
    let whole = line.unit_price.as_ref().and_then(|each| each.amount.checked_mul(Decimal::from(line.ordered.units())));
    let off = whole.zip(amounts.given(&item.total_price, "totalPrice")).and_then(|(whole, total)| whole.checked_sub(total));
    line.terms.discount = off.and_then(|off| amounts.of(off, "totalPrice")).and_then(Money::above_nothing);
}

/// The taxes of an amount, together; `None`: they are not told, or one cannot be read.
fn tax(price: &Field<Parts<Price>>, name: &str, amounts: &mut Amounts) -> Option<Decimal> {
    let price = &amounts.known(price.given(name, "an amount with its taxes"))??.0;
    let name = format!("{name}.calculatedTaxes");
    let taxes = amounts.known(price.calculated_taxes.given(&name, "a list of taxes"))??;
    let mut sum = Decimal::ZERO;
    for json in &taxes.0 {
        let tax = one::<Tax>(json).unwrap_or_default();
        sum = sum.checked_add(amounts.given(&tax.tax, &format!("{name}.tax"))?)?;
    }
    Some(sum)
}

/// The terms of the order as a whole.
pub(super) fn of_order(order: &Order, beside: &Beside, amounts: &mut Amounts) -> OrderTerms {
    for (name, field) in
        [("createdAt", &order.created_at), ("updatedAt", &order.updated_at), ("orderDateTime", &order.order_date_time)]
    {
        let _ = amounts.known(field.given(name, INSTANT));
    }
    let told = amounts.known(order.currency.given("currency", "a currency")).flatten();
    let _ = told.map(|told| amounts.known(told.0.iso_code.given("currency.isoCode", "the code of a currency, such as EUR")));
    let mode = amounts.known(order.tax_status.given("taxStatus", "gross, net or tax-free")).flatten();
    let transaction = states::main_transaction(order, amounts);
    let off = |sum: Decimal, amounts: &mut Amounts| {
        if beside.odd { None } else { amounts.of(sum, "totalPrice").and_then(Money::above_nothing) }
    };
    OrderTerms {
        currency: amounts.currency().cloned(),
        prices_include_tax: mode.map(|mode| mode == "gross"),
        discount: off(beside.discounts, amounts),
        negative_fees: off(beside.others, amounts),
        shipping_price: amounts.money(&order.shipping_total, "shippingTotal"),
        tax: tax(&order.price, "price", amounts).and_then(|tax| amounts.of(tax, "price.calculatedTaxes")),
        total: amounts.money(&order.amount_total, "amountTotal"),
        paid: states::paid(transaction.as_ref()),
        ..OrderTerms::default()
    }
}
