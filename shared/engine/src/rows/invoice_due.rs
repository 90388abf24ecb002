//! What must be looked at for an invoice or credit note: written with the order's change, gone with the document.

use super::{TypedRow, broken, given, instant, json, number, sortable, text, to_json};
use domain::{ConnectionId, OrderNumber, lasting};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Value, Write};
use std::collections::BTreeMap;

/// An order that changed in what invoices are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDueRow {
    /// The connection.
    pub connection: ConnectionId,
    /// The order.
    pub number: OrderNumber,
    /// The order's version that made it due.
    pub version: u64,
    /// When that was, UTC.
    pub since: Timestamp,
    /// When it is to be looked at next, UTC.
    pub again_at: Timestamp,
    /// Why it has no document yet.
    pub problem: Option<InvoiceProblem>,
}

/// Why an order has no document: a word that does not change, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct InvoiceProblem {
    /// The word.
    pub code: String,
    /// What it is about, by name: `country`, `line`, `location`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
    /// The same as a sentence, and what to do.
    pub message: String,
}

impl InvoiceDueRow {
    /// Nothing is put off for longer.
    pub(crate) const LONGEST_PUT_OFF: SignedDuration = SignedDuration::from_mins(15);

    /// All of them are in one partition: there are as many as wait.
    pub const PARTITION: &'static str = "INVOICES_DUE";

    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(Self::PARTITION, format!("{connection}#{number}"))
    }

    /// Notes that an order is due from `at` on.
    pub(crate) fn opened(connection: &ConnectionId, number: &OrderNumber, version: u64, at: Timestamp) -> Self {
        Self { connection: connection.clone(), number: number.clone(), version, since: at, again_at: at, problem: None }
    }

    /// Holds as long as the order did not become due anew.
    pub(crate) fn as_read(&self) -> Condition {
        Condition::Is("version".to_owned(), Value::Number(i64::try_from(self.version).unwrap_or(i64::MAX)))
    }

    /// Takes it off the list, as it was read.
    pub(crate) fn closed(&self) -> Write {
        Write::Delete { key: Self::key(&self.connection, &self.number), when: self.as_read() }
    }

    /// Notes why there is no document, and when it is to be looked at again.
    pub(crate) fn put_off(&self, problem: Option<&InvoiceProblem>, again_at: Timestamp) -> Write {
        let mut set = vec![("again_at".to_owned(), Value::Text(sortable(again_at)))];
        set.extend(problem.map(|problem| ("problem".to_owned(), Value::Text(to_json(problem)))));
        let key = Self::key(&self.connection, &self.number);
        Write::Update { key, add: Vec::new(), set, remove: Vec::new(), when: self.as_read() }
    }
}

impl TypedRow for InvoiceDueRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.connection, &self.number))
            .text("connection", self.connection.as_str())
            .text("number", self.number.as_str())
            .number("version", i64::try_from(self.version).unwrap_or(i64::MAX))
            .text("since", sortable(self.since))
            .text("again_at", sortable(self.again_at));
        match &self.problem {
            Some(problem) => row.text("problem", to_json(problem)),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let version = u64::try_from(number(row, "version")?).map_err(|_| broken(&row.key, "`version` is below 0"))?;
        Ok(Self {
            connection: ConnectionId::new(text(row, "connection")?)?,
            number: OrderNumber::new(text(row, "number")?)?,
            version,
            since: given(row, "since", instant)?,
            again_at: given(row, "again_at", instant)?,
            problem: row.get_text("problem").map(|_| json(row, "problem")).transpose()?,
        })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { again_at: lasting(self.again_at, now, Self::LONGEST_PUT_OFF).unwrap_or(Timestamp::UNIX_EPOCH), ..self }
    }
}
