//! A shop that leads the stock: what its staff change there is a correction, and nothing else is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::Registry;
use contracts::StockHint;
use domain::{CancelReason, ConnectionId, LineUnits, OrderNumber, Quantity};
use engine::rows::{LedgerCause, LedgerRow, TypedRow};
use engine::{Correction, OrderCommand, Ports, StockChange, correct_stock, handle_order, publish_stock};
use jiff::SignedDuration;
use ports::{Clock, Connectors, Disposition, ErrorKind, Http, Request, Response, Status};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, q, sku};
use std::sync::{Arc, Mutex};
use testkit::exhaustive::every_fault;
use testkit::far_sides::FarSides;
use testkit::run::{finish, run};

/// Every channel that can lead, with a market in which it does, at rest.
fn markets() -> Vec<(Market, ConnectionId)> {
    let able: Vec<bool> = Registry.all().iter().map(|channel| channel.stock().unwrap().descriptor().can_lead).collect();
    let open = |position: usize| {
        let mut market = Market::open(&[("A", 9)], 9);
        let id = market.connections[position].clone();
        market.let_lead(&id);
        look(&mut market, &id);
        rest(&mut market);
        (market, id)
    };
    let markets: Vec<_> = able.iter().enumerate().filter(|(_, able)| **able).map(|(position, _)| open(position)).collect();
    assert_eq!(markets.len(), 2);
    markets
}

/// As `receive_webhook` says of a figure that changed on the channel.
fn look(market: &mut Market, id: &ConnectionId) {
    let hint = StockHint { sku: sku("A"), connection: Some(id.clone()) };
    let pushed = finish(publish_stock(&market.stage.world(), &market.lookup, &[hint]));
    assert!(pushed.failed.is_empty(), "{pushed:?}");
}

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn edit(market: &mut Market, id: &ConnectionId, units: i64) {
    market.on(id, |side, now| side.edit_stock(now, &sku("A"), q(units)));
    look(market, id);
}

