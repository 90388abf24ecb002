//! Sales within the seller's own state.

use super::books::{Goods, blank, decimal, domestic, fill, goods, paid};
use super::people::{address, business, country, kade_with_account, lindeblad, pottery, same_place};
use domain::invoice::{Delivery, Document, Payment, PaymentKind, PriceBasis};
use domain::vat::{Buyer, Category, Mention, Reason, VatCountry, VatReturn};
use rust_decimal::Decimal;

/// Goods at two rates and shipping that follows both; paid to a marketplace.
pub(crate) fn mixed_rates() -> Document {
    let (standard, reduced) = (domestic(VatCountry::Nl, "21"), domestic(VatCountry::Nl, "9"));
    let sold = [
        goods("LAMP-EIK-60", "Leeslamp eiken, 60 cm, met dimmer", 1, "79.95", &standard),
        goods("BOEK-LICHT", "Boek ‘Licht in huis’", 2, "24.99", &reduced),
        goods("SNOER-3M", "Textielsnoer 3 m, antraciet", 1, "12.50", &standard),
    ];
    paid(fill(blank("F2026-00418"), &sold, "4.95"), PaymentKind::Marketplace, None)
}

/// A discount, shipping, a gift card, and a delivery to a pick-up point.
pub(crate) fn discount_and_shipping() -> Document {
    let standard = domestic(VatCountry::Nl, "21");
    let sold = [
        Goods { off: "8.00", ..goods("KUSSEN-45", "Kussen wol 45 × 45 cm, okergeel", 2, "39.95", &standard) },
        Goods { off: "2.10", ..goods("PLAID-130", "Plaid lamswol 130 × 180 cm", 1, "89.00", &standard) },
    ];
    let mut document = fill(blank("F2026-00419"), &sold, "3.95");
    document.content.delivery = Delivery {
        name: "Sanne de Wit".to_owned(),
        pickup_point: Some("Boekhandel Broese".to_owned()),
        address: address("Oudegracht 112", "3511 AW", "Utrecht", "NL"),
    };
    let card = decimal("25.00");
    document.content.totals.prepaid = document.content.totals.gross;
    document.content.totals.payable = Decimal::ZERO;
    document.content.payments = vec![
        Payment { kind: PaymentKind::GiftCard, amount: card, text: None },
        Payment { kind: PaymentKind::Online, amount: document.content.totals.gross - card, text: Some("iDEAL".to_owned()) },
    ];
    document
}

/// A seller who is exempt as a small business, and has no VAT number.
pub(crate) fn small_business() -> Document {
    let mut exempt = domestic(VatCountry::Nl, "0");
    exempt.category = Category::E;
    exempt.reason = Reason::SmallBusiness { country: VatCountry::Nl, cross_border: false };
    exempt.mention = Some(Mention::SmallBusinessNl);
    exempt.vat_return = VatReturn::SmallBusiness;
    let sold = [goods("KOM-12", "Kom van steengoed, 12 cm, celadon", 4, "18.50", &exempt)];
    let mut document = fill(blank("2026-31"), &sold, "6.95");
    document.content.seller = pottery();
    paid(document, PaymentKind::Online, Some("iDEAL"))
}

/// The second shipment of an order: what was in this parcel, and no shipping again.
pub(crate) fn partial_shipment() -> Document {
    let standard = domestic(VatCountry::Nl, "21");
    let sold = [goods("STOEL-4", "Eetkamerstoel essen, naturel", 2, "149.00", &standard)];
    let mut document = fill(blank("F2026-00420"), &sold, "0");
    document.content.order.shipment = Some("Z-20931-2".to_owned());
    paid(document, PaymentKind::Online, Some("iDEAL"))
}

/// A Dutch business that pays by transfer: prices without VAT.
pub(crate) fn business_unpaid() -> Document {
    let mut standard = domestic(VatCountry::Nl, "21");
    let buyer =
        business("Praktijk Noord B.V.", address("Singel 201", "1012 WG", "Amsterdam", "NL"), "NL809876543B01", Some("23456789"));
    standard.buyer = Buyer::Business { number: buyer.vat_number.clone().unwrap() };
    let sold = [
        goods("BUREAU-160", "Bureau 160 × 80 cm, zit-sta, wit", 3, "412.40", &standard),
        goods("LAMP-EIK-60", "Leeslamp eiken, 60 cm, met dimmer", 3, "66.07", &standard),
    ];
    let mut document = blank("F2026-00421");
    document.content.prices = PriceBasis::Net;
    document.content.seller = kade_with_account();
    document.content.delivery = same_place(&buyer);
    document.content.buyer = buyer;
    fill(document, &sold, "39.00")
}

/// From a Belgian seller to a Belgian business: a structured invoice by law.
pub(crate) fn belgian_business() -> Document {
    let mut standard = domestic(VatCountry::Be, "21");
    let buyer = business(
        "Atelier Zuid NV",
        address("Rue de l'Église 17", "1060", "Sint-Gillis", "BE"),
        "BE0987654394",
        Some("0987654394"),
    );
    standard.buyer = Buyer::Business { number: buyer.vat_number.clone().unwrap() };
    standard.structured = true;
    let sold = [goods("PAPIER-A3", "Tekenpapier A3, 200 g, 50 vel", 12, "14.90", &standard)];
    let mut document = blank("2026/0231");
    document.content.prices = PriceBasis::Net;
    document.content.seller = lindeblad();
    document.content.ship_from = country("BE");
    document.content.delivery = same_place(&buyer);
    document.content.buyer = buyer;
    document.content.structured = true;
    fill(document, &sold, "9.50")
}
