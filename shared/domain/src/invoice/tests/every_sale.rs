//! Whatever is sold, the sums come to what the buyer paid.

use super::*;
use proptest::prelude::*;

const RATES: [&str; 6] = ["21", "9", "6", "25.5", "0", "19"];

fn cents(most: i64) -> impl Strategy<Value = Decimal> {
    (0..=most).prop_map(|cents| Decimal::new(cents, 2))
}

fn any_line() -> impl Strategy<Value = SaleLine> {
    let what = prop_oneof![4 => Just(Sold::Goods), 1 => Just(Sold::Extra), 1 => Just(Sold::GiftCard)];
    (proptest::sample::select(&RATES[..]), 1..40_i64, cents(60_000), what).prop_map(|(rate, quantity, amount, what)| SaleLine {
        what,
        amount,
        ..goods(rate, quantity, "0")
    })
}

pub(super) fn any_sale() -> impl Strategy<Value = Sale> {
    let discount = (cents(4_000), proptest::option::of(proptest::collection::vec(0..6_usize, 1..4)));
    let discounts = proptest::collection::vec(discount.prop_map(|(amount, lines)| Discount { amount, lines }), 0..3);
    let charges =
        proptest::collection::vec(cents(2_000).prop_map(|amount| SaleCharge { kind: ChargeKind::Shipping, amount }), 0..3);
    let prices = proptest::sample::select(vec![PriceBasis::Gross, PriceBasis::Net]);
    (prices, proptest::collection::vec(any_line(), 0..7), discounts, charges)
        .prop_map(|(prices, lines, discounts, charges)| Sale { prices, lines, discounts, charges })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn sums_come_to_what_was_paid(sale in any_sale()) {
        let Ok(sums) = sale.sums() else { return Ok(()) };
        let lines: Decimal = sale.lines.iter().map(|line| line.amount).sum();
        let off: Decimal = sale.discounts.iter().map(|discount| discount.amount).sum();
        let more: Decimal = sale.charges.iter().map(|charge| charge.amount).sum();
        let paid = lines - off + more;
        match sale.prices {
            PriceBasis::Gross => prop_assert_eq!(sums.check_paid(paid), Ok(())),
            PriceBasis::Net => prop_assert_eq!(sums.net() + sums.gift_cards, paid),
        }
        prop_assert_eq!(sums.lines.iter().map(|line| line.discount).sum::<Decimal>(), off);
        for rate in &sums.rates {
            let of = |taxed: &Taxed| *taxed == rate.taxed;
            let lines = sums.lines.iter().filter(|line| of(&sale.lines[line.at].taxed));
            let charges = || sums.charges.iter().filter(|charge| of(&charge.taxed));
            let (net, gross) = lines.fold((dec("0"), dec("0")), |(net, gross), line| (net + line.net, gross + line.gross));
            prop_assert_eq!(net + charges().map(|charge| charge.net).sum::<Decimal>(), rate.net);
            prop_assert_eq!(gross + charges().map(|charge| charge.gross).sum::<Decimal>(), rate.gross());
            let exact = match sale.prices {
                PriceBasis::Gross => rate.gross() * rate.taxed.rate / (Decimal::ONE_HUNDRED + rate.taxed.rate),
                PriceBasis::Net => rate.net * rate.taxed.rate / Decimal::ONE_HUNDRED,
            };
            prop_assert!((rate.vat - exact).abs() <= dec("0.005"), "VAT is rounded once: {} is not {}", rate.vat, exact);
        }
        for line in &sums.lines {
            prop_assert!(line.net >= Decimal::ZERO && line.gross >= line.net && line.discount >= Decimal::ZERO);
        }
    }

    #[test]
    fn a_document_of_whatever_is_sold_has_no_flaw(sale in any_sale()) {
        let mut sold = shipment(&[], "0");
        sold.prices = sale.prices;
        sold.payments.clear();
        sold.goods = sale.lines.iter().enumerate().map(|(at, line)| GoodsLine {
            id: OrderLineId::new(at.to_string()).unwrap(),
            sku: None,
            ean: None,
            text: String::new(),
            what: line.what,
            quantity: line.quantity,
            listed: line.amount,
            own_discount: Decimal::ZERO,
            unit_net: None,
            decision: decision(&line.taxed.rate.to_string()),
        }).collect();
        sold.discounts = sale.discounts;
        sold.charges = sale.charges.iter().map(|charge| (charge.kind, String::new(), charge.amount)).collect();
        if let Ok(content) = sold.content() {
            let flaws = content.flaws();
            prop_assert!(flaws.is_empty() || content.lines.is_empty(), "{:?}", flaws);
        }
    }
}
