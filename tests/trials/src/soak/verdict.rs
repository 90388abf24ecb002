//! What must hold at the end, judged from outside: the books of the shops and the warehouse against what the API tells.

use super::api::{Cause, Line, Movement, Order};
use super::books::{Answered, Entries, OrderId, Sale};
use super::seen::{Seen, right};
use domain::Sku;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that must hold, and where it does not.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) what: &'static str,
    pub(super) wrong: Vec<String>,
}

/// All checks. `opening` is what every product started with; `channels` is on how many of them each is on sale.
pub(super) fn judge(books: &Entries, seen: &Seen, opening: i64, channels: usize) -> Vec<Check> {
    let check = |what, wrong| Check { what, wrong };
    vec![
        check("every order that a shop took is there, with its units", orders(books, seen)),
        check("no order is there that no shop took", invented(books, seen)),
        check("every order took and gave back exactly what it holds", shares(books, seen)),
        check("figures are the fold of their movements, and not below zero", fold(seen)),
        check("stock is opening and corrections, less what orders hold and wrote off", conserved(seen, opening)),
        check("every correction is made once, or was refused", corrections(books, seen)),
        check("every channel shows what the API says it should", windows(seen, channels)),
        check("queues are empty", counted(seen.messages.0, "messages wait")),
        check("no dead letters", counted(seen.messages.1, "messages are dead")),
        check("what is parked is what a person must say, and all of it", parked(seen)),
    ]
}

/// Orders that no stock covers are accounted for by the books. What a channel cancelled without a word whether it can be sold again is asked of
/// a person, once for each order; nothing else may wait for one.
fn parked(seen: &Seen) -> Vec<String> {
    let mut asked: BTreeMap<String, usize> = written_off_orders(seen).map(|(_, number)| (format!("order {number}"), 0)).collect();
    let mut wrong = Vec::new();
    for one in seen.parked.iter().filter(|one| one.r#type != "short") {
        match asked.get_mut(&one.subject).filter(|_| one.r#type == "restock_unknown") {
            Some(times) => *times += 1,
            None => wrong.push(format!("{}: {}", one.subject, one.reason)),
        }
    }
    wrong.extend(asked.into_iter().filter(|(_, times)| *times != 1).map(|(order, times)| {
        format!("{order}: units of it were cancelled, and a person is asked {times} times whether they can be sold")
    }));
    wrong
}

fn written_off_orders(seen: &Seen) -> impl Iterator<Item = &OrderId> {
    let written_off = |order: &Order| order.lines.iter().any(|line| line.written_off() > 0);
    seen.orders.iter().filter(move |(_, order)| order.as_ref().is_some_and(written_off)).map(|(id, _)| id)
}

fn counted(number: u64, what: &str) -> Vec<String> {
    if number == 0 { Vec::new() } else { vec![format!("{number} {what}")] }
}

fn held(order: &Order) -> i64 {
    order.lines.iter().map(Line::held).sum()
}

/// What an order keeps from being sold: what it holds, and what a person must say of.
fn kept(order: &Order) -> i64 {
    held(order) + order.lines.iter().map(Line::written_off).sum::<i64>()
}

fn orders(books: &Entries, seen: &Seen) -> Vec<String> {
    books.sales.iter().filter_map(|(id, sale)| one_order(id, sale, seen.orders.get(id).and_then(Option::as_ref))).collect()
}

fn one_order(id: &OrderId, sale: &Sale, order: Option<&Order>) -> Option<String> {
    let Some(order) = order else { return Some(format!("{} of {} is lost", id.1, id.0)) };
    let ordered: i64 = order.lines.iter().filter_map(|l| l.channel_line.as_ref()).map(|t| t.ordered).sum();
    let short: i64 = order.lines.iter().map(|l| l.short).sum();
    let other = order.lines.iter().any(|l| l.sku.as_ref() != Some(&sale.sku));
    let wanted = if sale.cancelled { 0 } else { sale.units };
    let fine = !other && held(order) + short == wanted && (sale.cancelled || ordered == sale.units);
    let found = || format!("{} of {}: {sale:?}, but {ordered} ordered, {} held, {short} short", id.1, id.0, held(order));
    (!fine).then(found)
}

fn invented(books: &Entries, seen: &Seen) -> Vec<String> {
    let moved = seen.movements.values().flatten().filter_map(|m| match &m.cause {
        Cause::Orders { orders } => Some(orders.iter().map(|o| (o.connection.clone(), o.number.clone()))),
        Cause::Correction { .. } | Cause::Opening => None,
    });
    let known: BTreeSet<OrderId> = moved.flatten().chain(seen.at_shops.iter().cloned()).collect();
    known.iter().filter(|id| !books.sales.contains_key(*id)).map(|id| format!("{} of {}", id.1, id.0)).collect()
}

