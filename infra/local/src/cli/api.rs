//! The way to the API of a running stack, for the commands that do something about orders and stock.

use crate::running::Running;
use aws::{Client, Reach};
use bytes::Bytes;
use http::{HeaderValue, Method};
use ports::{Error, ErrorKind, Http, Request, Response, Result, Secret};
use serde_json::Value;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

const CSV: &str = "text/csv";

/// Which stack.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Where {
    /// Where the pages of the stack are, such as `http://127.0.0.1:8080`; those of the stack that runs in the state folder if not said.
    #[arg(long, value_name = "ADDRESS", global = true)]
    at: Option<String>,
}

impl Where {
    /// Whether an address was given.
    pub(super) fn is_said(&self) -> bool {
        self.at.is_some()
    }
}

/// The machine token by which commands ask, where people sign in and no state folder is at hand.
const TOKEN: &str = "SLUIS_TOKEN";

/// Who asks.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Who {
    /// Your name, for the ledger and the timeline; the name you are logged in with on this machine if not said.
    #[arg(long, value_name = "NAME", global = true)]
    by: Option<String>,
}

impl Who {
    #[expect(clippy::disallowed_methods, reason = "this is where the local stack reads its surroundings")]
    pub(super) fn name(&self) -> Result<String> {
        let named = self.by.clone().or_else(|| std::env::var("USER").ok()).filter(|name| !name.trim().is_empty());
        named.ok_or_else(|| {
            Error::new(ErrorKind::BadInput, "by", "nobody is logged in by name here; say who you are with --by NAME")
        })
    }
}

/// The API.
pub(super) struct Api {
    base_url: String,
    client: Client,
    proof: Proof,
}

/// How it is proved who asks.
enum Proof {
    /// It is not: the stack asks nobody.
    None,
    /// By the key that the stack left in the state folder: the owner's, who says under which name.
    Key(Secret),
    /// By a machine token, whose name counts and no other.
    Token(Secret),
}

impl Proof {
    /// A machine token that was given; or the key, but only to the stack that left it.
    #[expect(clippy::disallowed_methods, reason = "this is where the local stack reads its surroundings")]
    fn of(base_url: &str, running: Option<Running>) -> Self {
        if let Some(token) = std::env::var(TOKEN).ok().filter(|token| !token.trim().is_empty()) {
            return Self::Token(Secret::new(token.trim()));
        }
        let key = running.filter(|running| running.pages == base_url && !running.key.is_empty());
        key.map_or(Self::None, |running| Self::Key(Secret::new(running.key)))
    }

    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Key(secret) | Self::Token(secret) => Some(secret),
        }
    }
}

impl Api {
    /// Finds it.
    pub(super) fn find(place: &Where, state: &Path) -> Result<Self> {
        let (base_url, running) = if let Some(address) = &place.at {
            (address.trim_end_matches('/').to_owned(), Running::read(state).ok())
        } else {
            let running = Running::read(state)?;
            (running.pages.clone(), Some(running))
        };
        let proof = Proof::of(&base_url, running);
        Ok(Self { base_url, client: Client::new(Reach::AndLoopback)?, proof })
    }

