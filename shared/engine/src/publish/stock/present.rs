//! A product's figures as they are now, and what a connection should show of them.

use super::rules::Rules;
use crate::Ports;
use crate::rows::{
    BundleRow, ConnectionRow, ListingRow, PartOfRow, RuleRow, SharesRow, ShortRow, StockRow, TypedRow, UnreadableLineRow,
};
use domain::{Component, ConnectionId, Flow, LocationId, Quantity, Sku, StockRule};
use jiff::Timestamp;
use ports::{Error, Key, Result, Row};
use std::collections::BTreeMap;

/// A product's present figures and what channels were told of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Present {
    /// Counts the commits over all locations.
    pub(crate) version: u64,
    /// Units promised that nothing covers: owed before anything is shown.
    pub(crate) short: Quantity,
    /// All locations.
    pub(crate) stock: Vec<StockRow>,
    /// What channels were told of it: one listing for each stock that a channel keeps.
    pub(crate) listings: Vec<ListingRow>,
    /// Further listings of the same stocks, such as variations that use the stock of their parent. Told once, it is told for all of them.
    pub(crate) twins: Vec<ListingRow>,
    /// How it is shared out, in quota mode.
    pub(crate) shares: Option<SharesRow>,
    /// Of a bundle: how many of each product are in it, and their figures. Empty for a product that lies in stock itself.
    pub(crate) parts: Vec<(Quantity, Present)>,
    /// Of a bundle: what it consists of, in the order of `parts`.
    pub(crate) components: Vec<Component>,
    /// Of a bundle: who said so, and when.
    pub(crate) composed: Option<(String, Timestamp)>,
    /// What differs for it from the connections' rules.
    pub(crate) rules: Rules,
    /// Bundles it is part of.
    pub(crate) bundles: Vec<Sku>,
    doubts: Vec<UnreadableLineRow>,
    flows: BTreeMap<ConnectionId, Flow>,
}

/// What is to become of a row that cannot be read.
type Broken<'a> = &'a mut (dyn FnMut(&Row, Error) -> Result<()> + Send);

/// A product as far as its rows can be read.
pub(crate) struct Seen {
    /// What they say.
    pub(crate) present: Present,
    /// Those that cannot be read, with what is wrong.
    pub(crate) lost: Vec<(Key, String)>,
}

impl Seen {
    /// Whether every row was read on which its figures depend: what each channel was told, and what it is part of, are no such rows.
    pub(crate) fn figures_are_known(&self) -> bool {
        let apart = [ListingRow::PREFIX, UnreadableLineRow::PREFIX, PartOfRow::PREFIX];
        self.lost.iter().all(|(key, _)| apart.iter().any(|prefix| key.sk.starts_with(prefix)))
    }

    /// Whether what each channel was told was read.
    pub(crate) fn listings_are_known(&self) -> bool {
        !self.lost.iter().any(|(key, _)| key.sk.starts_with(ListingRow::PREFIX))
    }
}

impl Present {
    /// Reads all of it: in one query, and of a bundle one more for each product in it. A row that cannot be read is an error: whoever tells
    /// channels must know all of it.
    pub(crate) async fn read(world: &Ports, sku: &Sku) -> Result<Self> {
        Self::read_with(world, sku, &mut |_, error| Err(error)).await
    }

    /// As `read`, for people: rows that cannot be read are named, and what they say is not known.
    pub(crate) async fn read_for_people(world: &Ports, sku: &Sku) -> Result<Seen> {
        let mut lost = Vec::new();
        let mut note = |row: &Row, error: Error| {
            lost.push((row.key.clone(), error.message));
            Ok(())
        };
        let present = Self::read_with(world, sku, &mut note).await?;
        Ok(Seen { present, lost })
    }

    async fn read_with(world: &Ports, sku: &Sku, broken: Broken<'_>) -> Result<Self> {
        let (mut present, bundle) = Self::read_one(world, sku, &mut *broken).await?;
        present.composed = bundle.as_ref().and_then(|row| row.said.clone());
        for component in bundle.into_iter().flat_map(|row| row.components) {
            let (part, _) = Self::read_one(world, &component.sku, &mut *broken).await?;
            present.version += part.version;
            present.add_flows(part.flows.clone());
            present.parts.push((component.units, part));
            present.components.push(component);
        }
        Ok(present)
    }

    async fn read_one(world: &Ports, sku: &Sku, broken: Broken<'_>) -> Result<(Self, Option<BundleRow>)> {
        let mut present = Self::default();
        let mut bundle = None;
        let mut from = None;
        loop {
            let page = world.table.query(&StockRow::partition(sku), "", from.as_ref(), 500, false).await?;
            for row in &page.rows {
                let read = if row.key.sk == BundleRow::NAME {
                    BundleRow::from_row(row).map(|row| bundle = Some(row))
                } else {
                    present.add(row, world.clock.now())
                };
                read.or_else(|error| broken(row, error))?;
            }
            if let Some(next) = page.next {
                from = Some(next);
            } else {
                present.part_twins();
                return Ok((present, bundle));
            }
        }
    }

