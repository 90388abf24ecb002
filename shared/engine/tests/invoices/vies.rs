//! A buyer's VAT number is asked for where that decides, once for all orders of a day; and a VIES that does not answer holds up the sale and nobody else.

use super::books::{documents, due, flaws, flaws_at_rest, numbers};
use super::shop::{Shop, buyer, entity, number, settings, snapshot, sold, terms, web};
use domain::vat::VatNumber;
use engine::rows::{Unanswered, ViesRow, ViesSettings};
use engine::{issue_invoices, look_again, put_invoice_settings};
use jiff::Timestamp;
use testkit::faults::Fault;
use testkit::run::{finish, run};
use testkit::simulated_vies::Trouble;

const BELGIAN: &str = "BE0123456749";
const GERMAN: &str = "DE123456789";

/// A business of another state buys, and its goods leave.
fn sells(shop: &Shop, name: &str, vat_number: &str) {
    let (country, postcode) = if vat_number.starts_with("DE") { ("DE", "10115") } else { ("BE", "9000") };
    let mut who = buyer(country, postcode);
    who.vat_number = Some(VatNumber::new(vat_number).unwrap());
    shop.tell(snapshot(name, vec![sold("1", 1, "121.00")], shop.now()), who);
    shop.ship(name, "p", &[("1", 1)]);
}

fn asked(shop: &Shop) -> Vec<String> {
    shop.inner.vies.with(|vies| vies.asked().to_vec())
}

fn taxed(shop: &Shop) -> Vec<String> {
    let one = |one: &domain::invoice::Document| {
        let taxed = &one.content.vat[0].taxed;
        format!("{} {} {}", taxed.country, taxed.category.code(), taxed.rate)
    };
    documents(shop).iter().map(one).collect()
}

fn word(shop: &Shop) -> Option<String> {
    due(shop).first().and_then(|row| row.problem.clone()).map(|problem| problem.code)
}

fn charges_vat() -> engine::rows::InvoiceSettingsRow {
    let vies = ViesSettings { unanswered: Unanswered::ChargeVat, ..ViesSettings::default() };
    engine::rows::InvoiceSettingsRow { vies, ..settings(entity()) }
}

#[test]
fn a_valid_number_makes_an_intra_community_supply_and_the_proof_is_frozen_with_it() {
    let shop = Shop::open();
    sells(&shop, "1", BELGIAN);
    sells(&shop, "2", BELGIAN);
    let (began, report) = (shop.now(), shop.issue());
    assert_eq!((report.issued, report.refused, report.put_off), (2, 0, 0));
    assert_eq!(taxed(&shop), ["NL K 0", "NL K 0"]);
    assert_eq!(asked(&shop), [BELGIAN], "once for both");
    for document in documents(&shop) {
        let proof = document.content.vies.unwrap();
        assert_eq!((proof.number.as_str(), proof.asked_by.unwrap().as_str()), (BELGIAN, "NL812345678B01"));
        assert_eq!((proof.is_valid, proof.consultation.as_deref()), (true, Some("WAPIAAAAZ0000001")));
        assert!((began..=shop.now()).contains(&proof.at), "{}", proof.at);
    }
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
    // The next day's invoice rests on an answer of its own day.
    shop.pass(24 * 60);
    sells(&shop, "3", BELGIAN);
    let began = shop.now();
    assert_eq!((shop.issue().issued, asked(&shop).len()), (1, 2));
    let last = documents(&shop).pop().unwrap().content.vies.unwrap();
    assert!(last.consultation.as_deref() == Some("WAPIAAAAZ0000002") && last.at >= began, "{last:?}");
}

#[test]
fn a_number_that_is_none_is_taxed_like_a_consumers_and_that_is_proven_too() {
    let shop = Shop::open();
    shop.inner.vies.with(|vies| vies.strike_off(BELGIAN));
    sells(&shop, "1", BELGIAN);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(taxed(&shop), ["NL S 21"]);
    let proof = documents(&shop).remove(0).content.vies.unwrap();
    assert!(!proof.is_valid && proof.consultation.is_some());
}

