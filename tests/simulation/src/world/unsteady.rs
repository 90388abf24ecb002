//! The ports as chance lets them be, and a clock that is a little off.
//!
//! The table has no index that could be read stale, and the stack has no FIFO queue, so neither is played here.

use super::chance::{Chance, Fault};
use async_trait::async_trait;
use engine::Ports;
use jiff::{SignedDuration, Timestamp};
use ports::{
    Bus, Clock, Error, ErrorKind, Http, Key, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Reason, Refused, Request,
    Response, Result, Row, Status, Table, Write,
};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use testkit::Stage;
use testkit::given::GivenClock;
use testkit::planted::around;

/// Lets others run before it goes on: here functions are interleaved, and here they may die.
struct Others(bool);

impl Future for Others {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        Poll::Pending
    }
}

/// Waits in the world's time, while others run.
async fn wait(clock: &GivenClock, lasting: SignedDuration) {
    let until = clock.now().saturating_add(lasting).unwrap_or(Timestamp::MAX);
    while clock.now() < until {
        Others(false).await;
    }
}

/// A process's clock.
struct OwnClock {
    base: Arc<GivenClock>,
    ahead: SignedDuration,
    /// Microseconds by which the machine's clock is ahead for a while.
    jump: Arc<AtomicI64>,
}

#[async_trait]
impl Clock for OwnClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead + SignedDuration::from_micros(self.jump.load(Ordering::SeqCst));
        self.base.now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }

    async fn sleep(&self, lasting: Duration) {
        wait(&self.base, SignedDuration::try_from(lasting).unwrap_or_default()).await;
    }
}

fn no_answer() -> Error {
    Error::new(ErrorKind::Timeout, "chance", "no answer").with_status(Status::Unknown)
}

struct Unsteady<P: ?Sized> {
    inner: Arc<P>,
    chance: Arc<Chance>,
    clock: Arc<GivenClock>,
}

impl<P: ?Sized> Unsteady<P> {
    /// The call under way, the call done, the answer under way.
    async fn call<T, E: From<Error>>(
        &self,
        busy: Option<E>,
        work: impl Future<Output = std::result::Result<T, E>>,
    ) -> std::result::Result<T, E> {
        Others(false).await;
        let fault = self.chance.fault();
        match (fault, busy) {
            (Some(Fault::Vanished), _) => return Err(no_answer().into()),
            (Some(Fault::Refused), _) | (Some(Fault::Busy), None) => {
                return Err(Error::new(ErrorKind::Unavailable, "chance", "down").into());
            }
            (Some(Fault::Busy), Some(busy)) => return Err(busy),
            (Some(Fault::SlowThere(ms)), _) => wait(&self.clock, SignedDuration::from_millis(ms.into())).await,
            (Some(Fault::LostAnswer | Fault::SlowBack(_)) | None, _) => {}
        }
        let answer = work.await;
        Others(false).await;
        match fault {
            Some(Fault::LostAnswer) => Err(no_answer().into()),
            Some(Fault::SlowBack(ms)) => {
                wait(&self.clock, SignedDuration::from_millis(ms.into())).await;
                answer
            }
            _ => answer,
        }
    }

    /// Another transaction holds one row; the others are fine.
    fn busy(&self, writes: usize) -> Refused {
        let mut reasons = vec![Reason::Fine; writes];
        if let Some(one) = reasons.get_mut(self.chance.place(writes)) {
            *one = Reason::Busy;
        }
        Refused::Reasons(reasons)
    }
}

#[async_trait]
impl Table for Unsteady<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        self.call(None, self.inner.get(key)).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.call(None, self.inner.query(pk, prefix, from, limit, newest_first)).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.call(Some(Refused::Reasons(vec![Reason::Busy])), self.inner.write(write)).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.call(Some(self.busy(writes.len())), self.inner.transact(writes)).await
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

#[async_trait]
impl Queue for Unsteady<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        self.call(None, self.inner.send(queue, messages)).await
    }
}

#[async_trait]
impl Bus for Unsteady<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        self.call(None, self.inner.publish(events)).await
    }
}

#[async_trait]
impl Http for Unsteady<dyn Http> {
    async fn send(&self, request: Request) -> Result<Response> {
        self.call(None, self.inner.send(request)).await
    }
}

/// The stage's world with chance in every port.
pub(super) fn unsteady(stage: &Stage, chance: &Arc<Chance>) -> Ports {
    let (chance, clock) = (|| Arc::clone(chance), || Arc::clone(&stage.clock));
    Ports {
        table: Arc::new(Unsteady::<dyn Table> { inner: stage.table.clone(), chance: chance(), clock: clock() }),
        queue: Arc::new(Unsteady::<dyn Queue> { inner: stage.queue.clone(), chance: chance(), clock: clock() }),
        bus: Arc::new(Unsteady::<dyn Bus> { inner: stage.bus.clone(), chance: chance(), clock: clock() }),
        http: Arc::new(Unsteady::<dyn Http> { inner: stage.far_sides.clone(), chance: chance(), clock: clock() }),
        ..stage.without_mistake()
    }
}

/// As a process sees it whose clock is this much ahead, on a machine whose clock may be wrong, with the mistake that is planted.
pub(super) fn seen_from(world: &Ports, base: &Arc<GivenClock>, ahead: SignedDuration, jump: Arc<AtomicI64>) -> Ports {
    around(Ports { clock: Arc::new(OwnClock { base: Arc::clone(base), ahead, jump }), ..world.clone() })
}
