//! What a stack serves, asked from outside: the JSON API, and what lies underneath.

use aws::{Client, Reach};
use bytes::Bytes;
use ports::{Error, ErrorKind, Http, Request, Result};
use serde_json::Value;

/// The way there. It stays the same when the stack is killed and started again.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    base_url: String,
    client: Client,
}

impl Pages {
    pub(crate) fn at(base_url: &str) -> Result<Self> {
        Ok(Self { base_url: base_url.to_owned(), client: Client::new(Reach::AndLoopback)? })
    }

    /// One request. Answers the status and the body; null if that is no JSON.
    pub(crate) async fn ask(&self, method: http::Method, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        self.send(None, method, path, body).await
    }

    /// As `ask`, for what is to be done once however often it is asked under this key.
    pub(crate) async fn ask_once(
        &self,
        key: &str,
        method: http::Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value)> {
        self.send(Some(key), method, path, body).await
    }

    async fn send(&self, key: Option<&str>, method: http::Method, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let mut request = Request::new(body.map(|b| Bytes::from(b.to_string())).unwrap_or_default());
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.base_url)
            .parse()
            .map_err(|_| Error::new(ErrorKind::Bug, "trial", format!("{path} leads nowhere")))?;
        let json = http::HeaderValue::from_static("application/json");
        request.headers_mut().insert(http::header::CONTENT_TYPE, json);
        if let Some(key) = key {
            let key =
                http::HeaderValue::try_from(key).map_err(|_| Error::new(ErrorKind::Bug, "trial", format!("{key} is no key")))?;
            request.headers_mut().insert("idempotency-key", key);
        }
        let answer = self.client.send(request).await?;
        Ok((answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default()))
    }

    /// What lies underneath.
    pub(crate) async fn status(&self) -> Result<Value> {
        self.ask(http::Method::GET, "/_local/status", None).await.map(|(_, body)| body)
    }

    /// Messages waiting on queues that feed a function, and on those that hold what nobody could process.
    pub(crate) async fn messages(&self) -> Result<(u64, u64)> {
        let status = self.status().await?;
        let none = || Error::new(ErrorKind::Protocol, "trial", "the status tells of no queues");
        let queues = status.get("queues").and_then(Value::as_object).filter(|q| !q.is_empty()).ok_or_else(none)?;
        let mut sums = (0, 0);
        for (name, depth) in queues {
            let count = |part: &str| depth.get(part).and_then(Value::as_u64).unwrap_or_default();
            let sum = if name.contains("Dead") { &mut sums.1 } else { &mut sums.0 };
            *sum += count("ready") + count("hidden");
        }
        Ok(sums)
    }

    pub(crate) async fn queues_are_empty(&self) -> bool {
        self.messages().await.is_ok_and(|(waiting, _)| waiting == 0)
    }
}
