//! An order of the shop as a snapshot, and no word of who bought.
//!
//! The order's own state says whether its units are promised, the state of its delivery how far it was sent. Which lines a part of it was, and how many units
//! came back in part, the shop does not keep.

use super::states::{self, Sent, Stage};
use super::wire::{Delivery, Destination, Line, Order, Transaction};
use super::{requests, terms};
use crate::amounts::Amounts;
use crate::lenient::{self, Field, Items, Parts};
use domain::{
    Country, FieldError, Fulfilment, LineKind, LineTerms, OfferId, OrderLineId, OrderNumber, OrderSnapshot, PossibleProducts,
    Quantity, Sku, SnapshotLine, UnreadableLine,
};
use jiff::Timestamp;
use serde_json::value::RawValue;

/// What a number of units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";
/// What an id must be.
const ID: &str = "an id of 32 digits and letters";
/// What a state must be.
const STATE: &str = "a state with its name";

/// An order's number, or what stands there instead.
pub(super) fn number(order: &Order) -> Result<OrderNumber, FieldError> {
    let id = order.id.needed("id", ID)?;
    let wrong = || lenient::unreadable("id", "an id that is none", ID);
    if requests::is_id(id) { OrderNumber::new(id.as_str()).map_err(|_| wrong()) } else { Err(wrong()) }
}

/// The time of its last change: of its own row, its deliveries and its payments, whichever is last.
pub(super) fn stamp(order: &Order) -> Option<Timestamp> {
    let of = |field: &Field<Timestamp>| field.get().copied();
    let deliveries = order.deliveries.get().into_iter().flat_map(Items::readable::<Delivery>);
    let transactions = order.transactions.get().into_iter().flat_map(Items::readable::<Transaction>);
    let own = [of(&order.created_at), of(&order.updated_at)].into_iter().flatten();
    let of_rows = deliveries.map(|one| one.updated_at).chain(transactions.map(|one| one.updated_at));
    own.chain(of_rows.filter_map(|field| of(&field))).max()
}

/// Reads one. A line that cannot be read is named and costs the others nothing; the error is of what all of them need.
pub(super) fn snapshot(order: &Order, now: Timestamp) -> Result<OrderSnapshot, FieldError> {
    let number = number(order)?;
    let items = order.line_items.needed("lineItems", "a list of lines")?;
    let (mut lines, mut unreadable_lines) = (Vec::new(), Vec::new());
    let currency = order.currency.get().and_then(|told| told.0.iso_code.get()).cloned();
    let mut amounts = Amounts::new(currency);
    let state = amounts.known(order.state_machine_state.needed("stateMachineState", STATE));
    let state = state.and_then(|state| amounts.known(state.0.technical_name.needed("stateMachineState.technicalName", STATE)));
    let delivery = states::main_delivery(order, &mut amounts);
    if let Some(delivery) = &delivery {
        let told = amounts.known(delivery.state_machine_state.needed("deliveries.stateMachineState", STATE));
        let name = "deliveries.stateMachineState.technicalName";
        let _ = told.map(|state| amounts.known(state.0.technical_name.needed(name, STATE)));
    }
    amounts.name(None, &mut unreadable_lines);
    let far = (states::stage(order), states::sent(delivery.as_ref()));
    let all: Vec<Line> = items.0.iter().map(|json| lenient::one(json).unwrap_or_default()).collect();
    let mut beside = terms::Beside::default();
    for (json, item) in items.0.iter().zip(&all) {
        let read = match Kind::of(item, &all) {
            _ if lenient::one::<Line>(json).is_none() => Err(Box::new(no_line(json))),
            Kind::Amount => {
                beside.add(item, &all, &mut amounts);
                amounts.name(None, &mut unreadable_lines);
                continue;
            }
            Kind::Line(kind) => line(item, kind, far),
        };
        match read {
            Ok(mut line) => {
                terms::of_line(&mut line, item, &all, delivery.as_ref(), &mut amounts);
                amounts.name(Some(&line), &mut unreadable_lines);
                lines.push(line);
            }
            Err(odd) => unreadable_lines.push(*odd),
        }
    }
    let terms = terms::of_order(order, &beside, &mut amounts);
    amounts.name(None, &mut unreadable_lines);
    let country = |at: &Field<Parts<Destination>>| Country::new(at.get()?.0.country.get()?.0.iso.text().trim()).ok();
    let sent_to = delivery.as_ref().and_then(|delivery| country(&delivery.shipping_order_address));
    let placed_at = order.order_date_time.get().or(order.created_at.get()).copied();
    let snapshot = OrderSnapshot {
        display_number: Some(order.order_number.text().to_owned()).filter(|text| !text.is_empty()),
        number,
        placed_at: placed_at.or_else(|| stamp(order)).unwrap_or(now),
        stamp: stamp(order),
        draft: false,
        awaits_acceptance: None,
        channel_status: state.filter(|state| !state.is_empty()).cloned().unwrap_or_else(|| "unknown".to_owned()),
        ship_to: sent_to.or_else(|| country(&order.billing_address)),
        lines,
        terms,
        unreadable_lines,
    };
    Ok(snapshot.sifted())
}

