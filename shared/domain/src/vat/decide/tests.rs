//! Each rule, what goes before it, and what it stops on.

mod across;
mod inside;
mod outside;
mod total;

use crate::Country;
use crate::vat::{
    ClassRate, Customer, Decision, Oss, Place, ProductClass, Rates, Seller, SmallBusiness, SoldOn, Stop, Supply, Threshold,
    VatCountry, VatNumber, VatTreatment, Vies, decide,
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

const DAY: Date = date(2026, 11, 30);

fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

fn number(text: &str) -> VatNumber {
    VatNumber::new(text).unwrap()
}

/// A seller established in one country, with VAT numbers in some, and OSS from 2024 on.
fn seller(home: &str, numbers: &[&str]) -> Seller {
    let of = |code: &&str| (VatCountry::from_code(code).unwrap(), number(&format!("{code}999999990")));
    Seller {
        established_in: country(home),
        fixed_establishments: BTreeSet::new(),
        numbers: numbers.iter().map(of).collect(),
        oss: Some(Oss { number: number("NL999999990B01"), from: date(2024, 1, 1), until: None }),
        destination_from: None,
        small_business: Vec::new(),
        shifts_vat: BTreeMap::new(),
    }
}

fn without_oss(home: &str, numbers: &[&str]) -> Seller {
    Seller { oss: None, ..seller(home, numbers) }
}

fn exempt_in(state: VatCountry, from: Date) -> Vec<SmallBusiness> {
    vec![SmallBusiness { country: state, from, until: None }]
}

fn place(code: &str, postcode: &str) -> Place {
    Place { country: country(code), postcode: Some(postcode.to_owned()).filter(|text| !text.is_empty()), town: None }
}

/// To a consumer who ordered in the merchant's own shop.
fn supply(from: &str, to: &str, postcode: &str) -> Supply {
    Supply {
        ship_from: place(from, ""),
        ship_to: place(to, postcode),
        on: DAY,
        customer: Customer::Consumer,
        sold_on: SoldOn::OwnShop,
        class: ProductClass::standard(),
        consignment: None,
        threshold: None,
    }
}

fn business(text: &str, vies: Vies) -> Customer {
    Customer::Business { number: Some(number(text)), vies }
}

#[expect(clippy::unnecessary_wraps, reason = "a supply's threshold may be unknown, and is said in one word here")]
fn sums(last_year: i64, this_year: i64, this_sale: Decimal) -> Option<Threshold> {
    Some(Threshold { year: 2026, last_year: last_year.into(), this_year: this_year.into(), this_sale })
}

fn rates() -> Rates {
    let row = |state, rate: Option<&str>| ClassRate {
        class: ProductClass::new("book").unwrap(),
        country: state,
        region: None,
        from: date(2020, 1, 1),
        rate: rate.map(|rate| rate.parse().unwrap()),
    };
    let classes = vec![
        row(VatCountry::Nl, Some("9")),
        row(VatCountry::Be, Some("6")),
        row(VatCountry::Dk, None),
        row(VatCountry::Ie, Some("0")),
        row(VatCountry::Lt, Some("9")),
    ];
    Rates::published().with_classes(classes).unwrap()
}

fn sale(supply: &Supply, seller: &Seller) -> Decision {
    match decide(supply, seller, &rates()) {
        Ok(VatTreatment::Sale(decision)) => *decision,
        other => panic!("{other:?}"),
    }
}

fn stop(supply: &Supply, seller: &Seller) -> Stop {
    decide(supply, seller, &rates()).unwrap_err()
}

/// Category, rate and state, as people say it: `S 21 NL`.
fn brief(decision: &Decision) -> String {
    format!("{} {} {}", decision.category.code(), decision.rate, decision.country)
}
