//! The checkers themselves: a mistake in a request or an answer is reported, and what is right is not.

use conformance::contract::{Contract, Form, GraphQl, OpenApi, Verdict, WordPress, strictly};
use conformance::wire::Exchange;
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn exchange(method: &str, address: &str, media: &str, sent: &Value, answer: &Value) -> Exchange {
    let bytes = |v: &Value| if v.is_null() { Vec::new() } else { v.to_string().into_bytes() };
    let request = http::Request::builder().method(method).uri(format!("https://one.example.test{address}"));
    let request: Request = request.header("accept", media).header("content-type", media).body(bytes(sent).into()).unwrap();
    let response: Response = http::Response::builder().header("content-type", media).body(bytes(answer).into()).unwrap();
    Exchange { request, response: Some(response) }
}

/// Asserts that every mistake is reported with this word, and that the one without a mistake is not.
fn assert_found(contract: &dyn Contract, right: &Exchange, wrong: &[(&str, Exchange)]) {
    let verdict = contract.judge(right);
    assert_eq!((&verdict.request, &verdict.response), (&Vec::new(), &Vec::new()), "{}", verdict.kind);
    for (word, exchange) in wrong {
        let Verdict { kind, request, response, .. } = contract.judge(exchange);
        let found = request.iter().chain(&response).any(|flaw| flaw.contains(word));
        assert!(found, "{kind}: {word:?} is not among {request:?} {response:?}");
    }
}

const MEDIA: &str = "application/vnd.example+json";

