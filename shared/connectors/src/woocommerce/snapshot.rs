//! An order of the shop as the snapshot the engine wants: which units it claims, which are given up, which have left.

use crate::lenient::{self, Field};
use crate::woocommerce::restock::{self, Completed, Figures, Refunded};
use crate::woocommerce::statuses::{Meaning, Statuses};
use crate::woocommerce::terms::Terms;
use crate::woocommerce::wire::{self, Line, Order, Refund};
use domain::{
    FieldError, Fulfilment, LineKind, LineTerms, OfferId, OrderLineId, OrderNumber, OrderSnapshot, PossibleProducts, Quantity,
    Sku, SnapshotLine, UnreadableLine,
};
use jiff::Timestamp;
use ports::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Translates an order and all its refunds. A line that cannot be read is named and costs the others nothing; the error is of what all of
/// them need.
///
/// `untold_on_sale`: whether units are on sale again of which the shop does not tell (`Account::restocks_untold`).
pub(super) fn of(order: &Order, refunds: &[Refund], statuses: &Statuses, untold_on_sale: bool) -> Result<OrderSnapshot> {
    let whole = |problem: FieldError| unreadable(&problem);
    let id = order.id.needed("id", "a whole number").map_err(whole)?;
    let number = OrderNumber::new(id.to_string())?;
    order.status.needed("status", "a word").map_err(whole)?;
    let items = order.line_items.needed("line_items", "a list of lines").map_err(whole)?;
    let (created, modified) = (at(&order.date_created_gmt), at(&order.date_modified_gmt));
    let read: Vec<Line> = items.readable().collect();
    let (meaning, was_completed) = (statuses.meaning(order), was_completed(order));
    let known = Known { meaning, was_completed, told: told(order), sets: sets(&read), untold_on_sale };
    let completed = match at(&order.date_completed_gmt) {
        // Opened again, nothing of it has left but what is in shipments, though the shop keeps the date: what is refunded was not sent.
        _ if known.meaning == Meaning::Claims => Completed::Never,
        Some(at) => Completed::At(at),
        None if known.was_completed => Completed::Sometime,
        None => Completed::Never,
    };
    let (refunded, mut unreadable_lines) = restock::refunded(refunds, completed, !known.told.is_empty())?;
    let mut lines = Vec::with_capacity(items.0.len());
    let (mut terms, of_order) = Terms::of(order);
    terms.name(None, &mut unreadable_lines);
    for item in &items.0 {
        let Some(line) = wire::item::<Line>(item) else {
            unreadable_lines.push(no_line(lenient::shown(item.get())));
            continue;
        };
        let of_line = line.id.get().and_then(|id| refunded.get(id)).copied().unwrap_or_default();
        match line_of(&line, &known, of_line) {
            Ok(Some(mut read)) => {
                terms.of_line(&mut read, &line);
                terms.name(Some(&read), &mut unreadable_lines);
                lines.push(read);
            }
            Ok(None) => {}
            Err(odd) => unreadable_lines.push(*odd),
        }
    }
    let placed_at = created.or(modified).ok_or_else(|| {
        let (field, value) =
            ("date_created_gmt", lenient::shown(&format!("\"{}\"", order.date_created_gmt.text().replace('"', ""))));
        unreadable(&lenient::unreadable(field, value, "a date"))
    })?;
    let snapshot = OrderSnapshot {
        display_number: Some(order.number.text().to_owned()).filter(|n| !n.is_empty() && n != number.as_str()),
        number,
        placed_at,
        stamp: modified,
        channel_status: order.status.text().to_owned(),
        draft: meaning == Meaning::Draft,
        awaits_acceptance: None,
        ship_to: order.ship_to(),
        lines,
        terms: of_order,
        unreadable_lines,
    };
    Ok(snapshot.sifted())
}

/// For an order or a product that is of no use, for what stands in one of its fields.
pub(super) fn unreadable(problem: &FieldError) -> ports::Error {
    ports::Error::new(ports::ErrorKind::Protocol, "woocommerce.read", format!("what the shop tells cannot be read: {problem}"))
}

/// What stands among the lines and is none.
pub(super) fn no_line(value: String) -> UnreadableLine {
    UnreadableLine {
        id: None,
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        field_error: lenient::unreadable("line_items", value, "a line of an order"),
        may_be: PossibleProducts::Anything,
    }
}

/// Whether the order was given up for good; one that is only unpaid may still be paid.
pub(super) fn is_given_up(order: &Order) -> bool {
    matches!(order.status.text(), "cancelled" | "refunded" | "trash")
}

/// Whether the order was ever completed.
pub(super) fn was_completed(order: &Order) -> bool {
    !order.date_completed_gmt.text().is_empty() || order.date_completed_gmt.is_odd()
}

/// Units per line in the shipments we told of.
pub(super) fn told(order: &Order) -> BTreeMap<u64, i64> {
    let mut units: BTreeMap<u64, i64> = BTreeMap::new();
    for (line, count) in order.parcels().flat_map(|parcel| parcel.lines) {
        let sum = units.entry(line).or_default();
        *sum = sum.saturating_add(count.into());
    }
    units
}

/// Lines of sets whose parts are lines as well.
fn sets(lines: &[Line]) -> BTreeSet<u64> {
    lines.iter().filter_map(|line| line.part_of(lines)).collect()
}

