//! Whether the keys work, and whether they may write.
//!
//! The shop tells of a key's permission nowhere, but it looks at it before anything else: a change of a product that cannot exist is refused
//! for want of permission, or because there is no such product. It changes nothing either way.

use crate::woocommerce::errors;
use crate::woocommerce::requests::{self, Ask};
use http::Method;
use ports::{Call, Error, ErrorKind, Response, Result, Verified};
use serde_json::json;

const OPERATION: &str = "woocommerce.verify";
const WRITE: &str = "woocommerce.verify_write";

/// As WooCommerce's own page names what the key must have.
pub(super) const READ_WRITE: &str = "Read/Write";

/// Looks whether a key may read, then whether it may write.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    let look = Ask::get(OPERATION, "/products").with([("per_page", "1".to_owned())]);
    requests::fetch::<serde::de::IgnoredAny>(call, &look).await?;
    let response = requests::send(call, &Ask::write(WRITE, Method::PUT, "/products/0", json!({}))).await?;
    judged(&response)
}

/// What the answer to the change that cannot be made says. Only the shop's own refusal says anything of the key: a page of somebody in between
/// leaves it unknown.
fn judged(response: &Response) -> Result<Verified> {
    if response.status().is_success() {
        let message = "the shop says that it changed a product that cannot exist; a plugin answers in its place";
        return Err(Error::new(ErrorKind::Protocol, WRITE, message));
    }
    let refused = errors::refused(WRITE, response, false);
    match refused.kind {
        ErrorKind::Unauthorized | ErrorKind::Forbidden => {
            Ok(Verified { account: None, missing_rights: vec![READ_WRITE.to_owned()] })
        }
        ErrorKind::NotFound | ErrorKind::BadInput | ErrorKind::Declined => Ok(Verified::default()),
        _ => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    fn told(status: StatusCode, body: &'static str) -> Result<Verified> {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        judged(&response)
    }

    #[test]
    fn only_the_shops_own_refusal_says_anything_of_the_key() {
        let missing = told(StatusCode::NOT_FOUND, r#"{"code":"woocommerce_rest_product_invalid_id","message":"Invalid ID."}"#);
        assert_eq!(missing.unwrap(), Verified::default());
        let read_only = r#"{"code":"woocommerce_rest_authentication_error","message":"no write permissions"}"#;
        assert_eq!(told(StatusCode::UNAUTHORIZED, read_only).unwrap().missing_rights, [READ_WRITE]);
        for status in [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK] {
            told(status, "<html>a firewall").unwrap_err();
        }
    }
}
