//! Orders of more rows than one transaction takes: taken in whole, whoever dies on the way, and nothing counts as taken in before.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use contracts::{Cause, Message, OrderAccepted, StockHint};
use domain::{Component, ConnectionId, LineUnits, LocationId, Order, OrderNumber, OrderSnapshot, Sku};
use engine::rows::{ExcludedOrderRow, ExclusionReason, OutboxRow, Products, TypedRow};
use engine::{Arrival, Cache, OrderCommand, Outcome, accept_orders, handle_order, poll_orders, put_bundle};
use jiff::SignedDuration;
use ports::{Clock, QueueName};
use simulation::invariants;
use simulation::large::{Kind, merchant, names, open};
use simulation::market::Market;
use simulation::shop::{arrival, connection, location, q, sku, told};
use std::collections::BTreeSet;
use std::sync::Mutex;
use testkit::Stage;
use testkit::exhaustive::{Try, every_fault};
use testkit::faults::Fault;
use testkit::run::{finish, run};

/// Rows of one transaction in the tests that have small orders take several.
const FEW: usize = 7;

fn number(text: &str) -> OrderNumber {
    OrderNumber::new(text).unwrap()
}

fn order(stage: &Stage, named: &str) -> Option<Order> {
    invariants::orders(&stage.table).remove(&(connection("shop"), number(named)))
}

fn parked(stage: &Stage) -> usize {
    stage.table.rows().iter().filter(|row| row.key.pk == "PARKED").count()
}

/// Delivers until nothing comes again, as a queue does. Answers how many calls the first delivery made.
fn deliver(stage: &Stage, batch: &[Arrival], first: Option<Try>) -> usize {
    stage.faults.plan(first.map(|t| (t.call, t.fault)));
    let mut open: Vec<Arrival> = batch.to_vec();
    let mut calls = None;
    for receives in 1..10 {
        let outcomes = run(accept_orders(&stage.world(), &Cache::default(), open.clone()));
        calls.get_or_insert(stage.faults.calls().len());
        invariants::check(&stage.table);
        stage.faults.plan([]);
        if let Some(outcomes) = outcomes {
            let again = open.into_iter().zip(outcomes).filter(|(_, outcome)| matches!(outcome, Outcome::Again(_)));
            open = again.map(|(arrival, _)| arrival).collect();
        }
        for arrival in &mut open {
            arrival.receives = receives + 1;
        }
        for message in stage.queue.take(QueueName::Inbound) {
            open.push(Arrival { message: serde_json::from_str(&message.body).unwrap(), receives: 1 });
        }
        if open.is_empty() {
            return calls.unwrap_or(0);
        }
    }
    panic!("deliveries do not end: {open:?}");
}

fn hinted(stage: &Stage) -> BTreeSet<Sku> {
    let hints = stage.queue.take(QueueName::StockHints);
    hints.iter().map(|message| serde_json::from_str::<StockHint>(&message.body).unwrap().sku).collect()
}

fn accepted(stage: &Stage) -> usize {
    stage.bus.published().iter().filter(|event| event.name == OrderAccepted::NAME).count()
}

fn takes_in(kind: Kind, products: usize) {
    let (stage, snapshot) = merchant(kind, products);
    deliver(&stage, &[arrival("shop", snapshot, 1)], None);
    let order = order(&stage, "7001").unwrap();
    assert!(order.is_complete(), "{kind:?} {products}");
    let count = i64::try_from(products).unwrap();
    let committed: i64 = order.lines.iter().map(|line| line.committed().units()).sum();
    let (held, short) = match kind {
        Kind::Plain => (count, 0),
        Kind::Short => (count, count),
        Kind::Bundles => (4 * count, 0),
        Kind::TwoLocations => (2 * count, 0),
    };
    assert_eq!((committed, order.short().units()), (held, short), "{kind:?} {products}");
    let waits = usize::from(kind == Kind::Short);
    assert_eq!((parked(&stage), accepted(&stage)), (waits, 1), "{kind:?} {products}: only that it is short waits for a person");
    assert!(hinted(&stage).len() >= products, "{kind:?} {products}: every product is told of");
    // All of it comes back by one cancellation.
    let mut cancelled = order.snapshot.clone();
    cancelled.stamp = cancelled.stamp.map(|at| at.checked_add(SignedDuration::from_secs(9)).unwrap());
    cancelled.lines.iter_mut().for_each(|line| line.cancelled = line.ordered);
    deliver(&stage, &[arrival("shop", cancelled, 1)], None);
    let back = self::order(&stage, "7001").unwrap();
    assert!(back.is_complete() && back.lines.iter().all(|line| line.committed().is_zero()), "{kind:?} {products}");
    assert!(back.short().is_zero());
}

