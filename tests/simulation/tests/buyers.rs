//! Who bought an order: in one row, for as long as may be, and erased for good. The names of the simulated customer are found nowhere else.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use connectors::simulated_channel::CUSTOMER;
use contracts::{Cause, InboundOrder, Message};
use domain::{ConnectionId, OrderNumber};
use engine::rows::{BuyerRow, ParkedRow};
use engine::{Arrival, Cache, Outcome, accept_orders, ask_for_buyer, erase_buyer, fetch_buyer, read_buyer, views};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, ErrorKind, QueueName, Row, Value};
use simulation::market::Market;
use simulation::shop::sku;
use testkit::exhaustive::every_fault;
use testkit::faults::Fault;
use testkit::run::{finish, run};

/// A market in which every channel sold something, told by webhooks and polls.
fn sold() -> (Market, Vec<(ConnectionId, OrderNumber)>) {
    let mut market = Market::open(&[("A", 30)], 30);
    market.subscribe();
    market.settle();
    let mut orders = Vec::new();
    for id in market.connections.clone() {
        let number = market.on(&id, |side, now| side.buy(now, &sku("A"), simulation::shop::q(2))).unwrap();
        orders.push((id, number));
    }
    market.stage.clock.pass(SignedDuration::from_secs(60));
    let world = market.stage.world();
    assert!(market.webhooks(&world) > 0);
    market.settle();
    (market, orders)
}

fn texts(row: &Row) -> impl Iterator<Item = &str> {
    let values =
        row.attributes.values().filter_map(|value| if let Value::Text(text) = value { Some(text.as_str()) } else { None });
    values.chain([row.key.pk.as_str(), row.key.sk.as_str()])
}

fn tells(text: &str) -> bool {
    CUSTOMER.words().iter().any(|word| text.contains(word))
}

/// The rows in which something of the customer stands; nothing does in what was sent.
fn rows_with_a_customer(market: &Market) -> Vec<Row> {
    for queue in QueueName::ALL {
        assert!(market.stage.queue.waiting(queue).iter().all(|message| !tells(&message.body)), "{queue:?}");
    }
    assert!(market.stage.bus.published().iter().all(|event| !tells(&event.detail)));
    market.stage.table.rows().into_iter().filter(|row| texts(row).any(tells)).collect()
}

#[test]
fn a_buyer_is_in_its_row_and_nowhere_else_and_after_erasure_nowhere() {
    let (mut market, orders) = sold();
    assert!(rows_with_a_customer(&market).is_empty(), "orders are taken in without their buyers");
    let world = market.stage.world();
    for (id, number) in &orders {
        let buyer = finish(read_buyer(&world, &market.lookup, id, number)).unwrap();
        let address = buyer.expose().shipping.clone().unwrap();
        assert_eq!(address.name, format!("{} {}", CUSTOMER.first_name, CUSTOMER.last_name), "{id}");
        assert_eq!((address.postcode.as_deref(), address.city.as_deref()), (Some(CUSTOMER.postcode), Some(CUSTOMER.city)));
        assert_eq!(buyer.expose().email.as_deref(), Some(CUSTOMER.email));
        assert_eq!(buyer.expose().phone.as_deref(), Some(CUSTOMER.phone), "{id}");
        assert!(!tells(&format!("{buyer:?}")));
        // Kept, the channel is not asked again.
        let before = market.stage.faults.calls().len();
        finish(read_buyer(&world, &market.lookup, id, number)).unwrap();
        let calls = market.stage.faults.calls();
        assert!(calls[before.min(calls.len())..].iter().all(|call| !call.starts_with("http")), "{calls:?}");
    }
    market.settle();
    let rows = rows_with_a_customer(&market);
    assert_eq!(rows.len(), orders.len());
    assert!(rows.iter().all(|row| row.key.sk == "BUYER" && row.get_number("expires_at").is_some()));
    assert!(rows.iter().all(|row| !tells(&format!("{:?}", BuyerRow::from_row(row).unwrap()))));
    for (id, number) in &orders {
        // Changed, told and read again, orders stay without their buyers.
        let order = serde_json::to_string(&finish(views::order(&world, id, number)).unwrap()).unwrap();
        assert!(!tells(&order), "{order}");
        let shown = serde_json::to_string(&finish(views::buyer(&world, id, number)).unwrap()).unwrap();
        assert!(tells(&shown));
        let erased = finish(erase_buyer(&world, id, number, "Ada")).unwrap();
        assert!(erased.was_kept && erased.by == "Ada");
        let again = finish(erase_buyer(&world, id, number, "Bob")).unwrap();
        assert_eq!((again.was_kept, again.by.as_str(), again.at), (false, "Ada", erased.at), "the first time stands");
        for error in [
            finish(read_buyer(&world, &market.lookup, id, number)).map(drop).unwrap_err(),
            finish(fetch_buyer(&world, &market.lookup, id, number)).map(drop).unwrap_err(),
        ] {
            assert_eq!(error.kind, ErrorKind::Declined);
            assert!(error.message.contains("erased"), "{}", error.message);
        }
        assert_eq!(finish(views::buyer(&world, id, number)).map(drop).unwrap_err().kind, ErrorKind::Declined);
    }
    market.settle();
    assert!(rows_with_a_customer(&market).is_empty());
}

