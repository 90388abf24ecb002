//! What one order of very many products costs, whole.

use crate::counter::Count;
use crate::scenarios::{Counts, counted};
use domain::OrderNumber;
use engine::{Cache, accept_orders};
use simulation::invariants;
use simulation::large::{Kind, merchant};
use simulation::shop::arrival;
use std::fmt::Write as _;
use testkit::run::finish;

/// An order, and what it took to take it in.
pub struct LargeOrder {
    /// What kind of products.
    pub kind: Kind,
    /// How many different ones.
    pub products: usize,
    /// The counts, from the first call to the last event.
    pub counts: Counts,
}

impl LargeOrder {
    /// What was counted of one operation.
    pub fn of(&self, service: &str, operation: &str) -> Count {
        let found = self.counts.iter().find(|((known, name), _)| *known == service && name == operation);
        found.map(|(_, count)| *count).unwrap_or_default()
    }
}

/// Every kind in every size.
pub fn all() -> Vec<LargeOrder> {
    [Kind::Plain, Kind::Short, Kind::Bundles, Kind::TwoLocations].into_iter().flat_map(of).collect()
}

/// One kind in every size.
pub fn of(kind: Kind) -> [LargeOrder; 4] {
    [49, 50, 200, 2_000].map(|products| count(kind, products))
}

fn count(kind: Kind, products: usize) -> LargeOrder {
    let (stage, snapshot) = merchant(kind, products);
    let (world, counter) = counted(&stage);
    let lookup = Cache::default();
    // Warm: the process knows which product each line is.
    let mut warm = snapshot.clone();
    warm.number = OrderNumber::new("W").unwrap();
    warm.lines.iter_mut().for_each(|line| line.cancelled = line.ordered);
    finish(accept_orders(&world, &lookup, vec![arrival("shop", warm, 1)]));
    counter.take();
    finish(accept_orders(&world, &lookup, vec![arrival("shop", snapshot, 1)]));
    let counts = counter.take();
    assert!(invariants::orders(&stage.table).values().all(domain::Order::is_complete));
    LargeOrder { kind, products, counts }
}

/// The table in Markdown.
pub fn markdown(orders: &[LargeOrder]) -> String {
    let mut text = String::from(
        "\n## intake: one order of very many products\n\n\
         Each by itself. Bundles are of two products each; of short ones half the units are there; at two locations lies half of what is ordered\n\
         each. Refused transactions are those that told what lies where.\n\n\
         | products | | transactions | refused | reads | write units | bytes written | SQS calls | events calls |\n\
         |--:|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for order in orders {
        let (done, refused) = (order.of("DynamoDB", "TransactWriteItems"), order.of("DynamoDB", "TransactWriteItems (refused)"));
        let kind = match order.kind {
            Kind::Plain => "plain",
            Kind::Short => "short",
            Kind::Bundles => "bundles",
            Kind::TwoLocations => "two locations",
        };
        let _ = writeln!(
            text,
            "| {} | {kind} | {} | {} | {} | {} | {} | {} | {} |",
            order.products,
            done.calls,
            refused.calls,
            order.of("DynamoDB", "GetItem").calls + order.of("DynamoDB", "Query").calls,
            done.write_units + refused.write_units,
            done.bytes,
            order.of("SQS", "SendMessageBatch").calls,
            order.of("EventBridge", "PutEvents").calls,
        );
    }
    text
}
