//! Tells channels what products cost. Not as urgent as stock: what is due is told at the next run, and again until the channel has it.

mod pending;
mod together;

use crate::rows::{ConnectionRow, ListingRow, PriceDueRow, PriceRow, ProductRow, StockRow, Subject, TypedRow};
use crate::unreadable::park_and_wait;
use crate::{Cache, ConnectorClient, Ports};
use domain::{ConnectionId, PriceInForce, Prices, Publishing, Sku};
use jiff::Timestamp;
use pending::Asked;
use ports::{Condition, Disposition, Error, ErrorKind, Lane, PricesDescriptor, Result, Write};
use std::time::Duration;
use together::{Job, Together, Told};

/// Prices told in one run; the next goes on.
const MOST_TOLD: usize = 500;
/// Before what failed for a passing reason is tried again.
const BEFORE_ASKING_AGAIN: Duration = Duration::from_mins(5);

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

/// Puts a product's prices on a connection in place; they are told at the next run, and when a promotion begins or ends.
pub async fn put_prices(world: &Ports, connection: &ConnectionId, sku: &Sku, prices: &Prices) -> Result<()> {
    prices.check()?;
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    let Some(row) = row else {
        return Err(Error::new(ErrorKind::NotFound, "prices", format!("there is no connection {connection}")));
    };
    if world.connectors.get(&row.channel).is_none_or(|connector| connector.prices().is_none()) {
        let message = format!("connection {connection}: Sluis sets no prices on {}; set them there", row.channel);
        return Err(Error::new(ErrorKind::BadInput, "prices", message));
    }
    if world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_none() {
        return Err(Error::new(ErrorKind::NotFound, "prices", format!("there is no product {sku}")));
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
pub async fn publish_prices(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<PricesReport> {
    // They count against the same limits as figures.
    let driver = ConnectorClient::open(world, lookup, connection).await?.in_lane(Lane::Raises);
    let row = lookup.connection(world, connection).await?;
    let mut report = PricesReport::default();
    let Some(prices) = driver.connector().prices().filter(|_| row.publishing != Publishing::None) else { return Ok(report) };
    let descriptor = prices.descriptor();
    let now = world.clock.now();
    let pk = format!("CONNECTION#{connection}");
    let page = world.table.query(&pk, PriceDueRow::PREFIX, None, MOST_TOLD, false).await?;
    let mut together = Together::new(world, &driver, descriptor);
    for row_due in &page.rows {
        let due = PriceDueRow::from_row(row_due)?;
        if due.at > now {
            break;
        }
        if !row.publishing.includes(&due.sku) {
            // Until the merchant lets the connection be told of the product.
            report.put_off += 1;
            postpone(world, &due, BEFORE_ASKING_AGAIN).await?;
            continue;
        }
        match to_tell(world, &driver, descriptor, &due, now).await {
            Ok(Next::Nothing) => remove(world, &due).await?,
            Ok(Next::InForce) => {
                report.told += 1;
                remove(world, &due).await?;
            }
            Ok(Next::AskAgain(wait)) => {
                report.put_off += 1;
                postpone(world, &due, wait).await?;
            }
            Ok(Next::Write(job)) => {
                for (due, told) in together.add(*job).await {
                    end(world, &due, told, now, &mut report).await?;
                }
            }
            Err(error) => failed(world, &due, error, &mut report).await?,
        }
    }
    for (due, told) in together.send().await {
        end(world, &due, told, now, &mut report).await?;
    }
    Ok(report)
}

/// What is to be done about a price that is due.
enum Next {
    /// The channel has it.
    Nothing,
    /// It was pending, and is in force.
    InForce,
    /// It is pending.
    AskAgain(Duration),
    /// It is to be written.
    Write(Box<Job>),
}

async fn to_tell(
    world: &Ports,
    driver: &ConnectorClient<'_>,
    descriptor: &PricesDescriptor,
    due: &PriceDueRow,
    now: Timestamp,
) -> Result<Next> {
    let (connection, sku) = (&due.connection, &due.sku);
    let Some(mut row) = world.get::<PriceRow>(&PriceRow::key(connection, sku)).await? else { return Ok(Next::Nothing) };
    let price = row.prices.in_force(now);
    if let Some(pending) = row.pending.take() {
        let told = pending.price.clone();
        // One that is to be another by now is written over, where the channel keeps to the order of writes.
        let is_another = told != price;
        let overtakes = is_another && descriptor.later.is_some_and(|later| later.keeps_order);
        match pending::ask(world, driver, descriptor, &row, pending).await {
            Ok(Asked::InForce) => {
                note(world, &row, &told, now).await?;
                if !is_another {
                    return Ok(Next::InForce);
                }
                row.told = Some(told);
            }
            Ok(Asked::Waits(wait)) if !overtakes => return Ok(Next::AskAgain(wait)),
            Err(error) if !is_another => return Err(error),
            Ok(Asked::Waits(_) | Asked::Unknown) | Err(_) => {}
        }
    }
    let prefix = format!("{}{connection}#", ListingRow::PREFIX);
    let listings: Vec<ListingRow> = world.all(&StockRow::partition(sku), &prefix).await?;
    if listings.is_empty() {
        // It is told when there is an item: a look at the listings comes before the next run but one.
        return Err(Error::new(ErrorKind::Unavailable, "prices", format!("connection {connection} has no item of {sku} yet")));
    }
    if row.told.as_ref() == Some(&price) {
        return Ok(Next::Nothing);
    }
    Ok(Next::Write(Box::new(Job { due: due.clone(), row, price, listings })))
}

/// One price was written, or not.
async fn end(world: &Ports, due: &PriceDueRow, told: Result<Told>, now: Timestamp, report: &mut PricesReport) -> Result<()> {
    match told {
        Ok(Told::InForce(job)) => {
            note(world, &job.row, &job.price, now).await?;
            report.told += 1;
            remove(world, due).await
        }
        Ok(Told::Taken(wait)) => {
            report.put_off += 1;
            postpone(world, due, wait).await
        }
        Err(error) => failed(world, due, error, report).await,
    }
}

async fn note(world: &Ports, row: &PriceRow, price: &PriceInForce, now: Timestamp) -> Result<()> {
    let key = || PriceRow::key(&row.connection, &row.sku);
    let told_at = ports::Value::Text(crate::rows::sortable(now));
    let set = vec![("told".to_owned(), text(price)), ("told_at".to_owned(), told_at)];
    let (remove, when) =
        (vec!["problem".to_owned(), "pending".to_owned()], Condition::Is("prices".to_owned(), text(&row.prices)));
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
async fn postpone(world: &Ports, due: &PriceDueRow, by: Duration) -> Result<()> {
    let wait = jiff::SignedDuration::try_from(by).unwrap_or_default();
    let later = PriceDueRow { at: world.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX), ..due.clone() };
    world.write_if(Write::Put { row: later.to_row(), when: Condition::Always }).await?;
    remove(world, due).await
}

/// Setting a price again does no harm: what is unknown is told again. What the channel refuses is for a person.
async fn failed(world: &Ports, due: &PriceDueRow, error: Error, report: &mut PricesReport) -> Result<()> {
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
        Disposition::Park if error.kind == ErrorKind::Protocol => {
            report.put_off += 1;
            let wait = park_and_wait(world, &due.connection, Subject::Price { sku: due.sku.clone() }, &error).await?;
            postpone(world, due, wait).await?;
        }
        Disposition::Park | Disposition::DeadLetter => {
            report.refused += 1;
            world.park(Some(&due.connection), Subject::Price { sku: due.sku.clone() }, &error.message, "").await?;
            remove(world, due).await?;
        }
    }
    Ok(())
}

async fn remove(world: &Ports, due: &PriceDueRow) -> Result<()> {
    let key = PriceDueRow::key(&due.connection, due.at, &due.sku);
    world.write_if(Write::Delete { key, when: Condition::Always }).await.map(drop)
}
