//! API Gateway's HTTP API, payload version 2.

use crate::handler::{HttpAnswer, HttpCall};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};
use url::form_urlencoded;

/// What a token says.
#[expect(clippy::disallowed_types, reason = "the event's own type; it is asked by name, never gone through")]
type Claims = std::collections::HashMap<String, String>;

/// Claims that say who somebody is, the most readable first. An ID token of Cognito has `email` and `cognito:username`, an access
/// token `username`; `sub` is in every token.
const NAMES: [&str; 4] = ["email", "cognito:username", "username", "sub"];

/// Who is in this group reads everything but who bought an order, and changes nothing. Finer roles are still to come.
const VIEWERS: &str = "viewers";

/// The request of an event; `now` is when it arrived, should the gateway not say so.
pub(crate) fn call(event: ApiGatewayV2httpRequest, now: Timestamp) -> Result<HttpCall> {
    let body = event.body.unwrap_or_default();
    let body = if event.is_base64_encoded {
        let bytes = STANDARD.decode(body);
        Bytes::from(
            bytes.map_err(|_| Error::new(ErrorKind::BadInput, "event.http", "the body is not base64, though said to be"))?,
        )
    } else {
        Bytes::from(body)
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    // `HeaderName` is in small letters by itself.
    let mut headers: Vec<_> = event.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    if let Some(cookies) = event.cookies.filter(|cookies| !cookies.is_empty()) {
        headers.push(("cookie".to_owned(), cookies.join("; ")));
    }
    let query = event.raw_query_string.unwrap_or_default();
    let claims = event.request_context.authorizer.and_then(|authorizer| authorizer.jwt).map(|jwt| jwt.claims);
    let path = without_stage(event.raw_path.unwrap_or_default(), event.request_context.stage.as_deref());
    may(claims.as_ref(), &event.request_context.http.method, &path)?;
    let arrived = Timestamp::from_millisecond(event.request_context.time_epoch).ok().filter(|at| *at > Timestamp::UNIX_EPOCH);
    Ok(HttpCall {
        method: event.request_context.http.method,
        path,
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers,
        body,
        caller: caller(claims),
        received_at: arrived.unwrap_or(now),
    })
}

/// Whom a token that the gateway has checked is about.
fn caller(claims: Option<Claims>) -> Option<String> {
    let mut claims = claims?;
    NAMES.iter().find_map(|name| claims.remove(*name).filter(|value| !value.trim().is_empty()))
}

/// Whether a path is one of personal data, which no viewer is answered: who bought an order, and the documents that name them.
fn is_personal(path: &str) -> bool {
    let is_buyer = path.starts_with("/api/v1/orders/") && path.ends_with("/buyer");
    let is_document = path.starts_with("/api/v1/invoices/") && DOCUMENTS.iter().any(|end| path.ends_with(end));
    is_buyer || is_document
}

/// How paths of documents end that name a buyer.
const DOCUMENTS: [&str; 2] = ["/document.pdf", "/document.xml"];

/// Refuses who signs with an address that is not known to be theirs, and who may only look: at all but who bought an order.
fn may(claims: Option<&Claims>, method: &http::Method, path: &str) -> Result<()> {
    let Some(claims) = claims else { return Ok(()) };
    let forbidden = |message: &str| Err(Error::new(ErrorKind::Forbidden, "event.http", message));
    if claims.contains_key("email") && claims.get("email_verified").map(String::as_str) != Some("true") {
        return forbidden(
            "the e-mail address of your account is not verified; have whoever added you verify it, and log in again",
        );
    }
    // The gateway writes a list as `[one two]`.
    let groups = claims.get("cognito:groups").map(String::as_str).unwrap_or_default();
    let mut groups = groups.split([' ', ',', '[', ']']);
    if groups.any(|group| group == VIEWERS) {
        if !matches!(*method, http::Method::GET | http::Method::HEAD) {
            return forbidden("you may look and change nothing: you are in the group `viewers`");
        }
        if is_personal(path) {
            return forbidden("who bought an order is not shown to the group `viewers`; ask somebody who sends the orders");
        }
    }
    Ok(())
}

/// A named stage stands before the path; the stage `$default` does not.
fn without_stage(path: String, stage: Option<&str>) -> String {
    let rest = stage.and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage));
    match rest {
        Some("") => "/".to_owned(),
        Some(rest) if rest.starts_with('/') => rest.to_owned(),
        _ => path,
    }
}

