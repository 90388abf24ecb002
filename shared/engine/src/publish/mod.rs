//! What channels are told: figures and prices, by the merchant's rules.

mod prices;
mod rule;
pub(crate) mod stock;

pub use prices::{PricesReport, publish_prices, put_prices};
pub use rule::put_rule;
pub use stock::{Pushed, publish_stock};
