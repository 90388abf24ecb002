use super::super::harness_tests::response;
use super::*;
use ports::{Disposition, Status};

const HTML: &str = "<html><body>502 Bad Gateway</body></html>";

#[test]
fn each_refusal_says_what_to_do() {
    let jwt = r#"{"title":"Expired JWT","status":401,"detail":"JWT expired at 2023-03-16T12:53:03Z."}"#;
    let client = r#"{"error":"invalid_client","error_description":"Bad client credentials"}"#;
    let account = r#"{"title":"Forbidden","status":403,"detail":"Account is not active, access denied."}"#;
    for (status, body, writes, kind, disposition) in [
        (401, jwt, false, ErrorKind::Unauthorized, Disposition::Park),
        (401, client, false, ErrorKind::Unauthorized, Disposition::Park),
        (400, client, false, ErrorKind::Unauthorized, Disposition::Park),
        (403, account, false, ErrorKind::Forbidden, Disposition::Park),
        (404, r#"{"title":"Not Found","status":404}"#, false, ErrorKind::NotFound, Disposition::Park),
        (404, "{}", false, ErrorKind::Protocol, Disposition::Park),
        (404, HTML, false, ErrorKind::Protocol, Disposition::Park),
        (404, HTML, true, ErrorKind::Protocol, Disposition::ReadBack),
        (406, "{}", false, ErrorKind::Declined, Disposition::Park),
        (409, "{}", true, ErrorKind::Conflict, Disposition::Retry),
        (429, "", true, ErrorKind::RateLimited, Disposition::Retry),
        (502, HTML, false, ErrorKind::Unavailable, Disposition::Retry),
        (502, HTML, true, ErrorKind::Unavailable, Disposition::ReadBack),
        (503, "{", true, ErrorKind::Unavailable, Disposition::ReadBack),
        (302, "", false, ErrorKind::Protocol, Disposition::Park),
    ] {
        let error = check("bol.test", response(status, body, &[]), writes).unwrap_err();
        assert_eq!((error.kind, error.disposition()), (kind, disposition), "{status} {body} {writes}");
    }
}

#[test]
fn the_words_of_a_problem_reach_the_merchant_and_are_bounded() {
    let body = r#"{"title":"Error validating request.","status":400,"detail":"Bad request",
        "violations":[{"name":"stock.amount","reason":"must be\nat most 999"}]}"#;
    let error = refused("bol.test", &response(400, body, &[]), true);
    assert!(error.message.contains("stock.amount: must beat most 999"), "{}", error.message);
    let long = format!(r#"{{"title":"{}"}}"#, "x".repeat(5000));
    assert!(refused("bol.test", &response(400, &long, &[]), true).message.len() < 400);
}

#[test]
fn a_429_waits_as_long_as_it_says_and_else_a_little() {
    let paused = |status, headers: &[_]| pause(&response(status, "", headers)).map(|p| p.lasting.as_secs());
    assert_eq!(paused(429, &[("retry-after", "17"), ("x-ratelimit-reset", "3")]), Some(17));
    assert_eq!(paused(429, &[("x-ratelimit-reset", "3")]), Some(3));
    assert_eq!(paused(429, &[("x-ratelimit-reset", "1539261914")]), Some(5), "an instant is no span");
    assert_eq!(paused(429, &[]), Some(5));
    let limited = refused("bol.test", &response(429, "", &[("retry-after", "17")]), true);
    assert_eq!(limited.status, Status::Temporary { retry_after: Some(Duration::from_secs(17)) });
}

#[test]
fn an_emptied_bucket_pauses_a_good_answer_too() {
    let paused = |remaining, reset| {
        let headers = [("x-ratelimit-remaining", remaining), ("x-ratelimit-reset", reset)];
        pause(&response(200, "{}", &headers)).map(|p| p.lasting.as_secs())
    };
    assert_eq!(paused("0", "2"), Some(2));
    assert_eq!(paused("1", "2"), None);
    assert_eq!(paused("0", "1539261914"), None);
    assert_eq!(paused("?", "?"), None);
}

#[test]
fn half_of_a_bucket_is_not_for_raises() {
    let held = |remaining| {
        let headers = [("x-ratelimit-limit", "25"), ("x-ratelimit-remaining", remaining), ("x-ratelimit-reset", "2")];
        pause(&response(200, "{}", &headers)).map(|p| (p.from, p.lasting.as_secs()))
    };
    assert_eq!(held("13"), None);
    assert_eq!(held("12"), Some((Lane::Raises, 2)));
    assert_eq!(held("0"), Some((Lane::Lowers, 2)));
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(status in 100_u16..=599, body in ".*", writes: bool) {
        let error = refused("bol.test", &response(status, &body, &[]), writes);
        proptest::prop_assert!(!error.message.chars().any(char::is_control));
    }
}
