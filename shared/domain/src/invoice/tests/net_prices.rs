//! Prices without VAT: it is put on top of each rate's sum, once.

use super::*;

fn units(rate: &str, quantity: i64, unit_net: &str) -> SaleLine {
    let quantity = Quantity::new(quantity).unwrap();
    let amount = net_line(dec(unit_net), quantity);
    SaleLine { what: Sold::Goods, taxed: taxed(rate), quantity, amount, unit_net: Some(dec(unit_net)) }
}

#[test]
fn unit_prices_keep_their_decimals_and_vat_is_rounded_once() {
    let lines = vec![
        units("21", 7, "1.235"),
        units("21", 3, "0.333"),
        units("21", 1, "0.333"),
        units("21", 250, "0.0446"),
        units("21", 1, "0.025"),
    ];
    let sale = Sale { prices: PriceBasis::Net, lines, discounts: Vec::new(), charges: Vec::new() };
    let sums = sale.sums().unwrap();
    let nets: Vec<String> = sums.lines.iter().map(|line| line.net.to_string()).collect();
    assert_eq!(nets, ["8.65", "1.00", "0.33", "11.15", "0.03"], "halves away from zero");
    let prices: Vec<String> = sums.lines.iter().map(|line| line.unit_net.to_string()).collect();
    assert_eq!(prices, ["1.235", "0.333", "0.333", "0.0446", "0.025"]);
    assert_eq!(rates(&sums.rates), ["21: 21.16 + 4.44"]);
    assert_eq!(sums.check_paid(dec("25.60")), Ok(()));
    // A shop that rounds VAT on each line charged a cent more. The buyer's total is fixed: a person is told of the cent.
    assert_eq!(sums.check_paid(dec("25.61")), Err(SumsRefused::PaidDiffers { ours: dec("25.60"), paid: dec("25.61") }));
}

#[test]
fn a_promotion_over_two_rates_follows_the_goods_and_not_the_wrapping() {
    let wrapping = SaleLine { what: Sold::Extra, ..units("21", 1, "5.00") };
    let sale = Sale {
        prices: PriceBasis::Net,
        lines: vec![units("21", 10, "12.50"), units("9", 4, "9.95"), wrapping],
        discounts: voucher("16.48"),
        // Given and taken back again: nothing.
        charges: shipping("0.00"),
    };
    let sums = sale.sums().unwrap();
    assert_eq!(sums.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [dec("12.50"), dec("3.98"), dec("0.00")]);
    assert_eq!(rates(&sums.rates), ["21: 117.50 + 24.68", "9: 35.82 + 3.22"]);
    assert_eq!((sums.net(), sums.vat(), sums.gross()), (dec("153.32"), dec("27.90"), dec("181.22")));
    assert_eq!(sums.lines[0].unit_net, dec("11.25"), "the discount is off the price of one");
    assert!(sums.charges.is_empty());
}

#[test]
fn gross_of_lines_comes_to_the_gross_of_the_rate() {
    let lines = (0..3).map(|_| units("21", 1, "0.11")).collect();
    let sums = Sale { prices: PriceBasis::Net, lines, discounts: Vec::new(), charges: Vec::new() }.sums().unwrap();
    assert_eq!(rates(&sums.rates), ["21: 0.33 + 0.07"]);
    assert_eq!(sums.lines.iter().map(|line| line.gross).collect::<Vec<_>>(), [dec("0.14"), dec("0.13"), dec("0.13")]);
}
