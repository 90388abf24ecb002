//! What is on sale on a channel.

use super::{Call, UnreadableItem};
use crate::Result;
use async_trait::async_trait;
use domain::Listing;

/// One page of listings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingPage {
    /// The items.
    pub listings: Vec<Listing>,
    /// What of it cannot be read. An item may be in both: it is sold, and one of its fields cannot be told.
    pub unreadable: Vec<UnreadableItem>,
    /// The next page; `None`: this was the last.
    pub next: Option<String>,
}

/// Has offers of the merchant's products.
#[async_trait]
pub trait Listings: Send + Sync {
    /// Lists the items on sale.
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage>;
}
