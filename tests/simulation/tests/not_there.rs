//! Units that a merchant cancels because they are not there: no channel is shown them again, whoever cancels what else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{CancelReason, LineUnits, Order, OrderEventDetails, Quantity, StockSettings};
use engine::views::{MovementCause, PageRequest, TermCause, explain, movements};
use engine::{OrderCommand, handle_order, put_stock_settings};
use jiff::SignedDuration;
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{q, sku};
use testkit::run::finish;

fn rest(market: &mut Market) {
    for _ in 0..4 {
        market.stage.clock.pass(SignedDuration::from_secs(90));
        market.poll();
        market.settle();
    }
}

/// The order that was placed last.
fn order(market: &Market) -> Order {
    invariants::orders(&market.stage.table).into_values().max_by_key(|order| order.snapshot.placed_at).unwrap()
}

/// Three of nine are sold on a channel, of which some are not there.
fn sold(channel: usize, quota: bool) -> Market {
    let mut market = Market::open(&[("A", 9)], 9);
    if quota {
        let always = StockSettings { quota_mode_below: Some(q(1000)), ..StockSettings::default() };
        finish(put_stock_settings(&market.stage.world(), &always)).unwrap();
    }
    rest(&mut market);
    let id = market.connections[channel].clone();
    assert!(market.buy(&id, "A", 3));
    rest(&mut market);
    market
}

fn cancel(market: &Market, units: i64, reason: CancelReason, write_off: Option<bool>) {
    let order = order(market);
    let lines = vec![LineUnits { line: order.lines[0].id.clone(), units: q(units) }];
    let command = OrderCommand::Cancel { id: None, lines, reason, write_off };
    let (connection, number) = (&order.connection, &order.snapshot.number);
    finish(handle_order(&market.stage.world(), &market.lookup, connection, number, &command, "Ada Example")).unwrap();
}

fn available(market: &Market) -> i64 {
    let explained = finish(explain(&market.stage.world(), &sku("A"), None)).unwrap();
    assert_eq!(explained.consistent, Some(true), "{explained}");
    explained.locations[0].stock.unwrap().available.units()
}

#[test]
fn what_is_not_there_is_written_off_and_shown_nowhere() {
    for (channel, quota) in [(0, false), (1, false), (2, false), (0, true), (1, true), (2, true)] {
        let mut market = sold(channel, quota);
        cancel(&market, 3, CancelReason::NotFound, None);
        assert_eq!(available(&market), 6, "nothing moves before the channel has it");
        rest(&mut market);
        let order = order(&market);
        assert_eq!(order.snapshot.lines[0].cancelled, q(3), "{channel}");
        assert_eq!((available(&market), order.lines[0].parts[0].lost()), (6, q(3)), "{channel}");
        let on_sale: Vec<i64> = market.connections.iter().map(|id| market.shown(id, "A")).collect();
        if quota {
            // A channel that is written to blindly is not taken to 0 for a single unit more.
            assert!([5, 6].contains(&on_sale.iter().sum::<i64>()), "{channel}: {on_sale:?}");
        } else {
            assert_eq!(on_sale, [6, 6, 6], "{channel}");
        }
        assert!(
            order.history.iter().any(|event| event.details == OrderEventDetails::WrittenOff { units: q(3) }),
            "{:?}",
            order.history
        );
        invariants::check(&market.stage.table);
    }
}

#[test]
fn the_movement_names_the_order_and_the_figure_says_why() {
    let mut market = sold(2, false);
    cancel(&market, 1, CancelReason::Damaged, None);
    rest(&mut market);
    cancel(&market, 2, CancelReason::CustomerRequest, None);
    rest(&mut market);
    assert_eq!(available(&market), 8);
    let explained = finish(explain(&market.stage.world(), &sku("A"), None)).unwrap();
    let of =
        |kind| explained.locations[0].terms.iter().find(|term| term.cause == kind).map(|term| (term.available, term.reserved));
    assert_eq!((of(TermCause::GivenBack), of(TermCause::WrittenOff)), (Some((3, -3)), Some((-1, 0))));
    assert!(explained.to_string().contains("not there, and written off for"), "{explained}");
    let page = PageRequest { limit: 50, cursor: None };
    let page = finish(movements(&market.stage.world(), &sku("A"), &page)).unwrap();
    let lost: Vec<i64> = (page.movements.iter())
        .filter_map(|one| match &one.cause {
            MovementCause::Orders { written_off, .. } => written_off.first().map(|lost| lost.units),
            _ => None,
        })
        .collect();
    assert_eq!(lost, [1]);
}

#[test]
fn the_merchant_may_say_that_they_are_there_or_that_they_are_not() {
    for (reason, write_off, left) in [
        (CancelReason::OutOfStock, Some(false), 9),
        (CancelReason::CustomerRequest, Some(true), 6),
        (CancelReason::CustomerRequest, None, 9),
    ] {
        let mut market = sold(0, false);
        cancel(&market, 3, reason, write_off);
        rest(&mut market);
        assert_eq!(available(&market), left, "{reason:?} {write_off:?}");
    }
}

#[test]
fn what_was_sold_short_was_never_there_and_nothing_is_written_off() {
    let mut market = sold(0, false);
    let id = market.connections[1].clone();
    // The six that are left, and one more on another channel before it hears of them.
    assert!(market.buy(&id, "A", 5));
    let other = market.connections[2].clone();
    assert!(market.buy(&other, "A", 3));
    rest(&mut market);
    let (short, lines): (Quantity, usize) = (order(&market).short(), order(&market).lines.len());
    assert_eq!((short, lines), (q(2), 1));
    cancel(&market, 3, CancelReason::OutOfStock, None);
    rest(&mut market);
    assert_eq!((available(&market), order(&market).lines[0].parts[0].lost()), (0, q(1)), "one was held, and is not there either");
}
