//! A way out that answers from a script without end: a channel may say anything, any number of times.

use async_trait::async_trait;
use ports::{Error, ErrorKind, Http, Request, Response, Result, Status};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Stands before every answer in an input.
pub const SEPARATOR: u8 = 0x1e;
/// One use of a channel that calls more often than this is not going to end.
const MOST_CALLS: usize = 1_000;

/// What is answered.
pub struct Script {
    answers: Vec<Option<Response>>,
    calls: AtomicUsize,
}

impl Script {
    /// Reads answers: each is a status on a line, a line per header, an empty line, and the body. Status 0: no answer comes.
    pub fn parse(text: &[u8]) -> Self {
        let answers = text.split(|b| *b == SEPARATOR).map(answer).collect();
        Self { answers, calls: AtomicUsize::new(0) }
    }

    /// Only these.
    pub fn of(answers: Vec<Option<Response>>) -> Self {
        Self { answers, calls: AtomicUsize::new(0) }
    }

    /// The answers that come.
    pub fn answers(&self) -> impl Iterator<Item = &Response> {
        self.answers.iter().flatten()
    }

    /// The first once, then the others in turn: what is read first is often of another kind than what follows it.
    fn place(&self, call: usize) -> usize {
        match self.answers.len() {
            0 | 1 => 0,
            _ if call == 0 => 0,
            all => 1 + (call - 1) % (all - 1),
        }
    }

    /// The answer, where there is only one and it comes.
    pub fn only(&self) -> Option<&Response> {
        match self.answers.as_slice() {
            [Some(only)] => Some(only),
            _ => None,
        }
    }
}

#[async_trait]
impl Http for Script {
    async fn send(&self, _request: Request) -> Result<Response> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        assert!(call < MOST_CALLS, "asks without end");
        let answer = self.answers.get(self.place(call)).cloned().flatten();
        answer.ok_or_else(|| {
            Error::new(ErrorKind::Timeout, "script", "the channel did not answer in time").with_status(Status::Unknown)
        })
    }
}

fn answer(text: &[u8]) -> Option<Response> {
    let end = text.windows(2).position(|w| w == b"\n\n");
    let (head, body) = end.map_or((text, &[][..]), |at| (&text[..at], &text[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status: u16 = lines.next().unwrap_or_default().parse().unwrap_or(200);
    let mut response = Response::new(body.to_vec().into());
    *response.status_mut() = http::StatusCode::from_u16(status).ok()?;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    Some(response)
}
