//! Takes orders in: each exactly once, whatever arrives how often and in which order.
//!
//! A batch is one transaction. The usual batch reads nothing first: orders are taken to be new and stock to suffice, and the
//! conditions of the commit tell where that was wrong, handing back the rows as they are. So duplicates and a sell-out together
//! still take three transactions at most per location, and nothing is ever bisected.

mod fetch;
mod finish;
mod gone;
mod park;
mod questions;
mod take_in;

use crate::orders::announce::{Announcement, announce};
use crate::rows::OrderRow;
use crate::unreadable::patience;
use crate::{Cache, Ports};
use contracts::InboundOrder;
use domain::{ConnectionId, Incoming, Order, OrderNumber, age};
pub(crate) use fetch::MAY_STILL_APPEAR;
pub(crate) use finish::{finish, finish_later};
use jiff::{SignedDuration, Timestamp};
use ports::{Disposition, Error};
pub(crate) use questions::uncovered;
use std::collections::{BTreeMap, VecDeque};

/// Orders as they were last seen in the table.
type Known = BTreeMap<(ConnectionId, OrderNumber), Order>;

/// A message of the inbound queue.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What it says.
    pub message: InboundOrder,
    /// How often it was delivered; above 1, whoever had it before may have died after the commit.
    pub receives: u32,
}

/// A message that is older than this was not delivered for the first time.
const LATE: SignedDuration = SignedDuration::from_mins(5);

impl Arrival {
    /// Whether somebody may have taken it in before, and died before telling. A dead letter that somebody put back counts its
    /// deliveries anew; its age tells.
    fn perhaps_untold(&self, now: Timestamp) -> bool {
        self.receives > 1 || age(self.message.read_at, now).is_none_or(|age| age > LATE)
    }
}

/// What became of an arrival.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing is left to do for it: taken in, known already, set aside as older, put off, or parked.
    Done,
    /// It must be delivered again.
    Again(Error),
}

/// Takes a batch in; one outcome per arrival, in their order.
pub async fn accept_orders(world: &Ports, lookup: &Cache, arrivals: Vec<Arrival>) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = arrivals.iter().map(|_| Outcome::Done).collect();
    let mut ready = Vec::new();
    for (position, fetched) in fetch::snapshots(world, lookup, &arrivals).await.into_iter().enumerate() {
        match fetched {
            Ok(Some(incoming)) => ready.push((position, incoming)),
            Ok(None) => {
                if arrivals[position].perhaps_untold(world.clock.now())
                    && let Err(error) = tell_again(world, &arrivals[position].message).await
                {
                    outcomes[position] = Outcome::Again(error);
                }
            }
            Err(error) => outcomes[position] = refuse(world, lookup, &arrivals[position], error).await,
        }
    }
    let mut turns = Turns { world, lookup, arrivals: &arrivals, outcomes, said: Announcement::default(), large: VecDeque::new() };
    turns.take_in_those_that_fit(ready).await;
    if !turns.large.is_empty() {
        // Nobody waits for a large order to be told of those that are in.
        turns.announce().await;
        turns.take_in_large().await;
    }
    turns.announce().await;
    turns.outcomes
}

/// A batch on its way in: first what fits, then, in turns, the orders that take several transactions each.
struct Turns<'a> {
    world: &'a Ports,
    lookup: &'a Cache,
    arrivals: &'a [Arrival],
    outcomes: Vec<Outcome>,
    said: Announcement,
    large: VecDeque<(usize, take_in::Large)>,
}

