//! Who may do what: every role asks for everything, and what it is answered is the table of `docs/roles.md`.

use crate::tests::{Route, an_order, api, busy, call, document, fitting, operations, target, with_store};
use crate::{FORM, HttpAnswer, pages};
use bytes::Bytes;
use domain::{Right, Role};
use lambda_kit::{Asker, HttpCall, HttpHandler as _};
use serde_json::Value;
use simulation::market::Market;
use std::fmt::Write as _;
use testkit::run::finish;
use url::form_urlencoded;

/// Forms of pages, by the page's path as its route has it, what is done, and what it needs: as the operation that does it.
const FORMS: [(&str, &str, Right); 23] = [
    ("/attention", "retry", Right::DecideParked),
    ("/attention", "dismiss", Right::DecideParked),
    ("/attention", "erase", Right::ErasePersonalData),
    ("/orders/{connection}/{order}", "ship", Right::ShipOrders),
    ("/orders/{connection}/{order}", "correct", Right::ShipOrders),
    ("/orders/{connection}/{order}", "tell", Right::ShipOrders),
    ("/orders/{connection}/{order}", "cover", Right::ShipOrders),
    ("/orders/{connection}/{order}", "cancel", Right::CancelOrders),
    ("/orders/{connection}/{order}", "deleted", Right::CancelOrders),
    ("/orders/{connection}/{order}", "resolve", Right::CancelOrders),
    ("/orders/{connection}/{order}", "return", Right::HandleReturns),
    ("/orders/{connection}/{order}", "receive", Right::HandleReturns),
    ("/orders/{connection}/{order}", "inspect", Right::HandleReturns),
    ("/orders/{connection}/{order}", "restock", Right::HandleReturns),
    ("/products/{sku}", "count", Right::AdjustStock),
    ("/products/{sku}", "set", Right::AdjustStock),
    ("/products/{sku}", "transfer", Right::AdjustStock),
    ("/products/{sku}", "rules", Right::ManageCatalogue),
    ("/products/{sku}", "rules-on", Right::ManageCatalogue),
    ("/channels/{connection}", "publish", Right::ManageConnections),
    ("/channels/{connection}", "check", Right::ManageConnections),
    ("/channels/{connection}/listings", "match", Right::ManageCatalogue),
    ("/matches", "matches", Right::ManageCatalogue),
];

/// What an operation says that it needs.
fn right(route: &Route) -> Right {
    let named = route.described["x-needs"].as_str();
    let named = named.unwrap_or_else(|| panic!("{} {} does not say what it needs", route.method, route.path));
    *Right::ALL.iter().find(|right| right.as_str() == named).unwrap_or_else(|| panic!("{named} is no right"))
}

fn as_(role: Role, call: HttpCall) -> HttpCall {
    HttpCall { asker: Asker::Known { name: "ada".to_owned(), role }, ..call }
}

fn code(answer: &HttpAnswer) -> String {
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    problem["code"].as_str().unwrap_or_default().to_owned()
}

/// Without a name, for whom the token has one.
fn unsigned(text: String) -> String {
    let Ok(mut body) = serde_json::from_str::<Value>(&text) else { return text };
    match body.as_object_mut() {
        Some(fields) => {
            fields.remove("by");
            body.to_string()
        }
        None => text,
    }
}

#[test]
fn every_role_is_answered_what_its_rights_say_by_every_operation() {
    let document = document();
    let routes = operations(&document);
    assert!(routes.len() > 60, "{}", routes.len());
    for role in Role::ALL {
        let market = busy();
        with_store(&market);
        for route in &routes {
            let (right, target) = (right(route), target(&market, route));
            let target = target.replace("?by=Ada", "");
            let key = if route.keyed { format!("#{role}") } else { String::new() };
            let body = unsigned(fitting(&market, route));
            let rows = market.stage.table.rows();
            let answer = finish(api(&market).handle(as_(role, call(&route.method, &format!("{target}{key}"), &body))));
            let what = format!("{role}: {} {target}: {} {}", route.method, answer.status, String::from_utf8_lossy(&answer.body));
            if role.may(right) {
                assert!(!matches!(answer.status, 401 | 403 | 405), "{what}");
            } else {
                assert_eq!((answer.status, code(&answer).as_str()), (403, "role_may_not"), "{what}");
                assert_eq!(market.stage.table.rows(), rows, "nothing was done: {what}");
            }
        }
    }
}

fn page(market: &Market, path: &str) -> String {
    let order = an_order(market);
    let escaped = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    path.replace("{connection}", order.connection.as_str())
        .replace("{order}", &escaped(order.number.as_str()))
        .replace("{sku}", "MUG%2012%2FBLUE")
        .replace("{invoice}", "F2026-00001")
        .replace("{name}", web::ASSETS[0].address.rsplit('/').next().unwrap())
}

fn of_a_page(method: &str, path: &str, fields: &[(&str, &str)]) -> HttpCall {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let headers = [("content-type", FORM), ("sec-fetch-site", "same-origin")];
    HttpCall {
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: Bytes::from(body),
        ..call(method, path, "")
    }
}

