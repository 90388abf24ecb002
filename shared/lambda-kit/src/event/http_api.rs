//! API Gateway's HTTP API, payload version 2.

use crate::handler::{Asker, HttpAnswer, HttpCall};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use domain::Role;
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
    let arrived = Timestamp::from_millisecond(event.request_context.time_epoch).ok().filter(|at| *at > Timestamp::UNIX_EPOCH);
    Ok(HttpCall {
        method: event.request_context.http.method,
        path,
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers,
        body,
        asker: asker(claims)?,
        from: event.request_context.http.source_ip.and_then(|ip| ip.parse().ok()),
        received_at: arrived.unwrap_or(now),
    })
}

/// Whom a token that the gateway has checked is about, and what they may.
fn asker(claims: Option<Claims>) -> Result<Asker> {
    // Without a token there is only who says so in the request: nobody, before it is looked at.
    let Some(mut claims) = claims else { return Ok(Asker::Anybody) };
    is_verified(&claims)?;
    let Some(name) = NAMES.iter().find_map(|name| claims.remove(*name).filter(|value| !value.trim().is_empty())) else {
        return Ok(Asker::Anybody);
    };
    Ok(Asker::Known { name: name.trim().to_owned(), role: role(&claims)? })
}

/// Refuses who signs with an address that is not known to be theirs.
fn is_verified(claims: &Claims) -> Result<()> {
    if !claims.contains_key("email") || claims.get("email_verified").map(String::as_str) == Some("true") {
        return Ok(());
    }
    Err(forbidden("the e-mail address of your account is not verified; have whoever added you verify it, and log in again"))
}

/// The role of the one group of ours that somebody is in. Who is in none may nothing, and of two nobody knows which is meant.
fn role(claims: &Claims) -> Result<Role> {
    // The gateway writes a list as `[one two]`.
    let groups = claims.get("cognito:groups").map(String::as_str).unwrap_or_default();
    let mut roles = groups.split([' ', ',', '[', ']']).filter_map(|group| group.parse::<Role>().ok());
    match (roles.next(), roles.next()) {
        (Some(role), None) => Ok(role),
        (None, _) => Err(forbidden(&format!("you are in no group that may do something here: {}", groups_of_ours()))),
        (Some(_), Some(_)) => Err(forbidden(&format!("you are in several of these groups, be in one: {}", groups_of_ours()))),
    }
}

fn groups_of_ours() -> String {
    Role::ALL.map(Role::as_str).join(", ")
}

fn forbidden(message: &str) -> Error {
    Error::new(ErrorKind::Forbidden, "event.http", message)
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

    /// Who asks, by what the gateway's authorizer says.
    fn asks(authorizer: &Value) -> std::result::Result<Asker, ErrorKind> {
        let http = json!({"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "x"});
        let context = json!({"stage": "$default", "timeEpoch": 0, "http": http, "authorizer": authorizer});
        let call = read(&json!({"requestContext": context, "headers": {"email": "mallory@example.test"}}));
        call.map(|call| call.asker).map_err(|error| error.kind)
    }

    fn with(mut claims: Value, groups: &str) -> Value {
        claims["cognito:groups"] = groups.into();
        json!({"jwt": {"claims": claims, "scopes": null}})
    }

    #[test]
    fn who_asks_is_whom_the_checked_token_names() {
        let of = |claims: Value| match asks(&with(claims, "[owner]")).unwrap() {
            Asker::Known { name, role: Role::Owner } => Some(name),
            Asker::Anybody => None,
            other => panic!("{other:?}"),
        };
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
        assert_eq!(asks(&json!({"lambda": {"email": "mallory@example.test"}})), Ok(Asker::Anybody));
        assert_eq!(asks(&Value::Null), Ok(Asker::Anybody));
        assert_eq!(read(&json!({"headers": {"email": "mallory@example.test"}})).unwrap().asker, Asker::Anybody);
    }

    #[test]
    fn an_address_that_is_not_verified_signs_nothing() {
        let verified = json!({"email": "ada@example.test", "email_verified": "true"});
        assert!(asks(&with(verified, "[owner]")).is_ok());
        for unverified in [json!({"email": "ada@example.test", "email_verified": "false"}), json!({"email": "ada@example.test"})]
        {
            assert_eq!(asks(&with(unverified, "[owner]")), Err(ErrorKind::Forbidden));
        }
    }

    #[test]
    fn one_group_says_what_somebody_may_and_none_or_several_nothing() {
        let ada = |groups: &str| asks(&with(json!({"sub": "5f0c"}), groups));
        for role in Role::ALL {
            for groups in [format!("[{role}]"), role.to_string(), format!("[packers {role}]")] {
                assert_eq!(ada(&groups), Ok(Asker::Known { name: "5f0c".to_owned(), role }), "{groups}");
            }
        }
        for groups in ["", "[]", "[viewers]", "[coowner owners]", "[owner warehouse]", "[read_only read_only]"] {
            assert_eq!(ada(groups), Err(ErrorKind::Forbidden), "{groups}");
        }
        assert_eq!(asks(&json!({"jwt": {"claims": {"sub": "5f0c"}, "scopes": null}})), Err(ErrorKind::Forbidden));
    }

    #[test]
    fn the_address_it_came_from_is_the_gateways() {
        let call = read(&json!({"headers": {"x-forwarded-for": "203.0.113.9"}})).unwrap();
        assert_eq!(call.from, Some("192.0.2.1".parse().unwrap()));
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
