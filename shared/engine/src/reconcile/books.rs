//! Our own books: for every product, the ledger against its stock rows and the orders that it names. And rows of listings that lead
//! nowhere. What does not add up is named and left to a person: nobody but a person knows which of two rows is right.

use super::cases::{Cases, Now};
use crate::Ports;
use crate::rows::{
    BooksRow, BooksState, DriftCounts, DriftSubject, EndedRun, LedgerCause, LedgerRow, ListingRow, OfferRow, OrderRow,
    ProductRow, ShortRow, StockRow, TypedRow,
};
use domain::{BooksFlaw, BooksFold, DriftCause, DriftFound, Named, Quantity, Sku};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Write};

/// Products of one page.
const PAGE: usize = 200;
/// Rows of a product that are in memory at once.
const ROWS: usize = 200;
/// Movements per part of the orders that is followed: a product that moved more often is followed in turns.
const MOST_FOLLOWED: u64 = 20_000;
/// Tries to read a product that moves all the time.
const MOST_TRIES: u32 = 3;
/// Flaws that people are told of one product.
const MOST_TOLD: usize = 5;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BooksChecked {
    /// The run is done; otherwise the next one goes on where this stopped.
    pub complete: bool,
    /// What it found so far.
    pub counts: DriftCounts,
}

/// Compares our books, product by product, until then (UTC) or to the end.
pub async fn check_books(world: &Ports, until: Timestamp) -> Result<BooksChecked> {
    let before: Option<BooksRow> = world.get(&BooksRow::key()).await?;
    let now = world.clock.now();
    let mut state = match before.map(|row| row.0) {
        Some(state) if state.after.is_some() => state,
        before => {
            let (run, last) = before.map_or((0, None), |state| (state.run, state.last));
            BooksState { run: run + 1, began: now, after: None, counts: DriftCounts::default(), last }
        }
    };
    let mut cases = Cases::books(world).await?;
    let complete = go(world, &mut state, &mut cases, until).await;
    if let Ok(true) = complete {
        let counts = std::mem::take(&mut state.counts);
        state.last = Some(EndedRun { started_at: state.began, ended_at: world.clock.now(), counts });
        state.after = None;
    }
    world.write_if(Write::Put { row: BooksRow(state.clone()).to_row(), when: Condition::Always }).await?;
    let complete = complete?;
    let counts = if complete { state.last.map(|last| last.counts).unwrap_or_default() } else { state.counts };
    Ok(BooksChecked { complete, counts })
}

