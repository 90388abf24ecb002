//! Gross prices: what the buyer paid stays, and VAT is taken out of it per rate.

use super::*;

#[test]
fn a_voucher_and_shipping_follow_the_goods_of_both_rates() {
    // 100.00 at 21 % and 60.00 at 9 %, 16.00 off, 4.95 for sending.
    let sale = Sale {
        prices: PriceBasis::Gross,
        lines: vec![goods("21", 1, "79.95"), goods("21", 5, "20.05"), goods("9", 4, "60.00")],
        discounts: voucher("16.00"),
        charges: shipping("4.95"),
    };
    let sums = sale.sums().unwrap();
    let off: Vec<String> = sums.lines.iter().map(|line| line.discount.to_string()).collect();
    assert_eq!(off, ["8.00", "2.00", "6.00"], "10.00 and 6.00");
    let sent: Vec<String> = sums.charges.iter().map(|charge| charge.gross.to_string()).collect();
    assert_eq!(sent, ["3.09", "1.86"]);
    assert_eq!(rates(&sums.rates), ["21: 76.93 + 16.16", "9: 51.25 + 4.61"]);
    assert_eq!(sums.gross(), dec("148.95"));
    assert_eq!(sums.check_paid(dec("148.95")), Ok(()));
}

#[test]
fn a_voucher_over_two_rates_is_not_taken_at_the_highest_nor_at_an_average() {
    let sale = Sale {
        prices: PriceBasis::Gross,
        lines: vec![goods("21", 1, "89.95"), goods("21", 7, "10.15"), goods("9", 3, "74.97")],
        discounts: voucher("25.00"),
        charges: shipping("6.95"),
    };
    let sums = sale.sums().unwrap();
    let off: Decimal = sums.lines.iter().take(2).map(|line| line.discount).sum();
    assert_eq!((off, sums.lines[2].discount), (dec("14.29"), dec("10.71")));
    assert_eq!(sums.charges.iter().map(|charge| charge.gross).collect::<Vec<_>>(), [dec("3.97"), dec("2.98")]);
    assert_eq!(rates(&sums.rates), ["21: 74.20 + 15.58", "9: 61.69 + 5.55"]);
    assert_eq!((sums.net(), sums.vat(), sums.gross()), (dec("135.89"), dec("21.13"), dec("157.02")));
}

#[test]
fn a_gift_card_pays_and_takes_no_vat_away() {
    let mut bought = shipment(&[("1", "21", 3, "36.30"), ("2", "9", 2, "21.80")], "0");
    let card = |amount: &str| Payment { kind: PaymentKind::GiftCard, amount: dec(amount), text: Some("7Q2X".to_owned()) };
    bought.payments = vec![card("50.00"), Payment { kind: PaymentKind::Online, amount: dec("8.10"), text: None }];
    let partly = invoice(bought);
    assert_eq!(totals(&partly), ["21: 30.00 + 6.30", "9: 20.00 + 1.80"]);
    assert_eq!((partly.content.totals.prepaid, partly.content.totals.payable), (dec("58.10"), dec("0.00")));
    let mut bought = shipment(&[("1", "21", 3, "36.30"), ("2", "9", 1, "13.70")], "0");
    bought.payments = vec![card("50.00")];
    let wholly = invoice(bought);
    assert_eq!(totals(&wholly), ["21: 30.00 + 6.30", "9: 12.57 + 1.13"]);
    assert_eq!(wholly.content.totals.payable, dec("0.00"));
    // Given back to the card: the VAT of the goods is credited all the same.
    let note = credited(&wholly, &[], &of_units(&[("1", 3)], false, None)).unwrap();
    assert_eq!(totals(&note), ["21: 30.00 + 6.30"]);
}

#[test]
fn a_gift_card_that_is_sold_is_no_supply() {
    let card = SaleLine { what: Sold::GiftCard, ..goods("21", 1, "50.00") };
    let alone = Sale { prices: PriceBasis::Gross, lines: vec![card.clone()], discounts: Vec::new(), charges: Vec::new() };
    assert_eq!(alone.sums(), Err(SumsRefused::OnlyGiftCards));
    // Beside goods it is in no rate, takes no shipping, and nothing is taken off it.
    let lines = vec![card, goods("9", 1, "10.90")];
    let sums = Sale { lines, discounts: voucher("1.09"), charges: shipping("2.18"), ..alone }.sums().unwrap();
    assert_eq!(rates(&sums.rates), ["9: 11.00 + 0.99"]);
    assert_eq!((sums.gift_cards, sums.lines[0].at), (dec("50.00"), 1));
    assert_eq!(sums.check_paid(dec("61.99")), Ok(()));
}

