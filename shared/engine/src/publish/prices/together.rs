//! Prices of several products in as few writes as the channel takes them; each has an outcome of its own.

use super::pending;
use crate::connections::at_intervals;
use crate::publish::stock::{HeldItem, hold_item, let_go};
use crate::rows::{AtIntervals, ListingRow, PendingPrice, PriceDueRow, PriceRow};
use crate::{ConnectorClient, Ports};
use domain::PriceInForce;
use ports::{Acknowledged, Error, ErrorKind, PriceWrite, PricesDescriptor, Result, Status};
use std::time::Duration;

/// A price to be written to every item of its product.
pub(super) struct Job {
    pub(super) due: PriceDueRow,
    pub(super) row: PriceRow,
    pub(super) price: PriceInForce,
    pub(super) listings: Vec<ListingRow>,
}

/// What became of it.
pub(super) enum Told {
    /// Every item has it.
    InForce(Box<Job>),
    /// Taken, and noted; ask after this time.
    Taken(Duration),
}

/// Prices that wait to be written.
pub(super) struct Together<'a> {
    world: &'a Ports,
    driver: &'a ConnectorClient<'a>,
    descriptor: &'static PricesDescriptor,
    jobs: Vec<Job>,
}

type Ended = Vec<(PriceDueRow, Result<Told>)>;

/// An item of a job, held while it is written.
struct Item {
    job: usize,
    write: PriceWrite,
    held: HeldItem,
}

impl<'a> Together<'a> {
    pub(super) fn new(world: &'a Ports, driver: &'a ConnectorClient<'a>, descriptor: &'static PricesDescriptor) -> Self {
        Self { world, driver, descriptor, jobs: Vec::new() }
    }

    fn items(&self) -> usize {
        self.jobs.iter().map(|job| job.listings.len()).sum()
    }

    /// Takes one more; those before are written where it does not fit, or nothing more does.
    pub(super) async fn add(&mut self, job: Job) -> Ended {
        let most = self.descriptor.batch.max(1);
        let mut ended = if self.items() + job.listings.len() > most { self.send().await } else { Vec::new() };
        self.jobs.push(job);
        if self.items() >= most {
            ended.extend(self.send().await);
        }
        ended
    }

    /// Writes those that wait.
    pub(super) async fn send(&mut self) -> Ended {
        let jobs = std::mem::take(&mut self.jobs);
        let mut found: Vec<Result<Vec<PendingPrice>>> = jobs.iter().map(|_| Ok(Vec::new())).collect();
        let all: Vec<(usize, ListingRow)> =
            jobs.iter().enumerate().flat_map(|(at, job)| job.listings.iter().map(move |one| (at, one.clone()))).collect();
        for some in all.chunks(self.descriptor.batch.max(1)) {
            let mut items = Vec::new();
            for (at, listing) in some {
                if found[*at].is_err() {
                    continue;
                }
                match hold_item(self.world, listing).await {
                    Ok(Some(held)) => items.push(Item { job: *at, write: write(&jobs[*at], listing), held }),
                    Ok(None) => found[*at] = Err(busy()),
                    Err(error) => found[*at] = Err(error),
                }
            }
            self.write(items, &mut found).await;
        }
        let mut ended = Vec::new();
        for (job, found) in jobs.into_iter().zip(found) {
            let due = job.due.clone();
            let told = match found {
                Ok(items) if items.iter().all(|item| item.status.is_none()) => Ok(Told::InForce(Box::new(job))),
                Ok(items) => pending::note(self.world, self.descriptor, &job, items).await.map(Told::Taken),
                Err(error) => Err(error),
            };
            ended.push((due, told));
        }
        ended
    }

    /// One write. Whatever becomes of it, every item is let go.
    async fn write(&self, items: Vec<Item>, found: &mut [Result<Vec<PendingPrice>>]) {
        if items.is_empty() {
            return;
        }
        let writes: Vec<PriceWrite> = items.iter().map(|item| item.write.clone()).collect();
        let mut outcomes = match self.call(&writes).await {
            Ok(outcomes) => outcomes,
            Err(error) => writes.iter().map(|_| Err(copy(&error))).collect(),
        }
        .into_iter();
        for Item { job, write, held } in items {
            let outcome = outcomes.next().unwrap_or_else(|| Err(unheard()));
            let outcome = let_go(self.world, held).await.and(outcome);
            match (outcome, &mut found[job]) {
                (Ok(acknowledged), Ok(items)) => {
                    let status = match acknowledged {
                        Acknowledged::Applied => None,
                        Acknowledged::Pending(status) => Some(status),
                    };
                    items.push(PendingPrice { offer: write.offer, status });
                }
                (Ok(_), Err(_)) => {}
                (Err(error), found) => *found = Err(error),
            }
        }
    }

    async fn call(&self, writes: &[PriceWrite]) -> Result<ports::Outcomes> {
        let (connection, every_s) = (&self.driver.account.connection, self.descriptor.write_every_s);
        if let Some(left) = at_intervals::take(self.world, connection, AtIntervals::Prices, every_s).await? {
            let message = format!("connection {connection}: prices are written once in {every_s} seconds");
            let status = Status::Temporary { retry_after: Some(left) };
            return Err(Error::new(ErrorKind::RateLimited, "prices", message).with_status(status));
        }
        self.driver.prices()?.call(|prices, call| prices.write(call, writes)).await
    }
}

fn write(job: &Job, listing: &ListingRow) -> PriceWrite {
    PriceWrite {
        offer: listing.listing.offer.clone(),
        stock_reference: listing.listing.stock_reference.clone(),
        price: job.price.price.clone(),
        was: job.price.regular.clone(),
    }
}

fn busy() -> Error {
    Error::new(ErrorKind::Conflict, "prices", "the item's figure is being told; its price is told at the next run")
}

fn unheard() -> Error {
    Error::new(ErrorKind::Protocol, "prices", "the connector tells nothing of the item that was written")
        .with_status(Status::Unknown)
}

fn copy(error: &Error) -> Error {
    Error::new(error.kind, error.operation, error.message.clone()).with_status(error.status).with_detail(error.detail.clone())
}
