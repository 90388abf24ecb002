//! Tells channels what articles cost. Not as urgent as stock: what is due is told at the next run, and again until the channel has it.

use crate::publish_stock::while_nobody_pushes;
use crate::rows::{ArticleRow, ConnectionRow, Kept, ListingRow, PriceDueRow, PriceRow, StockRow, Subject};
use crate::{Driver, Lookup, World};
use domain::{ConnectionId, PriceInForce, Prices, Publishing, Sku};
use jiff::Timestamp;
use ports::{Acknowledged, Condition, Disposition, Error, ErrorKind, Lane, PriceWrite, Result, Write};
use std::time::Duration;

/// Prices told in one run; the next goes on.
const MOST_TOLD: usize = 500;
/// Before what failed for a passing reason is tried again.
const BEFORE_ASKING_AGAIN: Duration = Duration::from_mins(5);
/// Times a price that the channel took is asked for before it is told again at the next run.
const STATUS_LOOKS: u32 = 5;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PricesReport {
    /// Prices that channels acknowledged.
    pub told: usize,
    /// Prices that could not be told for a passing reason, and are told at the next run.
    pub put_off: usize,
    /// Prices that the channel refuses; a person must see why.
    pub refused: usize,
}

/// Puts an article's prices on a connection in place; they are told at the next run, and when a promotion begins or ends.
pub async fn put_prices(world: &World, connection: &ConnectionId, sku: &Sku, prices: &Prices) -> Result<()> {
    prices.check()?;
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    let Some(row) = row else {
        return Err(Error::new(ErrorKind::NotFound, "prices", format!("there is no connection {connection}")));
    };
    if !world.channels.get(&row.channel).is_some_and(|channel| channel.descriptor().sets_prices) {
        let message = format!("connection {connection}: Sluis sets no prices on {}; set them there", row.channel);
        return Err(Error::new(ErrorKind::BadInput, "prices", message));
    }
    if world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.is_none() {
        return Err(Error::new(ErrorKind::NotFound, "prices", format!("there is no article {sku}")));
    }
    let before: Option<PriceRow> = world.get(&PriceRow::key(connection, sku)).await?;
    if before.as_ref().is_some_and(|before| before.prices == *prices) {
        return Ok(());
    }
    let now = world.clock.now();
    let coming = prices.changes().filter(|at| *at > now);
    // First: dying in between tells a price too often, never too seldom.
    for at in coming.chain([now]) {
        let due = PriceDueRow { connection: connection.clone(), at, sku: sku.clone() };
        world.write_if(Write::Put { row: due.to_row(), when: Condition::Always }).await?;
    }
    let set = vec![("prices".to_owned(), text(prices))];
    let key = PriceRow::key(connection, sku);
    world.write_if(Write::Update { key, add: Vec::new(), set, remove: Vec::new(), when: Condition::Always }).await?;
    Ok(())
}

fn text<T: serde::Serialize>(value: &T) -> ports::Value {
    ports::Value::Text(crate::rows::to_json(value))
}

/// Tells a connection the prices that are due.
pub async fn publish_prices(world: &World, lookup: &Lookup, connection: &ConnectionId) -> Result<PricesReport> {
    // They count against the same limits as figures.
    let driver = Driver::open(world, lookup, connection).await?.in_lane(Lane::Raises);
    let row = lookup.connection(world, connection).await?;
    let mut report = PricesReport::default();
    if !driver.descriptor().sets_prices || row.publishing == Publishing::Nothing {
        return Ok(report);
    }
    let now = world.clock.now();
    let pk = format!("CONNECTION#{connection}");
    let page = world.table.query(&pk, PriceDueRow::PREFIX, None, MOST_TOLD, false).await?;
    for row_due in &page.rows {
        let due = PriceDueRow::from_row(row_due)?;
        if due.at > now {
            break;
        }
        if !row.publishing.includes(&due.sku) {
            // Until the merchant lets the connection be told of the article.
            report.put_off += 1;
            postpone(world, &due, BEFORE_ASKING_AGAIN).await?;
            continue;
        }
        match tell(world, &driver, connection, &due.sku, now).await {
            Ok(told) => {
                report.told += usize::from(told);
                remove(world, &due).await?;
            }
            Err(error) => failed(world, &due, error, &mut report).await?,
        }
    }
    Ok(report)
}

