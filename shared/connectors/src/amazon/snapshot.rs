//! An order of Amazon as a snapshot, and no word of who bought.
//!
//! What was ordered and is neither sent nor to be sent was cancelled: items of a cancelled order show nothing to send. An order that is pending holds its
//! units, has no prices and may still fail: it is not paid.

use super::{settings, terms, wire};
use crate::amounts::Amounts;
use crate::lenient::{self, Field, Items};
use domain::{
    Country, FieldError, Fulfilment, LineKind, LineTerms, OfferId, OrderLineId, OrderNumber, OrderSnapshot, PossibleProducts,
    Quantity, Sku, SnapshotLine, UnreadableLine,
};
use jiff::Timestamp;
use ports::{Account, Result};

/// What a number of units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// What settings make of an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Whether cancelled units are on sale again.
    untold_on_sale: bool,
    now: Timestamp,
}

impl Reading {
    /// By an account's settings.
    pub(super) fn of(account: &Account, now: Timestamp) -> Result<Self> {
        Ok(Self { untold_on_sale: settings::restocks_untold(account)?, now })
    }
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The payment is not through, or what was ordered is not out yet.
    Pending,
    /// It may be sent, and was in part or whole.
    Released,
    /// It never will be.
    Cancelled,
    /// Amazon says nothing, or a word that is not known.
    Untold,
}

/// By Amazon's word for it.
pub(super) fn stage(status: &str) -> Stage {
    match status {
        "PENDING" | "PENDING_AVAILABILITY" => Stage::Pending,
        "UNSHIPPED" | "PARTIALLY_SHIPPED" | "SHIPPED" => Stage::Released,
        "CANCELLED" | "UNFULFILLABLE" => Stage::Cancelled,
        _ => Stage::Untold,
    }
}

/// Whether Amazon sends it, from a centre of its own.
pub(super) fn is_sent_by_amazon(order: &wire::Order) -> bool {
    order.fulfillment.get().is_some_and(|told| told.0.fulfilled_by.text() == "AMAZON")
}

/// An order's number, or what stands there instead.
pub(super) fn number(order: &wire::Order) -> std::result::Result<OrderNumber, FieldError> {
    let id = order.order_id.needed("orderId", "an id")?;
    OrderNumber::new(id.as_str()).map_err(|_| lenient::unreadable("orderId", "an id that is none", "an id"))
}

