//! Tells one connection: item after item, or as many together as it takes in one write.

use super::batch::{Slice, Writer};
use super::product_listings::ProductListings;
use super::push::{self, Ended};
use super::{Publication, Pushed, Task, lease, put_off};
use crate::connections::at_intervals;
use crate::rows::{AtIntervals, ListingRow, StockDueRow, TurnRow, TypedRow};
use crate::{Cache, ConnectorClient, Ports};
use contracts::{ListingPublished, Message};
use domain::{ConnectionId, Quantity, Sku, Tried};
use futures::future::join_all;
use jiff::Timestamp;
use ports::{Condition, Error, Lane, OutgoingEvent, Result, Write};
use std::collections::BTreeSet;
use std::time::Duration;

/// Products that wait for the next write to a connection and are taken along at once: each is looked at first.
const MOST_GATHERED: usize = 500;

/// Tells it: what must fall first, of that what nobody has.
pub(super) async fn tell(
    world: &Ports,
    lookup: &Cache,
    connection: ConnectionId,
    mut tasks: Vec<Task>,
) -> (Pushed, Vec<OutgoingEvent>) {
    let mut telling = ChannelSync { connection, pushed: Pushed::default(), events: Vec::new() };
    let driver = match ConnectorClient::open(world, lookup, &telling.connection).await {
        Ok(driver) => driver,
        Err(error) => {
            for task in &tasks {
                let ended = cannot_open(world, &task.row, &error).await;
                telling.note(world, task, ended);
            }
            return (telling.pushed, telling.events);
        }
    };
    let descriptor = driver.connector().stock().map(ports::StockLevels::descriptor);
    let (most, every_s) = descriptor.map_or((1, 0), |descriptor| (descriptor.batch.max(1), descriptor.write_every_s));
    match at_intervals::left(world, &telling.connection, AtIntervals::Stock, every_s).await {
        Ok(None) if every_s > 0 => {
            let room = MOST_GATHERED.min(most).saturating_sub(tasks.len());
            // Where they cannot be read, they have hints of their own.
            tasks.extend(gather(world, lookup, &telling.connection, &tasks, room).await.unwrap_or_default());
        }
        Ok(None) => {}
        Ok(Some(wait)) => {
            // Those of which only a question is due go on: that is no write.
            let (asked, waiting): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|task| is_asked_for(world, &task.row));
            tasks = asked;
            for task in waiting {
                let waits = wait_for_turn(world, &task, wait).await;
                telling.note(world, &task, waits);
            }
        }
        Err(error) => {
            telling.failed(&tasks, &error);
            return (telling.pushed, telling.events);
        }
    }
    tasks.sort_by_key(|t| (!t.urgent, t.lane));
    for together in tasks.chunks(most) {
        let slice = Slice::of(together.len());
        let ended = join_all(together.iter().map(|task| tell_one(world, lookup, &driver, &slice, task))).await;
        for (task, ended) in together.iter().zip(ended) {
            if every_s > 0 {
                let _ = no_longer_due(world, &telling.connection, &task.row.sku, &ended).await;
            }
            telling.note(world, task, ended);
        }
    }
    (telling.pushed, telling.events)
}

/// What telling one connection led to.
struct ChannelSync {
    connection: ConnectionId,
    pushed: Pushed,
    events: Vec<OutgoingEvent>,
}

impl ChannelSync {
    fn note(&mut self, world: &Ports, task: &Task, ended: Result<Ended>) {
        let (row, pushed) = (&task.row, &mut self.pushed);
        match ended {
            Ok(Ended { told, later, tried, .. }) => {
                if let Some(tried) = tried.filter(|_| pushed.connections.get(&self.connection) != Some(&Tried::Well)) {
                    pushed.connections.insert(self.connection.clone(), tried);
                }
                if let Some(quantity) = told {
                    pushed.sent += 1;
                    self.events.push(published(row, quantity, world.clock.now()));
                }
                pushed.put_off += usize::from(later.is_some());
                pushed.unchanged += usize::from(told.is_none() && later.is_none());
            }
            Err(error) => drop(pushed.failed.insert(row.sku.clone(), error)),
        }
    }

    fn failed(&mut self, tasks: &[Task], error: &Error) {
        for task in tasks {
            let copy = Error::new(error.kind, error.operation, error.message.clone()).with_status(error.status);
            self.pushed.failed.insert(task.row.sku.clone(), copy);
        }
    }
}

