//! Bytes of documents are kept once, and never changed; the daily check finds what is wrong with numbers, and what was forgotten.

use super::books::{documents, flaws_at_rest};
use super::shop::{Shop, kade, sold};
use bytes::Bytes;
use domain::invoice::{DocumentKind, Series};
use engine::rows::{DocumentRow, InvoiceDueRow, SeriesCheckRow, SeriesRow, ToStoreRow, TypedRow};
use engine::{DocumentForm, archive_name, check_invoices, read_document, store_documents};
use jiff::Timestamp;
use ports::{Condition, Documents, Write};
use testkit::faults::Fault;
use testkit::memory::MemoryDocuments;
use testkit::run::{finish, run};

fn series() -> Series {
    Series { entity: kade(), kind: DocumentKind::Invoice, year: 2026, connection: None }
}

fn issued(orders: u32) -> Shop {
    let shop = Shop::open();
    for name in 1..=orders {
        shop.order(&name.to_string(), vec![sold("1", 1, "12.10")]);
        shop.ship(&name.to_string(), "p", &[("1", 1)]);
    }
    assert_eq!(shop.issue().issued, usize::try_from(orders).unwrap());
    shop
}

fn forgets(shop: &Shop, key: ports::Key) {
    finish(shop.inner.stage.world().write_if(Write::Delete { key, when: Condition::Always })).unwrap();
}

#[test]
fn a_document_is_kept_once_whatever_fails_on_the_way() {
    let name = archive_name(&series(), 1, DocumentForm::Pdf);
    assert_eq!(name, "invoices/kade-bv/invoice/2026/000000000001.pdf");
    let mut first: Option<Bytes> = None;
    for call in 0..4 {
        for fault in Fault::ALL {
            let shop = issued(1);
            let archive = MemoryDocuments::default();
            shop.inner.stage.faults.plan([(call, fault)]);
            let _ = run(store_documents(&shop.world(), &shop.lookup, &archive, Timestamp::MAX));
            shop.inner.stage.faults.plan([]);
            let _ = finish(store_documents(&shop.world(), &shop.lookup, &archive, Timestamp::MAX)).unwrap();
            assert_eq!(archive.names(), std::slice::from_ref(&name));
            let kept = finish(archive.get(&name)).unwrap().unwrap();
            assert!(kept.starts_with(b"%PDF-"));
            assert_eq!(*first.get_or_insert(kept.clone()), kept, "the same document is the same bytes");
            assert!(!shop.inner.stage.table.rows().iter().any(|row| row.key.pk == ToStoreRow::PARTITION));
        }
    }
}

#[test]
fn a_document_can_be_read_before_its_bytes_are_kept_and_stays_as_it_was_kept() {
    let shop = issued(1);
    let (archive, document) = (MemoryDocuments::default(), documents(&shop).remove(0));
    let made = finish(read_document(&shop.world(), &archive, &document, DocumentForm::Pdf)).unwrap();
    assert_eq!(archive.names().len(), 0);
    finish(store_documents(&shop.world(), &shop.lookup, &archive, Timestamp::MAX)).unwrap();
    assert_eq!(finish(read_document(&shop.world(), &archive, &document, DocumentForm::Pdf)).unwrap(), made);
    let name = archive_name(&document.series, document.sequence, DocumentForm::Pdf);
    assert!(!finish(archive.put_once(&name, "application/pdf", Bytes::from_static(b"another"))).unwrap());
    assert_eq!(finish(archive.get(&name)).unwrap().unwrap(), made);
    let none = finish(read_document(&shop.world(), &archive, &document, DocumentForm::Ubl)).unwrap_err();
    assert_eq!(none.kind, ports::ErrorKind::NotFound, "a consumer has no UBL");
}

#[test]
fn the_check_goes_on_where_it_stopped_and_finds_a_gap() {
    let shop = issued(3);
    let check = || finish(check_invoices(&shop.world(), &shop.lookup)).unwrap();
    let first = check();
    assert_eq!((first.series, first.documents, first.flaws, first.forgotten), (1, 3, 0, 0));
    assert_eq!(check().documents, 0, "what was looked through is not read again");
    shop.order("4", vec![sold("1", 1, "12.10")]);
    shop.ship("4", "p", &[("1", 1)]);
    shop.issue();
    forgets(&shop, DocumentRow::key(&series(), 4));
    let second = check();
    assert_eq!((second.documents, second.flaws), (0, 1));
    assert!(shop.inner.parked()[0].reason.contains("Missing { from: 4, to: 4 }"), "{}", shop.inner.parked()[0].reason);
    let row = SeriesCheckRow::from_row(&shop.row(&SeriesCheckRow::key(&series())).unwrap()).unwrap();
    assert_eq!(row.next, SeriesRow::from_row(&shop.row(&SeriesRow::key(&series())).unwrap()).unwrap().state.next);
}

#[test]
fn an_order_that_was_sent_and_of_which_no_word_was_left_is_found() {
    let shop = Shop::open();
    shop.order("7", vec![sold("1", 1, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    forgets(&shop, InvoiceDueRow::key(&super::shop::web(), &super::shop::number("7")));
    assert_eq!(shop.issue().issued, 0);
    assert_eq!(finish(check_invoices(&shop.world(), &shop.lookup)).unwrap().forgotten, 1);
    assert_eq!(finish(check_invoices(&shop.world(), &shop.lookup)).unwrap().forgotten, 0, "it is due now");
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
    shop.order("8", vec![sold("1", 1, "12.10")]);
    shop.ship("8", "p", &[("1", 1)]);
    shop.pass(25 * 60);
    assert_eq!(finish(check_invoices(&shop.world(), &shop.lookup)).unwrap().late, 1);
}