/// Tells every item of the article. Answers whether there was one that did not have the price already.
async fn tell(world: &World, driver: &Driver<'_>, connection: &ConnectionId, sku: &Sku, now: Timestamp) -> Result<bool> {
    let Some(row) = world.get::<PriceRow>(&PriceRow::key(connection, sku)).await? else { return Ok(false) };
    let price = row.prices.in_force(now);
    let prefix = format!("{}{connection}#", ListingRow::PREFIX);
    let listings: Vec<ListingRow> = world.all(&StockRow::partition(sku), &prefix).await?;
    if listings.is_empty() {
        // It is told when there is an item: a look at the listings comes before the next run but one.
        return Err(Error::new(ErrorKind::Unavailable, "prices", format!("connection {connection} has no item of {sku} yet")));
    }
    if row.told.as_ref() == Some(&price) {
        return Ok(false);
    }
    for listing in listings {
        let write = PriceWrite {
            offer: listing.listing.offer.clone(),
            stock_reference: listing.listing.stock_reference.clone(),
            price: price.price.clone(),
            was: price.usual.clone(),
        };
        let written = while_nobody_pushes(world, &listing, async {
            match driver.call(|channel, call| channel.write_price(call, &write)).await? {
                Acknowledged::Applied => Ok(()),
                Acknowledged::Pending(status) => settle(world, driver, &status).await,
            }
        });
        if written.await?.is_none() {
            return Err(Error::new(
                ErrorKind::Conflict,
                "prices",
                "the item's figure is being told; its price is told at the next run",
            ));
        }
    }
    note(world, &row, &price, now).await?;
    Ok(true)
}

/// 202 is not applied.
async fn settle(world: &World, driver: &Driver<'_>, status: &str) -> Result<()> {
    for look in 0..STATUS_LOOKS {
        world.clock.sleep(Duration::from_millis(200 << look)).await;
        if driver.call(|channel, call| channel.write_status(call, status)).await? == Acknowledged::Applied {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Timeout, "prices", "the channel took the price but has not put it in force yet"))
}

async fn note(world: &World, row: &PriceRow, price: &PriceInForce, now: Timestamp) -> Result<()> {
    let key = || PriceRow::key(&row.connection, &row.sku);
    let told_at = ports::Value::Text(crate::rows::sortable(now));
    let set = vec![("told".to_owned(), text(price)), ("told_at".to_owned(), told_at)];
    let (remove, when) = (vec!["problem".to_owned()], Condition::Is("prices".to_owned(), text(&row.prices)));
    if world.write_if(Write::Update { key: key(), add: Vec::new(), set, remove, when }).await? {
        return Ok(());
    }
    // The prices changed meanwhile, and whoever told the new one may have been before us: what is shown is not known.
    let due = PriceDueRow { connection: row.connection.clone(), at: now, sku: row.sku.clone() };
    postpone(world, &due, Duration::from_secs(1)).await?;
    let remove = vec!["told".to_owned()];
    let write = Write::Update { key: key(), add: Vec::new(), set: Vec::new(), remove, when: Condition::Present };
    world.write_if(write).await.map(drop)
}

/// Moves what is due to later: what cannot be told now must not stand in the way of what can.
async fn postpone(world: &World, due: &PriceDueRow, by: Duration) -> Result<()> {
    let wait = jiff::SignedDuration::try_from(by).unwrap_or_default();
    let later = PriceDueRow { at: world.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX), ..due.clone() };
    world.write_if(Write::Put { row: later.to_row(), when: Condition::Always }).await?;
    remove(world, due).await
}

/// Setting a price again does no harm: what is unknown is told again. What the channel refuses is for a person.
async fn failed(world: &World, due: &PriceDueRow, error: Error, report: &mut PricesReport) -> Result<()> {
    let set = vec![("problem".to_owned(), ports::Value::Text(error.message.clone()))];
    let key = PriceRow::key(&due.connection, &due.sku);
    world.write_if(Write::Update { key, add: Vec::new(), set, remove: Vec::new(), when: Condition::Present }).await?;
    match error.disposition() {
        Disposition::RetryAt(after) => {
            report.put_off += 1;
            postpone(world, due, after.max(Duration::from_secs(1))).await?;
        }
        Disposition::Retry | Disposition::ReadBack => {
            report.put_off += 1;
            postpone(world, due, BEFORE_ASKING_AGAIN).await?;
        }
        Disposition::Park | Disposition::DeadLetter => {
            report.refused += 1;
            world.park(Some(&due.connection), Subject::Price { sku: due.sku.clone() }, &error.message, "").await?;
            remove(world, due).await?;
        }
    }
    Ok(())
}

async fn remove(world: &World, due: &PriceDueRow) -> Result<()> {
    let key = PriceDueRow::key(&due.connection, due.at, &due.sku);
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop)
}
