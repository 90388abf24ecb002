//! One field of one item is not what it should be: nothing but that item may suffer, and what suffers is named.

use crate::bench::{Bench, Plan, Subject, sku, units};
use crate::oddity::{self, Way};
use connectors::simulated_channel::SimulatedChannel;
use domain::{OrderSnapshot, Quantity};
use jiff::Timestamp;
use ports::{Delivery, ErrorKind, Notification, OrdersFrom, Result, UnreadableItem};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How it went for the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// The field plays no part, or means the same.
    Same,
    /// The field means something else now.
    ReadOtherwise,
    /// The item is asked for by itself.
    AskedFor,
    /// What cannot be read of it is named.
    Named,
    /// It is refused by itself, with the reason.
    Refused,
    /// It tells nothing of an order any more, as where it is another kind of delivery; polls do.
    NoWord,
}

/// What was tried, and how it went.
#[derive(Default)]
struct Tally {
    fields: usize,
    verdicts: BTreeMap<Verdict, usize>,
}

impl Tally {
    fn print(&self, subject: &Subject, what: &str) {
        let tried: usize = self.verdicts.values().sum();
        let verdicts: Vec<String> = self.verdicts.iter().map(|(verdict, count)| format!("{verdict:?} {count}")).collect();
        println!("  {} {what}: {} fields, {tried} spoilt answers: {}", subject.descriptor().id, self.fields, verdicts.join(", "));
        assert!(self.fields >= 3, "{} fields are no proof", self.fields);
    }

    /// Spoils every field of an item in every way.
    fn each(&mut self, item: &Value, mut tried: impl FnMut(&str, Way) -> Verdict) {
        for field in oddity::fields(item) {
            self.fields += 1;
            for way in Way::ALL {
                *self.verdicts.entry(tried(&field, way)).or_default() += 1;
            }
        }
    }
}

/// The answers with items that a piece of work gets, each once by the fields of its items.
fn answers(bench: &Bench, work: impl FnOnce()) -> Vec<(usize, Value)> {
    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let into = Arc::clone(&seen);
    bench.wire.alter(Some(Box::new(move |_, body| {
        let json = serde_json::from_slice(body).unwrap_or_default();
        into.lock().unwrap_or_else(PoisonError::into_inner).push(json);
        None
    })));
    work();
    bench.wire.alter(None);
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    let mut shapes = Vec::new();
    let first = |json: &Value| json.pointer(&format!("{}/0", oddity::items(json)?)).cloned();
    // Answers without items, such as a word to wait, come or do not come.
    let with_items = seen.into_iter().filter_map(|json| first(&json)).enumerate();
    with_items
        .filter(|(_, item)| {
            let shape = oddity::fields(item);
            let new = !shapes.contains(&shape);
            shapes.push(shape);
            new
        })
        .collect()
}

/// Does a piece of work while one of the answers it gets is another.
fn while_altered<T>(
    bench: &Bench,
    at: usize,
    mut how: impl FnMut(Value) -> Option<Vec<u8>> + Send + 'static,
    work: impl FnOnce() -> T,
) -> T {
    let count = AtomicUsize::new(0);
    bench.wire.alter(Some(Box::new(move |_, body| {
        let json: Value = serde_json::from_slice(body).ok()?;
        oddity::items(&json)?;
        if count.fetch_add(1, Ordering::Relaxed) == at { how(json) } else { None }
    })));
    let done = work();
    bench.wire.alter(None);
    done
}

fn spoilt<T>(bench: &Bench, at: usize, field: &str, way: Way, work: impl FnOnce() -> T) -> T {
    let field = field.to_owned();
    while_altered(bench, at, move |json| oddity::spoilt(json, &field, way), work)
}

/// What is left of a list without what is in another: the item that was spoilt, in whatever form.
fn beside<T: PartialEq + std::fmt::Debug + Clone>(all: &[T], others: &[T], told: &str) -> Vec<T> {
    let mut left = all.to_vec();
    for other in others {
        let at = left.iter().position(|one| one == other);
        left.remove(at.unwrap_or_else(|| panic!("{told}: {other:?} suffers: {all:?}")));
    }
    left
}

