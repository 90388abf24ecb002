//! What an order costs: calls, write units and bytes, counted at the ports. Exact on any machine, so a test can hold them.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod counter;
pub mod large;
pub mod scenarios;
pub mod table;

/// The whole page.
pub fn page() -> String {
    table::markdown(&scenarios::all()) + &large::markdown(&large::all())
}
