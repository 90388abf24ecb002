//! What a channel is told of an order: shipments, cancellations, decisions about returns.

use super::{Account, Acknowledged, Call};
use crate::{Error, ErrorKind, Result};
use async_trait::async_trait;
use domain::{CarrierId, OrderNumber, OrderUpdate};

/// What a channel can be told about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FulfilmentDescriptor {
    /// Its codes for carriers: the merchant's word (`CarrierId`) and the channel's. A connection's setting `carrier.<word>` goes before.
    pub carriers: &'static [(&'static str, &'static str)],
    /// Its code for a carrier that is in neither; `None`: such a carrier is refused, with the known ones named.
    pub other_carrier: Option<&'static str>,
    /// Whether it takes no shipment without a carrier.
    pub needs_carrier: bool,
    /// Most lines of one shipment.
    pub most_lines: Option<usize>,
    /// It knows an order as sent or not, and one carrier and code for it: it is told with the shipment that completes the order.
    pub whole_orders: bool,
    /// The smallest thing that can be cancelled.
    pub cancels: Cancels,
    /// Most units of one decision about a return.
    pub most_returned: Option<i64>,
    /// Which decisions about returns it can be told.
    pub returns: HeardReturns,
}

/// Which decisions about returns a channel can be told. What it cannot be told, there is nothing to tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeardReturns {
    /// None: the merchant pays back in the channel's own screens.
    Nothing,
    /// All but that a return was refused of which it does not know.
    ButUnknownRefusals,
    /// All.
    All,
}

/// The smallest thing of an order that the merchant can cancel on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancels {
    /// Nothing: it has no call for that. What the merchant cancels in its own screen is read.
    Nothing,
    /// All of it, before anything was sent.
    WholeOrder,
    /// All that is still open of a line.
    OpenLine,
    /// Any number of units.
    Units,
}

impl FulfilmentDescriptor {
    /// The channel's code for a carrier: from the connection's setting `carrier.<word>`, or else as the channel's table has it.
    pub fn carrier<'a>(&'a self, account: &'a Account, carrier: &CarrierId) -> Result<&'a str> {
        let set = account.settings.get(&format!("carrier.{carrier}")).map(String::as_str);
        let listed = || self.carriers.iter().find(|(word, _)| *word == carrier.as_str()).map(|(_, code)| *code);
        set.or_else(listed).or(self.other_carrier).ok_or_else(|| {
            let known: Vec<&str> = self.carriers.iter().map(|(word, _)| *word).collect();
            let message = format!(
                "the channel has no code for the carrier `{carrier}`; known are {}; or give its code in the setting `carrier.{carrier}` \
                 of connection {}",
                known.join(", "),
                account.connection
            );
            Error::new(ErrorKind::BadInput, "carrier", message)
        })
    }
}

/// Wants to hear what was done about an order.
#[async_trait]
pub trait Fulfilment: Send + Sync {
    /// What it can be told.
    fn descriptor(&self) -> &'static FulfilmentDescriptor;

    /// Tells the channel what was done about an order. `BadInput` if it cannot be told such a thing, before any call is made.
    async fn tell(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged>;

    /// Whether the channel knows this of the order already: asked after an attempt whose outcome is unknown. `None`: it cannot tell.
    async fn knows(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>>;
}
