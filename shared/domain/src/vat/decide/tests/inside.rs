//! Goods that stay in one state.

use super::*;
use crate::vat::{Buyer, InvoiceObligation, Mention, Reason, VatReturn, WhyUnproven};

#[test]
fn a_sale_at_home_has_the_rate_of_home_and_the_product() {
    let nl = seller("NL", &["NL"]);
    let standard = sale(&supply("NL", "NL", "1012 AB"), &nl);
    assert_eq!(brief(&standard), "S 21 NL");
    assert_eq!(standard.vat_return, VatReturn::Local { country: VatCountry::Nl });
    assert_eq!(standard.invoice, InvoiceObligation::Optional);
    assert_eq!(standard.reason, Reason::Domestic { country: VatCountry::Nl, from_stock_abroad: false });
    let book = Supply { class: ProductClass::new("book").unwrap(), ..supply("NL", "NL", "1012 AB") };
    assert_eq!(brief(&sale(&book, &nl)), "S 9 NL");
}

#[test]
fn a_business_at_home_pays_vat_and_is_owed_an_invoice_whatever_vies_says() {
    let nl = seller("NL", &["NL"]);
    for vies in [Vies::Valid, Vies::Invalid, Vies::Unknown, Vies::NotAsked] {
        for of in ["NL123456789B01", "BE0123456789", "GB123456789"] {
            let bought = Supply { customer: business(of, vies), ..supply("NL", "NL", "1012 AB") };
            let decision = sale(&bought, &nl);
            assert_eq!((brief(&decision), decision.invoice), ("S 21 NL".to_owned(), InvoiceObligation::Issue), "{of} {vies:?}");
        }
    }
    let nameless =
        Supply { customer: Customer::Business { number: None, vies: Vies::NotAsked }, ..supply("NL", "NL", "1012 AB") };
    let decision = sale(&nameless, &nl);
    assert_eq!(decision.buyer, Buyer::Unproven { because: WhyUnproven::NoNumber });
    assert_eq!(decision.invoice, InvoiceObligation::Issue);
}

#[test]
fn stock_abroad_is_taxed_there_with_a_number_there_and_not_through_oss() {
    let german = supply("DE", "DE", "50667");
    let decision = sale(&german, &seller("NL", &["NL", "DE"]));
    assert_eq!(brief(&decision), "S 19 DE");
    assert_eq!(decision.vat_return, VatReturn::Local { country: VatCountry::De });
    assert_eq!(decision.seller_number, Some(number("DE999999990")));
    assert_eq!(decision.reason, Reason::Domestic { country: VatCountry::De, from_stock_abroad: true });
    assert_eq!(stop(&german, &seller("NL", &["NL"])), Stop::NoNumberInShipFrom { country: VatCountry::De });
}

#[test]
fn vat_is_shifted_to_a_business_of_the_state_where_the_seller_only_keeps_stock() {
    let nl = seller("NL", &["NL"]);
    let bought = |of: &str, vies| Supply { customer: business(of, vies), ..supply("BE", "BE", "2000") };
    let decision = sale(&bought("BE0123456789", Vies::Valid), &nl);
    assert_eq!(brief(&decision), "AE 0 BE");
    assert_eq!(decision.exemption.unwrap().code(), "VATEX-EU-AE");
    assert_eq!(decision.mention, Some(Mention::ReverseCharge));
    assert_eq!(decision.vat_return, VatReturn::ReverseCharge { country: VatCountry::Be });
    assert!(!decision.structured, "the seller is not established in Belgium");
    assert_eq!(
        stop(&bought("BE0123456789", Vies::Unknown), &nl),
        Stop::ViesUnknown { number: number("BE0123456789"), asked: true }
    );
    assert_eq!(stop(&bought("BE0123456789", Vies::Invalid), &nl), Stop::NoNumberInShipFrom { country: VatCountry::Be });
    // A business of a third state is none of Belgium's.
    assert_eq!(brief(&sale(&bought("FR12345678901", Vies::Unknown), &seller("NL", &["NL", "BE"]))), "S 21 BE");
    // A fixed establishment there makes it an ordinary sale.
    let branch = Seller { fixed_establishments: BTreeSet::from([VatCountry::Be]), ..seller("NL", &["NL", "BE"]) };
    assert_eq!(brief(&sale(&bought("BE0123456789", Vies::Valid), &branch)), "S 21 BE");
}

