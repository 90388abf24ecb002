//! A request for a page: who asks, in which language, and what they are answered.

use crate::access::People;
use crate::door;
use crate::web::needs::Needs;
use crate::web::query::NoQuery;
use crate::web::{Call, Caller, Context, NoPath, Problem};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse as _, Response};
use engine::{Cache, Ports, views};
use http::header::{COOKIE, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use url::form_urlencoded;
use web::{Language, Page, Place, Reader, Signature};

/// Only what came from here runs, shows and is sent to.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// Cookies last a year.
const LASTS: &str = "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
/// By this header the script of a page asks for its changing part alone.
pub(super) const PART: &str = "x-sluis-part";

/// A request for a page.
pub(crate) struct Visit {
    pub(crate) world: Ports,
    people: Option<People>,
    pub(crate) lookup: Arc<Cache>,
    caller: Caller,
    path: Map<String, Value>,
    query: BTreeMap<String, String>,
    /// The page's path.
    pub(crate) here: String,
    address: String,
    language: Language,
    /// The name that was entered last.
    name: String,
    part: bool,
}

impl FromRequestParts<Context> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        // A page takes any parameter: what a mail or a search engine puts behind a link to it is no question to anybody.
        let query: BTreeMap<_, _> =
            form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let given = RawPathParams::from_request_parts(parts, context).await.ok();
        let path = given.iter().flat_map(RawPathParams::iter).map(|(name, value)| (name.to_owned(), value.into())).collect();
        let cookies = cookies(&parts.headers);
        let accepted = parts.headers.get("accept-language").and_then(|header| header.to_str().ok()).unwrap_or_default();
        let language = cookies.get("language").and_then(|code| Language::of_code(code));
        Ok(Self {
            world: context.world.clone(),
            people: context.people.clone(),
            lookup: Arc::clone(&context.lookup),
            caller: parts.extensions.get::<Caller>().cloned().unwrap_or_default(),
            path,
            here: parts.uri.path().to_owned(),
            address: parts.uri.path_and_query().map_or("/today", |address| address.as_str()).to_owned(),
            language: language.unwrap_or_else(|| Language::accepted(accepted)),
            name: cookies.get("name").cloned().unwrap_or_default(),
            part: parts.headers.contains_key(PART),
            query,
        })
    }
}

fn cookies(headers: &HeaderMap) -> BTreeMap<String, String> {
    let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(';'));
    let pairs = all.filter_map(|pair| pair.trim().split_once('='));
    // As forms write them, so that a name may hold any letter.
    pairs.filter_map(|(name, value)| form_urlencoded::parse(format!("{name}={value}").as_bytes()).into_owned().next()).collect()
}

impl Visit {
    /// A parameter behind the question mark; empty, if it is not there.
    pub(crate) fn asked(&self, name: &str) -> &str {
        self.query.get(name).map(String::as_str).unwrap_or_default()
    }

    /// As `asked`: where a list begins.
    pub(crate) fn cursor(&self) -> Option<&str> {
        Some(self.asked("cursor")).filter(|cursor| !cursor.is_empty())
    }

    /// What the path names.
    pub(crate) fn path<P: DeserializeOwned>(&self) -> Result<P, Problem> {
        self.path_with(&[])
    }

    fn path_with<P: DeserializeOwned>(&self, more: &[(&str, &str)]) -> Result<P, Problem> {
        let mut named = self.path.clone();
        named.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        door::of(Value::Object(named)).map_err(|wrong| Problem::new(404, wrong.what.clone()).in_field(&wrong.field))
    }

    /// The same as a request to the API, with what its path names. Which right it needs, the resource's own function says.
    pub(crate) fn call<N: Needs, P: DeserializeOwned>(&self) -> Result<Call<N, P>, Problem> {
        self.call_about(&[])
    }

    /// As `call`, with further parts of the path.
    pub(crate) fn call_about<N: Needs, P: DeserializeOwned>(&self, more: &[(&str, &str)]) -> Result<Call<N, P>, Problem> {
        Call::of(self.context(), self.caller.clone(), self.path_with(more)?, NoQuery {})
    }

