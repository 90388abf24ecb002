//! A table that makes up the rows of its products when they are read, and keeps only what is written besides: so that the memory of the
//! whole process is that of the run that is measured.

use crate::shop::{offer, sku};
use crate::stand::{connection, rows};
use async_trait::async_trait;
use engine::rows::{LedgerRow, ListingRow, OfferRow, ProductRow, StockRow};
use ports::{Key, Page, Refused, Result, Row, Table, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::memory::MemoryTable;

/// The table.
#[derive(Debug)]
pub struct LeanTable {
    products: u32,
    differs: bool,
    rest: MemoryTable,
    /// Queries, reads of one row, writes.
    pub calls: [AtomicU64; 3],
}

impl LeanTable {
    /// Of so many products; where `differs`, one in a hundred was not told its figure.
    pub fn new(products: u32, differs: bool) -> Self {
        Self { products, differs, rest: MemoryTable::new(), calls: Default::default() }
    }

    /// So many rows were written that are not a product's own.
    pub fn kept(&self) -> usize {
        self.rest.rows().len()
    }

    fn number(&self, name: &str, letter: char) -> Option<u32> {
        name.strip_prefix(letter)?.parse().ok().filter(|number| *number < self.products)
    }

    /// Rows of the products from a number on: one of each, of the kind that lies at `at` among its rows.
    fn stream(&self, from: Option<u32>, limit: usize, make: impl Fn(u32) -> Row) -> Page {
        let first = from.map_or(0, |number| number + 1);
        let last = self.products.min(first.saturating_add(u32::try_from(limit).unwrap_or(u32::MAX)));
        let rows: Vec<Row> = (first..last).map(make).collect();
        let next = if rows.len() == limit { rows.last().map(|row| row.key.clone()) } else { None };
        Page { rows, next }
    }
}

#[async_trait]
impl Table for LeanTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.calls[1].fetch_add(1, Ordering::Relaxed);
        if let Some(row) = self.rest.get(key).await? {
            return Ok(Some(row));
        }
        let name = key.sk.strip_prefix(OfferRow::PREFIX).and_then(|name| self.number(name, 'O'));
        if let Some(number) = name.filter(|_| key.pk.starts_with("CONNECTION#")) {
            return Ok(Some(rows(number).swap_remove(4)));
        }
        match self.number(&key.sk, 'S').filter(|_| key.pk == ProductRow::PARTITION) {
            Some(number) => Ok(Some(rows(number).swap_remove(0))),
            None => Ok(None),
        }
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.calls[0].fetch_add(1, Ordering::Relaxed);
        if pk == ProductRow::PARTITION {
            let from = from.and_then(|key| self.number(&key.sk, 'S'));
            return Ok(self.stream(from, limit, |number| rows(number).swap_remove(0)));
        }
        if prefix == OfferRow::PREFIX {
            let from = from.and_then(|key| self.number(key.sk.strip_prefix(OfferRow::PREFIX)?, 'O'));
            return Ok(self.stream(from, limit, |number| rows(number).swap_remove(4)));
        }
        if let Some(number) = pk.strip_prefix("SKU#").and_then(|name| self.number(name, 'S')) {
            return Ok(Page { rows: of_product(number, self.differs), next: None });
        }
        if let Some(number) = pk.strip_prefix("LEDGER#").and_then(|name| self.number(name, 'S')) {
            return Ok(Page { rows: vec![rows(number).swap_remove(2)], next: None });
        }
        self.rest.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.calls[2].fetch_add(1, Ordering::Relaxed);
        self.rest.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.calls[2].fetch_add(1, Ordering::Relaxed);
        self.rest.transact(writes).await
    }

    fn most_writes(&self) -> usize {
        self.rest.most_writes()
    }
}

/// The rows of a product's partition, as they would lie there. Where `differs`, one in a hundred was not told.
fn of_product(number: u32, differs: bool) -> Vec<Row> {
    let mut all = rows(number);
    let listing = all.swap_remove(3);
    let stock = all.swap_remove(1);
    debug_assert_eq!(stock.key.pk, StockRow::partition(&sku(number)));
    debug_assert_eq!(listing.key, ListingRow::key(&sku(number), &connection(), &offer(number, false)));
    debug_assert_eq!(all[0].key.pk, ProductRow::PARTITION);
    debug_assert!(LedgerRow::partition(&sku(number)).ends_with(sku(number).as_str()));
    if differs && number % 100 == 1 { vec![listing.number("told_version", 0), stock] } else { vec![listing, stock] }
}
