//! Who a request comes from: by the gateway's word, a machine token, or a session.

use super::People;
use crate::web::{Caller, Problem, sign_in};
use http::Method;
use lambda_kit::{Asker, HttpCall};
use std::net::IpAddr;

/// Of a session, where TLS protects it: a browser takes a cookie of this prefix only from this host, with `Secure`.
const UNDER_TLS: &str = "__Host-sluis-session";
/// Of a session on this machine alone, where there is no TLS to ask for.
const ON_LOOPBACK: &str = "sluis-session";

/// Finds out. Nobody at all is no mistake: what they may is asked later.
pub(crate) async fn identify(people: Option<&People>, call: &HttpCall) -> Result<Caller, Problem> {
    let is_here = match &call.asker {
        Asker::Owner => return Ok(Caller::owner()),
        Asker::Known { name, role } => return Ok(Caller::known(name.clone(), *role)),
        Asker::ThisMachine => true,
        Asker::Anybody => false,
    };
    let Some(people) = people else { return Ok(if is_here { Caller::owner() } else { Caller::default() }) };
    if let Some(token) = bearer(call)? {
        // Whoever sends one means it: it is not passed over.
        return people.of_token(token).await?.ok_or_else(sign_in);
    }
    if let Some(token) = cookie_name(call).and_then(|name| cookie(call, name))
        && let Some(caller) = people.of_session(token).await?
    {
        if !matches!(call.method, Method::GET | Method::HEAD) && !came_from_here(call) {
            return Err(Problem::new(403, "a page of another site asks this; only the page that came from here may"));
        }
        return Ok(caller);
    }
    Ok(if is_here && !people.are_there().await? { Caller::owner() } else { Caller::default() })
}

/// The token of `Authorization: Bearer …`.
fn bearer(call: &HttpCall) -> Result<Option<&str>, Problem> {
    let mut all = call.headers.iter().filter(|(name, _)| name == "authorization");
    let Some((_, given)) = all.next() else { return Ok(None) };
    let token = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match (token, all.next()) {
        (Some((_, token)), None) => Ok(Some(token.trim())),
        _ => Err(sign_in()),
    }
}

/// The one cookie of this name; of two nobody knows which one is ours.
fn cookie<'a>(call: &'a HttpCall, wanted: &str) -> Option<&'a str> {
    let all = call.headers.iter().filter(|(name, _)| name == "cookie").flat_map(|(_, cookies)| cookies.split(';'));
    let mut found =
        all.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// Under which name a session's cookie lies here; none: neither TLS nor this machine protects it, and nobody signs in.
pub(crate) fn cookie_name(call: &HttpCall) -> Option<&'static str> {
    if call.header("x-forwarded-proto").is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https")) {
        return Some(UNDER_TLS);
    }
    let host = call.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(host, |(name, _)| name);
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_loopback = name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.to_canonical().is_loopback());
    is_loopback.then_some(ON_LOOPBACK)
}

/// Whether a cookie of this name goes without TLS.
pub(crate) fn is_plain(name: &str) -> bool {
    name == ON_LOOPBACK
}

/// What a browser sends along by itself proves only that somebody is signed in, not that they asked: where it came from says that.
fn came_from_here(call: &HttpCall) -> bool {
    if let Some(site) = call.header("sec-fetch-site") {
        return site == "same-origin";
    }
    let from = call.header("origin").and_then(|origin| origin.split_once("://")).map(|(_, from)| from);
    from.is_some() && from == call.header("host")
}