#[test]
fn every_role_may_send_the_forms_that_its_rights_say_and_is_shown_no_others() {
    for role in Role::ALL {
        let market = busy();
        with_store(&market);
        for (path, act, right) in FORMS {
            let address = page(&market, path);
            let shown = finish(api(&market).handle(as_(role, call("GET", &address, ""))));
            let shown = String::from_utf8_lossy(&shown.body).into_owned();
            let rows = market.stage.table.rows();
            let fields = [("do", act), ("about", "main"), ("key", "k"), ("rows", "x")];
            let answer = finish(api(&market).handle(as_(role, of_a_page("POST", &address, &fields))));
            if role.may(right) {
                assert_ne!(answer.status, 403, "{role}: {act} at {path}");
            } else {
                assert_eq!(answer.status, 403, "{role}: {act} at {path}");
                assert_eq!(market.stage.table.rows(), rows, "{role}: {act} at {path}");
                assert!(!shown.contains(&format!("name=\"do\" value=\"{act}\"")), "{role} is shown {act} at {path}");
            }
        }
    }
}

/// What a page does and no line of `FORMS` names would be tried by no role.
#[test]
fn every_form_that_a_page_shows_is_one_that_is_tried() {
    let market = busy();
    with_store(&market);
    let mut shown = 0;
    for (path, _) in pages::routes().needs.iter().filter(|(path, _)| !path.contains("{invoice}") && !path.contains("{name}")) {
        let found = finish(api(&market).handle(as_(Role::Owner, call("GET", &page(&market, path), ""))));
        for act in String::from_utf8_lossy(&found.body).split("name=\"do\" value=\"").skip(1) {
            let act = act.split('"').next().unwrap();
            assert!(FORMS.iter().any(|form| (form.0, form.1) == (*path, act)), "{act} at {path}");
            shown += 1;
        }
    }
    assert!(shown > 8, "{shown}");
}

#[test]
fn who_is_not_known_gets_nothing_but_what_is_open() {
    let market = busy();
    let nobody = |call: HttpCall| finish(api(&market).handle(HttpCall { asker: Asker::Anybody, ..call }));
    let document = document();
    for route in &operations(&document) {
        let answer = nobody(call(&route.method, &target(&market, route), &fitting(&market, route)));
        assert_eq!((answer.status, code(&answer).as_str()), (401, "sign_in_needed"), "{} {}", route.method, route.path);
        assert!(answer.headers.iter().any(|(name, _)| name == "www-authenticate"), "{}", route.path);
    }
    for (path, right) in pages::routes().needs {
        let answer = nobody(call("GET", &page(&market, path), ""));
        let to = answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.as_str()).unwrap_or_default();
        match (right, path) {
            (Some(_), "/pulse") => assert_eq!(answer.status, 401),
            (Some(_), _) => assert!(answer.status == 303 && to.starts_with("/sign-in?back="), "{path}: {} {to}", answer.status),
            // They take forms alone.
            (None, "/language" | "/sign-out") => assert_eq!(answer.status, 405),
            (None, _) => assert_eq!(answer.status, 200, "{path}"),
        }
    }
    for unknown in ["/none", "/api/v1/none"] {
        assert!(matches!(nobody(call("GET", unknown, "")).status, 401 | 303), "{unknown}: what is there is not told");
    }
}

fn line(text: &mut String, what: &str, right: Option<Right>) {
    let cells: String = Role::ALL.map(|role| if right.is_none_or(|right| role.may(right)) { " yes |" } else { " – |" }).concat();
    let name = right.map_or("nothing", Right::as_str);
    writeln!(text, "| {what} | {name} |{cells}").unwrap();
}

fn table() -> String {
    let mut text = String::from(
        "# Which role may do what\n\n\
         Made by a test of the API (`roles_tests.rs`), which asks for all of it in every role: `UPDATE_ROLES=1 cargo test -p api roles`.\n\
         What each right is, says `shared/domain/src/role.rs`.\n\n\
         ## The API\n\n",
    );
    let heads = Role::ALL.map(|role| format!(" {} |", role.as_str().replace('_', " "))).concat();
    let head = |what: &str| format!("| {what} | needs |{heads}\n|---|---|{}\n", "---|".repeat(Role::ALL.len()));
    text.push_str(&head("operation"));
    let document = document();
    let mut routes = operations(&document);
    routes.sort_by(|one, other| (&one.path, &one.method).cmp(&(&other.path, &other.method)));
    for route in &routes {
        line(&mut text, &format!("`{} {}`", route.method, route.path), Some(right(route)));
    }
    text.push_str("\n## Pages\n\nA page is opened by whoever has what it needs, and shows the forms that they may send.\n\n");
    text.push_str(&head("page"));
    for (path, right) in pages::routes().needs {
        line(&mut text, &format!("`{path}`"), right);
        for (_, act, right) in FORMS.iter().filter(|form| form.0 == path) {
            line(&mut text, &format!("`{path}`, form `{act}`"), Some(*right));
        }
    }
    text
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the switch that rewrites the table; no deployed code reads it")]
fn the_table_of_roles_is_the_one_in_the_documents() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/roles.md");
    let table = table();
    if std::env::var("UPDATE_ROLES").is_ok() {
        std::fs::write(&file, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == table, "docs/roles.md differs: run `UPDATE_ROLES=1 cargo test -p api roles`, and read the diff");
}
