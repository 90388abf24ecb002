//! Goods that go from one state to another.

use super::*;
use crate::vat::{Buyer, InvoiceObligation, Mention, Reason, VatReturn, WhyDestination, WhyUnproven};

fn euro(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn a_consumer_abroad_pays_the_rate_of_the_destination_through_oss() {
    let book = Supply { class: ProductClass::new("book").unwrap(), ..supply("NL", "BE", "2000") };
    let decision = sale(&book, &seller("NL", &["NL"]));
    assert_eq!(brief(&decision), "S 6 BE", "the Belgian rate of books, not the Dutch one, and not just any reduced one");
    assert_eq!((decision.vat_return, decision.invoice), (VatReturn::Oss, InvoiceObligation::Issue));
    assert_eq!(decision.seller_number, Some(number("NL999999990B01")));
    assert!(decision.counts_for_threshold);
}

#[test]
fn under_the_threshold_in_both_years_it_is_the_rate_of_origin() {
    let nl = without_oss("NL", &["NL"]);
    let at = |threshold| Supply { threshold, ..supply("NL", "DE", "50667") };
    let decision = sale(&at(sums(9_000, 3_000, 50.into())), &nl);
    assert_eq!(brief(&decision), "S 21 NL");
    assert_eq!(decision.vat_return, VatReturn::Local { country: VatCountry::Nl });
    assert_eq!(decision.invoice, InvoiceObligation::Issue, "a distance sale without OSS");
    assert!(decision.counts_for_threshold);
    assert!(matches!(decision.reason, Reason::Origin { this_year, .. } if this_year == euro("3050")));
    assert_eq!(brief(&sale(&at(sums(10_000, 9_950, 50.into())), &nl)), "S 21 NL", "exactly 10,000 is still under it");
}

#[test]
fn the_sale_that_crosses_the_threshold_is_beyond_it_and_a_year_later_counts_as_well() {
    let nl = without_oss("NL", &["NL", "DE"]);
    let at = |threshold| Supply { threshold, ..supply("NL", "DE", "50667") };
    let crossing = sale(&at(sums(0, 9_950, euro("50.01"))), &nl);
    assert_eq!((brief(&crossing).as_str(), crossing.vat_return), ("S 19 DE", VatReturn::Local { country: VatCountry::De }));
    assert!(matches!(crossing.reason, Reason::Destination { because: WhyDestination::ThisYear { .. }, .. }));
    let year_before = sale(&at(Some(Threshold { last_year: euro("10000.01"), ..sums(0, 0, 50.into()).unwrap() })), &nl);
    assert!(matches!(year_before.reason, Reason::Destination { because: WhyDestination::LastYear { .. }, .. }));
    assert_eq!(
        stop(&at(sums(0, 20_000, 50.into())), &without_oss("NL", &["NL"])),
        Stop::NoReturnAtDestination { country: VatCountry::De }
    );
}

#[test]
fn sums_that_are_not_known_stop_only_where_they_decide() {
    let unknown = supply("NL", "DE", "50667");
    assert_eq!(stop(&unknown, &without_oss("NL", &["NL"])), Stop::ThresholdUnknown { year: 2026 });
    let of_last_year = Supply { threshold: Some(Threshold { year: 2025, ..sums(0, 0, 50.into()).unwrap() }), ..unknown.clone() };
    assert_eq!(stop(&of_last_year, &without_oss("NL", &["NL"])), Stop::ThresholdUnknown { year: 2026 });
    assert_eq!(brief(&sale(&unknown, &seller("NL", &["NL"]))), "S 19 DE", "OSS is the choice");
    let opted = Seller { destination_from: Some(date(2026, 11, 30)), ..without_oss("NL", &["NL", "DE"]) };
    assert!(matches!(sale(&unknown, &opted).reason, Reason::Destination { because: WhyDestination::Opted, .. }));
    assert_eq!(stop(&Supply { on: date(2026, 11, 29), ..unknown }, &opted), Stop::ThresholdUnknown { year: 2026 });
}

#[test]
fn oss_holds_from_its_first_day_to_its_last() {
    let mut nl = without_oss("NL", &["NL"]);
    nl.oss = Some(Oss { number: number("NL999999990B01"), from: DAY, until: Some(DAY) });
    let on = |on: Date| Supply {
        on,
        threshold: Some(Threshold { year: on.year(), ..sums(0, 20_000, 1.into()).unwrap() }),
        ..supply("NL", "DE", "50667")
    };
    assert_eq!(sale(&on(DAY), &nl).vat_return, VatReturn::Oss);
    for other in [DAY.yesterday().unwrap(), DAY.tomorrow().unwrap()] {
        assert_eq!(stop(&on(other), &nl), Stop::NoReturnAtDestination { country: VatCountry::De });
    }
}

#[test]
fn stock_abroad_or_a_seller_from_elsewhere_has_no_threshold() {
    let home = Supply { threshold: sums(0, 0, 1.into()), ..supply("DE", "NL", "1012 AB") };
    let decision = sale(&home, &seller("NL", &["NL", "DE"]));
    assert_eq!((brief(&decision).as_str(), decision.vat_return), ("S 21 NL", VatReturn::Oss));
    assert!(matches!(decision.reason, Reason::Destination { because: WhyDestination::StockAbroad, .. }));
    assert!(!decision.counts_for_threshold);
    assert_eq!(stop(&home, &seller("NL", &["NL"])), Stop::NoNumberInShipFrom { country: VatCountry::De });
    let small = Supply { threshold: sums(0, 0, 1.into()), ..supply("NL", "BE", "2000") };
    let two = Seller { fixed_establishments: BTreeSet::from([VatCountry::Fr]), ..seller("NL", &["NL"]) };
    assert!(matches!(sale(&small, &two).reason, Reason::Destination { because: WhyDestination::Establishment, .. }));
    assert!(matches!(
        sale(&small, &seller("CN", &["NL"])).reason,
        Reason::Destination { because: WhyDestination::Establishment, .. }
    ));
}

#[test]
fn a_business_abroad_with_a_valid_number_pays_no_vat() {
    let nl = seller("NL", &["NL"]);
    let bought = |of: &str, vies| Supply { customer: business(of, vies), ..supply("NL", "BE", "2000") };
    let decision = sale(&bought("BE0123456789", Vies::Valid), &nl);
    assert_eq!((brief(&decision).as_str(), decision.mention), ("K 0 NL", Some(Mention::IntraCommunity)));
    assert_eq!(decision.exemption.unwrap().code(), "VATEX-EU-IC");
    assert_eq!(decision.vat_return, VatReturn::IntraCommunity { country: VatCountry::Nl });
    assert!(!decision.counts_for_threshold);
    // Any state's number but that of where the goods leave.
    assert_eq!(brief(&sale(&bought("FR12345678901", Vies::Valid), &nl)), "K 0 NL");
    let dutch = sale(&bought("NL123456789B01", Vies::Valid), &nl);
    assert_eq!((brief(&dutch).as_str(), dutch.buyer), ("S 21 BE", Buyer::Business { number: number("NL123456789B01") }));
    assert_eq!(
        stop(&bought("BE0123456789", Vies::Valid), &seller("NL", &[])),
        Stop::NoNumberInShipFrom { country: VatCountry::Nl }
    );
}

#[test]
fn that_vies_is_down_is_not_that_the_number_is_invalid() {
    let nl = seller("NL", &["NL"]);
    let bought = |of: &str, vies| Supply { customer: business(of, vies), ..supply("NL", "BE", "2000") };
    let waits = |asked| Stop::ViesUnknown { number: number("BE0123456789"), asked };
    assert_eq!(stop(&bought("BE0123456789", Vies::Unknown), &nl), waits(true));
    assert_eq!(stop(&bought("BE0123456789", Vies::NotAsked), &nl), waits(false));
    let invalid = sale(&bought("BE0123456789", Vies::Invalid), &nl);
    assert_eq!((brief(&invalid).as_str(), invalid.buyer), ("S 21 BE", Buyer::Unproven { because: WhyUnproven::Invalid }));
    assert_eq!(brief(&sale(&bought("NL123456789B01", Vies::Unknown), &nl)), "S 21 BE", "its answer would change nothing");
}

#[test]
fn northern_ireland_is_in_for_goods_and_a_british_number_proves_nothing() {
    let nl = seller("NL", &["NL"]);
    let consumer = sale(&supply("NL", "GB", "bt1 5gs"), &nl);
    assert_eq!((brief(&consumer).as_str(), consumer.vat_return), ("S 20 XI", VatReturn::Oss));
    let bought = |of: &str, vies| Supply { customer: business(of, vies), ..supply("NL", "GB", "BT1 5GS") };
    assert_eq!(brief(&sale(&bought("XI123456789", Vies::Valid), &nl)), "K 0 NL");
    let british = sale(&bought("GB123456789", Vies::NotAsked), &nl);
    assert_eq!((brief(&british).as_str(), british.buyer), ("S 20 XI", Buyer::Unproven { because: WhyUnproven::NotInVies }));
}

#[test]
fn a_small_business_makes_no_exempt_supplies_to_other_states_but_its_own_kind() {
    let kor = Seller { small_business: exempt_in(VatCountry::Nl, date(2020, 1, 1)), ..without_oss("NL", &["NL"]) };
    let bought = Supply { customer: business("BE0123456789", Vies::Valid), ..supply("NL", "BE", "2000") };
    assert_eq!(brief(&sale(&bought, &kor)), "E 0 NL", "art. 139(1)");
    let consumer = Supply { threshold: sums(0, 100, 20.into()), ..supply("NL", "BE", "2000") };
    assert_eq!(brief(&sale(&consumer, &kor)), "E 0 NL");
    assert_eq!(sale(&consumer, &kor).invoice, InvoiceObligation::Issue, "a border is crossed");
    let crossed = Supply { threshold: sums(0, 10_000, 20.into()), ..consumer };
    assert_eq!(stop(&crossed, &kor), Stop::NoReturnAtDestination { country: VatCountry::Be });
    let abroad = Seller { small_business: exempt_in(VatCountry::Be, date(2025, 1, 1)), ..seller("NL", &["NL"]) };
    let decision = sale(&supply("NL", "BE", "2000"), &abroad);
    assert_eq!((brief(&decision).as_str(), decision.mention), ("E 0 BE", Some(Mention::SmallBusinessEu)));
    assert_eq!(decision.reason, Reason::SmallBusiness { country: VatCountry::Be, cross_border: true });
}

#[test]
fn a_small_business_that_is_exempt_either_way_asks_vies_nothing() {
    let kor = Seller { small_business: exempt_in(VatCountry::Nl, date(2020, 1, 1)), ..without_oss("NL", &["NL"]) };
    let bought = |threshold, vies| Supply { threshold, customer: business("BE0123456789", vies), ..supply("NL", "BE", "2000") };
    for vies in [Vies::NotAsked, Vies::Unknown, Vies::Invalid, Vies::Valid] {
        assert_eq!(brief(&sale(&bought(sums(0, 100, 20.into()), vies), &kor)), "E 0 NL", "{vies:?}");
    }
    let waits = Stop::ViesUnknown { number: number("BE0123456789"), asked: false };
    // With this sale the threshold is crossed, and a consumer's would be taxed where it arrives.
    assert_eq!(stop(&bought(sums(0, 10_000, 20.into()), Vies::NotAsked), &kor), waits);
    // Exempt where the goods arrive alone: to a business it is an intra-Community supply.
    let belgian = Seller { small_business: exempt_in(VatCountry::Be, date(2025, 1, 1)), ..without_oss("NL", &["NL"]) };
    assert_eq!(stop(&bought(sums(0, 100, 20.into()), Vies::NotAsked), &belgian), waits);
}

#[test]
fn the_rate_is_that_of_the_date_of_supply() {
    let nl = seller("NL", &["NL"]);
    let on = |to: &str, postcode: &str, year, month, day| {
        brief(&sale(&Supply { on: date(year, month, day), ..supply("NL", to, postcode) }, &nl))
    };
    assert_eq!((on("EE", "10111", 2025, 6, 30), on("EE", "10111", 2025, 7, 1)), ("S 22 EE".into(), "S 24 EE".into()));
    assert_eq!((on("FI", "00100", 2024, 8, 31), on("FI", "00100", 2024, 9, 1)), ("S 24 FI".into(), "S 25.5 FI".into()));
    assert_eq!((on("RO", "010011", 2025, 7, 31), on("RO", "010011", 2025, 8, 1)), ("S 19 RO".into(), "S 21 RO".into()));
}

#[test]
fn islands_with_rates_of_their_own_have_them() {
    let nl = seller("NL", &["NL"]);
    let to = |state: &str, postcode: &str| brief(&sale(&supply("NL", state, postcode), &nl));
    assert_eq!(
        (to("PT", "9000-039"), to("PT", "9500-150"), to("PT", "1000-001")),
        ("S 22 PT".into(), "S 16 PT".into(), "S 23 PT".into())
    );
    assert_eq!((to("AT", "6991"), to("AT", "6691"), to("AT", "1010")), ("S 19 AT".into(), "S 19 AT".into(), "S 20 AT".into()));
    assert_eq!((to("FR", "20000"), to("MC", ""), to("FR", "98000")), ("S 20 FR".into(), "S 20 FR".into(), "S 20 FR".into()));
}
