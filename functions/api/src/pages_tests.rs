//! Pages: each is there in both languages, names nothing from elsewhere, and does what the API does.

use crate::tests::{an_order, busy, get};
use crate::{Api, FORM, HttpAnswer, HttpCall, HttpHandler as _};
use bytes::Bytes;
use lambda_kit::Asker;
use simulation::market::Market;
use testkit::run::finish;
use url::form_urlencoded;

const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

fn ask(market: &Market, method: &str, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> HttpAnswer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let kind = [("content-type", FORM)].into_iter().filter(|_| method == "POST");
    let call = HttpCall {
        method: method.parse().unwrap(),
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: headers.iter().copied().chain(kind).map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: Bytes::from(body),
        asker: Asker::Owner,
        from: None,
        received_at: "2026-11-21T12:00:00Z".parse().unwrap(),
    };
    finish(Api::new(market.stage.world()).handle(call))
}

fn text(answer: &HttpAnswer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

fn header<'a>(answer: &'a HttpAnswer, name: &str) -> &'a str {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
}

fn order_page(market: &Market) -> String {
    let order = an_order(market);
    let escaped = |part: &str| form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    format!("/orders/{}/{}", escaped(order.connection.as_str()), escaped(order.number.as_str()))
}

fn all_pages(market: &Market) -> Vec<String> {
    let connection = an_order(market).connection;
    vec![
        "/today".to_owned(),
        "/attention".to_owned(),
        "/orders".to_owned(),
        "/orders?show=to_ship&q=mug".to_owned(),
        "/orders?show=all".to_owned(),
        order_page(market),
        "/products".to_owned(),
        "/products/MUG%2012%2FBLUE?explain=1".to_owned(),
        "/products/MUG 12/BLUE".to_owned(),
        "/invoices".to_owned(),
        "/invoices?type=credit_note".to_owned(),
        "/channels".to_owned(),
        format!("/channels/{connection}"),
        format!("/channels/{connection}/listings?unmatched=1"),
        "/matches".to_owned(),
    ]
}

#[test]
fn every_page_is_there_in_both_languages_under_a_policy_without_exceptions() {
    let market = busy();
    for page in all_pages(&market) {
        for (language, heading) in [("nl", "Actie nodig"), ("en", "Needs attention")] {
            let answer = ask(&market, "GET", &page, &[("accept-language", language)], &[]);
            let found = text(&answer);
            assert_eq!(answer.status, 200, "{page}: {found}");
            assert!(found.contains(&format!("<html lang=\"{language}\">")) && found.contains(heading), "{page}");
            let policy = header(&answer, "content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("sha256"),
                "{policy}"
            );
            assert!(!found.contains("http://") && !found.contains(" style=") && !found.contains(" onclick"), "{page}");
            assert_eq!(found.matches("<script").count(), 1, "{page}");
            assert_eq!(found.matches("<h1>").count(), 1, "{page}");
            let title = found.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
            assert!(title.ends_with("Sluis") && title.len() > 10, "{page}: {title}");
        }
    }
}

#[test]
fn every_kind_of_problem_has_a_sentence_of_its_own() {
    let kinds = crate::tests::document()["components"]["schemas"]["Code"]["enum"].as_array().unwrap().clone();
    assert!(kinds.len() > 10, "{kinds:?}");
    for texts in
        [include_str!("../../../shared/web/texts/nl/problems.ftl"), include_str!("../../../shared/web/texts/en/problems.ftl")]
    {
        for kind in &kinds {
            let name = format!("\nproblem-{} = ", kind.as_str().unwrap().replace('_', "-"));
            let sentence = texts.split_once(&name).unwrap_or_else(|| panic!("{kind} is said nowhere")).1.lines().next().unwrap();
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{kind}: {sentence}");
        }
    }
}

#[test]
fn the_address_alone_leads_to_today() {
    let market = Market::open(&[], 0);
    let answer = ask(&market, "GET", "/", &[], &[]);
    assert_eq!((answer.status, header(&answer, "location")), (303, "/today"));
}

#[test]
fn no_page_has_two_elements_of_one_id() {
    let market = busy();
    for page in all_pages(&market) {
        let found = text(&ask(&market, "GET", &page, &[], &[]));
        let mut ids: Vec<&str> = found.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{page}");
    }
}

