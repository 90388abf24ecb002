//! How far the index is, and how a rebuild of it stands.

use super::{TypedRow, json, to_json};
use domain::{OrderStage, Sku};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Value, Write};
use std::collections::BTreeMap;

/// What the rows of the index look like: with another number, it is rebuilt.
pub const INDEX_SHAPE: u32 = 1;

/// How far the index is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IndexStateRow {
    /// What its rows look like.
    pub shape: u32,
    /// Every commit of the journal up to here is in the index, UTC, also one that was written late.
    pub cursor: Timestamp,
    /// The newest commit that is in the index, UTC.
    pub read_to: Timestamp,
    /// A rebuild that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<Rebuild>,
    /// Whether it was built once: before, it does not hold all.
    #[serde(default)]
    pub complete: bool,
    /// A walk over the catalogue that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<CatalogueWalk>,
    /// When the last whole walk over the catalogue began, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue_read_at: Option<Timestamp>,
    /// Rows of orders and of the journal that cannot be read, each with what is wrong: what they say is not in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unreadable: BTreeMap<String, String>,
    /// Counts its changes.
    #[serde(skip)]
    pub version: i64,
}

/// A rebuild.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rebuild {
    /// Since when, UTC.
    pub started_at: Timestamp,
    /// Orders that were written so far.
    pub orders: u64,
    /// What is looked through now.
    pub step: RebuildStep,
    /// Where it goes on in that; none: at the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What a rebuild looks through, one after the other. Orders lie each in a partition of its own, so what names them is read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebuildStep {
    /// The orders that the index knows.
    Known,
    /// The rows of each stage: one that its order does not name goes.
    Stage(OrderStage),
    /// The ledger of every product after this one: it names the orders that moved its stock.
    Ledgers {
        /// The product that was looked through last; none: no one was.
        after: Option<Sku>,
        /// The product that is looked through now.
        now: Option<Sku>,
    },
}

/// A walk over the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CatalogueWalk {
    /// Since when, UTC.
    pub started_at: Timestamp,
    /// The product that was looked at last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl IndexStateRow {
    /// Its partition.
    pub const PARTITION: &'static str = "INDEX";

    /// Its key.
    pub fn key() -> Key {
        Key::new(Self::PARTITION, "STATE")
    }

    /// An index that is to be built from all there is, as far as `oldest` in the journal.
    pub fn begun(now: Timestamp, oldest: Timestamp) -> Self {
        Self {
            shape: INDEX_SHAPE,
            cursor: oldest,
            read_to: oldest,
            rebuild: Some(Rebuild { started_at: now, orders: 0, step: RebuildStep::Known, after: None }),
            complete: false,
            catalogue: Some(CatalogueWalk { started_at: now, after: None }),
            catalogue_read_at: None,
            unreadable: BTreeMap::new(),
            version: 0,
        }
    }

    /// The write that follows on what was read, and on nothing else.
    pub(crate) fn next(&self) -> (Self, Write) {
        let next = Self { version: self.version.saturating_add(1), ..self.clone() };
        let when =
            if self.version == 0 { Condition::Absent } else { Condition::Is("version".into(), Value::Number(self.version)) };
        let write = Write::Put { row: next.to_row(), when };
        (next, write)
    }
}

impl TypedRow for IndexStateRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("body", to_json(self)).number("version", self.version)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { version: row.get_number("version").unwrap_or(0), ..json(row, "body")? })
    }
}

/// When a product of the catalogue was changed last, so that nobody walks over the catalogue for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueChangedRow(pub Timestamp);

impl CatalogueChangedRow {
    /// Its key.
    pub fn key() -> Key {
        Key::new(IndexStateRow::PARTITION, "CATALOGUE")
    }
}

impl TypedRow for CatalogueChangedRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key()).text("changed_at", super::sortable(self.0))
    }

    fn from_row(row: &Row) -> Result<Self> {
        super::given(row, "changed_at", super::instant).map(Self)
    }
}
