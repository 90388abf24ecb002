//! In whatever parts and order an invoice is credited, the credits come to it exactly, and to no cent more.

use super::*;
use proptest::prelude::*;

/// A refund as somebody may ask for it, before it is known what is left.
#[derive(Debug, Clone)]
enum Ask {
    Units(usize, i64, Option<i64>),
    Everything(bool),
    Amount(i64),
    Shipping(Option<i64>),
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let paid = || proptest::option::of(1..9_000_i64);
    prop_oneof![
        4 => (0..4_usize, 1..4_i64, paid()).prop_map(|(line, units, paid)| Ask::Units(line, units, paid)),
        2 => (1..9_000_i64).prop_map(Ask::Amount),
        2 => (1..6_i64).prop_map(Ask::Amount),
        1 => any::<bool>().prop_map(Ask::Everything),
        2 => paid().prop_map(Ask::Shipping),
    ]
}

fn refund(ask: &Ask, ids: &[String]) -> Refund {
    let amount = |cents: Option<i64>| cents.map(|cents| Decimal::new(cents, 2).to_string());
    match ask {
        Ask::Units(line, units, paid) => {
            let id = ids.get(line % ids.len()).map_or("0", String::as_str);
            of_units(&[(id, *units)], false, amount(*paid).as_deref())
        }
        // All units that the lines had: refused where some are credited already.
        Ask::Everything(with_shipping) => {
            let lines: Vec<(&str, i64)> = ids.iter().map(|id| (id.as_str(), 1)).collect();
            of_units(&lines, *with_shipping, None)
        }
        Ask::Amount(cents) => Refund::Amount(Decimal::new(*cents, 2)),
        Ask::Shipping(paid) => of_units(&[], true, amount(*paid).as_deref()),
    }
}

fn any_lines() -> impl Strategy<Value = Vec<(&'static str, i64, i64)>> {
    let rates = proptest::sample::select(vec!["21", "9", "0", "25.5"]);
    proptest::collection::vec((rates, 1..6_i64, 1..20_000_i64), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn credits_come_to_the_invoice(
        lines in any_lines(), sent in 0..900_i64, off in 0..30_i64, is_net in any::<bool>(), is_foreign in any::<bool>(),
        asks in proptest::collection::vec(any_ask(), 0..12), turn in any::<usize>(),
    ) {
        let ids: Vec<String> = (0..lines.len()).map(|at| at.to_string()).collect();
        let amounts: Vec<String> = lines.iter().map(|line| Decimal::new(line.2, 2).to_string()).collect();
        let given: Vec<(&str, &str, i64, &str)> =
            lines.iter().zip(ids.iter().zip(&amounts)).map(|(line, (id, amount))| (id.as_str(), line.0, line.1, amount.as_str())).collect();
        let mut sold = shipment(&given, &Decimal::new(sent, 2).to_string());
        sold.prices = if is_net { PriceBasis::Net } else { PriceBasis::Gross };
        let all: i64 = lines.iter().map(|line| line.2).sum();
        sold.discounts = voucher(&Decimal::new(all * off / 100, 2).to_string());
        sold.payments.clear();
        if is_foreign {
            sold.currency = Currency::new("SEK").unwrap();
            sold.per_euro = Some((dec("11.0450"), date(2026, 12, 31)));
        }
        let invoice = invoice(sold);
        let mut notes: Vec<Document> = Vec::new();
        for ask in &asks {
            // Those before may be told in any order.
            let mut earlier = notes.clone();
            if !earlier.is_empty() {
                earlier.rotate_left(turn % notes.len());
            }
            if let Ok(note) = credited(&invoice, &earlier, &refund(ask, &ids)) {
                prop_assert!(note.content.totals.gross > Decimal::ZERO);
                notes.push(Document { number: format!("C2026-{:05}", notes.len() + 1), ..note });
            }
        }
        match credited(&invoice, &notes, &Refund::All) {
            Ok(last) => notes.push(last),
            Err(refused) => prop_assert_eq!(refused, CreditRefused::NothingLeft { invoice: invoice.number.clone() }),
        }
        let sum = |of: fn(&Document) -> Decimal| notes.iter().map(of).sum::<Decimal>();
        prop_assert_eq!(sum(|note| note.content.totals.net), invoice.content.totals.net);
        prop_assert_eq!(sum(|note| note.content.totals.vat), invoice.content.totals.vat);
        let euro = |note: &Document| note.content.vat_in_euro.as_ref().map_or(Decimal::ZERO, |euro| euro.vat);
        prop_assert_eq!(sum(euro), euro(&invoice));
        for total in &invoice.content.vat {
            let of = |note: &Document| note.content.vat.iter().find(|t| t.taxed == total.taxed).map_or((dec("0"), dec("0")), |t| (t.net, t.vat));
            prop_assert_eq!(notes.iter().map(|note| of(note).0).sum::<Decimal>(), total.net);
            prop_assert_eq!(notes.iter().map(|note| of(note).1).sum::<Decimal>(), total.vat);
        }
        for line in &invoice.content.lines {
            let of = |note: &Document| note.content.lines.iter().filter(|l| l.id == line.id).fold((0, dec("0")), |(units, gross), l| (units + l.quantity.units(), gross + l.gross));
            prop_assert!(notes.iter().map(|note| of(note).0).sum::<i64>() <= line.quantity.units());
            prop_assert_eq!(notes.iter().map(|note| of(note).1).sum::<Decimal>(), line.gross);
        }
        prop_assert_eq!(credited(&invoice, &notes, &Refund::Amount(dec("0.01"))), Err(CreditRefused::NothingLeft { invoice: invoice.number.clone() }));
    }
}
