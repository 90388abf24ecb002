//! The ports with a witness: which permissions the calls of a function need on AWS.

use async_trait::async_trait;
use aws::Reads;
use aws::access::{self, Permission};
use bytes::Bytes;
use domain::ConnectionId;
use engine::Ports;
use ports::{
    Bus, Documents, Error, ErrorKind, Key, Mail, Mailer, NotificationQueue, OutgoingEvent, OutgoingMessage, Page, Queue,
    QueueName, QueuedNotification, Refused, Result, Row, Secret, Secrets, Table, Write,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// What was needed, by function.
#[derive(Default)]
pub struct Seen(Mutex<BTreeMap<&'static str, BTreeSet<Permission>>>);

impl Seen {
    /// The world as a function sees it, watched.
    ///
    /// What may see neither credentials nor tokens gets none, as on AWS.
    pub fn watch(self: &Arc<Self>, function: &'static str, world: Ports) -> Ports {
        let secrets: Arc<dyn Secrets> = if function == NO_CREDENTIALS { Arc::new(NotForPeople) } else { world.secrets };
        let witness = Witness { seen: Arc::clone(self), function, reads: reads(function) };
        Ports {
            table: Arc::new(Watched { inner: world.table, witness: witness.clone() }),
            queue: Arc::new(Watched { inner: world.queue, witness: witness.clone() }),
            bus: Arc::new(Watched { inner: world.bus, witness: witness.clone() }),
            secrets: Arc::new(Watched { inner: secrets, witness }),
            ..world
        }
    }

    /// The queues of the merchant's account as a function sees them, watched.
    pub fn watch_notifications(
        self: &Arc<Self>,
        function: &'static str,
        inner: Arc<dyn NotificationQueue>,
    ) -> Arc<dyn NotificationQueue> {
        Arc::new(Watched { inner, witness: Witness { seen: Arc::clone(self), function, reads: reads(function) } })
    }

    /// The archive as a function sees it, watched.
    pub fn watch_documents(self: &Arc<Self>, function: &'static str, inner: Arc<dyn Documents>) -> Arc<dyn Documents> {
        Arc::new(Watched { inner, witness: Witness { seen: Arc::clone(self), function, reads: reads(function) } })
    }

    /// Mails as a function sends them, watched.
    pub fn watch_mail(self: &Arc<Self>, function: &'static str, inner: Arc<dyn Mailer>) -> Arc<dyn Mailer> {
        Arc::new(Watched { inner, witness: Witness { seen: Arc::clone(self), function, reads: reads(function) } })
    }

    /// All of it.
    pub fn all(&self) -> BTreeMap<&'static str, BTreeSet<Permission>> {
        self.0.lock().unwrap().clone()
    }
}

#[derive(Clone)]
struct Witness {
    seen: Arc<Seen>,
    function: &'static str,
    reads: Reads,
}

impl Witness {
    fn note(&self, permissions: impl IntoIterator<Item = Permission>) {
        self.seen.0.lock().unwrap().entry(self.function).or_default().extend(permissions);
    }
}

struct Watched<P: ?Sized> {
    inner: Arc<P>,
    witness: Witness,
}

#[async_trait]
impl Table for Watched<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        if self.witness.function == NO_CREDENTIALS && key.pk.starts_with("TOKEN#") {
            return Err(denied("table.get"));
        }
        self.witness.note([access::get(key)]);
        self.inner.get(key).await
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        self.witness.note([access::query(pk)]);
        self.inner.query(pk, prefix, from, limit, newest_first).await
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        self.witness.note([access::write(&write)]);
        self.inner.write(write).await
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        self.witness.note(writes.iter().map(access::write));
        self.inner.transact(writes).await
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

#[async_trait]
impl Queue for Watched<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        self.witness.note([access::send(queue)]);
        self.inner.send(queue, messages).await
    }
}

#[async_trait]
impl Bus for Watched<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        self.witness.note([access::publish()]);
        self.inner.publish(events).await
    }
}

#[async_trait]
impl Secrets for Watched<dyn Secrets> {
    async fn credentials(&self, connection: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        let credentials = self.inner.credentials(connection).await?;
        self.witness.note(access::credentials(connection, self.witness.reads));
        Ok(credentials)
    }
}

#[async_trait]
impl NotificationQueue for Watched<dyn NotificationQueue> {
    async fn take(&self, address: &str, most: usize) -> Result<Vec<QueuedNotification>> {
        self.witness.note([access::take_notifications()]);
        self.inner.take(address, most).await
    }

    async fn delete(&self, address: &str, receipts: Vec<String>) -> Result<()> {
        self.witness.note([access::delete_notifications()]);
        self.inner.delete(address, receipts).await
    }
}

#[async_trait]
impl Documents for Watched<dyn Documents> {
    async fn put_once(&self, name: &str, media: &'static str, bytes: Bytes) -> Result<bool> {
        self.witness.note([access::put_document()]);
        self.inner.put_once(name, media, bytes).await
    }

    async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        self.witness.note([access::get_document()]);
        self.inner.get(name).await
    }
}

#[async_trait]
impl Mailer for Watched<dyn Mailer> {
    async fn send(&self, name: &str, mail: &Mail) -> Result<()> {
        self.witness.note([access::send_mail()]);
        self.inner.send(name, mail).await
    }

    async fn knows(&self, name: &str) -> Result<Option<bool>> {
        // What is on AWS cannot be asked, and so needs no permission for it.
        self.inner.knows(name).await
    }
}

/// What serves people: it asks for credentials and tokens where it shows more with them, and does well without.
const NO_CREDENTIALS: &str = "api";

struct NotForPeople;

#[async_trait]
impl Secrets for NotForPeople {
    async fn credentials(&self, _: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        Err(denied("secrets.credentials"))
    }
}

fn denied(operation: &'static str) -> Error {
    Error::new(ErrorKind::Forbidden, operation, "access denied")
}

/// Which credentials a function reads: as its `main.rs` connects.
fn reads(function: &str) -> Reads {
    let main = crate::root().join(format!("functions/{function}/src/main.rs"));
    let main = std::fs::read_to_string(main).unwrap();
    assert!(main.contains("connect"), "{function} connects in another way than was looked for");
    if main.contains("connect_to_receive") { Reads::WebhooksAlone } else { Reads::All }
}
