//! The figure of a product, and what each channel was told of it.

use super::paging::{Page, page};
use super::standing::{Judge, Publication};
use super::{Connections, PageRequest, Unreadable, connections, item, product_search};
use crate::Ports;
use crate::publish::stock::Present;
use crate::rows::{ListingRow, ProductRow, StockRow};
use domain::{ChannelId, Component, ConnectionId, LocationId, OfferId, Product, Quantity, Sku};
use futures::StreamExt;
use jiff::Timestamp;
use ports::Result;

/// One product with its figures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StockView {
    /// The product; where its row cannot be read, its code alone.
    pub product: Product,
    /// Units that can still be promised, over all locations. Of a bundle: whole bundles that its products make. None: not known, because a
    /// row cannot be read; so for the next three.
    pub available: Option<Quantity>,
    /// Units promised and not yet shipped, over all locations.
    pub reserved: Option<Quantity>,
    /// Units promised to customers that nothing covers: owed before any more are shown.
    pub short: Option<Quantity>,
    /// Whether it is in quota mode: every listing may sell only its own share.
    pub quota_mode: Option<bool>,
    /// Of a bundle: its products, and how many of each are in one. A bundle has no stock of its own.
    pub components: Vec<Component>,
    /// Of a bundle: who said what it consists of. None: it is no bundle, or that was said before it was kept.
    pub composed: Option<ComposedView>,
    /// The bundles it is part of.
    pub part_of: Vec<Sku>,
    /// Where they lie.
    pub locations: Vec<LocationStock>,
    /// What the channels show.
    pub listings: Vec<ListingStock>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Who said what a bundle consists of.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ComposedView {
    /// Who.
    pub by: String,
    /// Since when, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

/// A product's figure at one location, in units.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct LocationStock {
    /// Where.
    pub location: LocationId,
    /// Can still be promised.
    pub available: Quantity,
    /// Promised and not yet shipped.
    pub reserved: Quantity,
    /// What lies on the shelf: both together.
    pub on_hand: Quantity,
    /// Counts the commits that touched it.
    pub version: u64,
}

/// A product on one channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingStock {
    /// The channel account.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured, or cannot be read.
    pub channel: Option<ChannelId>,
    /// The listing there.
    pub offer: OfferId,
    /// The figure it acknowledged last; none if it was never told, or its last answer is unknown.
    pub published_quantity: Option<Quantity>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub published_at: Option<Timestamp>,
    /// The channel sells it on when none is left, by the merchant's own will there: it can sell what other channels sold.
    pub backorders: bool,
    /// How it stands, and what it should show.
    pub publication: Publication,
}

/// A page of products.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StockPage {
    /// In the order of their codes, or of a search in the order of what was found.
    pub products: Vec<StockView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Of a search through the index: whether it knows every product as it is. If not, what was changed in the last minutes may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_up_to_date: Option<bool>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Products that are read side by side: enough to keep the table busy, and so few that whoever needs one row waits for no whole page.
const AT_ONCE: usize = 16;

/// One product's figures.
pub async fn stock(world: &Ports, sku: &Sku) -> Result<StockView> {
    let mut unreadable = Vec::new();
    let product = item(world, sku, &mut unreadable).await?;
    let connections = connections(world).await?;
    unreadable.extend(connections.unreadable.iter().cloned());
    one(world, &connections, product, unreadable).await
}

/// A page of products of which each typed word begins a word of the code, EAN, title or variant, in large or small letters. No text: all, in the
/// order of their codes. As long as there is no index, what holds the text anywhere is found, row by row.
pub async fn stock_page(world: &Ports, text: &str, request: &PageRequest) -> Result<StockPage> {
    let text = text.trim();
    let found = if text.is_empty() { None } else { product_search::find(world, text, request).await? };
    let index_up_to_date = found.as_ref().map(|found| found.is_current);
    let Page { rows, next, mut unreadable } = if let Some(found) = found {
        found.page
    } else {
        let text = text.to_lowercase();
        page(world, ProductRow::PARTITION, "", request, false, |row: &ProductRow| fits(&row.0, &text)).await?
    };
    let connections = connections(world).await?;
    unreadable.extend(connections.unreadable.iter().cloned());
    let read = rows.into_iter().map(|row| async {
        let sku = row.0.sku.clone();
        (sku, one(world, &connections, row.0, Vec::new()).await)
    });
    let mut products = Vec::new();
    let mut read = futures::stream::iter(read).buffered(AT_ONCE);
    while let Some((sku, read)) = read.next().await {
        match read {
            Ok(product) => products.push(product),
            Err(error) => unreadable.push(Unreadable::of(format!("product {sku}"), &error).ok_or(error)?),
        }
    }
    Ok(StockPage { products, next, index_up_to_date, unreadable })
}

fn fits(item: &Product, text: &str) -> bool {
    let ean = item.ean.as_ref().map(domain::Ean::as_str).unwrap_or_default();
    [item.sku.as_str(), ean, item.title.as_str(), item.variant.as_str()].iter().any(|part| part.to_lowercase().contains(text))
}

async fn one(world: &Ports, connections: &Connections, product: Product, mut unreadable: Vec<Unreadable>) -> Result<StockView> {
    let seen = Present::read_for_people(world, &product.sku).await?;
    unreadable.extend(Unreadable::of_product(&seen));
    let judge = Judge::of(world, &seen, connections);
    let present = &seen.present;
    let known = seen.figures_are_known();
    let available =
        if present.parts.is_empty() { present.stock.iter().map(|s| s.level.available).sum() } else { present.free_anywhere() };
    let mut listings = Vec::with_capacity(present.listings.len());
    for row in &present.listings {
        listings.push(listing(&judge, row, &mut unreadable).await?);
    }
    Ok(StockView {
        available: known.then_some(available),
        components: present.components.clone(),
        composed: present.composed.clone().map(|(by, at)| ComposedView { by, at }),
        part_of: present.bundles.clone(),
        reserved: known.then(|| present.stock.iter().map(|s| s.level.reserved).sum()),
        short: known.then_some(present.short),
        quota_mode: known.then_some(present.shares.is_some()),
        listings,
        locations: present.stock.iter().map(at_location).collect(),
        product,
        unreadable,
    })
}

fn at_location(row: &StockRow) -> LocationStock {
    LocationStock {
        location: row.location.clone(),
        available: row.level.available,
        reserved: row.level.reserved,
        on_hand: row.level.on_hand(),
        version: row.level.version,
    }
}

async fn listing(judge: &Judge<'_>, row: &ListingRow, noted: &mut Vec<Unreadable>) -> Result<ListingStock> {
    Ok(ListingStock {
        connection: row.connection.clone(),
        channel: judge.connections.known.get(&row.connection).map(|connection| connection.channel.clone()),
        offer: row.listing.offer.clone(),
        published_quantity: row.told,
        published_at: row.told_at,
        backorders: row.listing.backorders,
        publication: judge.standing(row, noted).await?,
    })
}