fn receive(market: &Market, units: i64) {
    let (reason, by) = ("receipt".into(), "test".into());
    let correction = Correction { sku: sku("A"), location: location("main"), change: StockChange::Add(units), reason, by };
    finish(correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn available(market: &Market) -> Quantity {
    invariants::stock(&market.stage.table).values().map(|level| level.available).next().unwrap()
}

/// Corrections of its figure that came from the shop.
fn taken(market: &Market, id: &ConnectionId) -> Vec<i64> {
    let rows = market.stage.table.rows();
    let ledger =
        rows.iter().filter(|row| row.key.pk == LedgerRow::partition(&sku("A"))).map(|row| LedgerRow::from_row(row).unwrap());
    let by_shop = |row: &LedgerRow| matches!(&row.cause, LedgerCause::Edited { connection } if connection == id);
    ledger.filter(by_shop).map(|row| row.movement.available).collect()
}

fn others(market: &Market, id: &ConnectionId) -> Vec<ConnectionId> {
    market.connections.iter().filter(|other| *other != id).cloned().collect()
}

#[test]
fn what_its_staff_change_is_a_correction_that_every_channel_hears_of() {
    for (mut market, id) in markets() {
        for (units, change) in [(14, 5), (3, -11), (0, -3), (8, 8)] {
            edit(&mut market, &id, units);
            rest(&mut market);
            market.assert_shown("A", units);
            assert_eq!(taken(&market, &id).last(), Some(&change), "{id}");
        }
        assert_eq!((taken(&market, &id).len(), available(&market)), (4, q(8)));
    }
}

#[test]
fn nobody_else_leads() {
    for (mut market, id) in markets() {
        for other in others(&market, &id) {
            edit(&mut market, &other, 20);
            rest(&mut market);
            market.assert_shown("A", 9);
        }
    }
}

#[test]
fn its_own_sales_and_cancelled_orders_are_no_edits() {
    for (mut market, id) in markets() {
        for turn in 0..3 {
            assert!(market.buy(&id, "A", 2));
            // The figure is looked at before the order is heard of.
            look(&mut market, &id);
            let number = market.on(&id, |side, _| side.orders().last().cloned()).unwrap();
            if turn == 1 {
                market.on(&id, |side, now| assert!(side.cancel(now, &number)));
                look(&mut market, &id);
            }
            rest(&mut market);
        }
        market.assert_shown("A", 5);
        assert_eq!((taken(&market, &id), available(&market)), (vec![], q(5)), "{id}");
    }
}

/// The order that the shop took last.
fn bought(market: &mut Market, id: &ConnectionId, units: i64) -> OrderNumber {
    assert!(market.buy(id, "A", units));
    rest(market);
    market.on(id, |side, _| side.orders().last().cloned()).unwrap()
}

fn cannot_find(market: &mut Market, id: &ConnectionId, number: &OrderNumber, units: i64) {
    let line = invariants::orders(&market.stage.table)[&(id.clone(), number.clone())].lines[0].id.clone();
    let lines = vec![LineUnits { line, units: q(units) }];
    let command = OrderCommand::Cancel { id: None, lines, reason: CancelReason::NotFound, write_off: None };
    finish(handle_order(&market.stage.world(), &market.lookup, id, number, &command, "test")).unwrap();
    rest(market);
    look(market, id);
    rest(market);
}

#[test]
fn what_is_not_there_is_no_edit_whoever_cancels_the_rest() {
    for (mut market, id) in markets() {
        let number = bought(&mut market, &id, 3);
        cannot_find(&mut market, &id, &number, 1);
        market.assert_shown("A", 6);
        // Its staff cancel the rest: a shop may put all three on sale again, and one of them is not there.
        market.on(&id, |side, now| assert!(side.cancel(now, &number)));
        look(&mut market, &id);
        rest(&mut market);
        market.assert_shown("A", 8);
        assert_eq!((taken(&market, &id), available(&market)), (vec![], q(8)), "{id}");
    }
}

#[test]
fn an_order_that_is_taken_up_again_after_it_was_not_found_is_no_edit() {
    let mut reopened = 0;
    for (mut market, id) in markets() {
        let number = bought(&mut market, &id, 1);
        cannot_find(&mut market, &id, &number, 1);
        market.assert_shown("A", 8);
        if !market.on(&id, |side, now| side.reopen(now, &number)) {
            continue;
        }
        reopened += 1;
        rest(&mut market);
        look(&mut market, &id);
        rest(&mut market);
        // Another of them is promised; the shop, which never put the first back, shows one too many until it is told.
        market.assert_shown("A", 7);
        assert_eq!((taken(&market, &id), available(&market)), (vec![], q(7)), "{id}");
    }
    assert_eq!(reopened, 1);
}

#[test]
fn our_own_writes_are_no_edits_however_often_they_come_back() {
    for (mut market, id) in markets() {
        let other = others(&market, &id)[0].clone();
        for _ in 0..3 {
            assert!(market.buy(&other, "A", 1));
            rest(&mut market);
            for _ in 0..100 {
                look(&mut market, &id);
            }
            rest(&mut market);
        }
        market.assert_shown("A", 6);
        assert_eq!((taken(&market, &id), available(&market)), (vec![], q(6)), "{id}");
    }
}

#[test]
fn an_edit_outlives_a_sale_elsewhere_that_we_hear_of_first() {
    for (mut market, id) in markets() {
        let other = others(&market, &id)[0].clone();
        assert!(market.buy(&other, "A", 1));
        market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(12)));
        // Told of the sale before anybody looked at what its staff did.
        rest(&mut market);
        market.assert_shown("A", 11);
        assert_eq!((taken(&market, &id), available(&market)), (vec![3], q(11)), "{id}");
    }
}

#[test]
fn an_edit_and_a_sale_there_at_the_same_time_are_told_apart() {
    for (mut market, id) in markets() {
        assert!(market.buy(&id, "A", 2));
        edit(&mut market, &id, 10);
        rest(&mut market);
        market.assert_shown("A", 10);
        assert_eq!((taken(&market, &id), available(&market)), (vec![3], q(10)), "{id}");
    }
}

#[test]
fn a_write_whose_answer_is_lost_teaches_nothing() {
    for (mut market, id) in markets() {
        let other = others(&market, &id)[0].clone();
        market.on(&id, |side, _| side.trouble(connectors::simulated_channel::Trouble::FailAfterApply { times: 1 }));
        assert!(market.buy(&other, "A", 4));
        rest(&mut market);
        market.assert_shown("A", 5);
        assert_eq!((taken(&market, &id), available(&market)), (vec![], q(5)), "{id}");
        edit(&mut market, &id, 6);
        rest(&mut market);
        assert_eq!((taken(&market, &id), available(&market)), (vec![1], q(6)), "{id}");
    }
}

