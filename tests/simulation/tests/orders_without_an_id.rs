//! An order in the list that nobody can ask for: a person is told at once, and no figure of its connection rises until somebody decided.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use async_trait::async_trait;
use contracts::Cause;
use domain::ConnectionId;
use engine::rows::{ParkedRow, TypedRow};
use engine::{Correction, Ports, StockChange, call_for_attention, correct_stock, dismiss_parked, poll_orders, publish_stock};
use jiff::SignedDuration;
use ports::{Http, Request, Response, Result};
use simulation::market::Market;
use simulation::shop::{location, sku};
use std::sync::Arc;
use testkit::run::finish;

/// A way out on which one order is told without its id.
struct Nameless {
    number: String,
    out: Arc<dyn Http>,
}

#[async_trait]
impl Http for Nameless {
    async fn send(&self, request: Request) -> Result<Response> {
        let response = self.out.send(request).await?;
        let (head, body) = response.into_parts();
        let Ok(text) = std::str::from_utf8(&body) else { return Ok(Response::from_parts(head, body)) };
        let text = text.replace(&format!("\"{}\"", self.number), "{}").replace(&format!("\"id\":{},", self.number), "\"id\":{},");
        Ok(Response::from_parts(head, text.into()))
    }
}

/// What waits for a person, as far as it names no order.
fn parked(market: &Market) -> Vec<ParkedRow> {
    let rows = market.stage.table.rows();
    let parked = rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap());
    parked.filter(|row| row.dismissed.is_none()).collect()
}

/// So many minutes, a poll in each; hints are worked on as they come.
fn minutes(market: &mut Market, world: &Ports, many: u32) {
    for _ in 0..many {
        for _ in 0..6 {
            market.stage.clock.pass(SignedDuration::from_secs(10));
            let hints = market.take_hints();
            finish(publish_stock(world, &market.lookup, &hints));
        }
        for id in market.connections.clone() {
            let _ = finish(poll_orders(world, &market.lookup, &id, Cause::Poll));
        }
    }
}

fn receives(world: &Ports, units: i64) {
    let (change, reason, by) = (StockChange::Add(units), "receipt".to_owned(), "test".to_owned());
    finish(correct_stock(world, &Correction { sku: sku("A"), location: location("main"), change, reason, by })).unwrap();
}

fn holds_until_somebody_decided(id: &ConnectionId) {
    let mut market = Market::open(&[("A", 20)], 20);
    let plain = market.stage.world();
    minutes(&mut market, &plain, 2);
    assert!(market.buy(id, "A", 2));
    let number = market.on(id, |side, _| side.orders().pop().unwrap());
    let http = Arc::new(Nameless { number: number.to_string(), out: market.stage.far_sides.clone() });
    let world = Ports { http, ..market.stage.world() };
    minutes(&mut market, &world, 2);
    let waiting = parked(&market);
    let [told] = waiting.as_slice() else { panic!("{id}: one thing waits for a person, not {waiting:?}") };
    assert!(told.urgent && told.reason.contains("until then no figure of the connection rises"), "{id}: {told:?}");
    let words = finish(call_for_attention(&world)).unwrap().unwrap();
    assert!(words.contains("URGENT"), "{words}");
    // It left the list long ago, and is parked anew before it is forgotten.
    for _ in 0..3 {
        receives(&world, 5);
        minutes(&mut market, &world, 4);
        assert_eq!(market.shown(id, "A"), 18, "{id}: the two that were sold may be any");
        market.stage.clock.pass(SignedDuration::from_hours(24 * 6));
    }
    let others: Vec<ConnectionId> = market.connections.iter().filter(|other| *other != id).cloned().collect();
    for other in &others {
        assert_eq!(market.shown(other, "A"), 35, "{other} is not held down");
    }
    let still = parked(&market);
    assert_eq!(still.iter().map(|row| &row.id).collect::<Vec<_>>(), [&told.id], "{id}: it is one question, wherever it stands");
    receives(&world, -2);
    for row in &still {
        finish(dismiss_parked(&world, &row.id, "a person", "nothing was sold")).unwrap();
    }
    minutes(&mut market, &world, 35);
    for each in &market.connections {
        assert_eq!(market.shown(each, "A"), 33, "{each} once somebody decided about the order of {id}");
    }
    assert_eq!(parked(&market), [], "{id}: it is not asked about again");
}

#[test]
fn no_figure_of_its_connection_rises_until_somebody_decided() {
    for id in Market::open(&[("A", 20)], 20).connections {
        holds_until_somebody_decided(&id);
    }
}
