//! Word that is left with a push under way: whoever leaves it goes home, so somebody must be bound to look again.

use super::super::{ON_SALE, PRODUCTS, SET, Simulation, broken};
use engine::rows::{ListingRow, ShortRow, StockRow, TypedRow};
use ports::Key;
use std::collections::{BTreeMap, BTreeSet};

/// What the checks remember of it.
#[derive(Default)]
pub(in super::super) struct Words {
    /// Listings with word for whoever holds this lease.
    left: BTreeMap<Key, String>,
    /// Listings that were let go with word unheard: by the time the holder ends, somebody else must be on the way.
    unheard: BTreeSet<Key>,
}

impl Simulation<'_> {
    /// A listing's row was written, or is gone.
    pub(super) fn see_word(&mut self, key: &Key, row: Option<&ListingRow>) {
        let words = &mut self.watch.words;
        let Some(row) = row else {
            words.left.remove(key);
            words.unheard.remove(key);
            return;
        };
        match &row.lease {
            Some(lease) if row.again => drop(words.left.insert(key.clone(), lease.clone())),
            // It is heard: whoever holds the listing now has still to read the figure, or reads it once more.
            Some(_) => {
                words.left.remove(key);
                words.unheard.remove(key);
            }
            None if words.left.remove(key).is_some() => drop(words.unheard.insert(key.clone())),
            None => {}
        }
    }

    /// I6: a function that tells channels ended, and word that was left with it meanwhile is not lost: the listing was told of all there is
    /// to know, a hint is on its way, or a person was told why not.
    pub(in super::super) fn check_words(&mut self) {
        for key in std::mem::take(&mut self.watch.words.unheard) {
            self.watch.checks += 1;
            let Some(row) = self.market.stage.table.row(&key) else { continue };
            let row = ListingRow::from_row(&row).unwrap();
            let newest = row.told_version.is_some_and(|told| told >= self.version(row.sku.as_str()));
            if newest || row.problem.is_some() || !self.connected.contains(&row.connection) {
                continue;
            }
            if !self.queues.hints_at(&row.sku, &row.connection) {
                broken!(
                    "I6",
                    "word was left with a push of {} at {}, and nobody is to look again: told version {:?}, and there is {}",
                    row.sku,
                    row.connection,
                    row.told_version,
                    self.version(row.sku.as_str())
                );
            }
        }
    }

    /// Counts the commits to a product, or to those in a set.
    fn version(&self, name: &str) -> u64 {
        if name == ON_SALE[SET] {
            return PRODUCTS.iter().map(|part| self.version(part)).sum();
        }
        let rows = self.market.stage.table.rows();
        let of_it = rows.iter().filter(|row| row.key.pk.strip_prefix("SKU#") == Some(name));
        let commits = |row: &ports::Row| match row.key.sk.as_str() {
            ShortRow::NAME => ShortRow::from_row(row).unwrap().version,
            sk if sk.starts_with(StockRow::PREFIX) => StockRow::from_row(row).unwrap().level.version,
            _ => 0,
        };
        of_it.map(commits).sum()
    }
}
