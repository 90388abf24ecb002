//! The far side: Exact Online as it answers, with what it is strict about. One company, its books, and one app that may be let in.

mod books;
mod limits;
mod odata;
mod tokens;

use crate::simulated_back_office::{FarEntry, Setup, SimulatedBackOffice};
use crate::simulated_channel::{Trouble, Troubles};
use books::Books;
use http::{HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use limits::Limits;
use ports::{Request, Response};
use serde_json::{Value, json};
use tokens::Tokens;

/// The company.
pub const DIVISION: &str = "123456";

/// Simulated Exact Online.
pub struct Simulator {
    base_url: String,
    tokens: Tokens,
    limits: Limits,
    books: Books,
    troubles: Troubles,
}

impl Simulator {
    /// One with a chart of accounts, VAT codes and a collective debtor, and empty books.
    pub fn new(setup: Setup) -> Self {
        let Setup { base_url, credentials } = setup;
        Self {
            base_url,
            tokens: Tokens::new(credentials),
            limits: Limits::default(),
            books: Books::new(),
            troubles: Troubles::default(),
        }
    }

    fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = request.uri().path().to_owned();
        if path.ends_with("/api/oauth2/auth") {
            return self.tokens.consent(request);
        }
        if path.ends_with("/api/oauth2/token") {
            return self.tokens.token(now, request);
        }
        if !self.tokens.admits(now, request) {
            return self.limits.mistake(now, "token", odata::refused(401, "Unauthorized"));
        }
        if let Some(seconds) = self.troubles.too_many(now) {
            return limits::too_many(now, seconds);
        }
        if let Some(full) = self.limits.count(now) {
            return full;
        }
        let writes = request.method() == Method::POST;
        let answer = self.in_company(&path, request);
        let endpoint = path.rsplit('/').next().unwrap_or_default().to_owned();
        let answer = if matches!(answer.status().as_u16(), 400 | 401 | 403 | 404) {
            self.limits.mistake(now, &endpoint, answer)
        } else {
            answer
        };
        // Done, and nobody hears of it.
        if writes && answer.status().is_success() && self.troubles.fails_after_apply() {
            let mut broken = Response::new("<html>Service unavailable</html>".into());
            *broken.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            return broken;
        }
        answer
    }

    fn in_company(&mut self, path: &str, request: &Request) -> Response {
        let Some((_, rest)) = path.split_once("/api/v1/") else { return odata::refused(404, "Resource not found") };
        if rest == "current/Me" {
            return odata::list(&[json!({ "CurrentDivision": 654_321, "UserID": odata::guid(1) })], None);
        }
        let Some((division, endpoint)) = rest.split_once('/') else { return odata::refused(404, "Resource not found") };
        if division != DIVISION {
            return odata::refused(403, "Forbidden - u hebt geen rechten voor deze administratie");
        }
        let query = crate::simulated_channel::query(request);
        match *request.method() {
            Method::GET => {
                if !query.contains_key("$select") && !query.contains_key("$top") {
                    return odata::refused(400, "Please add a $select or a $top=1 statement to the query string.");
                }
                let filter = query.get("$filter").map(String::as_str).unwrap_or_default();
                let next = format!("{}{path}", self.base_url);
                self.books.list(endpoint, filter, &query, &next)
            }
            Method::POST => {
                let sent: Value = serde_json::from_slice(request.body()).unwrap_or_default();
                self.books.create(endpoint, &sent)
            }
            _ => odata::refused(405, "Method not allowed"),
        }
    }
}

impl SimulatedBackOffice for Simulator {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        if self.troubles.silent(now) {
            return None;
        }
        let mut answer = self.handle(now, request);
        if let Ok(date) = jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC))
            && let Ok(date) = HeaderValue::from_str(&date)
        {
            answer.headers_mut().insert(header::DATE, date);
        }
        Some(answer)
    }

    fn entries(&self) -> Vec<FarEntry> {
        self.books.entries()
    }

    fn debtors(&self) -> Vec<String> {
        self.books.debtors()
    }

    fn trouble(&mut self, trouble: Trouble) {
        if let Some(Trouble::TokensRevoked) = self.troubles.add(trouble) {
            self.tokens.revoke();
        }
    }

    fn close_period(&mut self, closed: bool) {
        self.books.close(closed);
    }

    fn tokens_given(&self) -> usize {
        self.tokens.given()
    }

    fn mistakes(&self) -> usize {
        self.limits.mistakes() + self.tokens.refused()
    }
}
