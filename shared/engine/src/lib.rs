//! The use cases of Sluis, one module each. They know the world only through `ports`.

mod accept_orders;
mod announce;
mod commit;
mod correct_stock;
mod driver;
mod keep_subscription;
mod lookup;
mod match_listings;
mod park;
mod poll_orders;
mod publish_stock;
mod receive_webhook;
mod set_up;
mod unmatched;
mod world;

pub mod planted;
pub mod rows;
pub mod views;

pub use accept_orders::{Arrival, Outcome, accept_orders};
pub use correct_stock::{Correction, StockChange, correct_stock};
pub use driver::{Answering, Driver};
pub use keep_subscription::keep_subscription;
pub use lookup::Lookup;
pub use match_listings::{MatchReport, match_listings};
pub use poll_orders::{PollReport, poll_orders};
pub use publish_stock::{Pushed, publish_stock};
pub use receive_webhook::{Received, receive_webhook};
pub use set_up::{Opening, put_article, put_connection, put_stock_settings};
pub use world::World;
