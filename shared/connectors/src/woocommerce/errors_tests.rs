use super::*;
use ports::Disposition;

fn response(status: u16, content_type: &str, body: &str) -> Response {
    http::Response::builder().status(status).header("content-type", content_type).body(body.to_owned().into()).unwrap()
}

fn told(status: u16, body: &str, writes: bool) -> Error {
    refused("woocommerce.test", &response(status, "application/json", body), writes)
}

#[test]
fn numeric_data_is_read_like_any_other() {
    let body = r#"{"code":"woocommerce_api_cannot_create_order_note","message":"No.","data":500}"#;
    let read = told(500, body, false);
    assert_eq!((read.kind, read.disposition()), (ErrorKind::Unavailable, Disposition::Retry));
    assert!(read.detail.contains("woocommerce_api_cannot_create_order_note"), "{}", read.detail);
    assert_eq!(told(500, body, true).disposition(), Disposition::ReadBack, "it may have been done");
}

#[test]
fn a_refund_record_that_is_refused_is_not_there_though_the_status_is_a_500() {
    let body = r#"{"code":"woocommerce_rest_cannot_create_order_refund","message":"Too much.","data":500}"#;
    let refused = told(500, body, true);
    assert_eq!((refused.kind, refused.disposition()), (ErrorKind::Declined, Disposition::Park));
    assert!(refused.detail.contains("woocommerce_rest_cannot_create_order_refund"), "{}", refused.detail);
}

#[test]
fn refusals_keep_their_meaning() {
    let body = |code: &str| format!(r#"{{"code":"{code}","message":"No.","data":{{"status":1}}}}"#);
    for (status, code, kind) in [
        (401, "woocommerce_rest_cannot_view", ErrorKind::Unauthorized),
        (400, "rest_invalid_param", ErrorKind::Declined),
        (404, "woocommerce_rest_product_invalid_id", ErrorKind::NotFound),
        (404, "woocommerce_rest_shop_order_invalid_id", ErrorKind::NotFound),
        (404, "rest_no_route", ErrorKind::Configuration),
        (403, "rest_forbidden", ErrorKind::Forbidden),
        (413, "woocommerce_rest_request_entity_too_large", ErrorKind::Declined),
    ] {
        assert_eq!(told(status, &body(code), true).kind, kind, "{status} {code}");
    }
    assert_eq!(told(301, "", false).kind, ErrorKind::Configuration);
}

#[test]
fn a_404_that_is_not_woocommerces_tells_nothing_of_what_was_asked_for() {
    for body in ["<html>", "", r#"{"message":"Not Found"}"#] {
        let error = told(404, body, false);
        assert_eq!((error.kind, error.disposition()), (ErrorKind::Protocol, Disposition::Park), "{body}");
        assert!(error.message.contains("permalinks"), "{}", error.message);
        assert_eq!(told(404, body, true).disposition(), Disposition::ReadBack, "{body}");
    }
}

#[test]
fn a_firewall_holds_us_back_and_a_missing_permission_does_not() {
    let page = response(403, "text/html", "<html><body>Blocked {rule 9}</body></html>");
    assert_eq!(refused("t", &page, true).kind, ErrorKind::RateLimited);
    assert_eq!(pause(&page), Some(Pause::all(PAUSE_UNTOLD)));
    assert_eq!(pause(&response(403, "application/json", r#"{"code":"rest_forbidden","message":"","data":null}"#)), None);
    assert_eq!(pause(&response(200, "application/json", "[]")), None);
    let mut many = response(429, "text/html", "<html>");
    assert_eq!(pause(&many), Some(Pause::all(PAUSE_UNTOLD)), "without Retry-After");
    many.headers_mut().insert("retry-after", http::HeaderValue::from_static("7"));
    assert_eq!(pause(&many), Some(Pause::all(Duration::from_secs(7))));
    assert_eq!(refused("t", &many, true).disposition(), Disposition::RetryAt(Duration::from_secs(7)));
}

#[test]
fn warnings_before_the_json_are_cut_off() {
    let body = b"<br />\n<b>Warning</b>: Undefined array key [0] in {main}\n[1,2]";
    assert_eq!(json::<Vec<u8>>("t", body).unwrap(), [1, 2]);
    assert_eq!(json::<Vec<u8>>("t", "\u{feff}[3]".as_bytes()).unwrap(), [3]);
    assert!(json::<Vec<u8>>("t", b"<html>").is_err());
    let unreadable: Result<Vec<u8>> = read("t", &response(200, "text/html", "<html>"), true);
    assert_eq!(unreadable.unwrap_err().disposition(), Disposition::ReadBack, "a write with an unreadable answer");
}

#[test]
fn half_an_answer_is_never_taken_for_a_smaller_one() {
    for half in ["\n[{\"id\":1,\"meta_data\":[]", "Notice: x\n{\"a\":[]", "\u{feff} [{\"refunds\":[]", "\n[{\"id\":1}]\n[]"] {
        assert!(json::<Vec<serde_json::Value>>("t", half.as_bytes()).is_err(), "{half}");
    }
}

#[test]
fn only_a_used_nonce_is_signed_again() {
    let body = |message: &str| {
        format!(r#"{{"code":"woocommerce_rest_authentication_error","message":"{message}","data":{{"status":401}}}}"#)
    };
    assert!(nonce_was_used(&response(401, "application/json", &body("Ongeldige nonce - nonce is al gebruikt."))));
    assert!(!nonce_was_used(&response(401, "application/json", &body("Invalid signature"))));
}

#[test]
fn what_the_shop_says_does_not_reach_the_log() {
    let error = told(400, r#"{"code":"x y<sam@example.test>","message":"sam@example.test","data":{}}"#, false);
    assert!(!format!("{error} {}", error.message).contains('@'));
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reading_never_panics(body in prop::collection::vec(any::<u8>(), 0..300), status in 100u16..600, writes: bool) {
            let mut response = response(200, "text/html", "");
            *response.body_mut() = body.into();
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            let _: Result<Vec<crate::woocommerce::wire::Order>> = read("t", &response, writes);
            let _ = pause(&response);
        }
    }
}
