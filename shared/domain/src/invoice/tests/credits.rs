//! Credits, until nothing is left.

use super::*;

fn note(invoice: &Document, earlier: &mut Vec<Document>, refund: &Refund) -> Vec<String> {
    let note = credited(invoice, earlier, refund).unwrap();
    let told = totals(&note);
    earlier.push(note);
    told
}

fn vases() -> Document {
    let mut sold = shipment(&[("A", "21", 3, "89.97"), ("B", "9", 1, "12.50")], "6.00");
    sold.goods[0].own_discount = dec("9.80");
    sold.payments[0].amount = dec("98.67");
    invoice(sold)
}

#[test]
fn units_are_paid_back_one_by_one_then_the_shipping_and_the_last_takes_the_cents() {
    let invoice = vases();
    assert_eq!(totals(&invoice), ["21: 70.55 + 14.81", "9: 12.21 + 1.10"]);
    let shipping: Vec<Decimal> = invoice.content.charges.iter().map(|charge| charge.gross).collect();
    assert_eq!(shipping, [dec("5.19"), dec("0.81")]);
    let mut notes = Vec::new();
    assert_eq!(note(&invoice, &mut notes, &of_units(&[("A", 1)], false, Some("26.72"))), ["21: 22.08 + 4.64"]);
    assert_eq!(note(&invoice, &mut notes, &of_units(&[("A", 1)], false, Some("26.73"))), ["21: 22.09 + 4.64"]);
    assert_eq!(note(&invoice, &mut notes, &of_units(&[], true, Some("6.00"))), ["21: 4.29 + 0.90", "9: 0.74 + 0.07"]);
    let last = of_units(&[("A", 1), ("B", 1)], false, Some("39.22"));
    assert_eq!(note(&invoice, &mut notes, &last), ["21: 22.09 + 4.63", "9: 11.47 + 1.03"], "4.63 is what was left, not 4.64");
    let sum = |of: fn(&Totals) -> Decimal| notes.iter().map(|note| of(&note.content.totals)).sum::<Decimal>();
    assert_eq!((sum(|t| t.net), sum(|t| t.vat), sum(|t| t.gross)), (dec("82.76"), dec("15.91"), dec("98.67")));
    let goodwill = credited(&invoice, &notes, &Refund::Amount(dec("5.00")));
    assert_eq!(goodwill, Err(CreditRefused::NothingLeft { invoice: "V2026-00012".to_owned() }));
}

#[test]
fn without_an_amount_units_come_to_their_share_and_the_last_to_the_rest() {
    let invoice = vases();
    let mut notes = Vec::new();
    let one = of_units(&[("A", 1)], false, None);
    let paid: Vec<Decimal> = (0..3)
        .map(|_| {
            note(&invoice, &mut notes, &one);
            notes.last().unwrap().content.totals.gross
        })
        .collect();
    assert_eq!(paid, [dec("26.72"), dec("26.73"), dec("26.72")]);
    let more = credited(&invoice, &notes, &one).unwrap_err();
    assert!(matches!(more, CreditRefused::TooManyUnits { left: Quantity::ZERO, .. }), "{more:?}");
    assert_eq!(note(&invoice, &mut notes, &Refund::All), ["21: 4.30 + 0.89", "9: 12.21 + 1.10"]);
}

#[test]
fn what_the_shop_paid_back_goes_before_price_by_quantity() {
    let invoice = vases();
    let less = credited(&invoice, &[], &of_units(&[("A", 3), ("B", 1)], false, Some("46.34"))).unwrap();
    let lines: Vec<(i64, Decimal)> = less.content.lines.iter().map(|line| (line.quantity.units(), line.gross)).collect();
    assert_eq!(lines, [(3, dec("40.09")), (1, dec("6.25"))], "half of each");
    let more = credited(&invoice, &[], &of_units(&[("A", 1)], false, Some("30.00"))).unwrap();
    assert_eq!(more.content.totals.gross, dec("30.00"));
    let too_much = credited(&invoice, &[], &of_units(&[("A", 1)], false, Some("80.18")));
    assert_eq!(too_much, Err(CreditRefused::TooMuch { asked: dec("80.18"), left: dec("80.17") }));
}

