//! Signing in: who may, for how long, and what ends it.

use crate::access::People;
use crate::tests::{api, call};
use crate::{FORM, HttpAnswer};
use bytes::Bytes;
use domain::{Role, UserName};
use http::Method;
use jiff::SignedDuration;
use lambda_kit::{Asker, HttpCall, HttpHandler as _};
use serde_json::{Value, json};
use simulation::market::Market;
use std::net::IpAddr;
use std::sync::Arc;
use testkit::run::finish;
use url::form_urlencoded;

const PASSWORD: &str = "correct horse battery";
const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
const LOOPBACK: (&str, &str) = ("host", "127.0.0.1:8080");

fn people(market: &Market) -> People {
    let world = market.stage.world();
    People::new(&world, Arc::clone(&world.table))
}

fn name(text: &str) -> UserName {
    UserName::new(text).unwrap()
}

/// A market with an owner and somebody of the warehouse.
fn staffed() -> Market {
    let market = Market::open(&[("A", 9)], 9);
    let people = people(&market);
    finish(people.add_user(&name("ada"), Role::Owner, PASSWORD, "cli")).unwrap();
    finish(people.add_user(&name("willem"), Role::Warehouse, "another horse entirely", "ada")).unwrap();
    market
}

/// Whoever it is, from an address of a document.
fn asked(market: &Market, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> HttpAnswer {
    let kind = if body.starts_with('{') { "application/json" } else { FORM };
    let kind = [("content-type", kind)].into_iter().filter(|_| !body.is_empty());
    let headers = headers.iter().copied().chain(kind).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let from = Some("203.0.113.9".parse::<IpAddr>().unwrap());
    let asked = call(method, path, "");
    finish(api(market).handle(HttpCall { headers, body: Bytes::from(body.to_owned()), asker: Asker::Anybody, from, ..asked }))
}

fn form(user: &str, password: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("name", user), ("password", password), ("back", "/orders")])
        .finish()
}

fn sign_in(market: &Market, user: &str, password: &str, headers: &[(&str, &str)]) -> HttpAnswer {
    asked(market, "POST", "/sign-in", &[headers, &[OURS]].concat(), &form(user, password))
}

fn header<'a>(answer: &'a HttpAnswer, name: &str) -> &'a str {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn text(answer: &HttpAnswer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// The cookie of who signs in on loopback.
fn cookie(market: &Market, user: &str, password: &str) -> String {
    let answer = sign_in(market, user, password, &[LOOPBACK]);
    assert_eq!(answer.status, 303, "{}", text(&answer));
    header(&answer, "set-cookie").split(';').next().unwrap().to_owned()
}

fn status(market: &Market, cookie: &str) -> u16 {
    asked(market, "GET", "/api/v1/orders", &[LOOPBACK, ("cookie", cookie)], "").status
}

