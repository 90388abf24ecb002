//! Merchants whose customers order very much at once.

use crate::shop::{connection, location, q, shop, sku, told};
use domain::{Component, OrderSnapshot};
use engine::rows::{ConnectionRow, TypedRow};
use engine::{Opening, Ports, put_bundle, put_connection, put_product};
use ports::{Condition, Connectors, QueueName, Write};
use testkit::Stage;
use testkit::run::finish;

/// A shop on a channel that can be told of shipments.
pub fn open(stock: &[(&str, i64)]) -> Stage {
    let stage = shop(&["shop"], stock);
    let world = stage.world();
    let row: ConnectionRow = finish(world.get(&ConnectionRow::key(&connection("shop")))).unwrap().unwrap();
    let channel = domain::ChannelId::new(connectors::Registry.all()[0].descriptor().id).unwrap();
    let row = ConnectionRow { channel, ..row }.to_row();
    finish(world.table.write(Write::Put { row, when: Condition::Always })).unwrap();
    stage
}

/// What is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One unit of each of so many products, of which there are enough.
    Plain,
    /// Two units, and one is there.
    Short,
    /// A bundle of two products each.
    Bundles,
    /// Two units, one at each of two locations.
    TwoLocations,
}

/// A shop whose products suit the kind, and an order of so many of them.
pub fn merchant(kind: Kind, products: usize) -> (Stage, OrderSnapshot) {
    let names: Vec<String> = (0..products).map(|n| format!("P{n:04}")).collect();
    let units = if kind == Kind::Plain { 9 } else { 1 };
    let in_stock = names.iter().filter(|_| kind != Kind::Bundles);
    let stock: Vec<(&str, i64)> = in_stock.map(|name| (name.as_str(), units)).collect();
    let stage = open(&stock);
    let world = stage.world();
    if kind == Kind::TwoLocations {
        let row: ConnectionRow = finish(world.get(&ConnectionRow::key(&connection("shop")))).unwrap().unwrap();
        finish(put_connection(&world, &ConnectionRow { locations: vec![location("main"), location("far")], ..row })).unwrap();
        for name in &names {
            opens_at(&world, name, "far", 1);
        }
    }
    if kind == Kind::Bundles {
        for name in &names {
            self::names(&world, name, &[]);
            for part in ["a", "b"] {
                opens_at(&world, &format!("{name}{part}"), "main", 9);
            }
            let component = |part: &str| Component { sku: sku(&format!("{name}{part}")), units: q(2) };
            finish(put_bundle(&world, &sku(name), &[component("a"), component("b")], "Ada")).unwrap();
        }
    }
    stage.queue.take(QueueName::StockHints);
    let ordered = if matches!(kind, Kind::Short | Kind::TwoLocations) { 2 } else { 1 };
    let lines: Vec<_> = names.iter().map(|name| (name.as_str(), ordered, 0, 0)).collect();
    (stage, told("7001", 1, &lines))
}

fn opens_at(world: &Ports, name: &str, place: &str, units: i64) {
    names(world, name, &[Opening { location: location(place), quantity: q(units) }]);
}

/// Puts a product in place; without a figure it has no stock of its own.
pub fn names(world: &Ports, name: &str, openings: &[Opening]) {
    let item = domain::Product { sku: sku(name), ean: None, title: name.to_owned(), variant: String::new() };
    finish(put_product(world, &item, openings)).unwrap();
}