fn tiny() -> OpenApi {
    let thing = json!({ "type": "object", "required": ["id"],
        "properties": { "id": { "type": "string", "format": "uuid" }, "count": { "type": "integer", "nullable": true } } });
    let content = json!({ MEDIA: { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let document = json!({
        "paths": { "/things/{thing-id}": { "put": {
            "parameters": [
                { "name": "thing-id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 2 } },
                { "name": "page", "in": "query", "schema": { "type": "integer", "minimum": 1 } },
                { "name": "mode", "in": "query", "required": true, "schema": { "type": "string", "enum": ["A"] } },
            ],
            "requestBody": { "required": true, "content": content },
            "responses": { "200": { "content": content } },
        } } },
        "components": { "schemas": { "Thing": thing } },
    });
    OpenApi::new(vec![document], |_, _| false)
}

#[test]
fn contract_checker_finds_mistakes_against_openapi() {
    let id = "0c6573a2-a80c-48b7-a03e-d5939f1173fa";
    let good = json!({ "id": id, "count": null });
    let put = |address: &str, sent: &Value, answer: &Value| exchange("PUT", address, MEDIA, sent, answer);
    let fine = "/things/ab?page=1&mode=A";
    assert_found(
        &tiny(),
        &put(fine, &good, &good),
        &[
            ("extra", put(fine, &json!({ "id": id, "extra": 1 }), &good)),
            ("integer", put(fine, &json!({ "id": id, "count": "1" }), &good)),
            ("required", put(fine, &json!({ "count": 1 }), &good)),
            ("uuid", put(fine, &json!({ "id": "1" }), &good)),
            ("body is required", put(fine, &Value::Null, &good)),
            ("\"since\" is unknown", put("/things/ab?mode=A&since=1", &good, &good)),
            ("integer", put("/things/ab?mode=A&page=x", &good, &good)),
            ("minimum", put("/things/ab?mode=A&page=0", &good, &good)),
            ("\"mode\"", put("/things/ab?mode=B", &good, &good)),
            ("\"mode\" is required", put("/things/ab", &good, &good)),
            ("thing-id", put("/things/a?mode=A", &good, &good)),
            ("no such path", put("/thing/ab?mode=A", &good, &good)),
            ("no such path", exchange("GET", fine, MEDIA, &Value::Null, &good)),
            ("Accept", exchange("PUT", fine, "application/json", &good, &good)),
            ("extra", put(fine, &good, &json!({ "id": id, "extra": 1 }))),
        ],
    );
}

const SCHEMA: &str = "
    directive @once(key: String!) on FIELD
    type Query { some: Some!, thing(id: ID!, sort: Sort): Thing, old: Int @deprecated }
    type Mutation { put(input: PutInput!): Thing! }
    interface Some { id: ID! }
    type This implements Some { id: ID!, size: Int! }
    type That implements Some { id: ID! }
    type Thing { id: ID!, count: Int! }
    enum Sort { UP DOWN }
    input PutInput { count: Int!, tags: [String!] }
";

#[test]
fn contract_checker_finds_mistakes_against_graphql() {
    let schema = GraphQl::new(SCHEMA, "/graphql");
    let send = |query: &str, variables: &Value, answer: &Value| {
        let body = json!({ "query": query, "operationName": "X", "variables": variables });
        exchange("POST", "/graphql", "application/json", &body, &json!({ "data": answer }))
    };
    let put = "mutation X($input: PutInput!, $key: String!) { put(input: $input) @once(key: $key) { id count } }";
    let (fine, done) =
        (json!({ "input": { "count": 1, "tags": ["a"] }, "key": "k" }), json!({ "put": { "id": "1", "count": 2 } }));
    let input = |input: &Value| send(put, &json!({ "input": input, "key": "k" }), &done);
    let read = |selection: &str| send(&format!("query X {{ {selection} }}"), &json!({}), &json!({}));
    assert_found(
        &schema,
        &send(put, &fine, &done),
        &[
            ("$input.extra is unknown", input(&json!({ "count": 1, "extra": 1 }))),
            ("$input.count: \"1\" is no Int", input(&json!({ "count": "1" }))),
            ("$input.count is required", input(&json!({}))),
            ("$input.tags[0] must not be null", input(&json!({ "count": 1, "tags": [null] }))),
            ("\"more\" is not declared", send(put, &json!({ "input": { "count": 1 }, "key": "k", "more": 1 }), &done)),
            ("$key is required", send(put, &json!({ "input": { "count": 1 } }), &done)),
            ("Thing.size does not exist", read("thing(id: \"1\") { id size }")),
            ("Query.thing(by) does not exist", read("thing(id: \"1\", by: 1) { id }")),
            ("Query.thing(id) is required", read("thing { id }")),
            ("\"SIDE\" is no Sort", read("thing(id: \"1\", sort: SIDE) { id }")),
            ("@twice does not exist", read("thing(id: \"1\") @twice { id }")),
            ("Query.old is deprecated", read("old")),
            ("nothing of Thing", read("thing(id: \"1\")")),
            ("cannot be parsed", read("thing(")),
            ("is String where ID! is wanted", send("query X($id: String) { thing(id: $id) { id } }", &json!({}), &json!({}))),
            ("$id is declared and not used", send("query X($id: ID) { thing(id: \"1\") { id } }", &json!({}), &json!({}))),
            ("data.put.count was asked for", send(put, &fine, &json!({ "put": { "id": "1" } }))),
            ("data.put.size was not asked for", send(put, &fine, &json!({ "put": { "id": "1", "count": 1, "size": 1 } }))),
            ("data.put.count must not be null", send(put, &fine, &json!({ "put": { "id": "1", "count": null } }))),
        ],
    );
}

#[test]
fn contract_checker_follows_what_is_asked_of_one_kind_of_object() {
    let schema = GraphQl::new(SCHEMA, "/graphql");
    let send = |selection: &str, answer: &Value| {
        let body = json!({ "query": format!("query X {{ some {{ {selection} }} }}"), "operationName": "X", "variables": {} });
        exchange("POST", "/graphql", "application/json", &body, &json!({ "data": { "some": answer } }))
    };
    let sized = "__typename id ... on This { size }";
    let that = json!({ "__typename": "That", "id": "1" });
    assert_found(&schema, &send(sized, &json!({ "__typename": "This", "id": "1", "size": 2 })), &[]);
    assert_found(
        &schema,
        &send(sized, &that),
        &[
            ("data.some.size was asked for", send(sized, &json!({ "__typename": "This", "id": "1" }))),
            ("data.some.size: \"2\" is no Int", send(sized, &json!({ "__typename": "This", "id": "1", "size": "2" }))),
            ("data.some.size was not asked for", send(sized, &json!({ "__typename": "That", "id": "1", "size": 2 }))),
            ("must name a type of Some", send(sized, &json!({ "__typename": "Thing", "id": "1" }))),
            ("must name a type of Some", send(sized, &json!({ "id": "1" }))),
            ("This.count does not exist", send("id ... on This { count }", &json!({ "id": "1" }))),
            ("about a type that is none of it", send("id ... on Thing { count }", &json!({ "id": "1" }))),
            ("Some.size does not exist", send("id size", &that)),
        ],
    );
}

#[test]
fn contract_checker_finds_mistakes_against_wordpress() {
    let thing = json!({ "type": "object", "properties": { "id": { "type": "integer" }, "name": { "type": "string" } } });
    let args = json!({
        "after": { "type": "string", "format": "date-time", "required": false },
        "page": { "type": "integer", "minimum": 1, "required": false },
    });
    let write = json!({ "id": { "type": "integer" }, "name": { "type": "string", "required": true },
        "meta": { "type": "array", "items": { "type": "object", "properties": { "key": { "type": "string" } } } } });
    let index = json!({ "routes": { "/v3/things/(?P<id>[\\d]+)": { "endpoints": [
        { "methods": ["GET"], "args": args }, { "methods": ["PUT"], "args": write },
    ] } } });
    let contract = WordPress::new(index, "/wp-json", &["key"], BTreeMap::from([("things".to_owned(), thing)]), |_, _, _| false);
    let good = json!({ "id": 7, "name": "x" });
    let get = |query: &str| exchange("GET", &format!("/wp-json/v3/things/7?{query}"), "application/json", &Value::Null, &good);
    let put = |sent: &Value, answer: &Value| exchange("PUT", "/wp-json/v3/things/7", "application/json", sent, answer);
    assert_found(
        &contract,
        &get("after=2026-11-21T12:00:00&page=2&key=k"),
        &[
            ("since", get("since=1")),
            ("integer", get("page=x")),
            ("minimum", get("page=0")),
            ("wordpress-time", get("after=yesterday")),
            ("no such route", exchange("GET", "/wp-json/v3/things/x", "application/json", &Value::Null, &good)),
            ("no such route", exchange("PATCH", "/wp-json/v3/things/7", "application/json", &good, &good)),
            ("not in a body", exchange("GET", "/wp-json/v3/things/7", "application/json", &good, &good)),
        ],
    );
    let sent = json!({ "name": "x", "meta": [{ "key": "a" }] });
    assert_found(
        &contract,
        &put(&sent, &good),
        &[
            ("extra", put(&json!({ "name": "x", "extra": 1 }), &good)),
            ("value", put(&json!({ "name": "x", "meta": [{ "value": "a" }] }), &good)),
            ("string", put(&json!({ "name": 1 }), &good)),
            ("required", put(&json!({}), &good)),
            ("extra", put(&sent, &json!({ "id": 7, "extra": 1 }))),
            ("integer", put(&sent, &json!([{ "id": "7" }]))),
        ],
    );
}

#[test]
fn contract_checker_forbids_unknown_fields_at_any_depth() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "array", "items": {
        "type": "object", "properties": { "b": { "type": "string" } } } }, "free": { "type": "object" } } });
    let validator = strictly(&schema, &Value::Null, Form::OpenApi);
    assert!(validator.is_valid(&json!({ "a": [{ "b": "x" }], "free": { "anything": 1 } })));
    assert!(!validator.is_valid(&json!({ "a": [{ "b": "x", "c": 1 }] })));
    assert!(!validator.is_valid(&json!({ "z": 1 })));
}

