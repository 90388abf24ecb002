//! Lists from the index, in the API and on pages: what they hold, and that they say what they may lack.

use crate::tests::{an_order, ask, busy, get};
use crate::{Api, HttpCall, HttpHandler as _};
use bytes::Bytes;
use engine::{ask_for_rebuild, catch_up, go_on_rebuilding, index_catalogue};
use jiff::SignedDuration;
use lambda_kit::Asker;
use serde_json::{Value, json};
use simulation::market::Market;
use testkit::run::finish;
use url::form_urlencoded;

/// What `read-model` does by the clock.
fn index(market: &Market) {
    let world = market.stage.world();
    let until = world.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap();
    finish(catch_up(&world, until)).unwrap();
    assert!(finish(go_on_rebuilding(&world, until)).unwrap().ended);
    finish(index_catalogue(&world, until)).unwrap();
}

fn indexed() -> Market {
    let market = busy();
    index(&market);
    market
}

/// As somebody asks whose parameters are escaped.
fn answer(market: &Market, path: &str, language: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let call = HttpCall {
        method: http::Method::GET,
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: vec![("accept-language".to_owned(), language.to_owned())],
        body: Bytes::new(),
        asker: Asker::Owner,
        from: None,
        received_at: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    let answer = finish(Api::new(market.stage.world()).handle(call));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status, 200, "{path}: {text}");
    text
}

fn page(market: &Market, path: &str, language: &str) -> String {
    answer(market, path, language)
}