#[test]
fn who_signs_in_goes_where_they_wanted_with_a_cookie_that_no_script_reads() {
    let market = staffed();
    let plain = sign_in(&market, "Ada", PASSWORD, &[LOOPBACK]);
    assert_eq!((plain.status, header(&plain, "location")), (303, "/orders"), "{}", text(&plain));
    let cookie = header(&plain, "set-cookie");
    assert!(
        cookie.starts_with("sluis-session=") && cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let tls = sign_in(&market, "ada", PASSWORD, &[("host", "sluis.example.test"), ("x-forwarded-proto", "https")]);
    let cookie = header(&tls, "set-cookie");
    assert!(cookie.starts_with("__Host-sluis-session=") && cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    assert!(token.len() == 43, "256 bits: {token}");
    let rows = format!("{:?}", market.stage.table.rows());
    assert!(!rows.contains(token) && !rows.contains(PASSWORD), "neither is kept");
    // Under TLS only the cookie counts that a browser keeps for this host alone.
    let of = |name: &str| {
        let cookie = format!("{name}={token}");
        let headers = [("host", "sluis.example.test"), ("x-forwarded-proto", "https"), ("cookie", cookie.as_str())];
        asked(&market, "GET", "/api/v1/orders", &headers, "").status
    };
    assert_eq!((of("__Host-sluis-session"), of("sluis-session")), (200, 401));
    let page = text(&asked(
        &market,
        "GET",
        "/today",
        &[LOOPBACK, ("cookie", &self::cookie(&market, "willem", "another horse entirely"))],
        "",
    ));
    assert!(page.contains("willem") && page.contains("/sign-out"), "{page}");
}

#[test]
fn an_unknown_name_and_a_wrong_password_are_answered_alike() {
    let market = staffed();
    let dutch = [LOOPBACK, ("accept-language", "nl")];
    let (unknown, wrong) =
        (sign_in(&market, "nobody", PASSWORD, &dutch), sign_in(&market, "ada", "correct horse batterz", &dutch));
    let told = |answer: &HttpAnswer, name: &str| (answer.status, text(answer).replace(name, "…"));
    assert_eq!(told(&unknown, "nobody"), told(&wrong, "ada"));
    assert_eq!(wrong.status, 401);
    assert!(
        text(&wrong).contains("De naam of het wachtwoord klopt niet") && !text(&wrong).contains("batterz"),
        "{}",
        text(&wrong)
    );
    assert_eq!(header(&wrong, "set-cookie"), "");
}

#[test]
fn without_tls_nobody_signs_in_from_elsewhere() {
    let market = staffed();
    for host in ["sluis.example.test", "192.0.2.1:8080"] {
        let answer = sign_in(&market, "ada", PASSWORD, &[("host", host)]);
        assert_eq!((answer.status, header(&answer, "set-cookie")), (403, ""), "{host}");
    }
}

#[test]
fn a_form_of_another_site_signs_nobody_in() {
    let market = staffed();
    for from in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example.test")], &[]] {
        let answer = asked(&market, "POST", "/sign-in", &[&[LOOPBACK], from].concat(), &form("ada", PASSWORD));
        assert_eq!((answer.status, header(&answer, "set-cookie")), (403, ""), "{from:?}");
    }
}

#[test]
fn a_session_ends_by_the_clock_by_signing_out_by_another_password_and_by_removal() {
    let market = staffed();
    let people = people(&market);
    let ada = cookie(&market, "ada", PASSWORD);
    assert_eq!(status(&market, &ada), 200);
    market.stage.clock.pass(SignedDuration::from_mins(12 * 60 - 1));
    assert_eq!(status(&market, &ada), 200, "a minute before twelve hours");
    market.stage.clock.pass(SignedDuration::from_mins(1));
    assert_eq!(status(&market, &ada), 401, "after twelve hours");

    let (ada, again) = (cookie(&market, "ada", PASSWORD), cookie(&market, "ada", PASSWORD));
    let out = asked(&market, "POST", "/sign-out", &[LOOPBACK, OURS, ("cookie", &ada)], "do=x");
    assert_eq!((out.status, header(&out, "location")), (303, "/sign-in"));
    assert!(header(&out, "set-cookie").starts_with("sluis-session=; Path=/; Max-Age=0"), "{:?}", out.headers);
    assert_eq!((status(&market, &ada), status(&market, &again)), (401, 200), "that session, and no other");

    finish(people.set_password(&name("ada"), "staple of another kind")).unwrap();
    assert_eq!(status(&market, &again), 401, "with another password");

    let willem = cookie(&market, "willem", "another horse entirely");
    finish(people.remove_user(&name("willem"))).unwrap();
    assert_eq!(status(&market, &willem), 401, "removed");
    finish(people.add_user(&name("willem"), Role::Owner, "another horse entirely", "ada")).unwrap();
    assert_eq!(status(&market, &willem), 401, "somebody of the same name is somebody else");
}

#[test]
fn a_role_holds_from_the_next_request_on() {
    let market = staffed();
    let willem = cookie(&market, "willem", "another horse entirely");
    let users = || asked(&market, "GET", "/api/v1/users", &[LOOPBACK, ("cookie", &willem)], "").status;
    assert_eq!(users(), 403);
    finish(people(&market).set_role(&name("willem"), Role::Owner)).unwrap();
    assert_eq!(users(), 200);
}

#[test]
fn what_a_session_asks_must_have_stood_on_our_page() {
    let market = staffed();
    let ada = cookie(&market, "ada", PASSWORD);
    let body = json!({ "sku": "A", "location": "main", "set": 3, "reason": "count" }).to_string();
    let ask = |from: &[(&str, &str)]| {
        let headers = [&[LOOPBACK, ("cookie", ada.as_str()), ("idempotency-key", "k")], from].concat();
        asked(&market, "POST", "/api/v1/stock/adjustments", &headers, &body).status
    };
    for foreign in
        [&[][..], &[("sec-fetch-site", "cross-site")], &[("sec-fetch-site", "same-site")], &[("origin", "http://127.0.0.1:9")]]
    {
        assert_eq!(ask(foreign), 403, "{foreign:?}");
    }
    assert_eq!(ask(&[("origin", "http://127.0.0.1:8080")]), 200);
    let movements = asked(&market, "GET", "/api/v1/products/A/movements", &[LOOPBACK, ("cookie", &ada)], "");
    assert!(text(&movements).contains("\"ada\""), "who did it is who signed in: {}", text(&movements));
}

#[test]
fn whoever_tries_too_often_waits_and_keeps_nobody_out_for_ever() {
    let market = staffed();
    let ada = cookie(&market, "ada", PASSWORD);
    for _ in 0..10 {
        assert_eq!(sign_in(&market, "ada", "wrong wrong wrong", &[LOOPBACK]).status, 401);
    }
    let refused = sign_in(&market, "ada", PASSWORD, &[LOOPBACK, ("accept-language", "nl")]);
    assert_eq!(refused.status, 429, "{}", text(&refused));
    assert!(text(&refused).contains("Probeer het over 15 min. opnieuw"), "{}", text(&refused));
    assert_eq!(status(&market, &ada), 200, "who is signed in stays so");
    assert_eq!(sign_in(&market, "willem", "another horse entirely", &[LOOPBACK]).status, 429, "it is the address that waits");
    market.stage.clock.pass(SignedDuration::from_mins(15));
    assert_eq!(sign_in(&market, "ada", PASSWORD, &[LOOPBACK]).status, 303);
}

/// Attempts from many addresses at one name: it waits, but not where its owner signed in last.
#[test]
fn attempts_of_others_do_not_keep_an_owner_out_where_they_signed_in_last() {
    let market = staffed();
    let from = |from: &str, password: &str| {
        let headers =
            [("host", "127.0.0.1"), OURS, ("content-type", FORM)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let asked = call("POST", "/sign-in", "");
        let (body, from) = (Bytes::from(form("ada", password)), Some(from.parse().unwrap()));
        finish(api(&market).handle(HttpCall { headers: headers.into(), body, asker: Asker::Anybody, from, ..asked })).status
    };
    assert_eq!(from("192.0.2.1", PASSWORD), 303);
    for n in 0..30 {
        assert_eq!(from(&format!("198.51.100.{n}"), "wrong wrong wrong"), 401, "{n}");
    }
    assert_eq!(from("198.51.100.200", PASSWORD), 429, "from yet another address");
    assert_eq!(from("192.0.2.1", PASSWORD), 303, "where she signed in last");
    // Who has an account has no more attempts at the accounts of others.
    for n in 0..10 {
        assert_eq!(from("203.0.113.7", "wrong wrong wrong"), 401, "{n}");
    }
    assert_eq!(from("203.0.113.7", PASSWORD), 429);
}

#[test]
fn a_machine_token_is_shown_once_says_who_asks_and_counts_until_it_is_revoked() {
    let market = staffed();
    let people = people(&market);
    let token = finish(people.add_token(&name("till"), Role::Warehouse, "ada")).unwrap();
    assert!(!format!("{:?}", market.stage.table.rows()).contains(&token), "only its hash is kept");
    let ask = |method: &str, path: &str, token: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        asked(&market, method, path, &[("authorization", &bearer), ("idempotency-key", "k")], body)
    };
    let body = json!({ "sku": "A", "location": "main", "set": 3, "reason": "count" });
    // No cookie, so no page of another site can have sent it.
    assert_eq!(ask("POST", "/api/v1/stock/adjustments", &token, &body.to_string()).status, 200);
    let movements: Value = serde_json::from_slice(&ask("GET", "/api/v1/products/A/movements", &token, "").body).unwrap();
    assert!(movements.to_string().contains("\"till\""), "{movements}");
    let mut claimed = body.clone();
    claimed["by"] = "Somebody Else".into();
    assert_eq!(ask("POST", "/api/v1/stock/adjustments", &token, &claimed.to_string()).status, 400, "a claim of another name");
    assert_eq!(ask("GET", "/api/v1/users", &token, "").status, 403);
    for wrong in [&token[..token.len() - 1], "sluis_till:", "sluis_ada:x", "", "x"] {
        assert_eq!(ask("GET", "/api/v1/orders", wrong, "").status, 401, "{wrong}");
    }
    finish(people.revoke_token(&name("till"))).unwrap();
    assert_eq!(ask("GET", "/api/v1/orders", &token, "").status, 401);
}

#[test]
fn there_is_an_owner_first_and_always_one() {
    let market = Market::open(&[], 0);
    let people = people(&market);
    let add = |who: &str, role: Role| finish(people.add_user(&name(who), role, PASSWORD, "cli")).map_err(|error| error.kind);
    assert_eq!(add("willem", Role::Warehouse), Err(ports::ErrorKind::Declined), "the first");
    assert!(add("ada", Role::Owner).is_ok() && add("willem", Role::Warehouse).is_ok());
    assert_eq!(add("Ada", Role::Owner), Err(ports::ErrorKind::Declined), "a name is one person's");
    assert!(finish(people.add_token(&name("ada"), Role::ReadOnly, "ada")).is_err(), "and no machine's");
    assert!(finish(people.remove_user(&name("ada"))).is_err() && finish(people.set_role(&name("ada"), Role::ReadOnly)).is_err());
    finish(people.set_role(&name("willem"), Role::Owner)).unwrap();
    finish(people.remove_user(&name("ada"))).unwrap();
}

#[test]
fn a_machine_without_users_is_its_owners_and_one_with_users_asks() {
    let market = Market::open(&[], 0);
    let here = || finish(api(&market).handle(HttpCall { asker: Asker::ThisMachine, ..call("GET", "/api/v1/orders", "") })).status;
    assert_eq!(here(), 200);
    finish(people(&market).add_user(&name("ada"), Role::Owner, PASSWORD, "cli")).unwrap();
    assert_eq!(here(), 401);
    let key = HttpCall { asker: Asker::Owner, method: Method::GET, ..call("GET", "/api/v1/orders", "") };
    assert_eq!(finish(api(&market).handle(key)).status, 200, "whoever holds the state folder");
}

#[test]
fn users_are_looked_after_by_owners_and_no_answer_has_a_password() {
    let market = staffed();
    let ada = cookie(&market, "ada", PASSWORD);
    let ask = |method: &str, path: &str, body: &str| {
        let answer = asked(&market, method, path, &[LOOPBACK, OURS, ("cookie", &ada)], body);
        let told: Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(!told.to_string().contains("argon2") && !told.to_string().contains("horse"), "{told}");
        (answer.status, told)
    };
    let mo = json!({ "name": "Mo@example.test", "role": "bookkeeper", "password": "a horse of many words" }).to_string();
    let (status, told) = ask("POST", "/api/v1/users", &mo);
    assert_eq!((status, told["name"].as_str(), told["added_by"].as_str()), (200, Some("mo@example.test"), Some("ada")), "{told}");
    assert_eq!(ask("POST", "/api/v1/users", &mo).0, 422, "there already");
    let short = json!({ "name": "x", "role": "bookkeeper", "password": "short" }).to_string();
    let (status, told) = ask("POST", "/api/v1/users", &short);
    assert_eq!((status, told["field"].as_str()), (400, Some("password")), "{told}");
    assert_eq!(ask("PUT", "/api/v1/users/mo@example.test/role", r#"{"role":"read_only"}"#).1["role"], "read_only");
    assert_eq!(ask("PUT", "/api/v1/users/mo@example.test/password", r#"{"password":"another one of many"}"#).0, 200);
    assert_eq!(ask("GET", "/api/v1/users", "").1["users"].as_array().unwrap().len(), 3);
    assert_eq!(ask("DELETE", "/api/v1/users/mo@example.test", "").1["removed"], "mo@example.test");
    assert_eq!(ask("GET", "/api/v1/users/mo@example.test", "").0, 404);
    assert_eq!(ask("DELETE", "/api/v1/users/ada", "").0, 422, "the only owner");
    let (status, told) = ask("POST", "/api/v1/machine-tokens", r#"{"name":"till","role":"read_only"}"#);
    assert!(status == 200 && told["token"].as_str().unwrap().starts_with("sluis_till:"), "{told}");
    let (_, listed) = ask("GET", "/api/v1/machine-tokens", "");
    assert!(listed["machine_tokens"][0]["name"] == "till" && listed["machine_tokens"][0].get("token").is_none(), "{listed}");
    assert_eq!(ask("DELETE", "/api/v1/machine-tokens/till", "").0, 200);
    assert_eq!(ask("DELETE", "/api/v1/machine-tokens/till", "").0, 404);
}
