//! The table in memory: a sorted map behind one lock, so every write is all or nothing and seen at once.

use super::condition::holds;
use super::lock;
use async_trait::async_trait;
use ports::{Condition, Error, ErrorKind, Key, MOST_WRITES, Page, Reason, Refused, Result, Row, Table, Value, Write, too_large};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A table that lasts as long as the test.
#[derive(Debug, Default)]
pub struct MemoryTable {
    rows: Mutex<BTreeMap<Key, Row>>,
    /// Keys written since a test last asked; `None`: nobody asks.
    touched: Mutex<Option<BTreeSet<Key>>>,
    /// Rows that one transaction takes less than the table's limit.
    fewer_writes: AtomicUsize,
}

impl MemoryTable {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// All rows in the order of their keys, as they are at this instant: what invariants are checked against.
    pub fn rows(&self) -> Vec<Row> {
        lock(&self.rows).values().cloned().collect()
    }

    /// One row as it is at this instant.
    pub fn row(&self, key: &Key) -> Option<Row> {
        lock(&self.rows).get(key).cloned()
    }

    /// The keys written since this was last asked, and from the first time on: so that an invariant is checked after every write,
    /// and only of what was written.
    pub fn touched(&self) -> BTreeSet<Key> {
        lock(&self.touched).replace(BTreeSet::new()).unwrap_or_default()
    }

    /// Takes at most so many rows in one transaction, so that what is small takes several too.
    pub fn take_at_most(&self, writes: usize) {
        self.fewer_writes.store(MOST_WRITES.saturating_sub(writes), Ordering::Relaxed);
    }

    fn touch(&self, writes: &[Write]) {
        if let Some(touched) = lock(&self.touched).as_mut() {
            touched.extend(writes.iter().filter(|w| !matches!(w, Write::Check { .. })).map(|w| w.key().clone()));
        }
    }
}

#[async_trait]
impl Table for MemoryTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        Ok(lock(&self.rows).get(key).cloned())
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        bound(limit)?;
        if from.is_some_and(|key| key.pk != pk || !key.sk.starts_with(prefix)) {
            return Err(bug("a query starts at a key it does not cover"));
        }
        let rows = lock(&self.rows);
        let first = Key::new(pk, prefix);
        let covers = |key: &Key| key.pk == pk && key.sk.starts_with(prefix);
        let page: Vec<Row> = if newest_first {
            // What follows the last key of a prefix cannot be named, so the way there is walked from the partition's end.
            let end = Key::new(format!("{pk}\0"), "");
            let covered = rows
                .range((Bound::Included(&first), Bound::Excluded(from.unwrap_or(&end))))
                .rev()
                .skip_while(|(key, _)| !covers(key));
            covered.take_while(|(key, _)| covers(key)).take(limit).map(|(_, row)| row.clone()).collect()
        } else {
            let start = from.map_or(Bound::Included(&first), Bound::Excluded);
            let covered = rows.range((start, Bound::Unbounded)).take_while(|(key, _)| covers(key));
            covered.take(limit).map(|(_, row)| row.clone()).collect()
        };
        // Like DynamoDB, a full page names its last row even where nothing follows.
        let next = if page.len() == limit { page.last().map(|row| row.key.clone()) } else { None };
        Ok(Page { rows: page, next })
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        flaw(&write)?;
        too_large(std::slice::from_ref(&write)).map_or(Ok(()), Err)?;
        let mut rows = lock(&self.rows);
        let old = rows.get(write.key());
        if !holds(when(&write), old) {
            return Err(Refused::Reasons(vec![Reason::Condition(old.cloned())]));
        }
        let after = after(&write, old)?;
        if !matches!(write, Write::Check { .. }) {
            store(&mut rows, write.key().clone(), after.clone());
            self.touch(std::slice::from_ref(&write));
            return Ok(after);
        }
        Ok(None)
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        if writes.len() > self.most_writes() {
            return Err(bug("a transaction has more writes than the table takes").into());
        }
        let mut seen = BTreeSet::new();
        if !writes.iter().all(|write| seen.insert(write.key())) {
            return Err(bug("a transaction writes one row twice").into());
        }
        for write in &writes {
            flaw(write)?;
        }
        too_large(&writes).map_or(Ok(()), Err)?;
        let mut rows = lock(&self.rows);
        let reasons: Vec<_> = writes.iter().map(|write| reason(write, rows.get(write.key()))).collect();
        if reasons.iter().any(|reason| *reason != Reason::Fine) {
            return Err(Refused::Reasons(reasons));
        }
        let results = writes.iter().map(|write| after(write, rows.get(write.key()))).collect::<Result<Vec<_>>>()?;
        for (write, after) in writes.iter().zip(results) {
            store(&mut rows, write.key().clone(), after);
        }
        self.touch(&writes);
        Ok(())
    }

    fn most_writes(&self) -> usize {
        MOST_WRITES - self.fewer_writes.load(Ordering::Relaxed)
    }
}