    /// Reads something.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        self.ask(Method::GET, path, None).await
    }

    /// Reads a file, and where the next part of it begins.
    pub(super) async fn get_file(&self, path: &str) -> Result<(String, Option<String>)> {
        let answer = self.answer(Method::GET, path, None).await?;
        let next = answer.headers().get("sluis-next").and_then(|next| next.to_str().ok()).map(str::to_owned);
        Ok((String::from_utf8_lossy(answer.body()).into_owned(), next))
    }

    /// Reads a file as it is.
    pub(super) async fn get_bytes(&self, path: &str) -> Result<Bytes> {
        Ok(self.answer(Method::GET, path, None).await?.into_body())
    }

    /// Sends a CSV file, with who sends it where that is kept.
    pub(super) async fn send_file(&self, path: &str, by: Option<&str>, text: Vec<u8>) -> Result<Value> {
        let path = by.map_or_else(|| path.to_owned(), |by| self.signed(path, by));
        self.ask(Method::POST, &path, Some((CSV, text))).await
    }

    /// A path with who asks; of a machine token the stack knows the name.
    pub(super) fn signed(&self, path: &str, by: &str) -> String {
        if matches!(self.proof, Proof::Token(_)) { path.to_owned() } else { format!("{path}?by={}", escaped(by)) }
    }

    /// Sends JSON: a question to be worked out, or a command.
    pub(super) async fn send_json(&self, path: &str, body: &Value) -> Result<Value> {
        let mut body = body.clone();
        if let (Proof::Token(_), Some(fields)) = (&self.proof, body.as_object_mut()) {
            fields.remove("by");
        }
        self.ask(Method::POST, path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    /// Asks for something that the path says all of.
    pub(super) async fn ask_for(&self, path: &str) -> Result<Value> {
        self.ask(Method::POST, path, None).await
    }

    /// Puts something in place.
    pub(super) async fn put_json(&self, path: &str, body: &Value) -> Result<Value> {
        self.ask(Method::PUT, path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    /// Takes something away.
    pub(super) async fn delete(&self, path: &str) -> Result<Value> {
        self.ask(Method::DELETE, path, None).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Value> {
        let mut answer = serde_json::from_slice(self.answer(method, path, body).await?.body()).unwrap_or_default();
        on_one_line(&mut answer);
        Ok(answer)
    }

    /// A good answer; one that is not is an error.
    async fn answer(&self, method: Method, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Response> {
        let (kind, body) = body.unzip();
        let sends = kind == Some(CSV);
        let mut request = Request::new(Bytes::from(body.unwrap_or_default()));
        *request.method_mut() = method;
        let address = format!("{}/api/v1/{path}", self.base_url);
        *request.uri_mut() = address.parse().map_err(|_| {
            let message = format!("{} is no address; for example --at http://127.0.0.1:8080", self.base_url);
            Error::new(ErrorKind::BadInput, "at", message)
        })?;
        if let Some(kind) = kind {
            request.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(secret) = self.proof.secret() {
            if !goes_unseen(request.uri()) {
                let message =
                    format!("{} is not asked with a token: others could read it on the way; use https://", self.base_url);
                return Err(Error::new(ErrorKind::BadInput, "at", message));
            }
            let value = HeaderValue::try_from(format!("Bearer {}", secret.expose()));
            let mut value =
                value.map_err(|_| Error::new(ErrorKind::BadInput, "token", format!("{TOKEN} is no machine token")))?;
            value.set_sensitive(true);
            request.headers_mut().insert(http::header::AUTHORIZATION, value);
        }
        let answer = self.client.send(request).await.map_err(|error| self.no_answer(error, sends))?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let told: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let why = told.get("detail").and_then(Value::as_str);
        let message =
            why.map_or_else(|| format!("{} answers with status {}", self.base_url, answer.status().as_u16()), str::to_owned);
        let kind = if answer.status().as_u16() == 404 { ErrorKind::NotFound } else { ErrorKind::Declined };
        Err(Error::new(kind, "api", message))
    }

    fn no_answer(&self, error: Error, sent: bool) -> Error {
        let message = match error.kind {
            ErrorKind::Timeout if sent => format!(
                "{} took the file and did not answer in time: some rows may be done. Look at the order or the product before you send \
                 it again",
                self.base_url
            ),
            _ => format!(
                "nothing answers at {}; is `sluis` running? If it is elsewhere, say where with --at ADDRESS",
                self.base_url
            ),
        };
        Error::new(error.kind, "api", message).caused_by(error)
    }
}

/// What comes from channels is written by whoever writes it there: no text of an answer breaks the row of a list in which it is shown, or reads as
/// something else than it is.
fn on_one_line(answer: &mut Value) {
    match answer {
        Value::String(text) if text.contains(domain::breaks_a_line) => {
            *text = text.chars().map(|c| if domain::breaks_a_line(c) { '\u{fffd}' } else { c }).collect();
        }
        Value::Array(several) => several.iter_mut().for_each(on_one_line),
        Value::Object(fields) => fields.values_mut().for_each(on_one_line),
        _ => {}
    }
}

/// An answer as what it is expected to be.
pub(super) fn understood<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T> {
    serde_json::from_value(answer).map_err(|_| {
        let message = "the stack answers in words that this version does not know; use the `sluis` that runs there";
        Error::new(ErrorKind::Protocol, "api", message)
    })
}

/// Whether nobody reads along: TLS, or an address of this machine.
fn goes_unseen(uri: &http::Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    uri.scheme_str() == Some("https") || is_here
}

/// As part of a path or a query.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
