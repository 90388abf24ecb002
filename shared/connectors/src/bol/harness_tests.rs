//! What the tests of this folder share: an account, a fixed instant, answers given in advance, and running without a runtime.

use async_trait::async_trait;
use jiff::Timestamp;
use ports::{Account, Call, Http, NothingKept, Request, Response, Result, Secret, Token};
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// The present time of all tests.
pub(super) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// Runs what never waits for anything but our own doubles.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a test double made its caller wait"),
    }
}

pub(super) fn account() -> Account {
    Account {
        connection: domain::ConnectionId::new("bol-nl").unwrap(),
        channel: domain::ChannelId::new("bol").unwrap(),
        base_url: "https://api.example.test".into(),
        settings: [("token_url".into(), "https://api.example.test/token".into())].into(),
        credentials: [("client_id", "me"), ("client_secret", "hush")].map(|(n, s)| (n.into(), Secret::new(s))).into(),
    }
}

pub(super) fn token() -> Token {
    Token { access: Secret::new("a-token"), refresh: None, expires_at: now() }
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account, token: &'a Token) -> Call<'a> {
    Call {
        http,
        account,
        token: Some(token),
        now: now(),
        answers: &NothingKept,
        operation_id: "00000000-0000-4000-8000-000000000000",
    }
}

/// Gives answers in order and keeps what it was asked.
#[derive(Default)]
pub(super) struct Canned {
    answers: Mutex<Vec<Response>>,
    pub(super) asked: Mutex<Vec<Request>>,
}

impl Canned {
    pub(super) fn new(answers: &[(u16, &str)]) -> Self {
        let answers = answers.iter().rev().map(|(status, body)| response(*status, body, &[])).collect();
        Self { answers: Mutex::new(answers), asked: Mutex::default() }
    }

    /// Method, path and body of every request.
    pub(super) fn asked(&self) -> Vec<String> {
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

pub(super) fn response(status: u16, body: &str, headers: &[(&'static str, &'static str)]) -> Response {
    let mut response = Response::new(body.to_owned().into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, http::HeaderValue::from_static(value));
    }
    response
}
