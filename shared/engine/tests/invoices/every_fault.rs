//! A fault at every call of every port, in turn: whatever dies or gets lost, no number is missing or double, and in the end every unit that was sent
//! is on one invoice.

use super::books::{flaws, flaws_at_rest};
use super::shop::{Shop, sold, units};
use engine::issue_invoices;
use jiff::Timestamp;
use testkit::faults::Fault;
use testkit::run::run;

/// Two orders of two shipments, one of which came back in part and was invoiced before, and one that is refused for now.
fn shop() -> Shop {
    let shop = Shop::open();
    let mut told = shop.order("1", vec![sold("1", 3, "10.00")]);
    shop.ship("1", "p1", &[("1", 2)]);
    shop.issue();
    told.lines[0].shipped = units(2);
    told.lines[0].returned = units(1);
    shop.tell_again(told);
    shop.ship("1", "p2", &[("1", 1)]);
    shop.order("2", vec![sold("1", 2, "12.10")]);
    shop.ship("2", "p1", &[("1", 1)]);
    shop.ship("2", "p2", &[("1", 1)]);
    shop
}

fn calls() -> usize {
    let shop = shop();
    shop.inner.stage.faults.plan([]);
    shop.issue();
    shop.inner.stage.faults.calls().len()
}

#[test]
fn a_fault_at_any_call_leaves_no_gap_and_nothing_double() {
    let calls = calls();
    assert!(calls > 10, "{calls}");
    for call in 0..calls {
        for fault in Fault::ALL {
            let shop = shop();
            shop.inner.stage.faults.plan([(call, fault)]);
            let _ = run(issue_invoices(&shop.world(), &shop.lookup, Timestamp::MAX));
            shop.inner.stage.faults.plan([]);
            assert_eq!(flaws(&shop), Vec::<String>::new(), "call {call}, {fault:?}");
            for _ in 0..3 {
                shop.pass(16);
                shop.issue();
            }
            assert_eq!(flaws_at_rest(&shop), Vec::<String>::new(), "call {call}, {fault:?}, at rest");
            assert_eq!(super::books::documents(&shop).len(), 5, "call {call}, {fault:?}");
        }
    }
}

#[test]
fn a_fault_at_any_call_of_a_shipment_leaves_it_due_or_undone() {
    let ships = |shop: &Shop| {
        use domain::{LineUnits, LocationId};
        let lines = vec![LineUnits { line: super::shop::line("1"), units: units(1) }];
        let location = LocationId::new("main").unwrap();
        let command = engine::OrderCommand::Ship { id: Some("p".into()), location, lines, carrier: None, tracking: None };
        let (web, number) = (super::shop::web(), super::shop::number("1"));
        drop(run(engine::handle_order(&shop.world(), &shop.lookup, &web, &number, &command, "Ada")));
    };
    let counted = Shop::open();
    counted.order("1", vec![sold("1", 1, "10.00")]);
    counted.inner.stage.faults.plan([]);
    ships(&counted);
    for call in 0..counted.inner.stage.faults.calls().len() {
        for fault in Fault::ALL {
            let shop = Shop::open();
            shop.order("1", vec![sold("1", 1, "10.00")]);
            shop.inner.stage.faults.plan([(call, fault)]);
            ships(&shop);
            shop.inner.stage.faults.plan([]);
            shop.issue();
            assert_eq!(flaws_at_rest(&shop), Vec::<String>::new(), "call {call}, {fault:?}");
        }
    }
}
