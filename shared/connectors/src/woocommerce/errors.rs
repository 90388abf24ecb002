//! What WooCommerce, `WordPress`, PHP and the firewall in front of them say when something is wrong.

use crate::wire_text;
use crate::woocommerce::front;
use http::StatusCode;
use ports::{Error, ErrorKind, Pause, Response, Result, Status};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Where a host refuses without saying for how long.
const PAUSE_UNTOLD: Duration = Duration::from_secs(30);

/// `{code, message, data}`. `data` may be an object, a number or null, so it is not read: the HTTP status says the same.
#[derive(Debug, Deserialize)]
struct Refusal {
    code: String,
    #[serde(default)]
    message: String,
}

/// The answer's content, or the error it is. `writes`: the request may have changed something.
pub(super) fn read<T: DeserializeOwned>(operation: &'static str, response: &Response, writes: bool) -> Result<T> {
    if !response.status().is_success() {
        return Err(refused(operation, response, writes));
    }
    json(operation, response.body()).map_err(|e| if writes { e.with_status(Status::Unknown) } else { e })
}

/// The error that an answer other than 2xx is.
pub(super) fn refused(operation: &'static str, response: &Response, writes: bool) -> Error {
    let refusal = refusal(response);
    let code = refusal.as_ref().map_or_else(|| "no WooCommerce error".to_owned(), |r| word(&r.code));
    let detail = format!("HTTP {} {code}", response.status().as_u16());
    let error = match (response.status(), &refusal) {
        (status, _) if status.is_redirection() => configuration(
            operation,
            "the shop redirects to another address; enter its final address (with https:// and www, if it has them) as `base_url`",
        ),
        // Where there is no WooCommerce at all, or its permalinks are plain, every address answers so.
        (StatusCode::NOT_FOUND | StatusCode::GONE, None) => {
            let error = wire_text::not_its_own_404(operation, "WooCommerce", writes);
            let message = format!("{}; or set the shop's permalinks to anything but `plain`", error.message);
            Error { message, ..error }
        }
        (StatusCode::NOT_FOUND, Some(refusal)) if refusal.code == "rest_no_route" => configuration(
            operation,
            "the shop does not know WooCommerce's REST API v3; check `base_url` and that WooCommerce is active",
        ),
        // It is in no list any more, and not in the bin either.
        (StatusCode::NOT_FOUND, Some(refusal)) if refusal.code == "woocommerce_rest_shop_order_invalid_id" => {
            let message =
                "the shop no longer knows this order; if it was deleted there, say so (`confirm-deletion` on the order)";
            return wire_text::by_status(operation, response, writes, message.to_owned()).with_detail(detail);
        }
        // A refund record that did not work out: the shop removes it again. Its status is a 500.
        (_, Some(refusal)) if refusal.code == "woocommerce_rest_cannot_create_order_refund" => {
            Error::new(ErrorKind::Declined, operation, "the shop declines the refund record; look at the order in the shop")
        }
        (StatusCode::UNAUTHORIZED, _) => Error::new(
            ErrorKind::Unauthorized,
            operation,
            "the shop refuses our keys; check `consumer_key` and `consumer_secret`, that the key has read/write permission and its \
             user may manage the shop, whether the host strips the Authorization header (then set `auth` to `query`), and that a \
             shop behind a proxy knows it is served over https",
        ),
        (StatusCode::FORBIDDEN, None) | (StatusCode::TOO_MANY_REQUESTS, _) => held_back(operation, response),
        (StatusCode::PAYLOAD_TOO_LARGE, _) => {
            Error::new(ErrorKind::Declined, operation, "the shop declines: the request is too large")
        }
        _ => {
            let message = format!("the shop declines or fails ({detail})");
            return wire_text::by_status(operation, response, writes, message).with_detail(detail);
        }
    };
    error.with_detail(detail)
}

/// Whether the shop refused because the nonce was used before. It has done nothing then.
pub(super) fn nonce_was_used(response: &Response) -> bool {
    // The message is translated, the word in it is not.
    response.status() == StatusCode::UNAUTHORIZED
        && refusal(response)
            .is_some_and(|r| r.code == "woocommerce_rest_authentication_error" && r.message.to_lowercase().contains("nonce"))
}

/// How long to hold calls back: after a 429, a 503, and a firewall's 403, which is a page and not JSON.
pub(super) fn pause(response: &Response) -> Option<Pause> {
    let asks = match response.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        StatusCode::FORBIDDEN => refusal(response).is_none(),
        _ => false,
    };
    asks.then(|| Pause::all(wire_text::retry_after(response).unwrap_or(PAUSE_UNTOLD)))
}

/// The JSON text in the body.
pub(super) fn json<T: DeserializeOwned>(operation: &'static str, body: &[u8]) -> Result<T> {
    wire_text::json(operation, front::without(body)).map_err(|error| {
        let message = if body.trim_ascii().is_empty() {
            "the shop answers nothing at all; a plugin or the host breaks off what it says".to_owned()
        } else if let Some(front) = front::named(body) {
            format!("what the shop answers cannot be read: before the JSON stands {front}; a plugin or the host puts it there")
        } else {
            return error;
        };
        Error::new(error.kind, operation, message).with_status(error.status).with_detail(error.detail)
    })
}

fn refusal(response: &Response) -> Option<Refusal> {
    json("woocommerce.error", response.body()).ok()
}

fn held_back(operation: &'static str, response: &Response) -> Error {
    let retry_after = Some(wire_text::retry_after(response).unwrap_or(PAUSE_UNTOLD));
    Error::new(
        ErrorKind::RateLimited,
        operation,
        "the shop's host or firewall holds us back; if it stays so, ask the host to let our calls to /wp-json pass",
    )
    .with_status(Status::Temporary { retry_after })
}

fn configuration(operation: &'static str, message: &str) -> Error {
    Error::new(ErrorKind::Configuration, operation, message)
}

/// An error code as it may stand in a log: nothing but the letters `WordPress` makes codes of.
fn word(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(60).collect()
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