async fn go(world: &Ports, state: &mut BooksState, cases: &mut Cases, until: Timestamp) -> Result<bool> {
    let mut from = state.after.as_ref().map(ProductRow::key);
    loop {
        let page = world.table.query(ProductRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
        for row in &page.rows {
            if world.clock.now() >= until {
                return Ok(false);
            }
            let sku = Sku::new(row.key.sk.as_str())?;
            product(world, state, cases, &sku).await?;
            state.after = Some(sku);
        }
        from = page.next;
        if from.is_none() {
            return Ok(true);
        }
    }
}

async fn product(world: &Ports, state: &mut BooksState, cases: &mut Cases, sku: &Sku) -> Result<()> {
    let now = Now { run: state.run, at: world.clock.now() };
    state.counts.compared += 1;
    let subject = DriftSubject::Books { sku: sku.clone() };
    let Some(looked) = look(world, sku, state.run).await? else {
        // It moves all the time; tomorrow it may not.
        state.counts.skipped += 1;
        return Ok(());
    };
    for row in &looked.left_behind {
        let (offer, connection) = (&row.listing.offer, &row.connection);
        let words = format!(
            "item {offer} of {connection} is another product by now, and was still told the figure of {sku}; that is over"
        );
        let found = DriftFound { class: DriftCause::DuplicateUpdate, repairable: true, wanted: None, shown: None, words };
        if cases.found(world, &mut state.counts, subject.clone(), Some(sku), &found, now).await? {
            let key = ListingRow::key(sku, &row.connection, &row.listing.offer);
            world.write_if(Write::Delete { key, when: Condition::Always }).await?;
        }
    }
    if looked.flaws.is_empty() {
        state.counts.matching += 1;
        return cases.right(world, &mut state.counts, &subject).await;
    }
    let told: Vec<String> = looked.flaws.iter().take(MOST_TOLD).map(ToString::to_string).collect();
    let more = looked.flaws.len() - told.len();
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let words = format!("{}{more}; compare the movements, then correct the figure by a count", told.join("; "));
    let found = DriftFound { class: DriftCause::Books, repairable: false, wanted: None, shown: None, words };
    cases.found(world, &mut state.counts, subject, Some(sku), &found, now).await.map(drop)
}

struct Looked {
    flaws: Vec<BooksFlaw>,
    /// Rows of listings that are another product by now.
    left_behind: Vec<ListingRow>,
}

/// A product's rows beside its ledger.
#[derive(PartialEq, Eq)]
struct Rows {
    stock: Vec<StockRow>,
    short: Quantity,
    listings: Vec<ListingRow>,
}

impl Rows {
    async fn read(world: &Ports, sku: &Sku) -> Result<Self> {
        let mut rows = Self { stock: Vec::new(), short: Quantity::ZERO, listings: Vec::new() };
        let mut from: Option<Key> = None;
        loop {
            let page = world.table.query(&StockRow::partition(sku), "", from.as_ref(), ROWS, false).await?;
            for row in &page.rows {
                match row.key.sk.as_str() {
                    ShortRow::NAME => rows.short = ShortRow::from_row(row)?.units,
                    name if name.starts_with(StockRow::PREFIX) => rows.stock.push(StockRow::from_row(row)?),
                    name if name.starts_with(ListingRow::PREFIX) => rows.listings.push(ListingRow::from_row(row)?),
                    _ => {}
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(rows);
            }
        }
    }
}

/// `None`: it moved at every try.
async fn look(world: &Ports, sku: &Sku, turn: u64) -> Result<Option<Looked>> {
    let mut rows = Rows::read(world, sku).await?;
    for _ in 0..MOST_TRIES {
        let mut fold = fold(world, sku, &rows, turn).await?;
        while let Some(key) = fold.next_order() {
            let order = OrderRow::read(world, &key.0, &key.1).await?;
            fold.compare(&key, sku, order.as_ref());
        }
        for row in &rows.stock {
            fold.figure(&row.location, &row.level, &row.flows);
        }
        let flaws = fold.flaws(rows.short);
        // Whatever moved in between moved the figure or what is short: both are written with the ledger and the orders.
        let after = if flaws.is_empty() { None } else { Some(Rows::read(world, sku).await?) };
        match after {
            Some(after) if (&after.stock, after.short) != (&rows.stock, rows.short) => rows = after,
            _ => return Ok(Some(Looked { flaws, left_behind: left_behind(world, sku, rows.listings).await? })),
        }
    }
    Ok(None)
}

async fn fold(world: &Ports, sku: &Sku, rows: &Rows, turn: u64) -> Result<BooksFold> {
    let moved: u64 = rows.stock.iter().map(|row| row.level.version).sum();
    let mut fold = BooksFold::new(moved / MOST_FOLLOWED + 1, turn);
    let mut from: Option<Key> = None;
    loop {
        let page = world.table.query(&LedgerRow::partition(sku), "", from.as_ref(), ROWS, false).await?;
        for row in &page.rows {
            let row = LedgerRow::from_row(row)?;
            let named = match &row.cause {
                LedgerCause::Orders { orders, .. } => Named::Orders(orders),
                LedgerCause::Order { connection, number, .. } => Named::Order(connection, number),
                LedgerCause::Transfer { .. }
                | LedgerCause::Correction { .. }
                | LedgerCause::Edited { .. }
                | LedgerCause::Opening => Named::Nobody,
            };
            fold.row(&row.location, &row.commit, row.movement, named);
        }
        from = page.next;
        if from.is_none() {
            return Ok(fold);
        }
    }
}

async fn left_behind(world: &Ports, sku: &Sku, listings: Vec<ListingRow>) -> Result<Vec<ListingRow>> {
    let mut left = Vec::new();
    for row in listings {
        let offer: Option<OfferRow> = world.get(&OfferRow::key(&row.connection, &row.listing.offer)).await?;
        // A match under way writes the listing first: without a row it is not finished, or the connection is being removed.
        if offer.is_some_and(|offer| offer.matched.as_ref() != Some(sku)) {
            left.push(row);
        }
    }
    Ok(left)
}