#[test]
fn what_was_taken_away_and_is_promised_already_needs_a_person() {
    for (mut market, id) in markets() {
        let other = others(&market, &id)[0].clone();
        assert!(market.buy(&other, "A", 7));
        market.poll();
        market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(4)));
        rest(&mut market);
        assert_eq!((taken(&market, &id), available(&market)), (vec![-2], q(0)), "{id}");
        let parked = market.stage.table.rows().iter().filter(|row| row.key.pk == "PARKED").count();
        assert_eq!(parked, 1);
    }
}

#[test]
fn a_shop_that_leads_is_shown_all_there_is() {
    for (market, id) in markets() {
        let world = market.stage.world();
        let less = domain::RuleChange { safety_stock: Some(q(2)), ..domain::RuleChange::default() };
        let refused = finish(engine::put_rule(&world, &sku("A"), Some(&id), &less, "test")).unwrap_err();
        assert_eq!(
            (refused.kind, refused.status, refused.disposition()),
            (ErrorKind::Declined, Status::Permanent, Disposition::Park)
        );
        assert!(refused.message.contains("leads the stock"), "{}", refused.message);
        let mut market = market;
        finish(engine::put_rule(&world, &sku("A"), None, &less, "test")).unwrap();
        rest(&mut market);
        assert_eq!(market.shown(&id, "A"), 9);
        assert!(others(&market, &id).iter().all(|other| market.shown(other, "A") == 7));
    }
}

#[test]
fn an_edit_that_no_webhook_told_is_found_by_reconciliation() {
    for (mut market, id) in markets() {
        market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(12)));
        let until = market.stage.clock.now() + SignedDuration::from_mins(5);
        let limits = engine::ReconcileLimits::default();
        let done = finish(engine::reconcile(&market.stage.world(), &market.lookup, &id, limits, until)).unwrap();
        assert!(done.complete);
        rest(&mut market);
        market.assert_shown("A", 12);
        assert_eq!((taken(&market, &id), available(&market)), (vec![3], q(12)), "{id}");
    }
}

#[test]
fn its_webhook_tells_of_an_edit() {
    for (mut market, id) in markets() {
        market.subscribe();
        rest(&mut market);
        let world = market.stage.world();
        market.webhooks(&world);
        rest(&mut market);
        market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(15)));
        market.stage.clock.pass(SignedDuration::from_secs(60));
        assert!(market.webhooks(&world) > 0, "{id}");
        rest(&mut market);
        market.assert_shown("A", 15);
        assert_eq!((taken(&market, &id), available(&market)), (vec![6], q(15)), "{id}");
    }
}

#[test]
fn whatever_fails_an_edit_is_taken_once() {
    let tries = every_fault(|one| {
        let mut calls = 0;
        for (mut market, id) in markets() {
            let other = others(&market, &id)[0].clone();
            assert!(market.buy(&other, "A", 7));
            market.stage.clock.pass(SignedDuration::from_secs(40));
            market.poll();
            // The order is taken in, and nobody told yet: 5 are taken away where 2 are not promised.
            market.work();
            market.on(&id, |side, now| side.edit_stock(now, &sku("A"), q(4)));
            market.stage.faults.plan(one.map(|t| (t.call, t.fault)));
            let hint = StockHint { sku: sku("A"), connection: Some(id.clone()) };
            // It is lowered; a look is gathered, made, and understood.
            for _ in 0..6 {
                let _ = run(publish_stock(&market.stage.world(), &market.lookup, std::slice::from_ref(&hint)));
                if !taken(&market, &id).is_empty() {
                    break;
                }
                market.stage.clock.pass(SignedDuration::from_secs(95));
            }
            calls = calls.max(market.stage.faults.calls().len());
            market.stage.faults.plan([]);
            // What could not be taken is not taken from what comes in later, even if it comes before anybody looks again.
            receive(&market, 10);
            rest(&mut market);
            let taken = taken(&market, &id);
            // Found only after goods came in, it is taken whole; after an answer that was lost it can be missed. Never is it taken twice.
            let once = taken == [-2] || (one.is_some() && (taken == [-5] || taken.is_empty()));
            assert!(once, "{id}: {one:?} {taken:?}");
            market.assert_shown("A", 12 + taken.iter().sum::<i64>());
            let parked = market.stage.table.rows().iter().filter(|row| row.key.pk == "PARKED").count();
            assert!(one.is_some() || parked == 1, "{id}: {parked} parked");
        }
        calls
    });
    assert!(tries >= 60, "{tries}");
}

