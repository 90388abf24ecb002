//! An order of so many products that its lines lie in rows of their own.

use crate::seen::Seen;
use contracts::OrderUpdateDue;
use domain::OrderNumber;
use engine::{Cache, OrderCommand, accept_orders, handle_order, tell_order};
use serde_json::json;
use simulation::large::{Kind, merchant};
use simulation::shop::{arrival, connection};
use std::sync::Arc;
use testkit::run::finish;

/// More lines than one row takes.
const PRODUCTS: usize = 450;

/// It is taken in, sent, and its channel is to be told of it.
pub(super) fn tell(seen: &Arc<Seen>) {
    let (stage, snapshot) = merchant(Kind::Plain, PRODUCTS);
    let number: OrderNumber = snapshot.number.clone();
    let lines_of: Vec<_> = snapshot.lines.iter().take(100).map(|line| line.id.clone()).collect();
    finish(accept_orders(&seen.watch("order-intake", stage.world()), &Cache::default(), vec![arrival("shop", snapshot, 1)]));
    let lines = stage.table.rows().iter().filter(|row| row.key.sk.starts_with("LINES#")).count();
    assert!(lines > 1, "its lines lie in rows of their own");
    // As many lines as a shipment may have on every channel.
    let lines: Vec<_> = lines_of.iter().map(|line| json!({ "line": line, "units": 1 })).collect();
    let ship = json!({ "type": "ship", "id": "p-1", "location": "main", "carrier": "postnl", "lines": lines });
    let command: OrderCommand = serde_json::from_value(ship).unwrap();
    let desk = seen.watch("api", stage.world());
    finish(handle_order(&desk, &Cache::default(), &connection("shop"), &number, &command, "Ada")).unwrap();
    let due = OrderUpdateDue { connection: connection("shop"), number, id: "p-1".to_owned() };
    // Nobody answers there; what it read of the order is what this is about.
    let told = finish(tell_order(&seen.watch("order-updates", stage.world()), &Cache::default(), &due));
    assert!(told.is_err() || !stage.queue.waiting(ports::QueueName::OrderUpdates).is_empty(), "{told:?}");
}
