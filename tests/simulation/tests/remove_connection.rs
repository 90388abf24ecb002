//! A connection that is no longer configured.

use domain::{Prices, Quantity, StockSettings};
use engine::rows::ConnectionRow;
use engine::{Cache, put_connection, put_prices, put_stock_settings, remove_connection};
use jiff::SignedDuration;
use ports::Clock;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::sku;
use testkit::exhaustive::every_fault;
use testkit::run::{finish, run};

#[test]
fn nothing_is_left_of_it_but_its_orders_whatever_fails() {
    let tries = every_fault(|fault| {
        let mut market = Market::open(&[("A", 10)], 10);
        let id = market.connections[0].clone();
        assert!(market.buy(&id, "A", 2));
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.settle();
        // Told to nobody who comes back under its name.
        let prices: Prices = serde_json::from_str(r#"{"regular":{"amount":"12.50","currency":"EUR"}}"#).unwrap();
        let _ = finish(put_prices(&market.stage.world(), &id, &sku("A"), &prices));
        market.stage.faults.plan(fault.map(|one| (one.call, one.fault)));
        let _ = run(remove_connection(&market.stage.world(), &id));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan([]);
        // Whoever was told that it failed, or nothing, does it again.
        finish(remove_connection(&market.stage.world(), &id)).unwrap();
        let left: Vec<_> = market.stage.table.rows().into_iter().map(|row| row.key).collect();
        assert!(left.iter().all(|key| key.pk != format!("CONNECTION#{id}") && key.sk != id.as_str()), "{left:?}");
        assert!(left.iter().all(|key| !key.sk.starts_with(&format!("LISTING#{id}#"))), "{left:?}");
        assert_eq!(invariants::orders(&market.stage.table).len(), 1, "what was sold is shipped");
        invariants::check(&market.stage.table);
        calls
    });
    assert!(tries > 20, "{tries}");
}

#[test]
fn its_share_goes_to_the_others_and_it_may_come_back() {
    let mut market = Market::open(&[("A", 9)], 0);
    let id = market.connections[0].clone();
    finish(put_stock_settings(
        &market.stage.world(),
        &StockSettings { quota_mode_below: Some(Quantity::MAX), ..StockSettings::default() },
    ))
    .unwrap();
    market.settle();
    let row: ConnectionRow = market.row(&id);
    let mine = market.shown(&id, "A");
    assert!(mine > 1, "{mine} of 9");
    finish(remove_connection(&market.stage.world(), &id)).unwrap();
    market.stage.clock.pass(SignedDuration::from_secs(90));
    let all = std::mem::take(&mut market.connections);
    market.connections = all.iter().filter(|one| **one != id).cloned().collect();
    market.lookup = Cache::default();
    market.settle();
    let others: i64 = market.connections.iter().map(|one| market.shown(one, "A")).sum();
    // All but a unit that is not worth a while at 0 on a channel that cannot compare.
    assert!(others > 9 - mine && others <= 9, "{others} of 9 are the others' to sell; before, {mine} were its own");
    market.connections = all;
    let again = ConnectionRow { orders_since: market.stage.clock.now(), ..row };
    finish(put_connection(&market.stage.world(), &again)).unwrap();
    finish(engine::match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
    market.settle();
    assert_eq!(market.listing(&id, "A").connection, id);
}
