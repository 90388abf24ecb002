//! Sales of all sorts, sent in any parts: the invoices come to what the order comes to, and the credit notes of all of it to the invoices.

use super::books::{documents, flaws_at_rest};
use super::shop::{Shop, buyer, snapshot, sold, units};
use domain::invoice::DocumentKind;
use domain::{Currency, Money};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn money(cents: i64) -> Option<Money> {
    (cents > 0).then(|| Money { amount: Decimal::new(cents, 2), currency: Currency::new("EUR").unwrap() })
}

/// Units and price of each line, its discount and that of the order in parts of a hundred, and what sending costs.
fn sales() -> impl Strategy<Value = (Vec<(i64, i64, i64)>, i64, i64)> {
    (prop::collection::vec((1..5_i64, 100..20_000_i64, 0..60_i64), 1..4), 0..40_i64, 0..900_i64)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_parts_it_comes_to_what_was_paid((lines, off, shipping) in sales(), seed in any::<u64>()) {
        let shop = Shop::open();
        let mut told = snapshot("7", Vec::new(), shop.now());
        let mut goods = 0;
        for (at, (ordered, price, part)) in lines.iter().enumerate() {
            let mut line = sold(&at.to_string(), *ordered, "1.00");
            line.unit_price = money(*price);
            let discount = ordered * price * part / 100;
            line.terms.discount = money(discount);
            goods += ordered * price - discount;
            told.lines.push(line);
        }
        let discount = goods * off / 100;
        told.terms.discount = money(discount);
        told.terms.shipping_price = money(shipping);
        let total = goods - discount + shipping;
        told.terms.total = Some(Money { amount: Decimal::new(total, 2), currency: Currency::new("EUR").unwrap() });
        shop.tell(told.clone(), buyer("NL", "3511 AW"));
        let mut random = fastrand::Rng::with_seed(seed);
        let mut left: Vec<i64> = lines.iter().map(|line| line.0).collect();
        let mut parcel = 0;
        while left.iter().any(|units| *units > 0) {
            let mut some = Vec::new();
            for (at, units) in left.iter_mut().enumerate() {
                let now = random.i64(0..=*units);
                *units -= now;
                if now > 0 {
                    some.push((at.to_string(), now));
                }
            }
            let named: Vec<(&str, i64)> = some.iter().map(|(id, units)| (id.as_str(), *units)).collect();
            if !named.is_empty() {
                parcel += 1;
                shop.ship("7", &format!("p{parcel}"), &named);
            }
            if random.bool() {
                shop.issue();
            }
        }
        shop.issue();
        let sum = |kind| -> Decimal {
            documents(&shop).iter().filter(|one| one.content.kind == kind).map(|one| one.content.totals.gross).sum()
        };
        prop_assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
        prop_assert_eq!(sum(DocumentKind::Invoice), Decimal::new(total, 2));
        for line in &mut told.lines {
            line.shipped = line.ordered;
        }
        // It comes back in two parts, and all of the money is paid back with the second.
        for line in &mut told.lines {
            line.returned = units(line.ordered.units() / 2);
        }
        shop.tell_again(told.clone());
        shop.issue();
        for line in &mut told.lines {
            line.returned = line.ordered;
        }
        told.terms.refunded = told.terms.total.clone();
        shop.tell_again(told);
        shop.issue();
        prop_assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
        prop_assert_eq!(sum(DocumentKind::CreditNote), Decimal::new(total, 2));
    }
}
