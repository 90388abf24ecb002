//! Issued documents are found by their number and by their order, and listed page by page; what waits says why, and can be tried again.

use super::shop::{Shop, entity, number, settings, sold, units, web};
use domain::invoice::NumberFormat;
use engine::rows::{DocumentRow, LegalEntity};
use engine::views::{InvoiceType, PageRequest, invoice, invoices, order_invoices, parked, waiting_invoices};
use engine::{close_parked, find_document, look_again, put_invoice_settings, retry_parked};
use ports::{Condition, ErrorKind, Row, Write};
use testkit::run::finish;

/// Three invoices and a credit note.
fn busy(entity: LegalEntity) -> Shop {
    let shop = Shop::with(super::shop::terms(), entity);
    for name in ["1", "2", "3"] {
        let mut told = shop.order(name, vec![sold("1", 2, "12.10")]);
        shop.ship(name, "p", &[("1", 2)]);
        assert_eq!(shop.issue().issued, 1);
        if name == "2" {
            told.lines[0].shipped = units(2);
            told.lines[0].returned = units(1);
            shop.tell_again(told);
            assert_eq!(shop.issue().issued, 1);
        }
    }
    shop
}

fn listed(shop: &Shop, only: Option<InvoiceType>, limit: usize) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None);
    for _ in 0..20 {
        let page = finish(invoices(&shop.world(), only, &PageRequest { cursor, limit })).unwrap();
        assert!(page.invoices.len() <= limit);
        found.extend(page.invoices.into_iter().map(|one| one.number));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
    panic!("pages without end: {found:?}");
}

#[test]
fn what_was_issued_is_listed_series_by_series_whatever_fits_on_a_page() {
    let shop = busy(entity());
    let all = ["F2026-00003", "F2026-00002", "F2026-00001", "C2026-00001"];
    for limit in [1, 2, 3, 4, 50] {
        assert_eq!(listed(&shop, None, limit), all, "{limit}");
        assert_eq!(listed(&shop, Some(InvoiceType::CreditNote), limit), all[3..], "{limit}");
        assert_eq!(listed(&shop, Some(InvoiceType::Invoice), limit), all[..3], "{limit}");
    }
    let first = finish(invoices(&shop.world(), None, &PageRequest::first(1))).unwrap().next.unwrap();
    for wrong in ["", "x", "kade-bv.invoice.2026!1", &first.replace("invoice", "credit-note"), &first[1..]] {
        let request = PageRequest { cursor: Some(wrong.to_owned()), limit: 1 };
        assert_eq!(finish(invoices(&shop.world(), None, &request)).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}

#[test]
fn a_document_is_found_by_its_number_alone() {
    let format = |text| NumberFormat::new(text).unwrap();
    let entity = LegalEntity { invoice_numbers: format("{yy}/{n}"), credit_note_numbers: format("CR{yy}/{n}"), ..entity() };
    let shop = busy(entity);
    let note = finish(invoice(&shop.world(), "CR26/1")).unwrap();
    assert_eq!((note.summary.r#type, note.summary.credits.as_deref()), (InvoiceType::CreditNote, Some("26/2")));
    assert_eq!((note.summary.total.amount.to_string(), note.vat_total.amount.to_string()), ("12.10".into(), "2.10".into()));
    let find = |number: &str| finish(find_document(&shop.world(), number)).unwrap();
    assert_eq!(find("26/3").sequence, 3);
    for wrong in ["26/4", "26/0", "26/03", "27/1", "CR26/2", "F2026-00001", ""] {
        assert_eq!(finish(find_document(&shop.world(), wrong)).unwrap_err().kind, ErrorKind::NotFound, "{wrong}");
    }
    let of_order = finish(order_invoices(&shop.world(), &web(), &number("2"))).unwrap();
    let numbers: Vec<&str> = of_order.invoices.iter().map(|one| one.number.as_str()).collect();
    assert_eq!((numbers, of_order.waiting), (vec!["26/2", "CR26/1"], None));
    let broken = Row::new(DocumentRow::key(&find("CR26/1").series, 1)).text("body", "spoilt");
    finish(shop.world().write_if(Write::Put { row: broken, when: Condition::Always })).unwrap();
    let of_order = finish(order_invoices(&shop.world(), &web(), &number("2"))).unwrap();
    assert_eq!((of_order.invoices.len(), of_order.unreadable.len()), (1, 1), "one that is spoilt hides no other");
    assert_eq!(finish(order_invoices(&shop.world(), &web(), &number("9"))).unwrap_err().kind, ErrorKind::NotFound);
}

#[test]
fn what_waits_says_why_is_tried_again_when_somebody_asks_and_leaves_the_list() {
    let mut without = entity();
    without.vat.numbers.clear();
    let shop = Shop::with(super::shop::terms(), without);
    shop.order("7", vec![sold("1", 1, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!(shop.issue().refused, 1);
    let waiting = || finish(waiting_invoices(&shop.world(), &PageRequest::first(10))).unwrap().waiting;
    let (one, word) = (waiting().remove(0), "vat_no_number_in_ship_from");
    assert_eq!((one.order, one.problem.map(|problem| problem.code)), (number("7"), Some(word.to_owned())));
    let list = || finish(parked(&shop.world(), &PageRequest::first(10))).unwrap().parked;
    let entry = list().remove(0);
    assert_eq!((entry.order, entry.can_retry), (Some(number("7")), true), "with its order, and a button");
    finish(put_invoice_settings(&shop.world(), &settings(entity()))).unwrap();
    assert_eq!(shop.issue().issued, 0, "it is not due yet");
    finish(close_parked(&shop.world())).unwrap();
    assert_eq!(list().len(), 1, "it is not right yet");
    finish(retry_parked(&shop.world(), &shop.lookup, &entry.id, "Ada")).unwrap();
    finish(look_again(&shop.world(), &web(), &number("7"))).unwrap();
    assert_eq!(shop.issue().issued, 1);
    assert_eq!((waiting(), list()), (Vec::new(), Vec::new()));
    assert_eq!(finish(look_again(&shop.world(), &web(), &number("7"))).unwrap_err().kind, ErrorKind::NotFound);
}

#[test]
fn what_became_due_anew_while_it_was_parked_leaves_the_list_all_the_same() {
    let mut without = entity();
    without.vat.numbers.clear();
    let shop = Shop::with(super::shop::terms(), without);
    let mut told = shop.order("7", vec![sold("1", 2, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!(shop.issue().refused, 1);
    finish(put_invoice_settings(&shop.world(), &settings(entity()))).unwrap();
    // It changes, and so is due without the word for why it waited.
    told.lines[0].cancelled = units(1);
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
    finish(close_parked(&shop.world())).unwrap();
    assert_eq!(finish(parked(&shop.world(), &PageRequest::first(10))).unwrap().parked, Vec::new());
}
