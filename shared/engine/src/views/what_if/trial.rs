//! One product's past under other rules.

use super::WhatIfRequest;
use super::ledger::{Story, each};
use super::shorts::ShortChange;
use crate::Ports;
use crate::publish::stock::{Present, takes};
use crate::rows::{BundleRow, ConnectionRow};
use domain::what_if::{Beginning, Course, Offered, Outcome, Replay, Thresholds, hidden_bundles};
use domain::{ConnectionId, LocationId, Sku, StockSettings};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Times the product is read again because it moved meanwhile.
const MOST_TRIES: u32 = 5;

/// What is tried.
pub(super) struct Trial<'a> {
    pub(super) world: &'a Ports,
    pub(super) request: &'a WhatIfRequest,
    pub(super) connections: &'a BTreeMap<ConnectionId, ConnectionRow>,
    pub(super) settings: &'a StockSettings,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Trial<'_> {
    /// Plays a product; of a bundle, its parts.
    pub(super) async fn play(&self, sku: &Sku, shorts: &BTreeMap<Sku, Vec<ShortChange>>) -> Result<(Sku, Outcome)> {
        let present = Present::read(self.world, sku).await?;
        if present.parts.is_empty() {
            let outcome = self.play_one(sku, shorts.get(sku).cloned().unwrap_or_default(), |_, _| {}).await?;
            return Ok((sku.clone(), outcome));
        }
        // What its orders asked for is asked for in the parts; only its listings are its own.
        let offered = self.offered(&present);
        let parts = self.world.get::<BundleRow>(&BundleRow::key(sku)).await?.map(|row| row.components).unwrap_or_default();
        let mut courses = Vec::new();
        for part in parts {
            let mut course = Course::new(part.units, &offered);
            let shorts = shorts.get(&part.sku).cloned().unwrap_or_default();
            self.play_one(&part.sku, shorts, |at, replay| course.note(at, replay)).await?;
            courses.push(course);
        }
        let listings = hidden_bundles(&offered, &courses, self.from, self.until);
        Ok((sku.clone(), Outcome { listings, ..Outcome::default() }))
    }

    /// Plays a product that lies in stock; `look` sees it at the beginning and after every step.
    async fn play_one(
        &self,
        sku: &Sku,
        shorts: Vec<ShortChange>,
        mut look: impl FnMut(Timestamp, &Replay<'_>),
    ) -> Result<Outcome> {
        let (present, moved) = self.read(sku).await?;
        let beginning = self.beginning(&present, moved, &shorts);
        let offered = self.offered(&present);
        let mut replay = Replay::new(&offered, self.thresholds(&present), &beginning);
        look(self.from, &replay);
        let mut story = Story::new(shorts, |past| {
            if past.at <= self.until {
                replay.step(&past);
                look(past.at, &replay);
            }
        });
        each(self.world, sku, self.from, |row| story.row(row)).await?;
        story.end();
        drop(story);
        Ok(replay.finish(self.until))
    }

    /// The product as it is, and what moved at each location since the past begins: of the same moment.
    async fn read(&self, sku: &Sku) -> Result<(Present, BTreeMap<LocationId, i64>)> {
        for _ in 0..MOST_TRIES {
            let before = Present::read(self.world, sku).await?;
            let mut moved: BTreeMap<LocationId, i64> = BTreeMap::new();
            each(self.world, sku, self.from, |row| *moved.entry(row.location).or_default() += row.movement.available).await?;
            let after = Present::read(self.world, sku).await?;
            if before.stock == after.stock {
                return Ok((after, moved));
            }
        }
        Err(Error::new(ErrorKind::Conflict, "plan", format!("{sku} moves all the time; try again")))
    }

    fn beginning(&self, present: &Present, moved: BTreeMap<LocationId, i64>, shorts: &[ShortChange]) -> Beginning {
        let mut available: BTreeMap<LocationId, i64> =
            present.stock.iter().map(|row| (row.location.clone(), row.level.available.units())).collect();
        for (location, units) in moved {
            *available.entry(location).or_default() -= units;
        }
        let came: i64 = shorts.iter().map(|short| short.units).sum();
        Beginning { at: self.from, available, short: (present.short.units() - came).max(0) }
    }

    /// The product on every connection that lists it.
    fn offered(&self, present: &Present) -> Vec<Offered> {
        let listed: BTreeSet<&ConnectionId> = present.listings.iter().map(|row| &row.connection).collect();
        let one = |row: &ConnectionRow| {
            let here = self.request.rules.get(&row.id).cloned().unwrap_or_default();
            let usual = self.request.default.and(&here).on(&row.rule);
            Offered {
                connection: row.id.clone(),
                locations: row.locations.clone(),
                takes: takes(self.world, row),
                then: present.rules.of(row),
                other: present.rules.on(&usual, &row.id),
            }
        };
        listed.into_iter().filter_map(|id| self.connections.get(id)).map(one).collect()
    }

    /// Parts of bundles are never shared out.
    fn thresholds(&self, present: &Present) -> Thresholds {
        if !present.bundles.is_empty() {
            return Thresholds::default();
        }
        let own = present.rules.quota_below();
        let then = own.or(self.settings.quota_mode_below);
        Thresholds { then, other: own.or(self.request.quota_mode_below).or(self.settings.quota_mode_below) }
    }
}
