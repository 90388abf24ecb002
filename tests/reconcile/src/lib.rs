//! Reconciliation on a shop of any size that a test owns: differences of every sort are planted, and must be found, named, and repaired
//! or left to a person; a further run must find nothing to do.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod lean;
pub mod plant;
pub mod process;
pub mod shop;
pub mod stand;
pub mod story;
