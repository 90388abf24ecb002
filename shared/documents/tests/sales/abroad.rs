//! Sales across a border.

use super::books::{blank, decimal, domestic, fill, goods, paid};
use super::people::{address, business, consumer, country, kade_with_account, number, same_place};
use domain::Currency;
use domain::invoice::{Buyer, Document, PaymentKind, PriceBasis, ViesConsultation, vat_in_euro};
use domain::vat::{
    Buyer as VatBuyer, Category, Decision, Exemption, Mention, Reason, Territory, VatCountry, VatReturn, WhyDestination,
};
use rust_decimal::Decimal;

fn to(mut document: Document, buyer: Buyer, language: &str) -> Document {
    document.content.delivery = same_place(&buyer);
    document.content.buyer = buyer;
    document.content.language = language.to_owned();
    document
}

fn by_oss(state: VatCountry, rate: &str) -> Decision {
    Decision {
        country: state,
        ship_from: VatCountry::Nl,
        reason: Reason::Destination { from: VatCountry::Nl, to: state, because: WhyDestination::Oss },
        vat_return: VatReturn::Oss,
        ..domestic(state, rate)
    }
}

/// To a business of another member state.
pub(crate) fn intra_community() -> Document {
    let vat = number("BE0987654394");
    let decision = Decision {
        category: Category::K,
        reason: Reason::IntraCommunity { from: VatCountry::Nl, to: VatCountry::Be, number: vat.clone() },
        buyer: VatBuyer::Business { number: vat.clone() },
        exemption: Some(Exemption::IntraCommunity),
        mention: Some(Mention::IntraCommunity),
        vat_return: VatReturn::IntraCommunity { country: VatCountry::Nl },
        ..domestic(VatCountry::Nl, "0")
    };
    let buyer = business(
        "Atelier Zuid NV",
        address("Rue de l'Église 17", "1060", "Saint-Gilles", "BE"),
        "BE0987654394",
        Some("0987654394"),
    );
    let sold = [goods("BUREAU-160", "Bureau assis-debout 160 × 80 cm, blanc", 2, "412.40", &decision)];
    let mut document = to(blank("F2026-00422"), buyer, "fr");
    document.content.prices = PriceBasis::Net;
    document.content.seller = kade_with_account();
    document.content.vies = Some(ViesConsultation {
        number: vat,
        asked_by: Some(number("NL812345678B01")),
        at: "2026-11-26T22:41:00Z".parse().unwrap(),
        is_valid: true,
        consultation: Some("WAPIAAAAYx1".to_owned()),
    });
    fill(document, &sold, "35.00")
}

/// Stock in Belgium, a seller who is not established there, a Belgian business.
pub(crate) fn reverse_charge() -> Document {
    let vat = number("BE0987654394");
    let decision = Decision {
        category: Category::Ae,
        reason: Reason::ReverseCharge { country: VatCountry::Be, number: vat.clone() },
        buyer: VatBuyer::Business { number: vat },
        exemption: Some(Exemption::ReverseCharge),
        mention: Some(Mention::ReverseCharge),
        vat_return: VatReturn::ReverseCharge { country: VatCountry::Be },
        ..domestic(VatCountry::Be, "0")
    };
    let buyer =
        business("Atelier Zuid NV", address("Kerkstraat 17", "1060", "Sint-Gillis", "BE"), "BE0987654394", Some("0987654394"));
    let mut document = to(blank("F2026-00423"), buyer, "nl");
    document.content.prices = PriceBasis::Net;
    document.content.ship_from = country("BE");
    document.content.seller = kade_with_account();
    document.content.seller.vat_number = Some(number("BE0755123456"));
    fill(document, &[goods("PLAID-130", "Plaid lamswol 130 × 180 cm", 5, "73.55", &decision)], "0")
}

