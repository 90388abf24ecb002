//! The far side: VIES as it answers, failures included. A plain state machine: bytes in, bytes out, and it never waits.

use bytes::Bytes;
use http::{Method, StatusCode, header};
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};

/// What goes wrong at a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// This code, with status 200, as VIES mostly does.
    Says(&'static str),
    /// This code, with status 500.
    Fails(&'static str),
    /// No answer comes.
    Silent,
    /// A page of somebody else's, with status 200.
    Page,
}

/// The states that it knows, by the letters before their numbers. Great Britain is none of them.
const STATES: [&str; 28] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
    "PL", "PT", "RO", "SE", "SI", "SK", "XI",
];

/// Simulated VIES. Every number that is written as its state writes them is valid, unless it is told that one is not.
#[derive(Debug, Default)]
pub struct Simulator {
    invalid: BTreeSet<String>,
    troubles: VecDeque<Trouble>,
    lasting: Option<(Option<&'static str>, Trouble)>,
    asked: Vec<String>,
    given: u64,
}

impl Simulator {
    /// There is no such number: `BE0123456749`.
    pub fn strike_off(&mut self, number: &str) {
        self.invalid.insert(number.to_owned());
    }

    /// What goes wrong at the next questions, one after the other.
    pub fn plan(&mut self, troubles: impl IntoIterator<Item = Trouble>) {
        self.troubles.extend(troubles);
    }

    /// What goes wrong at every question about numbers of a state (its letters), or at all of them; `None`: nothing any more.
    pub fn last(&mut self, state: Option<&'static str>, trouble: Option<Trouble>) {
        self.lasting = trouble.map(|trouble| (state, trouble));
    }

    /// Numbers that it was asked for, in order.
    pub fn asked(&self) -> &[String] {
        &self.asked
    }

    /// Answers a request; `None`: no answer comes.
    pub fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if !request.uri().path().ends_with("/check-vat-number") {
            return Some(told(StatusCode::NOT_FOUND, &failure("NOT_FOUND")));
        }
        if request.method() != Method::POST {
            return Some(told(StatusCode::METHOD_NOT_ALLOWED, &failure("METHOD_NOT_ALLOWED")));
        }
        let sent: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (state, number) = (text("countryCode"), text("vatNumber"));
        self.asked.push(format!("{state}{number}"));
        let lasting = self.lasting.filter(|(of, _)| of.is_none_or(|of| of == state)).map(|(_, trouble)| trouble);
        match self.troubles.pop_front().or(lasting) {
            Some(Trouble::Silent) => return None,
            Some(Trouble::Says(code)) => return Some(told(StatusCode::OK, &failure(code))),
            Some(Trouble::Fails(code)) => return Some(told(StatusCode::INTERNAL_SERVER_ERROR, &failure(code))),
            Some(Trouble::Page) => return Some(page()),
            None => {}
        }
        if !STATES.contains(&state.as_str()) || number.is_empty() {
            return Some(told(StatusCode::OK, &failure("INVALID_INPUT")));
        }
        let (own_state, own_number) = (text("requesterMemberStateCode"), text("requesterNumber"));
        let identifier = match (own_state.as_str(), own_number.as_str()) {
            ("", "") => String::new(),
            (state, number) if self.is_valid(state, number) => {
                self.given += 1;
                format!("WAPIAAAAZ{:07}", self.given)
            }
            _ => return Some(told(StatusCode::OK, &failure("INVALID_REQUESTER_INFO"))),
        };
        let valid = self.is_valid(&state, &number);
        // Germany and Spain tell nobody's name, and of a number that is not valid there is none.
        let tells = valid && !matches!(state.as_str(), "DE" | "ES");
        let (name, address) = if tells { ("VERZONNEN HANDEL", "NERGENSWEG 1\n0999ZZ VERZONNENBURG\n") } else { ("---", "---") };
        let unmatched = "NOT_PROCESSED";
        Some(told(
            StatusCode::OK,
            &json!({
                "countryCode": state, "vatNumber": number, "requestDate": format!("{now:.3}"), "valid": valid,
                "requestIdentifier": identifier, "name": name, "address": address,
                "traderName": "---", "traderStreet": "---", "traderPostalCode": "---", "traderCity": "---", "traderCompanyType": "---",
                "traderNameMatch": unmatched, "traderStreetMatch": unmatched, "traderPostalCodeMatch": unmatched,
                "traderCityMatch": unmatched, "traderCompanyTypeMatch": unmatched,
            }),
        ))
    }

    fn is_valid(&self, state: &str, number: &str) -> bool {
        STATES.contains(&state) && is_written_so(state, number) && !self.invalid.contains(&format!("{state}{number}"))
    }
}

/// Whether the state writes its numbers so; of some only that it is none longer than the longest.
fn is_written_so(state: &str, number: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match state {
        "NL" => number.split_once('B').is_some_and(|(first, last)| digits(first, 9) && digits(last, 2)),
        "BE" => digits(number, 10) && number.starts_with(['0', '1']),
        "DE" | "EL" | "PT" | "EE" => digits(number, 9),
        _ => (2..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric()),
    }
}

fn failure(code: &str) -> Value {
    json!({ "actionSucceed": false, "errorWrappers": [{ "error": code, "message": "" }] })
}

fn told(status: StatusCode, body: &Value) -> Response {
    with("application/json", status, Bytes::from(body.to_string()))
}

fn page() -> Response {
    with("text/html", StatusCode::OK, Bytes::from_static(b"<html><title>Service temporarily unavailable</title></html>"))
}

fn with(media: &'static str, status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media));
    response
}
