//! Everything that can be seen from outside once all is at rest: the API's answers, and the shops' windows.

use super::api;
use super::books::{Entries, OrderId};
use crate::pages::Pages;
use crate::place::Place;
use domain::{ConnectionId, Sku};
use futures::{StreamExt, TryStreamExt};
use ports::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Questions under way at once.
const AT_ONCE: usize = 8;

/// All of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) products: Vec<api::Stock>,
    pub(super) movements: BTreeMap<Sku, Vec<api::Movement>>,
    /// Every order of the books; `None`: the API knows none.
    pub(super) orders: BTreeMap<OrderId, Option<api::Order>>,
    /// Every order that shops tell of.
    pub(super) at_shops: BTreeSet<OrderId>,
    /// What each shop's window shows.
    pub(super) windows: BTreeMap<(ConnectionId, Sku), Option<i64>>,
    /// Messages on queues that feed a function, and dead ones.
    pub(super) messages: (u64, u64),
    pub(super) parked: Vec<api::Parked>,
}

impl Seen {
    /// Looks at everything.
    pub(super) async fn look(pages: &Pages, place: &Place, books: &Entries) -> Result<Self> {
        let products = api::all_stock(pages).await?;
        let mut seen = Self { messages: pages.messages().await?, parked: api::parked(pages).await?, ..Self::default() };
        for stock in &products {
            let sku = &stock.product.sku;
            seen.movements.insert(sku.clone(), api::movements(pages, sku).await?);
            for (connection, shown) in place.shown(sku) {
                seen.windows.insert((connection, sku.clone()), shown);
            }
        }
        let orders = futures::stream::iter(books.sales.keys()).map(|id| async move {
            let order = api::order(pages, id).await?;
            Ok::<_, ports::Error>((id.clone(), order))
        });
        seen.orders = orders.buffer_unordered(AT_ONCE).try_collect().await?;
        for shop in &place.shops {
            seen.at_shops.extend(shop.orders().into_iter().map(|number| (shop.connection.clone(), number)));
        }
        seen.products = products;
        Ok(seen)
    }

    /// Whether every channel shows what the API says that it should: by the API's word, and in the window.
    pub(super) fn unlike_target(products: &[api::Stock], place: &Place) -> usize {
        let windows = |stock: &api::Stock| place.shown(&stock.product.sku).into_iter().collect::<BTreeMap<_, _>>();
        let unlike = |stock: &api::Stock| {
            let windows = windows(stock);
            stock.listings.iter().filter(|l| !right(l, windows.get(&l.connection).copied().flatten())).count()
        };
        products.iter().map(unlike).sum()
    }
}

/// Whether a listing is told, and its window shows, the figure it should show.
pub(super) fn right(listing: &api::Listing, window: Option<i64>) -> bool {
    let (publication, target) = (&listing.publication, listing.publication.target_quantity);
    publication.r#type == "up_to_date" && target.is_some() && listing.published_quantity == target && window == target
}
