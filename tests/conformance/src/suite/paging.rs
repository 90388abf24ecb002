//! The list of changed orders, page by page.

use crate::bench::{Bench, Plan, Subject, named};
use contracts::InboundOrder;
use domain::OrderNumber;
use engine::rows::CursorRow;
use jiff::{SignedDuration, Timestamp};
use ports::{Notification, OrderPage, OrdersFrom, QueueName};
use std::collections::BTreeSet;
use testkit::exhaustive::Try;
use testkit::faults::Fault;
use testkit::run::finish;

fn number(notice: &Notification) -> Option<OrderNumber> {
    match notice {
        Notification::Order(snapshot) => Some(snapshot.number.clone()),
        Notification::Changed { number, .. } => Some(number.clone()),
        Notification::Stock(_) | Notification::StockOf { .. } | Notification::Unreadable(_) | Notification::Ignored => None,
    }
}

fn numbers(pages: &[OrderPage]) -> BTreeSet<OrderNumber> {
    pages.iter().flat_map(|p| &p.notices).filter_map(number).collect()
}

/// Lists to the end; `between` is done after every page but the last.
fn list(bench: &Bench, since: Timestamp, mut between: impl FnMut(usize)) -> Vec<OrderPage> {
    let mut pages = Vec::new();
    let mut page = None;
    loop {
        let from = OrdersFrom { since, page: page.clone() };
        let answer = bench.patiently(|| bench.page("one", &from)).unwrap();
        page.clone_from(&answer.next);
        pages.push(answer);
        assert!(pages.len() < 500, "the list never ends");
        if page.is_none() {
            return pages;
        }
        between(pages.len());
    }
}

/// Orders, some of them in one second and some not.
fn place(bench: &Bench, orders: usize) -> Vec<OrderNumber> {
    let placed = |n: usize| {
        if n.is_multiple_of(7) {
            bench.pass(1);
        }
        bench.buy(n % 2, 1)
    };
    (0..orders).map(placed).collect()
}

pub(super) fn every_order_is_listed_over_several_pages(subject: &Subject) {
    let bench = subject.bench();
    let since = bench.now();
    place(&bench, 230);
    bench.pass_lag();
    let pages = list(&bench, since, |_| {});
    assert!(pages.len() >= 3, "230 orders came on {} pages", pages.len());
    assert_eq!(numbers(&pages), bench.placed());
}

pub(super) fn changes_between_pages_lose_nothing(subject: &Subject) {
    let bench = subject.bench();
    let since = bench.now();
    let before = place(&bench, 230);
    bench.pass_lag();
    let began = bench.now();
    let mut changed = BTreeSet::new();
    let pages = list(&bench, since, |page| {
        // Early on, late in the list, and new ones: orders move over the edges of pages in both directions.
        let moved = [&before[page], &before[before.len() - 2 * page]].map(Clone::clone);
        for order in moved {
            bench.cancel(&order);
            changed.insert(order);
        }
        bench.pass(1);
        changed.insert(bench.buy(page % 2, 1));
    });
    let first = numbers(&pages);
    assert!(before.iter().all(|o| first.contains(o)), "what was there before the list began is in it");
    bench.pass_lag();
    let paging = subject.channel.orders().unwrap().descriptor().paging;
    let again = numbers(&list(&bench, began - paging.lag - paging.overlap, |_| {}));
    assert!(changed.is_subset(&again), "what changed meanwhile is in the next list: {:?}", changed.difference(&again));
    assert_eq!(first.union(&again).cloned().collect::<BTreeSet<_>>(), bench.placed());
}

pub(super) fn an_empty_page_is_not_the_end(subject: &Subject) {
    let plan = Plan { days: 20, ..Plan::default() };
    let mut bench = subject.bench_with(plan);
    let since = bench.now() - SignedDuration::from_hours(24 * plan.days);
    place(&bench, 3);
    bench.pass_lag();
    let pages = list(&bench, since, |_| {});
    assert_eq!(numbers(&pages), bench.placed());
    let empty = pages.iter().filter(|p| p.notices.is_empty() && p.next.is_some()).count();
    if empty == 0 {
        subject.skip("its list has no empty pages before its end");
    }
    bench.poll("one");
    assert_eq!(queued(&bench), bench.placed(), "a poll goes on behind {empty} empty pages");
}

/// Orders that are durable: on the inbound queue.
fn queued(bench: &Bench) -> BTreeSet<OrderNumber> {
    let messages = bench.stage.queue.waiting(QueueName::Inbound);
    messages.iter().map(|m| serde_json::from_str::<InboundOrder>(&m.body).unwrap().number).collect()
}

fn cursor(bench: &Bench) -> Option<CursorRow> {
    finish(bench.stage.world().get(&CursorRow::key(&named("one")))).unwrap()
}

/// Polls with one fault until the list was read to its end; answers every call that was made.
fn poll_with(subject: &Subject, fault: Option<Try>) -> Vec<&'static str> {
    let mut bench = subject.bench();
    for n in 0..130 {
        bench.buy(n % 2, 1);
    }
    bench.pass_lag();
    let (start, lag) = (bench.now(), subject.channel.orders().unwrap().descriptor().paging.lag);
    bench.stage.faults.plan(fault.map(|t| (t.call, t.fault)));
    for _ in 0..200 {
        let complete = bench.poll_once("one").is_some_and(|r| r.is_ok_and(|r| r.complete));
        let calls = bench.stage.faults.calls();
        let since = cursor(&bench).map(|c| c.since);
        assert!(since.is_none_or(|s| s <= bench.now() - lag), "the cursor never goes beyond now less the lag");
        if since.is_some_and(|s| s > start - lag) {
            let lost: Vec<_> = bench.placed().difference(&queued(&bench)).cloned().collect();
            assert!(lost.is_empty(), "the cursor went past {} orders that are not durable", lost.len());
        }
        if complete {
            assert_eq!(queued(&bench), bench.placed());
            return calls;
        }
        bench.pass(i64::from(subject.channel.orders().unwrap().descriptor().paging.every_s));
    }
    panic!("the list of orders never ends");
}

pub(super) fn every_page_may_fail_once_and_nothing_is_lost(subject: &Subject) {
    let calls = poll_with(subject, None);
    let pages = calls.iter().filter(|c| **c == "queue.send").count();
    assert!(pages >= 2, "{pages} pages");
    let mut tries = 0;
    for (call, _) in calls.iter().enumerate().filter(|(_, c)| matches!(**c, "http.send" | "queue.send" | "table.write")) {
        for fault in Fault::ALL {
            tries += 1;
            let one = Try { call, fault };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll_with(subject, Some(one))));
            if let Err(cause) = outcome {
                eprintln!("{}: broken by {one:?}", subject.descriptor().id);
                std::panic::resume_unwind(cause);
            }
        }
    }
    assert!(tries >= 6 * 2 * pages, "{tries} tries");
}
