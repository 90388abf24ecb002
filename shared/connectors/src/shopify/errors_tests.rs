use super::*;
use proptest::prelude::*;

fn answer(status: u16, body: &str) -> Response {
    let mut response = Response::new(bytes::Bytes::from(body.to_owned()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    response
}

fn failure(status: u16, body: &str, writes: bool) -> Error {
    data::<serde_json::Value>("test", &answer(status, body), writes).unwrap_err()
}

fn throttled(requested: &str, available: &str) -> String {
    format!(
        r#"{{"errors":[{{"message":"Throttled","extensions":{{"code":"THROTTLED"}}}}],"extensions":{{"cost":{{"requestedQueryCost":{requested},
        "actualQueryCost":null,"throttleStatus":{{"maximumAvailable":2000.0,"currentlyAvailable":{available},"restoreRate":100.0}}}}}}}}"#
    )
}

#[test]
fn throttled_with_status_200_waits_until_the_bucket_holds_the_cost() {
    let error = failure(200, &throttled("842", "242"), true);
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.status, Status::Temporary { retry_after: Some(Duration::from_secs(6)) }, "600 points at 100 a second");
    let lasting = pause(&answer(200, &throttled("842.0", "841.5"))).unwrap().lasting;
    assert_eq!(lasting, Duration::from_secs(1), "never nothing");
    let held = |available| pause(&answer(200, &throttled("842", available))).unwrap().from;
    assert_eq!(
        (held("242"), held("3")),
        (Lane::Usual, Lane::Lowers),
        "a list that was too dear does not hold back a figure that falls"
    );
}

#[test]
fn a_bucket_holds_calls_back_before_it_is_empty_raises_at_a_half_and_lowers_last() {
    let fine = |available: &str| {
        let body = format!(
            r#"{{"data":{{}},"extensions":{{"cost":{{"requestedQueryCost":3,"throttleStatus":{{"maximumAvailable":2000.0,"currentlyAvailable":{available},"restoreRate":100.0}}}}}}}}"#
        );
        pause(&answer(200, &body)).map(|p| (p.from, p.lasting.as_secs()))
    };
    assert_eq!(fine("1990.0"), None);
    assert_eq!(fine("1000"), None);
    assert_eq!(fine("500"), Some((Lane::Raises, 5)));
    assert_eq!(fine("120"), Some((Lane::Usual, 4)));
    assert_eq!(fine("40.5"), Some((Lane::Lowers, 1)));
    assert_eq!(pause(&answer(200, r#"{"data":{}}"#)), None);
    assert_eq!(pause(&answer(200, "<html>")), None);
}

#[test]
fn a_429_waits_as_long_as_it_says() {
    let mut response = answer(429, "");
    assert_eq!(pause(&response).unwrap().lasting, UNTOLD_WAIT);
    response.headers_mut().insert("retry-after", "7".parse().unwrap());
    assert_eq!(pause(&response).unwrap().lasting.as_secs(), 7);
}

#[test]
fn each_refusal_has_its_meaning() {
    let coded = |code: &str| format!(r#"{{"data":null,"errors":[{{"message":"m","extensions":{{"code":"{code}"}}}}]}}"#);
    assert_eq!(failure(200, &coded("ACCESS_DENIED"), false).kind, ErrorKind::Forbidden);
    assert_eq!(failure(200, &coded("MAX_COST_EXCEEDED"), false).kind, ErrorKind::Declined);
    assert_eq!(failure(200, &coded("INTERNAL_SERVER_ERROR"), true).status, Status::Unknown);
    assert_eq!(failure(200, &coded("INTERNAL_SERVER_ERROR"), false).status, Status::Temporary { retry_after: None });
    for (status, kind) in [
        (401, ErrorKind::Unauthorized),
        (402, ErrorKind::Forbidden),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::Protocol),
        (423, ErrorKind::Forbidden),
        (430, ErrorKind::Forbidden),
        (503, ErrorKind::Unavailable),
    ] {
        assert_eq!(failure(status, "", false).kind, kind, "{status}");
    }
    assert_eq!(failure(404, r#"{"errors":"Not Found"}"#, false).kind, ErrorKind::Configuration, "the shop is not there");
    assert_eq!(failure(404, "<html>", true).status, Status::Unknown);
    assert_eq!(failure(502, "", true).status, Status::Unknown);
    assert!(matches!(failure(502, "", false).status, Status::Temporary { .. }));
}

#[test]
fn an_answer_that_cannot_be_read_leaves_a_write_unknown() {
    assert_eq!(failure(200, "<html>", true).status, Status::Unknown);
    assert_eq!(failure(200, "<html>", false).status, Status::Permanent);
    assert_eq!(failure(200, "{}", true).status, Status::Unknown);
}

#[test]
fn no_message_of_shopify_gets_into_an_error() {
    let body = r#"{"errors":[{"message":"no order of kim@example.test"}]}"#;
    assert!(!format!("{:?}", failure(200, body, false)).contains("kim@"));
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..200), status in 200u16..600) {
        let mut response = Response::new(bytes::Bytes::from(body));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        let _ = pause(&response);
        let _ = data::<crate::shopify::graphql::orders::ResponseData>("test", &response, true);
    }

    #[test]
    fn no_cost_makes_it_panic(requested in any::<u64>(), available in any::<i64>(), restore in any::<i64>()) {
        let body = format!(
            r#"{{"errors":[{{"extensions":{{"code":"THROTTLED"}}}}],"extensions":{{"cost":{{"requestedQueryCost":{requested},"throttleStatus":{{"maximumAvailable":{requested},"currentlyAvailable":{available},"restoreRate":{restore}}}}}}}}}"#
        );
        prop_assert!(pause(&answer(200, &body)).is_some_and(|p| p.lasting.as_secs() >= 1));
    }
}
