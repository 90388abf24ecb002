//! What if: the merchant's own last days under other rules. Oversells that would not have been, against hours in which a listing would
//! have shown nothing while there was stock.
//!
//! Page by page of the catalogue. Of the journal only what came out short is kept, of a product's ledger only sums and one moment at a
//! time: memory follows the page and the oversells, not the days.

mod ledger;
mod shorts;
mod trial;

use super::paging::{Page, page};
use super::{PageRequest, Unreadable, connections, not_found};
use crate::Ports;
use crate::readable::{Wanted, wanted};
use crate::rows::{BundleRow, ConnectionRow, ProductRow, StockSettingsRow};
use domain::{ConnectionId, Quantity, RuleChange, Sku, what_if};
use futures::future::join_all;
use jiff::{Timestamp, ToSpan};
use ports::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Days at most: the journal is kept for so long.
const MOST_DAYS: u32 = 30;
/// Products read side by side.
const AT_ONCE: usize = 8;

/// What to try.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfRequest {
    /// Days back from now, from 1 to 30.
    #[serde(default = "a_week")]
    pub days: u32,
    /// What differs on every connection.
    #[serde(default)]
    pub default: RuleChange,
    /// What differs on single connections, by name; goes before `default`. What is said for a product goes before both, as ever.
    #[serde(default)]
    pub rules: BTreeMap<ConnectionId, RuleChange>,
    /// Put products in quota mode of which at most so many units are left; 0: none. As it is now if left out.
    #[serde(default)]
    pub quota_mode_below: Option<Quantity>,
    /// Where the page before ended, as its `next` said.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Products to look at, from 1 to 200.
    #[serde(default = "a_page")]
    #[schemars(range(min = 1, max = 200))]
    pub limit: usize,
}

fn a_week() -> u32 {
    7
}

fn a_page() -> usize {
    super::MOST_PER_PAGE
}

/// What would have become of a page of products.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct WhatIfReport {
    /// Since when the past was played, UTC.
    #[schemars(with = "String")]
    pub from: Timestamp,
    /// Until when, UTC.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// What this takes for granted.
    pub assumptions: Vec<String>,
    /// Products that were looked at.
    pub products_checked: usize,
    /// Over all of those.
    pub total: WhatIfSums,
    /// Products of which something came out short, or would have been otherwise.
    pub products: Vec<ProductWhatIf>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Sums, in units and in whole seconds of one listing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct WhatIfSums {
    /// Units that orders asked for.
    pub ordered: i64,
    /// Units that came out short.
    pub short: i64,
    /// Of those, units that would not have: oversells avoided.
    pub oversells_avoided: i64,
    /// Units that were there and were sold, and would not have been.
    pub sales_lost: i64,
    /// So long listings showed 0 while there was stock for them, by the rules as they are.
    pub hidden_now_s: i64,
    /// So long listings would have shown 0 while there was stock for them.
    pub hidden_s: i64,
}

impl WhatIfSums {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            ordered: self.ordered + other.ordered,
            short: self.short + other.short,
            oversells_avoided: self.oversells_avoided + other.oversells_avoided,
            sales_lost: self.sales_lost + other.sales_lost,
            hidden_now_s: self.hidden_now_s + other.hidden_now_s,
            hidden_s: self.hidden_s + other.hidden_s,
        }
    }
}

/// One product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ProductWhatIf {
    /// Which.
    pub sku: Sku,
    /// Over all its listings.
    pub sums: WhatIfSums,
    /// By connection.
    pub listings: Vec<ListingWhatIf>,
}

/// One product on one connection, in whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ListingWhatIf {
    /// Which.
    pub connection: ConnectionId,
    /// It showed 0 for so long while there was stock for it, by the rules as they are.
    pub hidden_now_s: i64,
    /// It would have shown 0 for so long while there was stock for it.
    pub hidden_s: i64,
}

const ASSUMPTIONS: &[&str] = &[
    "Rules, locations and listings were all the time as they are now: only their present state is on record.",
    "An order counts from when it was taken in, and its channel showed the newest figure that covers it. A channel that went on selling from an old figure counted its own sales off it.",
    "Customers who are not sold to buy nothing else, and nobody buys who did not: where other rules show more, no order is invented.",
    "Units that are not sold stay where they lie, for the orders after them. Cancellations, returns, receipts and counts are as they were.",
    "An order that asks for more than is shown is taken to buy what is shown.",
    "Units sold ahead on purpose (pre_order) count as short, like any others.",
    "What a bundle's orders asked for is counted in its parts, and there it counts as asked of the part's own listing on the same channel; where the part is not listed there, it is sold as it was. A bundle's listings show what its parts allow, each part as it would have been.",
    "While a product is shared out, its shares are taken to be in place at once.",
];