    fn add(&mut self, row: &Row, now: Timestamp) -> Result<()> {
        match row.key.sk.as_str() {
            ShortRow::NAME => {
                let short = ShortRow::from_row(row)?;
                self.version += short.version;
                self.short = short.units;
                self.add_flows(short.flows);
            }
            SharesRow::NAME => self.shares = Some(SharesRow::from_row(row)?),
            name if name.starts_with(StockRow::PREFIX) => {
                let stock = StockRow::from_row(row)?;
                self.version += stock.level.version;
                self.add_flows(stock.flows.clone());
                self.stock.push(stock);
            }
            name if name.starts_with(PartOfRow::PREFIX) => self.bundles.push(PartOfRow::from_row(row)?.bundle),
            name if name.starts_with(UnreadableLineRow::PREFIX) => self.doubts.push(UnreadableLineRow::from_row(row)?),
            name if name.starts_with(RuleRow::PREFIX) => self.rules.0.push(RuleRow::from_row(row)?),
            name if name.starts_with(ListingRow::PREFIX) => self.listings.push(ListingRow::from_row(row)?.believed_at(now)),
            _ => {}
        }
        Ok(())
    }

    fn part_twins(&mut self) {
        let all = std::mem::take(&mut self.listings);
        for row in all {
            let is_same = |other: &ListingRow| {
                other.connection == row.connection && other.listing.stock_reference == row.listing.stock_reference
            };
            if self.listings.iter().any(is_same) { self.twins.push(row) } else { self.listings.push(row) }
        }
    }

    fn add_flows(&mut self, flows: BTreeMap<ConnectionId, Flow>) {
        for (connection, flow) in flows {
            let sum = self.flows.entry(connection).or_default();
            *sum = sum.plus(flow);
        }
    }

    /// Units that can be promised over the locations that serve a connection, beyond what is owed already. Below zero: so many are owed.
    /// Of a bundle: as many as the scarcest of its products allows.
    pub(crate) fn free(&self, locations: &[LocationId]) -> i64 {
        if let Some(least) = self.parts.iter().map(|(units, part)| sets(part.free(locations), *units)).min() {
            return least;
        }
        let there = self.stock.iter().filter(|row| locations.contains(&row.location));
        there.map(|row| row.level.available.units()).sum::<i64>() - self.short.units()
    }

    /// Units that lie at one location and can be promised, whatever is owed. Of a bundle: as many as its products there make.
    pub(crate) fn lying(&self, location: &LocationId) -> Quantity {
        if let Some(least) = self.parts.iter().map(|(units, part)| part.lying(location).per(*units)).min() {
            return least;
        }
        self.stock.iter().filter(|row| row.location == *location).map(|row| row.level.available).sum()
    }

    /// As `free`, over all locations.
    pub(crate) fn free_anywhere(&self) -> Quantity {
        if let Some(least) = self.parts.iter().map(|(units, part)| part.free_anywhere().per(*units)).min() {
            return least;
        }
        Quantity::clamped(self.stock.iter().map(|row| row.level.available.units()).sum::<i64>() - self.short.units())
    }

    /// Orders with lines that cannot be read and may be of it, or of a product in it.
    pub(crate) fn doubts(&self) -> impl Iterator<Item = &UnreadableLineRow> {
        self.parts.iter().flat_map(|(_, part)| &part.doubts).chain(&self.doubts)
    }

    /// What the orders of a connection moved since ever.
    pub(crate) fn flow(&self, connection: &ConnectionId) -> Flow {
        self.flows.get(connection).copied().unwrap_or_default()
    }
}

/// How many whole sets so many units make; owed units are owed sets.
fn sets(free: i64, units: Quantity) -> i64 {
    free.div_euclid(units.units().max(1))
}

/// The rule by which a connection is shown the product: none where it leads. Nothing is sold ahead of a product that is shared out: there, every unit that is
/// shown must be there (I5).
pub(crate) fn rule(present: &Present, connection: &ConnectionRow) -> StockRule {
    if connection.leads {
        return StockRule::default();
    }
    let rule = present.rules.of(connection);
    if present.shares.is_some() { rule.without_pre_order() } else { rule }
}

/// The most units the channel itself takes, if it has a bound.
pub(crate) fn takes(world: &Ports, connection: &ConnectionRow) -> Option<Quantity> {
    world.connectors.get(&connection.channel).and_then(|connector| connector.stock()?.descriptor().most).map(Quantity::clamped)
}

/// The figure a connection should show where every channel shows all there is: the merchant's rule, and no more than the channel takes.
pub(crate) fn figure(world: &Ports, present: &Present, connection: &ConnectionRow) -> Quantity {
    let figure = rule(present, connection).shown(present.free(&connection.locations));
    takes(world, connection).map_or(figure, |most| figure.min(most))
}
