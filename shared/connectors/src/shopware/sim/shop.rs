//! What the shop keeps: products with their figures and prices, and orders with a delivery and a payment, each with its own time stamps.

use super::machines;
use crate::simulated_channel::{Checkout, FarLine, FarOrder, FarParcel, NotSold, Setup};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Kinds of rows, as they stand in an id.
pub(super) const PRODUCT: u8 = 1;
pub(super) const ORDER: u8 = 2;
pub(super) const LINE: u8 = 3;
pub(super) const DELIVERY: u8 = 4;
pub(super) const TRANSACTION: u8 = 5;
pub(super) const ADDRESS: u8 = 6;

/// An id of a row.
pub(super) fn id(kind: u8, number: u64) -> String {
    format!("0193{kind:02x}0000007000800{number:013x}")
}

/// A product, or a variant of another.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) number: u64,
    pub(super) parent: Option<u64>,
    pub(super) variants: u64,
    pub(super) sku: String,
    pub(super) ean: String,
    /// A variant has none of its own, nor a tax.
    pub(super) name: Option<String>,
    pub(super) stock: i64,
    /// Sold until none is left.
    pub(super) closeout: bool,
    /// As it was written, in euros and in another currency.
    pub(super) prices: Vec<Value>,
    /// A plugin refuses every change.
    pub(super) refused: bool,
}

/// A row with a state of its own.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) state: String,
    pub(super) updated: Option<Timestamp>,
}

impl Row {
    fn new(state: &str) -> Self {
        Self { state: state.to_owned(), updated: None }
    }

    pub(super) fn become_at(&mut self, now: Timestamp, state: &str) {
        state.clone_into(&mut self.state);
        self.updated = Some(now);
    }
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) product: u64,
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) units: i64,
    pub(super) unit_cents: i64,
}

/// An order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) number: u64,
    pub(super) created: Timestamp,
    pub(super) own: Row,
    pub(super) delivery: Row,
    pub(super) transaction: Row,
    pub(super) codes: Vec<String>,
    pub(super) lines: Vec<Line>,
    pub(super) off_cents: i64,
    pub(super) shipping_cents: i64,
    pub(super) ship_to: String,
}

impl Order {
    pub(super) fn goods_cents(&self) -> i64 {
        self.lines.iter().map(|line| line.unit_cents * line.units).sum()
    }

    pub(super) fn total_cents(&self) -> i64 {
        self.goods_cents() - self.off_cents + self.shipping_cents
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.own.state.as_str(), "open" | "in_progress") && self.delivery.state == "open"
    }

    fn row(&mut self, entity: &str) -> Option<&mut Row> {
        match entity {
            "order" => Some(&mut self.own),
            "order_delivery" => Some(&mut self.delivery),
            "order_transaction" => Some(&mut self.transaction),
            _ => None,
        }
    }
}

/// What became of a transition.
pub(super) enum Moved {
    /// It is there, now or before.
    To(&'static str),
    /// From where it is there are these ways.
    Illegal(&'static [&'static str]),
    /// There is no such row.
    Unknown,
}

/// The shop.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) version: String,
    pub(super) products: BTreeMap<u64, Product>,
    pub(super) orders: BTreeMap<u64, Order>,
    /// Numbers of orders that were deleted.
    pub(super) deleted: BTreeSet<u64>,
    pub(super) holds_payments: bool,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(Sku, i64)>,
    checkout: Checkout,
    last_line: u64,
}

impl Shop {
    pub(super) fn new(setup: &Setup) -> Self {
        let mut shop = Self {
            version: "6.7.13.0".to_owned(),
            products: BTreeMap::new(),
            orders: BTreeMap::new(),
            deleted: BTreeSet::new(),
            holds_payments: false,
            stock_writes: 0,
            last_write: None,
            checkout: setup.checkout,
            last_line: 0,
        };
        let mut parents: BTreeMap<&str, u64> = BTreeMap::new();
        for on_sale in &setup.products {
            let variants = setup.products.iter().filter(|one| one.group == on_sale.group).count();
            let parent = (variants > 1).then(|| {
                *parents.entry(&on_sale.group).or_insert_with(|| {
                    let mut product = shop.fresh(&format!("P-{}", on_sale.group.replace(' ', "-")), Some(on_sale.group.clone()));
                    product.variants = u64::try_from(variants).unwrap_or(0);
                    product.prices = vec![super::shapes::price(on_sale.price_cents)];
                    let number = product.number;
                    shop.products.insert(number, product);
                    number
                })
            });
            let mut product = shop.fresh(on_sale.sku.as_str(), parent.is_none().then(|| on_sale.title.clone()));
            product.parent = parent;
            on_sale.ean.as_str().clone_into(&mut product.ean);
            product.stock = on_sale.stock.units();
            product.prices = vec![super::shapes::price(on_sale.price_cents), super::shapes::in_pounds()];
            shop.products.insert(product.number, product);
        }
        shop
    }

    fn fresh(&self, sku: &str, name: Option<String>) -> Product {
        Product {
            number: self.products.keys().next_back().map_or(1, |last| last + 1),
            parent: None,
            variants: 0,
            sku: sku.to_owned(),
            ean: String::new(),
            name,
            stock: 0,
            closeout: true,
            prices: Vec::new(),
            refused: false,
        }
    }

