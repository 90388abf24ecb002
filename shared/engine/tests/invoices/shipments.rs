//! One invoice for each shipment; together they come to what the buyer paid.

use super::books::{documents, due, flaws_at_rest, numbers};
use super::shop::{Shop, dec, entity, euro, kade, snapshot, sold, terms, units, web};
use domain::invoice::{DocumentKind, Series};
use domain::vat::VatCountry;
use engine::rows::{ConnectionInvoices, DocumentRow, InvoicePer, InvoiceWhen, SoldThere};

#[test]
fn each_shipment_has_an_invoice_and_the_last_takes_the_last_cents() {
    let shop = Shop::open();
    let mut told = snapshot("7", vec![sold("1", 3, "9.99"), sold("2", 1, "20.00")], shop.now());
    told.terms.shipping_price = Some(euro("4.95"));
    told.terms.discount = Some(euro("1.00"));
    told.lines[0].terms.discount = Some(euro("0.10"));
    told.terms.total = Some(euro("53.82"));
    shop.tell(told, super::shop::buyer("NL", "3511 AW"));
    assert_eq!(shop.issue().issued, 0, "nothing was sent");
    shop.ship("7", "p1", &[("1", 1)]);
    assert_eq!(due(&shop).len(), 1);
    assert_eq!(shop.issue().issued, 1);
    shop.ship("7", "p2", &[("1", 1), ("2", 1)]);
    shop.ship("7", "p3", &[("1", 1)]);
    assert_eq!(shop.issue().issued, 2);
    assert_eq!(shop.issue().issued, 0, "looked at again, nothing is invoiced twice");
    assert_eq!(numbers(&shop), ["F2026-00001", "F2026-00002", "F2026-00003"]);
    let all = documents(&shop);
    let gross: Vec<_> = all.iter().map(|one| one.content.totals.gross).collect();
    assert_eq!(gross.iter().sum::<rust_decimal::Decimal>(), dec("53.82"), "{gross:?}");
    let marks: Vec<_> = all.iter().map(|one| one.content.order.shipment.clone().unwrap()).collect();
    assert_eq!(marks, ["p1", "p2", "p3"]);
    let shipping: Vec<usize> = all.iter().map(|one| one.content.charges.len()).collect();
    assert_eq!(shipping, [1, 0, 0], "shipping costs are on the first");
    assert!(all.iter().all(|one| one.content.vat.iter().all(|total| total.taxed.country == VatCountry::Nl)));
    assert!(all.iter().all(|one| one.content.totals.payable.is_zero()), "it was paid");
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn what_the_channel_tells_as_sent_is_invoiced_without_a_shipment_of_ours() {
    let shop = Shop::open();
    let mut told = shop.order("7", vec![sold("1", 2, "12.10")]);
    told.lines[0].shipped = units(1);
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 1);
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 0, "the same once more");
    told.lines[0].shipped = units(2);
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(documents(&shop)[1].content.lines[0].quantity, units(1));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn an_order_as_a_whole_waits_for_its_last_shipment() {
    let shop = Shop::with(ConnectionInvoices { per: InvoicePer::Order, ..terms() }, entity());
    shop.order("7", vec![sold("1", 2, "12.10")]);
    shop.ship("7", "p1", &[("1", 1)]);
    assert_eq!((shop.issue().issued, due(&shop).len()), (0, 0));
    shop.ship("7", "p2", &[("1", 1)]);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(documents(&shop)[0].content.lines[0].quantity, units(2));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn an_invoice_may_be_issued_when_it_is_ordered_or_paid() {
    let shop = Shop::with(ConnectionInvoices { when: InvoiceWhen::Ordered, ..terms() }, entity());
    shop.order("7", vec![sold("1", 2, "12.10")]);
    assert_eq!(shop.issue().issued, 1);
    let shop = Shop::with(ConnectionInvoices { when: InvoiceWhen::Paid, ..terms() }, entity());
    let mut told = snapshot("7", vec![sold("1", 2, "12.10")], shop.now());
    told.terms.paid = Some(false);
    shop.tell(told.clone(), super::shop::buyer("NL", "3511 AW"));
    assert_eq!((shop.issue().issued, due(&shop).len()), (0, 0));
    told.terms.paid = Some(true);
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
}

#[test]
fn what_a_marketplace_was_not_paid_for_is_not_invoiced_whenever_that_is_done() {
    for when in [InvoiceWhen::Ordered, InvoiceWhen::Shipped] {
        let terms = ConnectionInvoices { when, sold_on: SoldThere::Marketplace, ..terms() };
        let shop = Shop::with(terms, entity());
        let mut told = snapshot("7", vec![sold("1", 2, "12.10")], shop.now());
        told.terms.paid = Some(false);
        shop.tell(told.clone(), super::shop::buyer("NL", "3511 AW"));
        shop.ship("7", "p", &[("1", 2)]);
        assert_eq!((shop.issue().issued, due(&shop).len()), (0, 0), "{when:?}");
        told.terms.paid = Some(true);
        shop.tell_again(told);
        assert_eq!(shop.issue().issued, 1, "{when:?}");
    }
}

#[test]
fn orders_from_before_the_merchant_began_are_left_alone() {
    let shop = Shop::open();
    let since = shop.now();
    let shop = Shop::with(
        ConnectionInvoices { since: since.checked_add(jiff::SignedDuration::from_hours(2)).unwrap(), ..terms() },
        entity(),
    );
    shop.order("7", vec![sold("1", 1, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!((shop.issue().issued, due(&shop).len()), (0, 0));
}

#[test]
fn a_connection_that_is_not_invoiced_leaves_no_word() {
    let shop = testkit::scripted_shop::ScriptedShop::open(testkit::scripted::Scripted::default(), &["web"]);
    shop.order("web", "7", 1);
    shop.ship("web", "7", "p", 1);
    assert!(!shop.stage.table.rows().iter().any(|row| row.key.pk.starts_with("INVOICE")));
}

#[test]
fn a_document_lies_under_its_series_and_number() {
    let shop = Shop::open();
    shop.order("7", vec![sold("1", 1, "12.10")]);
    shop.ship("7", "p", &[("1", 1)]);
    shop.issue();
    let series = Series { entity: kade(), kind: DocumentKind::Invoice, year: 2026, connection: None };
    assert!(shop.row(&DocumentRow::key(&series, 1)).is_some());
    let found = testkit::run::finish(engine::documents_of(&shop.world(), &web(), &super::shop::number("7"))).unwrap();
    assert_eq!(found, documents(&shop));
}