/// Units that an order demands.
fn demanded(order: &OrderSnapshot) -> Quantity {
    order.lines.iter().map(|line| line.ordered.less(line.cancelled)).sum()
}

/// How an order in which a field was spoilt is told, against how it was told before.
fn order(told: &str, way: Way, now: &OrderSnapshot, before: &OrderSnapshot) -> Verdict {
    now.check().unwrap();
    if now == before {
        return Verdict::Same;
    }
    if !now.unreadable_lines.is_empty() {
        return Verdict::Named;
    }
    // A field that says nothing, or nonsense, is no cancellation.
    let says_something = matches!(way, Way::OtherType | Way::Negative | Way::Fraction | Way::Twice);
    let says_nothing = !says_something;
    assert!(!says_nothing || demanded(now) >= demanded(before), "{told}: fewer units, and nobody is told: {now:?}");
    Verdict::ReadOtherwise
}

fn notice(told: &str, way: Way, left: &[Notification], before: &Notification) -> Verdict {
    match (left, before) {
        ([one], before) if one == before => Verdict::Same,
        ([Notification::Order(now)], Notification::Order(before)) => order(told, way, now, before),
        ([Notification::Changed { .. }], _) => Verdict::AskedFor,
        ([Notification::Unreadable(item)], _) => named(std::slice::from_ref(item)),
        _ => panic!("{told}: {left:?}"),
    }
}

fn of_an_order(notice: &Notification) -> bool {
    matches!(notice, Notification::Order(_) | Notification::Changed { .. } | Notification::Unreadable(_))
}

fn named(items: &[impl std::borrow::Borrow<UnreadableItem>]) -> Verdict {
    for item in items {
        let UnreadableItem { item, problem, .. } = item.borrow();
        assert!(!item.is_empty() && !problem.field.is_empty() && problem.value.chars().count() <= 60, "{problem:?}");
    }
    Verdict::Named
}

pub(super) fn an_odd_field_of_an_order_in_the_list_costs_that_order_at_most(subject: &Subject) {
    let bench = subject.bench();
    let from = OrdersFrom { since: bench.now(), page: None };
    bench.buy_all(&[(0, 2), (1, 3)], "NL");
    bench.pass(3);
    bench.buy_all(&[(0, 1), (1, 1)], "BE");
    bench.pass_lag();
    let page = || bench.patiently(|| bench.page("one", &from));
    page().unwrap();
    let listed = page().unwrap();
    let mut tally = Tally::default();
    for (at, item) in answers(&bench, || drop(page())) {
        let others = while_altered(&bench, at, oddity::without_the_first, || page().unwrap()).notices;
        let [before] = &beside(&listed.notices, &others, "the list")[..] else { panic!("one order is one notice") };
        tally.each(&item, |field, way| {
            let told = format!("{field} {way:?}");
            let now = spoilt(&bench, at, field, way, page).unwrap_or_else(|error| panic!("{told}: the page is lost: {error:?}"));
            notice(&told, way, &beside(&now.notices, &others, &told), before)
        });
    }
    tally.print(subject, "orders in the list");
}

pub(super) fn an_odd_field_of_an_order_line_costs_that_line_at_most(subject: &Subject) {
    let bench = subject.bench();
    let number = bench.buy_all(&[(0, 2), (1, 3)], "NL");
    bench.pass_lag();
    let read = || bench.patiently(|| bench.order(&number));
    let before = read().unwrap();
    let mut tally = Tally::default();
    for (at, item) in answers(&bench, || drop(read())) {
        let others = while_altered(&bench, at, oddity::without_the_first, || read().unwrap()).lines;
        tally.each(&item, |field, way| {
            let told = format!("{field} {way:?}");
            let now = spoilt(&bench, at, field, way, read).unwrap_or_else(|error| panic!("{told}: the order is lost: {error:?}"));
            beside(&now.lines, &others, &told);
            order(&told, way, &now, &before)
        });
    }
    tally.print(subject, "lines of an order");
}

