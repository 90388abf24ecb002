//! Calls to channels: no redirects, no retries, whole bodies, and only to the public internet.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use ports::{Error, ErrorKind, Http, Patience, Reach, Request, Response, Result, Status};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// Longest wait for a whole answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Largest answer that is read.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Who calls, as the far side's logs show it.
const AGENT: &str = concat!("sluis/", env!("CARGO_PKG_VERSION"));

/// The way out.
#[derive(Debug, Clone)]
pub struct Client {
    inner: reqwest::Client,
    reach: Reach,
}

impl Client {
    /// A client with its own pool of connections; make one per process.
    pub fn new(reach: Reach) -> Result<Self> {
        // The process may have chosen a provider before; it can only have been this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let inner = reqwest::Client::builder()
            .user_agent(AGENT)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            // A proxy would look names up itself, behind the back of the guard.
            .no_proxy()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT)
            .dns_resolver(Guard { reach })
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Configuration, "http.client", "no HTTP client can be made here").caused_by(error)
            })?;
        Ok(Self { inner, reach })
    }
}

#[async_trait]
impl Http for Client {
    async fn send(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let url = allowed(self.reach, &parts.uri.to_string())?;
        let patience = parts.extensions.get::<Patience>().copied();
        let mut call = self.inner.request(parts.method, url).headers(parts.headers).body(body);
        if let Some(Patience(longest)) = patience {
            call = call.timeout(longest);
        }
        let mut answer = call.send().await.map_err(|error| failed(&error))?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        *response.body_mut() = whole(answer).await?;
        Ok(response)
    }
}

/// Checks everything that can be told from the address itself; names are checked when they are looked up.
fn allowed(reach: Reach, uri: &str) -> Result<Url> {
    let url = Url::parse(uri).map_err(|error| refused("is not an address", uri).caused_by(error))?;
    match reach.refuses(&url) {
        Some(why) => Err(refused(why, uri)),
        None => Ok(url),
    }
}

fn refused(why: &str, uri: &str) -> Error {
    // Without the query, and without what stands before the host: they may carry a secret.
    let address = uri.split('?').next().unwrap_or_default();
    let address = address.rsplit_once('@').map_or(address, |(_, host)| host);
    Error::new(
        ErrorKind::Configuration,
        "http.send",
        format!("the address {address} {why}; correct it in the connection's settings"),
    )
}

async fn whole(mut answer: reqwest::Response) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(part) = answer.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + part.len() > MOST_BYTES {
            return Err(
                Error::new(ErrorKind::Protocol, "http.send", "the answer is larger than 16 MiB").with_status(Status::Unknown)
            );
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// `Unavailable` only where nothing can have arrived. The text never holds the address: it may carry a token.
fn failed(error: &reqwest::Error) -> Error {
    if let Some(Inside(name)) = source(error) {
        return refused("leads to an address that is not on the public internet", name);
    }
    let detail = causes(error);
    if error.is_builder() {
        return Error::new(ErrorKind::Bug, "http.send", "the call could not be built").with_detail(detail);
    }
    if error.is_connect() {
        let message = format!("no connection to the channel's server{}", server(error));
        return Error::new(ErrorKind::Unavailable, "http.send", message).with_detail(detail);
    }
    // Whatever ended it, the call may have been done.
    let what = if error.is_timeout() {
        "the channel's server gave no whole answer in time"
    } else {
        "the channel's server broke off, or sent what is no whole answer"
    };
    Error::new(ErrorKind::Timeout, "http.send", what).with_detail(detail)
}

/// Which server: its name and port, and nothing of the address that may carry a token.
fn server(error: &reqwest::Error) -> String {
    let named = error.url().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    named.map_or_else(String::new, |(host, port)| format!(" at {host}:{port}"))
}

fn source<'a, T: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a T> {
    std::iter::successors(error.source(), |e| (*e).source()).find_map(|e| e.downcast_ref())
}

fn causes(error: &reqwest::Error) -> String {
    use std::error::Error as _;
    let texts: Vec<_> = std::iter::successors(error.source(), |e| (*e).source()).map(ToString::to_string).collect();
    texts.join(": ")
}

/// Looks names up, and hands on only what may be called: a name that is harmless today can point inside tomorrow.
#[derive(Debug, Clone, Copy)]
struct Guard {
    reach: Reach,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Inside(name.as_str().to_owned()).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A name that has no public address.
#[derive(Debug)]
struct Inside(String);

impl std::fmt::Display for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} has no public address", self.0)
    }
}

impl std::error::Error for Inside {}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
