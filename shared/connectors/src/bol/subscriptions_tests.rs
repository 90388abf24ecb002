use super::super::harness_tests::{Canned, account, call, run, token};
use super::*;
use ports::Disposition;

const URL: &str = "https://shop.example.test/hooks/bol/bol-nl";
const NONE: (u16, &str) = (200, r#"{"subscriptions":[]}"#);

fn asserted(answers: &[(u16, &str)]) -> (Result<SubscriptionState>, Vec<String>) {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let want = SubscriptionWant { url: URL.into(), figures: false };
    let result = run(subscribe(&call(&http, &account, &token), &want));
    (result, http.asked())
}

fn process(status: u16, word: &'static str) -> (u16, &'static str) {
    (
        status,
        match word {
            "SUCCESS" => r#"{"processStatusId":"p-1","status":"SUCCESS"}"#,
            "FAILURE" => r#"{"processStatusId":"p-1","status":"FAILURE","errorMessage":"ORDER is not for webhooks"}"#,
            "TIMEOUT" => r#"{"processStatusId":"p-1","status":"TIMEOUT"}"#,
            _ => r#"{"processStatusId":"p-1","status":"PENDING"}"#,
        },
    )
}

#[test]
fn a_missing_one_is_made_and_counts_only_when_bol_says_so() {
    let (state, asked) = asserted(&[NONE, process(202, "PENDING"), process(200, "PENDING"), process(200, "SUCCESS")]);
    assert_eq!(state.unwrap().made, ["ORDER"]);
    let post = format!(
        r#"POST /retailer/subscriptions {{"resources":["ORDER"],"url":"{URL}","subscriptionType":"WEBHOOK","enabled":true}}"#
    );
    let status = "GET /shared/process-status/p-1";
    assert_eq!(asked, ["GET /retailer/subscriptions", &post, status, status]);
}

#[test]
fn what_is_still_pending_is_not_claimed_and_looked_at_again_later() {
    let pending = process(200, "PENDING");
    let (state, asked) = asserted(&[NONE, process(202, "PENDING"), pending, pending, pending]);
    assert_eq!(state.unwrap_err().disposition(), Disposition::RetryAt(SETTLING));
    assert_eq!(asked.len(), 5);
    let (state, _) = asserted(&[NONE, process(202, "TIMEOUT")]);
    assert_eq!(state.unwrap_err().disposition(), Disposition::RetryAt(SETTLING));
    let (state, _) = asserted(&[NONE, (202, r#"{"status":"PENDING"}"#)]);
    assert_eq!(state.unwrap_err().disposition(), Disposition::RetryAt(SETTLING), "an answer without an id");
}

#[test]
fn a_failure_tells_why_and_that_polling_goes_on() {
    let (state, _) = asserted(&[NONE, process(202, "PENDING"), process(200, "FAILURE")]);
    let error = state.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Declined);
    assert!(error.message.contains("ORDER is not for webhooks") && error.message.contains("polling"), "{}", error.message);
}

#[test]
fn one_that_is_off_or_lacks_orders_or_points_to_an_old_host_is_mended_and_keeps_its_other_resources() {
    for (url, resources, enabled) in [
        (URL, r#""ORDER","SHIPMENT""#, false),
        (URL, r#""TEST","SHIPMENT""#, true),
        ("https://old.example.test/hooks/bol/bol-nl", r#""SHIPMENT","ORDER""#, true),
    ] {
        let list = format!(
            r#"{{"subscriptions":[
                {{"id":"7","resources":["ORDER"],"url":"https://other.example.test/x","subscriptionType":"WEBHOOK"}},
                {{"id":8,"resources":[{resources}],"url":"{url}","subscriptionType":"WEBHOOK","enabled":{enabled}}}]}}"#
        );
        let (state, asked) = asserted(&[(200, &list), process(202, "SUCCESS")]);
        assert_eq!(state.unwrap().mended, ["ORDER"]);
        let put = format!(
            r#"PUT /retailer/subscriptions/8 {{"resources":["SHIPMENT","ORDER"],"url":"{URL}","subscriptionType":"WEBHOOK","enabled":true}}"#
        );
        assert_eq!(asked, ["GET /retailer/subscriptions", &put]);
    }
}

#[test]
fn a_queue_that_happens_to_have_our_address_is_not_ours() {
    let list =
        format!(r#"{{"subscriptions":[{{"id":"1","resources":["ORDER"],"url":"{URL}","subscriptionType":"GCP_PUBSUB"}}]}}"#);
    let (state, _) = asserted(&[(200, &list), process(202, "SUCCESS")]);
    assert_eq!(state.unwrap().made, ["ORDER"]);
}

#[test]
fn a_fine_one_is_left_alone() {
    let list = format!(r#"{{"subscriptions":[{{"id":"1","resources":["ORDER"],"url":"{URL}","subscriptionType":"WEBHOOK"}}]}}"#);
    let (state, asked) = asserted(&[(200, &list)]);
    assert_eq!(state.unwrap().fine, ["ORDER"]);
    assert_eq!(asked, ["GET /retailer/subscriptions"]);
}
