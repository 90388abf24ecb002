//! Credit notes: by what the channel tells after an invoice, never more than the invoice.

use super::books::{documents, due, flaws_at_rest, numbers};
use super::shop::{Shop, buyer, country, dec, entity, euro, line, number, snapshot, sold, terms, units, web};
use domain::invoice::{ChargeKind, DocumentKind};
use domain::vat::Place;
use domain::{ChannelSync, Fulfilment, LineUnits, LocationId, OrderSnapshot, ReturnCondition, ReturnResolution};
use engine::OrderCommand;
use engine::rows::{ConnectionInvoices, InvoiceWhen};
use rust_decimal::Decimal;
use testkit::run::finish;

/// Three units at 10.00, all sent and invoiced.
fn invoiced() -> (Shop, OrderSnapshot) {
    let shop = Shop::open();
    let mut told = snapshot("7", vec![sold("1", 3, "10.00")], shop.now());
    told.terms.shipping_price = Some(euro("5.00"));
    told.terms.total = Some(euro("35.00"));
    shop.tell(told.clone(), buyer("NL", "3511 AW"));
    shop.ship("7", "p", &[("1", 3)]);
    assert_eq!(shop.issue().issued, 1);
    (shop, told)
}

fn credited(shop: &Shop) -> Vec<Decimal> {
    let notes = documents(shop).into_iter().filter(|one| one.content.kind == DocumentKind::CreditNote);
    notes.map(|one| one.content.totals.gross).collect()
}

