//! What the store keeps: offers with their figures and prices, and orders with their parcels.

use super::units;
use crate::simulated_channel::{Checkout, FarLine, FarOrder, FarParcel, NotSold, ProductOnSale, Setup};
use domain::{Ean, OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An offer.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) sku: Sku,
    pub(super) ean: Ean,
    pub(super) title: String,
    pub(super) units: i64,
    pub(super) cents: i64,
    /// Amazon sends it.
    pub(super) by_amazon: bool,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) sku: Sku,
    pub(super) title: String,
    pub(super) units: i64,
    pub(super) unit_cents: i64,
    pub(super) shipping_cents: i64,
    pub(super) off_cents: i64,
    pub(super) cancelled: i64,
    /// The buyer wishes it cancelled.
    pub(super) wished: bool,
}

/// A parcel.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) reference: String,
    pub(super) carrier: String,
    pub(super) tracking: String,
    pub(super) sent: Timestamp,
    /// Units by the ids of lines.
    pub(super) lines: BTreeMap<String, i64>,
}

/// An order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) lines: Vec<Line>,
    pub(super) packages: Vec<Package>,
    pub(super) ship_to: String,
    pub(super) pending: bool,
    pub(super) by_amazon: bool,
    /// It is told to nobody any more.
    pub(super) hidden: bool,
}

impl Order {
    pub(super) fn sent(&self, line: &Line) -> i64 {
        self.packages.iter().filter_map(|package| package.lines.get(&line.id)).sum()
    }

    pub(super) fn open(&self, line: &Line) -> i64 {
        line.units - line.cancelled - self.sent(line)
    }

    pub(super) fn status(&self) -> &'static str {
        let all = |what: &dyn Fn(&Line) -> bool| self.lines.iter().all(what);
        if all(&|line| line.cancelled == line.units) {
            "CANCELLED"
        } else if self.pending {
            "PENDING"
        } else if all(&|line| self.open(line) == 0) {
            "SHIPPED"
        } else if self.packages.is_empty() {
            "UNSHIPPED"
        } else {
            "PARTIALLY_SHIPPED"
        }
    }
}

/// The store.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) offers: Vec<Offer>,
    pub(super) orders: Vec<Order>,
    pub(super) holds_payments: bool,
    checkout: Checkout,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(Sku, i64)>,
    pub(super) in_force: Vec<(Sku, Timestamp)>,
}

impl Shop {
    pub(super) fn new(setup: &Setup) -> Self {
        let offer = |product: &ProductOnSale| Offer {
            sku: product.sku.clone(),
            ean: product.ean.clone(),
            title: product.title.clone(),
            units: product.stock.units(),
            cents: product.price_cents,
            by_amazon: false,
        };
        Self {
            offers: setup.products.iter().map(offer).collect(),
            orders: Vec::new(),
            holds_payments: false,
            checkout: setup.checkout,
            stock_writes: 0,
            last_write: None,
            in_force: Vec::new(),
        }
    }

    pub(super) fn offer(&self, sku: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.sku.as_str() == sku)
    }

    pub(super) fn offer_mut(&mut self, sku: &Sku) -> Option<&mut Offer> {
        self.offers.iter_mut().find(|offer| offer.sku == *sku)
    }

    pub(super) fn order(&self, id: &str) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id && !order.hidden)
    }

    pub(super) fn order_mut(&mut self, id: &str) -> Option<&mut Order> {
        self.orders.iter_mut().find(|order| order.id == id && !order.hidden)
    }

    pub(super) fn buy(&mut self, now: Timestamp, wanted: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        let number = self.orders.len() + 1;
        let id = format!("405-2026000-{number:07}");
        let mut lines = Vec::new();
        let mut by_amazon = false;
        for (sku, wanted) in wanted {
            let offer = self.offer(sku.as_str()).ok_or(NotSold::Unknown)?;
            if offer.units < wanted.units() {
                return Err(NotSold::SoldOut);
            }
            by_amazon |= offer.by_amazon;
            lines.push(Line {
                id: format!("7{number:09}{:03}", lines.len() + 1),
                sku: sku.clone(),
                title: offer.title.clone(),
                units: wanted.units(),
                unit_cents: offer.cents,
                shipping_cents: if lines.is_empty() { self.checkout.shipping_cents } else { 0 },
                off_cents: self.checkout.off_cents(offer.cents * wanted.units()),
                cancelled: 0,
                wished: false,
            });
        }
        for (sku, wanted) in wanted {
            if let Some(offer) = self.offer_mut(sku) {
                offer.units -= wanted.units();
            }
        }
        let order = OrderNumber::new(id.as_str()).map_err(|_| NotSold::Unknown)?;
        self.orders.push(Order {
            id,
            created: now,
            updated: now,
            lines,
            packages: Vec::new(),
            ship_to: ship_to.to_owned(),
            pending: self.holds_payments,
            by_amazon,
            hidden: false,
        });
        Ok(order)
    }

    /// Units that were not sent are cancelled. Nothing comes back on sale by it. Nobody has seen that it does.
    pub(super) fn cancel_units(&mut self, now: Timestamp, order: &str, sku: &Sku, units: i64) -> bool {
        let Some(order) = self.order_mut(order) else { return false };
        let Some(at) = order.lines.iter().position(|line| line.sku == *sku && order.open(line) >= units) else { return false };
        order.lines[at].cancelled += units;
        order.updated = now;
        true
    }

    pub(super) fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        let order = self.order(order.as_str())?;
        let line = |line: &Line| FarLine {
            ordered: units(line.units),
            cancelled: units(line.cancelled),
            shipped: units(order.sent(line)),
            returned: Quantity::ZERO,
        };
        let of = |id: &String| order.lines.iter().find(|line| line.id == *id).map(|line| line.sku.clone());
        let parcel = |package: &Package| FarParcel {
            carrier: Some(package.carrier.clone()),
            tracking: Some(package.tracking.clone()),
            lines: package.lines.iter().filter_map(|(id, sent)| Some((of(id)?, units(*sent)))).collect(),
        };
        Some(FarOrder {
            lines: order.lines.iter().map(|one| (one.sku.clone(), line(one))).collect(),
            parcels: order.packages.iter().map(parcel).collect(),
            obscured: false,
        })
    }
}
