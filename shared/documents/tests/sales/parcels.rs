//! Packing slips and pick lists.

use super::people::{address, kade};
use documents::{Language, PackingSlip, Pick, PickList, PickOrder, Sender, SlipLine};
use domain::invoice::Delivery;
use domain::{Ean, LocationId, Quantity, Sku};
use jiff::civil::Date;

fn line(sku: &str, text: &str, units: i64) -> SlipLine {
    SlipLine {
        sku: Some(Sku::new(sku).unwrap()),
        ean: Ean::new("8712345678906").ok(),
        text: text.to_owned(),
        quantity: Quantity::new(units).unwrap(),
    }
}

/// A gift that is sent in two parcels. A marketplace that supplies to the buyer by law gives nothing else: there is no invoice by the seller.
pub(crate) fn slip() -> PackingSlip {
    PackingSlip {
        language: Language::Nl,
        day: Date::constant(2026, 11, 27),
        sender: Sender { name: "Kade".to_owned(), address: kade().address, contact: Some("hallo@kade.example".to_owned()) },
        delivery: Delivery {
            name: "Joris de Wit".to_owned(),
            pickup_point: None,
            address: address("Zeeweg 3", "1051", "Brussel", "BE"),
        },
        order: "#10482".to_owned(),
        reference: None,
        shipment: Some("Z-20931".to_owned()),
        tracking: Some("3SKADE0001234567".to_owned()),
        message: Some("Gefeliciteerd met je nieuwe huis! Liefs, Sanne".to_owned()),
        lines: vec![
            line("LAMP-EIK-60", "Leeslamp eiken, 60 cm, met dimmer", 1),
            line("SNOER-3M", "Textielsnoer 3 m, antraciet", 2),
        ],
        still_to_come: vec![line("STOEL-4", "Eetkamerstoel essen, naturel", 2)],
    }
}

/// Orders from two locations.
pub(crate) fn picks(orders: usize) -> PickList {
    let location = |id: &str| LocationId::new(id).unwrap();
    let pick = |at: usize, order: usize| Pick {
        location: location(if at % 5 == 4 { "winkel" } else { "magazijn" }),
        bin: (at % 5 != 3).then(|| format!("{}-{:02}", ["A", "B", "C"][at % 3], at % 12)),
        sku: Sku::new(format!("ART-{:03}", at % 17)).unwrap(),
        ean: Ean::new("8712345678906").ok(),
        text: format!("Artikel {} in een uitvoering met een tamelijk lange naam", at % 17),
        quantity: Quantity::new(1 + i64::try_from((at + order) % 3).unwrap()).unwrap(),
    };
    PickList {
        language: Language::Nl,
        day: Date::constant(2026, 11, 27),
        name: "ronde 2".to_owned(),
        location_names: [(location("magazijn"), "Magazijn Rotterdam".to_owned())].into(),
        orders: (0..orders)
            .map(|order| PickOrder {
                number: format!("#{}", 10_480 + order),
                receiver: format!("Klant {order}, Utrecht"),
                picks: (0..=order % 4).map(|at| pick(order * 3 + at, order)).collect(),
            })
            .collect(),
    }
}
