//! Which product a listing is.

mod match_all;
mod match_by_hand;
mod shared_stock;

pub(crate) use match_all::match_one;
pub use match_all::{MatchReport, go_on_matching, match_listings};
pub use match_by_hand::match_by_hand;