impl Turns<'_> {
    async fn take_in_those_that_fit(&mut self, ready: Vec<(usize, Incoming)>) {
        let mut open = vec![ready];
        while let Some(batch) = open.pop() {
            if batch.is_empty() {
                continue;
            }
            match take_in::take_in(self.world, self.lookup, &batch, self.arrivals, Known::new()).await {
                Ok(taken_in) => open.extend(self.done(batch[0].0, taken_in).await),
                // One order that cannot be written must not hold up the others: each goes alone.
                Err(error) if batch.len() > 1 && matches!(error.disposition(), Disposition::Park | Disposition::DeadLetter) => {
                    open.extend(batch.into_iter().rev().map(|one| vec![one]));
                }
                Err(error) => self.refuse(batch.iter().map(|(position, _)| *position), &error).await,
            }
        }
    }

    async fn take_in_large(&mut self) {
        while let Some((position, large)) = self.large.pop_front() {
            match take_in::go_on(self.world, self.lookup, large, self.arrivals, self.large.is_empty()).await {
                Ok(taken_in) => drop(self.done(position, taken_in).await),
                Err(error) => self.refuse(std::iter::once(position), &error).await,
            }
        }
    }

    /// Part of the batch is taken in, as far as it fits; `first`: where its first order is. Answers what did not fit with it.
    async fn done(&mut self, first: usize, taken_in: take_in::TakenIn) -> Option<Vec<(usize, Incoming)>> {
        for (position, wait) in taken_in.ties {
            if let Err(error) = fetch::ask_again(self.world, &self.arrivals[position].message, wait).await {
                self.outcomes[position] = Outcome::Again(error);
            }
        }
        for order in taken_in.read_later {
            // If this is not written, the next poll has the order read once more.
            let when = OrderRow::unchanged(Some(order.version));
            let _ = self.world.write_if(OrderRow::put(order, when)).await;
        }
        self.said.merge(taken_in.announcement);
        self.large.extend(taken_in.goes_on.map(|large| (first, large)));
        Some(taken_in.left_over).filter(|left| !left.is_empty())
    }

    async fn refuse(&mut self, positions: impl Iterator<Item = usize>, error: &Error) {
        let text = error.to_string();
        for position in positions {
            let same = Error::new(error.kind, error.operation, error.message.clone())
                .with_status(error.status)
                .with_detail(text.as_str());
            self.outcomes[position] = refuse(self.world, self.lookup, &self.arrivals[position], same).await;
        }
    }

    /// Hints follow the commit. If they cannot be sent, everything comes again, is found to be known, and is announced then.
    async fn announce(&mut self) {
        if let Err(error) = announce(self.world, std::mem::take(&mut self.said)).await {
            for outcome in &mut self.outcomes {
                if matches!(outcome, Outcome::Done) {
                    *outcome =
                        Outcome::Again(Error::new(error.kind, "announce", error.message.clone()).with_status(error.status));
                }
            }
        }
    }
}

/// Parks what a person must see, puts off what the channel asked to put off, and leaves the rest to the queue.
async fn refuse(world: &Ports, lookup: &Cache, arrival: &Arrival, error: Error) -> Outcome {
    let message = &arrival.message;
    let ends_here = matches!(error.disposition(), Disposition::Park | Disposition::RetryAt(_));
    if ends_here
        && arrival.perhaps_untold(world.clock.now())
        && let Err(error) = tell_again(world, message).await
    {
        return Outcome::Again(error);
    }
    match error.disposition() {
        Disposition::Park => match park::park(world, lookup, message, &error).await {
            Ok(false) => Outcome::Done,
            Ok(true) => match fetch::put_off(world, message, patience(message.read_at, world.clock.now())).await {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Again(error),
            },
            Err(error) => Outcome::Again(error),
        },
        Disposition::RetryAt(after) => match fetch::put_off(world, message, after).await {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Again(error),
        },
        Disposition::Retry | Disposition::ReadBack | Disposition::DeadLetter => Outcome::Again(error),
    }
}

/// Whoever had the message before may have died after the commit: what it should have told is told before the message ends.
async fn tell_again(world: &Ports, message: &InboundOrder) -> ports::Result<()> {
    let Some(order) = OrderRow::read(world, &message.connection, &message.number).await? else { return Ok(()) };
    let mut said = Announcement::default();
    said.repeat(&order, world.clock.now());
    announce(world, said).await
}
