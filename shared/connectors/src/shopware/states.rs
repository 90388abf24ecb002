//! The three state machines of an order: the order's own, its delivery's and its payment's. A state has one name and the way to it another
//! (`shipped`, `ship`); plugins add states of their own.

use super::wire::{Delivery, Order, State, Transaction};
use crate::amounts::Amounts;
use crate::lenient::{Field, Items, Parts};
use rust_decimal::Decimal;

/// The name of a state; empty where none is told.
pub(super) fn name(state: &Field<Parts<State>>) -> &str {
    state.get().map_or("", |state| state.0.technical_name.text())
}

/// How far an order is, as its own machine has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its units are promised.
    Open,
    /// Somebody is done with it.
    Completed,
    /// It is given up, and the shop has put its units on sale again.
    Cancelled,
}

/// How far an order is. A state that nobody knows promises its units: the shop itself gives them back for `cancelled` alone.
pub(super) fn stage(order: &Order) -> Stage {
    match name(&order.state_machine_state) {
        "cancelled" => Stage::Cancelled,
        "completed" => Stage::Completed,
        _ => Stage::Open,
    }
}

/// How far a delivery is. Which units a part is, the shop does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// Nothing of it has left.
    Nothing,
    /// Some of it has.
    Part,
    /// All of it has.
    All,
    /// All of it has, and some came back.
    PartBack,
    /// All of it has, and all of it came back.
    AllBack,
    /// It will not be sent.
    Cancelled,
}

/// How far the delivery of an order is.
pub(super) fn sent(delivery: Option<&Delivery>) -> Sent {
    match delivery.map_or("", |delivery| name(&delivery.state_machine_state)) {
        "shipped_partially" => Sent::Part,
        "shipped" => Sent::All,
        "returned_partially" => Sent::PartBack,
        "returned" => Sent::AllBack,
        "cancelled" => Sent::Cancelled,
        _ => Sent::Nothing,
    }
}

/// Whether the shop has the money, whatever it paid back since. `None`: the state is one of a plugin's, or none is told.
pub(super) fn paid(transaction: Option<&Transaction>) -> Option<bool> {
    match name(&transaction?.state_machine_state) {
        "paid" | "refunded" | "refunded_partially" | "chargeback" => Some(true),
        "open" | "in_progress" | "paid_partially" | "authorized" | "reminded" | "unconfirmed" | "failed" | "cancelled" => {
            Some(false)
        }
        _ => None,
    }
}

/// Whether a payment is one that may still come, and has not.
pub(super) fn awaits_payment(transaction: &Transaction) -> bool {
    matches!(name(&transaction.state_machine_state), "open" | "in_progress" | "authorized" | "reminded" | "unconfirmed")
}

/// The delivery that the goods are in. Since 6.7 the order names it. Before, a discount on shipping is a delivery as well, with costs below zero: the goods
/// are in the one that costs most.
pub(super) fn main_delivery(order: &Order, amounts: &mut Amounts) -> Option<Delivery> {
    let all = amounts.known(order.deliveries.given("deliveries", "a list of deliveries"))??;
    let mut all: Vec<Delivery> = all.readable().collect();
    let named = order.primary_order_delivery_id.text();
    if let Some(at) = all.iter().position(|one| !named.is_empty() && one.id.text() == named) {
        return Some(all.swap_remove(at));
    }
    let costs = |one: &Delivery| one.shipping_costs.get().and_then(|price| price.0.total_price.get().copied());
    // Of two that cost the same, the first: `max_by` would take the last.
    all.into_iter().rev().max_by_key(|one| costs(one).unwrap_or(Decimal::MIN))
}

/// The payment that counts: since 6.7 the one that the order names, before that the last one that was begun.
pub(super) fn main_transaction(order: &Order, amounts: &mut Amounts) -> Option<Transaction> {
    let all: &Items = amounts.known(order.transactions.given("transactions", "a list of payments"))??;
    let mut all: Vec<Transaction> = all.readable().collect();
    let named = order.primary_order_transaction_id.text();
    if let Some(at) = all.iter().position(|one| !named.is_empty() && one.id.text() == named) {
        return Some(all.swap_remove(at));
    }
    all.into_iter().max_by_key(|one| one.created_at.get().copied())
}
