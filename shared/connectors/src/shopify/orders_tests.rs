//! Orders of the simulator: its webhooks, its list and a full read tell the same, and what cannot be read is named.

use super::sim::Restock;
use super::tests::{Script, World, done, lamp, q, vase};
use super::*;
use crate::simulated_channel::{Checkout, SimulatedChannel};
use domain::OrderNumber;
use ports::Notification;
use proptest::prelude::*;

#[test]
fn every_changed_order_is_listed_once_over_several_pages_and_not_before_the_index_has_it() {
    let world = World::open();
    let since = world.now();
    let mut placed = Vec::new();
    for _ in 0..45 {
        placed.push(world.sim(|sim, now| sim.buy(now, &vase(), q(1)).unwrap()));
        world.wait(1);
    }
    assert!(world.list(since).len() < 45, "the index lags");
    world.wait(5);
    let listed: Vec<_> =
        world.list(since).into_iter().map(|n| if let Notification::Order(o) = n { o.number } else { panic!() }).collect();
    assert_eq!(listed, placed);
    let last = world.list("2026-11-21T20:00:44Z".parse().unwrap());
    assert_eq!(last.len(), 1, "the asked instant itself is included");
}

#[test]
fn an_order_of_more_lines_than_the_list_tells_is_read_whole() {
    let world = World::open();
    let wanted: Vec<_> = (0..120).map(|_| (vase(), q(1))).collect();
    let number = world.sim(|sim, now| sim.buy_all(now, &wanted, "NL")).unwrap();
    world.wait(5);
    assert!(
        matches!(world.list("2026-11-21T19:00:00Z".parse().unwrap()).as_slice(), [Notification::Changed { number: n, stamp: Some(_) }] if *n == number)
    );
    assert_eq!(world.read(&number).lines.len(), 120);
}

/// The heart of it: whatever happened to an order, its webhook, the list and the full read tell the same snapshot.
#[test]
fn webhook_list_and_full_read_tell_the_same_snapshot() {
    let world = World::open();
    world.subscribe();
    let number = world.sim(|sim, now| sim.buy_all(now, &[(lamp(), q(4)), (vase(), q(2))], "BE")).unwrap();
    let same = |step: &str| {
        world.wait(5);
        let read = world.read(&number);
        for delivery in world.deliveries(Some(200)) {
            assert_eq!(world.receive(&delivery).unwrap(), [Notification::Order(Box::new(read.clone()))], "{step}");
        }
        for notice in world.list("2026-11-21T19:00:00Z".parse().unwrap()) {
            if let Notification::Order(listed) = notice {
                assert_eq!(*listed, read, "{step}");
            }
        }
        let line = read.lines.first().unwrap().clone();
        (line.ordered.units(), line.cancelled.units(), line.shipped.units(), line.returned.units())
    };
    assert_eq!(same("placed"), (4, 0, 0, 0));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::Cancel)));
    assert_eq!(same("one removed"), (4, 1, 0, 0));
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(2))));
    assert_eq!(same("two sent"), (4, 1, 2, 0));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::Return)));
    assert_eq!(same("one came back"), (4, 1, 2, 1));
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(1))));
    assert_eq!(same("all sent"), (4, 1, 3, 1));
    assert!(!world.sim(|sim, now| sim.cancel(now, &number)), "what was sent is not cancelled");
    let other = world.sim(|sim, now| sim.buy(now, &vase(), q(3))).unwrap();
    assert!(world.sim(|sim, now| sim.cancel(now, &other)));
    world.wait(5);
    let read = world.read(&other);
    assert_eq!((read.channel_status.as_str(), read.lines.first().unwrap().cancelled), ("cancelled", q(3)));
    let told: Vec<_> = world.deliveries(Some(200)).iter().map(|d| world.receive(d).unwrap()).collect();
    assert_eq!(told.last().unwrap(), &[Notification::Order(Box::new(read))]);
}

