//! The index over orders and products, built, kept and rebuilt.

use crate::seen::Seen;
use domain::{Ean, Product, Sku};
use engine::rows::{IndexedOrderRow, OrderStageRow, TypedRow};
use engine::{Cache, OrderCommand, ask_for_rebuild, handle_order, put_product};
use jiff::SignedDuration;
use lambda_kit::ScheduleHandler;
use ports::{Condition, Write};
use read_model::ReadModel;
use simulation::market::Market;
use simulation::shop::location;
use std::sync::Arc;
use testkit::run::finish;

const FUNCTION: &str = "read-model";

/// All of it.
pub(super) fn tell(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9)], 9);
    let plain = market.stage.world();
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
    }
    market.settle();
    let function = ReadModel::new(seen.watch(FUNCTION, market.stage.world()));
    let call = |payload: &str| {
        let deadline = plain.clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
        finish(function.handle(payload, deadline)).unwrap()
    };
    let told = call(r#"{"task":"catch_up"}"#);
    assert!(!told.contains(r#""written":0"#), "{told}");
    let rows = market.stage.table.rows();
    let of_stage = rows.iter().find(|row| row.key.pk == OrderStageRow::partition(domain::OrderStage::ToShip)).unwrap();
    let order = OrderStageRow::from_row(of_stage).unwrap().order;
    let ship = OrderCommand::Ship {
        id: Some("p".to_owned()),
        location: location("main"),
        lines: Vec::new(),
        carrier: None,
        tracking: None,
    };
    // Where a channel wants a carrier, it is refused: then it stays to be sent.
    let shipped = market
        .connections
        .iter()
        .any(|_| finish(handle_order(&plain, &Cache::default(), &order.connection, &order.number, &ship, "Ada")).is_ok());
    let event = serde_json::json!({ "connection": order.connection, "number": order.number }).to_string();
    let told = call(&event);
    assert_eq!(told.contains(r#""written":true"#), shipped, "{told}");
    let product = |title: &str| Product {
        sku: Sku::new("A").unwrap(),
        ean: Some(Ean::new("8712345678906").unwrap()),
        title: title.to_owned(),
        variant: String::new(),
    };
    for title in ["Lamp", "Light"] {
        finish(put_product(&plain, &product(title), &[])).unwrap();
        call(r#"{"task":"catch_up"}"#);
    }
    // A row of a stage that no order has, and an order's row that cannot be read.
    let mut odd = of_stage.clone();
    odd.key.sk.push('x');
    finish(plain.write_if(Write::Put { row: odd.clone(), when: Condition::Always })).unwrap();
    let mut spoilt = rows.iter().find(|row| row.key.pk == IndexedOrderRow::PARTITION).unwrap().clone();
    spoilt.attributes.clear();
    finish(plain.write_if(Write::Put { row: spoilt, when: Condition::Always })).unwrap();
    finish(ask_for_rebuild(&seen.watch("api", market.stage.world()))).unwrap();
    let told = call(r#"{"task":"catch_up"}"#);
    assert!(told.contains(r#""ended":true"#), "{told}");
    assert!(market.stage.table.row(&odd.key).is_none());
}
