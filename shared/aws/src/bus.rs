//! The bus on EventBridge.

use crate::failure::{Again, failure};
use crate::json_call::{Action, JsonCall};
use async_trait::async_trait;
use aws_config::SdkConfig;
use ports::{Bus, Error, ErrorKind, OutgoingEvent, Result};
use serde::{Deserialize, Serialize};

/// EventBridge's limit of events per call.
const MOST_EVENTS: usize = 10;
/// Whom subscribers' rules name as the source.
const SOURCE: &str = "sluis";

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
const PUT_EVENTS: Action = Action { service: "events", target: "AWSEvents.PutEvents" };

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    event_bus_name: String,
    source: &'static str,
    detail_type: &'static str,
    detail: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    failed_entry_count: u32,
    #[serde(default)]
    entries: Vec<TakenEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TakenEntry {
    error_code: Option<String>,
}

/// The bus of the template.
pub struct EventBridgeBus {
    put_events: JsonCall<PutEvents, Taken>,
    bus: String,
}

impl EventBridgeBus {
    /// The bus of this name.
    pub fn new(cloud: &SdkConfig, bus: impl Into<String>) -> Self {
        Self { put_events: JsonCall::new(cloud, PUT_EVENTS), bus: bus.into() }
    }

    fn entry(&self, event: &OutgoingEvent) -> Entry {
        Entry { event_bus_name: self.bus.clone(), source: SOURCE, detail_type: event.name, detail: event.detail.clone() }
    }
}

#[async_trait]
impl Bus for EventBridgeBus {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        for call in events.chunks(MOST_EVENTS) {
            let entries = call.iter().map(|event| self.entry(event)).collect();
            let answer = self
                .put_events
                .send(PutEvents { entries })
                .await
                .map_err(|error| failure("bus.publish", Again::Harmless, &error))?;
            if answer.failed_entry_count > 0 {
                let reason = answer.entries.iter().find_map(|entry| entry.error_code.as_deref()).unwrap_or("without a code");
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "bus.publish",
                    format!("the bus did not take {} of the events", answer.failed_entry_count),
                )
                .with_detail(reason));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "bus_tests.rs"]
mod tests;
