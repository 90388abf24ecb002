//! What a person entered in a form, as the API takes it.

use crate::FORM;
use crate::pages::visit::told;
use crate::web::{IdempotencyKey, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::header::{CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use web::Sent;

/// What was entered.
pub(crate) struct Entered {
    fields: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Entered {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers();
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.trim_start().to_ascii_lowercase().starts_with(FORM) {
            return Err(Problem::new(415, "this takes a form of a page").in_field("content-type"));
        }
        if !is_from_here(headers) {
            return Err(Problem::new(403, "a page of another site asks this; only the page that came from here may"));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| Problem::new(400, "the body broke off in the middle"))?;
        Ok(Self { fields: form_urlencoded::parse(&bytes).into_owned().collect() })
    }
}

/// A browser says of every form where it came from. One of another site is refused, and so is one that does not say.
fn is_from_here(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let from = said(ORIGIN.as_str()).and_then(|origin| origin.split_once("://")).map(|(_, from)| from);
    from.is_some() && from == said(HOST.as_str())
}

impl Entered {
    /// A field, without the spaces around it; empty, if it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// As `get`, with the spaces around it.
    pub(crate) fn as_typed(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// What is to be done.
    pub(crate) fn act(&self) -> &str {
        self.get("do")
    }

    /// About what.
    pub(crate) fn about(&self) -> &str {
        self.get("about")
    }

    /// The form's own key: sent twice, it is done once.
    pub(crate) fn key(&self) -> Result<IdempotencyKey, Problem> {
        IdempotencyKey::of(self.get("key"))
    }

    /// A body with these texts, whole numbers, and choices between yes and no; what was left empty is left out. With who asks, where nobody
    /// else knows.
    pub(crate) fn body(&self, texts: &[&str], numbers: &[&str], flags: &[&str]) -> Result<Map<String, Value>, Problem> {
        let given = |names: &[&str]| -> Vec<(String, String)> {
            let all = names.iter().map(|name| ((*name).to_owned(), self.get(name).to_owned()));
            all.filter(|(_, value)| !value.is_empty()).collect()
        };
        let mut body: Map<String, Value> = given(texts).into_iter().map(|(name, value)| (name, value.into())).collect();
        for (name, value) in given(numbers) {
            body.insert(name.clone(), whole(&name, &value)?.into());
        }
        body.extend(given(flags).into_iter().map(|(name, value)| (name, (value == "true").into())));
        Ok(body)
    }

    /// As `body`, with who asks.
    pub(crate) fn signed(&self, texts: &[&str], numbers: &[&str], flags: &[&str]) -> Result<Map<String, Value>, Problem> {
        self.body(&[texts, &["by"]].concat(), numbers, flags)
    }

    /// Units of lines: at least one unit, for none at all would mean all of them.
    pub(crate) fn lines(&self) -> Result<Value, Problem> {
        let mut lines = Vec::new();
        for (name, value) in &self.fields {
            let Some(line) = name.strip_prefix("lines.") else { continue };
            let units = if value.trim().is_empty() { 0 } else { whole("lines", value.trim())? };
            if units != 0 {
                lines.push(json!({ "line": line, "units": units }));
            }
        }
        if lines.is_empty() {
            return Err(Problem::new(400, "lines: give at least one unit").in_field("lines"));
        }
        Ok(lines.into())
    }

    /// As `sent`, without a field that nobody is shown again.
    pub(crate) fn sent_without(&self, hidden: &str, problem: &Problem) -> Sent {
        let fields = self.fields.iter().filter(|(name, _)| name != hidden).cloned().collect();
        Sent { fields, problem: told(problem) }
    }

    /// As it was filled in, with why it was not done.
    pub(crate) fn sent(&self, problem: &Problem) -> Sent {
        Sent { fields: self.fields.clone(), problem: told(problem) }
    }
}

fn whole(name: &str, value: &str) -> Result<i64, Problem> {
    value.parse().map_err(|_| Problem::new(400, format!("{name}: expected a whole number")).in_field(name))
}

/// The status of a page that says what could not be done.
pub(crate) fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
