//! The vectors' words in ours. A word that is not known fails.

use domain::vat::{Category, Exemption, Mention, Stop, VatCountry, VatReturn, Vies};
use rust_decimal::Decimal;

pub(crate) fn money(text: &str) -> Decimal {
    domain::plain_decimal(text).unwrap_or_else(|| panic!("amount: {text:?}"))
}

pub(crate) fn percent(text: &str) -> Decimal {
    money(text).normalize()
}

pub(crate) fn category(code: &str) -> Category {
    let all = [Category::S, Category::Z, Category::E, Category::Ae, Category::K, Category::G, Category::O];
    all.into_iter().find(|category| category.code() == code).unwrap_or_else(|| panic!("category: {code:?}"))
}

pub(crate) fn exemption(code: &str) -> Exemption {
    let all = [Exemption::ReverseCharge, Exemption::IntraCommunity, Exemption::Export, Exemption::NotSubject];
    all.into_iter().find(|exemption| exemption.code() == code).unwrap_or_else(|| panic!("VATEX: {code:?}"))
}

pub(crate) fn vat_country(code: &str) -> VatCountry {
    VatCountry::from_code(code).unwrap_or_else(|| panic!("VAT country: {code:?}"))
}

/// What VIES said.
pub(crate) fn vies(word: Option<&str>) -> Vies {
    match word.map(str::to_lowercase).as_deref() {
        None | Some("n/a" | "not asked") => Vies::NotAsked,
        Some("valid") => Vies::Valid,
        Some("invalid") => Vies::Invalid,
        Some(
            "unavailable" | "unknown" | "down" | "timeout" | "error" | "ms_unavailable" | "service_unavailable" | "unreachable",
        ) => Vies::Unknown,
        Some(other) => panic!("VIES: {other:?}"),
    }
}

/// The sentence by its article, or its usual words.
pub(crate) fn mention(text: &str) -> Mention {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["verlegd", "reverse charge"]) {
        Mention::ReverseCharge
    } else if says(&["art. 138", "39bis"]) {
        Mention::IntraCommunity
    } else if says(&["art. 146"]) {
        Mention::Export
    } else if says(&["art. 25 ", "kor", "kleineondernemersregeling"]) {
        Mention::SmallBusinessNl
    } else if says(&["kleine ondernemingen", "56bis"]) {
        Mention::SmallBusinessBe
    } else if says(&["284"]) {
        Mention::SmallBusinessEu
    } else {
        panic!("mention: {text:?}")
    }
}

/// Whether a return is the one that is meant; a state that it names must be that of the return.
pub(crate) fn is_return(text: &str, ours: VatReturn, country: VatCountry) -> bool {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let named = words.filter(|word| word.len() == 2 && word.bytes().all(|b| b.is_ascii_uppercase()));
    let is_named = named.filter_map(VatCountry::from_code).all(|named| named == country);
    let is_kind = if says(&["reverse charge", "verlegd"]) {
        matches!(ours, VatReturn::ReverseCharge { .. })
    } else if says(&["icl", "icp", "ec list", "intra"]) {
        matches!(ours, VatReturn::IntraCommunity { .. })
    } else if says(&["export", "uitvoer"]) {
        matches!(ours, VatReturn::Export { .. })
    } else if ours == VatReturn::SmallBusiness {
        says(&["none", "exempt", "kor", "no return", "domestic", "small", "-"])
    } else if says(&["domestic", "local", "national"]) {
        matches!(ours, VatReturn::Local { .. })
    } else if says(&["oss"]) {
        ours == VatReturn::Oss
    } else if says(&["none", "exempt", "kor"]) {
        false
    } else if says(&["return"]) {
        matches!(ours, VatReturn::Local { .. })
    } else {
        panic!("return: {text:?}")
    };
    is_named && is_kind
}

/// Whether a stop is the one that is meant.
pub(crate) fn is_stop(text: &str, ours: &Stop) -> bool {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["vies"]) {
        matches!(ours, Stop::ViesUnknown { .. })
    } else if says(&["ship-from", "departure"]) {
        matches!(ours, Stop::NoNumberInShipFrom { .. })
    } else if says(&["postcode", "postal"]) {
        matches!(ours, Stop::PostcodeMissing { .. } | Stop::PostcodeUnreadable { .. })
    } else if says(&["class", "rate"]) {
        matches!(ours, Stop::ClassUnknown { .. } | Stop::RateNotInForce { .. } | Stop::RateUnknown { .. })
    } else if says(&["ioss", "import", "out of scope", "third country"]) {
        matches!(ours, Stop::Import { .. } | Stop::ConsignmentValueUnknown { .. } | Stop::OutsideTheEu { .. })
    } else if says(&["oss", "destination", "registration"]) {
        matches!(ours, Stop::NoReturnAtDestination { .. })
    } else if says(&["threshold"]) {
        matches!(ours, Stop::ThresholdUnknown { .. })
    } else if says(&["marketplace"]) {
        matches!(ours, Stop::MarketplaceContradicts { .. })
    } else {
        panic!("error: {text:?}")
    }
}

/// Whether a structured invoice is due.
pub(crate) fn structured(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower == "no" || lower.starts_with("no ") || lower.starts_with("no,") || lower.starts_with("not ") {
        return false;
    }
    let yes = ["yes", "required", "mandatory", "peppol", "obligatory", "must", "due"];
    assert!(yes.iter().any(|word| lower.contains(word)), "structured: {text:?}");
    true
}
