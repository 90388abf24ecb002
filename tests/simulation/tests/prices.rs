//! Prices: told when they are due, again until the channel has them, and never a figure moved by it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, Currency, Money, Prices, Promotion, Publishing};
use engine::{Cache, PricesReport, publish_prices, put_prices, set_publishing};
use jiff::SignedDuration;
use ports::Clock;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::sku;
use testkit::exhaustive::every_fault;
use testkit::run::{finish, run};

fn euros(cents: i64) -> Money {
    Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::new("EUR").unwrap() }
}

/// 19.50, and for a day from in an hour on 14.95.
fn prices(market: &Market) -> Prices {
    let now = market.stage.clock.now();
    let promotion =
        Promotion { price: euros(1495), from: now + SignedDuration::from_hours(1), until: now + SignedDuration::from_hours(25) };
    Prices { regular: euros(1950), promotions: vec![promotion] }
}

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        market.settle();
    }
    invariants::check(&market.stage.table);
}

fn open() -> Market {
    let mut market = Market::open(&[("A", 9), ("B", 4)], 1);
    rest(&mut market);
    market
}

fn put(market: &Market, id: &ConnectionId, product: &str, prices: &Prices) {
    finish(put_prices(&market.stage.world(), id, &sku(product), prices)).unwrap();
}

fn tell(market: &Market, id: &ConnectionId) -> PricesReport {
    finish(publish_prices(&market.stage.world(), &market.lookup, id)).unwrap()
}

fn cents(market: &Market, id: &ConnectionId, product: &str) -> i64 {
    market.on(id, |side, _| side.price_cents(&sku(product))).unwrap()
}

const TOLD: PricesReport = PricesReport { told: 1, put_off: 0, refused: 0 };

#[test]
fn a_price_is_told_once_and_a_promotion_begins_and_ends_by_itself() {
    let mut market = open();
    for id in market.connections.clone() {
        let before = cents(&market, &id, "B");
        put(&market, &id, "A", &prices(&market));
        assert_eq!((tell(&market, &id), cents(&market, &id, "A")), (TOLD, 1950), "{id}");
        assert_eq!(tell(&market, &id), PricesReport::default(), "{id}: it is told once");
        market.stage.clock.pass(SignedDuration::from_mins(61));
        assert_eq!((tell(&market, &id), cents(&market, &id, "A")), (TOLD, 1495), "{id}: the promotion");
        market.stage.clock.pass(SignedDuration::from_hours(24));
        assert_eq!((tell(&market, &id), cents(&market, &id, "A")), (TOLD, 1950), "{id}: its end");
        assert_eq!(cents(&market, &id, "B"), before, "{id}: and no other product");
    }
    rest(&mut market);
    market.assert_shown("A", 9);
}

#[test]
fn put_again_as_it_is_nothing_is_due_and_what_cannot_be_is_refused_by_name() {
    let market = open();
    let (world, id) = (market.stage.world(), market.connections[0].clone());
    put(&market, &id, "A", &prices(&market));
    tell(&market, &id);
    let same = Prices { regular: euros(1950), promotions: Vec::new() };
    put(&market, &id, "B", &same);
    assert_eq!(tell(&market, &id), TOLD);
    put(&market, &id, "B", &same);
    assert_eq!(tell(&market, &id), PricesReport::default());
    let refused = |product: &str, prices: &Prices| finish(put_prices(&world, &id, &sku(product), prices)).unwrap_err();
    assert_eq!(refused("NONE", &same).http_status(), 404);
    let nothing = Prices { regular: euros(0), promotions: Vec::new() };
    assert!(refused("A", &nothing).message.starts_with("price:"));
}

#[test]
fn a_connection_that_is_told_nothing_is_told_no_prices_either() {
    let mut market = open();
    let id = market.connections[0].clone();
    let before = cents(&market, &id, "A");
    finish(set_publishing(&market.stage.world(), &id, Publishing::None)).unwrap();
    market.lookup = Cache::default();
    put(&market, &id, "A", &prices(&market));
    assert_eq!((tell(&market, &id), cents(&market, &id, "A")), (PricesReport::default(), before));
    finish(set_publishing(&market.stage.world(), &id, Publishing::All)).unwrap();
    market.lookup = Cache::default();
    assert_eq!((tell(&market, &id), cents(&market, &id, "A")), (TOLD, 1950));
}

#[test]
fn whatever_goes_wrong_the_channel_comes_to_the_price_and_keeps_the_figure() {
    for position in 0..3 {
        let tries = every_fault(|one| {
            let mut market = open();
            let id = market.connections[position].clone();
            put(&market, &id, "A", &Prices { regular: euros(1950), promotions: Vec::new() });
            market.stage.faults.plan(one.map(|one| (one.call, one.fault)));
            let _ = run(publish_prices(&market.stage.world(), &market.lookup, &id));
            let calls = market.stage.faults.calls().len();
            market.stage.faults.plan([]);
            // A death leaves the item held; what failed comes again.
            for _ in 0..3 {
                market.stage.clock.pass(SignedDuration::from_mins(6));
                tell(&market, &id);
            }
            assert_eq!(cents(&market, &id, "A"), 1950, "{id}");
            rest(&mut market);
            market.assert_shown("A", 9);
            calls
        });
        assert!(tries > 20, "{tries}");
    }
}