fn shares(books: &Entries, seen: &Seen) -> Vec<String> {
    let mut moved: BTreeMap<OrderId, i64> = BTreeMap::new();
    for movement in seen.movements.values().flatten() {
        if let Cause::Orders { orders } = &movement.cause {
            for share in orders {
                *moved.entry((share.connection.clone(), share.number.clone())).or_default() += share.available;
            }
        }
    }
    let wrong = |id: &OrderId| {
        let moved = moved.get(id).copied().unwrap_or_default();
        let kept = seen.orders.get(id).and_then(Option::as_ref).map(kept).unwrap_or_default();
        (moved != -kept).then(|| format!("{} of {}: moved {moved}, keeps {kept}", id.1, id.0))
    };
    books.sales.keys().filter_map(wrong).collect()
}

fn of<'a>(seen: &'a Seen, sku: &Sku) -> &'a [Movement] {
    seen.movements.get(sku).map(Vec::as_slice).unwrap_or_default()
}

fn fold(seen: &Seen) -> Vec<String> {
    let wrong = seen.products.iter().filter_map(|stock| {
        let movements = of(seen, &stock.product.sku);
        let sums = movements.iter().fold((0, 0), |(a, r), m| (a + m.available, r + m.reserved));
        let figures = (stock.available, stock.reserved);
        let fine = figures == sums && figures.0 >= 0 && figures.1 >= 0;
        (!fine).then(|| format!("{}: {figures:?} available and reserved, movements give {sums:?}", stock.product.sku))
    });
    wrong.collect()
}

fn conserved(seen: &Seen, opening: i64) -> Vec<String> {
    let mut held_of: BTreeMap<&Sku, (i64, i64)> = BTreeMap::new();
    for line in seen.orders.values().flatten().flat_map(|o| &o.lines) {
        if let Some(sku) = &line.sku {
            let (held, lost) = held_of.entry(sku).or_default();
            *held += line.held();
            *lost += line.written_off();
        }
    }
    let wrong = seen.products.iter().filter_map(|stock| {
        let sku = &stock.product.sku;
        let movements = of(seen, sku);
        let opened: Vec<_> = movements.iter().filter(|m| matches!(m.cause, Cause::Opening)).map(|m| m.available).collect();
        let corrected: i64 = movements.iter().filter(|m| matches!(m.cause, Cause::Correction { .. })).map(|m| m.available).sum();
        let (held, lost) = held_of.get(sku).copied().unwrap_or_default();
        let fine = opened == [opening] && stock.available == opening + corrected - held - lost && stock.reserved == held;
        let found = || {
            format!(
                "{sku}: opened {opened:?}, corrected {corrected}, orders hold {held} and wrote off {lost}; {} available, {} reserved",
                stock.available, stock.reserved
            )
        };
        (!fine).then(found)
    });
    wrong.collect()
}

fn corrections(books: &Entries, seen: &Seen) -> Vec<String> {
    let mut made: BTreeMap<&str, Vec<(&Sku, i64)>> = BTreeMap::new();
    for (sku, movements) in &seen.movements {
        for movement in movements {
            if let Cause::Correction { reason } = &movement.cause {
                made.entry(reason).or_default().push((sku, movement.available));
            }
        }
    }
    let mut wrong: Vec<String> =
        made.keys().filter(|reason| !books.changes.contains_key(**reason)).map(|r| format!("{r}: nobody asked for it")).collect();
    for (reason, change) in &books.changes {
        let found = made.get(reason.as_str()).map(Vec::as_slice).unwrap_or_default();
        let as_asked = found.iter().all(|(sku, units)| **sku == change.sku && change.add.is_none_or(|add| add == *units));
        let times = match (change.answered, change.add) {
            (Answered::Refused, _) => 0..=0,
            // A count that finds the figure as it is moves nothing.
            (Answered::Unknown, _) | (Answered::Done, None) => 0..=1,
            (Answered::Done, Some(_)) => 1..=1,
        };
        if !as_asked || !times.contains(&found.len()) {
            wrong.push(format!("{reason}: {change:?}, made as {found:?}"));
        }
    }
    wrong
}

fn windows(seen: &Seen, channels: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for stock in &seen.products {
        let sku = &stock.product.sku;
        if stock.listings.len() != channels {
            wrong.push(format!("{sku} is on {} channels instead of {channels}", stock.listings.len()));
        }
        for listing in &stock.listings {
            let window = seen.windows.get(&(listing.connection.clone(), sku.clone())).copied().flatten();
            if !right(listing, window) {
                wrong.push(format!("{sku} at {}: the window shows {window:?}, {listing:?}", listing.connection));
            }
        }
    }
    wrong
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
