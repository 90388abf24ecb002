//! Chance, all of it from one seed, and the ports as chance lets them be.

use async_trait::async_trait;
use engine::World;
use ports::{
    Bus, Error, ErrorKind, Http, Key, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Reason, Refused, Request, Response,
    Result, Row, Status, Table, Write,
};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use testkit::Stage;

/// Chance.
pub struct Fate(Mutex<State>);

struct State {
    rng: fastrand::Rng,
    /// Calls out of a thousand that go wrong.
    per_thousand: u32,
    calls: u64,
    faults: BTreeMap<&'static str, u64>,
}

/// What may befall a call.
#[derive(Clone, Copy)]
enum Fault {
    Vanished,
    LostAnswer,
    Down,
    Busy,
}

impl Fate {
    /// From a seed. How rough the world is, is drawn too.
    pub fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let per_thousand = *rng.choice(&[0, 5, 20, 60, 120]).unwrap_or(&20);
        Self(Mutex::new(State { rng, per_thousand, calls: 0, faults: BTreeMap::new() }))
    }

    /// A number from 0, less than `end`; 0 if there is none.
    pub fn below(&self, end: u32) -> u32 {
        self.0.lock().unwrap().rng.u32(..end.max(1))
    }

    /// No more faults.
    pub fn calm(&self) {
        self.0.lock().unwrap().per_thousand = 0;
    }

    /// Whether faults are over.
    pub fn is_calm(&self) -> bool {
        self.0.lock().unwrap().per_thousand == 0
    }

    /// Calls, and those that went wrong.
    pub fn counts(&self) -> (u64, BTreeMap<&'static str, u64>) {
        let state = self.0.lock().unwrap();
        (state.calls, state.faults.clone())
    }

    fn fault(&self) -> Option<Fault> {
        let mut state = self.0.lock().unwrap();
        state.calls += 1;
        let per_thousand = state.per_thousand;
        if state.rng.u32(..1000) >= per_thousand {
            return None;
        }
        let (fault, name) = *state
            .rng
            .choice(&[
                (Fault::Vanished, "vanished"),
                (Fault::LostAnswer, "lost answer"),
                (Fault::Down, "down"),
                (Fault::Busy, "busy"),
            ])
            .unwrap_or(&(Fault::Down, "down"));
        *state.faults.entry(name).or_default() += 1;
        Some(fault)
    }
}

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

fn no_answer() -> Error {
    Error::new(ErrorKind::Timeout, "fate", "no answer").with_status(Status::Unknown)
}

/// The call under way, the call done, the answer under way.
async fn call<T, E: From<Error>>(
    fate: &Fate,
    busy: Option<E>,
    work: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, E> {
    Others(false).await;
    let fault = fate.fault();
    let answer = match (fault, busy) {
        (Some(Fault::Vanished), _) => return Err(no_answer().into()),
        (Some(Fault::Down), _) | (Some(Fault::Busy), None) => {
            return Err(Error::new(ErrorKind::Unavailable, "fate", "down").into());
        }
        (Some(Fault::Busy), Some(busy)) => return Err(busy),
        (Some(Fault::LostAnswer) | None, _) => work.await,
    };
    Others(false).await;
    if matches!(fault, Some(Fault::LostAnswer)) { Err(no_answer().into()) } else { answer }
}

struct Unsteady<P: ?Sized> {
    inner: Arc<P>,
    fate: Arc<Fate>,
}

#[async_trait]
impl Table for Unsteady<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        call(&self.fate, None, self.inner.get(key)).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        call(&self.fate, None, self.inner.query(pk, prefix, from, limit, newest_first)).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        call(&self.fate, None, self.inner.write(write)).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        let busy = Refused::Reasons(vec![Reason::Busy; writes.len()]);
        call(&self.fate, Some(busy), self.inner.transact(writes)).await
    }
}

#[async_trait]
impl Queue for Unsteady<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        call(&self.fate, None, self.inner.send(queue, messages)).await
    }
}

#[async_trait]
impl Bus for Unsteady<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        call(&self.fate, None, self.inner.publish(events)).await
    }
}

#[async_trait]
impl Http for Unsteady<dyn Http> {
    async fn send(&self, request: Request) -> Result<Response> {
        call(&self.fate, None, self.inner.send(request)).await
    }
}

/// The stage's world with fate in every port.
pub fn unsteady(stage: &Stage, fate: &Arc<Fate>) -> World {
    World {
        table: Arc::new(Unsteady::<dyn Table> { inner: stage.table.clone(), fate: fate.clone() }),
        queue: Arc::new(Unsteady::<dyn Queue> { inner: stage.queue.clone(), fate: fate.clone() }),
        bus: Arc::new(Unsteady::<dyn Bus> { inner: stage.bus.clone(), fate: fate.clone() }),
        http: Arc::new(Unsteady::<dyn Http> { inner: stage.far_sides.clone(), fate: fate.clone() }),
        ..stage.world()
    }
}
