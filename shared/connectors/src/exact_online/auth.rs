//! Consent and tokens. An access token lives ten minutes, and a new one is given in its last thirty seconds and not before; the refresh token ends when
//! it is used. So one worker at a time asks, and nobody asks again for what may have been answered, but once.

use super::errors::{harmless, shortened};
use super::{requests, settings, wire};
use async_trait::async_trait;
use http::{Method, header};
use jiff::SignedDuration;
use ports::{Account, Call, Consent, Error, ErrorKind, Patience, Response, Result, Secret, Status, Token, TokenKind};
use std::time::Duration;

const OPERATION: &str = "exact.token";
pub(super) const TOKEN_PATH: &str = "/api/oauth2/token";
/// A new token is given when this much is left of the one before.
const WINDOW: SignedDuration = SignedDuration::from_secs(30);
/// An answer that is not waited for is a refresh token that nobody has.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a person does about it.
const AUTHORISE: &str = "authorise the connection: `sluis authorize` names the page (docs/guides/exact.md)";

/// Exact Online is called with a token.
pub(super) struct Capability;

#[async_trait]
impl ports::Tokens for Capability {
    fn kind(&self) -> TokenKind {
        TokenKind::Rotating
    }

    async fn fetch(&self, call: &Call<'_>, previous: Option<&Token>) -> Result<Token> {
        let refresh = previous.and_then(|token| token.refresh.as_ref());
        let Some((previous, refresh)) = previous.zip(refresh) else {
            let message = format!("nobody let Sluis into Exact Online yet; {AUTHORISE}");
            return Err(Error::new(ErrorKind::Unauthorized, OPERATION, message));
        };
        let left = previous.expires_at.duration_since(call.now);
        if left > WINDOW {
            // It would be refused, and counted against us.
            let retry_after = Duration::try_from(left.saturating_sub(WINDOW)).ok();
            let message = "Exact Online gives a new token when the one before is about to end, and not before";
            return Err(Error::new(ErrorKind::RateLimited, OPERATION, message).with_status(Status::Temporary { retry_after }));
        }
        ask(call, &[("grant_type", "refresh_token"), ("refresh_token", refresh.expose())]).await
    }

    fn consent(&self) -> Option<&dyn Consent> {
        Some(self)
    }
}

#[async_trait]
impl Consent for Capability {
    fn address(&self, account: &Account) -> Result<String> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", account.credential("client_id")?.expose())
            .append_pair("redirect_uri", settings::redirect_uri(account)?)
            .append_pair("response_type", "code")
            .append_pair("force_login", "0");
        Ok(format!("{}/api/oauth2/auth?{}", account.base_url, query.finish()))
    }

    async fn exchange(&self, call: &Call<'_>, answer: &str) -> Result<Token> {
        let code = code(answer)?;
        let redirect = settings::redirect_uri(call.account)?;
        ask(call, &[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", redirect)]).await
    }
}

/// The code of an answer: of the whole address, or alone as it stood there. It comes encoded, and is decoded once.
fn code(answer: &str) -> Result<String> {
    let answer = answer.trim();
    let query = answer.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default().to_owned());
    // Alone, a plus is a plus.
    let query = query.unwrap_or_else(|| format!("code={}", answer.replace('+', "%2B").replace('&', "%26")));
    let find = |name: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    if let Some(code) = find("code").filter(|code| !code.is_empty()) {
        return Ok(code);
    }
    let said = find("error").map_or_else(String::new, |said| format!("; Exact Online says: {}", shortened(&said)));
    let message = format!("there is no code in that answer: copy the whole address of the page that you came to{said}");
    Err(Error::new(ErrorKind::BadInput, OPERATION, message))
}

async fn ask(call: &Call<'_>, grant: &[(&str, &str)]) -> Result<Token> {
    let form = form(call, grant)?;
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(format!("{}{TOKEN_PATH}", call.account.base_url))
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(Patience(PATIENCE))
        .body(form.into())
        .map_err(|e| requests::unbuildable(OPERATION, e))?;
    // Nothing was booked by it. Whether the refresh token is used up, the next try tells.
    let response = call.http.send(request).await.map_err(harmless)?;
    let answer: wire::TokenAnswer = crate::objects::from_slice(response.body()).unwrap_or_default();
    if !response.status().is_success() {
        return Err(refused(&response, &answer));
    }
    let broken = |what: &str| Error::new(ErrorKind::Protocol, OPERATION, format!("Exact Online gave a token that {what}"));
    let lives = answer.expires_in.get().copied().filter(|seconds| *seconds > 0);
    let (access, refresh) = (answer.access_token.text(), answer.refresh_token.text());
    let (Some(lives), false, false) = (lives, access.is_empty(), refresh.is_empty()) else {
        return Err(broken("cannot be used"));
    };
    let expires_at = call.now.checked_add(SignedDuration::from_secs(lives)).map_err(|_| broken("ends beyond the calendar"))?;
    Ok(Token { access: Secret::new(access), refresh: Some(Secret::new(refresh)), expires_at })
}

/// What is asked for, and who asks.
fn form(call: &Call<'_>, grant: &[(&str, &str)]) -> Result<String> {
    let (id, secret) = (call.account.credential("client_id")?, call.account.credential("client_secret")?);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(grant).append_pair("client_id", id.expose()).append_pair("client_secret", secret.expose());
    Ok(form.finish())
}

fn refused(response: &Response, answer: &wire::TokenAnswer) -> Error {
    let status = response.status().as_u16();
    let (error, description) = (answer.error.text(), answer.error_description.text());
    let said = shortened(if description.is_empty() { error } else { description });
    let too_early = response.headers().get("reason").and_then(|reason| reason.to_str().ok());
    let too_early = too_early.is_some_and(|reason| reason.starts_with("TooEarly")) || description.contains("not expired");
    if too_early || status == 429 {
        let retry_after = Some(Duration::from_secs(30));
        return Error::new(ErrorKind::RateLimited, OPERATION, "Exact Online gives no new token yet")
            .with_status(Status::Temporary { retry_after })
            .with_detail(format!("HTTP {status}"));
    }
    if status >= 500 {
        return Error::new(ErrorKind::Unavailable, OPERATION, "Exact Online gives no tokens just now; it will be tried again")
            .with_detail(format!("HTTP {status}"));
    }
    if matches!(error, "invalid_client" | "unauthorized_client") {
        let message =
            format!("Exact Online does not know these credentials; check `client_id` and `client_secret`; it says: {said}");
        return Error::new(ErrorKind::Configuration, OPERATION, message).with_detail(format!("HTTP {status}"));
    }
    let message = format!("Exact Online gives no new token, and only a person's consent helps; it says: {said}; {AUTHORISE}");
    Error::new(ErrorKind::Unauthorized, OPERATION, message).with_detail(format!("HTTP {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_in_the_whole_address_and_decoded_once() {
        for answer in
            ["https://kade.example.test/done?code=stamp%21a%2Bb&state=1", "stamp!a+b", "stamp%21a%2Bb", " stamp!a%2Bb\n"]
        {
            assert_eq!(code(answer).unwrap(), "stamp!a+b", "{answer}");
        }
        let refused = code("https://kade.example.test/done?error=access_denied").unwrap_err();
        assert!(refused.message.contains("access_denied"), "{}", refused.message);
        assert_eq!(code("").unwrap_err().kind, ErrorKind::BadInput);
    }
}