#[test]
fn the_files_of_a_page_are_there_and_may_be_kept() {
    let market = Market::open(&[], 0);
    let page = text(&ask(&market, "GET", "/today", &[], &[]));
    let files: Vec<&str> = page.split("\"/assets/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in files {
        let answer = ask(&market, "GET", &format!("/assets/{file}"), &[], &[]);
        assert_eq!(answer.status, 200, "{file}");
        assert!(header(&answer, "cache-control").contains("immutable"), "{file}");
    }
    assert_eq!(ask(&market, "GET", "/assets/style-0.css", &[], &[]).status, 404);
}

#[test]
fn a_form_of_another_site_and_one_that_does_not_say_where_it_stood_change_nothing() {
    let market = busy();
    let page = order_page(&market);
    let form = [("do", "ship"), ("key", "k-1"), ("location", "main"), ("lines.1", "1"), ("by", "Mallory")];
    for from in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://evil.example.test"), ("host", "sluis.test")], &[]]
    {
        let answer = ask(&market, "POST", &page, from, &form);
        assert_eq!(answer.status, 403, "{from:?}");
    }
    let answer = ask(&market, "POST", &page, &[("content-type", "text/plain"), OURS], &[]);
    assert_eq!(answer.status, 415);
}

#[test]
fn an_order_is_shipped_by_a_form_once_however_often_it_is_sent() {
    let market = busy();
    let order = an_order(&market);
    let page = order_page(&market);
    let line = format!("lines.{}", order.lines[0].id);
    let form =
        [("do", "ship"), ("key", "k-1"), ("location", "main"), ("carrier", "postnl"), (line.as_str(), "1"), ("by", "Ada Óh")];
    for _ in 0..2 {
        let answer = ask(&market, "POST", &page, &[OURS], &form);
        assert_eq!(answer.status, 303, "{}", text(&answer));
        assert!(header(&answer, "location").ends_with("?done=ship"), "{:?}", answer.headers);
        assert!(header(&answer, "set-cookie").starts_with("name=Ada+%C3%93h;"), "{:?}", answer.headers);
    }
    let shown = get(&market, &format!("/api/v1{page}"));
    assert_eq!(shown["shipments"].as_array().unwrap().len(), 1);
    let after = text(&ask(&market, "GET", &page, &[("cookie", "name=Ada+%C3%93h; language=en")], &[]));
    assert!(after.contains("value=\"Ada Óh\"") || !after.contains("name=\"by\""), "the name is remembered");
    assert!(after.contains("lang=\"en\""));
}

#[test]
fn what_cannot_be_done_is_said_in_the_readers_language_beside_the_field() {
    let market = busy();
    let page = order_page(&market);
    let dutch = [OURS, ("accept-language", "nl")];
    let none = ask(&market, "POST", &page, &dutch, &[("do", "ship"), ("key", "k"), ("location", "main"), ("by", "Ada")]);
    assert_eq!(none.status, 400);
    assert!(text(&none).contains("Vul minstens één stuk in"), "{}", text(&none));
    let nobody = ask(&market, "POST", &page, &dutch, &[("do", "cover"), ("by", "")]);
    assert!(nobody.status == 400 && text(&nobody).contains("Vul uw naam in"), "{}", text(&nobody));
    for answer in [&none, &nobody] {
        let found = text(answer);
        for english in ["expected", "give at least", "give 1 to"] {
            assert!(!found.contains(english), "{english}: {found}");
        }
    }
    let gone = ask(&market, "GET", "/products/NONE", &dutch, &[]);
    assert!(gone.status == 404 && text(&gone).contains("Dit bestaat niet"), "{}", text(&gone));
}

#[test]
fn stock_is_counted_and_a_rule_is_changed_on_the_products_page() {
    let market = busy();
    let sku = "/products/MUG%2012%2FBLUE";
    let count = [("do", "count"), ("about", "main"), ("key", "c-1"), ("count", "20"), ("reason", "geteld"), ("by", "Ada")];
    let answer = ask(&market, "POST", sku, &[OURS], &count);
    assert_eq!(answer.status, 303, "{}", text(&answer));
    let main = |shown: &serde_json::Value| {
        shown["locations"].as_array().unwrap().iter().find(|one| one["location"] == "main").cloned().unwrap()
    };
    assert_eq!(main(&get(&market, &format!("/api/v1{sku}")))["on_hand"], 20);
    let connection = an_order(&market).connection;
    let rule = [("do", "rules-on"), ("about", connection.as_str()), ("safety_stock", "3"), ("paused", ""), ("by", "Ada")];
    let answer = ask(&market, "POST", sku, &[OURS], &rule);
    assert_eq!(answer.status, 303, "{}", text(&answer));
    let rules = get(&market, &format!("/api/v1{sku}/rules/{connection}"));
    assert_eq!(rules["connections"][0]["effective"]["safety_stock"], 3);
    let page = text(&ask(&market, "GET", sku, &[("accept-language", "nl")], &[]));
    assert!(page.contains("veiligheidsvoorraad 3"), "{page}");
}