fn reason(write: &Write, old: Option<&Row>) -> Reason {
    if holds(when(write), old) { Reason::Fine } else { Reason::Condition(old.cloned()) }
}

fn when(write: &Write) -> &Condition {
    match write {
        Write::Put { when, .. } | Write::Update { when, .. } | Write::Delete { when, .. } | Write::Check { when, .. } => when,
    }
}

fn store(rows: &mut BTreeMap<Key, Row>, key: Key, row: Option<Row>) {
    match row {
        Some(row) => rows.insert(key, row),
        None => rows.remove(&key),
    };
}

/// The row as it is after the write.
fn after(write: &Write, old: Option<&Row>) -> Result<Option<Row>> {
    let row = match write {
        Write::Put { row, .. } => row.clone(),
        Write::Delete { .. } => return Ok(None),
        Write::Check { .. } => return Ok(old.cloned()),
        Write::Update { key, add, set, remove, .. } => {
            let mut row = old.cloned().unwrap_or_else(|| Row::new(key.clone()));
            for (name, by) in add {
                let sum = match row.attributes.get(name) {
                    None => Some(*by),
                    Some(Value::Number(number)) => number.checked_add(*by),
                    Some(Value::Text(_)) => None,
                };
                let sum = sum.ok_or_else(|| bug("an update adds to a text, or beyond 64 bits"))?;
                row.attributes.insert(name.clone(), Value::Number(sum));
            }
            row.attributes.extend(set.iter().cloned());
            for name in remove {
                row.attributes.remove(name);
            }
            row
        }
    };
    keyed(&row)?;
    Ok(Some(row))
}

/// Key parts are texts that are not empty.
fn keyed(row: &Row) -> Result<()> {
    if row.key.pk.is_empty() || row.key.sk.is_empty() {
        return Err(bug("a key part must be a text that is not empty"));
    }
    Ok(())
}

/// Writes that no table can do, whatever the rows are.
fn flaw(write: &Write) -> Result<()> {
    let names: Vec<&String> = match write {
        Write::Put { row, .. } => row.attributes.keys().collect(),
        Write::Update { add, set, remove, .. } => {
            let names: Vec<_> = add.iter().map(|(n, _)| n).chain(set.iter().map(|(n, _)| n)).chain(remove).collect();
            if names.is_empty() {
                return Err(bug("an update changes nothing"));
            }
            names
        }
        Write::Delete { .. } | Write::Check { .. } => vec![],
    };
    let mut seen = BTreeSet::new();
    for name in names {
        if matches!(name.as_str(), "pk" | "sk") || !seen.insert(name) {
            return Err(bug("a write changes its own key, or one attribute twice"));
        }
    }
    Ok(())
}

fn bound(limit: usize) -> Result<()> {
    if limit == 0 { Err(bug("a limit must be at least 1")) } else { Ok(()) }
}

fn bug(message: &str) -> Error {
    Error::new(ErrorKind::Bug, "table", message)
}
