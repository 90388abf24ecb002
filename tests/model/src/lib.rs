//! Exhaustive models of the protocols.

pub mod search;
pub mod shares;
