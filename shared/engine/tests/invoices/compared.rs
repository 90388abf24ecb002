//! What the channel tells of an order's sums, held against ours before anything is issued.

use super::books::{documents, due, flaws_at_rest};
use super::shop::{Shop, buyer, dec, entity, euro, settings, snapshot, sold, terms, units};
use domain::invoice::{DocumentKind, PaymentKind};
use domain::vat::{ClassRate, ProductClass, VatCountry};
use domain::{Product, Sku, SnapshotLine};
use engine::rows::{ConnectionInvoices, NegativeFees, SoldThere};
use engine::{Opening, put_invoice_settings, put_product, put_vat_class};
use rust_decimal::Decimal;
use testkit::run::finish;

fn code(shop: &Shop) -> Option<String> {
    due(shop).into_iter().find_map(|due| due.problem).map(|problem| problem.code)
}

fn taxed(line: SnapshotLine, tax: &str) -> SnapshotLine {
    let mut line = line;
    line.terms.tax = Some(euro(tax));
    line
}

/// A shop that sells a book beside its other product, at 9 %.
fn with_a_book(terms: ConnectionInvoices) -> Shop {
    let shop = Shop::with(terms, entity());
    let book = Sku::new("BOOK").unwrap();
    let item = Product { sku: book.clone(), ean: None, title: "Kookboek".to_owned(), variant: String::new() };
    let stock = Opening { location: domain::LocationId::new("main").unwrap(), quantity: units(100) };
    finish(put_product(&shop.world(), &item, &[stock])).unwrap();
    let class = ProductClass::new("book").unwrap();
    finish(put_vat_class(&shop.world(), &book, &class)).unwrap();
    let rate =
        ClassRate { class, country: VatCountry::Nl, region: None, from: jiff::civil::date(2020, 1, 1), rate: Some(dec("9")) };
    finish(put_invoice_settings(&shop.world(), &engine::rows::InvoiceSettingsRow { classes: vec![rate], ..settings(entity()) }))
        .unwrap();
    shop
}

fn book(line: SnapshotLine) -> SnapshotLine {
    SnapshotLine { sku: Some(Sku::new("BOOK").unwrap()), ..line }
}

#[test]
fn a_product_with_a_class_waits_where_no_class_has_a_rate() {
    let shop = with_a_book(terms());
    finish(put_invoice_settings(&shop.world(), &settings(entity()))).unwrap();
    shop.order("7", vec![book(sold("1", 1, "10.90"))]);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!((shop.issue().issued, code(&shop).as_deref()), (0, Some("vat_class_unknown")));
}

#[test]
fn a_wrong_rate_is_found_in_every_shipment_and_after_a_cancellation() {
    // The shop charged 21 % for what is a book here: 1.89 in 10.90.
    let shop = with_a_book(terms());
    let told = snapshot("7", vec![taxed(book(sold("1", 2, "10.90")), "3.78")], shop.now());
    shop.tell(told, buyer("NL", "3511 AW"));
    shop.ship("7", "p1", &[("1", 1)]);
    assert_eq!((shop.issue().issued, code(&shop).as_deref()), (0, Some("tax_differs")), "of a part");
    let shop = with_a_book(terms());
    let mut told = snapshot("8", vec![taxed(book(sold("1", 2, "10.90")), "3.78")], shop.now());
    shop.tell(told.clone(), buyer("NL", "3511 AW"));
    told.lines[0].cancelled = units(1);
    shop.tell_again(told);
    shop.ship("8", "p1", &[("1", 1)]);
    assert_eq!((shop.issue().issued, code(&shop).as_deref()), (0, Some("tax_differs")), "of what was not cancelled");
    // And the right one is none of it, in two shipments.
    let shop = with_a_book(terms());
    let told = snapshot("9", vec![taxed(book(sold("1", 2, "10.90")), "1.80")], shop.now());
    shop.tell(told, buyer("NL", "3511 AW"));
    shop.ship("9", "p1", &[("1", 1)]);
    shop.ship("9", "p2", &[("1", 1)]);
    assert_eq!((shop.issue().issued, code(&shop)), (2, None));
}

