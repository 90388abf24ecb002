//! The ports as they are far away: every call takes its time, and anything may happen meanwhile.

use super::shops::Shops;
use super::time::{Bell, Time};
use async_trait::async_trait;
use jiff::SignedDuration;
use ports::{
    Bus, ErrorKind, Http, Key, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Refused, Request, Response, Result, Row,
    Table, Write,
};
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// One way of a call to a channel, milliseconds: 100 to 400 there and back.
const CALL_MS: Range<i64> = 50..200;
/// How long a caller waits for a channel that does not answer.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// A call to the table, a queue or the bus, milliseconds.
const OWN_MS: Range<i64> = 3..9;

/// Draws how long things take.
pub(super) struct Delays {
    time: Arc<Time>,
    rng: Mutex<fastrand::Rng>,
}

impl Delays {
    /// From a seed.
    pub(super) fn new(time: Arc<Time>, seed: u64) -> Self {
        Self { time, rng: Mutex::new(fastrand::Rng::with_seed(seed)) }
    }

    /// A length of time, in milliseconds.
    pub(super) fn draw(&self, ms: Range<i64>) -> SignedDuration {
        SignedDuration::from_millis(self.rng.lock().unwrap().i64(ms))
    }

    /// Waits for one.
    pub(super) async fn pass(&self, ms: Range<i64>) {
        let lasting = self.draw(ms);
        self.time.wait(lasting).await;
    }
}

/// The way to the channels.
pub(super) struct FarAway {
    pub(super) shops: Arc<Shops>,
    pub(super) time: Arc<Time>,
    pub(super) delays: Arc<Delays>,
}

#[async_trait]
impl Http for FarAway {
    async fn send(&self, request: Request) -> Result<Response> {
        self.delays.pass(CALL_MS).await;
        let answer = self.shops.answer(request).await;
        match answer {
            Err(error) if error.kind == ErrorKind::Timeout => {
                self.time.wait(PATIENCE).await;
                Err(error)
            }
            answer => {
                self.delays.pass(CALL_MS).await;
                answer
            }
        }
    }
}

/// One of our own ports.
pub(super) struct Nearby<P: ?Sized> {
    pub(super) inner: Arc<P>,
    pub(super) delays: Arc<Delays>,
    /// Rung when something was sent.
    pub(super) bell: Arc<Bell>,
}

#[async_trait]
impl Table for Nearby<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.delays.pass(OWN_MS).await;
        self.inner.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.delays.pass(OWN_MS).await;
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.delays.pass(OWN_MS).await;
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.delays.pass(OWN_MS).await;
        self.inner.transact(writes).await
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

#[async_trait]
impl Queue for Nearby<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        self.delays.pass(OWN_MS).await;
        self.inner.send(queue, messages).await?;
        self.bell.ring();
        Ok(())
    }
}

#[async_trait]
impl Bus for Nearby<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        self.delays.pass(OWN_MS).await;
        self.inner.publish(events).await
    }
}