#[test]
fn a_free_amount_is_taken_from_all_that_is_left_and_of_no_units() {
    let invoice = vases();
    let goodwill = credited(&invoice, &[], &Refund::Amount(dec("9.87"))).unwrap();
    assert_eq!(goodwill.content.totals.gross, dec("9.87"));
    assert!(goodwill.content.lines.iter().all(|line| line.quantity.is_zero()));
    assert_eq!(totals(&goodwill), ["21: 7.06 + 1.48", "9: 1.22 + 0.11"]);
    let rest = credited(&invoice, std::slice::from_ref(&goodwill), &Refund::All).unwrap();
    assert_eq!(goodwill.content.totals.vat + rest.content.totals.vat, invoice.content.totals.vat);
    assert_eq!(rest.content.lines[0].quantity.units(), 3);
}

#[test]
fn cents_paid_back_one_by_one_leave_no_credit_that_is_all_vat() {
    let invoice = invoice(shipment(&[("A", "21", 1, "2.00")], "0"));
    let mut notes = Vec::new();
    for _ in 0..200 {
        let note = credited(&invoice, &notes, &Refund::Amount(dec("0.01"))).unwrap();
        assert!(note.content.totals.net >= Decimal::ZERO && note.content.totals.vat >= Decimal::ZERO);
        notes.push(note);
    }
    assert_eq!(notes.iter().map(|note| note.content.totals.vat).sum::<Decimal>(), dec("0.35"));
    let early: Decimal = notes.iter().take(100).map(|note| note.content.totals.vat).sum();
    assert!((early - dec("0.17")).abs() <= dec("0.06"), "half of it was credited with half of the amount, not {early}");
}

#[test]
fn a_credit_has_the_rate_of_its_invoice_and_refers_to_it() {
    let mut sold = shipment(&[("A", "19", 1, "11.90")], "0");
    sold.goods[0].decision.country = VatCountry::Ro;
    let invoice = invoice(sold);
    let note = credited(&invoice, &[], &Refund::All).unwrap();
    assert_eq!(totals(&note), ["19: 10.00 + 1.90"], "though Romania has 21 % by then");
    let by = note.content.credits.as_ref().unwrap();
    assert_eq!((by.number.as_str(), by.issued_on), ("V2026-00012", date(2026, 12, 4)));
    assert_eq!(note.content.vat[0].decision, invoice.content.vat[0].decision);
}

#[test]
fn what_does_not_fit_the_invoice_is_refused() {
    let first = vases();
    let note = credited(&first, &[], &of_units(&[("A", 2)], false, None)).unwrap();
    let unknown = of_units(&[("Z", 1)], false, None);
    assert!(matches!(credited(&first, &[], &unknown), Err(CreditRefused::NoSuchLine { .. })));
    assert_eq!(credited(&first, &[], &of_units(&[], false, None)), Err(CreditRefused::Nothing));
    for none in ["0", "-1.00", "0.001"] {
        assert!(matches!(credited(&first, &[], &Refund::Amount(dec(none))), Err(CreditRefused::Invalid(_))), "{none}");
    }
    let misfit = |document: &Document| Err(CreditRefused::DoesNotFit { number: document.number.clone() });
    assert_eq!(credited(&note, &[], &Refund::All), misfit(&note), "a credit note is not credited");
    let mut of_another = note.clone();
    of_another.content.credits.as_mut().unwrap().number = "V2026-00013".to_owned();
    assert_eq!(credited(&first, std::slice::from_ref(&of_another), &Refund::All), misfit(&of_another));
    assert_eq!(credited(&first, &[note.clone(), note.clone()], &Refund::All), misfit(&note), "four of three units");
    let cheap = credited(&first, &[], &of_units(&[("A", 2)], false, Some("1.00"))).unwrap();
    assert_eq!(credited(&first, &[cheap.clone(), cheap.clone()], &Refund::All), misfit(&cheap), "also where the money would do");
}

