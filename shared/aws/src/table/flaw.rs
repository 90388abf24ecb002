//! Writes that no table can do, whatever the rows are. Refused here, because DynamoDB's own complaints do not name the write.

use ports::{Error, ErrorKind, MOST_WRITES, Write, too_large};
use std::collections::BTreeSet;

/// What is wrong with a write by itself.
pub(super) fn of_write(write: &Write) -> Option<Error> {
    let (names, changes): (Vec<&String>, bool) = match write {
        Write::Put { row, .. } => (row.attributes.keys().collect(), true),
        Write::Update { add, set, remove, .. } => {
            let names: Vec<_> = add.iter().map(|(n, _)| n).chain(set.iter().map(|(n, _)| n)).chain(remove).collect();
            let changes = !names.is_empty();
            (names, changes)
        }
        Write::Delete { .. } | Write::Check { .. } => (vec![], true),
    };
    let mut seen = BTreeSet::new();
    if !changes {
        return Some(bug("an update changes nothing"));
    }
    if names.iter().any(|name| matches!(name.as_str(), "pk" | "sk")) {
        return Some(bug("a write changes its own key"));
    }
    if !names.iter().all(|name| seen.insert(*name)) {
        return Some(bug("an update changes one attribute twice"));
    }
    too_large(std::slice::from_ref(write))
}

/// What is wrong with a transaction, or with a write in it.
pub(super) fn of_transaction(writes: &[Write]) -> Option<Error> {
    if writes.len() > MOST_WRITES {
        return Some(bug("a transaction has more than 100 writes"));
    }
    let mut seen = BTreeSet::new();
    if !writes.iter().all(|write| seen.insert(write.key())) {
        return Some(bug("a transaction writes one row twice"));
    }
    writes.iter().find_map(of_write).or_else(|| too_large(writes))
}

fn bug(message: &str) -> Error {
    Error::new(ErrorKind::Bug, "table.write", message)
}
