//! The use cases of Sluis, one module each. They know the world only through `ports`.

mod accept_orders;
mod announce;
mod commit;
mod correct_stock;
mod driver;
mod handle_order;
mod keep_subscription;
mod lookup;
mod match_listings;
mod park;
mod poll_orders;
mod poll_returns;
mod publish_stock;
mod put_bundle;
mod put_rule;
mod receive_webhook;
mod remove_connection;
mod set_up;
mod tell_order;
mod transfer_stock;
mod unmatched;
mod world;

pub mod planted;
pub mod rows;
pub mod views;

pub use accept_orders::{Arrival, Outcome, accept_orders};
pub use correct_stock::{Correction, StockChange, correct_stock, correct_stock_once};
pub use driver::{Answering, Driver};
pub use handle_order::{OrderCommand, check_mark, handle_order};
pub use keep_subscription::keep_subscription;
pub use lookup::Lookup;
pub use match_listings::{MatchReport, match_listings};
pub use poll_orders::{PollReport, poll_orders};
pub use poll_returns::{ReturnsReport, poll_returns};
pub use publish_stock::{Pushed, publish_stock};
pub use put_bundle::put_bundle;
pub use put_rule::put_rule;
pub use receive_webhook::{Received, receive_webhook};
pub use remove_connection::remove_connection;
pub use set_up::{Opening, put_article, put_connection, put_stock_settings};
pub use tell_order::{sweep_outbox, tell_order};
pub use transfer_stock::{Transfer, transfer_stock};
pub use world::World;