/// What a line of the shop is.
enum Kind {
    /// Something for a line of ours.
    Line(LineKind),
    /// Something that is taken off, and no line.
    Amount,
}

impl Kind {
    fn of(item: &Line, all: &[Line]) -> Self {
        if is_goods(item) {
            let downloads =
                item.states.get().is_some_and(|states| states.0.iter().any(|state| state.get() == r#""is-download""#));
            return Self::Line(if downloads { LineKind::Digital } else { LineKind::Goods });
        }
        if all.iter().any(|part| is_part(part, item) && is_goods(part)) {
            return Self::Line(LineKind::Set);
        }
        let taken_off =
            item.kind.text() == "promotion" || item.total_price.get().is_some_and(rust_decimal::Decimal::is_sign_negative);
        if taken_off { Self::Amount } else { Self::Line(LineKind::Charge) }
    }
}

/// Whether a line is about a product: the shop takes units off for these and no others.
fn is_goods(item: &Line) -> bool {
    match item.kind.text() {
        "product" => true,
        "promotion" | "credit" | "custom" | "container" | "discount" => false,
        // A word of a plugin, or none: what names a product is one.
        _ => !item.product_id.text().is_empty() || item.kind.is_odd(),
    }
}

/// Whether a line is a part of another.
pub(super) fn is_part(part: &Line, of: &Line) -> bool {
    !of.id.text().is_empty() && part.parent_id.text() == of.id.text()
}

fn no_line(json: &RawValue) -> UnreadableLine {
    UnreadableLine {
        id: None,
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        field_error: lenient::unreadable("lineItems", lenient::shown(json.get()), "a line of an order"),
        may_be: PossibleProducts::Anything,
    }
}

/// The product that a line is about, as listings name it.
fn offer(item: &Line) -> Option<OfferId> {
    let id = [&item.product_id, &item.referenced_id].into_iter().map(Field::text).find(|id| requests::is_id(id))?;
    OfferId::new(id).ok()
}

fn line(item: &Line, kind: LineKind, (stage, sent): (Stage, Sent)) -> Result<SnapshotLine, Box<UnreadableLine>> {
    let goods = matches!(kind, LineKind::Goods | LineKind::Digital);
    let id = item
        .id
        .needed("id", ID)
        .and_then(|id| OrderLineId::new(id.as_str()).map_err(|_| lenient::unreadable("id", "an id of too many letters", ID)));
    let offer = offer(item).filter(|_| goods);
    let code = item.payload.get().map_or("", |payload| payload.0.product_number.text());
    let sku = Sku::new(code.trim()).ok().filter(|_| goods);
    let may_be = match (goods, offer.is_some() || sku.is_some()) {
        (false, _) => PossibleProducts::Nothing,
        (true, true) => PossibleProducts::Named,
        (true, false) => PossibleProducts::Anything,
    };
    let odd = |problem: FieldError| {
        Box::new(UnreadableLine {
            id: id.as_ref().ok().cloned(),
            offer: offer.clone(),
            sku: sku.clone(),
            ean: None,
            title: item.label.text().to_owned(),
            field_error: problem,
            may_be,
        })
    };
    let units = item
        .quantity
        .needed("quantity", WHOLE_UNITS)
        .and_then(|units| Quantity::new(*units).map_err(|_| lenient::unreadable("quantity", units.to_string(), WHOLE_UNITS)));
    let ordered = units.map_err(&odd)?;
    if goods && offer.is_none() && sku.is_none() {
        return Err(odd(lenient::unreadable("productId", "nothing that names a product", ID)));
    }
    let (cancelled, shipped, returned) = counters(ordered, stage, sent);
    // What was cancelled after it was sent, the shop has put on sale again by itself. What is only marked as back it has not.
    let restocked = if stage == Stage::Cancelled { returned } else { Quantity::ZERO };
    Ok(SnapshotLine {
        kind,
        id: id.clone().map_err(&odd)?,
        offer: offer.clone(),
        sku: sku.clone(),
        ean: None,
        title: item.label.text().to_owned(),
        fulfilment: Fulfilment::Merchant,
        ordered,
        cancelled,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        shipped,
        returned,
        restocked,
        cancellation_requested: false,
        unit_price: None,
        terms: LineTerms::default(),
    })
}

/// Units cancelled, shipped and returned.
fn counters(ordered: Quantity, stage: Stage, sent: Sent) -> (Quantity, Quantity, Quantity) {
    let none = Quantity::ZERO;
    match (stage, sent) {
        // It left, and an order that is cancelled after that came back, as far as the shop says.
        (Stage::Cancelled, Sent::All | Sent::PartBack | Sent::AllBack) | (_, Sent::AllBack) => (none, ordered, ordered),
        (Stage::Cancelled, Sent::Nothing | Sent::Part | Sent::Cancelled) => (ordered, none, none),
        (_, Sent::All | Sent::PartBack) | (Stage::Completed, _) => (none, ordered, none),
        (Stage::Open, Sent::Nothing | Sent::Part | Sent::Cancelled) => (none, none, none),
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
