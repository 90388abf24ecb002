//! What is on sale, and bol's own counter for it.

use super::answers::{dated, invalid, problem, scrambled, uuid};
use super::json_v11;
use super::orders::Order;
use crate::far_side::{Article, NotSold, Setup, answer, body};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An offer shipped by the retailer.
pub(super) struct Offer {
    pub(super) id: String,
    pub(super) article: Article,
    amount: i64,
    managed_by_retailer: bool,
    modified_at: Option<Timestamp>,
    /// How many orders there were at the last update.
    orders_before: usize,
    /// Units of orders since then that are not cancelled: taken off `amount` if the retailer manages.
    sold_since: i64,
    /// Units of all orders that are neither shipped nor cancelled: taken off `amount` if bol manages.
    open: i64,
}

/// The shop.
pub(super) struct Shop {
    seed: u64,
    pub(super) offers: Vec<Offer>,
    pub(super) orders: Vec<Order>,
    stock_writes: u64,
    last_write: Option<(usize, i64)>,
}

impl Shop {
    pub(super) fn new(setup: &Setup) -> Self {
        let offer = |(n, article): (u64, &Article)| Offer {
            id: uuid(setup.seed, article.sku.as_str(), n),
            amount: article.stock.units(),
            article: article.clone(),
            managed_by_retailer: true,
            modified_at: None,
            orders_before: 0,
            sold_since: 0,
            open: 0,
        };
        let offers = (0..).zip(&setup.articles).map(offer).collect();
        Self { seed: setup.seed, offers, orders: Vec::new(), stock_writes: 0, last_write: None }
    }

    pub(super) fn shown(&self, sku: &Sku) -> Option<i64> {
        self.offers.iter().find(|o| o.article.sku == *sku).map(Offer::corrected)
    }

    fn index(&self, sku: &Sku) -> Option<usize> {
        self.offers.iter().position(|o| o.article.sku == *sku)
    }

    pub(super) fn stock_writes(&self) -> u64 {
        self.stock_writes
    }

    pub(super) fn last_stock_write(&self) -> Option<(Sku, i64)> {
        let (index, amount) = self.last_write?;
        self.offers.get(index).map(|o| (o.article.sku.clone(), amount))
    }

    pub(super) fn numbers(&self) -> Vec<OrderNumber> {
        self.orders.iter().map(|o| o.number.clone()).collect()
    }

    pub(super) fn buy(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) -> Result<OrderNumber, NotSold> {
        let index = self.index(sku).ok_or(NotSold::Unknown)?;
        let offer = self.offers.get_mut(index).ok_or(NotSold::Unknown)?;
        if quantity.is_zero() || offer.corrected() < quantity.units() {
            return Err(NotSold::SoldOut);
        }
        offer.sold_since += quantity.units();
        offer.open += quantity.units();
        let count = self.orders.len() as u64 + 1;
        // Letters and digits, as bol's newer numbers; the count keeps them apart.
        let scramble = scrambled(self.seed, "order", count).to_uppercase();
        let text = format!("C{}{count:06}", scramble.get(..3).unwrap_or_default());
        let number = OrderNumber::new(text).map_err(|_| NotSold::Unknown)?;
        self.orders.push(Order {
            number: number.clone(),
            item_id: (2_000_000_000 + count).to_string(),
            offer: index,
            quantity: quantity.units(),
            shipped: 0,
            cancelled: 0,
            placed_at: now,
            changed_at: now,
        });
        Ok(number)
    }

    /// Ships or cancels an order whole, as `how` does it.
    pub(super) fn close(&mut self, now: Timestamp, number: &OrderNumber, how: impl Fn(&mut Order)) -> bool {
        let mut orders = self.orders.iter_mut().enumerate();
        let Some((index, order)) = orders.find(|(_, o)| o.number == *number && o.open() == o.quantity) else { return false };
        how(order);
        order.changed_at = now;
        if let Some(offer) = self.offers.get_mut(order.offer) {
            offer.open -= order.quantity;
            if index >= offer.orders_before {
                offer.sold_since -= order.cancelled;
            }
        }
        true
    }

