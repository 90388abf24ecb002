//! A clock of ours that is wrong for a moment: nothing that it wrote is believed afterwards, nothing is lost by it and nothing is done twice.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use channels::far_side::Trouble;
use domain::{ConnectionId, Quantity, StockSettings};
use engine::rows::{CursorRow, GateRow};
use engine::{Lookup, put_stock_settings};
use jiff::SignedDuration;
use ports::Clock;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, sku};
use testkit::run::finish;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn receive(market: &Market, units: i64) {
    let correction = engine::Correction {
        sku: sku("A"),
        location: location("main"),
        change: engine::StockChange::Add(units),
        reason: "counted".into(),
        by: "test".into(),
    };
    finish(engine::correct_stock(&market.stage.world(), &correction)).unwrap();
}

fn pass(market: &mut Market, times: u32, seconds: i64) {
    for _ in 0..times {
        market.stage.clock.pass(SignedDuration::from_secs(seconds));
        market.webhooks(&market.stage.world());
        market.poll();
        market.work();
    }
}

/// Sells, counts and corrects before, while and after the clock is wrong by `wrong` for 14 seconds; `told`: with webhooks.
fn lives_through(wrong: SignedDuration, quota: bool, told: bool, leads: Option<&ConnectionId>) {
    let units = 60;
    let mut market = Market::open(&[("A", units)], if quota { 0 } else { units });
    if quota {
        let settings = StockSettings { quota_below: Some(Quantity::clamped(500)), ..StockSettings::default() };
        finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
        market.lookup = Lookup::default();
        market.settle();
    }
    if told {
        market.subscribe();
    }
    if let Some(id) = leads {
        market.let_lead(id);
    }
    let mut left = units;
    let sell = |market: &Market, left: &mut i64| {
        for id in &market.connections {
            if market.buy(id, "A", 1) {
                *left -= 1;
            }
        }
    };
    pass(&mut market, 5, 60);
    sell(&market, &mut left);
    pass(&mut market, 2, 30);
    sell(&market, &mut left);
    market.stage.ours.put_ahead(wrong);
    receive(&market, 2);
    left += 2;
    pass(&mut market, 2, 3);
    sell(&market, &mut left);
    for id in &market.connections.clone() {
        market.on(id, |side, now| side.trouble(Trouble::Silent { until: now + SignedDuration::from_secs(4) }));
    }
    pass(&mut market, 3, 2);
    receive(&market, 1);
    left += 1;
    pass(&mut market, 1, 2);
    market.stage.ours.put_ahead(SignedDuration::ZERO);
    sell(&market, &mut left);
    receive(&market, 3);
    left += 3;
    pass(&mut market, 6, 30);
    let now = market.stage.clock.now();
    for id in &market.connections {
        let world = market.stage.world();
        let cursor: CursorRow = finish(world.get(&CursorRow::key(id))).unwrap().unwrap();
        assert!(cursor.since <= now && cursor.since > now - SignedDuration::from_mins(2), "{id} {wrong:#}: {cursor:?}");
        let gate: Option<GateRow> = finish(world.get(&GateRow::key(id))).unwrap();
        assert!(gate.is_none_or(|gate| gate.closed_until <= Some(now)), "{id} {wrong:#}: its circuit is closed");
    }
    sell(&market, &mut left);
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.settle();
    }
    invariants::check(&market.stage.table);
    if quota {
        let shown: Vec<i64> = market.connections.iter().map(|id| market.shown(id, "A")).collect();
        let sum: i64 = shown.iter().sum();
        // As many are kept back where no clock was ever wrong.
        assert!(sum <= left && left - sum <= 4 && shown.iter().all(|shown| *shown > 10), "{wrong:#}: {shown:?} of {left}");
    } else {
        market.assert_shown("A", left);
    }
    let sold: i64 = invariants::orders(&market.stage.table).values().flat_map(|o| &o.lines).map(|l| l.committed().units()).sum();
    assert_eq!(sold, units + 6 - left, "{wrong:#}");
}

fn jumps() -> Vec<SignedDuration> {
    let minutes = SignedDuration::from_mins;
    [0, 14, -14]
        .map(SignedDuration::from_secs)
        .into_iter()
        .chain([minutes(7), minutes(90), DAY * 730, minutes(-7), minutes(-90), -DAY, minutes(1)])
        .collect()
}

#[test]
fn a_clock_that_is_wrong_for_a_moment_leaves_nothing_behind() {
    for wrong in jumps() {
        lives_through(wrong, false, false, None);
        lives_through(wrong, false, true, None);
    }
}

#[test]
fn nor_where_a_scarce_article_is_shared_out() {
    for wrong in jumps() {
        lives_through(wrong, true, false, None);
    }
}

#[test]
fn nor_where_a_shop_leads_the_stock() {
    let connections = Market::open(&[("A", 60)], 60).connections.clone();
    for wrong in jumps() {
        for id in connections.iter().filter(|id| can_lead(id)) {
            lives_through(wrong, false, false, Some(id));
        }
    }
}

fn can_lead(id: &ConnectionId) -> bool {
    use ports::Channels as _;
    let channel = domain::ChannelId::new(id.as_str()).unwrap();
    channels::Registry.get(&channel).unwrap().descriptor().can_lead
}
