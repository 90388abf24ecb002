//! What the API of one machine lets in.

use super::*;
use http::Request;

fn asked(guard: &Guard, method: &str, headers: &[(&str, &str)]) -> Result<usize, u16> {
    let mut request = Request::builder().method(method).uri("/api/v1/orders");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    guard.admit(&request.body(()).unwrap().into_parts().0).map_err(|answer| answer.status().as_u16())
}

fn here(method: &str, headers: &[(&str, &str)]) -> Result<usize, u16> {
    asked(&Guard::default(), method, &[&[("host", "127.0.0.1:8080")], headers].concat())
}

const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

#[test]
fn only_names_of_this_machine_are_its_own() {
    let named = |host: &str| asked(&Guard::default(), "GET", &[("host", host)]).is_ok();
    for own in ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "[::1]", "127.0.0.1", "127.8.8.8"] {
        assert!(named(own), "{own}");
    }
    for foreign in [
        "evil.example.test:8080",
        "127.0.0.1.example.test",
        "192.168.1.5:8080",
        "",
        "localhost.example.test",
        "::1.test",
        "127.0.0.1:8080@evil.example.test",
        "127.0.0.1:8080, evil.example.test",
        "localhost, evil.example.test",
        "localhost:",
        "localhost:+80",
        "localhost:80800",
        "evil.example.test@127.0.0.1",
        "[::1]:8080@evil.example.test",
    ] {
        assert!(!named(foreign), "{foreign}");
    }
    assert_eq!(asked(&Guard::default(), "GET", &[]), Err(403), "without a name");
    let two = [("host", "127.0.0.1"), ("host", "evil.example.test")];
    assert_eq!(asked(&Guard::default(), "GET", &two), Err(403), "with two");
}

#[test]
fn a_request_that_names_its_whole_address_is_for_that_one() {
    let whole = |uri: &str, host: &str| {
        let request = Request::builder().uri(uri).header("host", host).body(()).unwrap();
        Guard::default().admit(&request.into_parts().0).map_err(|answer| answer.status().as_u16())
    };
    assert_eq!(whole("http://127.0.0.1:8080/api/v1/orders", "127.0.0.1:8080"), Ok(0));
    for (uri, host) in [
        ("http://evil.example.test/api/v1/orders", "127.0.0.1:8080"),
        ("http://127.0.0.1:8080/api/v1/orders", "evil.example.test"),
        ("http://127.0.0.1:8080@evil.example.test/api/v1/orders", "127.0.0.1:8080"),
    ] {
        assert_eq!(whole(uri, host), Err(403), "{uri} {host}");
    }
}

#[test]
fn other_machines_and_names_are_let_in_as_far_as_the_merchant_says() {
    let guard = Guard { exposed: true, names: vec!["sluis.example.test".to_owned()] };
    for own in ["192.168.1.5:8080", "sluis.example.test", "Sluis.Example.test:443", "localhost"] {
        assert!(asked(&guard, "GET", &[("host", own)]).is_ok(), "{own}");
    }
    assert_eq!(asked(&guard, "GET", &[("host", "evil.example.test")]), Err(403), "a name that somebody else made lead here");
    let through = [("host", "sluis.example.test"), ("x-forwarded-for", "203.0.113.9"), ("origin", "https://sluis.example.test")];
    assert!(asked(&guard, "GET", &through).is_ok(), "something that asks who is there is a proxy");
}

