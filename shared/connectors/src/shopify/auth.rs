//! The token: fetched with the app's credentials and good for 24 hours, or one the merchant gave.

use super::{errors, graphql};
use crate::wire_text;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, header};
use jiff::SignedDuration;
use ports::{Call, Error, ErrorKind, Result, Secret, Token, TokenKind};
use serde::Deserialize;

const OPERATION: &str = "shopify.token";
/// Where a token is asked for.
pub(super) const PATH: &str = "/admin/oauth/access_token";
/// How long a token that never ends is used before the credentials are looked at again.
const GIVEN_TOKEN_HOURS: i64 = 24;

#[derive(Deserialize)]
struct Granted {
    access_token: Secret,
    /// Seconds from now.
    expires_in: i64,
}

/// A token by the client credentials grant; or, where the merchant gave `access_token` (a custom app's offline token), that one.
pub(super) async fn token(call: &Call<'_>) -> Result<Token> {
    if let Some(given) = call.account.credentials.get("access_token") {
        return Ok(Token { access: given.clone(), refresh: None, expires_at: later(call, GIVEN_TOKEN_HOURS * 3600) });
    }
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", call.account.credential("client_id")?.expose())
        .append_pair("client_secret", call.account.credential("client_secret")?.expose())
        .finish();
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(format!("{}{PATH}", call.account.base_url))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(Bytes::from(form))
        .map_err(|_| graphql::unbuildable(OPERATION))?;
    // A token fetched twice harms nothing, so this is not a write.
    let response = call.http.send(request).await?;
    if !response.status().is_success() {
        return Err(refused(&response));
    }
    let granted: Granted = wire_text::json(OPERATION, response.body())?;
    // One that is over at once would have every call fetch another.
    if granted.expires_in <= 0 || granted.access_token.expose().is_empty() {
        return Err(Error::new(ErrorKind::Protocol, OPERATION, "Shopify gave a token that cannot be used"));
    }
    Ok(Token { access: granted.access_token, refresh: None, expires_at: later(call, granted.expires_in) })
}

fn later(call: &Call<'_>, seconds: i64) -> jiff::Timestamp {
    call.now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(jiff::Timestamp::MAX)
}

/// Shopify tells wrong credentials with 400 or 401, and an app that may not use this grant with 400 too.
fn refused(response: &ports::Response) -> ports::Error {
    match response.status().as_u16() {
        400 | 401 => ports::Error::new(
            ports::ErrorKind::Unauthorized,
            OPERATION,
            "Shopify does not accept client_id and client_secret; check them, and that the app belongs to the shop's own organisation",
        )
        .with_detail(format!("HTTP {}", response.status().as_u16())),
        _ => errors::by_status(OPERATION, response, false),
    }
}

/// Shopify is called with a token.
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
