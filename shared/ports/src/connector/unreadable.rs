//! What cannot be read.

use domain::OfferId;

/// An item of a page that cannot be read, or not in one field: it is named alone, and what stands beside it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableItem {
    /// What it is, for people: by the channel's own id, `product 12`; without one by its place, `item 3 on page 2 of products`. The same at
    /// each reading.
    pub item: String,
    /// The item on the channel, as a listing names it.
    pub offer: Option<OfferId>,
    /// The merchant's code, if that can be read.
    pub sku: Option<domain::Sku>,
    /// The field that stands in the way.
    pub problem: domain::FieldError,
}
