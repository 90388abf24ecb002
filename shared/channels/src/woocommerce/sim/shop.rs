//! Products, orders and the counter.

use crate::far_side::{Article, NotSold};
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A product, or a variation of the product `parent`.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    /// Empty unless it is variable.
    pub(super) variations: Vec<u64>,
    pub(super) sku: String,
    pub(super) ean: String,
    pub(super) title: String,
    pub(super) price_cents: i64,
    pub(super) managed: bool,
    pub(super) stock: i64,
    pub(super) modified: Timestamp,
}

/// An order of one line.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) line: u64,
    pub(super) product: u64,
    pub(super) quantity: i64,
    pub(super) status: &'static str,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) completed: Option<Timestamp>,
    pub(super) refunds: Vec<Refund>,
}

/// Units paid back.
#[derive(Debug, Clone)]
pub(super) struct Refund {
    pub(super) id: u64,
    pub(super) quantity: i64,
    pub(super) at: Timestamp,
}

/// What webhooks may tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    OrderCreated(u64),
    OrderUpdated(u64),
    ProductUpdated(u64),
}

/// The shop.
#[derive(Debug, Default)]
pub(super) struct Shop {
    pub(super) products: BTreeMap<u64, Product>,
    pub(super) orders: BTreeMap<u64, Order>,
    pub(super) happenings: Vec<Happening>,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(u64, i64)>,
    last_id: u64,
}

impl Shop {
    pub(super) fn new(articles: &[Article]) -> Self {
        let mut shop = Self { last_id: 9, ..Self::default() };
        let mut parents: BTreeMap<&str, u64> = BTreeMap::new();
        for article in articles {
            let variable = articles.iter().filter(|a| a.group == article.group).count() > 1;
            let parent = variable.then(|| *parents.entry(&article.group).or_insert_with(|| shop.add_parent(&article.group)));
            let id = shop.fresh();
            if let Some(parent) = parent.and_then(|p| shop.products.get_mut(&p)) {
                parent.variations.push(id);
            }
            let product = Product {
                id,
                parent,
                variations: Vec::new(),
                sku: article.sku.to_string(),
                ean: article.ean.to_string(),
                title: article.title.clone(),
                price_cents: article.price_cents,
                managed: true,
                stock: article.stock.units(),
                modified: Timestamp::UNIX_EPOCH,
            };
            shop.products.insert(id, product);
        }
        shop
    }

    fn add_parent(&mut self, group: &str) -> u64 {
        let id = self.fresh();
        let product = Product {
            id,
            parent: None,
            variations: Vec::new(),
            sku: String::new(),
            ean: String::new(),
            title: group.to_owned(),
            price_cents: 0,
            managed: false,
            stock: 0,
            modified: Timestamp::UNIX_EPOCH,
        };
        self.products.insert(id, product);
        id
    }

    fn fresh(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn by_sku(&self, sku: &Sku) -> Option<&Product> {
        self.products.values().find(|p| p.sku == sku.as_str())
    }

    /// A customer at the checkout, who is refused what the counter does not hold. (Orders made by REST are not.)
    pub(super) fn buy(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) -> Result<u64, NotSold> {
        let product = self.by_sku(sku).ok_or(NotSold::Unknown)?;
        let (product, stock) = (product.id, product.stock);
        if stock < quantity.units() {
            return Err(NotSold::SoldOut);
        }
        self.count(now, product, -quantity.units());
        let (id, line) = (self.fresh(), self.fresh());
        let order = Order {
            id,
            line,
            product,
            quantity: quantity.units(),
            status: "processing",
            created: now,
            modified: now,
            completed: None,
            refunds: Vec::new(),
        };
        self.orders.insert(id, order);
        self.happenings.extend([Happening::OrderCreated(id), Happening::OrderUpdated(id)]);
        Ok(id)
    }

    /// Puts the stock back by itself.
    pub(super) fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(order) = self.open(order) else { return false };
        order.status = "cancelled";
        order.modified = now;
        let back = order.quantity - order.refunds.iter().map(|r| r.quantity).sum::<i64>();
        let (id, product) = (order.id, order.product);
        self.count(now, product, back);
        self.happenings.push(Happening::OrderUpdated(id));
        true
    }

    pub(super) fn complete(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        let Some(order) = self.open(order) else { return false };
        order.status = "completed";
        order.modified = now;
        order.completed = Some(now);
        let id = order.id;
        self.happenings.push(Happening::OrderUpdated(id));
        true
    }

    pub(super) fn refund(&mut self, now: Timestamp, order: &OrderNumber, quantity: Quantity) -> bool {
        let refund = self.fresh();
        let Some(order) = order.as_str().parse().ok().and_then(|id: u64| self.orders.get_mut(&id)) else { return false };
        let left = order.quantity - order.refunds.iter().map(|r| r.quantity).sum::<i64>();
        if quantity.units() > left || !matches!(order.status, "processing" | "completed") {
            return false;
        }
        order.refunds.push(Refund { id: refund, quantity: quantity.units(), at: now });
        order.modified = now;
        if quantity.units() == left {
            order.status = "refunded";
        }
        let (id, product) = (order.id, order.product);
        self.count(now, product, quantity.units());
        self.happenings.push(Happening::OrderUpdated(id));
        true
    }

    pub(super) fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(id) = self.by_sku(sku).map(|p| p.id) {
            self.set_stock(now, id, quantity.units());
        }
    }

    pub(super) fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(product) = self.products.values_mut().find(|p| p.sku == sku.as_str()) {
            product.sku = to.to_string();
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }

    /// By the code the article has now.
    pub(super) fn last_stock_write(&self) -> Option<(Sku, i64)> {
        let (product, units) = self.last_write?;
        Some((Sku::new(self.products.get(&product)?.sku.as_str()).ok()?, units))
    }

    pub(super) fn set_stock(&mut self, now: Timestamp, product: u64, units: i64) {
        if let Some(product) = self.products.get_mut(&product) {
            product.managed = true;
            product.stock = units;
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }

    fn count(&mut self, now: Timestamp, product: u64, units: i64) {
        if let Some(product) = self.products.get_mut(&product) {
            product.stock += units;
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }

    fn open(&mut self, order: &OrderNumber) -> Option<&mut Order> {
        let order = self.orders.get_mut(&order.as_str().parse().ok()?)?;
        (order.status == "processing").then_some(order)
    }
}
