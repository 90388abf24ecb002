//! Who may ask the API of one machine at all: programs of this machine, and the page that came from here. Who they are is asked after that.
//!
//! A page of somebody else's in the merchant's browser reaches every port of the machine too. It gives itself away by the name it
//! asks under (`Host`), by where it came from (`Origin`, `Sec-Fetch-Site`), and by the kinds of body that a browser sends without
//! asking first. A proxy gives itself away by the headers it adds, and by the old version of HTTP it usually speaks.

use crate::serve::{Answer, refusal, refusal_of};
use api::{FORM, LARGEST_FILE, LARGEST_JSON, Problem};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};
use std::net::IpAddr;

/// What proxies say of whom they speak for.
const FORWARDED: [&str; 8] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-port",
    "x-real-ip",
    "cf-connecting-ip",
];

/// The rule.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// Other machines and proxies may ask (`--expose`): everybody proves who they are.
    pub exposed: bool,
    /// Further names under which the API is asked (`[local] names`).
    pub names: Vec<String>,
}

impl Guard {
    /// How many bytes may follow, or why the request is refused.
    pub(super) fn admit(&self, head: &Parts) -> Result<usize, Box<Answer>> {
        self.comes_from_here(head)?;
        if matches!(head.method, Method::GET | Method::HEAD) {
            return Ok(0);
        }
        match kind(&head.headers).as_deref() {
            Some("application/json") => Ok(LARGEST_JSON),
            Some("text/csv") => Ok(LARGEST_FILE),
            // A form needs no script's leave: it must say that it stood on a page that came from here, and it is for pages alone.
            Some(FORM) if stood_on_our_page(head) => Ok(LARGEST_FILE),
            // What it is about stands in the path. A page of another site, which may send this without asking first, was refused above.
            None if !announces_a_body(&head.headers) => Ok(0),
            _ => {
                let kinds = "send JSON with the header content-type: application/json, or a file with content-type: text/csv";
                Err(Box::new(refusal_of(&Problem::new(415, kinds).in_field("content-type"))))
            }
        }
    }

    /// Whether a request comes from a program of this machine, or from a page that came from here; or why it is refused.
    pub(crate) fn comes_from_here(&self, head: &Parts) -> Result<(), Box<Answer>> {
        let no = |why: &str| Err(Box::new(refusal(StatusCode::FORBIDDEN, why)));
        let headers = &head.headers;
        if !self.exposed && (head.version < Version::HTTP_11 || FORWARDED.iter().any(|name| headers.contains_key(*name))) {
            let why = "this comes through a proxy, and this page is for this machine alone: a proxy for webhooks leads to the address \
                       `hooks_listen` of sluis.toml; for page and API start with --expose, and everybody signs in";
            return no(why);
        }
        // A request may name its whole address, and then it is for that one.
        let addressed = |host: &&str| head.uri.authority().is_none_or(|named| named.as_str().eq_ignore_ascii_case(host));
        let Some(host) = only(headers, HOST.as_str()).filter(|host| self.own(host)).filter(addressed) else {
            let why = "ask for this page as 127.0.0.1 or localhost; for other names see `names` in sluis.example.toml";
            return no(why);
        };
        let told = headers.contains_key(ORIGIN);
        let same = only(headers, ORIGIN.as_str())
            .and_then(|from| from.split_once("://"))
            .is_some_and(|(scheme, from)| matches!(scheme, "http" | "https") && from.eq_ignore_ascii_case(host));
        if (told && !same) || from_another_site(head) {
            return no("a page of another site asks this; only the page that came from here may");
        }
        Ok(())
    }

    /// Whether the request names this machine by a name that only this machine can mean, or by one of the merchant's.
    ///
    /// A number is no name: nobody can make one lead here that does not.
    fn own(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
            _ => (host, None),
        };
        // What is no port makes another name of it: `127.0.0.1:8080@elsewhere.test`.
        if port.is_some_and(|port| port.parse::<u16>().is_err() || !port.bytes().all(|b| b.is_ascii_digit())) {
            return false;
        }
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
        name.eq_ignore_ascii_case("localhost")
            || address.is_ok_and(|address| self.exposed || super::loopback(address))
            || self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// The one value of a header; nothing where there are two to choose from.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let one = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(one)
}

/// What every browser says of a request that a page of elsewhere caused. A link that somebody follows is none, unless it sends something.
fn from_another_site(head: &Parts) -> bool {
    let said = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let followed =
        head.method == Method::GET && said("sec-fetch-mode") == Some("navigate") && said("sec-fetch-dest") == Some("document");
    said("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) && !followed
}

/// Whether a form is sent to a page, and says that it stood on one of ours. What an `Origin` says was compared before.
fn stood_on_our_page(head: &Parts) -> bool {
    let is_page = !["/api/", "/_local/"].iter().any(|other| head.uri.path().starts_with(other));
    let same_origin = only(&head.headers, "sec-fetch-site").is_some_and(|site| site == "same-origin");
    head.method == Method::POST && is_page && (same_origin || head.headers.contains_key(ORIGIN))
}

/// Whether something follows that has no kind.
fn announces_a_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0")
}

fn kind(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
