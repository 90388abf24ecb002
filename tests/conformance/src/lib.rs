//! What every channel must do alike (`suite`), and what its official contract allows on the wire (`contract`).
//!
//! The suite knows channels only by their `Descriptor`: one that is added later is held to all of it without a line here.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod bench;
pub mod contract;
pub mod oddity;
mod queues;
pub mod suite;
pub mod telling;
pub mod wire;
