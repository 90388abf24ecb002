//! Amounts, percentages and dates, as a language writes them.

use super::Words;
use crate::language::Language;
use domain::{Currency, Quantity};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// An amount with two decimals and without its currency: `1.234,50`.
pub(crate) fn amount(value: Decimal, language: Language) -> String {
    decimals(value, 2, language)
}

/// A price of one unit, which may need more than two decimals: four at most.
pub(crate) fn plain(value: Decimal, language: Language) -> String {
    let rounded = value.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::MidpointAwayFromZero).normalize();
    decimals(rounded, rounded.scale().max(2), language)
}

/// An amount with its currency: `€ 1.234,50`, `1.234,50 €`, `€1,234.50`. Other currencies than the euro are told by their code.
pub(crate) fn money(value: Decimal, currency: &Currency, language: Language) -> String {
    let figures = amount(value, language);
    let (sign, figures) = figures.strip_prefix('-').map_or(("", figures.as_str()), |rest| ("-", rest));
    let is_euro = currency.as_str() == "EUR";
    let symbol = if is_euro { "€" } else { currency.as_str() };
    match language {
        Language::En if is_euro => format!("{sign}€{figures}"),
        Language::Nl | Language::En => format!("{symbol} {sign}{figures}"),
        Language::De | Language::Fr => format!("{sign}{figures} {symbol}"),
    }
}

/// `21%`, `5,5 %`.
pub(crate) fn percent(rate: Decimal, language: Language) -> String {
    let rate = rate.normalize();
    let figures = decimals(rate, rate.scale(), language);
    match language {
        Language::Nl | Language::En => format!("{figures}%"),
        Language::De | Language::Fr => format!("{figures} %"),
    }
}

/// Units.
pub(crate) fn units(quantity: Quantity, language: Language) -> String {
    decimals(Decimal::from(quantity.units()), 0, language)
}

/// `30 november 2026`.
pub(crate) fn date(day: Date, language: Language) -> String {
    let month = Words::of(language).months.get(usize::try_from(day.month() - 1).unwrap_or_default()).copied().unwrap_or_default();
    let number = match (language, day.day()) {
        (Language::De, number) => format!("{number}."),
        (Language::Fr, 1) => "1er".to_owned(),
        (_, number) => number.to_string(),
    };
    format!("{number} {month} {}", day.year())
}

fn decimals(value: Decimal, places: u32, language: Language) -> String {
    let rounded = value.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    let text = format!("{:.*}", places as usize, rounded.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let (group, point) = match language {
        Language::Nl | Language::De => (".", ","),
        Language::En => (",", "."),
        Language::Fr => ("\u{a0}", ","),
    };
    let mut figures = String::new();
    if rounded < Decimal::ZERO {
        figures.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            figures.push_str(group);
        }
        figures.push(digit);
    }
    if !part.is_empty() {
        figures.push_str(point);
        figures.push_str(part);
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn amounts_are_written_as_each_language_does() {
        let (value, euro) = (decimal("-1234567.5"), Currency::new("EUR").unwrap());
        let written = Language::ALL.map(|language| money(value, &euro, language));
        assert_eq!(written, ["€ -1.234.567,50", "-€1,234,567.50", "-1.234.567,50 €", "-1\u{a0}234\u{a0}567,50 €"]);
        assert_eq!(money(decimal("12"), &Currency::new("PLN").unwrap(), Language::En), "PLN 12.00");
        assert_eq!(amount(decimal("999"), Language::Nl), "999,00");
    }

    #[test]
    fn a_price_of_one_unit_shows_what_it_needs_and_no_more_than_four_decimals() {
        let shown = |text: &str| plain(decimal(text), Language::En);
        assert_eq!([shown("4.132231"), shown("4.1"), shown("4.125000"), shown("4.00005")], ["4.1322", "4.10", "4.125", "4.0001"]);
    }

    #[test]
    fn a_rate_has_the_decimals_it_needs() {
        assert_eq!(percent(decimal("21.00"), Language::Nl), "21%");
        assert_eq!(percent(decimal("5.5"), Language::Fr), "5,5 %");
    }

    #[test]
    fn a_date_is_told_in_words() {
        let day = Date::constant(2026, 3, 1);
        assert_eq!(
            Language::ALL.map(|language| date(day, language)),
            ["1 maart 2026", "1 March 2026", "1. März 2026", "1er mars 2026"]
        );
    }
}
