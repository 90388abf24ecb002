//! Use cases of the engine on a stage with faults, and what must hold of the table afterwards.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod invariants;
pub mod market;
pub mod shop;
pub mod study;
pub mod world;