#[test]
fn a_voucher_that_the_shop_spread_otherwise_is_spread_as_the_law_wants_and_its_vat_is_noted() {
    // Goods of 100.10 at 21 % and 74.97 at 9 %, a voucher of 25.00, shipping 6.95: the shop put both at 21 %.
    let says = ConnectionInvoices { negative_fees: NegativeFees::Discount, ..terms() };
    for as_fee in [false, true] {
        let shop = with_a_book(says.clone());
        let lines = vec![taxed(sold("1", 1, "100.10"), "17.37"), taxed(book(sold("2", 3, "24.99")), "6.19")];
        let mut told = snapshot("7", lines, shop.now());
        told.terms.shipping_price = Some(euro("6.95"));
        let voucher = if as_fee { &mut told.terms.negative_fees } else { &mut told.terms.discount };
        *voucher = Some(euro("25.00"));
        told.terms.total = Some(euro("157.02"));
        told.terms.tax = Some(euro("20.43"));
        shop.tell(told.clone(), buyer("NL", "3511 AW"));
        shop.ship("7", "p", &[("1", 1), ("2", 3)]);
        assert_eq!((shop.issue().issued, code(&shop)), (1, None));
        let content = documents(&shop).remove(0).content;
        let sums: Vec<_> = content.vat.iter().map(|one| (one.net, one.vat)).collect();
        assert_eq!(sums, [(dec("74.20"), dec("15.58")), (dec("61.69"), dec("5.55"))]);
        assert_eq!((content.totals.gross, content.channel_vat), (dec("157.02"), Some(dec("20.43"))));
        // The channel's VAT is of all of the order: of what is credited of it, it tells none.
        told.lines[1].shipped = units(3);
        told.lines[1].returned = units(1);
        shop.tell_again(told);
        assert_eq!((shop.issue().issued, code(&shop)), (1, None));
        let issued = documents(&shop);
        let note = issued.iter().find(|one| one.content.kind == DocumentKind::CreditNote).unwrap();
        assert_eq!(note.content.channel_vat, None);
        assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
    }
}

/// Goods of 36.30 at 21 % and 21.80 at 9 %, of which a fee below zero takes 50.00.
fn paid_by_card(says: NegativeFees) -> Shop {
    let shop = with_a_book(ConnectionInvoices { negative_fees: says, sold_on: SoldThere::OwnShop, ..terms() });
    let lines = vec![taxed(sold("1", 1, "36.30"), "6.30"), taxed(book(sold("2", 1, "21.80")), "1.80")];
    let mut told = snapshot("7", lines, shop.now());
    told.terms.negative_fees = Some(euro("50.00"));
    told.terms.total = Some(euro("8.10"));
    told.terms.tax = Some(euro("1.13"));
    shop.tell(told, buyer("NL", "3511 AW"));
    shop.ship("7", "p1", &[("1", 1)]);
    shop.ship("7", "p2", &[("2", 1)]);
    shop.issue();
    shop
}

#[test]
fn what_a_fee_below_zero_is_nobody_guesses() {
    let shop = paid_by_card(NegativeFees::Ask);
    assert_eq!((documents(&shop).len(), code(&shop).as_deref()), (0, Some("negative_fees_unclear")));
}

#[test]
fn a_gift_card_pays_and_lowers_no_vat() {
    let shop = paid_by_card(NegativeFees::GiftCard);
    assert_eq!(code(&shop), None);
    let issued = documents(&shop);
    let sum =
        |of: &dyn Fn(&domain::invoice::Totals) -> Decimal| issued.iter().map(|one| of(&one.content.totals)).sum::<Decimal>();
    assert_eq!((sum(&|totals| totals.gross), sum(&|totals| totals.vat)), (dec("58.10"), dec("8.10")));
    assert_eq!(sum(&|totals| totals.payable), Decimal::ZERO);
    let paid = |kind| {
        let payments = issued.iter().flat_map(|one| &one.content.payments).filter(|one| one.kind == kind);
        payments.map(|one| one.amount).sum::<Decimal>()
    };
    assert_eq!((paid(PaymentKind::GiftCard), paid(PaymentKind::Online)), (dec("50.00"), dec("8.10")));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn a_discount_by_a_fee_goes_over_the_shipments() {
    let shop = paid_by_card(NegativeFees::Discount);
    let issued = documents(&shop);
    assert_eq!(issued.iter().map(|one| one.content.totals.gross).sum::<Decimal>(), dec("8.10"), "{:?}", code(&shop));
}