    pub(super) fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(index) = self.index(sku) {
            self.set(now, index, quantity.units(), None);
        }
    }

    pub(super) fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(offer) = self.index(sku).and_then(|index| self.offers.get_mut(index)) {
            offer.article.sku = to.clone();
            offer.modified_at = Some(now);
        }
    }

    fn set(&mut self, now: Timestamp, index: usize, amount: i64, managed_by_retailer: Option<bool>) {
        let orders_before = self.orders.len();
        if let Some(offer) = self.offers.get_mut(index) {
            offer.amount = amount;
            offer.managed_by_retailer = managed_by_retailer.unwrap_or(offer.managed_by_retailer);
            offer.modified_at = Some(now);
            offer.orders_before = orders_before;
            offer.sold_since = 0;
        }
    }

    pub(super) fn list_offers(&self, query: &BTreeMap<String, String>) -> Response {
        if let Some(name) = query.keys().find(|name| !matches!(name.as_str(), "page-size" | "cursor")) {
            return invalid(name, "The simulator does not play this filter.");
        }
        let size: usize = query.get("page-size").map_or(Some(100), |s| s.parse().ok()).unwrap_or(0);
        if !(1..=100).contains(&size) {
            return invalid("page-size", "Must be from 1 to 100.");
        }
        let Some(start) = query.get("cursor").map_or(Some(0), |c| opened(c)) else {
            return invalid("cursor", "This is no cursor.");
        };
        let page: Vec<Value> = (start..self.offers.len()).take(size).filter_map(|i| self.offer_json(i)).collect();
        let end = start + page.len();
        let next = (end < self.offers.len()).then(|| STANDARD.encode(format!("offers:{end}")));
        json_v11(200, &json!({ "offers": page, "page": { "pageSize": size, "nextCursor": next } }))
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.offers.iter().position(|o| o.id == id)
    }

    pub(super) fn offer(&self, id: &str) -> Response {
        match self.position(id).and_then(|i| self.offer_json(i)) {
            Some(offer) => json_v11(200, &offer),
            None => problem(404, "Not Found", "There is no such offer."),
        }
    }

    fn offer_json(&self, index: usize) -> Option<Value> {
        let offer = self.offers.get(index)?;
        Some(json!({
            "offerId": offer.id,
            "ean": offer.article.ean,
            "lastModifiedDateTime": dated(offer.modified_at.unwrap_or(Timestamp::UNIX_EPOCH)),
            "reference": offer.article.sku,
            "onHoldByRetailer": false,
            "stock": {
                "amount": offer.amount,
                "correctedStock": offer.corrected(),
                "managedByRetailer": offer.managed_by_retailer,
            },
            "countryAvailabilities": [{ "countryCode": "NL", "forSale": offer.corrected() > 0 }],
            "condition": { "category": "NEW" },
            "pricing": { "bundlePrices": [{ "quantity": 1, "unitPrice": offer.price() }] },
            "fulfilment": { "method": "FBR", "schedule": "BOL_DELIVERY_PROMISE" },
        }))
    }

    /// Takes the part of `PatchOfferRequest` that is about stock, and refuses what it does not play.
    pub(super) fn patch_offer(&mut self, now: Timestamp, id: &str, request: &Request) -> Response {
        let Some(index) = self.position(id) else { return problem(404, "Not Found", "There is no such offer.") };
        let patch = body(request);
        let known = |value: &Value, names: &[&str]| {
            value.as_object().is_some_and(|o| !o.is_empty() && o.keys().all(|k| names.contains(&k.as_str())))
        };
        if !known(&patch, &["stock"]) || !patch.get("stock").is_some_and(|s| known(s, &["amount", "managedByRetailer"])) {
            return invalid("stock", "The simulator plays changes of stock only.");
        }
        let amount = patch.pointer("/stock/amount").map_or(self.offers.get(index).map(|o| o.amount), Value::as_i64);
        let Some(amount) = amount.filter(|a| (0..=i64::from(i32::MAX)).contains(a)) else {
            return invalid("stock.amount", "Must be a whole number from 0.");
        };
        let managed = patch.pointer("/stock/managedByRetailer");
        if managed.is_some_and(|m| !m.is_boolean()) {
            return invalid("stock.managedByRetailer", "Must be true or false.");
        }
        self.set(now, index, amount, managed.and_then(Value::as_bool));
        self.stock_writes += 1;
        self.last_write = Some((index, amount));
        answer(204, super::V11, &Value::Null)
    }
}

impl Offer {
    /// `correctedStock`: what is left to be bought.
    fn corrected(&self) -> i64 {
        self.amount - if self.managed_by_retailer { self.sold_since } else { self.open }
    }

    /// A JSON number with two decimals.
    pub(super) fn price(&self) -> Value {
        let cents = self.article.price_cents;
        serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap_or_default()
    }
}

fn opened(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("offers:")?.parse().ok()
}
