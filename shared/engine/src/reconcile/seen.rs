//! Names that were seen, as 64 bits each.

use crate::Ports;
use crate::rows::{ProductRow, SeenRow, TypedRow};
use domain::{ConnectionId, OfferId, Sku, fingerprint};
use ports::{Condition, Result, Write};

/// Rows of the catalogue that are read at once.
const PAGE: usize = 1_000;

/// A set of fingerprints: sorted when it is asked.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: Vec<u64>,
    sorted: bool,
}

impl Names {
    fn note(&mut self, name: u64) {
        self.all.push(name);
        self.sorted = false;
    }

    fn has(&mut self, name: u64) -> bool {
        if !self.sorted {
            self.all.sort_unstable();
            self.all.dedup();
            self.sorted = true;
        }
        self.all.binary_search(&name).is_ok()
    }

    /// Whether a product is in the catalogue, which is read when this is first asked.
    pub(super) async fn has_product(&mut self, world: &Ports, sku: &Sku) -> Result<bool> {
        if self.all.is_empty() {
            let mut from = None;
            loop {
                let page = world.table.query(ProductRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
                page.rows.iter().for_each(|row| self.note(fingerprint(&[&row.key.sk])));
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        let known = self.has(fingerprint(&[sku.as_str()]));
        if known {
            return Ok(true);
        }
        // It may have come since.
        Ok(world.table.get(&ProductRow::key(sku)).await?.is_some())
    }
}

/// Items that the channel listed, and as which product we knew each.
#[derive(Debug, Default)]
pub(super) struct Seen {
    names: Names,
    stored: usize,
}

impl Seen {
    /// Those of the parts of this run that came before.
    pub(super) async fn load(world: &Ports, connection: &ConnectionId, run: u64) -> Result<Self> {
        let mut seen = Self::default();
        let pk = SeenRow::key(connection, 0).pk;
        let mut from = None;
        loop {
            // One row at a time: each is as large as rows get.
            let page = world.table.query(&pk, SeenRow::PREFIX, from.as_ref(), 1, false).await?;
            for row in &page.rows {
                seen.stored += 1;
                let row = SeenRow::from_row(row)?;
                if row.run == run {
                    seen.names.all.extend(row.seen);
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(seen);
            }
        }
    }

    pub(super) fn note(&mut self, offer: &OfferId, sku: Option<&Sku>) {
        self.names.note(fingerprint(&[offer.as_str()]));
        if let Some(sku) = sku {
            self.names.note(fingerprint(&[offer.as_str(), sku.as_str()]));
        }
    }

    /// Whether the channel listed it.
    pub(super) fn has(&mut self, offer: &OfferId) -> bool {
        self.names.has(fingerprint(&[offer.as_str()]))
    }

    /// Whether it was known as this product.
    pub(super) fn has_as(&mut self, offer: &OfferId, sku: &Sku) -> bool {
        self.names.has(fingerprint(&[offer.as_str(), sku.as_str()]))
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) {
        self.names = Names::default();
    }

    /// Rows that hold it in the table.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// Keeps it for the next part of the run.
    pub(super) async fn store(&mut self, world: &Ports, connection: &ConnectionId, run: u64) -> Result<()> {
        self.names.has(0);
        for (part, seen) in self.names.all.chunks(SeenRow::MOST).enumerate() {
            let row = SeenRow { connection: connection.clone(), part, run, seen: seen.to_vec() };
            world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
        }
        Ok(())
    }
}
