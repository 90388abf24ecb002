//! The figure of an article, and what each channel was told of it.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, connections, not_found};
use crate::World;
use crate::publish_stock::{Outlets, Placed, Present, figure, is_left_alone};
use crate::rows::{ArticleRow, BundleRow, ConnectionRow, ListingRow, StockRow};
use domain::{ChannelId, Component, ConnectionId, Item, LocationId, OfferId, Quantity, Sku, Want};
use futures::future::join_all;
use jiff::Timestamp;
use ports::Result;
use std::collections::BTreeMap;

/// One article with its figures.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StockView {
    /// The article.
    pub article: Item,
    /// Units that can still be promised, over all locations. Of a bundle: whole bundles that its articles make.
    pub available: Quantity,
    /// Units promised and not yet shipped, over all locations.
    pub reserved: Quantity,
    /// Units promised to customers that nothing covers: owed before any more are shown.
    pub short: Quantity,
    /// Whether it is in quota mode: every listing may sell only its own share.
    pub quota: bool,
    /// Of a bundle: its articles, and how many of each are in one. A bundle has no stock of its own.
    pub components: Vec<Component>,
    /// The bundles it is part of.
    pub part_of: Vec<Sku>,
    /// Where they lie.
    pub locations: Vec<LocationStock>,
    /// What the channels show.
    pub listings: Vec<ListingStock>,
}

/// An article's figure at one location, in units.
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

/// An article on one channel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ListingStock {
    /// The channel account.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured.
    pub channel: Option<ChannelId>,
    /// The item there.
    pub offer: OfferId,
    /// The figure the channel should show now, in quota mode its share; none if the connection is no longer configured.
    pub target: Option<Quantity>,
    /// The figure it acknowledged last; none if it was never told, or its last answer is unknown.
    pub told: Option<Quantity>,
    /// When, UTC.
    #[schemars(with = "Option<String>")]
    pub told_at: Option<Timestamp>,
    /// The next push waits until then, UTC.
    #[schemars(with = "Option<String>")]
    pub put_off_until: Option<Timestamp>,
    /// Why the last push failed.
    pub problem: Option<String>,
    /// All of it in one word.
    pub shown: Shown,
}

/// Whether a channel shows what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// It does.
    Right,
    /// A push is on its way.
    Pending,
    /// The last push failed.
    Problem,
}

/// A page of articles.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StockPage {
    /// In the order of their codes.
    pub articles: Vec<StockView>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One article's figures.
pub async fn stock(world: &World, sku: &Sku) -> Result<StockView> {
    let article: Option<ArticleRow> = world.get(&ArticleRow::key(sku)).await?;
    let article = article.ok_or_else(|| not_found(format!("there is no article {sku}")))?;
    one(world, &connections(world).await?, article.0).await
}

/// A page of articles whose code, EAN, title or variant holds the text, in large or small letters. No text: all.
pub async fn stock_page(world: &World, text: &str, request: &PageRequest) -> Result<StockPage> {
    let text = text.trim().to_lowercase();
    let Page { rows, next, mut unreadable } =
        page(world, ArticleRow::PARTITION, "", request, false, |row: &ArticleRow| fits(&row.0, &text)).await?;
    let connections = connections(world).await?;
    let read = rows.into_iter().map(|row| async {
        let sku = row.0.sku.clone();
        (sku, one(world, &connections, row.0).await)
    });
    let mut articles = Vec::new();
    for (sku, read) in join_all(read).await {
        match read {
            Ok(article) => articles.push(article),
            Err(error) => unreadable.push(Unreadable::of(format!("article {sku}"), &error).ok_or(error)?),
        }
    }
    Ok(StockPage { articles, next, unreadable })
}

fn fits(item: &Item, text: &str) -> bool {
    let ean = item.ean.as_ref().map(domain::Ean::as_str).unwrap_or_default();
    [item.sku.as_str(), ean, item.title.as_str(), item.variant.as_str()].iter().any(|part| part.to_lowercase().contains(text))
}

async fn one(world: &World, connections: &BTreeMap<ConnectionId, ConnectionRow>, article: Item) -> Result<StockView> {
    let present = Present::read(world, &article.sku).await?;
    let placed: Vec<Placed<'_>> = present
        .listings
        .iter()
        .filter_map(|row| Some((row, connections.get(&row.connection)?)))
        .filter(|(row, connection)| !is_left_alone(world, &present, connection, &row.listing))
        .collect();
    let outlets = Outlets::of(world, &present, &placed);
    let listings = present.listings.iter().map(|row| {
        let connection = connections.get(&row.connection);
        let target = connection.map(|connection| match &outlets {
            Some(outlets) => outlets.exposure(row).or(outlets.share(row)).unwrap_or_default(),
            None => figure(world, &present, connection),
        });
        let right = outlets.as_ref().map_or(row.told == target, |outlets| outlets.want(row) == Want::Rest);
        listing(row, connection, target, right)
    });
    // What it consists of is read with the figures; this names it.
    let bundle = if present.parts.is_empty() { None } else { world.get::<BundleRow>(&BundleRow::key(&article.sku)).await? };
    let available = match bundle {
        Some(_) => present.free_anywhere(),
        None => present.stock.iter().map(|s| s.level.available).sum(),
    };
    Ok(StockView {
        available,
        components: bundle.map(|row| row.components).unwrap_or_default(),
        part_of: present.bundles.clone(),
        reserved: present.stock.iter().map(|s| s.level.reserved).sum(),
        short: present.short,
        quota: present.shares.is_some(),
        listings: listings.collect(),
        locations: present.stock.iter().map(at_location).collect(),
        article,
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

fn listing(row: &ListingRow, connection: Option<&ConnectionRow>, target: Option<Quantity>, right: bool) -> ListingStock {
    let shown = if row.problem.is_some() || target.is_none() {
        Shown::Problem
    } else if right {
        Shown::Right
    } else {
        Shown::Pending
    };
    ListingStock {
        channel: connection.map(|c| c.channel.clone()),
        target,
        told: row.told,
        told_at: row.told_at,
        put_off_until: row.put_off_until,
        problem: row.problem.clone(),
        shown,
        offer: row.listing.offer.clone(),
        connection: row.connection.clone(),
    }
}
