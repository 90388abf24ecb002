//! Orders as a channel tells of them.

use super::{Call, Notification};
use crate::Result;
use async_trait::async_trait;
use domain::{OrderNumber, OrderSnapshot};
use jiff::{SignedDuration, Timestamp};

/// How changed orders are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How far behind the truth the list may be: the cursor never goes beyond now less this.
    pub lag: SignedDuration,
    /// How far before the cursor every poll starts again.
    pub overlap: SignedDuration,
    /// Most pages of one poll before it goes on at the next.
    pub most_pages: u32,
    /// Seconds between polls that suit it. The template's schedule is one for all channels: a connection whose channel wants to be polled more
    /// rarely is left out until then. Proofs let this much time pass.
    pub every_s: u32,
    /// Seconds that must lie between two readings of the list, whoever asks for them: what its budget of calls allows. 0: its answers tell.
    pub apart_s: u32,
}

/// Whether a channel puts cancelled units back on its own counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestocksOnCancel {
    /// It leaves them off.
    Never,
    /// It does.
    Always,
    /// It does, unless it is told not to with the cancellation of a whole order.
    UnlessTold,
}

/// Whether an order that was known and that a channel no longer shows was deleted by its staff, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletesOrders {
    /// Nobody can: it must be something else.
    Never,
    /// It was, if it was placed within this time. Older ones it may only hide.
    ShownFor(SignedDuration),
    /// It was.
    Always,
}

/// What a read of an order, or of a list of them, tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderReads {
    /// How the order is now, whatever the channel's stamps say.
    Now,
    /// Perhaps how it was before something that was told already: reads follow what happened, and may be late. The channel's stamps order them.
    MayBeLate,
}

/// From where on to list changed orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersFrom {
    /// Changed at or after this instant, UTC. The engine has taken off the overlap.
    pub since: Timestamp,
    /// The next page of a listing under way, as the page before named it.
    pub page: Option<String>,
}

/// One page of changed orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPage {
    /// What it tells; orders that the list tells only in part come as a `Notification::Changed`.
    pub notices: Vec<Notification>,
    /// The next page; `None`: this was the last. An empty page is not by itself the last.
    pub next: Option<String>,
}

/// What the engine must not guess about a channel's orders.
#[derive(Debug, Clone, Copy)]
pub struct OrdersDescriptor {
    /// How changed orders are listed.
    pub paging: Paging,
    /// Whether it puts stock back on its own counter when an order is cancelled.
    pub restocks_on_cancel: RestocksOnCancel,
    /// Whether an order that it no longer shows is deleted.
    pub deletes: DeletesOrders,
    /// Whether a read can tell an earlier state than one before it.
    pub reads: OrderReads,
}

/// Tells of orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static OrdersDescriptor;

    /// Lists orders changed since. A page that fails is an error, never an end.
    async fn list(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage>;

    /// Where the merchant sees the order in the system's own screens, by the connection's `base_url`; for whoever looks after it. `None`: no
    /// such address is known.
    fn order_url(&self, _base_url: &str, _number: &OrderNumber) -> Option<String> {
        None
    }

    /// Reads one order.
    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot>;
}