/// Plays a page of products.
pub async fn what_if_report(world: &Ports, request: &WhatIfRequest) -> Result<WhatIfReport> {
    let super::Connections { known: connections, unreadable: mut lost } = connections(world).await?;
    check(request, &connections)?;
    let until = world.clock.now();
    let from = until.checked_sub((24 * i64::from(request.days)).hours()).unwrap_or(until);
    let settings: Wanted<StockSettingsRow> = wanted(world, &StockSettingsRow::key(), &mut lost).await?;
    let settings = settings.read().unwrap_or_default().0;
    let asked = PageRequest { cursor: request.cursor.clone(), limit: request.limit };
    let Page { rows, next, unreadable } = page(world, ProductRow::PARTITION, "", &asked, false, |_: &ProductRow| true).await?;
    lost.extend(unreadable);
    let skus: Vec<Sku> = rows.into_iter().map(|row| row.0.sku).collect();
    let shorts = shorts::read(world, &with_parts(world, &skus).await?, from, until, &mut lost).await?;
    let past = trial::Trial { world, request, connections: &connections, settings: &settings, from, until };
    let mut report = WhatIfReport {
        from,
        until,
        assumptions: ASSUMPTIONS.iter().map(|text| (*text).to_owned()).collect(),
        products_checked: 0,
        total: WhatIfSums::default(),
        products: Vec::new(),
        next,
        unreadable: lost,
    };
    for some in skus.chunks(AT_ONCE) {
        let played = join_all(some.iter().map(|sku| past.play(sku, &shorts))).await;
        for (sku, played) in some.iter().zip(played) {
            let (sku, outcome) = match played {
                Ok(played) => played,
                Err(error) => {
                    report.unreadable.push(Unreadable::of(format!("product {sku}"), &error).ok_or(error)?);
                    continue;
                }
            };
            report.products_checked += 1;
            let one = product(sku, &outcome);
            report.total = report.total.plus(one.sums);
            let WhatIfSums { short, sales_lost: not_sold, hidden_now_s, hidden_s, .. } = one.sums;
            if (short, not_sold) != (0, 0) || hidden_now_s != hidden_s {
                report.products.push(one);
            }
        }
    }
    Ok(report)
}

/// These products, and the parts of the bundles among them.
async fn with_parts(world: &Ports, skus: &[Sku]) -> Result<Vec<Sku>> {
    let mut all: BTreeSet<Sku> = skus.iter().cloned().collect();
    for some in skus.chunks(AT_ONCE) {
        let keys: Vec<_> = some.iter().map(BundleRow::key).collect();
        // One that cannot be read is named when its turn comes.
        let mut named_later = Vec::new();
        let mut bundles = Vec::new();
        for key in &keys {
            bundles.extend(wanted::<BundleRow>(world, key, &mut named_later).await?.read());
        }
        all.extend(bundles.into_iter().flat_map(|row| row.components).map(|part| part.sku));
    }
    Ok(all.into_iter().collect())
}

fn product(sku: Sku, outcome: &what_if::Outcome) -> ProductWhatIf {
    let listing = |one: &what_if::ListingOutcome| ListingWhatIf {
        connection: one.connection.clone(),
        hidden_now_s: one.hidden_then,
        hidden_s: one.hidden_otherwise,
    };
    let sums = WhatIfSums {
        ordered: outcome.asked,
        short: outcome.short,
        oversells_avoided: outcome.avoided(),
        sales_lost: outcome.not_sold,
        hidden_now_s: outcome.listings.iter().map(|one| one.hidden_then).sum(),
        hidden_s: outcome.listings.iter().map(|one| one.hidden_otherwise).sum(),
    };
    ProductWhatIf { sku, sums, listings: outcome.listings.iter().map(listing).collect() }
}

fn check(request: &WhatIfRequest, connections: &BTreeMap<ConnectionId, ConnectionRow>) -> Result<()> {
    let refused = |message: String| Err(Error::new(ErrorKind::BadInput, "plan", message));
    if !(1..=MOST_DAYS).contains(&request.days) {
        return refused(format!("days: got {}, expected a whole number from 1 to {MOST_DAYS}", request.days));
    }
    if !(1..=super::MOST_PER_PAGE).contains(&request.limit) {
        return refused(format!("limit: got {}, expected a whole number from 1 to {}", request.limit, super::MOST_PER_PAGE));
    }
    for change in request.rules.values().chain([&request.default]) {
        change.check()?;
        if change.quota_mode_below.is_some() {
            return refused("quota_mode_below: stands beside the rules here, not in one of them".to_owned());
        }
    }
    match request.rules.keys().find(|id| !connections.contains_key(*id)) {
        Some(missing) => Err(not_found(format!("there is no connection {missing}"))),
        None => Ok(()),
    }
}