/// When they change it, by the requests for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Right after it was first asked for.
    Asked,
    /// While the first write is on its way.
    OnItsWay,
    /// Right after it was first set.
    Set,
}

/// The way to the shops, with staff who change a figure at some moment.
struct Meddler {
    inner: Arc<dyn Http>,
    far_sides: Arc<FarSides>,
    host: String,
    /// At the first of these, they set it so.
    at: Mutex<Option<(Moment, i64)>>,
}

impl Meddler {
    fn meddle(&self, now: Moment) {
        let mut at = self.at.lock().unwrap();
        if let Some((_, units)) = at.filter(|(moment, _)| *moment == now) {
            *at = None;
            self.far_sides.with(&self.host, |side, now| side.edit_stock(now, &sku("A"), q(units))).unwrap();
        }
    }
}

#[async_trait::async_trait]
impl Http for Meddler {
    async fn send(&self, request: Request) -> ports::Result<Response> {
        let sent = String::from_utf8_lossy(request.body()).into_owned();
        let of_an_item = request.uri().path().contains("/products/");
        let sets = (of_an_item && request.method() == "PUT") || sent.contains("SetAvailable");
        let asks = (of_an_item && request.method() == "GET") || sent.contains("\"Available\"");
        let here = request.uri().host() == Some(&self.host);
        if here && sets {
            self.meddle(Moment::OnItsWay);
        }
        let answer = self.inner.send(request).await;
        if here && (asks || sets) {
            self.meddle(if asks { Moment::Asked } else { Moment::Set });
        }
        answer
    }
}

fn compares(id: &ConnectionId) -> bool {
    let channel = Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap();
    channel.stock().unwrap().descriptor().semantics == ports::StockSemantics::CompareAndSet
}

/// Goods come in, so that 15 are there where 9 are shown, and its staff set a shop's figure at some moment of the write.
fn meddled((mut market, id): (Market, ConnectionId), moment: Moment, to: i64) -> (Market, ConnectionId) {
    receive(&market, 6);
    let (far_sides, host) = (market.stage.far_sides.clone(), format!("{id}.example.test"));
    let world = market.stage.world();
    let meddler = Meddler { inner: world.http.clone(), far_sides, host, at: Mutex::new(Some((moment, to))) };
    let world = Ports { http: Arc::new(meddler), ..world };
    let hint = StockHint { sku: sku("A"), connection: Some(id.clone()) };
    let pushed = finish(publish_stock(&world, &market.lookup, &[hint]));
    assert!(pushed.failed.is_empty(), "{pushed:?}");
    rest(&mut market);
    (market, id)
}

#[test]
fn an_edit_between_the_look_and_the_write_or_right_after_it_is_heard() {
    // It shows 9 when it is looked at, and 15 when it was written to.
    for (moment, to) in [(Moment::Asked, 5), (Moment::Set, 11)] {
        // Where the channel compares nobody looks once more after a write: its word that a figure changed has it looked at.
        for open in markets().into_iter().filter(|(_, id)| moment == Moment::Asked || !compares(id)) {
            let (market, id) = meddled(open, moment, to);
            assert_eq!((taken(&market, &id), available(&market), market.shown(&id, "A")), (vec![-4], q(11), 11), "{id}");
        }
    }
}

#[test]
fn an_edit_while_our_write_is_on_its_way_is_refused_or_lost_alone_and_the_next_one_is_heard() {
    for to in [5, 12] {
        for open in markets() {
            let (mut market, id) = meddled(open, Moment::OnItsWay, to);
            // Where the channel compares, our write is declined and the edit is its staff's word. Where it cannot, the shop shows our figure, and
            // nothing tells that it ever showed another.
            let heard = if compares(&id) { vec![to - 9] } else { Vec::new() };
            let there = 15 + heard.iter().sum::<i64>();
            assert_eq!((taken(&market, &id), available(&market)), (heard.clone(), q(there)), "{id} {to}");
            market.assert_shown("A", there);
            // Only that edit: no order, no other edit, nor the same one made again.
            assert!(market.buy(&id, "A", 2));
            rest(&mut market);
            market.assert_shown("A", there - 2);
            edit(&mut market, &id, there - 6);
            rest(&mut market);
            assert_eq!(taken(&market, &id), [heard, vec![-4]].concat(), "{id} {to}");
            market.assert_shown("A", there - 6);
        }
    }
}
