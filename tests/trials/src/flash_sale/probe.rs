//! How long it takes from a sale until every other channel shows the new figure: single sales of different products.

use crate::place::Place;
use domain::{Quantity, Sku};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Error, ErrorKind, Result};
use std::time::Duration;

/// Single sales.
pub(super) const SALES: usize = 40;
/// Between two of them.
const APART: Duration = Duration::from_millis(250);
/// How often windows are looked at: the grain of what is measured.
const GRAIN: Duration = Duration::from_millis(5);
/// Longest wait for a window.
const LONGEST: SignedDuration = SignedDuration::from_secs(90);

/// What was measured, shortest first.
#[derive(Debug, Clone)]
pub(super) struct Delays(Vec<SignedDuration>);

impl Delays {
    pub(super) async fn measure(place: &Place, clock: &dyn Clock) -> Result<Self> {
        let others = place.config.catalogue.iter().map(|e| &e.item.sku).filter(|sku| **sku != place.sku).take(SALES);
        let sales = others.zip(0_u32..).map(|(sku, turn)| one(place, clock, sku, turn));
        let mut delays = join_all(sales).await.into_iter().collect::<Result<Vec<_>>>()?;
        delays.sort();
        Ok(Self(delays))
    }

    /// The delay that so many of a hundred sales do not exceed.
    pub(super) fn percentile(&self, percent: usize) -> SignedDuration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

async fn one(place: &Place, clock: &dyn Clock, sku: &Sku, turn: u32) -> Result<SignedDuration> {
    clock.sleep(APART * turn).await;
    let stuck = |what: &str| Error::new(ErrorKind::Timeout, "flash sale", format!("a single sale of {sku}: {what}"));
    let at = usize::try_from(turn).unwrap_or(0) % place.shops.len().max(1);
    let shop = place.shops.get(at).ok_or_else(|| stuck("there is no shop"))?;
    let wanted = shop.shown(sku).map(|shown| shown - 1);
    let began: Timestamp = clock.now();
    shop.buy(sku, Quantity::clamped(1)).map_err(|_| stuck("the shop did not sell"))?;
    while place.shops.iter().any(|s| s.shown(sku) != wanted) {
        if clock.now().duration_since(began) > LONGEST {
            return Err(stuck("another channel was not told in time"));
        }
        clock.sleep(GRAIN).await;
    }
    Ok(clock.now().duration_since(began))
}
