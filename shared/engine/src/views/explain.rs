//! Why an article's figure is what it is, and why a channel shows what it shows.
//!
//! The figure is the sum of all its movements, by name; if it is not, that is said first. The target is the rule, applied step by step to
//! what is there now. What was told is as the listing's row knows it.

mod figure;
mod listing;
mod text;

pub use figure::{FigureExplained, Term, TermKind};
pub use listing::{ListingExplained, PartExplained, PlaceExplained, PushExplained, Step, StepExplained, Whence};

use super::stock::Shown;
use super::{connections, not_found};
use crate::World;
use crate::publish_stock::{Outlets, Placed, Present, is_left_alone};
use crate::rows::{ArticleRow, BundleRow, StockSettingsRow};
use domain::{ConnectionId, Item, Quantity, Sku};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// Times the movements are summed again because the figure moved meanwhile.
const MOST_TRIES: u32 = 5;

/// An article, explained.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Explanation {
    /// The article.
    pub article: Item,
    /// When it was looked at, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Whether every figure is the sum of its movements. If not, something is broken: see `locations`.
    pub agrees: bool,
    /// Its figures. A bundle has none of its own.
    pub locations: Vec<FigureExplained>,
    /// Units promised that nothing covers: owed before any is shown.
    pub short: Quantity,
    /// Bundles it is part of; their figures follow from its own.
    pub bundles: Vec<Sku>,
    /// Whether it is shared out: every listing may sell only its own share.
    pub shared_out: bool,
    /// It is shared out when at most so many units are left; none: never.
    pub quota_below: Option<Quantity>,
    /// What the channels are shown.
    pub listings: Vec<ListingExplained>,
}

/// Explains an article; its listings on one connection alone, if so wanted.
pub async fn explain(world: &World, sku: &Sku, only: Option<&ConnectionId>) -> Result<Explanation> {
    let article: Option<ArticleRow> = world.get(&ArticleRow::key(sku)).await?;
    let article = article.ok_or_else(|| not_found(format!("there is no article {sku}")))?.0;
    let connections = connections(world).await?;
    if let Some(missing) = only.filter(|id| !connections.contains_key(*id)) {
        return Err(not_found(format!("there is no connection {missing}")));
    }
    let settings = world.get::<StockSettingsRow>(&StockSettingsRow::key()).await?.unwrap_or_default().0;
    let (present, locations) = figures(world, sku).await?;
    let placed: Vec<Placed<'_>> = present
        .listings
        .iter()
        .filter_map(|row| Some((row, connections.get(&row.connection)?)))
        .filter(|(row, connection)| !is_left_alone(world, &present, connection, &row.listing))
        .collect();
    let outlets = Outlets::of(world, &present, &placed);
    // What it consists of is read with the figures; this names it.
    let bundle = if present.parts.is_empty() { None } else { world.get::<BundleRow>(&BundleRow::key(sku)).await? };
    let components = bundle.map(|row| row.components).unwrap_or_default();
    let at = world.clock.now();
    let wanted = present.listings.iter().filter(|row| only.is_none_or(|id| row.connection == *id));
    let listings = wanted.map(|row| {
        let connection = connections.get(&row.connection);
        listing::explain(world, &present, &components, outlets.as_ref(), (row, connection), at)
    });
    Ok(Explanation {
        at,
        agrees: locations.iter().all(|one| one.agrees),
        short: present.short,
        bundles: present.bundles.clone(),
        shared_out: present.shares.is_some(),
        quota_below: present.rules.quota_below().or(settings.quota_below).filter(|below| !below.is_zero()),
        listings: listings.collect(),
        locations,
        article,
    })
}

/// The figures and their movements, of the same moment.
async fn figures(world: &World, sku: &Sku) -> Result<(Present, Vec<FigureExplained>)> {
    for _ in 0..MOST_TRIES {
        let before = Present::read(world, sku).await?;
        let sums = figure::sums(world, sku).await?;
        let after = Present::read(world, sku).await?;
        // Whoever commits in between may be in the one and not in the other.
        if before.stock == after.stock {
            let explained = figure::explain(&after, sums);
            return Ok((after, explained));
        }
    }
    Err(Error::new(ErrorKind::Conflict, "explain", format!("{sku} moves all the time; try again")))
}
