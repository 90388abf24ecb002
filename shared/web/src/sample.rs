//! Readers and views for tests.

use crate::reader::{Reader, Signature};
use crate::texts::Language;
use serde_json::{Value, json};

/// Somebody whose name is asked for.
pub(crate) fn reader(language: Language) -> Reader {
    Reader {
        language,
        now: "2026-11-30T12:00:00Z".parse().unwrap(),
        merchant: Some("Lampen & Zo".to_owned()),
        address: "/today".to_owned(),
        signature: Signature::Asked("Mo".to_owned()),
        role: Some(domain::Role::Owner),
        signed_in: false,
        fresh: "fresh".to_owned(),
        pulse: "p".to_owned(),
        done: None,
    }
}

/// A line as a channel tells it.
pub(crate) fn told(id: &str, ordered: i64, shipped: i64) -> Value {
    json!({ "id": id, "title": "Lamp", "fulfilment": "merchant", "ordered": ordered, "cancelled": 0, "shipped": shipped, "returned": 0 })
}
