//! What a channel refuses, and that it is understood.

use crate::bench::{Bench, Subject, named};
use connectors::simulated_channel::Trouble;
use domain::{Listing, OfferId, OrderNumber};
use engine::ConnectorClient;
use jiff::SignedDuration;
use ports::{Disposition, ErrorKind, OrdersFrom, Secret, Status};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::given::GivenSecrets;
use testkit::run::finish;

fn from_now(bench: &Bench) -> OrdersFrom {
    OrdersFrom { since: bench.now() - SignedDuration::from_secs(60), page: None }
}

pub(super) fn too_many_calls_wait_and_others_go_on(subject: &Subject) {
    for dropped in [&[][..], &["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]] {
        let bench = subject.bench();
        let from = from_now(&bench);
        bench.page("one", &from).unwrap();
        bench.wire.drop_headers(dropped);
        let until = bench.now() + SignedDuration::from_secs(45);
        bench.trouble(Trouble::TooMany { until });
        let error = bench.page("one", &from).unwrap_err();
        assert_eq!(error.kind, ErrorKind::RateLimited, "{error:?}");
        assert!(matches!(error.status, Status::Temporary { .. }), "{error:?}");
        assert!(matches!(error.disposition(), Disposition::Retry | Disposition::RetryAt(_)));
        // Until the pause is over the circuit is open, and nothing is sent.
        let sent = bench.sent();
        let error = bench.page("one", &from).unwrap_err();
        assert_eq!((error.kind, bench.sent()), (ErrorKind::RateLimited, sent), "an open circuit sends nothing");
        bench.page("other", &from).unwrap();
        assert_eq!(bench.sent(), sent + calls_of_a_first_page(subject), "the other connection is not held back");
        bench.patiently(|| bench.page("one", &from)).unwrap();
        let passed = bench.now();
        assert!(passed >= until, "no call gets through before the pause is over");
        assert!(passed < until + SignedDuration::from_mins(5), "it waits no longer than it must: {passed}");
    }
}

/// A token and the page, or the page alone.
fn calls_of_a_first_page(subject: &Subject) -> usize {
    if subject.channel.tokens().is_none() { 1 } else { 2 }
}

pub(super) fn a_lost_token_is_replaced(subject: &Subject) {
    let bench = subject.bench();
    let from = from_now(&bench);
    bench.page("one", &from).unwrap();
    let sent = bench.sent();
    bench.trouble(Trouble::TokensRevoked);
    bench.page("one", &from).unwrap();
    if subject.channel.tokens().is_none() {
        assert_eq!(bench.sent(), sent + 1);
        return subject.skip("it has no tokens to lose: credentials go with every call, and losing tokens had no effect");
    }
    assert_eq!(bench.sent(), sent + 3, "refused, a new token, done");
    bench.page("one", &from).unwrap();
    assert_eq!(bench.sent(), sent + 4, "the new token is kept");
}

/// A bench whose connections have other credentials than their far sides.
pub(super) fn with_credentials(subject: &Subject, credentials: &BTreeMap<String, Secret>) -> Bench {
    let mut bench = subject.bench();
    let given = GivenSecrets([("one", credentials), ("twin", credentials)].map(|(n, c)| (named(n), c.clone())).into());
    bench.stage.secrets = Arc::new(given);
    bench.lookup = engine::Cache::default();
    // A token that is kept from before would be good still.
    bench.trouble(Trouble::TokensRevoked);
    bench
}

pub(super) fn wrong_credentials_are_named(subject: &Subject) {
    let wrong = subject.descriptor().credentials.iter().map(|n| ((*n).to_owned(), Secret::new("wrongwrongwrongwrong")));
    let bench = with_credentials(subject, &wrong.collect());
    let error = bench.page("one", &from_now(&bench)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error:?}");
    // No order's fault: everything of the connection waits until a person has mended the credentials.
    assert!(matches!(error.disposition(), Disposition::RetryAt(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("wrongwrong"), "an error never shows a credential");
}

pub(super) fn a_missing_credential_is_named(subject: &Subject) {
    let bench = with_credentials(subject, &BTreeMap::new());
    let error = bench.page("one", &from_now(&bench)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration, "{error:?}");
    let named = subject.descriptor().credentials.iter().any(|name| error.message.contains(name));
    assert!(named, "the complaint says which: {}", error.message);
}

pub(super) fn silence_is_a_timeout_and_a_silent_write_is_unknown(subject: &Subject) {
    let bench = subject.bench();
    let listing = bench.listing(0);
    let from = bench.read(&listing).unwrap();
    let until = bench.now() + SignedDuration::from_secs(30);
    bench.trouble(Trouble::Silent { until });
    let error = bench.write(&listing, 7, Some(from)).unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Timeout, Status::Unknown), "{error:?}");
    assert_eq!(error.disposition(), Disposition::ReadBack);
    bench.pass(10);
    let error = bench.page("one", &from_now(&bench)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout, "{error:?}");
    bench.pass(90);
    bench.patiently(|| bench.page("one", &from_now(&bench))).unwrap();
    assert_eq!(bench.patiently(|| bench.read(&listing)).unwrap(), from, "what was not answered was not applied here");
}

/// The same text with its last digit changed, so that its form still fits.
fn another(text: &str, known: &[&str]) -> String {
    let digits = "9876543210".chars();
    let candidates = digits.map(|d| format!("{}{d}", &text[..text.len() - 1]));
    candidates.into_iter().find(|c| !known.contains(&c.as_str())).unwrap()
}

pub(super) fn what_does_not_exist_is_refused_for_good(subject: &Subject) {
    let bench = subject.bench();
    let known: Vec<Listing> = bench.listing_pages().into_iter().flat_map(|p| p.listings).collect();
    let references: Vec<_> = known.iter().map(|l| l.stock_reference.as_str()).collect();
    let offers: Vec<_> = known.iter().map(|l| l.offer.as_str()).collect();
    let unknown = Listing {
        offer: OfferId::new(another(offers[0], &offers)).unwrap(),
        stock_reference: another(references[0], &references),
        ..known[0].clone()
    };
    let read = bench.patiently(|| bench.read(&unknown)).unwrap_err();
    let write = bench.patiently(|| bench.write(&unknown, 7, Some(domain::Quantity::ZERO))).unwrap_err();
    let placed = bench.buy(0, 1);
    let order = OrderNumber::new(another(placed.as_str(), &[placed.as_str()])).unwrap();
    let missing = bench.patiently(|| bench.order(&order)).unwrap_err();
    for error in [read, write, missing] {
        assert_eq!((error.status, error.disposition()), (Status::Permanent, Disposition::Park), "{error:?}");
    }
    assert_eq!((bench.shown(0), bench.shown(1)), (899, 900));
    if subject.channel.stock().unwrap().descriptor().batch == 1 {
        subject.skip("stock is written one item a call, so no call is refused in part");
    }
    // The connection is as good as before.
    let world = bench.world();
    finish(ConnectorClient::open(&world, &bench.lookup, &named("one"))).unwrap();
    bench.patiently(|| bench.read(&known[0])).unwrap();
}

/// A firewall, a cache or a host may answer in the channel's place that something is not there. Nothing is gone by that, and one such answer says
/// nothing of the rest of the connection: only several in a row, to different questions, have it left alone for a while.
pub(super) fn a_404_that_is_not_the_channels_own_is_not_taken_for_gone(subject: &Subject) {
    for page in ["<!DOCTYPE html><p>Not found", "", "{}", r#"{"message":"no such route"}"#] {
        let bench = subject.bench();
        let listing = bench.listing(0);
        let shown = bench.read(&listing).unwrap();
        let number = bench.buy(0, 1);
        bench.pass_lag();
        bench.patiently(|| bench.order(&number)).unwrap();
        let somebody = || bench.wire.answer_instead(Some((http::StatusCode::NOT_FOUND, page)));
        somebody();
        let missing = bench.patiently(|| bench.order(&number)).unwrap_err();
        assert_eq!(missing.kind, ErrorKind::Protocol, "{page:?}: {missing:?}");
        let written = bench.patiently(|| bench.write(&listing, 7, Some(shown))).unwrap_err();
        assert!(matches!(written.disposition(), Disposition::ReadBack | Disposition::Park), "{page:?}: {written:?}");
        assert_eq!(written.kind, ErrorKind::Protocol, "{page:?}: {written:?}");
        bench.wire.answer_instead(None);
        bench.patiently(|| bench.order(&number)).unwrap();
        // One question and another, with an answer in between: nobody is left alone for that.
        somebody();
        let unreadable = bench.patiently(|| bench.read(&listing)).unwrap_err();
        assert_eq!(unreadable.kind, ErrorKind::Protocol, "{page:?}: {unreadable:?}");
        bench.wire.answer_instead(None);
        let before = bench.now();
        bench.patiently(|| bench.order(&number)).unwrap();
        assert!(bench.now().duration_since(before) < SignedDuration::from_secs(20), "{page:?}: the circuit was not opened");
        // Another order is another question.
        somebody();
        let numbers: Vec<OrderNumber> = (0..3).map(|_| bench.buy(1, 1)).collect();
        for number in &numbers {
            bench.patiently(|| bench.order(number)).unwrap_err();
        }
        let held = bench.order(&number).unwrap_err();
        assert_eq!(held.kind, ErrorKind::RateLimited, "{page:?}: three in a row: {held:?}");
        assert!(held.message.contains("not the channel's own") && held.retry_after().is_some(), "{page:?}: {held:?}");
        bench.wire.answer_instead(None);
        bench.patiently(|| bench.order(&number)).unwrap();
        bench.order(&number).unwrap();
    }
}
