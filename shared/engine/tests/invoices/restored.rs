//! The table is put back to an earlier state: documents that were issued since are kept as files, and it does not know them.

use super::books::{documents, due, numbers};
use super::shop::{Shop, entity, kade, settings, sold, web};
use bytes::Bytes;
use domain::invoice::{DocumentKind, Series, SeriesState};
use engine::rows::{DocumentRow, OrderDocumentsRow, OrderRow, SeriesRow, SeriesStart, ToStoreRow, TypedRow};
use engine::{DocumentForm, archive_name, put_invoice_settings, store_documents};
use jiff::Timestamp;
use ports::{Condition, Documents, Key, Write};
use testkit::memory::MemoryDocuments;
use testkit::run::finish;

fn series() -> Series {
    Series { entity: kade(), kind: DocumentKind::Invoice, year: 2026, connection: None }
}

fn write(shop: &Shop, write: Write) {
    assert!(finish(shop.inner.stage.world().write_if(write)).unwrap());
}

fn forgets(shop: &Shop, key: Key) {
    write(shop, Write::Delete { key, when: Condition::Always });
}

fn sells(shop: &Shop, name: &str) {
    shop.order(name, vec![sold("1", 1, "12.10")]);
    shop.ship(name, "p", &[("1", 1)]);
}

fn store(shop: &Shop, archive: &MemoryDocuments) -> usize {
    finish(store_documents(&shop.world(), &shop.lookup, archive, Timestamp::MAX)).unwrap()
}

fn kept(archive: &MemoryDocuments, sequence: u64) -> Option<Bytes> {
    finish(archive.get(&archive_name(&series(), sequence, DocumentForm::Pdf))).unwrap()
}

/// Two documents were issued and kept, and the table is put back to before the second.
fn restored() -> (Shop, MemoryDocuments) {
    let (shop, archive) = (Shop::open(), MemoryDocuments::default());
    for name in ["1", "2"] {
        sells(&shop, name);
    }
    assert_eq!((shop.issue().issued, store(&shop, &archive)), (2, 2));
    let second = super::shop::number("2");
    for key in [DocumentRow::key(&series(), 2), OrderDocumentsRow::key(&web(), &second), OrderRow::key(&web(), &second)] {
        forgets(&shop, key);
    }
    let row = SeriesRow::from_row(&shop.row(&SeriesRow::key(&series())).unwrap()).unwrap();
    let row = SeriesRow { state: SeriesState { next: 2, ..row.state }, ..row };
    write(&shop, Write::Put { row: row.to_row(), when: Condition::Always });
    (shop, archive)
}

fn goes_on_at(shop: &Shop, first: u64) {
    let mut entity = entity();
    entity.starts = vec![SeriesStart { kind: DocumentKind::Invoice, year: 2026, first }];
    finish(put_invoice_settings(&shop.world(), &settings(entity))).unwrap();
}

#[test]
fn a_number_that_is_kept_for_another_document_serves_neither() {
    let (shop, archive) = restored();
    let first = kept(&archive, 2).unwrap();
    sells(&shop, "3");
    assert_eq!((shop.issue().issued, numbers(&shop)), (1, vec!["F2026-00001".to_owned(), "F2026-00002".to_owned()]));
    for _ in 0..2 {
        assert_eq!(store(&shop, &archive), 0);
    }
    assert_eq!(kept(&archive, 2), Some(first), "what was kept first stays as it is");
    let parked = shop.inner.parked();
    assert_eq!(parked.len(), 1);
    assert!(
        parked[0].reason.starts_with("document_differs: ") && parked[0].reason.contains("F2026-00002"),
        "{}",
        parked[0].reason
    );
    let is_delivery = |pk: &str| pk.starts_with("INVOICE_DELIVERIES") && !pk.ends_with("#kept");
    let waits = |row: &ports::Row| row.key.pk == ToStoreRow::PARTITION || is_delivery(&row.key.pk);
    let waits: Vec<String> =
        shop.inner.stage.table.rows().iter().filter(|row| waits(row)).map(|row| row.key.pk.clone()).collect();
    assert_eq!(waits, [ToStoreRow::PARTITION], "nobody is sent it");
}

#[test]
fn a_series_goes_on_after_a_gap_where_the_settings_say_so_and_never_back() {
    let (shop, archive) = restored();
    goes_on_at(&shop, 3);
    for name in ["3", "4"] {
        sells(&shop, name);
    }
    assert_eq!(shop.issue().issued, 2);
    assert_eq!(
        (numbers(&shop), store(&shop, &archive)),
        (["F2026-00001", "F2026-00003", "F2026-00004"].map(str::to_owned).to_vec(), 2)
    );
    goes_on_at(&shop, 2);
    sells(&shop, "5");
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(documents(&shop).last().map(|one| one.number.clone()).as_deref(), Some("F2026-00005"));
    assert_eq!((due(&shop), shop.inner.parked()), (Vec::new(), Vec::new()));
}
