//! Orders: found, taken in, acted on by the merchant, and told to their channels.

pub(crate) mod accept;
pub(crate) mod action;
mod announce;
pub(crate) mod poll;
mod poll_returns;
pub(crate) mod tell;
pub(crate) mod unmatched;
pub(crate) mod unreadable_lines;

pub use accept::{Arrival, Outcome, accept_orders};
pub use action::{OrderCommand, check_mark, handle_order};
pub use poll::{PollReport, poll_orders};
pub use poll_returns::{ReturnsReport, poll_returns};
pub use tell::{sweep_outbox, tell_order};
