//! Prices by the hundred: as few writes as the channel takes, and one bad row says nothing about those beside it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{ConnectionId, Currency, Money, Prices};
use engine::rows::{PriceRow, TypedRow};
use engine::{PricesReport, publish_prices, put_prices};
use jiff::SignedDuration;
use simulation::market::{Goods, Market};
use simulation::shop::sku;
use testkit::faults::Fault;
use testkit::run::finish;
use testkit::shapes::{Shape, ShapedConnectors};

const NONE_REFUSED: Shape = Shape { refuses_one_of: 0, ..Shape::PRICES };

/// So many products on a channel of this shape: the last of those that write a price with one request, as a row of an import is one.
fn market(products: usize, shape: Shape) -> (Market, ConnectionId, Vec<String>) {
    let names: Vec<String> = (0..products).map(|number| format!("N{number:03}")).collect();
    let products: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 10)).collect();
    let all = ports::Connectors::all(&connectors::Registry);
    let fits = |channel: &&dyn ports::Connector| {
        let id = domain::ChannelId::new(channel.descriptor().id).unwrap();
        ShapedConnectors::new(&id, shape).is_some_and(|shaped| ports::Connector::jobs(shaped.shaped()).is_some())
            && channel.jobs().is_none()
            && channel.tokens().is_none()
    };
    let place = all.iter().rposition(fits).unwrap();
    let market = Market::open_with(&Goods { products: &products, shown: 10, shape: Some((place, shape)), ..Goods::default() });
    let id = market.shaped.as_ref().unwrap().0.clone();
    (market, id, names)
}

fn cost(market: &Market, id: &ConnectionId, names: &[String], cents: i64) {
    let regular = Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::new("EUR").unwrap() };
    for name in names {
        let prices = Prices { regular: regular.clone(), promotions: Vec::new() };
        finish(put_prices(&market.stage.world(), id, &sku(name), &prices)).unwrap();
    }
}

fn tell(market: &Market, id: &ConnectionId) -> PricesReport {
    finish(publish_prices(&market.stage.world(), &market.lookup, id)).unwrap()
}

/// Rows of each write that the channel was sent.
fn writes(market: &Market, id: &ConnectionId) -> Vec<usize> {
    let host = format!("{id}.example.test");
    let record = market.stage.far_sides.record().into_iter();
    let imports = record.filter(|one| one.host == host && one.request.uri().path().ends_with("/shaped/stock"));
    imports.map(|one| serde_json::from_slice::<Vec<serde_json::Value>>(one.request.body()).unwrap().len()).collect()
}

fn shown(market: &Market, id: &ConnectionId, name: &str) -> i64 {
    market.on(id, |side, _| side.price_cents(&sku(name))).unwrap()
}

fn row(market: &Market, id: &ConnectionId, name: &str) -> PriceRow {
    PriceRow::from_row(&market.stage.table.row(&PriceRow::key(id, &sku(name))).unwrap()).unwrap()
}

#[test]
fn of_a_hundred_prices_in_one_write_three_are_refused_alone() {
    let (market, id, names) = market(100, Shape::PRICES);
    cost(&market, &id, &names, 1950);
    assert_eq!(tell(&market, &id), PricesReport { told: 97, put_off: 3, refused: 0 });
    assert_eq!(writes(&market, &id), [100]);
    let odd: Vec<&String> = names.iter().filter(|name| row(&market, &id, name).problem.is_some()).collect();
    assert_eq!(odd.len(), 3);
    for name in &names {
        assert_eq!(shown(&market, &id, name) == 1950, !odd.contains(&name), "{name}");
        assert_eq!(
            row(&market, &id, name).told.is_some(),
            !odd.contains(&name),
            "{name}: what was not told is not noted as told"
        );
    }
    market.stage.clock.pass(SignedDuration::from_mins(6));
    assert_eq!(tell(&market, &id), PricesReport { told: 3, put_off: 0, refused: 0 });
    assert_eq!(writes(&market, &id), [100, 3], "and only those once more");
    assert!(names.iter().all(|name| shown(&market, &id, name) == 1950 && row(&market, &id, name).problem.is_none()));
    assert_eq!(tell(&market, &id), PricesReport::default());
}

#[test]
fn as_many_as_there_are_go_in_as_few_writes_as_there_can_be() {
    for (products, sent) in [(1, &[1][..]), (99, &[99]), (100, &[100]), (101, &[100, 1]), (250, &[100, 100, 50])] {
        let (market, id, names) = market(products, NONE_REFUSED);
        cost(&market, &id, &names, 1950);
        assert_eq!(tell(&market, &id), PricesReport { told: products, put_off: 0, refused: 0 });
        assert_eq!(writes(&market, &id), sent);
        assert!(names.iter().all(|name| shown(&market, &id, name) == 1950));
    }
}

#[test]
fn a_write_whose_answer_is_lost_is_told_again_whole_and_moves_no_figure() {
    let (market, id, names) = market(20, NONE_REFUSED);
    cost(&market, &id, &names, 1950);
    for fault in [Fault::LostAnswer, Fault::Down] {
        market.stage.faults.plan_first("http.send", fault);
        let report = tell(&market, &id);
        market.stage.faults.plan([]);
        assert_eq!((report.told, report.put_off), (0, 20), "{fault:?}");
        assert!(names.iter().all(|name| row(&market, &id, name).told.is_none()), "{fault:?}");
        market.stage.clock.pass(SignedDuration::from_mins(11));
    }
    assert_eq!(tell(&market, &id).told, 20);
    assert!(names.iter().all(|name| shown(&market, &id, name) == 1950));
    for name in &names {
        market.assert_shown(name, 10);
    }
}