/// Something that is done on the channel. False where it knows no such thing.
type OrderAction<'a> = &'a dyn Fn(&mut dyn SimulatedChannel, Timestamp) -> bool;

pub(super) fn an_odd_field_of_a_delivery_costs_that_line_at_most(subject: &Subject) {
    if subject.channel.notifications().is_none() {
        return subject.skip("it tells nothing by itself");
    }
    let bench = subject.bench();
    bench.subscribe(crate::bench::PUBLIC_URL);
    bench.deliver_for(60);
    let keys = bench.keys();
    // All that a channel tells by itself: of an order, changed, sent, back, cancelled and deleted, of figures, and of another order.
    let life = bench.buy_all(&[(0, 2), (1, 3)], "NL");
    bench.pass(60);
    let other = bench.buy_all(&[(0, 1), (1, 1)], "NL");
    let actions: [OrderAction<'_>; 7] = [
        &|side, now| side.cancel_units(now, &life, &sku(0), units(2)),
        &|side, now| side.ship_there(now, &life, &sku(1), units(3)),
        &|side, now| side.announce_return(now, &life, &sku(1), units(1)),
        &|side, now| side.pay_back_there(now, &life, &sku(1), units(1), true),
        &|side, now| side.ask_to_cancel(now, &other),
        &|side, now| side.cancel(now, &other),
        &|side, now| side.delete_order(now, &other),
    ];
    let (mut deliveries, mut played) = (bench.outbox(), 0);
    for action in actions {
        played += usize::from(bench.on("one", |side, now| action(side, now)));
        bench.pass(60);
        deliveries.extend(bench.outbox());
    }
    assert!(played >= 4, "what a channel does not know it does not do, but most it does");
    let mut tally = Tally::default();
    let mut shapes = Vec::new();
    for (_, delivery) in deliveries {
        let topic: Vec<String> =
            delivery.headers.iter().filter(|(name, _)| name.ends_with("topic")).map(|(_, topic)| topic.clone()).collect();
        let read: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        // Each kind once, by what it is about and by its fields.
        let shape = (topic, oddity::fields(&read));
        if read.is_null() || shapes.contains(&shape) {
            continue;
        }
        shapes.push(shape);
        let whole: Value = serde_json::from_slice(&delivery.body).unwrap();
        let receive = |body: Vec<u8>| -> Result<Vec<Notification>> {
            let signature = bench.on("one", |side, _| side.sign(&body));
            let mut headers = delivery.headers.clone();
            headers.retain(|(name, _)| !signature.iter().any(|(signed, _)| signed == name));
            headers.extend(signature);
            bench
                .channel
                .notifications()
                .unwrap()
                .receive(&keys, &Delivery { headers, body: body.into(), received_at: bench.now() })
        };
        let before = receive(oddity::text(&whole)).unwrap();
        let lines = oddity::items(&whole).filter(|_| matches!(before.as_slice(), [Notification::Order(_)]));
        let others = lines.as_ref().map(|_| match &receive(oddity::without_the_first(whole.clone()).unwrap()).unwrap()[..] {
            [Notification::Order(order)] => order.lines.clone(),
            other => panic!("{other:?}"),
        });
        tally.each(&whole, |field, way| {
            let told = format!("{field} {way:?}");
            let mut body = whole.clone();
            oddity::spoil(&mut body, field, way).unwrap();
            let of_a_line = lines.as_ref().is_some_and(|lines| field.starts_with(&format!("{lines}/")));
            match (receive(oddity::text(&body)), &others) {
                (Ok(now), Some(others)) if of_a_line => {
                    let [Notification::Order(now)] = now.as_slice() else { return Verdict::AskedFor };
                    beside(&now.lines, others, &told);
                    notice(&told, way, &[Notification::Order(now.clone())], &before[0])
                }
                (Ok(now), _) if now == before => Verdict::Same,
                (Ok(now), _) => match (now.as_slice(), before.as_slice()) {
                    ([now], [before]) if matches!(now, Notification::Order(_) | Notification::Changed { .. }) => {
                        notice(&told, way, std::slice::from_ref(now), before)
                    }
                    (now, before) if before.iter().any(of_an_order) && !now.iter().any(of_an_order) => Verdict::NoWord,
                    _ => Verdict::ReadOtherwise,
                },
                (Err(error), _) => {
                    assert!(!of_a_line, "{told}: the order is lost: {error:?}");
                    assert!(
                        !error.message.is_empty() && error.kind != ErrorKind::Unauthorized && error.kind != ErrorKind::Bug,
                        "{error:?}"
                    );
                    Verdict::Refused
                }
            }
        });
    }
    tally.print(subject, &format!("{} kinds of deliveries", shapes.len()));
}

