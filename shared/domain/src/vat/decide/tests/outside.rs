//! Goods that leave the EU's VAT, come into it, or are supplied by a marketplace.

use super::*;
use crate::vat::{AccountedBy, Category, Deemed, Mention, Reason, Territory, VatReturn, WhyDeemed};

fn on_marketplace(accounted_by: Option<AccountedBy>) -> SoldOn {
    SoldOn::Marketplace { accounted_by }
}

fn deemed(supply: &Supply, seller: &Seller) -> Deemed {
    match decide(supply, seller, &rates()) {
        Ok(VatTreatment::ToMarketplace(deemed)) => deemed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn territories_outside_the_vat_are_exports_though_their_country_is_a_member() {
    let nl = seller("NL", &["NL"]);
    for (state, postcode, territory) in [
        ("ES", "35001", Territory::CanaryIslands),
        ("ES", "E-38001", Territory::CanaryIslands),
        ("ES", "51001", Territory::Ceuta),
        ("ES", "52 001", Territory::Melilla),
        ("IT", "23041", Territory::Livigno),
        ("IT", "22061", Territory::Campione),
        ("IT", "47890", Territory::SanMarino),
        ("IT", "00120", Territory::Vatican),
        ("DE", "78266", Territory::Buesingen),
        ("DE", "D-27498", Territory::Helgoland),
        ("FI", "22100", Territory::Aland),
        ("FI", "AX-22100", Territory::Aland),
        ("GR", "630 86", Territory::MountAthos),
        ("EL", "63086", Territory::MountAthos),
        ("FR", "97400", Territory::FrenchDepartments),
        ("FR", "98714", Territory::FrenchCollectivities),
        ("DK", "3900", Territory::Greenland),
    ] {
        let decision = sale(&supply("NL", state, postcode), &nl);
        assert_eq!(brief(&decision), "G 0 NL", "{state} {postcode}");
        assert!(
            matches!(decision.reason, Reason::Export { territory: Some(found), .. } if found == territory),
            "{state} {postcode}"
        );
        assert_eq!((decision.exemption.unwrap().code(), decision.mention), ("VATEX-EU-G", Some(Mention::Export)));
        assert_eq!(decision.vat_return, VatReturn::Export { country: VatCountry::Nl });
    }
    for (state, postcode) in [
        ("GB", "SW1A 1AA"),
        ("CH", "8238"),
        ("NO", "0150"),
        ("AX", "22100"),
        ("RE", "97400"),
        ("IM", "IM1 1AA"),
        ("JE", ""),
        ("US", ""),
    ] {
        assert_eq!(brief(&sale(&supply("NL", state, postcode), &nl)), "G 0 NL", "{state} {postcode}");
    }
    for (state, postcode, usual) in
        [("ES", "08001", "S 21 ES"), ("DE", "78267", "S 19 DE"), ("FI", "20100", "S 25.5 FI"), ("IT", "23040", "S 22 IT")]
    {
        assert_eq!(brief(&sale(&supply("NL", state, postcode), &nl)), usual);
    }
}

#[test]
fn a_postcode_that_would_tell_is_asked_for_and_not_guessed() {
    let nl = seller("NL", &["NL"]);
    for state in ["ES", "IT", "DE", "FI", "GR", "FR", "PT", "AT", "DK", "GB"] {
        assert_eq!(stop(&supply("NL", state, "  "), &nl), Stop::PostcodeMissing { country: country(state) });
        let unreadable = stop(&supply("NL", state, "35/1 ???"), &nl);
        assert_eq!(unreadable, Stop::PostcodeUnreadable { country: country(state), postcode: "35/1 ???".into() });
    }
    for wrong in ["3501", "350011", "NL-35001", "３５００１"] {
        assert!(matches!(stop(&supply("NL", "ES", wrong), &nl), Stop::PostcodeUnreadable { .. }), "{wrong}");
    }
    assert_eq!(brief(&sale(&supply("NL", "BE", ""), &nl)), "S 21 BE", "all of Belgium is alike");
    // Stock without a postcode lies on the mainland.
    assert_eq!(brief(&sale(&supply("DE", "NL", "1012 AB"), &seller("NL", &["NL", "DE"]))), "S 21 NL");
    let canaries = Supply { ship_from: place("ES", "35001"), ..supply("ES", "NL", "1012 AB") };
    assert!(matches!(stop(&canaries, &nl), Stop::Import { .. }));
}

#[test]
fn a_postcode_that_two_towns_share_is_told_apart_by_the_town() {
    let nl = seller("NL", &["NL"]);
    let to = |postcode: &str, town: Option<&str>| Supply {
        ship_to: Place { town: town.map(str::to_owned), ..place("IT", postcode) },
        ..supply("NL", "IT", postcode)
    };
    assert_eq!(brief(&sale(&to("23030", Some("LIVIGNO (SO)")), &nl)), "G 0 NL");
    assert_eq!(brief(&sale(&to("23030", Some("Valdisotto")), &nl)), "S 22 IT");
    assert_eq!(brief(&sale(&to("22060", Some("Campione d'Italia")), &nl)), "G 0 NL");
    assert!(matches!(stop(&to("23030", None), &nl), Stop::TownMissing { .. }));
}

#[test]
fn northern_ireland_exports_nothing_to_great_britain() {
    let nl = seller("NL", &["NL", "XI"]);
    let from_belfast = |to: &str, postcode: &str| Supply { ship_from: place("GB", "BT1 5GS"), ..supply("GB", to, postcode) };
    assert!(matches!(stop(&from_belfast("GB", "SW1A 1AA"), &nl), Stop::OutsideTheEu { .. }));
    assert_eq!(brief(&sale(&from_belfast("US", ""), &nl)), "G 0 XI");
    assert_eq!(brief(&sale(&from_belfast("IE", "D01 F5P2"), &nl)), "S 23 IE");
    assert!(matches!(stop(&supply("GB", "GB", "BT1 5GS"), &nl), Stop::Import { .. }));
}

#[test]
fn an_export_wants_a_number_where_the_goods_lie() {
    assert_eq!(stop(&supply("DE", "CH", "8001"), &seller("NL", &["NL"])), Stop::NoNumberInShipFrom { country: VatCountry::De });
    assert_eq!(brief(&sale(&supply("DE", "CH", "8001"), &seller("NL", &["NL", "DE"]))), "G 0 DE");
}

#[test]
fn for_a_seller_outside_the_eu_the_marketplace_supplies_to_consumers() {
    let cn = seller("CN", &["NL"]);
    let sold = |accounted_by| Supply { sold_on: on_marketplace(accounted_by), ..supply("NL", "NL", "1012 AB") };
    for says in [None, Some(AccountedBy::Marketplace)] {
        let found = deemed(&sold(says), &cn);
        assert_eq!(found.category, Category::E);
        assert_eq!(found.reason, WhyDeemed::SellerOutsideTheEu { from: VatCountry::Nl, to: VatCountry::Nl });
    }
    assert_eq!(stop(&sold(Some(AccountedBy::Seller)), &cn), Stop::MarketplaceContradicts { by_marketplace: false });
    let bought = |vies| Supply { customer: business("NL123456789B01", vies), ..sold(None) };
    assert_eq!(brief(&sale(&bought(Vies::Valid), &cn)), "AE 0 NL", "a business is not meant");
    assert!(matches!(stop(&bought(Vies::Unknown), &cn), Stop::ViesUnknown { .. }));
    assert_eq!(deemed(&bought(Vies::Invalid), &cn).category, Category::E);
    let own_shop = Supply { sold_on: SoldOn::OwnShop, ..sold(None) };
    assert_eq!(brief(&sale(&own_shop, &cn)), "S 21 NL");
}

#[test]
fn for_a_seller_of_the_eu_it_never_does_whatever_it_says() {
    let nl = seller("NL", &["NL"]);
    let sold = |accounted_by| Supply { sold_on: on_marketplace(accounted_by), ..supply("NL", "BE", "2000") };
    assert_eq!(brief(&sale(&sold(None), &nl)), "S 21 BE");
    assert_eq!(brief(&sale(&sold(Some(AccountedBy::Seller)), &nl)), "S 21 BE");
    assert_eq!(stop(&sold(Some(AccountedBy::Marketplace)), &nl), Stop::MarketplaceContradicts { by_marketplace: true });
    let branch = Seller { fixed_establishments: BTreeSet::from([VatCountry::Nl]), ..seller("CN", &["NL"]) };
    assert_eq!(brief(&sale(&sold(None), &branch)), "S 21 BE", "an establishment in the EU is enough");
}

#[test]
fn where_a_marketplace_collects_abroad_the_seller_issues_nothing() {
    let nl = seller("NL", &["NL"]);
    let british = Supply { sold_on: on_marketplace(Some(AccountedBy::Marketplace)), ..supply("NL", "GB", "SW1A 1AA") };
    let found = deemed(&british, &nl);
    assert_eq!(found.category, Category::G);
    assert!(matches!(found.reason, WhyDeemed::CollectedAbroad { from: VatCountry::Nl, .. }));
    assert_eq!(brief(&sale(&Supply { sold_on: on_marketplace(None), ..british }, &nl)), "G 0 NL");
}

#[test]
fn imports_are_refused_but_for_small_consignments_of_a_marketplace() {
    let nl = seller("NL", &["NL"]);
    let sold = |value: Option<&str>, accounted_by| Supply {
        sold_on: on_marketplace(accounted_by),
        consignment: value.map(|value| value.parse().unwrap()),
        ..supply("CN", "NL", "1012 AB")
    };
    let import = Stop::Import { from: country("CN"), to: VatCountry::Nl };
    assert_eq!(deemed(&sold(Some("150.00"), None), &nl).category, Category::O);
    assert_eq!(stop(&sold(Some("150.01"), None), &nl), import);
    assert_eq!(stop(&sold(None, None), &nl), Stop::ConsignmentValueUnknown { from: country("CN") });
    assert!(matches!(deemed(&sold(None, Some(AccountedBy::Marketplace)), &nl).reason, WhyDeemed::ImportedConsignment { .. }));
    assert_eq!(stop(&sold(Some("20"), Some(AccountedBy::Seller)), &nl), Stop::MarketplaceContradicts { by_marketplace: false });
    assert_eq!(stop(&supply("CN", "NL", "1012 AB"), &nl), import, "a shop of one's own: IOSS");
    let bought = Supply { customer: business("BE0123456789", Vies::Valid), ..sold(Some("20"), None) };
    assert_eq!(stop(&bought, &nl), import);
    assert!(matches!(stop(&supply("CN", "US", ""), &nl), Stop::OutsideTheEu { .. }));
}