#[test]
fn units_of_a_net_price_never_come_to_more_than_their_line() {
    let mut sold = shipment(&[("A", "21", 1000, "0.99"), ("B", "21", 1, "0.99"), ("C", "21", 1000, "0.99")], "0");
    sold.prices = PriceBasis::Net;
    sold.payments.clear();
    let invoice = invoice(sold);
    assert_eq!(totals(&invoice), ["21: 2.97 + 0.62"]);
    let all_but_one = credited(&invoice, &[], &of_units(&[("C", 999)], false, None)).unwrap();
    assert_eq!(
        (invoice.content.lines[2].gross, all_but_one.content.totals.gross),
        (dec("1.19"), dec("1.19")),
        "0.99 + 0.21 is 1.20"
    );
}

#[test]
fn units_of_a_net_price_are_credited_at_it() {
    let mut sold = shipment(&[("A", "21", 10, "125.00"), ("B", "9", 4, "39.80")], "0");
    sold.prices = PriceBasis::Net;
    sold.payments.clear();
    let invoice = invoice(sold);
    let three = credited(&invoice, &[], &of_units(&[("A", 3)], false, None)).unwrap();
    assert_eq!(totals(&three), ["21: 37.50 + 7.88"]);
    assert_eq!(three.content.lines[0].unit_net, dec("12.5"));
}

#[test]
fn what_comes_to_nothing_is_no_credit_note() {
    let sold = invoice(shipment(&[("A", "21", 1, "12.10"), ("gift", "9", 1, "0.00")], "0"));
    assert_eq!(credited(&sold, &[], &of_units(&[("gift", 1)], false, None)), Err(CreditRefused::ComesToNothing));
    let both = credited(&sold, &[], &of_units(&[("A", 1), ("gift", 1)], false, None)).unwrap();
    assert_eq!(both.content.lines.len(), 1, "a rate without money is not on the note");
    assert_eq!(credited(&sold, &[both], &Refund::All), Err(CreditRefused::NothingLeft { invoice: "V2026-00012".to_owned() }));
}

#[test]
fn a_belgian_business_is_told_to_repay_what_it_deducted() {
    let mut sold = shipment(&[("A", "21", 1, "12.10")], "0");
    sold.goods[0].decision.country = VatCountry::Be;
    sold.buyer.vat_number = VatNumber::new("BE0999999922").ok();
    let invoice = invoice(sold);
    let note = credited(&invoice, &[], &Refund::All).unwrap();
    assert_eq!(note.content.mentions, [crate::vat::Mention::RepayDeductedVatBe]);
    let consumer = credited(&vases(), &[], &Refund::All).unwrap();
    assert_eq!(consumer.content.mentions, []);
}

#[test]
fn euro_of_a_foreign_invoice_are_credited_to_the_last_cent() {
    let mut sold = shipment(&[("A", "25", 3, "1000.00")], "0");
    sold.currency = Currency::new("SEK").unwrap();
    sold.goods[0].decision.country = VatCountry::Se;
    sold.per_euro = Some((dec("11.0450"), date(2026, 12, 31)));
    let invoice = invoice(sold);
    let euro = |document: &Document| document.content.vat_in_euro.as_ref().unwrap().vat;
    assert_eq!(euro(&invoice), dec("18.11"));
    let mut notes = Vec::new();
    for _ in 0..3 {
        note(&invoice, &mut notes, &of_units(&[("A", 1)], false, None));
    }
    assert_eq!(notes.iter().map(euro).collect::<Vec<_>>(), [dec("6.04"), dec("6.04"), dec("6.03")]);
}
