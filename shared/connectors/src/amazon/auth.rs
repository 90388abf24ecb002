//! Fetches tokens from Login with Amazon: the seller's, with the refresh token of its authorisation, and one of the application's own, which
//! destinations of notifications want.
//!
//! The refresh token stays the same for as long as the authorisation lasts, so tokens may be fetched beside each other.

use super::{buckets, errors, requests, settings, wire};
use crate::wire_text;
use async_trait::async_trait;
use http::{Method, header};
use jiff::SignedDuration;
use ports::{Call, Error, ErrorKind, Result, Secret, Status, Token, TokenKind};

const OPERATION: &str = "amazon.token";
/// Where tokens come from, unless the setting `token_url` says otherwise.
const TOKEN_URL: &str = "https://api.amazon.com/auth/o2/token";
/// What destinations of notifications are made with.
const NOTIFICATIONS: &str = "sellingpartnerapi::notifications";

/// Fetches the seller's.
async fn of_seller(call: &Call<'_>) -> Result<Token> {
    let refresh = call.account.credential("refresh_token")?;
    fetch(call, &[("grant_type", "refresh_token"), ("refresh_token", refresh.expose())]).await
}

/// Fetches the application's own, for destinations of notifications.
pub(super) async fn of_application(call: &Call<'_>) -> Result<Secret> {
    Ok(fetch(call, &[("grant_type", "client_credentials"), ("scope", NOTIFICATIONS)]).await?.access)
}

async fn fetch(call: &Call<'_>, grant: &[(&str, &str)]) -> Result<Token> {
    let form = form(call, grant)?;
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(call.account.settings.get(settings::TOKEN_URL).map_or(TOKEN_URL, String::as_str))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")
        .body(form.into())
        .map_err(|e| requests::unbuildable(OPERATION, e))?;
    let bucket = buckets::of(&request);
    let response = call.http.send(request).await.map_err(harmless)?;
    let response = errors::check(OPERATION, response, false, bucket)?;
    let answer: wire::TokenAnswer = wire_text::json(OPERATION, response.body())?;
    let broken = |what: &str| Error::new(ErrorKind::Protocol, OPERATION, format!("Amazon gave a token that {what}"));
    let lives = answer.expires_in.get().copied().filter(|seconds| *seconds > 0);
    let (Some(lives), false) = (lives, answer.access_token.text().is_empty()) else { return Err(broken("cannot be used")) };
    let lasting = SignedDuration::from_secs(lives);
    let expires_at = call.now.checked_add(lasting).map_err(|_| broken("ends beyond the calendar"))?;
    Ok(Token { access: Secret::new(answer.access_token.text()), refresh: None, expires_at })
}

/// What is asked for, and who asks.
fn form(call: &Call<'_>, grant: &[(&str, &str)]) -> Result<String> {
    let (id, secret) = (call.account.credential("client_id")?, call.account.credential("client_secret")?);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(grant).append_pair("client_id", id.expose()).append_pair("client_secret", secret.expose());
    Ok(form.finish())
}

/// A token that got lost on its way changes nothing: asking again is safe.
fn harmless(error: Error) -> Error {
    if error.status == Status::Unknown { error.with_status(Status::Temporary { retry_after: None }) } else { error }
}

/// Amazon is called with a token.
pub(super) struct Capability;

#[async_trait]
impl ports::Tokens for Capability {
    fn kind(&self) -> TokenKind {
        TokenKind::Expiring
    }

    async fn fetch(&self, call: &Call<'_>, _previous: Option<&Token>) -> Result<Token> {
        of_seller(call).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, now, run};
    use super::*;

    #[test]
    fn a_token_is_fetched_with_the_refresh_token_of_the_seller() {
        let answer = r#"{"access_token":"Atza|made-up","token_type":"bearer","expires_in":3600,"refresh_token":"Atzr|x"}"#;
        let (account, canned) = (account(), Canned::new(&[(200, answer)]));
        let token = run(of_seller(&call(&canned, &account))).unwrap();
        assert_eq!((token.access.expose(), token.expires_at), ("Atza|made-up", now() + SignedDuration::from_hours(1)));
        let form = "grant_type=refresh_token&refresh_token=hush-refresh&client_id=hush-id&client_secret=hush-secret";
        assert_eq!(canned.asked(), [format!("POST /auth/o2/token {form}")]);
    }

    #[test]
    fn a_token_that_is_over_or_empty_is_none() {
        for body in [
            r#"{"access_token":"","expires_in":9}"#,
            r#"{"access_token":"x","expires_in":0}"#,
            "{}",
            r#"{"access_token":"x","expires_in":9223372036854775807}"#,
        ] {
            let (account, canned) = (account(), Canned::new(&[(200, body)]));
            assert_eq!(run(of_seller(&call(&canned, &account))).unwrap_err().kind, ErrorKind::Protocol, "{body}");
        }
    }
}
