//! A small merchant to play with: one connection per name, a few products, one or two locations.

use contracts::{Cause, InboundOrder};
use domain::{
    ConnectionId, Fulfilment, LocationId, OrderLineId, OrderNumber, OrderSnapshot, Product, Quantity, Sku, SnapshotLine,
    StockRule,
};
use engine::rows::ConnectionRow;
use engine::{Arrival, Opening, put_connection, put_product};
use jiff::Timestamp;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::finish;

/// A quantity.
pub fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

/// A SKU.
pub fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

/// A location.
pub fn location(text: &str) -> LocationId {
    LocationId::new(text).unwrap()
}

/// A connection.
pub fn connection(text: &str) -> ConnectionId {
    ConnectionId::new(text).unwrap()
}

/// A stage with connections that nobody calls, and products with stock at `main`.
pub fn shop(connections: &[&str], products: &[(&str, i64)]) -> Stage {
    let stage = Stage::new(GivenSecrets::default());
    let world = stage.world();
    for name in connections {
        let row = ConnectionRow {
            id: connection(name),
            channel: domain::ChannelId::new("none").unwrap(),
            base_url: format!("https://{name}.example.test"),
            settings: std::collections::BTreeMap::new(),
            locations: vec![location("main")],
            rule: StockRule::default(),
            orders_since: Timestamp::UNIX_EPOCH,
            publishing: domain::Publishing::All,
            leads: false,
            match_by: domain::MatchBy::default(),
            invoices: None,
        };
        finish(put_connection(&world, &row)).unwrap();
    }
    for (name, units) in products {
        let item = Product { sku: sku(name), ean: None, title: (*name).to_owned(), variant: String::new() };
        finish(put_product(&world, &item, &[Opening { location: location("main"), quantity: q(*units) }])).unwrap();
    }
    stage
}

/// A snapshot: lines of (SKU, ordered, cancelled, shipped).
pub fn told(number: &str, stamp: i64, lines: &[(&str, i64, i64, i64)]) -> OrderSnapshot {
    OrderSnapshot {
        number: OrderNumber::new(number).unwrap(),
        display_number: None,
        placed_at: Timestamp::from_second(1_795_000_000).unwrap(),
        stamp: Some(Timestamp::from_second(1_795_000_000 + stamp).unwrap()),
        channel_status: "open".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: domain::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: lines
            .iter()
            .enumerate()
            .map(|(n, (name, ordered, cancelled, shipped))| SnapshotLine {
                id: OrderLineId::new(n.to_string()).unwrap(),
                offer: None,
                sku: Some(sku(name)),
                ean: None,
                title: String::new(),
                fulfilment: Fulfilment::Merchant,
                kind: domain::LineKind::Goods,
                ordered: q(*ordered),
                cancelled: q(*cancelled),
                shipped: q(*shipped),
                returned: Quantity::ZERO,
                not_restocked: Quantity::ZERO,
                restock_untold: Quantity::ZERO,
                restocked: Quantity::ZERO,
                cancellation_requested: false,
                unit_price: None,
                terms: domain::LineTerms::default(),
            })
            .collect(),
    }
}

/// A snapshot as it arrives.
pub fn arrival(from: &str, snapshot: OrderSnapshot, receives: u32) -> Arrival {
    let message = InboundOrder {
        connection: connection(from),
        number: snapshot.number.clone(),
        read_at: snapshot.stamp.unwrap_or(Timestamp::UNIX_EPOCH),
        snapshot: Some(snapshot),
        cause: Cause::Webhook,
    };
    Arrival { message, receives }
}
