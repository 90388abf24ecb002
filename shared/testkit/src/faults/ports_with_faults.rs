//! Each port wrapped: the fault of the call, if one is planned, around the real thing.

use super::{Fault, FaultPlan};
use async_trait::async_trait;
use bytes::Bytes;
use ports::{
    Bus, Documents, Error, ErrorKind, Http, Key, Mail, Mailer, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Reason,
    Refused, Request, Response, Result, Row, Status, Table, Write,
};
use std::future::{Future, pending};
use std::sync::Arc;

fn down() -> Error {
    Error::new(ErrorKind::Unavailable, "fault", "planned: down for now")
}

fn lost() -> Error {
    Error::new(ErrorKind::Timeout, "fault", "planned: no answer").with_status(Status::Unknown)
}

async fn with_fault<T, E: From<Error>>(
    fault: Option<Fault>,
    work: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, E> {
    match fault {
        None => work.await,
        Some(Fault::CrashBefore) => pending().await,
        Some(Fault::CrashAfter) => {
            let _ = work.await;
            pending().await
        }
        Some(Fault::LostAnswer) => {
            let _ = work.await;
            Err(lost().into())
        }
        Some(Fault::Vanished) => Err(lost().into()),
        Some(Fault::Down | Fault::Busy) => Err(down().into()),
    }
}

/// A table with faults.
pub struct FaultyTable {
    /// The real one.
    pub inner: Arc<dyn Table>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Table for FaultyTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        with_fault(self.plan.next("table.get"), self.inner.get(key)).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        with_fault(self.plan.next("table.query"), self.inner.query(pk, prefix, from, limit, newest_first)).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        match self.plan.next("table.write") {
            Some(Fault::Busy) => Err(Refused::Reasons(vec![Reason::Busy])),
            fault => with_fault(fault, self.inner.write(write)).await,
        }
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        match self.plan.next("table.transact") {
            Some(Fault::Busy) => {
                let mut reasons = vec![Reason::Fine; writes.len()];
                if let Some(last) = reasons.last_mut() {
                    *last = Reason::Busy;
                }
                Err(Refused::Reasons(reasons))
            }
            fault => with_fault(fault, self.inner.transact(writes)).await,
        }
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

/// Queues with faults.
pub struct FaultyQueue {
    /// The real ones.
    pub inner: Arc<dyn Queue>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Queue for FaultyQueue {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        with_fault(self.plan.next("queue.send"), self.inner.send(queue, messages)).await
    }
}

/// A bus with faults.
pub struct FaultyBus {
    /// The real one.
    pub inner: Arc<dyn Bus>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Bus for FaultyBus {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        with_fault(self.plan.next("bus.publish"), self.inner.publish(events)).await
    }
}

/// The way to the channels, with faults.
pub struct FaultyHttp {
    /// The real one.
    pub inner: Arc<dyn Http>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Http for FaultyHttp {
    async fn send(&self, request: Request) -> Result<Response> {
        with_fault(self.plan.next("http.send"), self.inner.send(request)).await
    }
}

/// An archive with faults.
pub struct FaultyDocuments {
    /// The real one.
    pub inner: Arc<dyn Documents>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Documents for FaultyDocuments {
    async fn put_once(&self, name: &str, media: &'static str, bytes: Bytes) -> Result<bool> {
        with_fault(self.plan.next("documents.put"), self.inner.put_once(name, media, bytes)).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        with_fault(self.plan.next("documents.get"), self.inner.get(name)).await
    }
}

/// Mails with faults.
pub struct FaultyMailer {
    /// The real ones.
    pub inner: Arc<dyn Mailer>,
    /// What goes wrong.
    pub plan: Arc<FaultPlan>,
}

#[async_trait]
impl Mailer for FaultyMailer {
    async fn send(&self, name: &str, mail: &Mail) -> Result<()> {
        with_fault(self.plan.next("mail.send"), self.inner.send(name, mail)).await
    }

    async fn knows(&self, name: &str) -> Result<Option<bool>> {
        with_fault(self.plan.next("mail.knows"), self.inner.knows(name)).await
    }
}