#[test]
fn what_waits_is_dismissed_with_a_reason_and_only_with_one() {
    let market = busy();
    let id = get(&market, "/api/v1/parked")["parked"][0]["id"].as_str().unwrap().to_owned();
    let form = [("do", "dismiss"), ("about", id.as_str()), ("reason", ""), ("by", "Ada")];
    let answer = ask(&market, "POST", "/attention", &[OURS], &form);
    assert_eq!(answer.status, 400);
    assert!(
        text(&answer).contains("details class=\"act\" id=\"dismiss-") && text(&answer).contains(" open>"),
        "{}",
        text(&answer)
    );
    let form = [("do", "dismiss"), ("about", id.as_str()), ("reason", "it is known"), ("by", "Ada")];
    assert_eq!(ask(&market, "POST", "/attention", &[OURS], &form).status, 303);
    assert_eq!(get(&market, "/api/v1/parked")["parked"].as_array().unwrap().len(), 0);
}

#[test]
fn a_connection_is_switched_and_what_it_is_told_is_said() {
    let market = busy();
    let page = format!("/channels/{}", an_order(&market).connection);
    let answer = ask(&market, "POST", &page, &[OURS], &[("do", "publish"), ("type", "none"), ("by", "Ada")]);
    assert_eq!(answer.status, 303, "{}", text(&answer));
    let said = text(&ask(&market, "GET", &page, &[("accept-language", "nl")], &[]));
    assert!(said.contains("bewust niets doorgegeven"), "{said}");
    let listed = text(&ask(&market, "GET", "/products", &[("accept-language", "nl")], &[]));
    assert!(listed.contains("wordt bewust niet bijgewerkt"), "{listed}");
    let answer = ask(&market, "POST", &page, &[OURS], &[("do", "publish"), ("type", "none"), ("skus", "A"), ("by", "Ada")]);
    assert_eq!(answer.status, 400, "products belong to `selected`");
    assert_eq!(ask(&market, "POST", &page, &[OURS], &[("do", "check"), ("by", "Ada")]).status, 303);
}

#[test]
fn the_part_that_changes_is_the_page_without_its_frame_and_the_pulse_moves_with_what_is_done() {
    let market = busy();
    let part = text(&ask(&market, "GET", "/orders", &[("x-sluis-part", "main")], &[]));
    assert!(part.starts_with("<main") && part.ends_with("</main>"), "{part}");
    let pulse = || text(&ask(&market, "GET", "/pulse", &[], &[]));
    let before = pulse();
    assert!(!before.is_empty() && before.len() < 40 && pulse() == before, "{before}");
    assert!(part.contains(&format!("data-pulse=\"{before}\"")), "{part}");
    let count = [("do", "set"), ("about", "main"), ("key", "s-1"), ("set", "1"), ("reason", "x"), ("by", "Ada")];
    assert_eq!(ask(&market, "POST", "/products/PLAIN", &[OURS], &count).status, 303);
    assert_ne!(pulse(), before);
}

#[test]
fn an_order_is_found_by_its_number_and_one_that_is_not_there_is_said_so() {
    let market = busy();
    let order = an_order(&market);
    let find = |number: &str| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("connection", order.connection.as_str()), ("number", number)])
            .finish();
        ask(&market, "GET", &format!("/orders?{query}"), &[("accept-language", "nl")], &[])
    };
    assert_eq!(header(&find(order.number.as_str()), "location"), order_page(&market));
    assert!(text(&find("no-such-order")).contains("niet bekend"));
}

#[test]
fn nothing_needs_you_is_said_only_where_that_is_known() {
    let words = "Er is niets waarvoor actie nodig is";
    let market = busy();
    let today = text(&ask(&market, "GET", "/today", &[("accept-language", "nl")], &[]));
    assert!(!today.contains(words), "something is parked");
}
