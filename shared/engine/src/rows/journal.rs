//! One row per commit, by day: what happened lately, without an index that a flash sale would heat up.

use super::products_of;
use super::{TypedRow, broken, json, sortable, to_json};
use domain::{ConnectionId, LocationId, Order, OrderNumber, PlannedOrder, Quantity, Sku};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use ports::{Key, Result, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Products of an order that are named whatever the commit is about: a row has a largest size.
const MOST_SKUS: usize = 500;

/// An order as the journal names it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct JournalOrder {
    /// Where it came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// The number a person sees on the channel, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_number: Option<String>,
    /// The customer asks for cancellation of something of it, and waits for an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancellation_requested: bool,
    /// The channel does not let it be sent yet: it is not paid there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreleased: bool,
    /// Version of its row after the commit.
    pub version: u64,
    /// Units still set aside for it, over its lines: what was sent is no longer among them.
    pub held: Quantity,
    /// Units that no location could cover.
    pub short: Quantity,
    /// Its products; of an order that has very many, those that the commit moved.
    pub skus: Vec<Sku>,
    /// Units of each product that came out short with the commit, where there are any; negative: that are short no longer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shorts: BTreeMap<Sku, i64>,
}

impl JournalOrder {
    /// An order as the commit leaves it, and what that changes of what is short.
    pub fn planned(planned: &PlannedOrder) -> Self {
        let of = Self { shorts: planned.short_changes(), ..Self::of(&planned.order) };
        if of.skus.len() <= MOST_SKUS {
            return of;
        }
        // Of a large order, those that the commit is about.
        let moved = planned.demands.iter().map(|demand| &demand.sku).chain(of.shorts.keys());
        Self { skus: moved.cloned().collect::<BTreeSet<_>>().into_iter().collect(), ..of }
    }

    /// An order as it is after a commit that changes nothing of what is short.
    pub fn of(order: &Order) -> Self {
        Self {
            connection: order.connection.clone(),
            number: order.snapshot.number.clone(),
            display_number: order.snapshot.display_number.clone(),
            cancellation_requested: order.snapshot.lines.iter().any(|line| line.is_own() && line.cancellation_requested),
            unreleased: order.is_held_back(),
            version: order.version,
            held: order.lines.iter().map(domain::LineState::reserved).sum(),
            short: order.short(),
            shorts: BTreeMap::new(),
            skus: products_of(order).cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        }
    }
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JournalEntry {
    /// Took in orders.
    Orders {
        /// Which.
        orders: Vec<JournalOrder>,
    },
    /// Changed a figure by hand, or set the first one.
    Stock {
        /// The product.
        sku: Sku,
        /// The location.
        location: LocationId,
        /// Units added to available; negative takes.
        change: i64,
        /// Why.
        reason: String,
    },
}

/// A journal row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// When, UTC.
    pub at: Timestamp,
    /// The commit.
    pub commit: String,
    /// What it did.
    pub entry: JournalEntry,
}

impl JournalRow {
    /// Days an entry is kept.
    pub const KEPT_DAYS: i64 = 30;

    /// The partition of a day, UTC.
    pub fn partition(at: Timestamp) -> String {
        format!("JOURNAL#{}", at.to_zoned(TimeZone::UTC).date())
    }
}

impl TypedRow for JournalRow {
    fn to_row(&self) -> Row {
        let expires = self.at.saturating_add((24 * Self::KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second);
        Row::new(Key::new(Self::partition(self.at), format!("{}#{}", sortable(self.at), self.commit)))
            .text("entry", to_json(&self.entry))
            .number("expires_at", expires)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a journal row's");
        let (at, commit) = row.key.sk.split_once('#').ok_or_else(odd)?;
        Ok(Self { at: at.parse().map_err(|_| odd())?, commit: commit.to_owned(), entry: json(row, "entry")? })
    }
}
