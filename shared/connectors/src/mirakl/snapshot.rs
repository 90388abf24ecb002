//! An order of Mirakl as a snapshot: its lines by their states, and no word of who bought.
//!
//! The state of a line decides, not its quantity: that stays what was ordered when a line was refused or cancelled. The quantities of cancellations
//! and refunds are "informative only" by the contract, so no unit moves by them.

use super::{countries, settings, terms, wire};
use crate::amounts::Amounts;
use crate::lenient::{self, Field, Items};
use domain::{
    AwaitsAcceptance, FieldError, Fulfilment, LineKind, LineTerms, OfferId, OrderLineId, OrderNumber, OrderSnapshot,
    PossibleProducts, Quantity, Sku, SnapshotLine, UnreadableLine,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Result};
use rust_decimal::Decimal;

/// It is not yet an order: the operator still looks at it.
const STAGING: &str = "STAGING";
/// It waits for the merchant's word.
pub(super) const WAITING_ACCEPTANCE: &str = "WAITING_ACCEPTANCE";
/// What the merchant sends.
const DEFAULT_CENTER: &str = "DEFAULT";
/// What a number of units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// What settings make of an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Whether cancelled units are on sale again.
    untold_on_sale: bool,
    /// How long after it was placed it waits for a word.
    accept_within: Option<SignedDuration>,
    now: Timestamp,
}

impl Reading {
    /// By an account's settings.
    pub(super) fn of(account: &Account, now: Timestamp) -> Result<Self> {
        let (untold_on_sale, accept_within) = (settings::restocks_untold(account)?, settings::accept_within(account)?);
        Ok(Self { untold_on_sale, accept_within, now })
    }
}

/// Whether the operator sends an order or an offer, from a centre of his. Without a word it is the merchant.
pub(super) fn is_sent_by_operator(
    fulfillment: &Field<lenient::Parts<wire::Fulfilment>>,
) -> std::result::Result<bool, FieldError> {
    let center = match fulfillment.given("fulfillment", "a centre")? {
        Some(parts) => parts.0.center.given("fulfillment.center", "a centre")?,
        None => None,
    };
    let code = match center {
        Some(center) => center.0.code.given("fulfillment.center.code", "the code of a centre")?,
        None => None,
    };
    Ok(code.is_some_and(|code| !code.0.is_empty() && code.0 != DEFAULT_CENTER))
}

/// An order's number, or what stands there instead.
pub(super) fn number(order: &wire::Order) -> std::result::Result<OrderNumber, FieldError> {
    let id = order.order_id.needed("order_id", "an id")?;
    OrderNumber::new(id.as_str()).map_err(|_| lenient::unreadable("order_id", "an id that is none", "an id"))
}

/// Reads one. A line that cannot be read is named and costs the others nothing; the error is of what all of them need.
pub(super) fn snapshot(order: &wire::Order, reading: Reading) -> std::result::Result<OrderSnapshot, FieldError> {
    let number = number(order)?;
    let items: &Items = order.order_lines.needed("order_lines", "a list of lines")?;
    let (mut lines, mut unreadable_lines) = (Vec::new(), Vec::new());
    let mut amounts = Amounts::new(order.currency_iso_code.get().cloned());
    // Unknown means ours: taking a unit too many is mended, selling it twice is not.
    let by_operator = is_sent_by_operator(&order.fulfillment).unwrap_or(false);
    let mut shipping = Decimal::ZERO;
    for json in &items.0 {
        let Some(item) = lenient::one::<wire::Line>(json) else {
            let problem = lenient::unreadable("order_lines", lenient::shown(json.get()), "a line of an order");
            unreadable_lines.push(no_line(problem));
            continue;
        };
        match line(&item, by_operator, reading.untold_on_sale, &mut unreadable_lines) {
            Ok(mut line) => {
                let void = line.cancelled == line.ordered;
                terms::of_line(&mut line, &item, order, &mut amounts);
                // What the buyer pays for sending: nothing for what is not sent.
                shipping += amounts.given(&item.shipping_price, "shipping_price").filter(|_| !void).unwrap_or_default();
                amounts.name(Some(&line), &mut unreadable_lines);
                lines.push(line);
            }
            Err(odd) => unreadable_lines.push(*odd),
        }
    }
    let terms = terms::of_order(order, shipping, &mut amounts);
    let state = amounts.known(order.order_state.given("order_state", "a state").map(|state| state.cloned().unwrap_or_default()));
    let state = state.filter(|state| !state.is_empty()).unwrap_or_else(|| "UNKNOWN".to_owned());
    amounts.name(None, &mut unreadable_lines);
    let placed_at = order.created_date.get().or(order.last_updated_date.get()).copied().unwrap_or(reading.now);
    let until = reading.accept_within.and_then(|within| placed_at.checked_add(within).ok());
    let address = order.customer.get().and_then(|customer| customer.0.shipping_address.get());
    let snapshot = OrderSnapshot {
        number,
        display_number: None,
        placed_at,
        stamp: order.last_updated_date.get().copied(),
        draft: state == STAGING,
        awaits_acceptance: (state == WAITING_ACCEPTANCE && !by_operator).then_some(AwaitsAcceptance { until }),
        channel_status: state,
        ship_to: address.and_then(|to| countries::country(&to.0.country_iso_code)),
        lines,
        terms,
        unreadable_lines,
    };
    Ok(snapshot.sifted())
}

