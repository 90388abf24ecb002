//! Fetches tokens with the keys of an integration. There is no refresh token, and the address is the only one that Shopware itself limits, so a token is
//! used until it ends.

use super::{buckets, errors, requests, wire};
use crate::wire_text;
use async_trait::async_trait;
use http::{Method, header};
use jiff::SignedDuration;
use ports::{Call, Error, ErrorKind, Result, Secret, Status, Token, TokenKind};

const OPERATION: &str = "shopware.token";
/// The integration's access key, as its page shows it.
pub(super) const KEY: &str = "access_key_id";
/// The integration's secret, which its page shows once.
pub(super) const SECRET: &str = "secret_access_key";

async fn fetch(call: &Call<'_>) -> Result<Token> {
    let (key, secret) = (call.account.credential(KEY)?, call.account.credential(SECRET)?);
    let grant = wire::TokenGrant { grant_type: "client_credentials", client_id: key.expose(), client_secret: secret.expose() };
    let body = serde_json::to_vec(&grant).map_err(|e| requests::unbuildable(OPERATION, e))?;
    let request = requests::start(call, Method::POST, buckets::TOKEN_PATH)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .map_err(|e| requests::unbuildable(OPERATION, e))?;
    let response = call.http.send(request).await.map_err(harmless)?;
    let response = errors::check(OPERATION, response, false).map_err(|refused| named(call, refused))?;
    let answer: wire::TokenAnswer = wire_text::json(OPERATION, response.body())?;
    let broken = |what: &str| Error::new(ErrorKind::Protocol, OPERATION, format!("the shop gave a token that {what}"));
    let lives = answer.expires_in.get().copied().filter(|seconds| *seconds > 0);
    let (Some(lives), false) = (lives, answer.access_token.text().is_empty()) else { return Err(broken("cannot be used")) };
    let expires_at = call.now.checked_add(SignedDuration::from_secs(lives)).map_err(|_| broken("ends beyond the calendar"))?;
    Ok(Token { access: Secret::new(answer.access_token.text()), refresh: None, expires_at })
}

/// Which credentials it is that the shop does not take.
fn named(call: &Call<'_>, refused: Error) -> Error {
    if !matches!(refused.kind, ErrorKind::Unauthorized | ErrorKind::Declined) {
        return refused;
    }
    let message = format!(
        "the shop gives no token for these keys; check `{KEY}` and `{SECRET}` of connection {}: the integration may have been deleted, or its \
         secret made anew",
        call.account.connection
    );
    Error { message, kind: ErrorKind::Unauthorized, ..refused }
}

/// A token that got lost on its way changes nothing: asking again is safe.
fn harmless(error: Error) -> Error {
    if error.status == Status::Unknown { error.with_status(Status::Temporary { retry_after: None }) } else { error }
}

/// Shopware is called with a token.
pub(super) struct Capability;

#[async_trait]
impl ports::Tokens for Capability {
    fn kind(&self) -> TokenKind {
        TokenKind::Expiring
    }

    async fn fetch(&self, call: &Call<'_>, _previous: Option<&Token>) -> Result<Token> {
        fetch(call).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, now, run};
    use super::*;

    #[test]
    fn a_token_is_fetched_with_the_keys_of_the_integration() {
        let answer = r#"{"token_type":"Bearer","expires_in":600,"access_token":"made.up"}"#;
        let (account, canned) = (account(), Canned::new(&[(200, answer)]));
        let token = run(fetch(&call(&canned, &account))).unwrap();
        assert_eq!((token.access.expose(), token.expires_at), ("made.up", now() + SignedDuration::from_mins(10)));
        let body = r#"{"grant_type":"client_credentials","client_id":"hush-key","client_secret":"hush-secret"}"#;
        assert_eq!(canned.asked(), [format!("POST /api/oauth/token {body}")]);
    }

    #[test]
    fn keys_that_are_not_taken_are_named_and_never_shown() {
        let refusal = r#"{"errors":[{"code":"10","status":"401","title":"Client authentication failed"}]}"#;
        for status in [400, 401] {
            let (account, canned) = (account(), Canned::new(&[(status, refusal)]));
            let error = run(fetch(&call(&canned, &account))).unwrap_err();
            assert!(error.kind == ErrorKind::Unauthorized && error.message.contains("`secret_access_key`"), "{error:?}");
            assert!(!format!("{error:?}").contains("hush"));
        }
    }

    #[test]
    fn a_token_that_is_over_or_empty_is_none() {
        for body in [r#"{"access_token":"","expires_in":9}"#, r#"{"access_token":"x","expires_in":0}"#, "{}"] {
            let (account, canned) = (account(), Canned::new(&[(200, body)]));
            assert_eq!(run(fetch(&call(&canned, &account))).unwrap_err().kind, ErrorKind::Protocol, "{body}");
        }
    }
}
