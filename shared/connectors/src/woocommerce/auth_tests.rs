use super::*;
use std::collections::BTreeMap;

fn account(base_url: &str, auth: Option<&str>, webhook_secret: &str) -> Account {
    Account {
        connection: domain::ConnectionId::new("webshop").unwrap(),
        channel: domain::ChannelId::new("woocommerce").unwrap(),
        base_url: base_url.to_owned(),
        settings: auth.map(|a| ("auth".to_owned(), a.to_owned())).into_iter().collect(),
        credentials: BTreeMap::from([("webhook_secret".to_owned(), Secret::new(webhook_secret))]),
    }
}

#[test]
fn the_signature_is_what_another_implementation_works_out() {
    // Worked out with Python's hmac and urllib.
    let mut url = Url::parse("http://shop.example.test:8080/wp-json/wc/v3/orders").unwrap();
    url.query_pairs_mut().append_pair("modified_after", "2026-03-03T11:59:59").append_pair("search", "a b+c~é");
    let proof: Vec<_> = [
        ("oauth_consumer_key", "ck_test"),
        ("oauth_nonce", "abc"),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", "1772539200"),
        ("oauth_version", "1.0"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec();
    let text = base_string(&Method::GET, &url, &proof);
    assert!(text.ends_with("search%3Da%2520b%252Bc~%25C3%25A9"), "{text}");
    assert_eq!(signature(&Secret::new("cs_test"), &text), "LHWjYWtK11BuqytVJKqb/R7FWztnD+w8KqsJ9vd4a1Q=");
}

#[test]
fn the_scheme_follows_the_address() {
    let scheme = |url, auth| scheme(&account(url, auth, "")).map_err(|e| e.kind);
    assert_eq!(scheme("https://shop.example.test", None), Ok(Scheme::Basic));
    assert_eq!(scheme("https://shop.example.test", Some("query")), Ok(Scheme::KeysInQuery));
    assert_eq!(scheme("http://shop.example.test", None), Ok(Scheme::OAuthHeader));
    assert_eq!(scheme("http://shop.example.test", Some("query")), Ok(Scheme::OAuthInQuery));
    assert_eq!(scheme("shop.example.test", None), Err(ErrorKind::Configuration));
    assert_eq!(scheme("https://shop.example.test", Some("oauth2")), Err(ErrorKind::Configuration));
}

#[test]
fn a_secret_that_woocommerce_would_alter_is_refused() {
    assert!(webhook_secret(&account("https://x", None, "Zomer2026Sluisdeur")).is_ok());
    for wrong in ["", "kort1", "Zomer&2026Sluisdeur", "Zomer 2026 Sluisdeur", "Zomér2026Sluisdeur"] {
        let error = webhook_secret(&account("https://x", None, wrong)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{wrong}");
        assert!(wrong.is_empty() || !error.message.contains(wrong));
    }
}
