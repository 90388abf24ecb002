//! Each port wrapped: the fault of the call, if the dice say so, around the real thing.

use super::{Dice, Fault, mortal};
use async_trait::async_trait;
use engine::Ports;
use ports::{
    Bus, Clock, Error, ErrorKind, Http, Key, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Reason, Refused, Request,
    Response, Result, Row, Status, Table, Write,
};
use std::future::Future;
use std::sync::Arc;

/// The ports of a world, all but time, names and credentials, under these dice.
pub fn troubled(world: &Ports, dice: &Arc<Dice>) -> Ports {
    let clock = &world.clock;
    Ports {
        table: Arc::new(Troubled { inner: Arc::clone(&world.table), clock: Arc::clone(clock), dice: Arc::clone(dice) }),
        queue: Arc::new(Troubled { inner: Arc::clone(&world.queue), clock: Arc::clone(clock), dice: Arc::clone(dice) }),
        bus: Arc::new(Troubled { inner: Arc::clone(&world.bus), clock: Arc::clone(clock), dice: Arc::clone(dice) }),
        http: Arc::new(Troubled { inner: Arc::clone(&world.http), clock: Arc::clone(clock), dice: Arc::clone(dice) }),
        ..world.clone()
    }
}

fn no_answer() -> Error {
    Error::new(ErrorKind::Timeout, "chaos", "chaos: no answer").with_status(Status::Unknown)
}

fn down() -> Error {
    Error::new(ErrorKind::Unavailable, "chaos", "chaos: down for now")
}

/// Carries out a call under a fault. `busy` is how this port says that too much is asked of it.
pub async fn with_fault<T, E: From<Error>, F: Future<Output = std::result::Result<T, E>>>(
    fault: Option<Fault>,
    clock: &dyn Clock,
    busy: impl FnOnce() -> E,
    call: impl Fn() -> F,
) -> std::result::Result<T, E> {
    match fault {
        None => call().await,
        Some(Fault::Vanished) => Err(no_answer().into()),
        Some(Fault::LostAnswer) => {
            let _ = call().await;
            Err(no_answer().into())
        }
        Some(Fault::Down) => Err(down().into()),
        Some(Fault::Busy) => Err(busy()),
        Some(Fault::Slow(time)) => {
            clock.sleep(time).await;
            call().await
        }
        Some(Fault::Doubled) => {
            call().await?;
            call().await
        }
        Some(Fault::Dies) => {
            mortal::die().await;
            // Nobody's function: what started the stack, or a test.
            Err(down().into())
        }
    }
}

struct Troubled<P: ?Sized> {
    inner: Arc<P>,
    clock: Arc<dyn Clock>,
    dice: Arc<Dice>,
}

#[async_trait]
impl Table for Troubled<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        with_fault(self.dice.roll("table.get"), self.clock.as_ref(), throttled, || self.inner.get(key)).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        let call = || self.inner.query(pk, prefix, from, limit, newest_first);
        with_fault(self.dice.roll("table.query"), self.clock.as_ref(), throttled, call).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        let busy = || Refused::Reasons(vec![Reason::Busy]);
        with_fault(self.dice.roll("table.write"), self.clock.as_ref(), busy, || self.inner.write(write.clone())).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        // One row is held by somebody else, and the whole is refused.
        let busy = || {
            let mut reasons = vec![Reason::Fine; writes.len()];
            if let Some(last) = reasons.last_mut() {
                *last = Reason::Busy;
            }
            Refused::Reasons(reasons)
        };
        with_fault(self.dice.roll("table.transact"), self.clock.as_ref(), busy, || self.inner.transact(writes.clone())).await
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

#[async_trait]
impl Queue for Troubled<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        let call = || self.inner.send(queue, messages.clone());
        with_fault(self.dice.roll("queue.send"), self.clock.as_ref(), throttled, call).await
    }
}

#[async_trait]
impl Bus for Troubled<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        let call = || self.inner.publish(events.clone());
        with_fault(self.dice.roll("bus.publish"), self.clock.as_ref(), throttled, call).await
    }
}

#[async_trait]
impl Http for Troubled<dyn Http> {
    async fn send(&self, request: Request) -> Result<Response> {
        // A channel's own refusal is a trouble of its simulator; here the way there is closed.
        with_fault(self.dice.roll("http.send"), self.clock.as_ref(), down, || self.inner.send(request.clone())).await
    }
}

fn throttled() -> Error {
    Error::new(ErrorKind::Unavailable, "chaos", "chaos: throttled")
}
