//! `/sign-in` and `/sign-out`: a name and a password become a session.

use super::entered::{Entered, status};
use super::language::back;
use super::visit::{Visit, see};
use crate::access::{SESSION_HOURS, is_plain};
use crate::web::{Caller, Code, Problem};
use axum::Extension;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, SET_COOKIE};
use lambda_kit::HttpCall;
use std::net::IpAddr;
use url::form_urlencoded;
use web::{Place, Sent};

/// Where one signs in.
const HERE: &str = "/sign-in";

/// From where a request came, and under which name its cookie lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    pub(crate) from: Option<IpAddr>,
    pub(crate) cookie: Option<&'static str>,
}

/// Leads whoever opens a page to where one signs in, and back from there. What a script or a program asks for is refused instead.
pub(crate) fn to_sign_in(call: &HttpCall) -> Option<Response> {
    let is_page = !call.path.starts_with("/api/") && call.path != "/pulse" && call.header(super::visit::PART).is_none();
    let reads = matches!(call.method, http::Method::GET | http::Method::HEAD);
    if !is_page || !(reads || call.header("content-type").is_some_and(|kind| kind.starts_with(crate::FORM))) {
        return None;
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&call.query).finish();
    let address = if query.is_empty() || !reads { call.path.clone() } else { format!("{}?{query}", call.path) };
    let back: String = form_urlencoded::byte_serialize(address.as_bytes()).collect();
    Some(see(&format!("{HERE}?back={back}")))
}

pub(crate) async fn page(visit: Visit) -> Response {
    shown(&visit, None, http::StatusCode::OK)
}

pub(crate) async fn act(visit: Visit, Extension(came): Extension<Came>, form: Entered) -> Response {
    match decide(&visit, came, &form).await {
        Ok((token, name)) => with_cookie(see(back(form.get("back"))), name, &token, SESSION_HOURS * 3600),
        Err(problem) => {
            // The password is not sent back to where it came from.
            let sent = form.sent_without("password", &problem);
            shown(&visit, Some(&sent), status(&problem))
        }
    }
}

async fn decide(visit: &Visit, came: Came, form: &Entered) -> Result<(String, &'static str), Problem> {
    let Some(people) = visit.people() else { return Err(Problem::new(404, "nobody signs in here: users are kept elsewhere")) };
    let Some(name) = came.cookie else {
        let detail = "nobody signs in without TLS: ask by https://, and have the proxy say so (x-forwarded-proto: https)";
        return Err(Problem::of(Code::Declined, 403, detail));
    };
    // As it was typed: a password may begin with a space.
    let token = people.sign_in(form.get("name"), form.as_typed("password"), came.from).await?;
    Ok((token, name))
}

/// Ends the session, in the table and in the browser.
pub(crate) async fn out(visit: Visit, Extension(came): Extension<Came>, _: Entered) -> Response {
    if let (Some(people), Caller { session: Some(hash), .. }) = (visit.people(), visit.caller())
        && let Err(error) = people.sign_out(hash).await
    {
        return visit.answer(Place::Today, Err(error.into()));
    }
    let response = see(HERE);
    match came.cookie {
        Some(name) => with_cookie(response, name, "", 0),
        None => response,
    }
}

fn shown(visit: &Visit, sent: Option<&Sent>, status: http::StatusCode) -> Response {
    let reader = visit.bare();
    let page = web::sign_in(&reader, back(visit.asked("back")), sent);
    let mut response = visit.answer_with(status, Place::Today, Ok((reader, page)));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Has the browser keep the session, out of reach of scripts and of pages of other sites.
fn with_cookie(mut response: Response, name: &str, token: &str, seconds: i64) -> Response {
    let secure = if is_plain(name) { "" } else { "; Secure" };
    let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
