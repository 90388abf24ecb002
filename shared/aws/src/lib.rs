//! The ports as AWS services, and the way out to other people's servers. The only crate that knows an AWS SDK or `reqwest`.
//!
//! An adapter translates and classifies. It takes no decision about orders or stock, and retries only where a second try cannot
//! do a thing twice.

#[cfg(all(feature = "table", feature = "messaging", feature = "secrets"))]
pub mod access;
mod clock;
pub mod connect;
#[cfg(feature = "embedded")]
pub mod embedded;
#[cfg(any(feature = "table", feature = "messaging", feature = "secrets"))]
mod failure;
#[cfg(any(feature = "table", feature = "messaging", feature = "secrets"))]
pub use failure::trouble_with_a_file;

#[cfg(feature = "json-call")]
mod archive;
#[cfg(feature = "messaging")]
mod bus;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "json-call")]
mod json_call;
#[cfg(feature = "json-call")]
mod mail;
#[cfg(feature = "messaging")]
mod notifications;
#[cfg(feature = "messaging")]
mod queue;
#[cfg(feature = "secrets")]
mod secrets;
#[cfg(all(test, feature = "json-call"))]
mod service_tests;
#[cfg(feature = "table")]
pub mod table;

#[cfg(feature = "json-call")]
pub use archive::S3Documents;
#[cfg(feature = "messaging")]
pub use bus::EventBridgeBus;
pub use clock::{RandomIds, SystemClock};
#[cfg(feature = "http")]
pub use http::Client;
#[cfg(feature = "json-call")]
pub use mail::SesMailer;
#[cfg(feature = "messaging")]
pub use notifications::SqsNotifications;
pub use ports::Reach;
#[cfg(feature = "messaging")]
pub use queue::{QueueUrls, SqsQueue};
#[cfg(feature = "secrets")]
pub use secrets::{ParameterSecrets, Reads};
#[cfg(feature = "table")]
pub use table::DynamoTable;
