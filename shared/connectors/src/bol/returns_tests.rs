use super::super::Bol;
use super::super::harness_tests::{Canned, account, call, now, run, token};
use super::*;
use domain::{LineUnits, OrderLineId, OrderUpdate};
use ports::{Connector, Disposition};

const PENDING: (u16, &str) = (202, r#"{"processStatusId":"p-1","status":"PENDING"}"#);
const NOTHING: (u16, &str) = (200, "{}");
const ORDER: (u16, &str) = (
    200,
    r#"{"orderId":"A2","orderItems":[
        {"orderItemId":"11","quantity":3,"quantityShipped":3,"product":{"ean":"8712345678906","title":"x"}},
        {"orderItemId":"12","quantity":1,"quantityShipped":1,"product":{"title":"no EAN"}}]}"#,
);
/// A return of the published shape, with a product that waits in part and one that does not.
const LISTED: &str = r#"{"returns":[{"returnId":"1","registrationDateTime":"2026-11-14T11:06:48.423+01:00","fulfilmentMethod":"FBR",
    "returnItems":[
        {"rmaId":"31234567","orderId":"A2","ean":"8712345678906","expectedQuantity":3,"handled":false,
         "returnReason":{"mainReason":"Niet naar verwachting","detailedReason":"x","customerComments":"Groet, Billie"},
         "processingResults":[{"quantity":1,"processingResult":"ACCEPTED","handlingResult":"RETURN_RECEIVED",
            "processingDateTime":"2026-11-15T10:55:37+01:00"}]},
        {"rmaId":31234568,"orderId":"A2","ean":"1","expectedQuantity":1,"handled":true,"processingResults":[]}]}]}"#;

fn update(id: Option<&str>, lines: &[(&str, i64)], verdict: ReturnResolution) -> OrderUpdate {
    let line = |(id, units): &(&str, i64)| LineUnits { line: OrderLineId::new(*id).unwrap(), units: Quantity::clamped(*units) };
    let id = id.map(|i| ReturnId::new(i).unwrap());
    OrderUpdate::Return(ReturnUpdate { id, lines: lines.iter().map(line).collect(), resolution: verdict, beside: Vec::new() })
}

fn told(update: &OrderUpdate, answers: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let result = run(Bol.fulfilment().unwrap().tell(&call(&http, &account, &token), &OrderNumber::new("A2").unwrap(), update));
    (result, http.asked())
}

fn known(update: &OrderUpdate, answers: &[(u16, &str)]) -> Result<Option<bool>> {
    let (http, account, token) = (Canned::new(answers), account(), token());
    run(Bol.fulfilment().unwrap().knows(&call(&http, &account, &token), &OrderNumber::new("A2").unwrap(), update))
}

fn listed(page: Option<&str>, answer: (u16, &str)) -> (Result<ReturnPage>, Vec<String>) {
    let (http, account, token) = (Canned::new(&[answer]), account(), token());
    let result = run(Bol.returns().unwrap().list(&call(&http, &account, &token), page));
    (result, http.asked())
}

#[test]
fn what_waits_is_listed_without_a_word_of_the_customer() {
    let (page, asked) = listed(None, (200, LISTED));
    let page = page.unwrap();
    assert_eq!(asked, ["GET /retailer/returns?page=1&handled=false&fulfilment-method=FBR"]);
    let [waiting] = &page.returns[..] else { panic!("one return, not {:?}", page.returns) };
    assert_eq!((waiting.id.as_str(), waiting.order.as_str(), waiting.units.units()), ("1.31234567", "A2", 2));
    assert_eq!((waiting.line.as_ref(), waiting.ean.as_ref().unwrap().as_str()), (None, "8712345678906"));
    assert_eq!((waiting.reason.as_str(), waiting.at.to_string().as_str()), ("Niet naar verwachting", "2026-11-14T10:06:48.423Z"));
    assert!(!format!("{page:?}").contains("Billie"));
    assert_eq!(page.next.as_deref(), Some("2"));
}

