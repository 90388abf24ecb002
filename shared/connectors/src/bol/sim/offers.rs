//! Offers as bol lists, shows and changes them (v11).

use super::answers::{dated, invalid, problem};
use super::json_v11;
use super::shop::{COUNTRIES, Shop};
use crate::simulated_channel::{ProductOnSale, answer, body};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ports::{Request, Response};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An offer shipped by the retailer.
pub(super) struct Offer {
    pub(super) id: String,
    pub(super) product: ProductOnSale,
    amount: i64,
    managed_by_retailer: bool,
    pub(super) modified_at: Option<Timestamp>,
    /// How many orders there were at the last update.
    pub(super) orders_before: usize,
    /// Units of orders since then that are not cancelled: taken off `amount` if the retailer manages.
    pub(super) sold_since: i64,
    /// Units of all orders that are neither shipped nor cancelled: taken off `amount` if bol manages.
    pub(super) open: i64,
    /// Prices from more than one unit on, in cents.
    bundles: Vec<(i64, i64)>,
}

impl Offer {
    pub(super) fn new(id: String, product: ProductOnSale) -> Self {
        Self {
            id,
            amount: product.stock.units(),
            product,
            managed_by_retailer: true,
            modified_at: None,
            orders_before: 0,
            sold_since: 0,
            open: 0,
            bundles: Vec::new(),
        }
    }

    /// `correctedStock`: what is left to be bought.
    pub(super) fn corrected(&self) -> i64 {
        self.amount - if self.managed_by_retailer { self.sold_since } else { self.open }
    }
}

/// A JSON number with two decimals.
pub(super) fn euros(cents: i64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap_or_default()
}

/// What of a `PatchOfferRequest` is played.
struct Patch {
    amount: Option<i64>,
    managed_by_retailer: Option<bool>,
    /// Quantities and cents.
    prices: Option<Vec<(i64, i64)>>,
}

impl Shop {
    /// Any update moves the point from which on orders are taken off: "the last offer update", read by the letter. Nobody has said
    /// whether bol counts a change of the price as one.
    pub(super) fn set(&mut self, now: Timestamp, index: usize, amount: Option<i64>, managed_by_retailer: Option<bool>) {
        let orders_before = self.orders.len();
        if let Some(offer) = self.offers.get_mut(index) {
            offer.amount = amount.unwrap_or(offer.amount);
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
        let tiers = std::iter::once((1, offer.product.price_cents)).chain(offer.bundles.iter().copied());
        let prices: Vec<Value> = tiers.map(|(from, cents)| json!({ "quantity": from, "unitPrice": euros(cents) })).collect();
        Some(json!({
            "offerId": offer.id,
            "ean": offer.product.ean,
            "lastModifiedDateTime": dated(offer.modified_at.unwrap_or(Timestamp::UNIX_EPOCH)),
            "reference": offer.product.sku,
            "onHoldByRetailer": false,
            "stock": {
                "amount": offer.amount,
                "correctedStock": offer.corrected(),
                "managedByRetailer": offer.managed_by_retailer,
            },
            "countryAvailabilities": COUNTRIES.map(|c| json!({ "countryCode": c, "forSale": offer.corrected() > 0 })),
            "condition": { "category": "NEW" },
            "pricing": { "bundlePrices": prices },
            "fulfilment": { "method": "FBR", "schedule": "BOL_DELIVERY_PROMISE" },
        }))
    }

    /// Takes the part of `PatchOfferRequest` that is about stock and prices, and refuses what it does not play.
    pub(super) fn patch_offer(&mut self, now: Timestamp, id: &str, request: &Request) -> Response {
        let Some(index) = self.position(id) else { return problem(404, "Not Found", "There is no such offer.") };
        let patch = match Patch::read(&body(request)) {
            Ok(patch) => patch,
            Err(refusal) => return *refusal,
        };
        self.set(now, index, patch.amount, patch.managed_by_retailer);
        if let (Some(offer), Some([(_, single), bundles @ ..])) = (self.offers.get_mut(index), patch.prices.as_deref()) {
            offer.product.price_cents = *single;
            offer.bundles = bundles.to_vec();
        }
        if let Some(amount) = patch.amount {
            self.stock_writes += 1;
            self.last_write = Some((index, amount));
        }
        answer(204, super::V11, &Value::Null)
    }

    /// A price for larger quantities, as the merchant sets it in bol's own screen.
    #[cfg(test)]
    pub(super) fn bundle(&mut self, index: usize, quantity: i64, cents: i64) {
        if let Some(offer) = self.offers.get_mut(index) {
            offer.bundles.push((quantity, cents));
        }
    }
}

impl Patch {
    fn read(patch: &Value) -> Result<Self, Box<Response>> {
        let known = |value: &Value, names: &[&str]| {
            value.as_object().is_some_and(|o| !o.is_empty() && o.keys().all(|k| names.contains(&k.as_str())))
        };
        let refuse = |name: &str, reason: &str| Box::new(invalid(name, reason));
        if !known(patch, &["stock", "pricing"]) {
            return Err(refuse("body", "The simulator plays changes of stock and pricing only."));
        }
        let (mut amount, mut managed_by_retailer, mut prices) = (None, None, None);
        if let Some(stock) = patch.get("stock") {
            if !known(stock, &["amount", "managedByRetailer"]) {
                return Err(refuse("stock", "Holds a field that is not played."));
            }
            if let Some(given) = stock.get("amount") {
                let whole = given.as_i64().filter(|a| (0..=i64::from(i32::MAX)).contains(a));
                amount = Some(whole.ok_or_else(|| refuse("stock.amount", "Must be a whole number from 0."))?);
            }
            if let Some(given) = stock.get("managedByRetailer") {
                managed_by_retailer =
                    Some(given.as_bool().ok_or_else(|| refuse("stock.managedByRetailer", "Must be true or false."))?);
            }
        }
        if let Some(pricing) = patch.get("pricing") {
            prices = Some(tiers(pricing).ok_or_else(|| refuse("pricing.bundlePrices", "Request contains invalid value(s)."))?);
        }
        Ok(Self { amount, managed_by_retailer, prices })
    }
}

/// One to four prices from 1 to 9999: from one unit on, quantities up to 24 rising, prices falling.
fn tiers(pricing: &Value) -> Option<Vec<(i64, i64)>> {
    let listed = pricing.get("bundlePrices")?.as_array()?.iter();
    let tier = |t: &Value| {
        let price = t.get("unitPrice").filter(|p| p.is_number())?.to_string();
        let cents = Decimal::from_str_exact(&price).ok()?.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
        let cents = (cents.scale() == 0).then(|| i64::try_from(cents.mantissa()).ok())??;
        Some((t.get("quantity")?.as_i64()?, cents))
    };
    let tiers: Vec<(i64, i64)> = listed.map(tier).collect::<Option<_>>()?;
    let in_bounds = tiers.iter().all(|(quantity, cents)| (1..=24).contains(quantity) && (100..=999_900).contains(cents));
    let ordered = tiers.iter().zip(tiers.iter().skip(1)).all(|(a, b)| a.0 < b.0 && a.1 > b.1);
    (tiers.first()?.0 == 1 && tiers.len() <= 4 && in_bounds && ordered).then_some(tiers)
}

fn opened(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("offers:")?.parse().ok()
}