#[test]
fn contract_checker_finds_mistakes_against_the_official_contracts() {
    if let Some(bol) = super::bol() {
        let (v10, v11) = ("application/vnd.retailer.v10+json", "application/vnd.retailer.v11+json");
        let list =
            |query: &str, media: &str| exchange("GET", &format!("/retailer/orders?{query}"), media, &Value::Null, &json!({}));
        let offer = "/retailer/offers/6ff736b5-cdd0-4150-8c67-78269ee986f5";
        let patch = |stock: &Value| exchange("PATCH", offer, v11, &json!({ "stock": stock }), &Value::Null);
        assert_found(
            &bol,
            &list("page=1&status=ALL&change-interval-minute=60", v10),
            &[
                ("\"since\" is unknown", list("since=1", v10)),
                ("maximum", list("change-interval-minute=61", v10)),
                ("\"status\"", list("status=CLOSED", v10)),
                ("Accept", list("page=1", v11)),
                ("Accept", list("page=1", "application/json")),
                ("onHand", patch(&json!({ "amount": 1, "managedByRetailer": true, "onHand": 1 }))),
                ("integer", patch(&json!({ "amount": "1", "managedByRetailer": true }))),
                ("uuid", exchange("GET", "/retailer/offers/17", v11, &Value::Null, &Value::Null)),
            ],
        );
        let ship = |item: &Value, rest: &Value| {
            exchange("POST", "/retailer/shipments", v10, &json!({ "orderItems": [item], "transport": rest }), &Value::Null)
        };
        let (item, tnt) = (json!({ "orderItemId": "1", "quantity": 1 }), json!({ "transporterCode": "TNT" }));
        let cancel =
            |items: &Value| exchange("PUT", "/retailer/orders/cancellation", v10, &json!({ "orderItems": items }), &Value::Null);
        let one = json!({ "orderItemId": "1", "reasonCode": "OTHER" });
        let decide = |rma: &str, result: &str, units: i64| {
            let sent = json!({ "handlingResult": result, "quantityReturned": units });
            exchange("PUT", &format!("/retailer/returns/{rma}"), v10, &sent, &Value::Null)
        };
        assert_found(
            &bol,
            &ship(&item, &tnt),
            &[
                ("integer", ship(&json!({ "orderItemId": "1", "quantity": "1" }), &tnt)),
                ("sku", ship(&json!({ "orderItemId": "1", "sku": "A" }), &tnt)),
                ("transporterCode", ship(&item, &json!({ "trackAndTrace": "3S" }))),
                ("more than 1 item", cancel(&json!([one, one]))),
                ("reasonCode", cancel(&json!([{ "orderItemId": "1" }]))),
                ("BORED", cancel(&json!([{ "orderItemId": "1", "reasonCode": "BORED" }]))),
                ("integer", decide("R1", "RETURN_RECEIVED", 1)),
                ("KEEP", decide("1", "KEEP", 1)),
                ("minimum", decide("1", "RETURN_RECEIVED", 0)),
                ("Content-Type", exchange("POST", "/retailer/returns", v10, &json!({ "orderItemId": "1" }), &Value::Null)),
            ],
        );
    }
    if let Some(shopify) = super::shopify() {
        let query = "query Q($id: ID!) { order(id: $id) { id } }";
        let post = |query: &str, variables: &Value| {
            let body = json!({ "query": query, "operationName": "Q", "variables": variables });
            exchange("POST", "/admin/api/2026-10/graphql.json", "application/json", &body, &json!({ "data": { "order": null } }))
        };
        let id = json!({ "id": "gid://shopify/Order/1" });
        assert_found(
            &shopify,
            &post(query, &id),
            &[
                ("Order.warehouse does not exist", post("query Q($id: ID!) { order(id: $id) { warehouse } }", &id)),
                ("$id is required", post(query, &json!({}))),
                ("is no ID", post(query, &json!({ "id": true }))),
                ("is not declared", post(query, &json!({ "id": "1", "more": 1 }))),
            ],
        );
    }
    if let Some(woocommerce) = super::woocommerce() {
        let get = |query: &str| {
            exchange("GET", &format!("/wp-json/wc/v3/orders?{query}"), "application/json", &Value::Null, &json!([]))
        };
        let put = |sent: &Value| exchange("PUT", "/wp-json/wc/v3/products/7", "application/json", sent, &Value::Null);
        let order = |method, path: &str, sent: &Value| {
            exchange(method, &format!("/wp-json/wc/v3/orders/7{path}"), "application/json", sent, &Value::Null)
        };
        let refund = |line: &Value| order("POST", "/refunds", &json!({ "api_refund": false, "line_items": [line] }));
        assert_found(
            &woocommerce,
            &get("per_page=100&modified_after=2026-11-21T12:00:00"),
            &[
                ("since", get("since=1")),
                ("maximum", get("per_page=101")),
                ("wordpress-time", get("modified_after=1795262400")),
                ("stock_level", put(&json!({ "stock_level": 7 }))),
                ("integer", put(&json!({ "stock_quantity": "7" }))),
                ("sent", order("PUT", "", &json!({ "status": "sent" }))),
                ("note", order("POST", "/notes", &json!({ "customer_note": true }))),
                ("boolean", order("POST", "/notes", &json!({ "note": "x", "customer_note": "yes" }))),
                ("qty", refund(&json!({ "id": 1, "qty": 1, "refund_total": 0 }))),
                ("refund_total", refund(&json!({ "id": 1, "quantity": 1 }))),
            ],
        );
    }
}
