//! Products and the counter.

use super::orders::Order;
use crate::simulated_channel::{Checkout, ProductOnSale};
use domain::{Quantity, Sku};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A product, or a variation of the product `parent`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "what the shop itself keeps of a product, each apart")]
pub(super) struct Product {
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    /// Empty unless it is variable.
    pub(super) variations: Vec<u64>,
    pub(super) sku: String,
    pub(super) ean: String,
    pub(super) title: String,
    pub(super) price_cents: i64,
    /// What it costs for now instead.
    pub(super) sale_cents: Option<i64>,
    /// Whether it has a stock of its own.
    pub(super) managed: bool,
    /// Of a variation without: it uses the stock of its parent.
    pub(super) inherits: bool,
    /// Whether it is sold on when none is left.
    pub(super) backorders: bool,
    /// Whether it needs no shipping.
    pub(super) is_virtual: bool,
    pub(super) stock: i64,
    pub(super) modified: Timestamp,
}

/// What webhooks may tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    OrderCreated(u64),
    OrderUpdated(u64),
    OrderDeleted(u64),
    ProductUpdated(u64),
}

/// A plugin that puts a set and its parts into an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sets {
    /// Fields of its own on each line.
    #[default]
    ProductBundles,
    /// Likewise, by other names.
    CompositeProducts,
    /// Only what is kept with each line says so; the set by the id of its product.
    WpcProductBundles,
}

/// The shop.
#[derive(Debug, Default)]
pub(super) struct Shop {
    pub(super) sets: Sets,
    pub(super) checkout: Checkout,
    pub(super) products: BTreeMap<u64, Product>,
    pub(super) orders: BTreeMap<u64, Order>,
    pub(super) happenings: Vec<Happening>,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(u64, i64)>,
    last_id: u64,
}

impl Shop {
    pub(super) fn new(all_on_sale: &[ProductOnSale], checkout: Checkout) -> Self {
        let mut shop = Self { checkout, last_id: 9, ..Self::default() };
        let mut parents: BTreeMap<&str, u64> = BTreeMap::new();
        for on_sale in all_on_sale {
            let variable = all_on_sale.iter().filter(|a| a.group == on_sale.group).count() > 1;
            let parent = variable.then(|| *parents.entry(&on_sale.group).or_insert_with(|| shop.add_parent(&on_sale.group)));
            let id = shop.fresh();
            if let Some(parent) = parent.and_then(|p| shop.products.get_mut(&p)) {
                parent.variations.push(id);
            }
            let product = Product {
                id,
                parent,
                variations: Vec::new(),
                sku: on_sale.sku.to_string(),
                ean: on_sale.ean.to_string(),
                title: on_sale.title.clone(),
                price_cents: on_sale.price_cents,
                sale_cents: None,
                managed: true,
                inherits: false,
                backorders: false,
                is_virtual: false,
                stock: on_sale.stock.units(),
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
            sale_cents: None,
            managed: false,
            inherits: false,
            backorders: false,
            is_virtual: false,
            stock: 0,
            modified: Timestamp::UNIX_EPOCH,
        };
        self.products.insert(id, product);
        id
    }

    pub(super) fn fresh(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn by_sku(&self, sku: &Sku) -> Option<&Product> {
        self.products.values().find(|p| p.sku == sku.as_str())
    }

    pub(super) fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(id) = self.by_sku(sku).map(holder) {
            self.set_stock(now, id, quantity.units());
        }
    }

    /// The figure of a product, if it is tracked.
    pub(super) fn figure(&self, product: &Product) -> Option<i64> {
        self.products.get(&holder(product)).filter(|holder| holder.managed).map(|holder| holder.stock)
    }

    /// Whether a customer may have so many.
    pub(super) fn has(&self, product: &Product, units: i64) -> bool {
        product.backorders || self.figure(product).is_none_or(|stock| stock >= units)
    }

    /// Ticks or un-ticks "Track stock quantity".
    pub(super) fn set_tracking(&mut self, now: Timestamp, sku: &Sku, from: Option<i64>) -> bool {
        let Some(product) = self.products.values_mut().find(|p| p.sku == sku.as_str()) else { return false };
        (product.managed, product.inherits, product.stock) = (from.is_some(), false, from.unwrap_or(0));
        product.modified = now;
        self.happenings.push(Happening::ProductUpdated(product.id));
        true
    }

    /// Variations of one product use the stock of that product.
    pub(super) fn share_stock(&mut self, now: Timestamp, skus: &[Sku], units: i64) -> bool {
        let ids: Vec<u64> = skus.iter().filter_map(|sku| self.by_sku(sku).map(|p| p.id)).collect();
        let parents: std::collections::BTreeSet<Option<u64>> = ids.iter().map(|id| self.products[id].parent).collect();
        let (Some(Some(parent)), 1) = (parents.first().copied(), parents.len()) else { return false };
        for id in ids {
            if let Some(product) = self.products.get_mut(&id) {
                (product.managed, product.inherits, product.modified) = (false, true, now);
                self.happenings.push(Happening::ProductUpdated(id));
            }
        }
        self.set_stock(now, parent, units);
        true
    }

    pub(super) fn sell_past_zero(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        let Some(product) = self.products.values_mut().find(|p| p.sku == sku.as_str()) else { return false };
        (product.backorders, product.modified) = (on, now);
        self.happenings.push(Happening::ProductUpdated(product.id));
        true
    }

    pub(super) fn set_virtual(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        let Some(product) = self.products.values_mut().find(|p| p.sku == sku.as_str()) else { return false };
        (product.is_virtual, product.modified) = (on, now);
        self.happenings.push(Happening::ProductUpdated(product.id));
        true
    }

    pub(super) fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(product) = self.products.values_mut().find(|p| p.sku == sku.as_str()) {
            product.sku = to.to_string();
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }

    /// By the code the product has now.
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

    /// Adds to the counter; of what is not tracked, to none.
    pub(super) fn count(&mut self, now: Timestamp, product: u64, units: i64) {
        let holder = self.products.get(&product).map(holder);
        if let Some(product) = holder.and_then(|id| self.products.get_mut(&id)).filter(|holder| holder.managed) {
            product.stock += units;
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }

    /// A regular price, and one that goes before it; in cents.
    pub(super) fn set_price(&mut self, now: Timestamp, product: u64, regular: i64, sale: Option<i64>) {
        if let Some(product) = self.products.get_mut(&product) {
            (product.price_cents, product.sale_cents) = (regular, sale);
            product.modified = now;
            self.happenings.push(Happening::ProductUpdated(product.id));
        }
    }
}

impl Product {
    /// What it costs now, in cents.
    pub(super) fn cents(&self) -> i64 {
        self.sale_cents.filter(|sale| *sale < self.price_cents).unwrap_or(self.price_cents)
    }
}

/// Whose stock a product uses.
fn holder(product: &Product) -> u64 {
    product.parent.filter(|_| product.inherits).unwrap_or(product.id)
}
