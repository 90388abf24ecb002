//! The index over orders: rows made from order rows and nothing else, by which people find orders. They hold nothing about a buyer.
//!
//! An order has one row in `ORDERS`, in the order in which orders were taken in. While it is in any stage but shipped, a row of the stage says the
//! same, in the order in which orders must leave. Rows under `FIND#` lead from a number, SKU or tracking code to it; whoever follows one looks
//! whether the order still has it.

use super::{TypedRow, broken, given, instant, json, number, sortable, text, to_json};
use domain::search::{self, bucket};
use domain::{ConnectionId, Due, Order, OrderNumber, OrderStage, Quantity, Sku};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row, Write};
use std::collections::BTreeSet;

/// Products that are named of one order.
const MOST_SKUS: usize = 5;

/// An order as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ListedOrder {
    /// Where it came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// The number a person sees on the channel, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_number: Option<String>,
    /// When the customer ordered, UTC.
    pub placed_at: Timestamp,
    /// When it was first taken in, UTC. Never changes.
    pub accepted_at: Timestamp,
    /// How far it is.
    pub stage: OrderStage,
    /// The first day or instant by which something of it must leave that has not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<Due>,
    /// Units that can be sent now.
    pub to_ship: Quantity,
    /// Units set aside for it, in stock.
    pub reserved: Quantity,
    /// Units that no stock covers.
    pub short: Quantity,
    /// The customer asks for cancellation of something of it, and waits for an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_cancellation: bool,
    /// The channel does not let it be sent yet: it is not paid there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreleased: bool,
    /// Its first products.
    pub skus: Vec<Sku>,
    /// Products that are not named.
    #[serde(default)]
    pub more_skus: usize,
}

impl ListedOrder {
    /// An order as it is.
    pub fn of(order: &Order) -> Self {
        let snapshot = &order.snapshot;
        let open = snapshot.lines.iter().filter(|line| !order.to_send(&line.id).is_zero());
        let skus: BTreeSet<&Sku> = super::products_of(order).collect();
        let stage = order.stage();
        Self {
            connection: order.connection.clone(),
            number: snapshot.number.clone(),
            display_number: snapshot.display_number.clone(),
            placed_at: snapshot.placed_at,
            accepted_at: order.accepted_at,
            stage,
            ship_by: open.filter_map(|line| line.terms.ship_by.as_ref()).min_by_key(|due| due.order()).cloned(),
            to_ship: order.to_ship(),
            reserved: order.lines.iter().map(domain::LineState::reserved).sum(),
            short: order.short(),
            asks_cancellation: snapshot.lines.iter().any(|line| line.is_own() && line.cancellation_requested),
            unreleased: order.is_held_back(),
            more_skus: skus.len().saturating_sub(MOST_SKUS),
            skus: skus.into_iter().take(MOST_SKUS).cloned().collect(),
        }
    }

    fn name(&self) -> String {
        format!("{}#{}", self.connection, self.number)
    }
}

/// An order's own row of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedOrderRow {
    /// Version of the order row that it was made from.
    pub version: u64,
    /// The order.
    pub order: ListedOrder,
    /// By what it is found.
    pub terms: BTreeSet<String>,
    /// Rows of stages and terms that it had before, and that may be there still.
    pub outdated: Vec<(String, String)>,
    /// The rebuild that wrote it whole, if one did: when that began, UTC.
    pub rebuilt: Option<Timestamp>,
}

impl IndexedOrderRow {
    /// All orders are in one partition.
    pub const PARTITION: &'static str = "ORDERS";

    /// What an order's row says.
    pub fn of(order: &Order) -> Self {
        let (listed, terms) = (ListedOrder::of(order), search::order_terms(order));
        Self { version: order.version, order: listed, terms, outdated: Vec::new(), rebuilt: None }
    }

    /// Where an order's row is.
    pub fn key(accepted_at: Timestamp, connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(Self::PARTITION, format!("{}#{connection}#{number}", sortable(accepted_at)))
    }

    /// Rows beside it.
    pub fn others(&self) -> impl Iterator<Item = Key> {
        let stage = OrderStageRow::key_of(&self.order);
        stage.into_iter().chain(self.terms.iter().map(|term| OrderTermRow::key_of(&self.order, term)))
    }

    /// Holds as long as nobody wrote it since `was` was read.
    pub(crate) fn unchanged(was: Option<&Self>) -> Condition {
        was.map_or(Condition::Absent, |was| Condition::Is("version".into(), ports::Value::Number(signed(was.version))))
    }
}

pub(crate) fn signed(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row) -> Result<u64> {
    Ok(u64::try_from(number(row, "version")?).unwrap_or(0))
}