#[test]
fn where_it_decides_nothing_nobody_is_asked() {
    let shop = Shop::open();
    shop.order("1", vec![sold("1", 1, "12.10")]);
    shop.ship("1", "p", &[("1", 1)]);
    let mut who = buyer("NL", "3511 AW");
    who.vat_number = Some(VatNumber::new("NL123456789B01").unwrap());
    shop.tell(snapshot("2", vec![sold("1", 1, "12.10")], shop.now()), who);
    shop.ship("2", "p", &[("1", 1)]);
    sells(&shop, "3", "GB123456789");
    assert_eq!(shop.issue().issued, 3);
    assert_eq!(asked(&shop), Vec::<String>::new());
}

#[test]
fn a_silent_vies_holds_the_sale_is_asked_ever_more_seldom_and_holds_up_nobody() {
    let shop = Shop::open();
    shop.inner.vies.with(|vies| vies.last(None, Some(Trouble::Says("MS_UNAVAILABLE"))));
    sells(&shop, "1", BELGIAN);
    shop.order("2", vec![sold("1", 1, "12.10")]);
    shop.ship("2", "p", &[("1", 1)]);
    let report = shop.issue();
    assert_eq!((report.issued, report.refused), (1, 1));
    assert_eq!((numbers(&shop), word(&shop).as_deref()), (vec!["F2026-00001".to_owned()], Some("vies_silent")));
    let parked = shop.inner.parked();
    assert_eq!(parked.len(), 1);
    let reason = &parked[0].reason;
    assert!(reason.contains("register of the state") && reason.contains("it is asked again at 2026-"), "{reason}");
    assert!(!reason.contains(BELGIAN), "whose number it is stays with the buyer: {reason}");
    let began = shop.now();
    let mut calls = vec![0];
    for _ in 0..400 {
        shop.pass(1);
        let before = asked(&shop).len();
        shop.issue();
        if asked(&shop).len() > before {
            calls.push(shop.now().duration_since(began).as_mins());
        }
    }
    let gaps: Vec<i64> = calls.windows(2).map(|two| two[1] - two[0]).collect();
    assert_eq!(gaps, [1, 5, 30, 120, 120, 120]);
    assert_eq!(documents(&shop).len(), 1);
    shop.inner.vies.with(|vies| vies.last(None, None));
    shop.pass(121);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!((taxed(&shop).pop().as_deref(), shop.inner.parked().len()), (Some("NL K 0"), 0));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn who_is_silent_is_asked_once_in_a_run_and_the_others_are_asked() {
    let of_one_state = Shop::open();
    of_one_state.inner.vies.with(|vies| vies.last(Some("BE"), Some(Trouble::Says("MS_MAX_CONCURRENT_REQ"))));
    for (name, vat_number) in [("1", BELGIAN), ("2", "BE0123456848"), ("3", GERMAN)] {
        sells(&of_one_state, name, vat_number);
    }
    let report = of_one_state.issue();
    assert_eq!((report.issued, report.refused), (1, 2));
    assert_eq!(asked(&of_one_state), [BELGIAN, GERMAN]);
    for trouble in [Trouble::Silent, Trouble::Page, Trouble::Fails("SERVICE_UNAVAILABLE"), Trouble::Says("IP_BLOCKED")] {
        let of_all = Shop::open();
        of_all.inner.vies.with(|vies| vies.last(None, Some(trouble)));
        for (name, vat_number) in [("1", BELGIAN), ("2", GERMAN)] {
            sells(&of_all, name, vat_number);
        }
        let report = of_all.issue();
        assert_eq!((report.issued, report.refused, asked(&of_all).len()), (0, 2, 1), "{trouble:?}");
    }
}

#[test]
fn a_merchant_who_does_not_want_to_wait_charges_vat_after_every_step_and_not_before() {
    let shop = Shop::open();
    finish(put_invoice_settings(&shop.world(), &charges_vat())).unwrap();
    shop.inner.vies.with(|vies| vies.last(None, Some(Trouble::Silent)));
    sells(&shop, "1", BELGIAN);
    let began = shop.now();
    while documents(&shop).is_empty() && shop.now().duration_since(began).as_mins() < 600 {
        shop.issue();
        shop.pass(1);
    }
    let waited = shop.now().duration_since(began).as_mins();
    assert!((156..=160).contains(&waited), "{waited}");
    assert_eq!(taxed(&shop), ["NL S 21"]);
    let content = documents(&shop).remove(0).content;
    let because = domain::vat::WhyUnproven::NoAnswer;
    assert_eq!((content.vies, &content.vat[0].decision.buyer), (None, &domain::vat::Buyer::Unproven { because }));
    assert_eq!(shop.inner.parked(), Vec::new());
}

#[test]
fn a_refused_number_of_the_sellers_own_is_paid_for_by_no_buyer() {
    let shop = Shop::open();
    finish(put_invoice_settings(&shop.world(), &charges_vat())).unwrap();
    shop.inner.vies.with(|vies| vies.last(None, Some(Trouble::Says("INVALID_REQUESTER_INFO"))));
    sells(&shop, "1", BELGIAN);
    for _ in 0..200 {
        shop.issue();
        shop.pass(15);
    }
    assert_eq!(documents(&shop).len(), 0);
    assert!(shop.inner.parked()[0].reason.contains("`vat_numbers`"), "{}", shop.inner.parked()[0].reason);
}

#[test]
fn a_person_who_has_it_tried_again_has_vies_asked_again() {
    let shop = Shop::with(terms(), entity());
    shop.inner.vies.with(|vies| vies.plan([Trouble::Says("IP_BLOCKED")]));
    sells(&shop, "1", BELGIAN);
    shop.issue();
    shop.pass(16);
    shop.issue();
    assert_eq!((asked(&shop).len(), word(&shop).as_deref()), (1, Some("vies_silent")), "it is left alone for two hours");
    finish(look_again(&shop.world(), &web(), &number("1"))).unwrap();
    assert_eq!((shop.issue().issued, asked(&shop).len()), (1, 2));
}

#[test]
fn more_numbers_than_one_run_asks_for_are_asked_for_by_the_next() {
    let shop = Shop::open();
    for one in 0..30 {
        sells(&shop, &format!("{one:02}"), &format!("DE1234567{one:02}"));
    }
    let first = shop.issue();
    assert_eq!((first.issued, first.put_off, asked(&shop).len()), (25, 5, 25));
    assert_eq!(shop.inner.parked(), Vec::new(), "nobody is told of what is merely not asked yet");
    assert_eq!((shop.issue().issued, asked(&shop).len()), (5, 30));
}

#[test]
fn of_whom_the_number_is_stands_in_no_key() {
    let key = ViesRow::key(&VatNumber::new(BELGIAN).unwrap(), None);
    assert!(!format!("{key:?}").contains("0123456749"), "{key:?}");
}

#[test]
fn a_fault_at_any_call_leaves_no_gap_and_no_sale_without_its_proof() {
    let shop = || {
        let shop = Shop::open();
        sells(&shop, "1", BELGIAN);
        sells(&shop, "2", GERMAN);
        shop
    };
    let counted = shop();
    counted.inner.stage.faults.plan([]);
    counted.issue();
    let calls = counted.inner.stage.faults.calls();
    assert_eq!(calls.iter().filter(|call| **call == "http.send").count(), 2, "{calls:?}");
    for call in 0..calls.len() {
        for fault in Fault::ALL {
            let shop = shop();
            shop.inner.stage.faults.plan([(call, fault)]);
            let _ = run(issue_invoices(&shop.world(), &shop.lookup, Timestamp::MAX));
            shop.inner.stage.faults.plan([]);
            assert_eq!(flaws(&shop), Vec::<String>::new(), "call {call}, {fault:?}");
            for _ in 0..3 {
                shop.pass(16);
                shop.issue();
            }
            assert_eq!(flaws_at_rest(&shop), Vec::<String>::new(), "call {call}, {fault:?}, at rest");
            assert_eq!(taxed(&shop), ["NL K 0", "NL K 0"], "call {call}, {fault:?}");
            let proven = documents(&shop).iter().all(|one| one.content.vies.as_ref().is_some_and(|proof| proof.is_valid));
            assert!(proven && shop.inner.parked().is_empty(), "call {call}, {fault:?}");
        }
    }
}
