//! Lambda's events as our own types, and our answers as Lambda's.

pub(crate) mod http_api;
pub(crate) mod queue;