#[test]
fn whether_a_state_shifts_vat_is_known_or_asked() {
    let bought =
        |state: &str, postcode: &str, of: &str| Supply { customer: business(of, Vies::Valid), ..supply(state, state, postcode) };
    let german = bought("DE", "50667", "DE123456789");
    assert_eq!(brief(&sale(&german, &seller("NL", &["NL", "DE"]))), "S 19 DE");
    let polish = bought("PL", "00-001", "PL1234567890");
    let mut nl = seller("NL", &["NL", "PL"]);
    assert_eq!(stop(&polish, &nl), Stop::ReverseChargeUnknown { country: VatCountry::Pl });
    nl.shifts_vat.insert(VatCountry::Pl, false);
    assert_eq!(brief(&sale(&polish, &nl)), "S 23 PL");
    nl.shifts_vat.insert(VatCountry::Pl, true);
    assert_eq!(brief(&sale(&polish, &nl)), "AE 0 PL");
    // Consumers are none of this.
    nl.shifts_vat.clear();
    assert_eq!(brief(&sale(&supply("PL", "PL", "00-001"), &nl)), "S 23 PL");
}

#[test]
fn a_small_business_shows_no_vat_at_home_while_the_scheme_lasts() {
    let kor = Seller { small_business: exempt_in(VatCountry::Nl, date(2026, 1, 1)), ..without_oss("NL", &["NL"]) };
    let decision = sale(&supply("NL", "NL", "1012 AB"), &kor);
    assert_eq!((brief(&decision).as_str(), decision.mention), ("E 0 NL", Some(Mention::SmallBusinessNl)));
    assert_eq!((decision.vat_return, decision.exemption), (VatReturn::SmallBusiness, None));
    assert_eq!(brief(&sale(&Supply { on: date(2025, 12, 31), ..supply("NL", "NL", "1012 AB") }, &kor)), "S 21 NL");
    let mut ended = kor.clone();
    ended.small_business[0].until = Some(date(2026, 11, 29));
    assert_eq!(brief(&sale(&supply("NL", "NL", "1012 AB"), &ended)), "S 21 NL");
    // It needs no number.
    let unnumbered = Seller { numbers: BTreeMap::new(), ..kor };
    assert_eq!(sale(&supply("NL", "NL", "1012 AB"), &unnumbered).seller_number, None);
    let be = Seller { small_business: exempt_in(VatCountry::Be, date(2020, 1, 1)), ..without_oss("BE", &["BE"]) };
    assert_eq!(sale(&supply("BE", "BE", "2000"), &be).mention, Some(Mention::SmallBusinessBe));
}

#[test]
fn between_belgian_businesses_the_invoice_is_structured_from_2026() {
    let be = seller("BE", &["BE"]);
    let on = |on, of: &str, vies| {
        let bought = Supply { on, customer: business(of, vies), ..supply("BE", "BE", "9000") };
        sale(&bought, &be).structured
    };
    assert!(on(DAY, "BE0123456789", Vies::Valid) && on(date(2026, 1, 1), "BE0123456789", Vies::Unknown));
    assert!(!on(date(2025, 12, 31), "BE0123456789", Vies::Valid));
    assert!(!on(DAY, "BE0123456789", Vies::Invalid) && !on(DAY, "NL123456789B01", Vies::Valid));
    assert!(!sale(&supply("BE", "BE", "9000"), &be).structured, "a consumer");
}

#[test]
fn a_class_that_nobody_set_a_rate_for_stops() {
    let nl = seller("NL", &["NL"]);
    let of =
        |class: &str, to: &str, postcode: &str| Supply { class: ProductClass::new(class).unwrap(), ..supply("NL", to, postcode) };
    assert!(matches!(stop(&of("wine", "NL", "1012 AB"), &nl), Stop::ClassUnknown { country: VatCountry::Nl, .. }));
    assert!(matches!(stop(&of("book", "DE", "50667"), &nl), Stop::ClassUnknown { country: VatCountry::De, .. }));
    assert!(
        matches!(stop(&of("book", "LT", "01100"), &nl), Stop::RateNotInForce { country: VatCountry::Lt, .. }),
        "9 % ended with 2025"
    );
    assert_eq!(brief(&sale(&of("book", "DK", "1050"), &nl)), "S 25 DK");
    let irish = sale(&of("book", "IE", "D01 F5P2"), &nl);
    assert_eq!((brief(&irish).as_str(), irish.exemption), ("Z 0 IE", None));
    // What is reduced on the mainland need not be so on an island.
    assert!(matches!(stop(&of("book", "PT", "9000-001"), &nl), Stop::ClassUnknown { region: Some(_), .. }));
}
