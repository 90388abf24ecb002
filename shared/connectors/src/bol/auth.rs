//! Fetches a token with the seller's own credentials (OAuth 2.0 client credentials).
//!
//! The token address is limited hard and blocks callers that abuse it, so one token serves all functions; the engine's driver
//! keeps it. There is no refresh token in this flow.

use super::{errors, requests, wire};
use crate::wire_text;
use async_trait::async_trait;
use base64::Engine as _;
use http::{Method, header};
use jiff::SignedDuration;
use ports::{Call, Error, ErrorKind, Response, Result, Secret, Status, Token, TokenKind};

const OPERATION: &str = "bol.token";
/// Where tokens come from, unless the setting `token_url` says otherwise.
const TOKEN_URL: &str = "https://login.bol.com/token";

/// Fetches one.
pub(super) async fn token(call: &Call<'_>) -> Result<Token> {
    let id = call.account.credential("client_id")?;
    let secret = call.account.credential("client_secret")?;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", id.expose(), secret.expose()));
    let mut basic = http::HeaderValue::from_str(&format!("Basic {pair}")).map_err(|e| requests::unbuildable(OPERATION, e))?;
    basic.set_sensitive(true);
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(call.account.settings.get("token_url").map_or(TOKEN_URL, String::as_str))
        .header(header::AUTHORIZATION, basic)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(bytes::Bytes::from_static(b"grant_type=client_credentials"))
        .map_err(|e| requests::unbuildable(OPERATION, e))?;
    read(call, &call.http.send(request).await.map_err(harmless)?)
}

/// A token that got lost on its way changes nothing: asking again is safe.
fn harmless(error: Error) -> Error {
    if error.status == Status::Unknown { error.with_status(Status::Temporary { retry_after: None }) } else { error }
}

fn read(call: &Call<'_>, response: &Response) -> Result<Token> {
    if !response.status().is_success() {
        return Err(errors::refused(OPERATION, response, false));
    }
    let answer: wire::TokenAnswer = wire_text::json(OPERATION, response.body())?;
    // One that is over at once would have every call fetch another, at an address that blocks those who do.
    if answer.expires_in <= 0 || answer.access_token.is_empty() {
        return Err(Error::new(ErrorKind::Protocol, OPERATION, "bol gave a token that cannot be used"));
    }
    let expires_at = call
        .now
        .checked_add(SignedDuration::from_secs(answer.expires_in))
        .map_err(|_| Error::new(ErrorKind::Protocol, OPERATION, "bol's token ends beyond the calendar"))?;
    Ok(Token { access: Secret::new(answer.access_token), refresh: None, expires_at })
}

/// bol is called with a token.
pub(super) struct Capability;

#[async_trait]
impl ports::Tokens for Capability {
    fn kind(&self) -> TokenKind {
        TokenKind::Expiring
    }

    async fn fetch(&self, call: &Call<'_>, _previous: Option<&Token>) -> Result<Token> {
        token(call).await
    }
}