    /// As `call`, of a resource whose path names nothing.
    pub(crate) fn call_without_path<N: Needs>(&self) -> Result<Call<N>, Problem> {
        Call::of(self.context(), self.caller.clone(), NoPath {}, NoQuery {})
    }

    fn context(&self) -> Context {
        Context { world: self.world.clone(), people: self.people.clone(), lookup: Arc::clone(&self.lookup) }
    }

    /// Who may sign in here.
    pub(crate) fn people(&self) -> Option<&People> {
        self.people.as_ref()
    }

    /// Who asks.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Who reads.
    pub(crate) async fn reader(&self) -> Result<Reader, Problem> {
        // The part that changes names nobody.
        let merchant = if self.part { None } else { views::merchant(&self.world).await? };
        Ok(Reader {
            language: self.language,
            now: self.world.clock.now(),
            merchant,
            address: self.address.clone(),
            signature: self.signature(),
            role: self.caller.role,
            signed_in: self.caller.session.is_some(),
            fresh: self.world.ids.fresh(),
            pulse: views::pulse(&self.world).await?,
            done: self.query.get("done").cloned(),
        })
    }

    fn signature(&self) -> Signature {
        match &self.caller.name {
            Some(name) => Signature::Known(name.clone()),
            None => Signature::Asked(self.name.clone()),
        }
    }

    /// The answer.
    pub(crate) fn answer(&self, place: Place, made: Result<(Reader, Page), Problem>) -> Response {
        self.answer_with(StatusCode::OK, place, made)
    }

    /// The answer, with the status of what could not be done.
    pub(crate) fn answer_with(&self, status: StatusCode, place: Place, made: Result<(Reader, Page), Problem>) -> Response {
        let (status, reader, page) = match made {
            Ok((reader, page)) => (status, reader, page),
            Err(problem) => {
                let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let reader = self.bare();
                let page = web::trouble(&reader, place, &told(&problem));
                (status, reader, page)
            }
        };
        let markup = if self.part { web::part(&reader, &page) } else { web::whole(&reader, &page) };
        let headers = [
            ("content-type", "text/html; charset=utf-8"),
            ("content-security-policy", POLICY),
            ("x-content-type-options", "nosniff"),
            // A form says where it came from, but nobody else is told.
            ("referrer-policy", "same-origin"),
        ];
        (status, headers, legible(markup.into_string())).into_response()
    }

    /// A reader of whom nothing is read: where something is wrong, that may be wrong, too.
    pub(crate) fn bare(&self) -> Reader {
        Reader {
            language: self.language,
            now: self.world.clock.now(),
            merchant: None,
            address: self.address.clone(),
            signature: self.signature(),
            role: self.caller.role,
            signed_in: self.caller.session.is_some(),
            fresh: String::new(),
            pulse: String::new(),
            done: None,
        }
    }
}

/// Without what turns a text round or drives a terminal: names and reasons are written by whoever writes them, on a channel.
fn legible(page: String) -> String {
    let odd = |c: char| domain::breaks_a_line(c) && !matches!(c, '\n' | '\t');
    if !page.contains(odd) {
        return page;
    }
    page.chars().map(|c| if odd(c) { '\u{fffd}' } else { c }).collect()
}

/// That something is done: go and see. A name that was entered is remembered.
pub(crate) fn done(address: &str, act: &str, by: &str) -> Response {
    let address = if act.is_empty() { address.to_owned() } else { format!("{address}?done={act}") };
    let mut response = see(&address);
    if !by.is_empty() {
        set_cookie(&mut response, "name", by);
    }
    response
}

/// Leads to another address.
pub(crate) fn see(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    // Addresses of ours are ASCII: what is not stands escaped in them.
    let address = HeaderValue::try_from(address).unwrap_or(HeaderValue::from_static("/today"));
    response.headers_mut().insert(LOCATION, address);
    response
}

/// Has the browser keep something.
pub(crate) fn set_cookie(response: &mut Response, name: &str, value: &str) {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    if let Ok(cookie) = HeaderValue::try_from(format!("{name}={value}; {LASTS}")) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// A problem as a page tells it.
pub(crate) fn told(problem: &Problem) -> web::Problem {
    let code = serde_json::to_value(problem.code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
    web::Problem { code, field: problem.field.clone(), arguments: problem.arguments.clone() }
}
