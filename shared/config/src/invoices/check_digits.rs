//! Check digits of a merchant's own numbers: a digit that was mistyped is found here, and not by a tax authority.

use domain::vat::{VatCountry, VatNumber};

/// Whether a Belgian enterprise number's last two digits fit the eight before them: 97 less the remainder of these by 97 (KB of 24 June 2003).
pub(super) fn is_belgian(number: &str) -> bool {
    let (start, check) = number.split_at_checked(8).unwrap_or_default();
    let figures = start.parse::<u64>().ok().zip(check.parse::<u64>().ok());
    number.len() == 10 && figures.is_some_and(|(start, check)| 97 - start % 97 == check)
}

/// Why a number of the merchant's cannot be right, for sure.
pub(super) fn wrong(state: VatCountry, number: &VatNumber) -> Option<String> {
    let is_wrong = state == VatCountry::Be && !is_belgian(number.without_prefix());
    is_wrong.then(|| format!("{number} is no Belgian VAT number: its check digits do not fit"))
}

/// Whether a Dutch number has neither the check digits of those since 2020 (97 over the whole number, letters counted from A = 10) nor that of those
/// before (11 over the first nine digits). A few old ones may have been given without, so that this is a question and no mistake.
pub(super) fn is_doubtful(state: VatCountry, number: &VatNumber) -> bool {
    state == VatCountry::Nl && !fits_97(number.as_str()) && !fits_11(number.without_prefix())
}

fn fits_97(number: &str) -> bool {
    let figures = number.chars().filter_map(|c| c.to_digit(36));
    let after = |sum: u32, figure: u32| (if figure > 9 { sum * 100 } else { sum * 10 } + figure) % 97;
    figures.fold(0, after) == 1
}

fn fits_11(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().take(9).filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., check] = digits.as_slice() else { return false };
    let sum: u32 = first.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 9 && sum % 11 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn belgian_numbers_fit_or_are_none() {
        assert!(is_belgian("0123456749") && is_belgian("0403170701"));
        for wrong in ["0123456789", "0403170710", "040317070", "04031707010", "O403170701", ""] {
            assert!(!is_belgian(wrong), "{wrong}");
        }
    }

    #[test]
    fn dutch_numbers_of_either_time_are_not_doubted() {
        let doubtful = |text: &str| is_doubtful(VatCountry::Nl, &VatNumber::new(text).unwrap());
        // By 11, and by 97.
        assert!(!doubtful("NL812345678B01") && !doubtful("NL123456789B13"));
        for mistyped in ["NL812345687B01", "NL812345679B01", "NL123456789B14", "NL81234567B01"] {
            assert!(doubtful(mistyped), "{mistyped}");
        }
        assert!(!is_doubtful(VatCountry::De, &VatNumber::new("DE123456789").unwrap()));
    }
}
