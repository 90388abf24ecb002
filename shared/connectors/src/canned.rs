//! What the tests of connectors share: answers given in advance, and running without a runtime.

use async_trait::async_trait;
use ports::{Http, Request, Response, Result};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// Runs what never waits for anything but our own doubles.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a test double made its caller wait"),
    }
}

/// Gives answers in order and keeps what it was asked.
#[derive(Default)]
pub(crate) struct Canned {
    answers: Mutex<Vec<Response>>,
    pub(crate) asked: Mutex<Vec<Request>>,
}

impl Canned {
    /// Gives these, in this order.
    pub(crate) fn new(answers: &[(u16, &str)]) -> Self {
        let answers = answers.iter().rev().map(|(status, body)| response(*status, body, &[])).collect();
        Self { answers: Mutex::new(answers), asked: Mutex::default() }
    }

    /// Method, path and body of every request.
    pub(crate) fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let text = |r: &Request| {
            let body = String::from_utf8(r.body().to_vec()).unwrap();
            format!("{} {} {body}", r.method(), r.uri().path_and_query().unwrap()).trim().to_owned()
        };
        asked.iter().map(text).collect()
    }
}

#[async_trait]
impl Http for Canned {
    async fn send(&self, request: Request) -> Result<Response> {
        self.asked.lock().unwrap().push(request);
        Ok(self.answers.lock().unwrap().pop().expect("asked more often than the test foresaw"))
    }
}

/// An answer.
pub(crate) fn response(status: u16, body: &str, headers: &[(&'static str, &'static str)]) -> Response {
    let mut response = Response::new(body.to_owned().into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
    }
    response
}