#[test]
fn orders_of_forty_nine_fifty_and_two_hundred_products_are_taken_in() {
    for kind in [Kind::Plain, Kind::Short, Kind::Bundles, Kind::TwoLocations] {
        for products in [49, 50, 200] {
            takes_in(kind, products);
        }
    }
}

#[test]
fn an_order_of_two_thousand_products_is_taken_in() {
    for kind in [Kind::Plain, Kind::Short] {
        takes_in(kind, 2_000);
    }
}

/// Transactions until each of these orders is in, and until somebody is first told of anything, of one batch.
fn transactions_until_in(stage: &Stage, batch: &[Arrival], numbers: &[&str]) -> (Vec<usize>, usize) {
    stage.faults.plan([]);
    let world = stage.world();
    let seen = Seen { inner: world.table.clone(), stage: stage.faults.clone(), known: Mutex::default() };
    let seen = std::sync::Arc::new(seen);
    let world = engine::Ports { table: seen.clone(), ..world };
    finish(accept_orders(&world, &Cache::default(), batch.to_vec()));
    let known = seen.known.lock().unwrap();
    let calls = stage.faults.calls();
    let told = calls.iter().take_while(|call| !call.starts_with("queue")).filter(|call| call.ends_with("transact")).count();
    (numbers.iter().map(|number| known[*number]).collect(), told)
}

/// A table that notes with which transaction each order was last written.
struct Seen {
    inner: std::sync::Arc<dyn ports::Table>,
    stage: std::sync::Arc<testkit::faults::FaultPlan>,
    known: Mutex<std::collections::BTreeMap<String, usize>>,
}

#[async_trait::async_trait]
impl ports::Table for Seen {
    async fn get(&self, key: &ports::Key) -> ports::Result<Option<ports::Row>> {
        self.inner.get(key).await
    }

    async fn query(
        &self,
        pk: &str,
        prefix: &str,
        from: Option<&ports::Key>,
        limit: usize,
        newest_first: bool,
    ) -> ports::Result<ports::Page> {
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: ports::Write) -> std::result::Result<Option<ports::Row>, ports::Refused> {
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<ports::Write>) -> std::result::Result<(), ports::Refused> {
        let orders: Vec<String> = writes
            .iter()
            .filter_map(|write| match write {
                ports::Write::Put { row, .. } if row.key.pk.starts_with("ORDER#") && row.key.sk == "ORDER" => {
                    Some(row.key.pk.clone())
                }
                _ => None,
            })
            .collect();
        self.inner.transact(writes).await?;
        let at = self.stage.calls().iter().filter(|call| call.ends_with("transact")).count();
        let mut known = self.known.lock().unwrap();
        known.extend(orders.into_iter().filter_map(|pk| pk.rsplit('#').next().map(|number| (number.to_owned(), at))));
        Ok(())
    }
}

#[test]
fn orders_that_arrive_with_a_large_one_do_not_wait_for_it() {
    let (stage, large) = merchant(Kind::Plain, 400);
    let small = |number: &str| arrival("shop", told(number, 1, &[("P0000", 1, 0, 0)]), 1);
    let batch = [arrival("shop", large, 1), small("7002"), small("7003")];
    let (turns, told) = transactions_until_in(&stage, &batch, &["7001", "7002", "7003"]);
    invariants::check(&stage.table);
    assert!(order(&stage, "7001").unwrap().is_complete() && order(&stage, "7003").unwrap().is_complete());
    assert!(turns[1].max(turns[2]) <= 2 && told <= 2, "{turns:?}, {told}");
    assert!(turns[0] >= 8, "{turns:?}, {told}");
}

#[test]
fn two_large_orders_go_on_in_turns() {
    let (stage, large) = merchant(Kind::Plain, 400);
    let mut other = large.clone();
    other.number = number("7002");
    let batch = [arrival("shop", large, 1), arrival("shop", other, 1)];
    let (turns, _) = transactions_until_in(&stage, &batch, &["7001", "7002"]);
    invariants::check(&stage.table);
    assert!(order(&stage, "7001").unwrap().is_complete() && order(&stage, "7002").unwrap().is_complete());
    assert_eq!(accepted(&stage), 2);
    assert!(turns[0].abs_diff(turns[1]) <= 2 && turns[0] >= 16, "they end one after the other: {turns:?}");
}

