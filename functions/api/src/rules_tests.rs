//! Rules, explanations and plans by the API.

use crate::tests::{ON_THE_WAY, SKU, ask, busy, complaints, document, get};
use serde_json::{Value, json};

fn rule(change: &str) -> String {
    format!(r#"{{"rule":{change},"by":"Ada Example"}}"#)
}

#[test]
fn a_rule_is_put_read_and_taken_away() {
    let mut market = busy();
    let everywhere = format!("/api/v1/products/{ON_THE_WAY}/rules");
    let id = market.connections[0].clone();
    let here = format!("{everywhere}/{id}");
    let (status, rules) = ask(&market, "PUT", &everywhere, &rule(r#"{"safety_stock":2,"quota_mode_below":0}"#));
    assert_eq!(
        (status, &rules["product"]["change"]["safety_stock"], &rules["product"]["by"]),
        (200, &json!(2), &json!("Ada Example"))
    );
    assert_eq!(
        (rules["connections"].as_array().unwrap().len(), &rules["quota_mode_below"]),
        (market.connections.len(), &Value::Null)
    );
    let (_, rules) = ask(&market, "PUT", &here, &rule(r#"{"paused":true}"#));
    let [one] = rules["connections"].as_array().unwrap().as_slice() else { panic!("{rules}") };
    assert_eq!(
        (&one["effective"]["paused"], &one["effective"]["safety_stock"], &one["base"]["paused"]),
        (&json!(true), &json!(2), &json!(false))
    );
    market.settle();
    let available = get(&market, &format!("/api/v1/products/{ON_THE_WAY}"))["available"].as_i64().unwrap();
    let shown = |at: usize| market.shown(&market.connections[at], SKU);
    assert_eq!((shown(0), shown(1)), (0, available - 2));
    for path in [&here, &everywhere] {
        assert_eq!(ask(&market, "DELETE", path, "").0, 200);
    }
    let rules = get(&market, &everywhere);
    assert!(
        rules["product"].is_null()
            && rules["connections"].as_array().unwrap().iter().all(|one| one["product_override"].is_null()),
        "{rules}"
    );
}

#[test]
fn a_path_that_a_gateway_has_decoded_names_the_same() {
    let market = busy();
    let id = market.connections[0].clone();
    assert_eq!(ask(&market, "PUT", &format!("/api/v1/products/{SKU}/rules/{id}"), &rule(r#"{"maximum":3}"#)).0, 200);
    assert_eq!(ask(&market, "PUT", &format!("/api/v1/products/{SKU}/rules"), &rule(r#"{"minimum":2}"#)).0, 200);
    let rules = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/rules"));
    assert_eq!(rules["product"]["change"], json!({ "minimum": 2 }));
    assert_eq!(rules["connections"][0]["product_override"]["change"], json!({ "maximum": 3 }));
    assert_eq!(get(&market, &format!("/api/v1/products/{SKU}/rules"))["sku"], SKU);
}

#[test]
fn every_problem_of_a_rule_or_a_plan_fits_its_schema_and_names_the_field() {
    let market = busy();
    let document = document();
    let schema =
        &document["paths"]["/api/v1/what-if"]["post"]["responses"]["default"]["content"]["application/problem+json"]["schema"];
    let here = format!("/api/v1/products/{ON_THE_WAY}/rules/{}", market.connections[0]);
    let cases = [
        ("PUT", here.clone(), rule(r#"{"weight":101}"#), 400, Some("weight")),
        ("PUT", here.clone(), rule(r#"{"minimum":3,"maximum":2}"#), 400, Some("minimum")),
        ("PUT", here.clone(), rule(r#"{"quota_mode_below":3}"#), 400, Some("quota_mode_below")),
        ("PUT", here.clone(), rule(r#"{"safety":3}"#), 400, Some("rule.safety")),
        ("PUT", here.clone(), rule(r#"{"percentage":101}"#), 400, Some("rule.percentage")),
        ("PUT", here, r#"{"rule":{}}"#.to_owned(), 400, Some("by")),
        ("PUT", "/api/v1/products/NONE/rules".to_owned(), rule("{}"), 404, None),
        ("GET", "/api/v1/products/NONE/rules".to_owned(), String::new(), 404, None),
        ("DELETE", format!("/api/v1/products/{ON_THE_WAY}/rules/nobody"), String::new(), 404, None),
        (
            "GET",
            format!("/api/v1/products/{ON_THE_WAY}/explanation?connection=No%20name"),
            String::new(),
            400,
            Some("connection"),
        ),
        ("GET", format!("/api/v1/products/{ON_THE_WAY}/explanation?connection=nobody"), String::new(), 404, None),
        ("GET", "/api/v1/products/NONE/explanation".to_owned(), String::new(), 404, None),
        ("POST", "/api/v1/what-if".to_owned(), r#"{"days":0}"#.to_owned(), 400, Some("days")),
        ("POST", "/api/v1/what-if".to_owned(), r#"{"rules":{"nobody":{}}}"#.to_owned(), 404, None),
        ("POST", "/api/v1/what-if".to_owned(), r#"{"quota":3}"#.to_owned(), 400, Some("quota")),
    ];
    for (method, target, body, status, field) in cases {
        let (found, problem) = ask(&market, method, &target, &body);
        assert_eq!((found, problem["field"].as_str()), (status, field), "{method} {target} {body}: {problem}");
        assert_eq!(complaints(&document, schema, &problem), Vec::<String>::new(), "{problem}");
    }
}

#[test]
fn a_figure_is_explained_and_the_last_days_are_played() {
    let market = busy();
    let explanation = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/explanation"));
    assert_eq!(explanation["consistent"], true);
    let terms = explanation["locations"][0]["terms"].as_array().unwrap();
    let sum: i64 = terms.iter().map(|term| term["available"].as_i64().unwrap()).sum();
    assert_eq!(json!(sum), get(&market, &format!("/api/v1/products/{ON_THE_WAY}"))["available"]);
    assert_eq!(explanation["listings"].as_array().unwrap().len(), market.connections.len());
    let only = get(&market, &format!("/api/v1/products/{ON_THE_WAY}/explanation?connection={}", market.connections[1]));
    assert_eq!(only["listings"].as_array().unwrap().len(), 1);
    let (status, report) = ask(&market, "POST", "/api/v1/what-if", r#"{"days":2,"default":{"safety_stock":9}}"#);
    assert_eq!((status, &report["total"]["ordered"], &report["total"]["short"]), (200, &json!(3), &json!(0)));
    assert_eq!((&report["total"]["sales_lost"], &report["products_checked"]), (&json!(3), &json!(2)));
    assert!(report["total"]["hidden_s"].as_i64() > report["total"]["hidden_now_s"].as_i64());
    assert_eq!(get(&market, &format!("/api/v1/products/{ON_THE_WAY}/rules"))["product"], Value::Null, "nothing was changed");
}
