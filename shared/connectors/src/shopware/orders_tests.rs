use super::super::harness_tests::{Canned, account, call, now, run};
use super::*;
use ports::Orders as _;
use serde_json::{Value, json};

const ORDER: &str = include_str!("fixtures/order.json");
const NUMBER: &str = "01930200000070008000000000000042";

fn body(asked: &str) -> Value {
    let (start, body) = asked.split_once(" {").unwrap();
    assert_eq!(start, "POST /api/search/order");
    serde_json::from_str(&format!("{{{body}")).unwrap()
}

#[test]
fn the_list_asks_for_four_time_stamps_and_pages_by_what_stands_still() {
    let canned = Canned::new(&[(200, &format!(r#"{{"data":[7,{{"id":"{NUMBER}"}},{ORDER}]}}"#))]);
    let account = account();
    let from = OrdersFrom { since: now(), page: Some("41".into()) };
    let page = run(Capability.list(&call(&canned, &account), &from)).unwrap();
    let [Notification::Unreadable(_), Notification::Changed { .. }, Notification::Order(_)] = &page.notices[..] else {
        panic!("{:?}", page.notices)
    };
    assert_eq!(page.next, None);
    let asked = body(&canned.asked()[0]);
    let range = |field: &str| json!({ "type": "range", "field": field, "parameters": { "gte": "2026-12-03 12:00:00.000" } });
    let any = ["updatedAt", "createdAt", "deliveries.updatedAt", "transactions.updatedAt"].map(range);
    assert_eq!(asked["filter"][0], json!({ "type": "equals", "field": "versionId", "value": criteria::LIVE }));
    assert_eq!(asked["filter"][1], json!({ "type": "multi", "operator": "or", "queries": any }));
    assert_eq!(asked["filter"][2], json!({ "type": "range", "field": "autoIncrement", "parameters": { "gt": 41 } }));
    assert_eq!(asked["sort"], json!([{ "field": "autoIncrement", "order": "ASC" }]));
    // Nothing of who bought it is asked for.
    let told = asked.to_string();
    assert!(["orderCustomer", "firstName", "email", "street"].iter().all(|word| !told.contains(word)), "{told}");
}

#[test]
fn a_full_page_has_another_behind_it_and_one_that_does_not_say_where_is_none() {
    let of = |after, items, numbers: &[i64]| next("t", after, items, numbers.iter().copied()).map_err(|error| error.kind);
    assert_eq!(of(None, 99, &[1]), Ok(None));
    assert_eq!(of(None, 100, &[7, 3]), Ok(Some("7".to_owned())));
    assert_eq!(of(Some(7), 100, &[7, 3]), Err(ErrorKind::Protocol), "behind itself");
    assert_eq!(of(None, 100, &[]), Err(ErrorKind::Protocol));
    for odd in ["", "x", "-1", "0"] {
        assert_eq!(after("t", Some(odd)).unwrap_err().kind, ErrorKind::BadInput, "{odd}");
    }
}

#[test]
fn nothing_is_taken_for_an_order_that_is_another() {
    let account = account();
    let of = |number: &str, body: &str| {
        let canned = Canned::new(&[(200, body)]);
        run(Capability.read(&call(&canned, &account), &OrderNumber::new(number).unwrap())).map(drop).map_err(|error| error.kind)
    };
    assert_eq!(of(NUMBER, &format!(r#"{{"data":[{ORDER}]}}"#)), Ok(()));
    assert_eq!(of(&NUMBER.replace("42", "43"), &format!(r#"{{"data":[{ORDER}]}}"#)), Err(ErrorKind::NotFound));
    assert_eq!(of(NUMBER, r#"{"data":[]}"#), Err(ErrorKind::NotFound));
    assert_eq!(of("10042", "{}"), Err(ErrorKind::NotFound), "the number that people see is no id");
    for odd in [r#"{"data":[{}]}"#, &format!(r#"{{"data":[{{"id":"{NUMBER}"}}]}}"#), "{}", r#"{"data":{"type":7}}"#] {
        assert_eq!(of(NUMBER, odd), Err(ErrorKind::Protocol), "{odd}");
    }
}
