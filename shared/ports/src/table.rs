//! The table: items, keys, and writes whose conditions are data.

use crate::{Error, ErrorKind, Result};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// The two parts of a key. Rows with one `pk` can be read in the order of `sk`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition.
    pub pk: String,
    /// Place in the partition.
    pub sk: String,
}

impl Key {
    /// Both parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }
}

/// One attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// One item. The attribute names `pk` and `sk` are taken; `expires_at` (seconds since 1970) is when the table may drop it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub key: Key,
    /// Its attributes.
    pub attributes: BTreeMap<String, Value>,
}

impl Row {
    /// A row without attributes.
    pub fn new(key: Key) -> Self {
        Self { key, attributes: BTreeMap::new() }
    }

    /// With a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.insert(name.to_owned(), Value::Text(value.into()));
        self
    }

    /// With a number.
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.attributes.insert(name.to_owned(), Value::Number(value));
        self
    }

    /// A text, if it is there and is one.
    pub fn get_text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A number, if it is there and is one.
    pub fn get_number(&self, name: &str) -> Option<i64> {
        match self.attributes.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }
}

/// What must hold for a write to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Always,
    /// No row has the key.
    Absent,
    /// A row has the key.
    Present,
    /// The attribute is there and has this value.
    Is(String, Value),
    /// The attribute is not there (nor, therefore, need the row be).
    Lacks(String),
    /// The number is there and at least this.
    AtLeast(String, i64),
    /// The number is there and at most this.
    AtMost(String, i64),
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
}

/// A write of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Replaces the row whole.
    Put {
        /// The row.
        row: Row,
        /// When to.
        when: Condition,
    },
    /// Changes attributes, and makes the row if it is not there.
    Update {
        /// Which.
        key: Key,
        /// Adds to numbers; one that is missing counts as 0.
        add: Vec<(String, i64)>,
        /// Sets attributes.
        set: Vec<(String, Value)>,
        /// Removes attributes.
        remove: Vec<String>,
        /// When to.
        when: Condition,
    },
    /// Removes the row.
    Delete {
        /// Which.
        key: Key,
        /// When to.
        when: Condition,
    },
    /// Writes nothing; in a transaction, makes all depend on the condition.
    Check {
        /// Which.
        key: Key,
        /// What must hold.
        when: Condition,
    },
}

impl Write {
    /// Bytes that it writes, as the table counts them: names and values.
    pub fn bytes(&self) -> usize {
        let value = |value: &Value| match value {
            Value::Text(text) => text.len(),
            // 38 digits take 21 bytes; 64 bits have 19.
            Value::Number(_) => 12,
        };
        let key = self.key().pk.len() + self.key().sk.len() + "pk".len() + "sk".len();
        key + match self {
            Self::Put { row, .. } => row.attributes.iter().map(|(name, one)| name.len() + value(one)).sum(),
            Self::Update { add, set, .. } => {
                let added = add.iter().map(|(name, number)| name.len() + value(&Value::Number(*number)));
                added.chain(set.iter().map(|(name, one)| name.len() + value(one))).sum()
            }
            Self::Delete { .. } | Self::Check { .. } => 0,
        }
    }

    /// The key it is about.
    pub fn key(&self) -> &Key {
        match self {
            Self::Put { row, .. } => &row.key,
            Self::Update { key, .. } | Self::Delete { key, .. } | Self::Check { key, .. } => key,
        }
    }
}

/// Why a transaction's part was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// This part was fine.
    Fine,
    /// Its condition did not hold; the row as it is, if there is one.
    Condition(Option<Row>),
    /// Another transaction holds the row, or capacity ran out: try again.
    Busy,
}

/// A write that was surely not done.
#[derive(Debug)]
pub enum Refused {
    /// A condition did not hold, or rows were busy: one reason per write, in order.
    Reasons(Vec<Reason>),
    /// Anything else; with status `Unknown` it may have been done after all.
    Error(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// One page of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Rows in the order of `sk`.
    pub rows: Vec<Row>,
    /// Where the next page starts; `None`: this was the last.
    pub next: Option<Key>,
}

/// Most rows of one transaction: DynamoDB's limit.
pub const MOST_WRITES: usize = 100;
/// Most bytes of a row, names included: DynamoDB's limit.
pub const MOST_ROW_BYTES: usize = 400 * 1024;
/// Most bytes of the rows of one transaction together: DynamoDB's limit.
pub const MOST_TRANSACTION_BYTES: usize = 4 * 1024 * 1024;

/// Refuses what no table takes, because a row, or all of them together, would be too large. For people: it says what to do.
pub fn too_large(writes: &[Write]) -> Option<Error> {
    let refused = |what: String, bytes: usize, most: usize| {
        let message = format!(
            "{what} would take {bytes} bytes, and the table takes {most}; split it where it comes from, or book it by hand and dismiss it"
        );
        Error::new(ErrorKind::Declined, "table", message)
    };
    let sizes: Vec<usize> = writes.iter().map(Write::bytes).collect();
    if let Some((write, bytes)) = writes.iter().zip(&sizes).find(|(_, bytes)| **bytes > MOST_ROW_BYTES) {
        return Some(refused(format!("the row {} / {}", write.key().pk, write.key().sk), *bytes, MOST_ROW_BYTES));
    }
    let all: usize = sizes.iter().sum();
    (all > MOST_TRANSACTION_BYTES).then(|| refused("what must be written at once".to_owned(), all, MOST_TRANSACTION_BYTES))
}

/// The table, implemented by DynamoDB and in memory; one suite holds both to the same behaviour.
#[async_trait]
pub trait Table: Send + Sync {
    /// Reads one row, seeing every write that was answered before.
    async fn get(&self, key: &Key) -> Result<Option<Row>>;

    /// Reads rows of a partition whose `sk` starts with `prefix`: at most `limit`, after `from`, in the order of `sk` or against it.
    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page>;

    /// Writes one row. Answers the row as it is after.
    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused>;

    /// Writes up to `most_writes` different rows, all or none.
    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused>;

    /// How many rows one transaction takes. A test may have fewer, so that small orders take several.
    fn most_writes(&self) -> usize {
        MOST_WRITES
    }
}