#[test]
fn what_no_table_takes_is_parked_and_holds_figures_down() {
    let (stage, mut snapshot) = merchant(Kind::Plain, 60);
    for line in &mut snapshot.lines {
        line.title = "t".repeat(90_000);
    }
    deliver(&stage, &[arrival("shop", snapshot, 1)], None);
    assert!(order(&stage, "7001").is_none());
    assert_eq!(parked(&stage), 1);
    let aside = finish(ExcludedOrderRow::read(&stage.world(), &connection("shop"), &number("7001"))).unwrap().unwrap();
    let ExclusionReason::NeedsPerson { products: Products::These(products) } = aside.kind else { panic!("{:?}", aside.kind) };
    assert_eq!(products.len(), 60);
    assert!(aside.reason.contains("book it by hand"), "{}", aside.reason);
}

/// Three products, one of them twice and short, and a bundle of two of them.
fn few() -> (Stage, OrderSnapshot) {
    let stage = open(&[("A", 9), ("B", 9), ("C", 1)]);
    names(&stage.world(), "SET", &[]);
    let component = |name: &str| Component { sku: sku(name), units: q(2) };
    finish(put_bundle(&stage.world(), &sku("SET"), &[component("A"), component("B")], "Ada")).unwrap();
    stage.queue.take(QueueName::StockHints);
    stage.table.take_at_most(FEW);
    (stage, told("7001", 1, &[("A", 2, 0, 0), ("C", 3, 0, 0), ("SET", 1, 0, 0), ("B", 1, 0, 0), ("A", 1, 0, 0)]))
}

#[test]
fn whoever_dies_at_whatever_call_it_is_taken_in_whole() {
    let tries = every_fault(|one| {
        let (stage, snapshot) = few();
        let calls = deliver(&stage, &[arrival("shop", snapshot.clone(), 1)], one);
        let order = order(&stage, "7001").unwrap();
        assert!(order.is_complete() && order.accepted_version > 1);
        assert_eq!((order.short(), order.lines.iter().map(|line| line.committed().units()).sum::<i64>()), (q(2), 9));
        assert!(accepted(&stage) >= 1, "somebody told that it is taken in");
        let every = BTreeSet::from([sku("A"), sku("B"), sku("C")]);
        assert!(hinted(&stage).is_superset(&every), "of every product the fan-out hears");
        calls
    });
    assert!(tries > 30, "{tries}");
}

#[test]
fn whichever_states_come_in_whatever_order_midway_the_newest_stands() {
    let lines =
        |a: i64, cancelled: i64| [("A", a, 0, 0), ("C", 3, cancelled, 0), ("SET", 1, cancelled.min(1), 0), ("B", 1, 0, 1)];
    let states: Vec<OrderSnapshot> =
        [lines(2, 0), lines(2, 3), lines(4, 1)].iter().zip(1..).map(|(lines, at)| told("7001", at, lines)).collect();
    for turn in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        every_fault(|one| {
            let (stage, _) = few();
            // The first dies wherever; the others come before it comes again.
            stage.faults.plan(one.map(|t| (t.call, t.fault)));
            let first = arrival("shop", states[turn[0]].clone(), 1);
            let _ = run(accept_orders(&stage.world(), &Cache::default(), vec![first.clone()]));
            let calls = stage.faults.calls().len();
            invariants::check(&stage.table);
            for late in &turn[1..] {
                deliver(&stage, &[arrival("shop", states[*late].clone(), 1)], None);
            }
            deliver(&stage, &[Arrival { receives: 2, ..first }], None);
            let order = order(&stage, "7001").unwrap();
            assert_eq!(order.snapshot, states[2], "{turn:?}");
            assert!(order.is_complete(), "{turn:?}");
            let held: Vec<i64> = order.lines.iter().map(|line| line.committed().plus(line.short()).units()).collect();
            assert_eq!(held, [4, 2, 0, 1], "{turn:?}");
            calls
        });
    }
}

