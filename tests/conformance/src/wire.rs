//! The way out as a test sees it: everything sent and answered is written down, and an answer can lose a header on its way.

use async_trait::async_trait;
use http::StatusCode;
use ports::{Http, Request, Response, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// As it was sent.
    pub request: Request,
    /// As it came; `None`: no answer came.
    pub response: Option<Response>,
}

/// Exchanges of any number of benches, in the order they happened.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Exchange>>>);

impl Log {
    /// All so far.
    pub fn all(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    /// How many so far.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A way out that writes down.
pub struct Wire {
    inner: Arc<dyn Http>,
    log: Log,
    dropped: Mutex<Vec<&'static str>>,
    altered: Mutex<Option<Alter>>,
    instead: Mutex<Option<(StatusCode, &'static str)>>,
}

/// Puts another body in the place of an answer's; `None`: it stays as it is.
pub type Alter = Box<dyn FnMut(&Request, &[u8]) -> Option<Vec<u8>> + Send>;

impl Wire {
    /// Around another way out.
    pub fn new(inner: Arc<dyn Http>, log: Log) -> Self {
        Self { inner, log, dropped: Mutex::default(), altered: Mutex::default(), instead: Mutex::default() }
    }

    /// From now on answers come altered, until told otherwise.
    pub fn alter(&self, how: Option<Alter>) {
        *self.altered.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }

    /// From now on somebody in between answers with this page, until told otherwise: nothing comes to the channel. Tokens are given all the same.
    pub fn answer_instead(&self, page: Option<(StatusCode, &'static str)>) {
        *self.instead.lock().unwrap_or_else(PoisonError::into_inner) = page;
    }

    /// From now on answers come without these headers, as where a proxy takes them away.
    pub fn drop_headers(&self, names: &[&'static str]) {
        *self.dropped.lock().unwrap_or_else(PoisonError::into_inner) = names.to_vec();
    }
}

#[async_trait]
impl Http for Wire {
    async fn send(&self, request: Request) -> Result<Response> {
        let sent = request.clone();
        let instead =
            self.instead.lock().unwrap_or_else(PoisonError::into_inner).filter(|_| !sent.uri().path().contains("token"));
        if let Some((status, page)) = instead {
            let mut response = Response::new(page.into());
            *response.status_mut() = status;
            return Ok(response);
        }
        let mut answer = self.inner.send(request).await;
        self.log.lock().push(Exchange { request: sent.clone(), response: answer.as_ref().ok().cloned() });
        if let Ok(response) = &mut answer {
            if let Some(alter) = self.altered.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
                && let Some(body) = alter(&sent, response.body())
            {
                *response.body_mut() = body.into();
            }
            for name in self.dropped.lock().unwrap_or_else(PoisonError::into_inner).iter() {
                response.headers_mut().remove(*name);
            }
        }
        answer
    }
}