/// The answer; a body that is not UTF-8 goes as base64. A header that HTTP does not allow is a mistake of ours.
pub(crate) fn response(answer: HttpAnswer) -> Result<ApiGatewayV2httpResponse> {
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = i64::from(answer.status);
    for (name, value) in answer.headers {
        if name == "set-cookie" {
            // HTTP API keeps headers of one name apart only here.
            response.cookies.push(value);
            continue;
        }
        match (HeaderName::try_from(&name), HeaderValue::try_from(&value)) {
            (Ok(name), Ok(value)) => response.headers.append(name, value),
            _ => {
                return Err(Error::new(
                    ErrorKind::Bug,
                    "event.http",
                    format!("the answer's header `{name}` is not allowed in HTTP"),
                ));
            }
        };
    }
    match String::from_utf8(answer.body.into()) {
        Ok(text) => response.body = Some(Body::Text(text)),
        Err(bytes) => {
            response.body = Some(Body::Binary(bytes.into_bytes()));
            response.is_base64_encoded = true;
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(changes: &Value) -> Result<HttpCall> {
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/hooks/shop/one", "rawQueryString": "",
            "headers": {},
            "requestContext": {
                "stage": "$default", "timeEpoch": 1_767_225_600_123_i64,
                "http": {"method": "POST", "path": "/hooks/shop/one", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"},
            },
            "isBase64Encoded": false,
        });
        for (name, value) in changes.as_object().unwrap() {
            event[name] = value.clone();
        }
        call(serde_json::from_value(event).unwrap(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_request_keeps_method_path_and_the_instant_it_arrived() {
        let call = read(&json!({})).unwrap();
        assert_eq!((call.method, call.path.as_str()), (http::Method::POST, "/hooks/shop/one"));
        assert_eq!(call.received_at, "2026-01-01T00:00:00.123Z".parse().unwrap());
        assert!(call.body.is_empty() && call.query.is_empty());
    }

    #[test]
    fn a_body_is_the_bytes_that_were_signed() {
        assert_eq!(read(&json!({"body": "{\"é\": 1}"})).unwrap().body, "{\"é\": 1}");
        assert_eq!(read(&json!({"body": "/wCA", "isBase64Encoded": true})).unwrap().body, [0xff, 0x00, 0x80].as_slice());
        assert_eq!(read(&json!({"body": "not base64!", "isBase64Encoded": true})).unwrap_err().kind, ErrorKind::BadInput);
    }

    #[test]
    fn header_names_come_in_small_letters() {
        let call =
            read(&json!({"headers": {"X-Shop-Signature": "Abc=", "content-type": "text/plain"}, "cookies": ["a=1", "b=2"]}))
                .unwrap();
        assert_eq!(call.header("x-shop-signature"), Some("Abc="));
        assert_eq!(call.header("cookie"), Some("a=1; b=2"));
    }

    #[test]
    fn a_query_is_decoded() {
        let call = read(&json!({"rawQueryString": "page=2&q=a%26b+c&flag&page=3"})).unwrap();
        let expected = [("page", "2"), ("q", "a&b c"), ("flag", ""), ("page", "3")];
        assert_eq!(call.query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn the_caller_is_whom_the_checked_token_names() {
        let caller = |authorizer: Value| {
            let http = json!({"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"});
            let context = json!({"stage": "$default", "timeEpoch": 0, "http": http, "authorizer": authorizer});
            read(&json!({"requestContext": context, "headers": {"email": "mallory@example.test"}})).unwrap().caller
        };
        let of = |claims: Value| caller(json!({"jwt": {"claims": claims, "scopes": null}}));
        let all = json!({"sub": "5f0c", "username": "u", "cognito:username": "c", "email": "ada@example.test", "email_verified": "true"});
        assert_eq!(of(all).as_deref(), Some("ada@example.test"));
        assert_eq!(
            of(json!({"sub": "5f0c", "username": "u", "cognito:username": "c", "email": " ", "email_verified": "true"}))
                .as_deref(),
            Some("c")
        );
        assert_eq!(of(json!({"sub": "5f0c", "username": "u"})).as_deref(), Some("u"));
        assert_eq!(of(json!({"sub": "5f0c"})).as_deref(), Some("5f0c"));
        assert_eq!(of(json!({"scope": "all"})), None);
        assert_eq!(caller(json!({"lambda": {"email": "mallory@example.test"}})), None);
        assert_eq!(caller(Value::Null), None);
        assert_eq!(read(&json!({"headers": {"email": "mallory@example.test"}})).unwrap().caller, None);
    }

    #[test]
    fn an_address_that_is_not_verified_signs_nothing_and_a_viewer_changes_nothing() {
        let ask = |method: &str, claims: Value| {
            let http = json!({"method": method, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"});
            let authorizer = json!({"jwt": {"claims": claims, "scopes": null}});
            let context = json!({"stage": "$default", "timeEpoch": 0, "http": http, "authorizer": authorizer});
            read(&json!({"requestContext": context})).map_err(|error| error.kind).map(|call| call.caller)
        };
        let ada = Ok(Some("ada@example.test".to_owned()));
        assert_eq!(ask("POST", json!({"email": "ada@example.test", "email_verified": "true"})), ada);
        for unverified in [json!({"email": "ada@example.test", "email_verified": "false"}), json!({"email": "ada@example.test"})]
        {
            assert_eq!(ask("GET", unverified), Err(ErrorKind::Forbidden));
        }
        for groups in ["[viewers]", "[packers viewers]", "viewers"] {
            let claims = json!({"email": "ada@example.test", "email_verified": "true", "cognito:groups": groups});
            assert_eq!(ask("GET", claims.clone()), ada, "{groups}");
            for method in ["POST", "PUT", "DELETE", "PATCH"] {
                assert_eq!(ask(method, claims.clone()), Err(ErrorKind::Forbidden), "{groups} {method}");
            }
        }
        let others = json!({"email": "ada@example.test", "email_verified": "true", "cognito:groups": "[reviewers]"});
        assert_eq!(ask("POST", others), ada, "another group's name");
    }

    #[test]
    fn who_bought_an_order_is_shown_to_no_viewer() {
        let ask = |path: &str, stage: &str, groups: &str| {
            let http = json!({"method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"});
            let claims = json!({"sub": "5f0c", "cognito:groups": groups});
            let context =
                json!({"stage": stage, "timeEpoch": 0, "http": http, "authorizer": {"jwt": {"claims": claims, "scopes": null}}});
            read(&json!({"requestContext": context, "rawPath": path})).map_err(|error| error.kind).map(|call| call.path)
        };
        let buyer = "/api/v1/orders/shop/10%2F01/buyer";
        assert_eq!(ask(buyer, "$default", "[packers]").as_deref(), Ok(buyer));
        assert_eq!(ask(buyer, "$default", "[viewers]"), Err(ErrorKind::Forbidden));
        assert_eq!(ask(&format!("/live{buyer}"), "live", "[packers viewers]"), Err(ErrorKind::Forbidden), "below a stage");
        assert_eq!(
            ask("/api/v1/orders/shop/1/2/buyer", "$default", "viewers"),
            Err(ErrorKind::Forbidden),
            "decoded by the gateway"
        );
        for end in ["pdf", "xml"] {
            let document = format!("/api/v1/invoices/F%2F2026-1/document.{end}");
            assert_eq!(ask(&document, "$default", "[packers]").as_deref(), Ok(document.as_str()));
            assert_eq!(ask(&document, "$default", "[viewers]"), Err(ErrorKind::Forbidden));
        }
        for other in ["/api/v1/orders/shop/1", "/api/v1/orders", "/api/v1/stock/buyer", "/api/v1/invoices/F2026-1"] {
            assert!(ask(other, "$default", "[viewers]").is_ok(), "{other}");
        }
    }

    #[test]
    fn a_named_stage_is_not_part_of_the_path() {
        assert_eq!(without_stage("/live/hooks/x".to_owned(), Some("live")), "/hooks/x");
        assert_eq!(without_stage("/live".to_owned(), Some("live")), "/");
        assert_eq!(without_stage("/livery/x".to_owned(), Some("live")), "/livery/x");
        assert_eq!(without_stage("/hooks/x".to_owned(), Some("$default")), "/hooks/x");
    }

    #[test]
    fn answers_are_text_where_they_can_be_and_base64_where_not() {
        let text = serde_json::to_value(response(HttpAnswer::json(200, "{}")).unwrap()).unwrap();
        assert_eq!((&text["statusCode"], &text["body"], &text["isBase64Encoded"]), (&json!(200), &json!("{}"), &json!(false)));
        assert_eq!(text["headers"]["content-type"], "application/json");
        let bytes = serde_json::to_value(response(HttpAnswer::of_type(200, "image/png", &[0xff, 0x00][..])).unwrap()).unwrap();
        assert_eq!((&bytes["body"], &bytes["isBase64Encoded"]), (&json!("/wA="), &json!(true)));
    }

    #[test]
    fn cookies_stay_apart_and_broken_headers_are_refused() {
        let mut answer = HttpAnswer::empty(204);
        answer.headers = vec![("set-cookie".to_owned(), "a=1".to_owned()), ("set-cookie".to_owned(), "b=2".to_owned())];
        let json = serde_json::to_value(response(answer.clone()).unwrap()).unwrap();
        assert_eq!(json["cookies"], json!(["a=1", "b=2"]));
        answer.headers = vec![("location".to_owned(), "/x\r\nset-cookie: stolen=1".to_owned())];
        assert_eq!(response(answer).unwrap_err().kind, ErrorKind::Bug);
    }
}