/// Units of each product that are written off, and those that are available.
fn lost_and_left(stage: &Stage) -> ([i64; 3], [i64; 3]) {
    let order = order(stage, "7001").unwrap();
    assert!(order.is_complete());
    let (stock, names) = (invariants::stock(&stage.table), ["A", "B", "C"]);
    let parts = |name: &str| {
        let parts = order.lines.iter().flat_map(|line| &line.parts).filter(|part| part.sku == sku(name));
        parts.map(|part| part.lost().units()).sum::<i64>()
    };
    (names.map(parts), names.map(|name| stock[&(sku(name), location("main"))].available.units()))
}

#[test]
fn a_bundle_that_is_kept_off_sale_is_written_off_once_in_however_many_parts() {
    let in_shop = |at, cancelled, kept_off| {
        let mut seen = told("7001", at, &[("SET", 2, cancelled, 0), ("A", 1, 0, 0), ("C", 1, 0, 0)]);
        seen.lines[0].not_restocked = q(kept_off);
        seen
    };
    // Heard of only afterwards; held, and then taken out; and on sale after all.
    let lives: [(&[OrderSnapshot], _); 3] = [
        (&[in_shop(1, 2, 2)], ([4, 4, 0], [4, 5, 0])),
        (&[in_shop(1, 0, 0), in_shop(2, 2, 1)], ([2, 2, 0], [6, 7, 0])),
        (&[in_shop(1, 2, 2), in_shop(2, 2, 0)], ([0, 0, 0], [8, 9, 0])),
    ];
    for (states, outcome) in lives {
        let tries = every_fault(|one| {
            let (stage, _) = few();
            let mut calls = 0;
            for seen in states {
                calls = deliver(&stage, &[arrival("shop", seen.clone(), 1)], one);
            }
            assert_eq!(lost_and_left(&stage), outcome, "{states:?}");
            assert_eq!(parked(&stage), 0);
            calls
        });
        assert!(tries > 15, "{tries}");
    }
}

#[test]
fn one_parcel_of_everything_leaves_whole_whoever_dies() {
    let tries = every_fault(|one| {
        let (stage, snapshot) = few();
        let enough = engine::Correction {
            sku: sku("C"),
            location: location("main"),
            change: engine::StockChange::Add(9),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&stage.world(), &enough)).unwrap();
        deliver(&stage, &[arrival("shop", snapshot.clone(), 1)], None);
        let command = OrderCommand::Ship {
            id: Some("parcel-1".into()),
            location: location("main"),
            lines: Vec::<LineUnits>::new(),
            carrier: Some(domain::CarrierId::new("postnl").unwrap()),
            tracking: None,
        };
        let world = stage.world();
        let ship = |command: &OrderCommand| {
            run(handle_order(&world, &Cache::default(), &connection("shop"), &number("7001"), command, "jan"))
        };
        stage.faults.plan(one.map(|t| (t.call, t.fault)));
        let first = ship(&command);
        let calls = stage.faults.calls().len();
        stage.faults.plan([]);
        invariants::check(&stage.table);
        // Asked for again, or found by whoever reads the order: nobody has to know that it was begun.
        if !matches!(first, Some(Ok(_))) {
            ship(&command).unwrap().unwrap();
        }
        let order = order(&stage, "7001").unwrap();
        assert!(order.is_complete() && order.shipments.len() == 1);
        assert!(order.lines.iter().all(|line| line.taken() == line.committed()), "{:?}", order.lines);
        invariants::check(&stage.table);
        calls
    });
    assert!(tries > 30, "{tries}");
}

#[test]
fn what_is_short_of_many_products_is_covered_in_one_command() {
    let (stage, snapshot) = merchant(Kind::Short, 60);
    deliver(&stage, &[arrival("shop", snapshot, 1)], None);
    for product in 0..60 {
        let more = engine::Correction {
            sku: sku(&format!("P{product:04}")),
            location: location("main"),
            change: engine::StockChange::Add(1),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&stage.world(), &more)).unwrap();
    }
    let cover = OrderCommand::Cover {};
    let done = finish(handle_order(&stage.world(), &Cache::default(), &connection("shop"), &number("7001"), &cover, "jan"));
    assert!(done.unwrap().short().is_zero());
    invariants::check(&stage.table);
}

