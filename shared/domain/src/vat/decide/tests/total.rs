//! Whatever it is asked, the decision answers, and answers make sense.

use super::*;
use crate::vat::{AccountedBy, Category};
use proptest::prelude::*;

const COUNTRIES: [&str; 14] = ["NL", "BE", "DE", "FR", "ES", "PT", "GR", "FI", "GB", "MC", "CH", "CN", "XI", "ZZ"];

fn any_place() -> impl Strategy<Value = Place> {
    let postcodes = prop_oneof![
        Just(None),
        Just(Some("35001".to_owned())),
        Just(Some("BT1 5GS".to_owned())),
        Just(Some("9000-001".to_owned())),
        any::<Option<String>>(),
        "[0-9]{4,7}".prop_map(Some),
    ];
    let town = any::<Option<String>>();
    let country = proptest::sample::select(&COUNTRIES[..]).prop_map(country);
    (country, postcodes, town).prop_map(|(country, postcode, town)| Place { country, postcode, town })
}

fn any_customer() -> impl Strategy<Value = Customer> {
    let vies = proptest::sample::select(vec![Vies::Valid, Vies::Invalid, Vies::Unknown, Vies::NotAsked]);
    let numbers = proptest::sample::select(vec!["NL123456789B01", "BE0123456789", "EL123456789", "XI123456789", "GB123456789"]);
    prop_oneof![
        Just(Customer::Consumer),
        (proptest::option::of(numbers), vies).prop_map(|(text, vies)| Customer::Business { number: text.map(number), vies }),
    ]
}

fn any_sold_on() -> impl Strategy<Value = SoldOn> {
    let says = proptest::sample::select(vec![None, Some(AccountedBy::Seller), Some(AccountedBy::Marketplace)]);
    prop_oneof![Just(SoldOn::OwnShop), says.prop_map(|accounted_by| SoldOn::Marketplace { accounted_by })]
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    prop_oneof![Just(Decimal::MAX), Just(Decimal::MIN), (-20_000_i64..20_000).prop_map(Decimal::from)]
}

fn any_supply() -> impl Strategy<Value = Supply> {
    let threshold = (2015_i16..2031, any_decimal(), any_decimal(), any_decimal());
    let threshold =
        threshold.prop_map(|(year, last_year, this_year, this_sale)| Threshold { year, last_year, this_year, this_sale });
    let class = proptest::sample::select(vec!["standard", "book", "wine"]);
    let on = (2015_i16..2031, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day));
    let sizes = (proptest::option::of(any_decimal()), proptest::option::of(threshold));
    (any_place(), any_place(), on, any_customer(), any_sold_on(), class, sizes).prop_map(
        |(ship_from, ship_to, on, customer, sold_on, class, (consignment, threshold))| Supply {
            ship_from,
            ship_to,
            on,
            customer,
            sold_on,
            class: ProductClass::new(class).unwrap(),
            consignment,
            threshold,
        },
    )
}

fn any_seller() -> impl Strategy<Value = Seller> {
    let numbers = proptest::sample::subsequence(vec!["NL", "BE", "DE", "XI"], 0..=4);
    let states = || proptest::sample::subsequence(vec![VatCountry::Nl, VatCountry::Be, VatCountry::De], 0..=2);
    (proptest::sample::select(&COUNTRIES[..]), numbers, any::<bool>(), any::<bool>(), states(), states()).prop_map(
        |(home, numbers, has_oss, opted, establishments, exempt)| {
            let mut seller = seller(home, &numbers);
            seller.oss = seller.oss.filter(|_| has_oss);
            seller.destination_from = opted.then_some(date(2025, 1, 1));
            seller.fixed_establishments = establishments.into_iter().collect();
            seller.small_business = exempt.into_iter().flat_map(|state| exempt_in(state, date(2024, 1, 1))).collect();
            seller
        },
    )
}

/// Written and read again.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(what: &T) -> T {
    serde_json::from_str(&serde_json::to_string(what).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_supply_has_an_answer(supply in any_supply(), seller in any_seller()) {
        let first = decide(&supply, &seller, &rates());
        prop_assert_eq!(&first, &decide(&supply, &seller, &rates()), "the same again");
        // What was decided, and from what, is kept with the invoice.
        prop_assert_eq!(&kept(&supply), &supply);
        prop_assert_eq!(&kept(&seller), &seller);
        match &first {
            Ok(verdict) => prop_assert_eq!(&kept(verdict), verdict),
            Err(stop) => prop_assert_eq!(&kept(stop), stop),
        }
        let Ok(VatTreatment::Sale(decision)) = first else { return Ok(()) };
        let taxed = decision.category == Category::S;
        prop_assert_eq!(taxed, decision.rate > Decimal::ZERO, "a rate, and only where VAT is charged");
        let is_zero_rated = decision.category == Category::Z;
        let says_why = decision.exemption.is_some() || decision.mention.is_some();
        prop_assert_eq!(says_why, !taxed && !is_zero_rated, "what is not taxed says why");
        let of_business = matches!(decision.category, Category::K | Category::Ae);
        let is_business = matches!(decision.buyer, crate::vat::Buyer::Business { .. });
        prop_assert!(is_business || !of_business, "no number, no exemption by it");
        if !matches!(decision.category, Category::E | Category::Ae) {
            prop_assert!(seller.numbers.contains_key(&decision.ship_from), "no VAT without a number where the goods lie");
        }
        if let Customer::Business { vies, .. } = &supply.customer {
            prop_assert!(!of_business || *vies == Vies::Valid);
        }
    }

    #[test]
    fn with_no_rates_nothing_is_taxed(supply in any_supply(), seller in any_seller()) {
        if let Ok(VatTreatment::Sale(decision)) = decide(&supply, &seller, &Rates::default()) {
            prop_assert!(!matches!(decision.category, Category::S | Category::Z));
        }
    }
}
