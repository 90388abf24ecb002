//! Which products are in quota mode, and what that asks of each listing.

use super::present::{Present, figure, rule};
use super::product_listings::ProductListings;
use crate::messages::hint;
use crate::rows::{ConnectionRow, ListingRow, SharesRow, TypedRow};
use crate::{Cache, Ports};
use contracts::StockHint;
use domain::{Outlet, Quantity, QuotaMove, Setting, Share, Sku, StockRule, Want, next_figure, share_out_from, want};
use ports::{Condition, QueueName, Result, StockSemantics, Write};
use std::collections::BTreeMap;
use std::time::Duration;

/// A listing and the connection it is on.
pub(crate) type Placed<'a> = (&'a ListingRow, &'a ConnectionRow);

/// A product as it is, after it was brought into quota mode, or out of it, by the merchant's threshold.
///
/// A single listing has nobody to share with.
pub(super) async fn in_its_mode(world: &Ports, lookup: &Cache, sku: &Sku) -> Result<ProductListings> {
    let on_sale = ProductListings::read(world, lookup, sku).await?;
    let settings = lookup.stock_settings(world).await?;
    let present = &on_sale.present;
    // Whoever sells a bundle sells its parts too, and a share of the one is no share of the other: both are mirrored.
    let in_bundles = !present.parts.is_empty() || !present.bundles.is_empty();
    // A shop that leads shows all there is.
    let led = on_sale.placed().iter().any(|(_, connection)| connection.leads);
    let wanted = !in_bundles
        && !led
        && on_sale.placed().len() > 1
        && settings.quota(present.rules.quota_below(), present.free_anywhere(), present.shares.is_some());
    let write = match &present.shares {
        None if wanted => {
            let row = SharesRow { sku: sku.clone(), mark: world.ids.fresh(), shares: BTreeMap::new() };
            Write::Put { row: row.to_row(), when: Condition::Absent }
        }
        Some(shares) if !wanted => Write::Delete { key: SharesRow::key(sku), when: shares.unchanged() },
        _ => return Ok(on_sale),
    };
    // Every channel's figure is another now. The hint first: dying in between costs a hint too many, never one too few.
    tell_all(world, sku, Duration::from_secs(1)).await?;
    world.write_if(write).await?;
    ProductListings::read(world, lookup, sku).await
}

/// Has every listing of the product looked at.
pub(super) async fn tell_all(world: &Ports, sku: &Sku, delay: Duration) -> Result<()> {
    let all = StockHint { sku: sku.clone(), connection: None };
    world.queue.send(QueueName::StockHints, vec![hint(&all, delay)]).await
}

/// All listings among which a product in quota mode is shared out.
pub(crate) struct Outlets {
    names: Vec<String>,
    all: Vec<Outlet>,
    shares: Vec<Quantity>,
}

impl Outlets {
    /// `None`: the product is not in quota mode.
    pub(crate) fn of(world: &Ports, present: &Present, listings: &[Placed<'_>]) -> Option<Self> {
        let row = present.shares.as_ref()?;
        // What every rule holds back is held back from all of them together.
        let rules: Vec<StockRule> = listings.iter().map(|(_, connection)| rule(present, connection)).collect();
        let held_back = rules.iter().map(|rule| rule.safety_stock.units()).min().unwrap_or(0);
        let outlet = |((listing, connection), rule): (&Placed<'_>, &StockRule)| {
            let (share, sole) = share_of(row, present, listing);
            let flow = present.flow(&listing.connection);
            Outlet {
                locations: connection.locations.clone(),
                free: present.free(&connection.locations) - held_back,
                cap: figure(world, present, connection),
                weight: rule.weight,
                exposure: share.exposure(flow, sole),
                open: share.is_open(flow, sole) || share.waits_for().is_some(),
                setting: setting(world, connection),
            }
        };
        let mut all: Vec<Outlet> = listings.iter().zip(&rules).map(outlet).collect();
        let least: Vec<Quantity> = rules.iter().map(|rule| rule.minimum).collect();
        let shares = share_out_from(&mut all, &least);
        let names = listings.iter().map(|(listing, _)| name(listing)).collect();
        Some(Self { names, all, shares })
    }

    fn position(&self, listing: &ListingRow) -> Option<usize> {
        let name = name(listing);
        self.names.iter().position(|one| *one == name)
    }

    /// What is to be done about a listing.
    pub(crate) fn want(&self, listing: &ListingRow) -> Want {
        self.position(listing).map_or(Want::Rest, |of| want(&self.all, &self.shares, of))
    }

    /// Whether something is to be done about any other.
    pub(super) fn others_want(&self, listing: &ListingRow) -> bool {
        let me = self.position(listing);
        (0..self.all.len()).any(|of| Some(of) != me && want(&self.all, &self.shares, of) != Want::Rest)
    }

    /// The upper bound of what it may cost us, if one is known.
    pub(crate) fn exposure(&self, listing: &ListingRow) -> Option<Quantity> {
        self.all.get(self.position(listing)?)?.exposure
    }

    /// The figure it should come to.
    pub(crate) fn share(&self, listing: &ListingRow) -> Option<Quantity> {
        self.shares.get(self.position(listing)?).copied()
    }

    /// How its counter can be set.
    pub(super) fn setting(&self, listing: &ListingRow) -> Option<Setting> {
        Some(self.all.get(self.position(listing)?)?.setting)
    }

    /// The next figure of a listing that shows `live`; `None`: it stays.
    pub(super) fn next_figure(&self, listing: &ListingRow, live: Quantity) -> Option<QuotaMove> {
        next_figure(&self.all, &self.shares, self.position(listing)?, live)
    }
}

/// A listing's share as it is kept, and whether it is the only one of its connection.
pub(super) fn share_of(row: &SharesRow, present: &Present, listing: &ListingRow) -> (Share, bool) {
    let (connection, offer) = (&listing.connection, &listing.listing.offer);
    let items = present.listings.iter().filter(|other| other.connection == *connection).count();
    (row.share(connection, offer), items == 1 && row.is_sole(connection, offer))
}

pub(super) fn name(listing: &ListingRow) -> String {
    SharesRow::name(&listing.connection, &listing.listing.offer)
}

fn setting(world: &Ports, connection: &ConnectionRow) -> Setting {
    match world.connectors.get(&connection.channel).and_then(|connector| Some(connector.stock()?.descriptor().semantics)) {
        Some(StockSemantics::CompareAndSet) => Setting::Compared,
        Some(StockSemantics::Absolute | StockSemantics::AbsoluteLessLaterOrders) | None => Setting::Absolute,
    }
}
