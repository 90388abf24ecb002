//! The ports with a counter around them, in the terms of the price list.

use async_trait::async_trait;
use ports::{
    Bus, Http, Key, OutgoingEvent, OutgoingMessage, Page, Queue, QueueName, Reason, Refused, Request, Response, Result, Row,
    Table, Value, Write,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What was counted of one operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Calls.
    pub calls: u64,
    /// DynamoDB write units: one per KB, two in a transaction, a refused condition as well.
    pub write_units: u64,
    /// Bytes of items, messages, events or requests; headers apart.
    pub bytes: u64,
}

/// Counts by service and operation.
#[derive(Debug, Default)]
pub struct Counter(Mutex<BTreeMap<(&'static str, String), Count>>);

impl Counter {
    fn note(&self, service: &'static str, operation: &str, calls: u64, write_units: u64, bytes: u64) {
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry((service, operation.to_owned())).or_default();
        count.calls += calls;
        count.write_units += write_units;
        count.bytes += bytes;
    }

    /// What was counted since the last time, and starts anew.
    pub fn take(&self) -> BTreeMap<(&'static str, String), Count> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Size of an item as DynamoDB counts it: names and values, a number about half its digits.
fn size(row: &Row) -> u64 {
    let key = row.key.pk.len() + row.key.sk.len() + 4;
    let attributes: usize = row
        .attributes
        .iter()
        .map(|(name, value)| {
            name.len()
                + match value {
                    Value::Text(text) => text.len(),
                    Value::Number(number) => number.to_string().len() / 2 + 2,
                }
        })
        .sum();
    (key + attributes) as u64
}

fn units(bytes: u64) -> u64 {
    bytes.div_ceil(1024).max(1)
}

/// A table that is counted.
pub struct Counted<P: ?Sized> {
    /// The port.
    pub inner: Arc<P>,
    /// Where to count.
    pub counter: Arc<Counter>,
}

impl Counted<dyn Table> {
    /// Size of what a write leaves behind, or of what stands in its way.
    async fn weigh(&self, write: &Write) -> u64 {
        match write {
            Write::Put { row, .. } => size(row),
            other => self.inner.get(other.key()).await.ok().flatten().map_or(60, |row| size(&row)),
        }
    }
}

#[async_trait]
impl Table for Counted<dyn Table> {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        let row = self.inner.get(key).await?;
        self.counter.note("DynamoDB", "GetItem", 1, 0, row.as_ref().map_or(0, size));
        Ok(row)
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        let page = self.inner.query(pk, prefix, from, limit, newest_first).await?;
        self.counter.note("DynamoDB", "Query", 1, 0, page.rows.iter().map(size).sum());
        Ok(page)
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        let name = match &write {
            Write::Put { .. } => "PutItem",
            Write::Update { .. } => "UpdateItem",
            Write::Delete { .. } => "DeleteItem",
            Write::Check { .. } => "TransactWriteItems",
        };
        let before = self.weigh(&write).await;
        let outcome = self.inner.write(write).await;
        let bytes = outcome.as_ref().ok().and_then(|r| r.as_ref()).map_or(before, size);
        self.counter.note("DynamoDB", name, 1, units(bytes), bytes);
        outcome
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        let mut sizes = Vec::new();
        for write in &writes {
            sizes.push(self.weigh(write).await);
        }
        let outcome = self.inner.transact(writes).await;
        let name = match &outcome {
            Err(Refused::Reasons(reasons)) if reasons.iter().any(|r| *r != Reason::Fine) => "TransactWriteItems (refused)",
            _ => "TransactWriteItems",
        };
        self.counter.note("DynamoDB", name, 1, sizes.iter().map(|s| 2 * units(*s)).sum(), sizes.iter().sum());
        outcome
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}

#[async_trait]
impl Queue for Counted<dyn Queue> {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        let bytes = messages.iter().map(|m| m.body.len() as u64).sum();
        self.counter.note("SQS", "SendMessageBatch", messages.len().div_ceil(10) as u64, 0, bytes);
        self.inner.send(queue, messages).await
    }
}

#[async_trait]
impl Bus for Counted<dyn Bus> {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        let bytes = events.iter().map(|e| (e.detail.len() + e.name.len()) as u64).sum();
        self.counter.note("EventBridge", "PutEvents", events.len().div_ceil(10) as u64, 0, bytes);
        self.inner.publish(events).await
    }
}

#[async_trait]
impl Http for Counted<dyn Http> {
    async fn send(&self, request: Request) -> Result<Response> {
        let to = request.uri().host().unwrap_or_default().split('.').next().unwrap_or_default().to_owned();
        let operation = format!("{to} {}", request.method());
        let sent = request.body().len() as u64;
        let response = self.inner.send(request).await?;
        self.counter.note("channel", &operation, 1, 0, sent + response.body().len() as u64);
        Ok(response)
    }
}