    pub(super) fn product(&self, sku: &Sku) -> Option<&Product> {
        self.products.values().find(|product| product.sku == sku.as_str())
    }

    pub(super) fn product_mut(&mut self, sku: &Sku) -> Option<&mut Product> {
        self.products.values_mut().find(|product| product.sku == sku.as_str())
    }

    pub(super) fn product_by_id(&mut self, wanted: &str) -> Option<&mut Product> {
        self.products.values_mut().find(|product| id(PRODUCT, product.number) == wanted)
    }

    pub(super) fn order(&self, wanted: &str) -> Option<&Order> {
        self.orders.values().find(|order| id(ORDER, order.number) == wanted)
    }

    pub(super) fn order_mut(&mut self, wanted: &str) -> Option<&mut Order> {
        self.orders.values_mut().find(|order| id(ORDER, order.number) == wanted)
    }

    /// What a product is called: a variant as its parent.
    pub(super) fn name(&self, product: &Product) -> String {
        let parent = product.parent.and_then(|parent| self.products.get(&parent));
        product.name.clone().or_else(|| parent.and_then(|parent| parent.name.clone())).unwrap_or_default()
    }

    pub(super) fn buy(&mut self, now: Timestamp, wanted: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        let mut lines = Vec::new();
        for (sku, units) in wanted {
            let product = self.product(sku).filter(|product| product.variants == 0).ok_or(NotSold::Unknown)?;
            if product.closeout && product.stock < units.units() {
                return Err(NotSold::SoldOut);
            }
            lines.push(Line {
                number: self.last_line + 1 + u64::try_from(lines.len()).unwrap_or(0),
                product: product.number,
                sku: product.sku.clone(),
                title: self.name(product),
                units: units.units(),
                unit_cents: super::shapes::cents(product),
            });
        }
        self.last_line += u64::try_from(lines.len()).unwrap_or(0);
        let last = self.orders.keys().chain(&self.deleted).max().copied().unwrap_or(0);
        let off_cents = self.checkout.off_cents(lines.iter().map(|line| line.unit_cents * line.units).sum());
        let order = Order {
            number: last + 1,
            created: now,
            own: Row::new("open"),
            delivery: Row::new("open"),
            transaction: Row::new(if self.holds_payments { "open" } else { "paid" }),
            codes: Vec::new(),
            lines,
            off_cents,
            shipping_cents: self.checkout.shipping_cents,
            ship_to: ship_to.to_owned(),
        };
        let number = order.number;
        self.move_stock(&order, -1);
        self.orders.insert(number, order);
        OrderNumber::new(id(ORDER, number)).map_err(|_| NotSold::Unknown)
    }

    /// Takes the units of an order off the figures, or gives them back.
    fn move_stock(&mut self, order: &Order, sign: i64) {
        for line in &order.lines {
            if let Some(product) = self.products.get_mut(&line.product) {
                product.stock += sign * line.units;
            }
        }
    }

    /// Takes a way of an order's own state, its delivery's or its payment's; `wanted` is the row's own id.
    pub(super) fn take(&mut self, now: Timestamp, (entity, wanted): (&str, &str), way: &str) -> Moved {
        let kind = match entity {
            "order" => ORDER,
            "order_delivery" => DELIVERY,
            _ => TRANSACTION,
        };
        let version = self.version.clone();
        let Some(order) = self.orders.values_mut().find(|order| id(kind, order.number) == wanted) else { return Moved::Unknown };
        let whole = order.clone();
        let (Some(row), Some(target)) = (order.row(entity), machines::target(way)) else { return Moved::Unknown };
        if row.state == target {
            return Moved::To(target);
        }
        if !machines::allows(&version, entity, &row.state, way) {
            return Moved::Illegal(machines::ways(entity, &row.state));
        }
        let was = std::mem::take(&mut row.state);
        row.become_at(now, target);
        // The figures hang on the order's own state alone.
        match (entity, was.as_str(), target) {
            ("order", "cancelled", _) => self.move_stock(&whole, -1),
            ("order", _, "cancelled") => self.move_stock(&whole, 1),
            _ => {}
        }
        Moved::To(target)
    }

    pub(super) fn delete(&mut self, wanted: &str) -> bool {
        let Some(order) = self.order(wanted).cloned() else { return false };
        if order.own.state != "cancelled" {
            self.move_stock(&order, 1);
        }
        self.orders.remove(&order.number);
        self.deleted.insert(order.number);
        true
    }

    pub(super) fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        let order = self.order(order.as_str())?;
        let has_left = matches!(order.delivery.state.as_str(), "shipped" | "returned_partially" | "returned");
        let line = |line: &Line| {
            let units = |yes: bool| Quantity::clamped(if yes { line.units } else { 0 });
            FarLine {
                ordered: units(true),
                cancelled: units(order.own.state == "cancelled" && !has_left),
                shipped: units(has_left),
                returned: units(order.delivery.state == "returned"),
            }
        };
        let parcel = |code: &String| FarParcel { carrier: None, tracking: Some(code.clone()), lines: BTreeMap::new() };
        let lines = order.lines.iter().filter_map(|one| Some((Sku::new(one.sku.as_str()).ok()?, line(one))));
        Some(FarOrder { lines: lines.collect(), parcels: order.codes.iter().map(parcel).collect(), obscured: false })
    }
}
