//! Calls to other people's servers.

use crate::Result;
use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// A request with its whole body.
pub type Request = http::Request<Bytes>;
/// An answer with its whole body.
pub type Response = http::Response<Bytes>;

/// How long a request waits for its answer, where that is longer than usual: put among a request's extensions. For what cannot be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience(pub Duration);

/// Sends one request and waits for the whole answer. Any HTTP status is an `Ok`.
///
/// An adapter does not retry and follows no redirects. It fails with `Timeout` (status `Unknown`) where the request may have
/// arrived, with `Unavailable` where it surely did not, and refuses internal addresses.
#[async_trait]
pub trait Http: Send + Sync {
    /// Sends it.
    async fn send(&self, request: Request) -> Result<Response>;
}
