//! A clock of ours that is wrong for a moment: nothing that it wrote is believed afterwards, nothing is lost by it and nothing is done twice.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::Trouble;
use contracts::Cause;
use domain::{ConnectionId, Quantity, StockSettings};
use engine::rows::{CircuitRow, CursorRow};
use engine::{Cache, Ports, poll_orders, publish_stock, put_stock_settings};
use jiff::SignedDuration;
use ports::{Clock, Connectors as _, OutgoingMessage, Queue, QueueName, Result};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{location, sku};
use std::sync::Arc;
use testkit::given::WrongClock;
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
        let settings = StockSettings { quota_mode_below: Some(Quantity::clamped(500)), ..StockSettings::default() };
        finish(put_stock_settings(&market.stage.world(), &settings)).unwrap();
        market.lookup = Cache::default();
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
        let circuit: Option<CircuitRow> = finish(world.get(&CircuitRow::key(id))).unwrap();
        assert!(circuit.is_none_or(|circuit| circuit.open_until <= Some(now)), "{id} {wrong:#}: its circuit is open");
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
fn nor_where_a_scarce_product_is_shared_out() {
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
    let channel = domain::ChannelId::new(id.as_str()).unwrap();
    connectors::Registry.get(&channel).unwrap().stock().unwrap().descriptor().can_lead
}

#[test]
fn an_order_that_was_read_by_a_clock_two_years_ahead_holds_nothing_down_afterwards() {
    for id in Market::open(&[("A", 60)], 60).connections.clone() {
        let mut market = Market::open(&[("A", 60)], 60);
        pass(&mut market, 3, 60);
        assert!(market.buy(&id, "A", 1));
        market.stage.ours.put_ahead(DAY * 730);
        // Found, and taken in, and right again before anybody saw both.
        pass(&mut market, 1, 3);
        market.stage.ours.put_ahead(SignedDuration::ZERO);
        pass(&mut market, 20, 60);
        receive(&market, 5);
        pass(&mut market, 20, 60);
        market.assert_shown("A", 64);
        let cursor: CursorRow = finish(market.stage.world().get(&CursorRow::key(&id))).unwrap().unwrap();
        assert!(cursor.pending.is_empty(), "{id}: {:?}", cursor.pending);
        invariants::check(&market.stage.table);
    }
}

/// A queue that takes so long that our clock is put right meanwhile.
struct PutRight(Arc<dyn Queue>, Arc<WrongClock>);

#[async_trait::async_trait]
impl Queue for PutRight {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        self.1.put_ahead(SignedDuration::ZERO);
        self.0.send(queue, messages).await
    }
}

#[test]
fn what_is_put_off_while_the_clock_is_put_right_waits_no_longer_than_it_was_put_off() {
    for id in Market::open(&[("A", 60)], 60).connections.clone() {
        let mut market = Market::open(&[("A", 60)], 60);
        pass(&mut market, 3, 60);
        receive(&market, -40);
        let hints = market.take_hints();
        market.on(&id, |side, now| side.trouble(Trouble::Silent { until: now + SignedDuration::from_secs(60) }));
        market.stage.ours.put_ahead(DAY * 400);
        let world = market.stage.world();
        let world = Ports { queue: Arc::new(PutRight(Arc::clone(&world.queue), Arc::clone(&market.stage.ours))), ..world };
        drop(finish(publish_stock(&world, &market.lookup, &hints)));
        assert_eq!(market.shown(&id, "A"), 60, "{id} said nothing");
        pass(&mut market, 20, 60);
        assert_eq!(market.shown(&id, "A"), 20, "{id}");
        invariants::check(&market.stage.table);
    }
}

#[test]
fn a_cursor_that_a_clock_ahead_moved_is_behind_now_less_the_lag_with_the_next_poll() {
    for id in Market::open(&[("A", 60)], 60).connections.clone() {
        let channel = connectors::Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap();
        let lag = channel.orders().unwrap().descriptor().paging.lag;
        // The true time comes past where the cursor stands, second by second.
        for later in 50..70 {
            let mut market = Market::open(&[("A", 60)], 60);
            pass(&mut market, 3, 60);
            market.stage.ours.put_ahead(SignedDuration::from_secs(60));
            market.poll();
            market.stage.ours.put_ahead(SignedDuration::ZERO);
            market.stage.clock.pass(SignedDuration::from_secs(later));
            let report = finish(poll_orders(&market.stage.world(), &market.lookup, &id, Cause::Poll)).unwrap();
            assert!(report.complete, "{id}");
            let (cursor, now): (CursorRow, _) =
                (finish(market.stage.world().get(&CursorRow::key(&id))).unwrap().unwrap(), market.stage.clock.now());
            assert!(cursor.since + lag <= now, "{id}: {} is less than {lag:#} behind {now}", cursor.since);
        }
    }
}