/// A customer buys three products in one order; whoever takes it in dies after the first part.
fn half_taken_in() -> (Market, ConnectionId, OrderNumber, jiff::Timestamp, Vec<Arrival>) {
    let market = Market::open(&[("A", 10), ("B", 10), ("C", 10)], 10);
    let id = market.connections[0].clone();
    market.stage.table.take_at_most(6);
    market.stage.clock.pass(SignedDuration::from_secs(60));
    let sold_at = market.stage.clock.now();
    let wanted = [(sku("A"), q(3)), (sku("B"), q(2)), (sku("C"), q(1))];
    let named = market.on(&id, |side, now| side.buy_all(now, &wanted, "NL")).unwrap();
    market.stage.clock.pass(SignedDuration::from_secs(120));
    finish(poll_orders(&market.stage.world(), &market.lookup, &id, Cause::Poll)).unwrap();
    let arrivals: Vec<Arrival> = market
        .stage
        .queue
        .take(QueueName::Inbound)
        .iter()
        .map(|message| Arrival { message: serde_json::from_str(&message.body).unwrap(), receives: 1 })
        .collect();
    assert_eq!(arrivals.len(), 1);
    market.stage.faults.plan_first("table.transact", Fault::CrashAfter);
    assert!(run(accept_orders(&market.stage.world(), &market.lookup, arrivals.clone())).is_none());
    market.stage.faults.plan([]);
    (market, id, named, sold_at, arrivals)
}

#[test]
fn half_an_order_is_not_taken_in_and_is_finished_by_whoever_finds_it() {
    let (mut market, id, named, sold_at, arrivals) = half_taken_in();
    let half = invariants::orders(&market.stage.table)[&(id.clone(), named.clone())].clone();
    assert!(!half.is_complete());
    let poll = |market: &Market| finish(poll_orders(&market.stage.world(), &market.lookup, &id, Cause::Poll)).unwrap();
    market.stage.clock.pass(SignedDuration::from_secs(60));
    assert!(poll(&market).settled_through.is_none_or(|settled| settled < sold_at));
    let again = Arrival { receives: 2, ..arrivals[0].clone() };
    finish(accept_orders(&market.stage.world(), &market.lookup, vec![again]));
    assert!(invariants::orders(&market.stage.table)[&(id.clone(), named)].is_complete());
    market.stage.clock.pass(SignedDuration::from_secs(60));
    assert!(poll(&market).settled_through.is_some_and(|settled| settled > sold_at));
    market.settle();
    for (product, shown) in [("A", 7), ("B", 8), ("C", 9)] {
        market.assert_shown(product, shown);
    }
}

#[test]
fn the_poll_has_half_an_order_finished_when_its_message_is_lost() {
    let (mut market, id, named, ..) = half_taken_in();
    for _ in 0..20 {
        market.stage.clock.pass(SignedDuration::from_mins(1));
        market.poll();
        market.work();
    }
    market.settle();
    assert!(invariants::orders(&market.stage.table)[&(id, named)].is_complete());
    market.assert_shown("A", 7);
    market.assert_shown("C", 9);
}

#[test]
fn what_the_merchant_does_midway_comes_after_the_rest() {
    let (stage, _) = few();
    let snapshot = told("7001", 1, &[("A", 2, 0, 0), ("C", 1, 0, 0), ("SET", 1, 0, 0), ("B", 1, 0, 0)]);
    stage.faults.plan_first("table.transact", Fault::CrashAfter);
    assert!(run(accept_orders(&stage.world(), &Cache::default(), vec![arrival("shop", snapshot, 1)])).is_none());
    stage.faults.plan([]);
    assert!(!order(&stage, "7001").unwrap().is_complete());
    let lines = vec![LineUnits { line: domain::OrderLineId::new("3").unwrap(), units: q(1) }];
    let place: LocationId = location("main");
    let command = OrderCommand::Ship {
        id: Some("p".into()),
        location: place,
        lines,
        carrier: Some(domain::CarrierId::new("postnl").unwrap()),
        tracking: None,
    };
    let world = stage.world();
    let done = finish(handle_order(&world, &Cache::default(), &connection("shop"), &number("7001"), &command, "jan")).unwrap();
    assert!(done.is_complete() && done.shipments.len() == 1);
    assert_eq!(accepted(&stage), 1, "it is told that it is taken in");
    let rows = stage.table.rows();
    assert!(rows.iter().filter(|row| row.key.pk == OutboxRow::PARTITION).all(|row| OutboxRow::from_row(row).is_ok()));
    invariants::check(&stage.table);
}