#[test]
fn a_webhook_that_cannot_settle_a_line_has_the_order_read() {
    let world = World::open();
    world.subscribe();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(2))).unwrap();
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(1))));
    world.deliveries(Some(200));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::None)));
    let delivery = world.deliveries(Some(200)).pop().unwrap();
    assert!(matches!(world.receive(&delivery).unwrap().as_slice(), [Notification::Changed { number: n, .. }] if *n == number));
    let line = world.read(&number).lines.remove(0);
    assert_eq!((line.cancelled, line.shipped), (q(0), q(1)), "the unit that was refunded is the one that was sent");
}

/// The fixtures are written after Shopify's documentation, not by the simulator.
#[test]
fn the_fixtures_of_one_order_in_both_shapes_tell_the_same_snapshot() {
    let world = World::open();
    let script = Script::new(&[
        include_str!("fixtures/order.json"),
        include_str!("fixtures/fulfilled.json"),
        include_str!("fixtures/refunded.json"),
    ]);
    let number = OrderNumber::new("18014398509481985").unwrap();
    let read = world.call("r", |call| done(Shopify.orders().unwrap().read(&Call { http: &script, ..call }, &number))).unwrap();
    let told: wire::Order = serde_json::from_str(include_str!("fixtures/order_webhook.json")).unwrap();
    assert_eq!(told.facts().unwrap().snapshot("test", None).unwrap().unwrap(), read);
    assert_eq!(serde_json::to_string(&read).unwrap().matches("10.00").count(), 1);
    let line = read.lines.first().unwrap();
    assert_eq!((line.cancelled, line.shipped, line.returned), (q(1), q(2), q(1)));
    assert_eq!(read.ship_to, Some(domain::Country::new("NL").unwrap()));
    let euros = |amount: &Option<domain::Money>| amount.as_ref().map(|money| money.amount.to_string()).unwrap_or_default();
    let terms = &read.terms;
    assert_eq!(
        (euros(&terms.total), euros(&terms.tax), euros(&terms.shipping_price)),
        ("43.65".into(), "7.58".into(), "5.00".into())
    );
    assert_eq!((terms.prices_include_tax, terms.paid, terms.paid_at, &terms.discount), (Some(true), Some(true), None, &None));
    let off: Vec<_> = read.lines.iter().map(|line| (euros(&line.terms.discount), euros(&line.amount()))).collect();
    assert_eq!(off, [("4.00".to_owned(), "36.00".to_owned()), ("0.30".to_owned(), "2.65".to_owned())]);
    assert!(read.unreadable_lines.is_empty());
}

