//! Customers and the warehouse: a steady load on all channels, drawn from the seed.

use super::books::{Answered, Books, Change, OrderId, Sale};
use crate::pages::Pages;
use crate::place::Place;
use domain::{Quantity, Sku};
use jiff::Timestamp;
use ports::Clock;
use serde_json::json;
use std::collections::VecDeque;
use std::time::Duration;

/// One sale in so many is taken back.
const REGRETS: u32 = 8;
/// Sales that may still be taken back: the latest.
const MAY_REGRET: usize = 200;
/// Half of all customers want one of so many products: there, orders meet.
const HOT: usize = 4;
/// Between two corrections of a figure.
const BETWEEN_CORRECTIONS: Duration = Duration::from_secs(1);

/// The load.
pub(super) struct Load<'a> {
    pub(super) place: &'a Place,
    pub(super) books: &'a Books,
    pub(super) clock: &'a dyn Clock,
    pub(super) until: Timestamp,
    /// Customers in a second.
    pub(super) rate: u32,
    pub(super) seed: u64,
}

impl Load<'_> {
    /// Customers buy, and some regret it.
    pub(super) async fn customers(&self) {
        let mut rng = fastrand::Rng::with_seed(self.seed);
        let skus = self.skus();
        let weights: Vec<u32> = self.place.share(1000);
        let mut recent: VecDeque<OrderId> = VecDeque::new();
        let between_us = 1_000_000 / u64::from(self.rate.max(1));
        while self.clock.now() < self.until {
            // Between nothing and twice the pace: right on average, and never regular.
            self.clock.sleep(Duration::from_micros(rng.u64(..=2 * between_us))).await;
            let shop = &self.place.shops[weighted(&mut rng, &weights)];
            let Some(sku) = wanted(&mut rng, &skus) else { return };
            let units = i64::from(rng.u32(1..=3));
            match shop.buy(&sku, Quantity::clamped(units)) {
                Ok(number) => {
                    let id = (shop.connection.clone(), number);
                    let mut books = self.books.open();
                    books.sales.insert(id.clone(), Sale { sku, units, cancelled: false });
                    books.fresh.push(id.clone());
                    drop(books);
                    recent.push_back(id);
                    if recent.len() > MAY_REGRET {
                        recent.pop_front();
                    }
                }
                Err(_) => self.books.open().refused += 1,
            }
            if rng.u32(..REGRETS) == 0 && !recent.is_empty() {
                let regretted = recent.swap_remove_back(rng.usize(..recent.len()));
                self.cancel(regretted);
            }
        }
    }

    fn cancel(&self, order: Option<OrderId>) {
        let Some(id) = order else { return };
        let Some(shop) = self.place.shops.iter().find(|s| s.connection == id.0) else { return };
        if shop.cancel(&id.1)
            && let Some(sale) = self.books.open().sales.get_mut(&id)
        {
            sale.cancelled = true;
        }
    }

    /// Goods come in, some are written off, and now and then somebody counts; each through the JSON API, once: what is not answered
    /// is not asked again.
    pub(super) async fn warehouse(&self, pages: &Pages) {
        let mut rng = fastrand::Rng::with_seed(self.seed.wrapping_add(1));
        let skus = self.skus();
        // About as much comes in as goes out, so that products sell out now and then.
        let most = i64::from(self.rate) * 4;
        let mut number = 0;
        while self.clock.now() < self.until {
            self.clock.sleep(BETWEEN_CORRECTIONS).await;
            let Some(sku) = wanted(&mut rng, &skus) else { return };
            number += 1;
            let (name, add, mut body) = match rng.u32(..10) {
                0 => ("write-off", Some(-rng.i64(1..=4)), json!({})),
                1 => ("count", None, json!({ "set": rng.i64(0..=60) })),
                _ => ("receipt", Some(rng.i64(1..=most)), json!({})),
            };
            let reason = format!("{name} {number}");
            if let Some(add) = add {
                body["add"] = add.into();
            }
            body["location"] = self.place.location.as_str().into();
            body["reason"] = reason.as_str().into();
            body["by"] = "soak".into();
            body["sku"] = sku.as_str().into();
            let key = format!("soak-{number}");
            let answered = match pages.ask_once(&key, http::Method::POST, "/api/v1/stock/adjustments", Some(&body)).await {
                Ok((200, _)) => Answered::Done,
                Ok((400..=499, _)) => Answered::Refused,
                Ok(_) | Err(_) => Answered::Unknown,
            };
            self.books.open().changes.insert(reason, Change { sku, add, answered });
        }
    }

    fn skus(&self) -> Vec<Sku> {
        self.place.config.catalogue.iter().filter(|e| e.item.ean.is_some()).map(|e| e.item.sku.clone()).collect()
    }
}

fn wanted(rng: &mut fastrand::Rng, skus: &[Sku]) -> Option<Sku> {
    let among = if rng.bool() { skus.len().min(HOT) } else { skus.len() };
    rng.choice(&skus[..among]).cloned()
}

fn weighted(rng: &mut fastrand::Rng, weights: &[u32]) -> usize {
    let mut roll = rng.u32(..weights.iter().sum::<u32>().max(1));
    for (position, weight) in weights.iter().enumerate() {
        if roll < *weight {
            return position;
        }
        roll -= weight;
    }
    0
}
