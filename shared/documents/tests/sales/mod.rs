//! Sales of many kinds, as the engine freezes them: what tests and samples are made from. All names and numbers are invented.
#![allow(dead_code, reason = "included by tests, samples and measurements, and each takes what it needs")]
#![allow(clippy::unwrap_used, clippy::assigning_clones, reason = "data of tests")]

pub(crate) mod abroad;
pub(crate) mod at_home;
pub(crate) mod books;
pub(crate) mod credits;
pub(crate) mod odd;
pub(crate) mod parcels;
pub(crate) mod people;

use documents::{Colour, Language, Logo, Look, Texts};
use domain::invoice::Document;

/// A sale: its name as a file, the document, and whether it is addressed to a business as UBL.
pub(crate) struct Sale {
    pub(crate) name: &'static str,
    pub(crate) document: Document,
    pub(crate) is_business: bool,
}

impl Sale {
    fn to_consumer(name: &'static str, document: Document) -> Self {
        Self { name, document, is_business: false }
    }

    fn to_business(name: &'static str, document: Document) -> Self {
        Self { name, document, is_business: true }
    }
}

/// All kinds of sale that an invoice or credit note is made of.
pub(crate) fn all() -> Vec<Sale> {
    vec![
        Sale::to_consumer("nl-consumer-mixed-rates", at_home::mixed_rates()),
        Sale::to_consumer("nl-discount-and-shipping", at_home::discount_and_shipping()),
        Sale::to_consumer("nl-small-business", at_home::small_business()),
        Sale::to_consumer("nl-partial-shipment", at_home::partial_shipment()),
        Sale::to_business("nl-business-unpaid", at_home::business_unpaid()),
        Sale::to_business("be-business-domestic", at_home::belgian_business()),
        Sale::to_business("be-intra-community", abroad::intra_community()),
        Sale::to_business("be-reverse-charge", abroad::reverse_charge()),
        Sale::to_consumer("de-consumer-oss", abroad::german_consumer()),
        Sale::to_consumer("fr-consumer-below-threshold", abroad::french_consumer()),
        Sale::to_consumer("es-canaries-export", abroad::canaries()),
        Sale::to_consumer("xi-northern-ireland", abroad::northern_ireland()),
        Sale::to_consumer("pl-foreign-currency", abroad::zloty()),
        Sale::to_consumer("nl-partial-credit", credits::of_a_line()),
        Sale::to_consumer("nl-credit-of-shipping", credits::of_shipping()),
        Sale::to_consumer("nl-credit-of-an-amount", credits::of_an_amount()),
        Sale::to_business("be-credit-to-business", credits::to_belgian_business()),
        Sale::to_consumer("nl-sixty-lines", odd::sixty_lines()),
        Sale::to_consumer("nl-names-no-font-has", odd::names_no_font_has()),
    ]
}

/// A logo as a designer might hand it in: dots made here, so that no file is needed.
pub(crate) fn logo() -> Logo {
    let (width, height) = (900_u32, 260_u32);
    let mut dots = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let wave = [(0_u32, 0x0e), (1, 0x4a), (2, 0x8c)]
                .iter()
                .find(|(number, _)| (60 + number * 60..90 + number * 60).contains(&y));
            let within = x > 40 && x < width - 40 - (y % 60) * 2;
            dots.extend(match wave {
                Some((number, blue)) if within => [0x0b, 0x50 + 0x28 * u8::try_from(*number).unwrap(), *blue, 255],
                _ => [255, 255, 255, 0],
            });
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&dots).unwrap();
    Logo::new(&file).unwrap()
}

/// A merchant's look, with texts in all languages.
pub(crate) fn look() -> Look {
    let texts = |opening: &str, closing: &str, footer: &str, slip: &str| Texts {
        opening: opening.to_owned(),
        closing: closing.to_owned(),
        footer: footer.to_owned(),
        packing_slip: slip.to_owned(),
    };
    let mut look = Look { logo: Some(logo()), accent: Colour::new("#0b6e63").unwrap(), ..Look::default() };
    look.texts.insert(
        Language::Nl,
        texts(
            "Bedankt voor uw bestelling. Hieronder vindt u wat wij hebben verzonden.",
            "Vragen of iets terugsturen? Dat kan binnen 30 dagen; antwoord op de mail waarbij deze factuur zat.",
            "Open op werkdagen van 9 tot 17 uur.",
            "Iets niet goed? Stuur het binnen 30 dagen terug in dezelfde doos.",
        ),
    );
    look.texts.insert(
        Language::En,
        texts(
            "Thank you for your order.",
            "Anything wrong? Answer the mail that this came with.",
            "Open on weekdays from 9 to 17.",
            "Returns within 30 days.",
        ),
    );
    look.texts.insert(
        Language::De,
        texts(
            "Vielen Dank für Ihre Bestellung.",
            "Fragen? Antworten Sie auf die E-Mail, mit der diese Rechnung kam.",
            "",
            "Rückgabe innerhalb von 30 Tagen.",
        ),
    );
    look.texts.insert(Language::Fr, texts("Merci pour votre commande.", "", "", "Retour sous 30 jours."));
    look
}
