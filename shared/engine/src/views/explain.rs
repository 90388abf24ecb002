//! Why a product's figure is what it is, and why a channel shows what it shows.
//!
//! The figure is the sum of all its movements, by name; if it is not, that is said first. The target is the rule, applied step by step to
//! what is there now. What was told is as the listing's row knows it.

mod figure;
mod listing;
mod text;

pub use figure::{FigureExplained, Term, TermCause};
pub use listing::{
    ChannelLocationExplained, ListingExplained, PartExplained, PublicationExplained, PushState, RuleSource, Step, StepExplained,
};

use super::standing::Judge;
use super::{Unreadable, connections, item};
use crate::Ports;
use crate::publish::stock::{Present, Seen};
use crate::readable::{Wanted, wanted};
use crate::rows::StockSettingsRow;
use domain::{ConnectionId, Product, Quantity, Sku, StockSettings};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};

/// Times the movements are summed again because the figure moved meanwhile.
const MOST_TRIES: u32 = 5;

/// A product, explained.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Explanation {
    /// The product; where its row cannot be read, its code alone.
    pub product: Product,
    /// When it was looked at, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Whether every figure is the sum of its movements. If not, something is broken: see `locations`. None: nobody knows, because a row
    /// cannot be read.
    pub consistent: Option<bool>,
    /// Its figures. A bundle has none of its own.
    pub locations: Vec<FigureExplained>,
    /// Units promised that nothing covers: owed before any is shown. None: not known, because a row cannot be read.
    pub short: Option<Quantity>,
    /// Bundles it is part of; their figures follow from its own.
    pub bundles: Vec<Sku>,
    /// Whether it is shared out: every listing may sell only its own share. None: not known, because a row cannot be read.
    pub quota_mode: Option<bool>,
    /// It is shared out when at most so many units are left; none: never, or a row that may say so cannot be read.
    pub quota_mode_below: Option<Quantity>,
    /// What the channels are shown.
    pub listings: Vec<ListingExplained>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Explains a product; its listings on one connection alone, if so wanted.
pub async fn explain(world: &Ports, sku: &Sku, only: Option<&ConnectionId>) -> Result<Explanation> {
    let mut unreadable = Vec::new();
    let product = item(world, sku, &mut unreadable).await?;
    let connections = connections(world).await?;
    only.map_or(Ok(()), |id| connections.expect(id))?;
    unreadable.extend(connections.unreadable.iter().cloned());
    let settings = match wanted::<StockSettingsRow>(world, &StockSettingsRow::key(), &mut unreadable).await? {
        Wanted::Read(row) => Some(row.0),
        Wanted::Absent => Some(StockSettings::default()),
        Wanted::Unreadable => None,
    };
    let Figures { seen, locations, lost } = figures(world, sku).await?;
    unreadable.extend(Unreadable::of_product(&seen));
    unreadable.extend(lost);
    let judge = Judge::of(world, &seen, &connections);
    let (present, known) = (&seen.present, seen.figures_are_known());
    let at = world.clock.now();
    let mut listings = Vec::new();
    for row in present.listings.iter().filter(|row| only.is_none_or(|id| row.connection == *id)) {
        listings.push(listing::explain(&judge, row, at, &mut unreadable).await?);
    }
    let below = settings.and_then(|settings| present.rules.quota_below().or(settings.quota_mode_below));
    Ok(Explanation {
        at,
        consistent: together(locations.iter().map(|one| one.consistent), known),
        short: known.then_some(present.short),
        bundles: present.bundles.clone(),
        quota_mode: known.then_some(present.shares.is_some()),
        quota_mode_below: below.filter(|below| known && !below.is_zero()),
        listings,
        locations,
        product,
        unreadable,
    })
}

/// Whether all agree: one that does not is known whatever else is not.
fn together(all: impl Iterator<Item = Option<bool>>, known: bool) -> Option<bool> {
    let all: Vec<_> = all.collect();
    if all.contains(&Some(false)) {
        return Some(false);
    }
    (known && !all.contains(&None)).then_some(true)
}

struct Figures {
    seen: Seen,
    locations: Vec<FigureExplained>,
    /// Movements that cannot be read.
    lost: Vec<Unreadable>,
}

/// The figures and their movements, of the same moment.
async fn figures(world: &Ports, sku: &Sku) -> Result<Figures> {
    for _ in 0..MOST_TRIES {
        let before = Present::read_for_people(world, sku).await?;
        let mut lost = Vec::new();
        let sums = figure::sums(world, sku, &mut lost).await?;
        let seen = Present::read_for_people(world, sku).await?;
        // Whoever commits in between may be in the one and not in the other.
        if before.present.stock == seen.present.stock {
            let locations = figure::explain(sku, &seen, sums, lost.is_empty());
            return Ok(Figures { seen, locations, lost });
        }
    }
    Err(Error::new(ErrorKind::Conflict, "explain", format!("{sku} moves all the time; try again")))
}