/// A date. One that cannot be read is none: it only tells which of two states is newer, and then the order is read again.
pub(super) fn at(text: &Field<String>) -> Option<Timestamp> {
    wire::utc(text.text()).ok()
}

/// What holds for all lines of an order.
struct Known {
    meaning: Meaning,
    was_completed: bool,
    told: BTreeMap<u64, i64>,
    /// Lines of sets whose parts are lines as well.
    sets: BTreeSet<u64>,
    /// Whether units are on sale again of which the shop does not tell.
    untold_on_sale: bool,
}

/// What a number of units must be.
pub(super) const WHOLE: &str = "a whole number";

fn line_of(line: &Line, known: &Known, refunded: Refunded) -> std::result::Result<Option<SnapshotLine>, Box<UnreadableLine>> {
    let id = line
        .id
        .needed("id", WHOLE)
        .and_then(|id| OrderLineId::new(id.to_string()).map_err(|_| lenient::unreadable("id", id.to_string(), WHOLE)));
    let item = item_of(line);
    // A code that cannot be one of ours is left out; the offer still tells which item it is.
    let sku = Sku::new(line.sku.text().trim()).ok();
    let odd = |problem: FieldError| {
        let names_it = item.is_ok() || sku.is_some();
        Box::new(UnreadableLine {
            id: id.as_ref().ok().cloned(),
            offer: item.as_ref().ok().cloned().flatten(),
            sku: sku.clone(),
            ean: None,
            title: line.name.text().to_owned(),
            field_error: problem,
            may_be: if names_it { PossibleProducts::Named } else { PossibleProducts::Anything },
        })
    };
    let told = line.id.get().and_then(|id| known.told.get(id)).copied().unwrap_or(0);
    let promises_nothing = known.meaning == Meaning::Nothing && !known.was_completed;
    let units = line
        .quantity
        .needed("quantity", WHOLE_UNITS)
        .and_then(|units| Quantity::new(*units).map_err(|_| lenient::unreadable("quantity", units.to_string(), WHOLE_UNITS)));
    let ordered = match units {
        Ok(ordered) => ordered,
        // However many they are, none is promised.
        Err(_) if promises_nothing && told == 0 && id.is_ok() => Quantity::ZERO,
        Err(problem) => return Err(odd(problem)),
    };
    let offer = item.clone().map_err(&odd)?;
    let id = id.clone().map_err(&odd)?;
    let told = Quantity::clamped(told).min(ordered);
    // What is in a shipment has left: a refund of it gives nothing up.
    let given_up = Quantity::clamped(refunded.before).min(ordered.less(told));
    let kept = ordered.less(given_up);
    let (cancelled, shipped) = match known.meaning {
        Meaning::Claims => (given_up, told),
        Meaning::Left => (given_up, kept),
        // Once it has left, a cancellation or the trash does not bring it back, though the shop counts it again.
        Meaning::PaidBack | Meaning::Nothing | Meaning::Draft if known.was_completed => (given_up, kept),
        Meaning::PaidBack => (ordered.less(told), told),
        Meaning::Nothing | Meaning::Draft => (ordered, told),
    };
    let paid_back = Quantity::clamped(refunded.before.saturating_sub(given_up.units()).saturating_add(refunded.after));
    if ordered.is_zero() && offer.is_none() {
        return Ok(None);
    }
    let figures = Figures { ordered, given_up, by_status: cancelled.less(given_up).min(kept.less(told)), shipped, paid_back };
    let stock = restock::of(line, known.meaning, known.was_completed, known.untold_on_sale, &figures, refunded);
    // The plugins put a set and its parts into the order; the shop takes the parts off its stock, and so do we.
    let kind = if line.id.get().is_some_and(|id| known.sets.contains(id)) { LineKind::Set } else { LineKind::Goods };
    Ok(Some(SnapshotLine {
        kind,
        id,
        offer,
        sku,
        ean: None,
        title: line.name.text().to_owned(),
        fulfilment: Fulfilment::Merchant,
        ordered,
        cancelled,
        not_restocked: stock.not_restocked,
        restock_untold: stock.untold,
        shipped,
        returned: paid_back.max(stock.restocked).min(shipped),
        restocked: stock.restocked,
        cancellation_requested: false,
        unit_price: None,
        terms: LineTerms::default(),
    }))
}

/// What a number of ordered units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// The item that a line is of. Absent it is none.
fn item_of(line: &Line) -> std::result::Result<Option<OfferId>, FieldError> {
    let id = |field: &Field<u64>, name: &str| field.given(name, WHOLE).map(|id| id.copied().unwrap_or(0));
    let (product, variation) = (id(&line.product_id, "product_id")?, id(&line.variation_id, "variation_id")?);
    offer(product, variation).map_err(|_| lenient::unreadable("product_id", product.to_string(), WHOLE))
}

/// `10` for a product, `10/12` for its variation 12. A deleted product is 0.
pub(super) fn offer(product: u64, variation: u64) -> Result<Option<OfferId>> {
    Ok(match (product, variation) {
        (0, _) => None,
        (product, 0) => Some(OfferId::new(product.to_string())?),
        (product, variation) => Some(OfferId::new(format!("{product}/{variation}"))?),
    })
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
