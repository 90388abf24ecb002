//! What must hold for any bytes that come from outside, as functions of those bytes.
//!
//! `fuzz/` feeds them with what libFuzzer makes up; `cargo test` feeds them with the seeds and with every input that once broke one
//! (`docs/guides/fuzz.md`). A function comes back if all held, and panics with what did not.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support: a panic is the verdict")]

pub mod answers;
pub mod configuration;
pub mod deliveries;
pub mod judge;
pub mod messages;
pub mod pages;
pub mod planning;
pub mod recorder;
pub mod script;
pub mod seeds;
pub mod subject;

/// A property of bytes.
pub type Property = fn(&[u8]);

/// Every property by the name of its fuzz target.
pub const TARGETS: [(&str, Property); 5] = [
    ("deliveries", deliveries::hold),
    ("answers", answers::hold),
    ("configuration", configuration::hold),
    ("messages", messages::hold),
    ("planning", planning::hold),
];