#[test]
fn a_buyer_that_is_asked_for_is_read_by_whoever_has_the_credentials_and_what_fails_holds_no_figure() {
    let (mut market, orders) = sold();
    let world = market.stage.world();
    for (id, number) in &orders {
        finish(ask_for_buyer(&world, id, number)).unwrap();
    }
    market.settle();
    assert_eq!(rows_with_a_customer(&market).len(), orders.len());
    let nobody = OrderNumber::new("999999").unwrap();
    assert_eq!(finish(ask_for_buyer(&world, &orders[0].0, &nobody)).unwrap_err().kind, ErrorKind::NotFound);
    // One that was erased before its turn came, and one of an order that is not known: the messages are done, and nothing is parked.
    finish(erase_buyer(&world, &orders[0].0, &orders[0].1, "Ada")).unwrap();
    let asked = |id: &ConnectionId, number: &OrderNumber| {
        let (connection, number) = (id.clone(), number.clone());
        let message = InboundOrder { connection, number, snapshot: None, cause: Cause::Buyer, read_at: market.stage.clock.now() };
        assert!(!tells(&message.to_json()));
        Arrival { message, receives: 1 }
    };
    let arrivals = vec![asked(&orders[0].0, &orders[0].1), asked(&orders[1].0, &nobody)];
    let outcomes = finish(accept_orders(&world, &market.lookup, arrivals));
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done)), "{outcomes:?}");
    assert!(market.stage.table.rows().iter().all(|row| row.key.pk != ParkedRow::PARTITION));
    assert_eq!(rows_with_a_customer(&market).len(), orders.len() - 1);
    market.settle();
    market.assert_shown("A", 24);
}

#[test]
fn a_buyer_is_gone_when_the_time_is_over_though_the_table_has_not_dropped_the_row() {
    let (market, orders) = sold();
    let world = market.stage.world();
    for (id, number) in &orders {
        finish(read_buyer(&world, &market.lookup, id, number)).unwrap();
        let kept_until: Timestamp = finish(views::buyer(&world, id, number)).unwrap().kept_until;
        let left = kept_until.duration_since(market.stage.clock.now());
        assert!(left > SignedDuration::from_hours(80 * 24) && left < SignedDuration::from_hours(200 * 24), "{id}: {left}");
    }
    market.stage.clock.pass(SignedDuration::from_hours(24 * 201));
    for (id, number) in &orders {
        assert_eq!(finish(views::buyer(&world, id, number)).map(drop).unwrap_err().kind, ErrorKind::NotFound);
        let error = finish(read_buyer(&world, &Cache::default(), id, number)).map(drop).unwrap_err();
        assert!(error.kind == ErrorKind::Declined && error.message.contains("over"), "{error:?}");
    }
}

/// Wherever reading or erasing dies, loses its answer or is refused: done again, the buyer is erased, and stays so.
#[test]
fn wherever_an_erasure_breaks_off_it_is_done_by_doing_it_again() {
    let tries = every_fault(|one| {
        let (market, orders) = sold();
        let (id, number) = &orders[0];
        let world = market.stage.world();
        finish(read_buyer(&world, &market.lookup, id, number)).unwrap();
        market.stage.faults.plan(one.map(|one| (one.call, one.fault)));
        let first = run(erase_buyer(&world, id, number, "Ada"));
        let calls = market.stage.faults.calls().len();
        market.stage.faults.plan(Vec::<(usize, Fault)>::new());
        if !matches!(first, Some(Ok(_))) {
            finish(erase_buyer(&world, id, number, "Ada")).unwrap();
        }
        assert!(rows_with_a_customer(&market).is_empty());
        assert_eq!(finish(fetch_buyer(&world, &market.lookup, id, number)).map(drop).unwrap_err().kind, ErrorKind::Declined);
        calls
    });
    assert!(tries > 4, "{tries}");
}