async fn tell_one(world: &Ports, lookup: &Cache, driver: &ConnectorClient<'_>, slice: &Slice, task: &Task) -> Result<Ended> {
    let ended = push::push(world, lookup, &Writer::new(driver, slice, task.lane), task).await;
    slice.left(world, driver).await;
    let ended = ended?;
    if let Some(wait) = ended.later {
        put_off(world, &task.row, wait, ended.lane.unwrap_or(task.lane)).await?;
    }
    Ok(ended)
}

/// A connection that cannot even be opened must not stop the others: it is looked at again later.
async fn cannot_open(world: &Ports, row: &ListingRow, error: &Error) -> Result<Ended> {
    lease::note_failure(world, row, error).await?;
    let wait = Duration::from_mins(1 << row.failures.min(4));
    put_off(world, row, wait, Lane::Lowers).await?;
    Ok(Ended { later: Some(wait), tried: crate::connections::health::tried_to_push(error), ..Ended::default() })
}

/// Whether the channel is to be asked now how far a write of the item has come.
fn is_asked_for(world: &Ports, row: &ListingRow) -> bool {
    row.ask_at().is_some_and(|at| at.duration_since(world.clock.now()) <= super::SKEW)
}

/// The channel takes one write in a while, and it is not time yet. The product is noted, for whoever writes next, and has a hint of its own: if
/// the note is lost, that costs a write more.
async fn wait_for_turn(world: &Ports, task: &Task, wait: Duration) -> Result<Ended> {
    let due = StockDueRow { connection: task.row.connection.clone(), sku: task.row.sku.clone() };
    world.write_if(Write::Put { row: due.to_row(), when: Condition::Always }).await?;
    put_off(world, &task.row, wait, task.lane).await?;
    Ok(Ended { later: Some(wait), ..Ended::default() })
}

/// A product that was told, or found to be right, waits no more. One that could not be told does.
async fn no_longer_due(world: &Ports, connection: &ConnectionId, sku: &Sku, ended: &Result<Ended>) -> Result<()> {
    let write = match ended {
        Ok(Ended { later: Some(_), lane, .. }) if *lane != Some(Lane::Raises) => {
            let due = StockDueRow { connection: connection.clone(), sku: sku.clone() };
            Write::Put { row: due.to_row(), when: Condition::Always }
        }
        Ok(_) => Write::Delete { key: StockDueRow::key(connection, sku), when: Condition::Always },
        Err(_) => return Ok(()),
    };
    world.write_if(write).await.map(drop)
}

/// What else waits for the write that is about to be made.
async fn gather(world: &Ports, lookup: &Cache, connection: &ConnectionId, tasks: &[Task], room: usize) -> Result<Vec<Task>> {
    let mut gathered = Vec::new();
    if room == 0 {
        return Ok(gathered);
    }
    let known: BTreeSet<&Sku> = tasks.iter().map(|task| &task.row.sku).collect();
    let page =
        world.table.query(&TurnRow::key(connection, AtIntervals::Stock).pk, StockDueRow::PREFIX, None, room, false).await?;
    for row in &page.rows {
        let due = StockDueRow::from_row(row)?;
        if known.contains(&due.sku) {
            continue;
        }
        let found = due_now(world, lookup, connection, &due.sku).await?;
        if found.is_empty() {
            world.write_if(Write::Delete { key: row.key.clone(), when: Condition::Always }).await?;
        }
        gathered.extend(found);
        if gathered.len() >= room {
            break;
        }
    }
    gathered.truncate(room);
    Ok(gathered)
}

/// The items of a product on a connection that do not show what they should.
async fn due_now(world: &Ports, lookup: &Cache, connection: &ConnectionId, sku: &Sku) -> Result<Vec<Task>> {
    let on_sale = ProductListings::read(world, lookup, sku).await?;
    let placed = on_sale.placed();
    let mut tasks = Vec::new();
    for (row, connection) in placed.iter().filter(|(row, _)| row.connection == *connection) {
        let Publication { right, urgent, lane, quota } = Publication::of(world, &on_sale.present, &placed, (row, connection));
        if !right && row.lease.is_none() {
            let flow = on_sale.present.flow(&row.connection);
            tasks.push(Task { row: (*row).clone(), flow, urgent, lane, quota, placed: true });
        }
    }
    Ok(tasks)
}

fn published(row: &ListingRow, quantity: Quantity, at: Timestamp) -> OutgoingEvent {
    let event = ListingPublished {
        connection: row.connection.clone(),
        sku: row.sku.clone(),
        offer: row.listing.offer.clone(),
        quantity,
        at,
    };
    OutgoingEvent { name: ListingPublished::NAME, detail: event.to_json() }
}