#[test]
fn pages_of_other_sites_are_refused_whatever_they_ask() {
    for foreign in [
        ("origin", "https://evil.example.test"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:9999"),
        ("origin", "http://localhost:8080"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(here("POST", &[foreign, JSON]), Err(403), "{foreign:?}");
        assert_eq!(here("GET", &[foreign]), Err(403), "{foreign:?}");
        assert_eq!(here("OPTIONS", &[foreign]), Err(403), "{foreign:?}");
    }
    let own = [("origin", "http://127.0.0.1:8080"), ("sec-fetch-site", "same-origin"), JSON];
    assert_eq!(here("POST", &own), Ok(LARGEST_JSON));
    let typed = [("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert!(here("GET", &typed).is_ok(), "somebody typed the address");
}

#[test]
fn a_link_from_elsewhere_may_be_followed_and_no_more() {
    let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert!(here("GET", &link).is_ok());
    assert_eq!(here("POST", &[&link[..], &[JSON]].concat()), Err(403), "a form");
    let framed = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")];
    assert_eq!(here("GET", &framed), Err(403));
}

#[test]
fn what_changes_something_is_json_or_a_file_and_no_larger_than_that() {
    assert_eq!(here("POST", &[JSON]), Ok(LARGEST_JSON));
    assert_eq!(here("POST", &[("content-type", "text/csv")]), Ok(LARGEST_FILE));
    for other in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        assert_eq!(here("POST", &[("content-type", other)]), Err(415), "{other}");
        assert_eq!(here("DELETE", &[("content-type", other)]), Err(415), "{other}");
    }
    for method in ["PUT", "POST", "DELETE"] {
        assert_eq!(here(method, &[]), Ok(0), "{method}: what it is about stands in the path, and nothing may follow");
        assert_eq!(here(method, &[("content-length", "0")]), Ok(0), "{method}");
        for body in [("content-length", "2"), ("transfer-encoding", "chunked")] {
            assert_eq!(here(method, &[body]), Err(415), "{method}: a body of no kind");
        }
    }
    assert_eq!(here("DELETE", &[("origin", "https://evil.example.test")]), Err(403));
    assert_eq!(here("GET", &[]), Ok(0), "what is only read has no body");
}

#[test]
fn a_form_is_taken_by_pages_alone_and_only_from_one_of_ours() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let asked = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Guard::default().admit(&request.body(()).unwrap().into_parts().0).map_err(|answer| answer.status().as_u16())
    };
    let ours = ("origin", "http://127.0.0.1:8080");
    assert_eq!(asked("POST", "/orders/shop/7", &[form, ours]), Ok(LARGEST_FILE));
    assert_eq!(asked("POST", "/orders/shop/7", &[form, ("sec-fetch-site", "same-origin")]), Ok(LARGEST_FILE));
    assert_eq!(asked("POST", "/orders/shop/7", &[form]), Err(415), "it does not say where it stood");
    assert_eq!(asked("POST", "/api/v1/stock/adjustments", &[form, ours]), Err(415), "the API takes none");
    assert_eq!(asked("POST", "/_local/chaos", &[form, ours]), Err(415));
    assert_eq!(asked("PUT", "/orders/shop/7", &[form, ours]), Err(415));
    for elsewhere in [("origin", "https://evil.example.test"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(asked("POST", "/orders/shop/7", &[form, elsewhere]), Err(403), "{elsewhere:?}");
    }
}

#[tokio::test]
async fn what_the_guard_refuses_is_a_problem_like_any_other() {
    use http_body_util::BodyExt as _;
    for (method, headers, code, field) in [
        ("GET", vec![("host", "evil.example.test")], "not_allowed", None),
        ("POST", vec![("host", "localhost"), ("content-type", "text/plain")], "wrong_media_type", Some("content-type")),
    ] {
        let mut request = Request::builder().method(method).uri("/api/v1/orders");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = Guard::default().admit(&request.body(()).unwrap().into_parts().0).unwrap_err();
        let (head, body) = answer.into_parts();
        let problem: serde_json::Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!((problem["code"].as_str(), problem["field"].as_str()), (Some(code), field), "{problem}");
        assert_eq!(problem["status"], head.status.as_u16());
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    }
    for (status, code) in [(408, "not_now"), (413, "too_large"), (503, "not_now")] {
        let refused = refusal(StatusCode::from_u16(status).unwrap(), "so");
        let problem: serde_json::Value =
            serde_json::from_slice(&refused.into_body().collect().await.unwrap().to_bytes()).unwrap();
        assert_eq!((problem["code"].as_str(), &problem["status"]), (Some(code), &serde_json::json!(status)), "{problem}");
    }
}

#[test]
fn what_comes_through_a_proxy_is_refused() {
    for name in FORWARDED {
        assert_eq!(here("GET", &[(name, "anything")]), Err(403), "{name}");
    }
    let mut old = Request::builder().version(Version::HTTP_10).header("host", "127.0.0.1:8080").body(()).unwrap();
    *old.uri_mut() = "/".parse().unwrap();
    assert_eq!(Guard::default().admit(&old.into_parts().0).unwrap_err().status(), 403);
}

#[test]
fn the_guide_states_how_large_a_body_may_be() {
    let guide = include_str!("../../../../docs/guides/one-machine.md");
    for (what, bytes) in [
        ("JSON to the API", LARGEST_JSON),
        ("a file (CSV) to the API", LARGEST_FILE),
        ("a delivery under `/hooks/`", webhook_ingest::LARGEST_DELIVERY),
    ] {
        let kib = bytes / 1024;
        let size = if kib % 1024 == 0 { format!("{} MiB", kib / 1024) } else { format!("{kib} KiB") };
        assert!(guide.contains(&format!("| {what} | {size}")), "{what}: {size}");
    }
}
