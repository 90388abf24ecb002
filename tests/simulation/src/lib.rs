//! Use cases of the engine on a stage with faults, whole worlds drawn from seeds, and what must hold of them.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod index;
pub mod invariants;
pub mod large;
pub mod market;
pub mod reservations;
pub mod shop;
pub mod study;
pub mod tool;
pub mod world;