fn numbers(list: &Value) -> Vec<String> {
    list["orders"].as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn orders_are_listed_by_stage_by_connection_and_by_what_they_are_called() {
    let market = indexed();
    let order = an_order(&market);
    let all = get(&market, "/api/v1/orders?stage=all");
    assert_eq!(numbers(&all).len(), market.connections.len());
    assert_eq!((&all["index"]["complete"], &all["index"]["behind"]), (&json!(true), &json!(false)), "{all}");
    let listed = &get(&market, "/api/v1/orders?stage=to_ship")["orders"];
    assert_eq!(listed.as_array().unwrap().len(), market.connections.len());
    assert_eq!((&listed[0]["stage"], &listed[0]["to_ship"]), (&json!("to_ship"), &json!(1)));
    assert!(numbers(&get(&market, "/api/v1/orders?stage=shipped")).is_empty());
    let of = get(&market, &format!("/api/v1/orders?connection={}", order.connection));
    assert_eq!(numbers(&of), [order.number.to_string()]);
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    // `call` of these tests decodes nothing: what needs no decoding is asked for.
    let shown = order.display_number.as_deref().unwrap_or(order.number.as_str());
    let letters: String = shown.chars().filter(char::is_ascii_alphanumeric).collect();
    let found = numbers(&get(&market, &format!("/api/v1/orders?q={}", escaped(&letters))));
    assert!(found.contains(&order.number.to_string()), "{letters}: {found:?}");
    assert_eq!(numbers(&get(&market, "/api/v1/orders?q=mug12b")).len(), market.connections.len(), "by a product");
    assert!(numbers(&get(&market, "/api/v1/orders?q=nothingofthekind")).is_empty());
}

#[test]
fn a_list_goes_on_where_the_page_before_ended() {
    let market = indexed();
    let (mut before, mut seen) = (String::new(), Vec::new());
    loop {
        let list: Value =
            serde_json::from_str(&answer(&market, &format!("/api/v1/orders?stage=all&limit=1{before}"), "en")).unwrap();
        seen.extend(numbers(&list));
        let Some(next) = list["next"].as_str() else { break };
        before = format!("&before={}", form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>());
        assert!(seen.len() < 50, "it comes to no end");
    }
    assert_eq!(seen.len(), market.connections.len());
}

#[test]
fn what_is_asked_for_wrongly_is_refused_by_name() {
    let market = indexed();
    for (query, field) in [
        ("stage=open", "stage"),
        ("before=x", "before"),
        ("stage=all&before=x", "before"),
        ("state=all", "state"),
        ("connection=Not%20one", "connection"),
    ] {
        let (status, problem) = ask(&market, "GET", &format!("/api/v1/orders?{query}"), "");
        assert_eq!((status, problem["field"].as_str()), (400, Some(field)), "{query}: {problem}");
    }
    let (_, problem) = ask(&market, "GET", "/api/v1/orders?stage=open", "");
    assert!(problem["detail"].as_str().unwrap().contains("partly_shipped"), "{problem}");
}

#[test]
fn the_index_says_how_far_it_is_and_is_rebuilt_when_asked() {
    let market = busy();
    assert_eq!(get(&market, "/api/v1/index")["complete"], false);
    index(&market);
    assert_eq!(
        (&get(&market, "/api/v1/index")["complete"], &get(&market, "/api/v1/index")["rebuild"]),
        (&json!(true), &Value::Null)
    );
    let (status, asked) = ask(&market, "POST", "/api/v1/index/rebuild", "");
    assert_eq!((status, &asked["complete"], &asked["rebuild"]["orders"]), (200, &json!(true), &json!(0)), "{asked}");
    index(&market);
    assert_eq!(get(&market, "/api/v1/index")["rebuild"], Value::Null);
}

#[test]
fn the_page_of_orders_has_a_tab_for_every_stage_and_counts_only_what_is_known() {
    let market = busy();
    let before = page(&market, "/orders?show=to_ship", "nl");
    assert!(before.contains("nog niet opgebouwd") && !before.contains("Geen bestellingen die hieraan voldoen"), "{before}");
    assert!(!before.contains("Te verzenden (0)"), "nobody knows");
    index(&market);
    let n = market.connections.len();
    for (language, tab, none) in
        [("nl", "Te verzenden", "Geen bestellingen die hieraan voldoen."), ("en", "To ship", "No orders fit this.")]
    {
        let found = page(&market, "/orders?show=to_ship", language);
        assert!(found.contains(&format!("{tab} ({n})")) && !found.contains(none), "{found}");
        assert_eq!(found.matches("class=\"order\"").count(), n, "{found}");
        let empty = page(&market, "/orders?show=return", language);
        assert!(empty.contains(none), "{empty}");
        let sought = page(&market, "/orders?q=mug12", language);
        assert_eq!(sought.matches("class=\"order\"").count(), n, "{sought}");
    }
    // Something happens, and nobody has looked since.
    let order = an_order(&market);
    let cancel =
        json!({ "reason": "out_of_stock", "lines": [{ "line": order.lines[0].id, "units": 1 }], "by": "Ada" }).to_string();
    let number = order.number.to_string().replace('/', "%2F").replace('#', "%23");
    let (status, answer) =
        ask(&market, "POST", &format!("/api/v1/orders/{}/{number}/cancellations#c-1", order.connection), &cancel);
    assert_eq!(status, 200, "{answer}");
    let behind = page(&market, "/orders?show=return", "nl");
    assert!(behind.contains("staan misschien nog niet in deze lijst") && !behind.contains("Geen bestellingen die"), "{behind}");
    assert!(!behind.contains(&format!("Te verzenden ({n})")), "a count that may be wrong is not shown");
}

#[test]
fn today_says_what_is_to_be_sent_by_when_from_the_index_and_without_it_what_is_known() {
    let market = busy();
    let before = page(&market, "/today", "nl");
    assert!(
        before.contains("nog niet opgebouwd")
            && before.contains("of meer")
            && !before.contains("Er hoeft niets te worden verzonden"),
        "{before}"
    );
    index(&market);
    let known = page(&market, "/today", "nl");
    assert!(known.contains(&format!("Te verzenden: {}", market.connections.len())), "{known}");
    assert!(
        ["Te laat: ", "Vandaag: ", "Later: ", "Zonder beloofde datum: "].iter().any(|group| known.contains(group)),
        "{known}"
    );
    let nothing = Market::open(&[("A", 1)], 1);
    index(&nothing);
    assert!(page(&nothing, "/today", "nl").contains("Er hoeft niets te worden verzonden"));
}

#[test]
fn products_are_searched_through_the_index_once_there_is_one() {
    let market = indexed();
    let found = get(&market, "/api/v1/products?q=mug%2012".replace("%20", "").as_str());
    assert_eq!((found["products"].as_array().unwrap().len(), &found["index_up_to_date"]), (1, &json!(true)), "{found}");
    assert_eq!(get(&market, "/api/v1/products?q=ug")["products"], json!([]), "the end of a word is none");
    assert_eq!(get(&market, "/api/v1/products")["index_up_to_date"], Value::Null, "all is no search");
    finish(ask_for_rebuild(&market.stage.world())).unwrap();
    let found = get(&market, "/api/v1/products?q=mug");
    assert!(found["products"].as_array().unwrap().len() == 1, "{found}");
    assert!(page(&market, "/products?q=mug", "nl").contains("MUG 12/BLUE"));
}
