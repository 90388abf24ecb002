//! A channel's times of change that lie ahead, stand still or go back: no order stays as it was because of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{q, sku};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A market on which `id` sold three units by one order, of which one was cancelled again when its clock showed what `dated` makes of the
/// time. `None` where the channel does not cancel single units, or its list keeps to its own clock.
fn changed(id: &ConnectionId, dated: impl Fn(Timestamp) -> Timestamp) -> Option<Market> {
    let mut market = Market::open(&[("A", 10)], 10);
    market.stage.clock.pass(SignedDuration::from_secs(60));
    let order = market.on(id, |side, now| side.buy(now, &sku("A"), q(3))).unwrap();
    polls(&mut market, 4);
    if !market.on(id, |side, now| side.cancel_units(dated(now), &order, &sku("A"), q(1))) {
        return None;
    }
    polls(&mut market, 4);
    (held(&market) == 2).then_some(market)
}

fn cancelled(market: &Market, id: &ConnectionId, dated: impl Fn(Timestamp) -> Timestamp) {
    assert!(market.on(id, |side, now| side.orders().iter().all(|order| side.cancel(dated(now), order))), "{id}");
}

/// Only polls, for so many minutes.
fn polls(market: &mut Market, minutes: u32) {
    for _ in 0..minutes {
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.poll();
        market.work();
    }
}

fn held(market: &Market) -> i64 {
    let orders = invariants::orders(&market.stage.table);
    assert_eq!(orders.len(), 1);
    invariants::check(&market.stage.table);
    orders.values().flat_map(|order| &order.lines).map(|line| line.committed().units()).sum()
}

#[test]
fn a_cancellation_is_taken_in_by_polls_though_the_change_before_was_dated_ahead() {
    let mut proven = 0;
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        for ahead in [HOUR, HOUR * 24 * 365] {
            let Some(mut market) = changed(&id, |now| now + ahead) else { continue };
            proven += 1;
            cancelled(&market, &id, |now| now);
            polls(&mut market, 8);
            assert_eq!(held(&market), 0, "{id} {ahead:#}");
            market.settle();
            market.assert_shown("A", 10);
        }
    }
    assert!(proven >= 2, "{proven}");
}

#[test]
fn a_change_that_is_dated_ahead_is_read_once_and_not_at_every_poll() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let Some(mut market) = changed(&id, |now| now + HOUR * 24 * 365) else { continue };
        polls(&mut market, 10);
        let before = market.stage.far_sides.record().len();
        polls(&mut market, 10);
        let calls = market.stage.far_sides.record().len() - before;
        let mut usual = changed(&id, |now| now).unwrap();
        polls(&mut usual, 10);
        let before = usual.stage.far_sides.record().len();
        polls(&mut usual, 10);
        let expected = usual.stage.far_sides.record().len() - before;
        assert!(calls <= expected, "{id}: {calls} calls in ten minutes where {expected} do");
    }
}

#[test]
fn a_line_that_changes_while_its_time_of_change_stands_still_is_seen_by_polls_alone() {
    for id in Market::open(&[("A", 10)], 10).connections.clone() {
        let mut market = Market::open(&[("A", 30)], 30);
        market.stage.clock.pass(SignedDuration::from_secs(60));
        // A shop with other open orders, older and newer.
        for _ in 0..12 {
            assert!(market.buy(&id, "A", 1));
        }
        let (order, placed) = market.on(&id, |side, now| (side.buy(now, &sku("A"), q(3)).unwrap(), now));
        polls(&mut market, 40);
        let before = |market: &Market| -> i64 {
            invariants::orders(&market.stage.table).values().flat_map(|o| &o.lines).map(|l| l.committed().units()).sum()
        };
        assert_eq!(before(&market), 15, "{id}");
        // Its own clock is set back to then, as it were.
        if !market.on(&id, |side, _| side.cancel_units(placed, &order, &sku("A"), q(2))) {
            assert!(market.on(&id, |side, _| side.cancel(placed, &order)), "{id}");
        }
        polls(&mut market, 10);
        assert!(before(&market) <= 13, "{id}: not seen within ten minutes");
        market.settle();
        invariants::check(&market.stage.table);
    }
}
