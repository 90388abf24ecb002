//! Who bought an order: asked for, read, and erased; kept nowhere on the way.

use super::Api;
use super::tests::{an_order, ask, busy, call, complaints, document, get};
use lambda_kit::HttpHandler as _;
use serde_json::Value;
use testkit::run::finish;

#[test]
fn who_bought_is_read_when_somebody_asks_and_is_gone_once_erased() {
    let mut market = busy();
    let order = an_order(&market);
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let path = format!("/api/v1/orders/{}/{number}/buyer", order.connection);
    let document = document();
    let fits = |method: &str, status: &str, body: &Value| {
        let described = &document["paths"]["/api/v1/orders/{connection}/{order}/buyer"][method]["responses"][status];
        assert_eq!(
            complaints(&document, &described["content"]["application/json"]["schema"], body),
            Vec::<String>::new(),
            "{body}"
        );
    };
    let (status, problem) = ask(&market, "GET", &path, "");
    assert_eq!((status, problem["code"].as_str()), (404, Some("not_found")), "{problem}");

    let asked = finish(Api::new(market.stage.world()).handle(call("POST", &path, "")));
    assert_eq!(asked.status, 202);
    fits("post", "202", &serde_json::from_slice(&asked.body).unwrap());
    let place = asked.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone()).unwrap();
    market.settle();
    fits("get", "200", &get(&market, &place));
    let read = finish(Api::new(market.stage.world()).handle(call("GET", &path, "")));
    let kept: Vec<&str> =
        read.headers.iter().filter(|(name, _)| name == "cache-control").map(|(_, value)| value.as_str()).collect();
    assert_eq!(kept, ["no-store"]);
    assert!(!read.headers.iter().any(|(name, _)| name == "etag"), "nothing on the way may keep it");

    let (status, problem) = ask(&market, "DELETE", &path, "");
    assert_eq!((status, problem["field"].as_str()), (400, Some("by")), "{problem}");
    let (status, erased) = ask(&market, "DELETE", &format!("{path}?by=Ada%20Example"), "");
    assert_eq!(status, 200, "{erased}");
    fits("delete", "200", &erased);
    assert_eq!(ask(&market, "GET", &path, "").0, 410);
}
