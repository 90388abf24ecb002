//! What is longer or stranger than a layout expects.

use super::books::{Goods, blank, domestic, fill, goods, paid};
use super::people::{address, consumer, same_place};
use domain::invoice::{Document, PaymentKind};
use domain::vat::VatCountry;

/// Over several pages.
pub(crate) fn sixty_lines() -> Document {
    many_lines(60)
}

/// So many lines.
pub(crate) fn many_lines(count: usize) -> Document {
    let (standard, reduced) = (domestic(VatCountry::Nl, "21"), domestic(VatCountry::Nl, "9"));
    let names: Vec<(String, String, String)> = (1..=count)
        .map(|at| {
            let long =
                if at % 7 == 0 { ", met een omschrijving die zo lang is dat zij over meer dan één regel loopt" } else { "" };
            (format!("ART-{at:03}"), format!("Artikel {at}{long}"), format!("{}.{:02}", 3 + at * 7 % 90, at * 13 % 100))
        })
        .collect();
    let sold: Vec<Goods<'_>> = (1_i64..)
        .zip(&names)
        .map(|(at, (sku, name, price))| goods(sku, name, 1 + at % 4, price, if at % 5 == 0 { &reduced } else { &standard }))
        .collect();
    paid(fill(blank("F2026-00429"), &sold, "12.50"), PaymentKind::Online, Some("iDEAL"))
}

/// Letters of other scripts, signs, and a name without end.
pub(crate) fn names_no_font_has() -> Document {
    let standard = domestic(VatCountry::Nl, "21");
    let buyer = consumer("王小明 🎉 محمد", address("Straße der Pariser Kommune 8 😀", "1012 AB", "Αθήνα / Москва", "NL"));
    let endless = format!("Donaudampfschifffahrts{}", "gesellschaftskapitän".repeat(12));
    let sold = [
        goods("T-SHIRT-王", "T-shirt 王 “龙” \u{202e}rtl\u{202c} & <maat> ½ ﬁ", 1, "19.95", &standard),
        goods("LANG", &endless, 1, "1234567.89", &standard),
    ];
    let mut document = fill(blank("F2026-00430"), &sold, "0");
    document.content.delivery = same_place(&buyer);
    document.content.buyer = buyer;
    document.content.buyer.order_reference = Some("ref\u{7}\u{0}erence ☃".to_owned());
    paid(document, PaymentKind::Other, Some("₿itcoin ⚡"))
}
