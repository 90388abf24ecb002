//! Who calls: HTTP Basic over https, OAuth 1.0a with one leg over plain http, where WooCommerce does not look at Basic.
//!
//! A nonce that was used in the last 15 minutes is refused. Connectors have no memory and no random numbers, so the nonce is a
//! digest of everything that makes this call itself; where the very same call is made twice in one instant, the shop refuses the
//! second before it does anything, and `requests` signs it again with the next `attempt`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method};
use ports::{Account, Call, Error, ErrorKind, Result, Secret};
use ring::{digest, hmac};
use url::Url;

/// How a request proves who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Basic,
    KeysInQuery,
    OAuthHeader,
    OAuthInQuery,
}

/// Whether the shop checks nonces on this account's calls.
pub(super) fn has_nonce(account: &Account) -> bool {
    matches!(scheme(account), Ok(Scheme::OAuthHeader | Scheme::OAuthInQuery))
}

/// Adds the proof to the address, or answers the header to send it in.
pub(super) fn sign(call: &Call<'_>, method: &Method, url: &mut Url, body: &[u8], attempt: u32) -> Result<Option<HeaderValue>> {
    let key = call.account.credential("consumer_key")?;
    let secret = call.account.credential("consumer_secret")?;
    let scheme = scheme(call.account)?;
    match scheme {
        Scheme::Basic => {
            let pair = STANDARD.encode(format!("{}:{}", key.expose(), secret.expose()));
            header(&format!("Basic {pair}")).map(Some)
        }
        Scheme::KeysInQuery => {
            url.query_pairs_mut().append_pair("consumer_key", key.expose()).append_pair("consumer_secret", secret.expose());
            Ok(None)
        }
        Scheme::OAuthHeader | Scheme::OAuthInQuery => {
            let mut proof = vec![
                ("oauth_consumer_key", key.expose().to_owned()),
                ("oauth_nonce", nonce(call, method, url, body, attempt)),
                ("oauth_signature_method", "HMAC-SHA256".to_owned()),
                ("oauth_timestamp", call.now.as_second().to_string()),
                ("oauth_version", "1.0".to_owned()),
            ];
            let signature = signature(secret, &base_string(method, url, &proof));
            proof.push(("oauth_signature", signature));
            if scheme == Scheme::OAuthInQuery {
                url.query_pairs_mut().extend_pairs(&proof);
                return Ok(None);
            }
            let fields: Vec<_> = proof.iter().map(|(name, value)| format!("{name}=\"{}\"", strict(value))).collect();
            header(&format!("OAuth {}", fields.join(", "))).map(Some)
        }
    }
}

/// The webhook secret, if WooCommerce would sign with the same bytes that we check with.
pub(super) fn webhook_secret(account: &Account) -> Result<&Secret> {
    let secret = account.credential("webhook_secret")?;
    if secret.expose().len() >= 16 && secret.expose().bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(secret);
    }
    Err(Error::new(
        ErrorKind::Configuration,
        "woocommerce.webhook_secret",
        format!(
            "connection {}: `webhook_secret` must be at least 16 letters A-Z, a-z and digits and nothing else, because WooCommerce \
             decodes signs such as `&` before it signs with it; choose another secret",
            account.connection
        ),
    ))
}

/// What is wrong with the address or the setting `auth`, if anything.
pub(super) fn flaw(account: &Account) -> Option<Error> {
    scheme(account).err()
}

fn scheme(account: &Account) -> Result<Scheme> {
    let wrong = |text: String| Error::new(ErrorKind::Configuration, "woocommerce.auth", text);
    let in_query = match account.settings.get("auth").map(String::as_str) {
        None | Some("header") => false,
        Some("query") => true,
        Some(other) => {
            let text = format!("connection {}: the setting `auth` is `{other}`; use `header` or `query`", account.connection);
            return Err(wrong(text));
        }
    };
    match (account.base_url.split_once("://").map(|(scheme, _)| scheme), in_query) {
        (Some("https"), false) => Ok(Scheme::Basic),
        (Some("https"), true) => Ok(Scheme::KeysInQuery),
        (Some("http"), false) => Ok(Scheme::OAuthHeader),
        (Some("http"), true) => Ok(Scheme::OAuthInQuery),
        _ => Err(wrong(format!(
            "connection {}: `base_url` must be the shop's address and begin with https:// (or http:// without a certificate)",
            account.connection
        ))),
    }
}

fn header(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(
            ErrorKind::Configuration,
            "woocommerce.auth",
            "`consumer_key` or `consumer_secret` holds a sign that no header can carry; copy them again from WooCommerce",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn nonce(call: &Call<'_>, method: &Method, url: &Url, body: &[u8], attempt: u32) -> String {
    let mut told = digest::Context::new(&digest::SHA256);
    let now = call.now.as_nanosecond().to_string();
    let attempt = attempt.to_string();
    for part in [call.operation_id, method.as_str(), url.as_str(), &now, &attempt] {
        told.update(part.as_bytes());
        told.update(b"\0");
    }
    told.update(body);
    told.finish().as_ref().iter().take(16).flat_map(|byte| [hex(byte >> 4), hex(*byte)]).collect()
}

/// RFC 5849 section 3.4.1. WooCommerce counts the address's query, and never a JSON body.
fn base_string(method: &Method, url: &Url, proof: &[(&str, String)]) -> String {
    let mut pairs: Vec<_> = url
        .query_pairs()
        .map(|(name, value)| (strict(&name), strict(&value)))
        .chain(proof.iter().map(|(name, value)| (strict(name), strict(value))))
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut address = url.clone();
    address.set_query(None);
    format!("{method}&{}&{}", strict(address.as_str()), strict(&pairs.join("&")))
}

fn signature(secret: &Secret, base_string: &str) -> String {
    // There is no token, so nothing follows the ampersand.
    let key = hmac::Key::new(hmac::HMAC_SHA256, format!("{}&", secret.expose()).as_bytes());
    STANDARD.encode(hmac::sign(&key, base_string.as_bytes()))
}

/// RFC 3986: everything but the unreserved characters as `%XX`.
fn strict(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex(byte >> 4), hex(byte)]);
        }
        out
    })
}

/// The digit of the lower half.
fn hex(byte: u8) -> char {
    char::from_digit(u32::from(byte & 15), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
