//! The bus: events go where the template's rules send them. No function of the stack is a target today, so what the cloud would
//! hand to others (a mail for attention) is kept here to be looked at.

use crate::topology::Rule;
use async_trait::async_trait;
use jiff::Timestamp;
use ports::{Bus, Clock, OutgoingEvent, Result};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Events that wait for a function that is called with them.
const MOST_WAITING: usize = 10_000;
/// How many are kept.
const MOST_KEPT: usize = 1000;

/// An event that a rule matched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sent {
    /// When, UTC.
    pub at: Timestamp,
    /// Its name.
    pub event: &'static str,
    /// The rule's resource in the template.
    pub rule: String,
    /// Where the cloud would send it: a resource of the template.
    pub target: String,
    /// Its JSON text.
    pub detail: String,
}

/// The bus of one process.
pub struct LocalBus {
    rules: Vec<Rule>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
    /// Functions that rules call, by their resources.
    called: Mutex<BTreeMap<String, Sender<String>>>,
}

#[derive(Default)]
struct Seen {
    counts: BTreeMap<&'static str, u64>,
    sent: VecDeque<Sent>,
}

impl LocalBus {
    /// A bus with these rules.
    pub fn new(rules: Vec<Rule>, clock: Arc<dyn Clock>) -> Self {
        Self { rules, clock, seen: Mutex::default(), called: Mutex::default() }
    }

    /// Details of the events for which rules call the function of this resource; `None`: no rule does. What is not fetched in time is lost, as an
    /// event may be.
    pub fn calls(&self, resource: &str) -> Option<Receiver<String>> {
        self.rules.iter().any(|rule| rule.targets.iter().any(|target| target == resource)).then(|| {
            let (sender, receiver) = channel(MOST_WAITING);
            self.called.lock().unwrap_or_else(PoisonError::into_inner).insert(resource.to_owned(), sender);
            receiver
        })
    }

    /// Whether it is a function, which is then called.
    fn call(&self, target: &str, detail: &str) -> bool {
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(function) = called.get(target) else { return false };
        if function.try_send(detail.to_owned()).is_err() {
            tracing::debug!(target_resource = target, "too many events wait; this one is lost");
        }
        true
    }

    /// The last events that rules matched, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).sent.iter().cloned().collect()
    }

    /// How many events of each name were published.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).counts.clone()
    }
}

#[async_trait]
impl Bus for LocalBus {
    async fn publish(&self, events: Vec<OutgoingEvent>) -> Result<()> {
        let at = self.clock.now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            *seen.counts.entry(event.name).or_default() += 1;
            let mut said = false;
            for rule in self.rules.iter().filter(|r| r.events.iter().any(|e| e == event.name)) {
                for target in &rule.targets {
                    if self.call(target, &event.detail) {
                        continue;
                    }
                    tracing::info!(event = event.name, target_resource = target, "the cloud would send this on");
                    // What the cloud would mail to somebody must not stay unseen here.
                    if let Some(words) = words(&event).filter(|_| !said) {
                        tracing::error!("{words}");
                        said = true;
                    }
                    if seen.sent.len() == MOST_KEPT {
                        seen.sent.pop_front();
                    }
                    let (rule, target, detail) = (rule.name.clone(), target.clone(), event.detail.clone());
                    seen.sent.push_back(Sent { at, event: event.name, rule, target, detail });
                }
            }
        }
        Ok(())
    }
}

/// What an event says to people, if it says anything.
fn words(event: &OutgoingEvent) -> Option<String> {
    let detail: serde_json::Value = serde_json::from_str(&event.detail).ok()?;
    detail.get("message")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_goes_where_a_rule_sends_it_and_nowhere_else() {
        let rule = Rule { name: "R".into(), events: vec!["StockShort.v1".into()], targets: vec!["Topic".into()] };
        let bus = LocalBus::new(vec![rule], Arc::new(aws::SystemClock));
        let event = |name| OutgoingEvent { name, detail: "{}".into() };
        bus.publish(vec![event("StockShort.v1"), event("OrderAccepted.v1")]).await.unwrap();
        let sent = bus.sent();
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].event, sent[0].target.as_str()), ("StockShort.v1", "Topic"));
        assert_eq!(bus.counts().get("OrderAccepted.v1"), Some(&1));
    }

    #[tokio::test]
    async fn a_function_is_called_with_the_detail() {
        let rule = Rule { name: "R".into(), events: vec!["OrderAccepted.v1".into()], targets: vec!["F".into()] };
        let bus = LocalBus::new(vec![rule], Arc::new(aws::SystemClock));
        assert!(bus.calls("G").is_none(), "no rule calls it");
        let mut calls = bus.calls("F").unwrap();
        bus.publish(vec![OutgoingEvent { name: "OrderAccepted.v1", detail: "{}".into() }]).await.unwrap();
        assert_eq!(calls.recv().await.as_deref(), Some("{}"));
        assert!(bus.sent().is_empty(), "nobody has to look at it");
    }

    #[test]
    fn what_an_event_says_to_people_is_found_in_it() {
        let said = |detail: &str| words(&OutgoingEvent { name: "ConnectionFailing.v1", detail: detail.into() });
        assert_eq!(said(r#"{"message":"webshop: it fails"}"#).as_deref(), Some("webshop: it fails"));
        assert_eq!(said(r#"{"lines":[]}"#), None);
        assert_eq!(said("nonsense"), None);
    }
}
