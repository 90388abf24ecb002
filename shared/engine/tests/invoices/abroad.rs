//! Sales to consumers in other states: the threshold decides, and nobody decides by a sum that another has changed.

use super::books::{documents, due, flaws, flaws_at_rest};
use super::shop::{Shop, buyer, dec, entity, kade, settings, snapshot, sold, terms};
use domain::vat::{Oss, VatCountry, VatNumber};
use engine::put_invoice_settings;
use engine::rows::{LegalEntity, SalesAbroadRow, TypedRow};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use testkit::run::finish;

fn cents(shop: &Shop) -> i64 {
    shop.row(&SalesAbroadRow::key(&kade(), 2026)).map_or(0, |row| SalesAbroadRow::from_row(&row).unwrap().cents)
}

fn to_germany(shop: &Shop, name: &str, price: &str) {
    shop.tell(snapshot(name, vec![sold("1", 1, price)], shop.now()), buyer("DE", "10115"));
    shop.ship(name, "p", &[("1", 1)]);
}

fn told(years: &[(i16, &str)]) -> BTreeMap<i16, Decimal> {
    years.iter().map(|(year, sum)| (*year, dec(sum))).collect()
}

fn rates(shop: &Shop) -> Vec<String> {
    documents(shop).iter().map(|one| format!("{} {}", one.content.vat[0].taxed.country, one.content.vat[0].taxed.rate)).collect()
}

#[test]
fn the_sale_that_crosses_the_threshold_is_taxed_where_it_arrives() {
    let mut registered = entity();
    registered.sales_abroad = told(&[(2025, "0"), (2026, "9800.00")]);
    let german = VatNumber::new("DE123456789").unwrap();
    registered.vat.numbers.insert(VatCountry::De, german);
    let shop = Shop::with(terms(), registered);
    for (name, price) in [("1", "121.00"), ("2", "121.00"), ("3", "12.10")] {
        to_germany(&shop, name, price);
    }
    assert_eq!(shop.issue().issued, 3);
    // 9,900.00, then exactly 10,000.00, which is not beyond it, and then beyond.
    assert_eq!(rates(&shop), ["NL 21", "NL 21", "DE 19"]);
    assert_eq!(cents(&shop), 10_000 + 10_000 + 1_017);
    assert_eq!(flaws_at_rest(&shop), Vec::<String>::new());
}

#[test]
fn a_sum_that_was_left_out_is_not_nothing() {
    for years in [&[][..], &[(2025, "0")], &[(2026, "0")]] {
        let shop = Shop::with(terms(), LegalEntity { sales_abroad: told(years), ..entity() });
        to_germany(&shop, "1", "12.10");
        assert_eq!(shop.issue().refused, 1, "{years:?}");
        let problem = due(&shop)[0].problem.clone().unwrap();
        assert_eq!((problem.code.as_str(), problem.arguments["year"].as_str()), ("vat_threshold_unknown", "2026"));
        assert!(problem.message.contains("sales_abroad"), "{}", problem.message);
        // Nobody asks for it where it decides nothing.
        shop.tell(snapshot("2", vec![sold("1", 1, "12.10")], shop.now()), buyer("NL", "3511 AW"));
        shop.ship("2", "p", &[("1", 1)]);
        assert_eq!(shop.issue().issued, 1);
        let told_all = LegalEntity { sales_abroad: told(&[(2025, "0"), (2026, "0")]), ..entity() };
        finish(put_invoice_settings(&shop.world(), &settings(told_all))).unwrap();
        shop.pass(16);
        assert_eq!(shop.issue().issued, 1, "once it is filled in it goes on by itself");
    }
}

#[test]
fn one_sum_above_the_threshold_is_enough() {
    let mut registered = LegalEntity { sales_abroad: told(&[(2025, "10000.01")]), ..entity() };
    registered.vat.numbers.insert(VatCountry::De, VatNumber::new("DE123456789").unwrap());
    let shop = Shop::with(terms(), registered);
    to_germany(&shop, "1", "12.10");
    assert_eq!((shop.issue().issued, rates(&shop)), (1, vec!["DE 19".to_owned()]));
}

#[test]
fn a_year_that_began_after_the_first_document_here_is_known() {
    let shop = Shop::with(terms(), LegalEntity { sales_abroad: told(&[(2025, "0"), (2026, "0")]), ..entity() });
    to_germany(&shop, "1", "12.10");
    assert_eq!(shop.issue().issued, 1);
    shop.pass(60 * 24 * 60);
    to_germany(&shop, "2", "12.10");
    assert_eq!(shop.issue().issued, 1, "2026 was filled in, and of 2027 all is invoiced here");
    let shop = Shop::with(terms(), LegalEntity { sales_abroad: told(&[(2025, "0")]), ..entity() });
    shop.tell(snapshot("1", vec![sold("1", 1, "12.10")], shop.now()), buyer("NL", "3511 AW"));
    shop.ship("1", "p", &[("1", 1)]);
    assert_eq!(shop.issue().issued, 1);
    shop.pass(60 * 24 * 60);
    to_germany(&shop, "2", "12.10");
    assert_eq!(shop.issue().refused, 1, "of 2026 nobody knows what was sold before the first document");
}

#[test]
fn without_a_return_at_the_destination_the_crossing_sale_waits() {
    let close = LegalEntity { sales_abroad: told(&[(2025, "0"), (2026, "9950.00")]), ..entity() };
    let shop = Shop::with(terms(), close);
    to_germany(&shop, "1", "121.00");
    assert_eq!(shop.issue().refused, 1);
    assert_eq!(due(&shop)[0].problem.clone().unwrap().code, "vat_no_return_at_destination");
    assert_eq!((flaws(&shop), cents(&shop)), (Vec::new(), 0));
}

#[test]
fn with_oss_every_sale_is_taxed_where_it_arrives_and_still_counts() {
    let mut with_oss = entity();
    with_oss.vat.oss =
        Some(Oss { number: VatNumber::new("NL812345678B01").unwrap(), from: jiff::civil::date(2024, 1, 1), until: None });
    let shop = Shop::with(terms(), with_oss);
    to_germany(&shop, "1", "119.00");
    to_germany(&shop, "2", "11.90");
    assert_eq!(shop.issue().issued, 2);
    assert_eq!((rates(&shop), cents(&shop)), (vec!["DE 19".to_owned(), "DE 19".to_owned()], 11_000));
}