#[test]
fn lines_of_a_rate_share_the_net_that_is_left_of_what_was_paid() {
    let three = Sale {
        prices: PriceBasis::Gross,
        lines: vec![goods("21", 1, "500.00"), goods("21", 1, "500.00"), goods("21", 1, "500.00")],
        discounts: Vec::new(),
        charges: Vec::new(),
    };
    let sums = three.sums().unwrap();
    assert_eq!(rates(&sums.rates), ["21: 1239.67 + 260.33"]);
    assert_eq!(sums.lines.iter().map(|line| line.net).collect::<Vec<_>>(), [dec("413.23"), dec("413.22"), dec("413.22")]);
    // What net by the rate cannot make: a ledger must be told the VAT.
    let sums = Sale { lines: vec![goods("21", 1, "9.07"), goods("9", 1, "9.10")], ..three }.sums().unwrap();
    assert_eq!(rates(&sums.rates), ["21: 7.50 + 1.57", "9: 8.35 + 0.75"]);
    assert_eq!(sums.rates[0].net_by_rate(), dec("1.58"));
}

#[test]
fn a_parcel_is_invoiced_by_what_is_in_it() {
    // An order of three mugs and a tea in two shipments: one invoice each, together what was paid.
    let first = invoice(shipment(&[("1", "21", 1, "8.95"), ("2", "9", 1, "6.50")], "0"));
    let second = invoice(shipment(&[("1", "21", 2, "17.90")], "0"));
    assert_eq!(totals(&first), ["21: 7.40 + 1.55", "9: 5.96 + 0.54"]);
    assert_eq!(totals(&second), ["21: 14.79 + 3.11"]);
    assert_eq!(first.content.totals.gross + second.content.totals.gross, dec("33.35"));
}

#[test]
fn a_discount_on_some_lines_stays_on_these() {
    let sale = Sale {
        prices: PriceBasis::Gross,
        lines: vec![goods("21", 1, "10.00"), goods("9", 1, "10.00"), goods("9", 1, "30.00")],
        discounts: vec![Discount { amount: dec("4.00"), lines: Some(vec![1, 2]) }],
        charges: shipping("4.60"),
    };
    let sums = sale.sums().unwrap();
    assert_eq!(sums.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [dec("0.00"), dec("1.00"), dec("3.00")]);
    assert_eq!(
        sums.charges.iter().map(|charge| charge.gross).collect::<Vec<_>>(),
        [dec("1.00"), dec("3.60")],
        "in proportion to what is paid"
    );
}

#[test]
fn goods_given_away_leave_the_rate_of_the_shipping_to_their_prices() {
    let lines = vec![goods("21", 1, "10.00"), goods("9", 1, "10.00")];
    let sale = Sale { prices: PriceBasis::Gross, lines, discounts: voucher("20.00"), charges: shipping("5.00") };
    let sums = sale.sums().unwrap();
    assert_eq!(sums.charges.iter().map(|charge| charge.gross).collect::<Vec<_>>(), [dec("2.50"), dec("2.50")]);
    let free = |lines| Sale { prices: PriceBasis::Gross, lines, discounts: Vec::new(), charges: shipping("5.00") };
    assert_eq!(free(vec![goods("21", 1, "0"), goods("9", 1, "0")]).sums(), Err(SumsRefused::NothingToFollow));
    assert_eq!(
        rates(&free(vec![goods("9", 1, "0")]).sums().unwrap().rates),
        ["9: 4.59 + 0.41"],
        "of one rate there is no question"
    );
    assert_eq!(free(Vec::new()).sums(), Err(SumsRefused::NothingToFollow));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let sale = |line: SaleLine| Sale { prices: PriceBasis::Gross, lines: vec![line], discounts: Vec::new(), charges: Vec::new() };
    let field = |sale: Sale| match sale.sums().unwrap_err() {
        SumsRefused::Invalid(invalid) => invalid.field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(sale(goods("21", 1, "-1.00"))), "line amount");
    assert_eq!(field(sale(goods("21", 1, "1.005"))), "line amount");
    assert_eq!(field(sale(goods("21", 1, "79228162514264337593543950335"))), "line amount");
    let mut odd = goods("21", 1, "1.00");
    odd.taxed.rate = dec("-21");
    assert_eq!(field(sale(odd)), "VAT rate");
    assert_eq!(sale(goods("21", 0, "1.00")).sums(), Err(SumsRefused::NoUnits { at: 0 }));
    let too_much = Sale { discounts: voucher("1.01"), ..sale(goods("21", 1, "1.00")) };
    assert_eq!(too_much.sums(), Err(SumsRefused::DiscountTooLarge { discount: dec("1.01"), left: dec("1.00") }));
    assert_eq!(
        sale(goods("21", 1, "1.00")).sums().unwrap().check_paid(dec("1.01")),
        Err(SumsRefused::PaidDiffers { ours: dec("1.00"), paid: dec("1.01") })
    );
}
