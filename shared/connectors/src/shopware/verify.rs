//! Whether the keys work, which Shopware it is, and which rights the integration's role lacks.
//!
//! Nothing tells an integration its own rights without a further right. So what is read is tried, and a refusal names what is missing; what is written shows
//! with the first write, which names it likewise.

use super::{criteria, errors, requests, version};
use http::{Method, StatusCode};
use ports::{Call, Result, Verified};
use serde_json::Value;

const OPERATION: &str = "shopware.verify";

/// Looks.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    let version = version::known(call, OPERATION).await?;
    let none = "0".repeat(32);
    let looks: [(&str, Value); 4] = [
        ("order", criteria::order(&none)),
        ("order", criteria::buyer(&none)),
        ("product", criteria::product_prices(&none)),
        ("currency", criteria::any()),
    ];
    let mut missing_rights: Vec<String> = Vec::new();
    for (entity, criteria) in looks {
        let path = format!("/api/search/{entity}");
        let response = requests::send(call, OPERATION, (Method::POST, &path), &[], Some(&criteria)).await?;
        if response.status() != StatusCode::FORBIDDEN {
            errors::check(OPERATION, response, false)?;
            continue;
        }
        let mut named = errors::missing_rights(&response);
        if named.is_empty() {
            named.push(format!("{entity}:read"));
        }
        missing_rights.extend(named);
    }
    missing_rights.sort_unstable();
    missing_rights.dedup();
    Ok(Verified { account: Some(format!("{}, Shopware {version}", call.account.base_url)), missing_rights })
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;

    #[test]
    fn a_right_that_is_lacking_is_named_as_the_shop_calls_it() {
        let detail = r#"{\"message\":\"Missing privilege\",\"missingPrivileges\":[\"order:read\",\"order_line_item:read\"]}"#;
        let denied = format!(r#"{{"errors":[{{"code":"FRAMEWORK__MISSING_PRIVILEGE_ERROR","detail":"{detail}"}}]}}"#);
        let (fine, version) = (r#"{"data":[]}"#, r#"{"version":"6.6.10.3"}"#);
        let canned = Canned::new(&[(200, version), (403, &denied), (403, &denied), (200, fine), (403, r#"{"errors":[]}"#)]);
        let account = account();
        let found = run(verify(&call(&canned, &account))).unwrap();
        assert_eq!(found.missing_rights, ["currency:read", "order:read", "order_line_item:read"]);
        assert_eq!(found.account.as_deref(), Some("https://shop.example.test, Shopware 6.6.10.3"));
    }
}