#[test]
fn the_empty_object_ends_the_list_and_a_failed_page_does_not() {
    assert_eq!(listed(Some("7"), NOTHING).0.unwrap(), ReturnPage::default());
    assert_eq!(listed(None, (500, "")).0.unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(listed(None, (200, r#"{"title":"Maintenance"}"#)).0.unwrap_err().kind, ErrorKind::Protocol);
    for wrong in ["", "0", "-1", "x"] {
        assert_eq!(listed(Some(wrong), NOTHING).0.unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}

#[test]
fn a_decision_goes_to_the_rma_number_and_not_to_the_returns() {
    let verdicts = [
        (ReturnResolution::Accepted, "RETURN_RECEIVED"),
        (ReturnResolution::BuyerKeeps, "RETURN_RECEIVED"),
        (ReturnResolution::Rejected, "RETURN_DOES_NOT_MEET_CONDITIONS"),
    ];
    for (verdict, word) in verdicts {
        let (result, asked) = told(&update(Some("1.31234567"), &[("11", 2), ("12", 1)], verdict), &[PENDING]);
        assert_eq!(result.unwrap(), Acknowledged::Pending("p-1".into()));
        assert_eq!(asked, [format!(r#"PUT /retailer/returns/31234567 {{"handlingResult":"{word}","quantityReturned":3}}"#)]);
    }
}

#[test]
fn a_return_bol_does_not_know_is_registered_line_by_line() {
    let both = update(None, &[("11", 2), ("12", 1)], ReturnResolution::Accepted);
    let (result, asked) = told(&both, &[PENDING, (202, r#"{"processStatusId":"p-2","status":"PENDING"}"#)]);
    assert_eq!(result.unwrap(), Acknowledged::Pending("p-1 p-2".into()));
    let post = |line: &str, units: i64| {
        format!(
            r#"POST /retailer/returns {{"orderItemId":"{line}","quantityReturned":{units},"handlingResult":"RETURN_RECEIVED"}}"#
        )
    };
    assert_eq!(asked, [post("11", 2), post("12", 1)]);
    let half = told(&both, &[PENDING, (400, "{}")]).0.unwrap_err();
    assert_eq!(half.disposition(), Disposition::ReadBack, "a half is neither done nor undone");
    assert_eq!(told(&both, &[(400, "{}")]).0.unwrap_err().kind, ErrorKind::Declined);
}

#[test]
fn what_bol_cannot_be_told_is_refused_before_any_call() {
    let wrong = [
        ("no return of bol's", update(Some("31234567"), &[("11", 1)], ReturnResolution::Accepted)),
        ("no id of bol", update(Some("1.../orders"), &[("11", 1)], ReturnResolution::Accepted)),
        ("no units", update(Some("1.2"), &[("11", 0)], ReturnResolution::Accepted)),
        ("at most 9999", update(Some("1.2"), &[("11", 9999), ("12", 1)], ReturnResolution::Accepted)),
        ("at most 9999", update(None, &[("11", 1), ("12", 10_000)], ReturnResolution::Accepted)),
    ];
    for (word, update) in wrong {
        let (result, asked) = told(&update, &[]);
        let error = result.unwrap_err();
        assert_eq!((error.kind, asked.len()), (ErrorKind::BadInput, 0), "{word}");
        assert!(error.message.contains(word), "{}", error.message);
    }
}

#[test]
fn how_a_buyer_who_keeps_it_is_told_can_be_set_and_nonsense_is_named() {
    let mut account = account();
    let verdicts =
        [(ReturnResolution::Accepted, "RETURN_RECEIVED"), (ReturnResolution::BuyerKeeps, "CUSTOMER_KEEPS_PRODUCT_PAID")];
    account.settings.insert("buyer_keeps".into(), "CUSTOMER_KEEPS_PRODUCT_PAID".into());
    for (verdict, word) in verdicts {
        assert_eq!(code(&account, verdict).unwrap(), word);
    }
    account.settings.insert("buyer_keeps".into(), "EXCHANGE_PRODUCT".into());
    let error = code(&account, ReturnResolution::BuyerKeeps).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(error.message.contains("buyer_keeps"));
}

/// A return of three units, and what was decided about them.
fn one(handled: bool, results: &[(&str, i64)]) -> String {
    let results: Vec<String> = results.iter().map(|(r, q)| format!(r#"{{"quantity":{q},"handlingResult":"{r}"}}"#)).collect();
    format!(
        r#"{{"returnId":"1","returnItems":[{{"rmaId":"7","orderId":"A2","expectedQuantity":3,"handled":{handled},
        "processingResults":[{}]}}]}}"#,
        results.join(",")
    )
}

#[test]
fn a_decision_is_known_by_what_was_processed_and_a_part_of_it_by_nobody() {
    let all = update(Some("1.7"), &[("11", 3)], ReturnResolution::Accepted);
    let (received, refused) = ("RETURN_RECEIVED", "RETURN_DOES_NOT_MEET_CONDITIONS");
    let cases = [
        (one(true, &[(received, 3)]), Some(true)),
        (one(true, &[(received, 2), (received, 1)]), Some(true)),
        (one(false, &[]), Some(false)),
        (one(false, &[(received, 1)]), Some(false)),
        (one(true, &[(refused, 3)]), Some(false)),
    ];
    for (answer, expected) in &cases {
        assert_eq!(known(&all, &[NOTHING, (200, answer)]).unwrap(), *expected, "{answer}");
    }
    let part = update(Some("1.7"), &[("11", 1)], ReturnResolution::Accepted);
    assert_eq!(known(&part, &[NOTHING, (200, &one(false, &[(received, 1)]))]).unwrap(), None, "it may be an earlier one");
    assert_eq!(known(&part, &[NOTHING, (200, &one(false, &[(refused, 1)]))]).unwrap(), Some(false));
    let busy = (200, r#"{"processStatuses":[{"status":"PENDING"}]}"#);
    assert_eq!(known(&all, &[busy]).unwrap_err().disposition(), Disposition::Retry);
    assert_eq!(known(&all, &[NOTHING, (404, r#"{"title":"Not Found","status":404}"#)]).unwrap_err().kind, ErrorKind::NotFound);
    let other = update(Some("1.8"), &[("11", 3)], ReturnResolution::Accepted);
    assert_eq!(known(&other, &[NOTHING, (200, &one(true, &[]))]).unwrap_err().kind, ErrorKind::NotFound);
}

fn registered(at: Timestamp, order: &str, units: i64) -> String {
    format!(
        r#"{{"returns":[{{"returnId":"1","registrationDateTime":"{at}","returnItems":[{{"rmaId":"7","orderId":"{order}",
        "ean":"8712345678906","expectedQuantity":{units},"handled":true,
        "processingResults":[{{"quantity":{units},"handlingResult":"RETURN_RECEIVED"}}]}}]}}]}}"#
    )
}

#[test]
fn a_registered_return_is_looked_for_among_the_late_ones() {
    let ours = update(None, &[("11", 2)], ReturnResolution::Accepted);
    let asked = |pages: &[&str]| {
        let mut answers = vec![ORDER, NOTHING];
        answers.extend(pages.iter().map(|p| (200, *p)));
        known(&ours, &answers).unwrap()
    };
    let late = now() - SignedDuration::from_hours(1);
    assert_eq!(asked(&[&registered(late, "A2", 2), "{}"]), Some(true));
    assert_eq!(asked(&[&registered(late, "A3", 2), "{}"]), Some(false));
    assert_eq!(asked(&[&registered(late, "A2", 1), "{}"]), Some(false));
    let old = registered(now() - SignedDuration::from_hours(30), "A2", 2);
    assert_eq!(asked(&[&old]), Some(false), "an earlier one, and none but earlier ones behind it");
    let other = registered(late, "A3", 1);
    assert_eq!(asked(&[other.as_str(); 10]), None, "no end in sight");
    // Another decision of two units was told before: two that are there may be those, four are both, and one is neither.
    let OrderUpdate::Return(alone) = &ours else { panic!("a return") };
    let second = OrderUpdate::Return(ReturnUpdate { beside: alone.lines.clone(), ..alone.clone() });
    let beside = |units: &[i64]| {
        let pages: Vec<String> = units.iter().map(|units| registered(late, "A2", *units)).collect();
        let mut answers = vec![ORDER, NOTHING];
        answers.extend(pages.iter().map(|page| (200, page.as_str())).chain([(200, "{}")]));
        known(&second, &answers).unwrap()
    };
    assert_eq!((beside(&[2]), beside(&[2, 2]), beside(&[1]), beside(&[])), (None, Some(true), Some(false), Some(false)));
    let nameless = update(None, &[("12", 1)], ReturnResolution::Accepted);
    assert_eq!(known(&nameless, &[ORDER, NOTHING]).unwrap(), None, "a return names the EAN and not the line");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, units: i64, decided: i64) {
        let _ = wire_text::json::<wire_updates::Returns>(LIST, &bytes);
        let text = format!(
            r#"{{"returns":[{{"returnId":"1","returnItems":[{{"rmaId":7,"orderId":"A2","expectedQuantity":{units},"handled":false,
            "processingResults":[{{"quantity":{decided}}}]}}]}}]}}"#
        );
        let (page, _) = listed(None, (200, &text));
        proptest::prop_assert!(page.is_ok() || page.is_err_and(|e| e.kind == ErrorKind::Protocol));
    }
}