#[test]
fn what_comes_back_is_credited_once() {
    let (shop, mut told) = invoiced();
    told.lines[0].shipped = units(3);
    told.lines[0].returned = units(1);
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 1);
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 0);
    told.lines[0].returned = units(3);
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(credited(&shop), [dec("10.00"), dec("20.00")]);
    assert_eq!(numbers(&shop), ["C2026-00001", "C2026-00002", "F2026-00001"]);
    let note = documents(&shop).into_iter().find(|one| one.number == "C2026-00001").unwrap();
    assert_eq!(note.content.credits.unwrap().number, "F2026-00001");
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn an_order_whose_amounts_change_after_its_invoice_is_told_to_a_person_until_they_agree() {
    let (shop, mut order) = invoiced();
    for total in ["20.00", "40.00"] {
        order.terms.total = Some(euro(total));
        shop.tell_again(order.clone());
        let report = shop.issue();
        assert_eq!((report.issued, report.refused), (0, 1), "{total}");
        let problem = due(&shop)[0].problem.clone().unwrap();
        let sums = [problem.arguments["ours"].as_str(), problem.arguments["told"].as_str()];
        assert_eq!((problem.code.as_str(), sums), ("amounts_changed", ["35.00", total]));
    }
    order.terms.total = Some(euro("35.00"));
    shop.tell_again(order);
    assert_eq!((shop.issue().refused, due(&shop).len()), (0, 0), "they agree again");
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn what_the_marketplace_sent_is_credited_by_a_return_that_is_entered_here() {
    let stock = Place { country: country("NL"), postcode: Some("5145 AA".to_owned()), town: None };
    let shop = Shop::with(ConnectionInvoices { marketplace_stock: Some(stock), ..terms() }, entity());
    let mut told = snapshot("7", vec![sold("1", 2, "20.00")], shop.now());
    (told.lines[0].fulfilment, told.lines[0].shipped) = (Fulfilment::Marketplace, units(2));
    shop.tell(told, buyer("NL", "3511 AW"));
    assert_eq!(shop.issue().issued, 1);
    let does = |command: &OrderCommand| {
        finish(engine::handle_order(&shop.world(), &shop.lookup, &web(), &number("7"), command, "Ada")).map(drop)
    };
    let lines = vec![LineUnits { line: line("1"), units: units(1) }];
    does(&OrderCommand::AnnounceReturn { id: Some("r".to_owned()), lines, reason: String::new() }).unwrap();
    let inspected = |restock_at| OrderCommand::InspectReturn {
        id: Some("i".to_owned()),
        r#return: "r".to_owned(),
        line: line("1"),
        units: units(1),
        condition: ReturnCondition::Sellable,
        restock_at,
        resolution: ReturnResolution::Accepted,
    };
    assert!(does(&inspected(LocationId::new("main").ok())).is_err(), "it goes on no shelf here");
    does(&inspected(None)).unwrap();
    assert_eq!((shop.issue().issued, credited(&shop)), (1, vec![dec("20.00")]));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
    let view = finish(engine::views::order(&shop.world(), &web(), &number("7"))).unwrap();
    assert_eq!(view.returns[0].inspections[0].channel_sync, ChannelSync::NotNeeded, "the channel is told nothing");
    assert_eq!(view.lines[0].to_return, units(1));
}

#[test]
fn money_that_was_paid_back_is_credited_and_no_more() {
    let (shop, mut told) = invoiced();
    told.terms.refunded = Some(euro("4.00"));
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 1, "for no units in particular");
    told.lines[0].shipped = units(3);
    told.lines[0].returned = units(1);
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 0, "it is not paid back yet");
    told.terms.refunded = Some(euro("12.50"));
    shop.tell_again(told.clone());
    assert_eq!(shop.issue().issued, 1, "less than its price: costs of returning it were kept");
    told.lines[0].returned = units(3);
    told.terms.refunded = Some(euro("35.00"));
    shop.tell_again(told);
    shop.issue();
    assert_eq!(credited(&shop).iter().sum::<Decimal>(), dec("35.00"), "{:?}", credited(&shop));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn shipping_that_is_paid_back_is_credited_as_shipping() {
    let (shop, mut told) = invoiced();
    told.terms.refunded = Some(euro("5.00"));
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
    let note = documents(&shop).into_iter().find(|one| one.content.kind == DocumentKind::CreditNote).unwrap();
    let charges: Vec<_> = note.content.charges.iter().map(|one| (one.kind, one.gross)).collect();
    assert_eq!((note.content.lines.len(), charges), (0, vec![(ChargeKind::Shipping, dec("5.00"))]));
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn more_paid_back_than_was_invoiced_is_told_to_a_person() {
    let (shop, mut told) = invoiced();
    told.terms.refunded = Some(euro("40.00"));
    shop.tell_again(told);
    let report = shop.issue();
    assert_eq!((credited(&shop), report.refused), (vec![dec("35.00")], 1));
    let problem = due(&shop).into_iter().find_map(|due| due.problem).unwrap();
    assert_eq!((problem.code.as_str(), problem.arguments["amount"].as_str()), ("refund_beyond_invoices", "5.00"));
    assert_eq!(shop.inner.parked().len(), 1);
}

#[test]
fn money_for_what_was_never_invoiced_needs_no_credit() {
    let shop = Shop::open();
    let mut told = snapshot("7", vec![sold("1", 2, "10.00")], shop.now());
    told.terms.total = Some(euro("20.00"));
    shop.tell(told.clone(), buyer("NL", "3511 AW"));
    told.lines[0].cancelled = units(1);
    told.terms.refunded = Some(euro("10.00"));
    shop.tell_again(told);
    shop.ship("7", "p", &[("1", 1)]);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(numbers(&shop), ["F2026-00001"]);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn what_is_cancelled_after_its_invoice_is_credited() {
    let shop = Shop::with(ConnectionInvoices { when: InvoiceWhen::Ordered, ..terms() }, entity());
    let mut told = shop.order("7", vec![sold("1", 2, "10.00"), sold("2", 1, "7.50")]);
    assert_eq!(shop.issue().issued, 1);
    told.lines[0].cancelled = units(1);
    told.lines[1].cancelled = units(1);
    shop.tell_again(told);
    assert_eq!(shop.issue().issued, 1);
    assert_eq!(credited(&shop), [dec("17.50")]);
}
