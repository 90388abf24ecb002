//! The bus on EventBridge.

use crate::failure::{Again, failure};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use ports::{Bus, Error, ErrorKind, OutgoingEvent, Result};

/// EventBridge's limit of events per call.
const MOST_EVENTS: usize = 10;
/// Whom subscribers' rules name as the source.
const SOURCE: &str = "sluis";

/// The bus of the template.
#[derive(Debug, Clone)]
pub struct EventBridgeBus {
    client: Client,
    bus: String,
}

impl EventBridgeBus {
    /// The bus of this name.
    pub fn new(cloud: &SdkConfig, bus: impl Into<String>) -> Self {
        Self { client: Client::new(cloud), bus: bus.into() }
    }

    fn entry(&self, event: &OutgoingEvent) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(SOURCE)
            .detail_type(event.name)
            .detail(&event.detail)
            .build()
    }
}

#[async_trait]
impl Bus for EventBridgeBus {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        for call in events.chunks(MOST_EVENTS) {
            let entries = call.iter().map(|event| self.entry(event)).collect();
            let answer = self
                .client
                .put_events()
                .set_entries(Some(entries))
                .send()
                .await
                .map_err(|error| failure("bus.publish", Again::Harmless, &error))?;
            if answer.failed_entry_count() > 0 {
                let reason = answer.entries().iter().find_map(|entry| entry.error_code()).unwrap_or("without a code");
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "bus.publish",
                    format!("the bus did not take {} of the events", answer.failed_entry_count()),
                )
                .with_detail(reason));
            }
        }
        Ok(())
    }
}
