//! Connections: calling their channels, how they are doing, what is delivered by them, and their settings.

pub(crate) mod at_intervals;
mod channel_locations;
pub(crate) mod check;
pub(crate) mod client;
mod consent;
pub(crate) mod health;
mod not_there;
mod notifications;
mod publishing;
mod remove;
mod roll_out;
mod settings;
mod subscription;
mod webhook;

pub(crate) use channel_locations::mapped_locations;
pub use check::{ask_for_check, check_connection, lacks};
pub use client::{Answering, ConnectorClient, Using};
pub use consent::{authorize, consent_address};
pub use health::{Watched, note_health, tried, tried_in_vain, watch_connections};
pub(crate) use not_there::not_there;
pub use notifications::{Taken, take_notifications};
pub use publishing::set_publishing;
pub use remove::{Held, held_for, remove_connection};
pub use roll_out::roll_out;
pub use settings::{put_connection, put_stock_settings};
pub use subscription::keep_subscription;
pub use webhook::{Received, receive_webhook};