impl TypedRow for IndexedOrderRow {
    fn to_row(&self) -> Row {
        let ListedOrder { accepted_at, connection, number, .. } = &self.order;
        let row = Row::new(Self::key(*accepted_at, connection, number))
            .number("version", signed(self.version))
            .text("body", to_json(&self.order))
            .text("terms", self.terms.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
        let row = if self.outdated.is_empty() { row } else { row.text("outdated", to_json(&self.outdated)) };
        match self.rebuilt {
            Some(at) => row.text("rebuilt", sortable(at)),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            version: unsigned(row)?,
            order: json(row, "body")?,
            terms: text(row, "terms")?.split_whitespace().map(str::to_owned).collect(),
            outdated: if row.get_text("outdated").is_some() { json(row, "outdated")? } else { Vec::new() },
            rebuilt: instant(row, "rebuilt")?,
        })
    }
}

/// An order among those of its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStageRow {
    /// Version of the order row that it was made from.
    pub version: u64,
    /// The order.
    pub order: ListedOrder,
}

impl OrderStageRow {
    /// The partition of a stage.
    pub fn partition(stage: OrderStage) -> String {
        format!("{}#{}", IndexedOrderRow::PARTITION, stage.as_str())
    }

    /// Whether orders of a stage have rows of it. What was shipped is nearly all there ever was, and found among all.
    pub fn has(stage: OrderStage) -> bool {
        stage != OrderStage::Shipped
    }

    /// Where an order's row of its stage is: what must leave first comes first, and what nobody promised comes last.
    pub fn key_of(order: &ListedOrder) -> Option<Key> {
        if !Self::has(order.stage) {
            return None;
        }
        let first = match (&order.ship_by, order.stage.is_to_leave()) {
            (Some(due), true) => sortable(due.order()),
            (None, true) => "none".to_owned(),
            // The others are read from the newest on.
            (_, false) => String::new(),
        };
        let sk = format!("{first}#{}#{}", sortable(order.accepted_at), order.name());
        Some(Key::new(Self::partition(order.stage), sk))
    }
}

impl TypedRow for OrderStageRow {
    fn to_row(&self) -> Row {
        // An order of a stage without rows is never written as one.
        let key = Self::key_of(&self.order).unwrap_or_else(|| Key::new(Self::partition(self.order.stage), self.order.name()));
        Row::new(key).number("version", signed(self.version)).text("body", to_json(&self.order))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { version: unsigned(row)?, order: json(row, "body")? })
    }
}

/// Leads from a term to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderTermRow {
    /// Version of the order row that it was made from.
    pub version: u64,
    /// The term.
    pub term: String,
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// When it was first taken in, UTC.
    pub accepted_at: Timestamp,
}

/// Milliseconds that no order is taken in after: the time is turned round by it, so that the newest of a term comes first.
const LAST_MS: i64 = 9_999_999_999_999;

impl OrderTermRow {
    /// The partition of terms that begin alike.
    pub fn partition(term: &str) -> String {
        format!("FIND#{}", bucket(term))
    }

    /// What a term's rows begin with: of a whole term, the space behind it too.
    pub fn prefix(term: &str) -> String {
        if term.chars().count() < search::SHORTEST_BEGINNING { format!("{term} ") } else { term.to_owned() }
    }

    fn key_of(order: &ListedOrder, term: &str) -> Key {
        let turned = LAST_MS.saturating_sub(order.accepted_at.as_millisecond());
        Key::new(Self::partition(term), format!("{term} {turned:013} {}", order.name()))
    }

    pub(crate) fn put(of: &IndexedOrderRow, term: &str) -> Write {
        let ListedOrder { connection, number, accepted_at, .. } = &of.order;
        let row = Row::new(Self::key_of(&of.order, term))
            .number("version", signed(of.version))
            .text("connection", connection.as_str())
            .text("number", number.as_str())
            .text("accepted_at", sortable(*accepted_at));
        let older = Condition::AtMost("version".into(), signed(of.version));
        // One that nobody can read says nothing of what is newer.
        let broken = Condition::Lacks("version".into());
        Write::Put { row, when: Condition::Any(vec![Condition::Absent, older, broken]) }
    }
}

impl TypedRow for OrderTermRow {
    fn to_row(&self) -> Row {
        let turned = LAST_MS.saturating_sub(self.accepted_at.as_millisecond());
        let sk = format!("{} {turned:013} {}#{}", self.term, self.connection, self.number);
        Row::new(Key::new(Self::partition(&self.term), sk))
            .number("version", signed(self.version))
            .text("connection", self.connection.as_str())
            .text("number", self.number.as_str())
            .text("accepted_at", sortable(self.accepted_at))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let (term, _) = row.key.sk.split_once(' ').ok_or_else(|| broken(&row.key, "the key is not a term's"))?;
        Ok(Self {
            version: unsigned(row)?,
            term: term.to_owned(),
            connection: ConnectionId::new(text(row, "connection")?)?,
            number: OrderNumber::new(text(row, "number")?)?,
            accepted_at: given(row, "accepted_at", instant)?,
        })
    }
}