fn no_line(problem: FieldError) -> UnreadableLine {
    let may_be = PossibleProducts::Anything;
    UnreadableLine { id: None, offer: None, sku: None, ean: None, title: String::new(), field_error: problem, may_be }
}

/// What became of a line, by its state.
enum Fate {
    Open,
    Sent,
    Void,
}

fn fate(state: &str, line: &wire::Line) -> Fate {
    match state {
        "REFUSED" | "CANCELED" => Fate::Void,
        "SHIPPED" | "TO_COLLECT" | "RECEIVED" | "CLOSED" | "REFUNDED" => Fate::Sent,
        // An incident may be opened at any time, and more states may come.
        _ if line.shipped_date.get().is_some() => Fate::Sent,
        _ => Fate::Open,
    }
}

/// Reads a line. What of it would only give units back, and cannot be read, is named and counted as none.
fn line(
    item: &wire::Line,
    by_operator: bool,
    untold_on_sale: bool,
    unreadable_lines: &mut Vec<UnreadableLine>,
) -> std::result::Result<SnapshotLine, Box<UnreadableLine>> {
    let id = item.order_line_id.needed("order_line_id", "an id").and_then(|id| {
        OrderLineId::new(id.as_str()).map_err(|_| lenient::unreadable("order_line_id", "an id of too many letters", "an id"))
    });
    let mut named = no_line(lenient::unreadable("", "", ""));
    named.id = id.as_ref().ok().cloned();
    named.offer = item.offer_id.get().and_then(|id| OfferId::new(id.to_string()).ok());
    named.sku = Sku::new(item.offer_sku.text()).ok();
    item.product_title.text().clone_into(&mut named.title);
    let names_it = named.offer.is_some() || named.sku.is_some();
    named.may_be = match (by_operator, names_it) {
        (true, _) => PossibleProducts::Counted,
        (false, true) => PossibleProducts::Named,
        (false, false) => PossibleProducts::Anything,
    };
    let odd = |problem: FieldError| Box::new(UnreadableLine { field_error: problem, ..named.clone() });
    let id = id.map_err(&odd)?;
    let ordered = item
        .quantity
        .needed("quantity", WHOLE_UNITS)
        .and_then(|units| Quantity::new(*units).map_err(|_| lenient::unreadable("quantity", units.to_string(), WHOLE_UNITS)));
    let ordered = ordered.map_err(&odd)?;
    if !names_it && !by_operator {
        return Err(odd(lenient::unreadable(
            "offer_sku",
            "nothing that names an item",
            "the offer, or the merchant's code of it",
        )));
    }
    let state = item.order_line_state.needed("order_line_state", "a state").map_or_else(
        |problem| {
            unreadable_lines.push(UnreadableLine { field_error: problem, may_be: PossibleProducts::Counted, ..named.clone() });
            ""
        },
        String::as_str,
    );
    let units = |all: bool| if all { ordered } else { Quantity::ZERO };
    let fate = fate(state, item);
    let cancelled = units(matches!(fate, Fate::Void));
    let untold = if untold_on_sale { Quantity::ZERO } else { cancelled };
    Ok(SnapshotLine {
        kind: LineKind::Goods,
        id,
        offer: named.offer,
        sku: named.sku,
        ean: None,
        title: named.title,
        fulfilment: if by_operator { Fulfilment::Marketplace } else { Fulfilment::Merchant },
        ordered,
        cancelled,
        not_restocked: untold,
        restock_untold: untold,
        shipped: units(matches!(fate, Fate::Sent)),
        // Refunds are of amounts, and returns are a list of their own.
        returned: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: LineTerms::default(),
    })
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