#[test]
fn an_amount_that_cannot_be_read_is_named_and_costs_nothing_else() {
    let number = OrderNumber::new("18014398509481985").unwrap();
    let whole = include_str!("fixtures/order.json");
    let read = |order: &str| {
        let order: &'static str = Box::leak(order.to_owned().into_boxed_str());
        let script = Script::new(&[order, include_str!("fixtures/fulfilled.json"), include_str!("fixtures/refunded.json")]);
        let world = World::open();
        world.call("r", |call| done(Shopify.orders().unwrap().read(&Call { http: &script, ..call }, &number))).unwrap()
    };
    let good = read(whole);
    let set = |amount: &str| format!(r#"{{ "shopMoney": {{ "amount": "{amount}", "currencyCode": "EUR" }} }}"#);
    for (was, odd, field, of_a_line) in [
        (set("43.65"), "null", "totalPriceSet", false),
        (set("6.95"), r#"{ "shopMoney": [] }"#, "totalShippingPriceSet", false),
        (set("7.58"), r#"{ "shopMoney": { "amount": "much", "currencyCode": "EUR" } }"#, "totalTaxSet", false),
        (set("10.0"), r#"{ "shopMoney": { "amount": { "x": 1 }, "currencyCode": "EUR" } }"#, "originalUnitPriceSet", true),
        (set("2.95"), "{}", "originalUnitPriceSet", true),
        (set("0.3"), "7", "discountAllocations", true),
    ] {
        let told = read(&whole.replace(&was, odd));
        let units = |order: &domain::OrderSnapshot| -> Vec<_> {
            order.lines.iter().map(|l| (l.id.clone(), l.ordered, l.cancelled, l.shipped, l.returned)).collect()
        };
        assert_eq!(units(&told), units(&good), "{was} {odd}");
        let [named] = &told.unreadable_lines[..] else { panic!("{was} {odd}: {:?}", told.unreadable_lines) };
        assert_eq!((named.field_error.field.as_str(), named.id.is_some()), (field, of_a_line), "{named:?}");
        assert_eq!(named.may_be, domain::PossibleProducts::Nothing);
    }
    // What may be left out is not told, and nothing is wrong.
    assert!(read(&whole.replace(&set("7.58"), "null")).unreadable_lines.is_empty());
}

#[test]
fn the_list_tells_amounts_as_the_order_does_and_leaves_discounted_orders_to_be_read() {
    let world = World::open();
    let since = world.now();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(2))).unwrap();
    world.wait(60);
    let read = world.read(&number);
    assert_eq!(world.list(since), [Notification::Order(Box::new(read.clone()))]);
    let euros = |amount: &Option<domain::Money>| amount.as_ref().map(|money| money.amount.to_string()).unwrap_or_default();
    assert_eq!((euros(&read.terms.total), euros(&read.terms.shipping_price)), ("24.95".into(), "4.95".into()));
    assert_eq!(euros(&read.terms.tax), "4.33");
    let off = Checkout { shipping_cents: 0, discount_percent: 10 };
    let discounted = World::with(&[("client_id", "app"), ("client_secret", "hush")], off);
    discounted.log_in().unwrap();
    let number = discounted.sim(|sim, now| sim.buy(now, &lamp(), q(2))).unwrap();
    discounted.wait(60);
    let read = discounted.read(&number);
    assert_eq!(discounted.list(since), [Notification::Changed { number, stamp: read.stamp }]);
    assert_eq!((euros(&read.lines[0].terms.discount), euros(&read.terms.total)), ("2.00".into(), "18.00".into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After any history the full read tells what truly was cancelled and sent, and no webhook tells otherwise.
    #[test]
    fn any_history_is_told_alike_and_truly(history in prop::collection::vec((0..4u8, 0..2usize, 1..4i64), 1..12)) {
        let world = World::open();
        world.subscribe();
        let number = world.sim(|sim, now| sim.buy_all(now, &[(lamp(), q(4)), (vase(), q(7))], "NL")).unwrap();
        world.deliveries(Some(200));
        // Sent and cancelled, per line.
        let mut truth = [(0, 0), (0, 0)];
        let mut kept = [0, 0];
        for (what, line, units) in history {
            world.wait(20);
            let quantity = q(units);
            let (sent, cancelled) = &mut truth[line];
            match what {
                0 if world.sim(|sim, now| sim.ship(now, &number, line, quantity)) => (*sent, kept[line]) = (*sent + units, kept[line] + units),
                1 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::Cancel)) => *cancelled += units,
                2 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::Return)) => kept[line] -= units,
                3 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::None)) => {
                    if kept[line] == 0 { *cancelled += units } else { kept[line] -= units }
                }
                _ => {}
            }
            let read = world.read(&number);
            for delivery in world.deliveries(Some(200)) {
                let told = world.receive(&delivery).unwrap();
                prop_assert!(told == [Notification::Order(Box::new(read.clone()))] || matches!(told.as_slice(), [Notification::Changed { number: n, .. }] if *n == number), "{told:?} {read:?}");
            }
            let told: Vec<_> = read.lines.iter().map(|l| (l.shipped.units(), l.cancelled.units())).collect();
            prop_assert_eq!(told, truth);
        }
    }
}
