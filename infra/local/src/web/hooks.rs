//! The port for channels: what they deliver under `/hooks/`, and nothing else. Whoever delivers proves by a signature who it is, so it
//! may be reached under any name and through any proxy.

use super::{Opening, respond};
use crate::serve::{Answer, Door, refusal};
use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use std::sync::Arc;
use webhook_ingest::LARGEST_DELIVERY;

/// Where deliveries come.
pub(super) const UNDER: &str = "/hooks/";

/// What channels reach.
pub struct Hooks(Arc<Opening>);

impl Hooks {
    /// Those of a stack.
    pub fn new(opening: Arc<Opening>) -> Self {
        Self(opening)
    }
}

#[async_trait]
impl Door for Hooks {
    fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>> {
        let path = head.uri.path();
        // A proxy may read `..` and `//` in another way than we do: what could be meant otherwise is not taken.
        if !path.starts_with(UNDER) || path.split('/').skip(1).any(|part| matches!(part, "" | "." | "..")) || path.contains('%') {
            return Err(Box::new(refusal(StatusCode::NOT_FOUND, "nothing is delivered here")));
        }
        if head.method != Method::POST {
            return Err(Box::new(refusal(StatusCode::METHOD_NOT_ALLOWED, "deliver with POST")));
        }
        self.0.web()?;
        Ok(LARGEST_DELIVERY)
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answer {
        match self.0.web() {
            Ok(web) => respond(web.handled(&head, body).await),
            Err(refusal) => *refusal,
        }
    }
}
