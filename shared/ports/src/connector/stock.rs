//! The figures that a channel shows.

use super::written::only;
use super::{Acknowledged, Call, Later, LocationWrite, Observed, Outcomes};
use crate::Result;
use async_trait::async_trait;
use domain::{OfferId, Quantity};

/// What "set 7" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockSemantics {
    /// The figure shown, as it is.
    Absolute,
    /// As `Absolute`, if the figure shown is still the one given.
    CompareAndSet,
    /// What is available at that instant; the channel takes off orders placed after the write.
    AbsoluteLessLaterOrders,
}

/// Whether the present figure can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBack {
    /// Yes, with one call per item.
    PerItem,
    /// No.
    None,
}

/// A figure to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockWrite {
    /// Which item.
    pub offer: OfferId,
    /// The listing's `stock_reference`.
    pub stock_reference: String,
    /// The figure to show.
    pub quantity: Quantity,
    /// The figure that was read just before. A compare-and-set channel declines (`Conflict`) if it is no longer there.
    pub from: Option<Quantity>,
    /// Where the connection's settings name places: all of the figure by place. All of them are written, or none.
    pub places: Vec<LocationWrite>,
    /// The item may be one that the channel does not track: it is to be tracked from now on. Without this, such an item is left as it is
    /// (`Conflict`).
    pub start_tracking: bool,
}

/// What the engine must not guess about a channel's figures.
#[derive(Debug, Clone, Copy)]
pub struct StockDescriptor {
    /// What "set 7" means.
    pub semantics: StockSemantics,
    /// Whether the figure on the channel can be read before it is written.
    pub read_back: ReadBack,
    /// Whether it can lead the stock: its staff keep figures there, its own orders move them as they are told, they can be read, and no other
    /// write of ours moves them.
    pub can_lead: bool,
    /// Where it keeps a figure for each of its own locations, which the settings `location.<our location>` name: the setting that names
    /// the only one where these name none. Such a channel is compared and set (`semantics`) and can be read (`read_back`).
    pub locations: Option<&'static str>,
    /// Whether it can be told to track the stock of an item that it does not track.
    pub starts_tracking: bool,
    /// The largest figure it takes, in units; larger targets are shown as this.
    pub most: Option<i64>,
    /// Most items of one write.
    pub batch: usize,
    /// Seconds that must lie between two writes of one connection, however many items each has. 0: as its limits allow.
    pub write_every_s: u32,
    /// How it works on writes that it acknowledges as `Pending`. `None`: a write is in force with its answer. What is compared before it is set
    /// (`semantics`) is answered at once.
    pub later: Option<Later>,
}

/// Shows how many are to be had.
#[async_trait]
pub trait StockLevels: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static StockDescriptor;

    /// Reads the figure an item shows now.
    async fn read(&self, call: &Call<'_>, offer: &OfferId, stock_reference: &str) -> Result<Observed>;

    /// Writes the figures that items show: at most `StockDescriptor::batch` of them, and one outcome for each.
    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes>;

    /// Writes the figure of one item.
    async fn write_one(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
        only(self.write(call, std::slice::from_ref(write)).await?)
    }
}