pub(super) fn an_odd_field_of_an_item_on_sale_costs_that_item_at_most(subject: &Subject) {
    let bench = subject.bench_with(Plan { products: 8, ..Plan::default() });
    let pages = || bench.listing_pages();
    let all = |pages: &[ports::ListingPage]| pages.iter().flat_map(|page| page.listings.clone()).collect::<Vec<_>>();
    let before = all(&pages());
    let mut tally = Tally::default();
    for (at, item) in answers(&bench, || drop(pages())) {
        let others = all(&while_altered(&bench, at, oddity::without_the_first, pages));
        let own = beside(&before, &others, "the list");
        tally.each(&item, |field, way| {
            let told = format!("{field} {way:?}");
            let now = spoilt(&bench, at, field, way, pages);
            let left = beside(&all(&now), &others, &told);
            let unreadable: Vec<UnreadableItem> = now.into_iter().flat_map(|page| page.unreadable).collect();
            if left == own && unreadable.is_empty() {
                return Verdict::Same;
            }
            let says_nothing = !matches!(way, Way::Negative | Way::Fraction | Way::OtherType | Way::Twice);
            if unreadable.is_empty() {
                assert!(!says_nothing || left.len() == own.len(), "{told}: an item is gone, and nobody is told: {left:?}");
                return Verdict::ReadOtherwise;
            }
            named(&unreadable)
        });
    }
    tally.print(subject, "items on sale");
}

pub(super) fn an_odd_field_of_a_return_costs_that_return_at_most(subject: &Subject) {
    if subject.channel.returns().is_none() {
        return subject.skip("it does not tell of returns");
    }
    let bench = subject.bench();
    for _ in 0..2 {
        let order = bench.buy(0, 1);
        assert!(bench.on("one", |side, now| side.ship_there(now, &order, &sku(0), units(1))));
        assert!(bench.on("one", |side, now| side.announce_return(now, &order, &sku(0), units(1))));
        bench.pass(2);
    }
    bench.pass_lag();
    let page = || bench.patiently(|| bench.return_page(None));
    let before = page().unwrap().returns;
    let mut tally = Tally::default();
    for (at, item) in answers(&bench, || drop(page())) {
        let others = while_altered(&bench, at, oddity::without_the_first, || page().unwrap()).returns;
        let own = beside(&before, &others, "the list");
        tally.each(&item, |field, way| {
            let told = format!("{field} {way:?}");
            let now = spoilt(&bench, at, field, way, page).unwrap_or_else(|error| panic!("{told}: the page is lost: {error:?}"));
            let left = beside(&now.returns, &others, &told);
            match (left == own, now.unreadable.is_empty()) {
                (true, true) => Verdict::Same,
                (_, false) => named(&now.unreadable),
                // Decided, or in another state, it does not wait.
                (false, true) => Verdict::ReadOtherwise,
            }
        });
    }
    tally.print(subject, "returns");
}