/// To a German consumer, with OSS.
pub(crate) fn german_consumer() -> Document {
    let decision = by_oss(VatCountry::De, "19");
    let buyer = consumer("Jürgen Groß", address("Königstraße 21", "70173", "Stuttgart", "DE"));
    let sold = [
        goods("LAMP-EIK-60", "Leselampe Eiche, 60 cm, dimmbar", 1, "79.95", &decision),
        goods("SNOER-3M", "Textilkabel 3 m, anthrazit", 2, "12.50", &decision),
    ];
    let document = fill(to(blank("F2026-00424"), buyer, "de"), &sold, "7.95");
    paid(document, PaymentKind::Online, Some("PayPal"))
}

/// To a French consumer, below the threshold: the VAT of departure.
pub(crate) fn french_consumer() -> Document {
    let decision = Decision {
        reason: Reason::Origin {
            from: VatCountry::Nl,
            to: VatCountry::Fr,
            this_year: decimal("4120.50"),
            last_year: decimal("0"),
        },
        counts_for_threshold: true,
        ..domestic(VatCountry::Nl, "21")
    };
    let buyer = consumer("Éloïse Lefèvre", address("12 bis, rue des Œillets", "59800", "Lille", "FR"));
    let sold = [goods("KUSSEN-45", "Coussin en laine 45 × 45 cm, ocre", 2, "39.95", &decision)];
    paid(fill(to(blank("F2026-00425"), buyer, "fr"), &sold, "6.95"), PaymentKind::Online, Some("Carte bancaire"))
}

/// To the Canary Islands: Spain by its code, outside the VAT.
pub(crate) fn canaries() -> Document {
    let decision = Decision {
        category: Category::G,
        reason: Reason::Export { from: VatCountry::Nl, to: country("ES"), territory: Some(Territory::CanaryIslands) },
        exemption: Some(Exemption::Export),
        mention: Some(Mention::Export),
        vat_return: VatReturn::Export { country: VatCountry::Nl },
        ..domestic(VatCountry::Nl, "0")
    };
    let buyer = consumer("María Núñez", address("Calle Triana 40", "35002", "Las Palmas de Gran Canaria", "ES"));
    let sold = [goods("PLAID-130", "Plaid lambswool 130 × 180 cm", 1, "73.55", &decision)];
    paid(fill(to(blank("F2026-00426"), buyer, "en"), &sold, "24.50"), PaymentKind::Online, Some("Visa"))
}

/// To Northern Ireland: the United Kingdom by its code, within the VAT for goods.
pub(crate) fn northern_ireland() -> Document {
    let decision = by_oss(VatCountry::Xi, "20");
    let buyer = consumer("Niamh O'Neill", address("14 Botanic Avenue", "BT7 1JQ", "Belfast", "GB"));
    let sold = [goods("KUSSEN-45", "Wool cushion 45 × 45 cm, ochre", 1, "39.95", &decision)];
    paid(fill(to(blank("F2026-00427"), buyer, "en"), &sold, "9.95"), PaymentKind::Online, Some("Mastercard"))
}

/// In Polish zloty, with the VAT in euro.
pub(crate) fn zloty() -> Document {
    let decision = by_oss(VatCountry::Pl, "23");
    let buyer = consumer("Łukasz Wiśniewski", address("ul. Świętokrzyska 18/4", "00-052", "Warszawa", "PL"));
    let mut document = to(blank("F2026-00428"), buyer, "en");
    document.content.currency = Currency::new("PLN").unwrap();
    let sold = [goods("LAMP-EIK-60", "Reading lamp oak, 60 cm, dimmable", 1, "349.00", &decision)];
    let mut document = fill(document, &sold, "39.00");
    let per_euro: Decimal = decimal("4.2315");
    let on = document.content.supplied_on;
    document.content.vat_in_euro = Some(vat_in_euro(document.content.totals.vat, per_euro, on).unwrap());
    paid(document, PaymentKind::Online, Some("BLIK"))
}
