//! How far reconciliation has come, and what its last whole run found.

use super::{TypedRow, broken, json, number, text, to_json};
use domain::{ConnectionId, DriftCause, OrderNumber, Sku, noted};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Value};
use std::collections::BTreeMap;

/// What a run found and did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct DriftCounts {
    /// Listings that the channel listed; products, where our books were compared.
    pub compared: u64,
    /// Of those, right.
    pub matching: u64,
    /// Of those, right as far as we know, and not looked at: the channel's list tells no figures.
    pub skipped: u64,
    /// Orders compared with what the channel tells of them.
    pub orders: u64,
    /// Differences, by sort. One that is left as it was found before counts too.
    pub differences: BTreeMap<DriftCause, u64>,
    /// Repairs begun.
    pub repaired: u64,
    /// Differences that turned out to be right so.
    pub explained: u64,
    /// Differences that need a person, and did not before.
    pub parked: u64,
    /// Differences that were there before and are gone.
    pub resolved: u64,
    /// Differences of which no note could be kept, because there are too many: nothing was done about them.
    pub too_many: u64,
}

/// Where a run stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum Phase {
    /// No run is under way.
    #[default]
    Idle,
    /// Reads orders that changed lately.
    Changed {
        /// The next page, as the channel names it.
        page: Option<String>,
    },
    /// Reads a sample of the orders that are known.
    Known,
    /// Reads the channel's listings.
    Listings {
        /// The next page, as the channel names it.
        page: Option<String>,
    },
    /// Looks for listings that we keep and the channel did not list.
    Kept {
        /// The last one that was looked at.
        after: Option<String>,
    },
}

/// A run that ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct EndedRun {
    /// When it began, UTC.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// When it ended, UTC.
    #[schemars(with = "String")]
    pub ended_at: Timestamp,
    /// What it found and did.
    pub counts: DriftCounts,
}

/// An order that a run put on the queue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AskedOrder {
    /// Which.
    pub number: OrderNumber,
    /// The version of its row then; `None`: it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// A run over one connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReconcileState {
    /// Counts the runs, from 1.
    pub run: u64,
    /// When it began, UTC.
    pub began: Timestamp,
    /// Where it stands.
    pub phase: Phase,
    /// What it found so far.
    pub counts: DriftCounts,
    /// Orders that it put on the queue: figures are compared once they are taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedOrder>,
    /// There were more of these than are kept by name.
    #[serde(default)]
    pub more_asked: bool,
    /// Parts that only waited for these.
    #[serde(default)]
    pub waited: u32,
    /// Where the sample of known orders goes on: the journal's day, and the place in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders_from: Option<(Timestamp, Option<String>)>,
    /// Listings that the channel listed in the last whole run.
    #[serde(default)]
    pub listed_before: u64,
    /// The last whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<EndedRun>,
}

/// How far reconciliation of one connection has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconcileRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// How far.
    pub state: ReconcileState,
    /// Counts the writes, for the condition.
    pub version: i64,
}

impl ReconcileRow {
    /// Its key.
    pub fn key(connection: &ConnectionId) -> Key {
        Key::new(format!("CONNECTION#{connection}"), "RECONCILE")
    }

    /// Holds as long as nobody wrote since this was read.
    pub fn unchanged(version: i64) -> Condition {
        if version == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(version)) }
    }
}

impl TypedRow for ReconcileRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection)).text("state", to_json(&self.state)).number("version", self.version)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a connection's");
        let connection = ConnectionId::new(row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?)?;
        Ok(Self { connection, state: json(row, "state")?, version: number(row, "version")? })
    }

    /// A run that began beyond now is over, and the next is due.
    fn believed_at(mut self, now: Timestamp) -> Self {
        let state = &mut self.state;
        if noted(state.began, now).is_none() {
            (state.began, state.phase) = (Timestamp::UNIX_EPOCH, Phase::Idle);
        }
        state.orders_from = state.orders_from.take().filter(|(day, _)| noted(*day, now).is_some());
        state.last = state.last.take().filter(|last| noted(last.started_at, now).is_some());
        self
    }
}

/// Listings that a run saw before its time was over, as fingerprints. Only there between two parts of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which of its rows.
    pub part: usize,
    /// The run that saw them.
    pub run: u64,
    /// 64 bits each.
    pub seen: Vec<u64>,
}

impl SeenRow {
    /// Fingerprints in one row: 16 characters each, and a row takes 400 KB.
    pub const MOST: usize = 20_000;
    /// All of a connection's start so.
    pub const PREFIX: &'static str = "RECONCILE_SEEN#";

    /// Its key.
    pub fn key(connection: &ConnectionId, part: usize) -> Key {
        Key::new(format!("CONNECTION#{connection}"), format!("{}{part:04}", Self::PREFIX))
    }
}

impl TypedRow for SeenRow {
    fn to_row(&self) -> Row {
        let mut hex = String::with_capacity(16 * self.seen.len());
        for one in &self.seen {
            use std::fmt::Write as _;
            let _ = write!(hex, "{one:016x}");
        }
        let run = i64::try_from(self.run).unwrap_or(i64::MAX);
        Row::new(Self::key(&self.connection, self.part)).number("run", run).text("seen", hex)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "it is not a list of fingerprints");
        let connection = ConnectionId::new(row.key.pk.strip_prefix("CONNECTION#").ok_or_else(odd)?)?;
        let part = row.key.sk.strip_prefix(Self::PREFIX).and_then(|part| part.parse().ok()).ok_or_else(odd)?;
        let one = |hex: &[u8]| std::str::from_utf8(hex).ok().and_then(|hex| u64::from_str_radix(hex, 16).ok()).ok_or_else(odd);
        let seen = text(row, "seen")?.as_bytes().chunks(16).map(one).collect::<Result<_>>()?;
        Ok(Self { connection, part, run: u64::try_from(number(row, "run")?).unwrap_or(0), seen })
    }
}

/// A run over our own books.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BooksState {
    /// Counts the runs, from 1.
    pub run: u64,
    /// When it began, UTC.
    pub began: Timestamp,
    /// The last product that was compared; `None`: no run is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Sku>,
    /// What it found so far.
    pub counts: DriftCounts,
    /// The last whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<EndedRun>,
}

/// How far the comparison of our own books has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksRow(pub BooksState);

impl BooksRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new("RECONCILE", "BOOKS")
    }
}

impl TypedRow for BooksRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("state", to_json(&self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "state").map(Self)
    }

    fn believed_at(mut self, now: Timestamp) -> Self {
        self.0.began = noted(self.0.began, now).unwrap_or(Timestamp::UNIX_EPOCH);
        self
    }
}
