//! A line of an order becomes another product under its old id: what is held, what is sold on and what every channel shows follow it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, OrderNumber, Sku};
use engine::rows::{LedgerCause, LedgerRow, TypedRow as _};
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{q, sku};

/// Minutes pass with polls, and with webhooks where the channels were asked for them.
fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(95));
        let world = market.stage.world();
        market.webhooks(&world);
        market.poll();
        market.settle();
    }
    invariants::check(&market.stage.table);
}

/// The product of the only line of an order, the units held of it, and those that were sent.
fn line(market: &Market, id: &ConnectionId, number: &OrderNumber) -> (Sku, i64, i64) {
    let orders = invariants::orders(&market.stage.table);
    let [line] = &orders[&(id.clone(), number.clone())].lines[..] else { panic!("one line") };
    (line.sku.clone().unwrap(), line.committed().units(), line.taken().units())
}

/// What one order moved of a product, first to last.
fn moved(market: &Market, product: &str, number: &OrderNumber) -> Vec<i64> {
    let rows = market.stage.table.rows();
    let ledger =
        rows.iter().filter(|row| row.key.pk == LedgerRow::partition(&sku(product))).map(|row| LedgerRow::from_row(row).unwrap());
    let of_it = |row: LedgerRow| match row.cause {
        LedgerCause::Orders { orders, .. } => orders.into_iter().filter(|(_, of, _)| of == number).map(|(.., units)| units).sum(),
        _ => 0,
    };
    ledger.map(of_it).filter(|units: &i64| *units != 0).collect()
}

fn changes(market: &Market, id: &ConnectionId, number: &OrderNumber, from: &str, to: &str) {
    assert!(market.on(id, |side, now| side.change_product(now, number, &sku(from), &sku(to))), "{id}");
}

#[test]
fn a_line_that_became_another_product_is_held_shown_and_sent_as_that_on_every_channel() {
    for id in Market::open(&[("A", 9), ("B", 9)], 9).connections.clone() {
        for by_webhook in [true, false] {
            let mut market = Market::open(&[("A", 9), ("B", 9)], 9);
            if by_webhook {
                market.subscribe();
            }
            rest(&mut market);
            let order = market.on(&id, |side, now| side.buy(now, &sku("A"), q(3))).unwrap();
            rest(&mut market);
            market.assert_shown("A", 6);
            market.assert_shown("B", 9);
            changes(&market, &id, &order, "A", "B");
            rest(&mut market);
            assert_eq!(line(&market, &id, &order), (sku("B"), 3, 0), "{id}");
            market.assert_shown("A", 9);
            market.assert_shown("B", 6);
            assert_eq!(
                (moved(&market, "A", &order), moved(&market, "B", &order)),
                (vec![-3, 3], vec![-3]),
                "{id}: both ledgers name it"
            );
            // The other way round again, and sent.
            changes(&market, &id, &order, "B", "A");
            rest(&mut market);
            changes(&market, &id, &order, "A", "B");
            rest(&mut market);
            assert!(market.on(&id, |side, now| side.ship_there(now, &order, &sku("B"), q(3))), "{id}");
            rest(&mut market);
            assert_eq!(line(&market, &id, &order), (sku("B"), 3, 3), "{id}");
            market.assert_shown("A", 9);
            market.assert_shown("B", 6);
        }
    }
}

#[test]
fn the_new_product_is_short_where_none_is_left_and_the_old_one_is_free() {
    for id in Market::open(&[("A", 9), ("B", 2)], 2).connections.clone() {
        let mut market = Market::open(&[("A", 9), ("B", 2)], 2);
        rest(&mut market);
        let order = market.on(&id, |side, now| side.buy(now, &sku("A"), q(3))).unwrap();
        rest(&mut market);
        changes(&market, &id, &order, "A", "B");
        rest(&mut market);
        assert_eq!(line(&market, &id, &order), (sku("B"), 2, 0), "{id}");
        assert_eq!(invariants::short(&market.stage.table).get(&sku("B")), Some(&1), "{id}");
        market.assert_shown("A", 9);
        let shown: Vec<i64> = market.connections.iter().map(|one| market.shown(one, "B")).collect();
        assert!(shown.iter().all(|units| *units <= 0), "{id}: nothing of it is offered: {shown:?}");
        assert!(market.on(&id, |side, now| side.cancel(now, &order)), "{id}");
        rest(&mut market);
        market.assert_shown("A", 9);
        market.assert_shown("B", 2);
    }
}
