//! How many calls go wrong: a fraction, kept in thousandths.

use std::fmt;
use std::str::FromStr;

/// Calls out of a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate(u16);

impl Rate {
    /// None.
    pub const NONE: Self = Self(0);
    /// Above this, nothing with two calls would ever get done.
    const MOST: u16 = 500;

    /// Calls out of a thousand.
    pub fn per_thousand(self) -> u32 {
        u32::from(self.0)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no rate; from 0 to 0.5 in steps of 0.001, for example 0.1 for every tenth call");
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 3 || !digits(whole) || !digits(part) {
            return Err(wrong());
        }
        let thousandths: u16 = format!("{whole}{part:0<3}").parse().map_err(|_| wrong())?;
        if thousandths > Self::MOST { Err(wrong()) } else { Ok(Self(thousandths)) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_nothing_to_a_half() {
        for (text, per_thousand) in [("0", 0), ("0.0", 0), ("0.1", 100), ("0.05", 50), ("0.001", 1), ("0.5", 500)] {
            assert_eq!(text.parse::<Rate>().map(Rate::per_thousand), Ok(per_thousand), "{text}");
        }
        for text in ["", ".", ".1", "0.501", "1", "-0.1", "0.0001", "10%", "0,1", "1e-1", "99999"] {
            let refusal = text.parse::<Rate>().expect_err(text);
            assert!(refusal.contains("from 0 to 0.5"), "{refusal}");
        }
    }

    #[test]
    fn it_is_shown_as_it_is_typed() {
        for text in ["0", "0.1", "0.05", "0.001", "0.5"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
    }
}
