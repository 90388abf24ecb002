//! What cannot be invoiced waits for a person, with a word for why; nothing else waits for it, and it goes on when it is mended.

use super::books::{due, flaws_at_rest, numbers};
use super::shop::{Shop, buyer, country, entity, euro, number, settings, snapshot, sold, terms, web};
use domain::OrderBuyer;
use domain::vat::{Place, VatCountry, VatNumber};
use engine::rows::LegalEntity;
use engine::{check_invoices, close_parked, dismiss_parked, look_again, put_invoice_settings};
use testkit::run::finish;
use testkit::simulated_vies::Trouble;

fn code(shop: &Shop) -> Option<String> {
    due(shop).into_iter().find_map(|due| due.problem).map(|problem| problem.code)
}

/// An order that is refused, and one that is not.
fn refused(change: impl FnOnce(&mut domain::OrderSnapshot, &mut OrderBuyer), entity: LegalEntity) -> Shop {
    let shop = Shop::with(terms(), entity);
    let mut told = snapshot("7", vec![sold("1", 1, "12.10")], shop.now());
    let mut who = buyer("NL", "3511 AW");
    change(&mut told, &mut who);
    shop.tell(told, who);
    shop.ship("7", "p", &[("1", 1)]);
    shop.order("8", vec![sold("1", 1, "12.10")]);
    shop.ship("8", "p", &[("1", 1)]);
    shop
}

#[test]
fn each_reason_has_its_word_and_holds_up_nobody() {
    type Change = fn(&mut domain::OrderSnapshot, &mut OrderBuyer);
    let cases: [(&str, Change); 7] = [
        ("no_price", |told, _| told.lines[0].unit_price = None),
        ("price_basis_unknown", |told, _| told.terms.prices_include_tax = None),
        ("paid_differs", |told, _| told.terms.total = Some(euro("12.11"))),
        ("tax_differs", |told, _| told.terms.tax = Some(euro("1.00"))),
        ("address_incomplete", |_, who| {
            who.billing.as_mut().unwrap().city = None;
            who.shipping.as_mut().unwrap().city = None;
        }),
        ("vies_silent", |_, who| {
            *who = buyer("BE", "9000");
            who.vat_number = Some(VatNumber::new("BE0123456749").unwrap());
        }),
        ("vat_postcode_missing", |_, who| {
            *who = buyer("ES", "");
            who.shipping.as_mut().unwrap().postcode = None;
        }),
    ];
    for (word, change) in cases {
        let shop = refused(change, entity());
        shop.inner.vies.with(|vies| vies.last(None, Some(Trouble::Silent)));
        let report = shop.issue();
        assert_eq!(code(&shop).as_deref(), Some(word));
        assert_eq!((report.refused, report.issued), (1, 1), "{word}: the other is issued");
        let parked = shop.inner.parked();
        assert_eq!(parked.len(), 1, "{word}");
        assert!(parked[0].reason.starts_with(word), "{}", parked[0].reason);
        assert_eq!(numbers(&shop), ["F2026-00001"], "{word}: it used up no number");
    }
}

#[test]
fn goods_that_leave_where_the_seller_has_no_number_wait_and_go_on_when_it_is_mended() {
    let shop = Shop::open();
    let belgian = Place { country: country("BE"), postcode: Some("2000".to_owned()), town: None };
    let mut moved = settings(entity());
    moved.places.values_mut().for_each(|place| *place = belgian.clone());
    finish(put_invoice_settings(&shop.world(), &moved)).unwrap();
    shop.order("7", vec![sold("1", 1, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!(shop.issue().refused, 1);
    let problem = due(&shop)[0].problem.clone().unwrap();
    assert_eq!((problem.code.as_str(), problem.arguments["country"].as_str()), ("vat_no_number_in_ship_from", "BE"));
    assert_eq!(shop.issue().refused, 0, "it is not looked at all the time");
    let number = VatNumber::new("BE0123456749").unwrap();
    moved.entities.values_mut().for_each(|entity| drop(entity.vat.numbers.insert(VatCountry::Be, number.clone())));
    moved.entities.values_mut().for_each(|entity| entity.vat.destination_from = Some(jiff::civil::date(2020, 1, 1)));
    finish(put_invoice_settings(&shop.world(), &moved)).unwrap();
    shop.pass(16);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!((shop.inner.parked().len(), flaws_at_rest(&shop)), (0, Vec::new()), "and it leaves the list");
}

#[test]
fn what_a_person_invoices_by_hand_is_not_invoiced_here_as_well_unless_they_ask() {
    let shop = refused(|told, _| told.terms.tax = Some(euro("1.00")), entity());
    shop.issue();
    let id = shop.inner.parked()[0].id.clone();
    finish(dismiss_parked(&shop.world(), &id, "Ada", "invoiced by hand")).unwrap();
    assert_eq!(due(&shop), [], "nothing waits");
    // It would do now, and it changes: it comes back.
    shop.tell(snapshot("7", vec![sold("1", 1, "12.10")], shop.now()), buyer("NL", "3511 AW"));
    shop.pass(16);
    assert_eq!(shop.issue().issued, 0);
    finish(close_parked(&shop.world())).unwrap();
    finish(check_invoices(&shop.world(), &shop.lookup)).unwrap();
    shop.pass(16);
    assert_eq!((shop.issue().issued, numbers(&shop)), (0, vec!["F2026-00001".to_owned()]));
    finish(look_again(&shop.world(), &web(), &number("7"))).unwrap();
    assert_eq!((shop.issue().issued, shop.inner.parked().len()), (1, 0), "they asked");
}

#[test]
fn what_the_buyer_typed_is_in_no_reason() {
    type Change = fn(&mut domain::OrderSnapshot, &mut OrderBuyer);
    let cases: [Change; 2] = [
        |_, who| *who = buyer("ES", "Calle Secreta 5"),
        |_, who| {
            *who = buyer("BE", "9000");
            who.vat_number = Some(VatNumber::new("BE0123456749").unwrap());
        },
    ];
    for change in cases {
        let shop = refused(change, entity());
        shop.inner.vies.with(|vies| vies.last(None, Some(Trouble::Silent)));
        assert_eq!(shop.issue().refused, 1);
        let said = format!("{:?} {:?}", due(&shop), shop.inner.parked());
        assert!(!said.contains("Secreta") && !said.contains("0123456749"), "{said}");
    }
}

#[test]
fn a_text_that_no_document_can_show_is_refused_by_its_place() {
    let shop = Shop::open();
    let mut odd = settings(entity());
    odd.entities.values_mut().for_each(|entity| entity.seller.name = "Kade \u{202e}BV".to_owned());
    let refused = finish(put_invoice_settings(&shop.world(), &odd)).unwrap_err();
    assert!(refused.message.starts_with("entity.") && refused.message.contains("seller.name"), "{}", refused.message);
}

#[test]
fn settings_that_cannot_be_meant_are_refused() {
    let shop = Shop::open();
    let mut wrong = settings(entity());
    wrong.entities.values_mut().for_each(|entity| entity.credit_note_numbers = entity.invoice_numbers.clone());
    assert!(finish(put_invoice_settings(&shop.world(), &wrong)).unwrap_err().message.contains("same numbers"));
    let mut wrong = settings(entity());
    wrong.entities.clear();
    assert!(finish(put_invoice_settings(&shop.world(), &wrong)).unwrap_err().message.contains("not among the entities"));
}
