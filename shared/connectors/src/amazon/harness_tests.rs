//! What the tests of this folder share: an account, a fixed instant, answers given in advance, and running without a runtime.

use async_trait::async_trait;
use jiff::Timestamp;
use ports::{Account, Call, Http, NothingKept, Request, Response, Result, Secret, Token};
use std::pin::pin;
use std::sync::{LazyLock, Mutex};
use std::task::{Context, Poll, Waker};

static TOKEN: LazyLock<Token> =
    LazyLock::new(|| Token { access: Secret::new("hush-token"), refresh: None, expires_at: Timestamp::MAX });

/// The present time of all tests.
pub(super) fn now() -> Timestamp {
    "2026-12-03T12:00:00Z".parse().unwrap()
}

/// Runs what never waits for anything but our own doubles.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a test double made its caller wait"),
    }
}

pub(super) fn account() -> Account {
    let credentials = ["id", "secret"].map(|name| (format!("client_{name}"), Secret::new(format!("hush-{name}"))));
    let mut account = Account {
        connection: domain::ConnectionId::new("market").unwrap(),
        channel: domain::ChannelId::new("amazon").unwrap(),
        base_url: "https://amazon.example.test".into(),
        settings: [("seller_id".to_owned(), "A1SELLER".to_owned())].into(),
        credentials: credentials.into(),
    };
    account.credentials.insert("refresh_token".into(), Secret::new("hush-refresh"));
    account
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account) -> Call<'a> {
    let operation_id = "00000000-0000-4000-8000-000000000000";
    Call { http, account, token: Some(&TOKEN), now: now(), answers: &NothingKept, operation_id }
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
