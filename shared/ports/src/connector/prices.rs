//! The prices that a channel asks.

use super::written::only;
use super::{Acknowledged, Call, Later, Outcomes};
use crate::Result;
use async_trait::async_trait;
use domain::{Money, OfferId};

/// A price to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceWrite {
    /// Which item.
    pub offer: OfferId,
    /// The listing's `stock_reference`.
    pub stock_reference: String,
    /// The price of one unit, with or without tax as the channel wants it.
    pub price: Money,
    /// What it cost before, to be shown struck through where the channel has such a thing.
    pub was: Option<Money>,
}

/// What the engine must not guess about a channel's prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricesDescriptor {
    /// Most items of one write.
    pub batch: usize,
    /// Seconds that must lie between two writes of one connection, however many items each has. 0: as its limits allow.
    pub write_every_s: u32,
    /// How it works on writes that it acknowledges as `Pending`. `None`: a price is in force with its answer.
    pub later: Option<Later>,
}

impl PricesDescriptor {
    /// One price at a time, in force with the answer.
    pub const ONE_AT_A_TIME: Self = Self { batch: 1, write_every_s: 0, later: None };
}

/// Asks prices that can be set.
#[async_trait]
pub trait Prices: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static PricesDescriptor;

    /// Sets the prices of items, and gives one outcome for each.
    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes>;

    /// Sets the price of one item.
    async fn write_one(&self, call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
        only(self.write(call, std::slice::from_ref(write)).await?)
    }
}
