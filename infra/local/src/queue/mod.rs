//! Durable queues with the behaviour of SQS: hidden while handed out, handed out again, dead letters, part of a batch failing.

mod consumer;
mod left;
mod store;

pub use consumer::Crew;
pub use left::Left;
pub use store::{Batch, Depth, Handing, Received, Store};

use crate::topology::{QueueSpec, Topology};
use async_trait::async_trait;
use lambda_kit::Setting;
use ports::{Clock, Error, ErrorKind, OutgoingMessage, QueueName, Result, Status};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Notify;

/// SQS knows no longer delay.
const LONGEST_DELAY_MS: i64 = 15 * 60 * 1000;

/// All queues of the template.
pub struct Queues {
    store: Store,
    clock: Arc<dyn Clock>,
    specs: Vec<QueueSpec>,
    names: BTreeMap<QueueName, String>,
    news: BTreeMap<String, Arc<Notify>>,
}

impl Queues {
    /// Opens the file, with the queues that the template names.
    pub fn open(path: &Path, topology: &Topology, clock: Arc<dyn Clock>) -> Result<Self> {
        let store = Store::open(path).map_err(|e| file_error(&e))?;
        let known = |queue: QueueName| {
            let variable = Setting::of_queue(queue).variable();
            topology.known_as(variable).map(|name| (queue, name.to_owned())).ok_or_else(|| {
                Error::new(ErrorKind::Configuration, "queues", format!("infra/template.yaml gives no function `{variable}`"))
            })
        };
        let news = topology.queues.iter().map(|q| (q.name.clone(), Arc::new(Notify::new()))).collect();
        Ok(Self {
            store,
            clock,
            specs: topology.queues.clone(),
            names: QueueName::ALL.into_iter().map(known).collect::<Result<_>>()?,
            news,
        })
    }

    /// What each queue holds, in the order of the template.
    pub async fn depths(&self) -> Result<Vec<(String, Depth)>> {
        let now_ms = self.clock.now().as_millisecond();
        let mut depths = Vec::new();
        for spec in &self.specs {
            depths.push((spec.name.clone(), self.store.depth(&spec.name, now_ms).await.map_err(|e| file_error(&e))?));
        }
        Ok(depths)
    }

    /// Forgets what is older than its queue keeps. Answers how many messages that were.
    pub async fn expire(&self) -> Result<usize> {
        let now_ms = self.clock.now().as_millisecond();
        let mut gone = 0;
        for spec in &self.specs {
            let kept_ms = i64::try_from(spec.retention.as_millis()).unwrap_or(i64::MAX);
            gone += self.store.expire(&spec.name, now_ms.saturating_sub(kept_ms)).await.map_err(|e| file_error(&e))?;
        }
        Ok(gone)
    }

    fn news(&self, queue: &str) -> Arc<Notify> {
        self.news.get(queue).cloned().unwrap_or_default()
    }
}

#[async_trait]
impl ports::Queue for Queues {
    async fn send(&self, queue: QueueName, messages: Vec<OutgoingMessage>) -> Result<()> {
        let nameless = || Error::new(ErrorKind::Bug, "queues", format!("the queue {queue:?} has no name"));
        let name = self.names.get(&queue).ok_or_else(nameless)?;
        let delay = |m: &OutgoingMessage| i64::try_from(m.delay.as_millis()).unwrap_or(i64::MAX).min(LONGEST_DELAY_MS);
        let bodies = messages.into_iter().map(|m| (delay(&m), m.body)).map(|(delay, body)| (body, delay)).collect();
        self.store.send(name, bodies, self.clock.now().as_millisecond()).await.map_err(|e| file_error(&e))?;
        self.news(name).notify_one();
        Ok(())
    }
}

fn file_error(error: &rusqlite::Error) -> Error {
    let text = error.to_string();
    Error::new(ErrorKind::Unavailable, "queues", aws::trouble_with_a_file(&text))
        .with_status(Status::Temporary { retry_after: None })
        .with_detail(text)
}