/// Reads one. A line that cannot be read is named and costs the others nothing; the error is of what all of them need.
pub(super) fn snapshot(order: &wire::Order, reading: Reading) -> std::result::Result<OrderSnapshot, FieldError> {
    let number = number(order)?;
    let items: &Items = order.order_items.needed("orderItems", "a list of lines")?;
    let (mut lines, mut unreadable_lines) = (Vec::new(), Vec::new());
    let mut amounts = Amounts::new(terms::currency(order, items));
    let none = wire::OrderFulfilment::default();
    let told = amounts.known(order.fulfillment.given("fulfillment", "how far the order is")).flatten();
    let told = told.map_or(&none, |told| &told.0);
    let state = amounts.known(told.fulfillment_status.given("fulfillment.fulfillmentStatus", "a status")).flatten();
    let state = state.filter(|state| !state.is_empty()).cloned().unwrap_or_else(|| "UNKNOWN".to_owned());
    // Unknown means ours: taking a unit too many is mended, selling it twice is not.
    let _ = amounts.known(told.fulfilled_by.given("fulfillment.fulfilledBy", "AMAZON or MERCHANT"));
    let by_amazon = is_sent_by_amazon(order);
    amounts.name(None, &mut unreadable_lines);
    let mut beside = terms::Beside::default();
    for json in &items.0 {
        let Some(item) = lenient::one::<wire::Line>(json) else {
            let problem = lenient::unreadable("orderItems", lenient::shown(json.get()), "a line of an order");
            unreadable_lines.push(no_line(problem));
            continue;
        };
        match line(&item, (by_amazon, stage(&state)), reading.untold_on_sale, &mut unreadable_lines) {
            Ok(mut line) => {
                terms::of_line(&mut line, &item, told, &mut beside, &mut amounts);
                amounts.name(Some(&line), &mut unreadable_lines);
                lines.push(line);
            }
            Err(odd) => unreadable_lines.push(*odd),
        }
    }
    let terms = terms::of_order(order, stage(&state), beside, &mut amounts);
    amounts.name(None, &mut unreadable_lines);
    let address = order.recipient.get().and_then(|to| to.0.delivery_address.get());
    let snapshot = OrderSnapshot {
        number,
        display_number: None,
        placed_at: order.created_time.get().or(order.last_updated_time.get()).copied().unwrap_or(reading.now),
        stamp: order.last_updated_time.get().copied(),
        draft: false,
        awaits_acceptance: None,
        channel_status: state,
        ship_to: address.and_then(|to| Country::new(to.0.country_code.text().trim()).ok()),
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

/// Units as a field has them; `None`: it is absent.
fn units(field: &Field<i64>, name: &str) -> std::result::Result<Option<Quantity>, FieldError> {
    let Some(units) = field.given(name, WHOLE_UNITS)? else { return Ok(None) };
    Quantity::new(*units).map(Some).map_err(|_| lenient::unreadable(name, units.to_string(), WHOLE_UNITS))
}

/// Reads a line. What of it would only give units back, and cannot be read, is named and counted as none.
fn line(
    item: &wire::Line,
    (by_amazon, stage): (bool, Stage),
    untold_on_sale: bool,
    unreadable_lines: &mut Vec<UnreadableLine>,
) -> std::result::Result<SnapshotLine, Box<UnreadableLine>> {
    let none = wire::Product::default();
    let product = item.product.get().map_or(&none, |product| &product.0);
    let id = item.order_item_id.needed("orderItemId", "an id").and_then(|id| {
        OrderLineId::new(id.as_str()).map_err(|_| lenient::unreadable("orderItemId", "an id of too many letters", "an id"))
    });
    let mut named = no_line(lenient::unreadable("", "", ""));
    named.id = id.as_ref().ok().cloned();
    named.offer = OfferId::new(product.seller_sku.text()).ok();
    named.sku = Sku::new(product.seller_sku.text()).ok();
    product.title.text().clone_into(&mut named.title);
    let names_it = named.offer.is_some() || named.sku.is_some();
    named.may_be = match (by_amazon, names_it) {
        (true, _) => PossibleProducts::Counted,
        (false, true) => PossibleProducts::Named,
        (false, false) => PossibleProducts::Anything,
    };
    let odd = |problem: FieldError| Box::new(UnreadableLine { field_error: problem, ..named.clone() });
    let id = id.map_err(&odd)?;
    let ordered = units(&item.quantity_ordered, "quantityOrdered").map_err(&odd)?;
    let ordered = ordered.ok_or_else(|| odd(lenient::unreadable("quantityOrdered", "missing", WHOLE_UNITS)))?;
    if !names_it && !by_amazon {
        return Err(odd(lenient::unreadable("product.sellerSku", "nothing that names an item", "the merchant's code of it")));
    }
    let mut known = |problem: FieldError| {
        unreadable_lines.push(UnreadableLine { field_error: problem, may_be: PossibleProducts::Counted, ..named.clone() });
    };
    let nothing = wire::LineFulfilment::default();
    let far = item.fulfillment.given("fulfillment", "what was sent").unwrap_or_else(|problem| {
        known(problem);
        None
    });
    let far = far.map_or(&nothing, |far| &far.0);
    let mut told = |field: &Field<i64>, name: &str| {
        units(field, name).unwrap_or_else(|problem| {
            known(problem);
            None
        })
    };
    let sent = told(&far.quantity_fulfilled, "fulfillment.quantityFulfilled");
    let open = told(&far.quantity_unfulfilled, "fulfillment.quantityUnfulfilled");
    let wish = item.cancellation.given("cancellation", "a cancellation").unwrap_or_else(|problem| {
        known(problem);
        None
    });
    let wish = wish.map(|wish| wish.0.cancellation_request.given("cancellation.cancellationRequest", "a wish"));
    let wished = match wish {
        None => false,
        Some(Ok(wish)) => wish.is_some(),
        Some(Err(problem)) => {
            known(problem);
            false
        }
    };
    let shipped = sent.unwrap_or_default().min(ordered);
    // Nothing is given back for want of a word.
    let cancelled = match (stage, sent, open) {
        (Stage::Cancelled, ..) => ordered.less(shipped),
        (_, Some(sent), Some(open)) => ordered.less(sent).less(open),
        _ => Quantity::ZERO,
    };
    let untold = if untold_on_sale { Quantity::ZERO } else { cancelled };
    Ok(SnapshotLine {
        kind: LineKind::Goods,
        id,
        offer: named.offer.clone(),
        sku: named.sku.clone(),
        ean: None,
        title: named.title.clone(),
        fulfilment: if by_amazon { Fulfilment::Marketplace } else { Fulfilment::Merchant },
        ordered,
        cancelled,
        not_restocked: untold,
        restock_untold: untold,
        shipped,
        // Orders tell nothing of what comes back.
        returned: Quantity::ZERO,
        restocked: Quantity::ZERO,
        // A wish is a question for as long as something is to be sent.
        cancellation_requested: wished && !ordered.less(cancelled).less(shipped).is_zero(),
        unit_price: None,
        terms: LineTerms::default(),
    })
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
