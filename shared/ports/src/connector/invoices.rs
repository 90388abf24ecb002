//! Invoices that a channel shows to its customers.

use super::{Acknowledged, Call};
use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use domain::{OrderLineId, OrderNumber};
use std::fmt;

/// What the engine must not guess about the documents a channel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoicesDescriptor {
    /// Whether it takes credit notes. Where it does not, they reach the buyer by mail or not at all.
    pub credit_notes: bool,
    /// The largest file.
    pub most_bytes: usize,
}

/// An invoice for a channel.
#[derive(Clone, PartialEq, Eq)]
pub struct InvoiceUpload {
    /// The order.
    pub order: OrderNumber,
    /// The number that stands on the document.
    pub number: String,
    /// Our id of the shipment that it is for, as the channel was told; `None`: it is for what left without a shipment of ours.
    pub shipment: Option<String>,
    /// Our ids of the order's other shipments: they are not what it is for.
    pub other_shipments: Vec<String>,
    /// The lines of the order that it is for.
    pub lines: Vec<OrderLineId>,
    /// The document.
    pub pdf: Bytes,
}

/// Its `Debug` shows no document: it names the buyer.
impl fmt::Debug for InvoiceUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order, number, shipment, .. } = self;
        f.debug_struct("InvoiceUpload")
            .field("order", order)
            .field("number", number)
            .field("shipment", shipment)
            .field("bytes", &self.pdf.len())
            .finish_non_exhaustive()
    }
}

/// Something that a channel says of the invoices of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNotice {
    /// The order.
    pub order: OrderNumber,
    /// What.
    pub says: InvoiceSays,
}

/// What a channel says of invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceSays {
    /// A customer wants one.
    Requested,
    /// It took one, and found something wrong with it: `knows` tells of which one, and what.
    Refused,
}

/// A page of what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceNoticePage {
    /// As it lists them.
    pub notices: Vec<InvoiceNotice>,
    /// The next page; `None`: this was the last.
    pub next: Option<String>,
}

/// Takes the merchant's invoices, and shows them to its customers.
#[async_trait]
pub trait Invoices: Send + Sync {
    /// What it takes.
    fn descriptor(&self) -> &'static InvoicesDescriptor;

    /// Gives the channel an invoice. A temporary error where it does not know yet what the invoice is for; `BadInput` and `Declined` where it will
    /// never take it.
    async fn upload(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Acknowledged>;

    /// Whether the channel has an invoice for this already: asked after an attempt whose outcome is unknown. `None`: it cannot tell.
    /// `Declined`: it has it, and does not want it.
    async fn knows(&self, call: &Call<'_>, invoice: &InvoiceUpload) -> Result<Option<bool>>;

    /// What it says by itself, page by page. Whoever says nothing lists nothing.
    async fn notices(&self, _call: &Call<'_>, _page: Option<&str>) -> Result<InvoiceNoticePage> {
        Ok(InvoiceNoticePage::default())
    }
}
