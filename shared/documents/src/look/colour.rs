//! Colours.

use crate::DocumentError;

/// A colour as on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    /// 0 to 255.
    pub red: u8,
    /// 0 to 255.
    pub green: u8,
    /// 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// Letters.
    pub(crate) const BLACK: Self = Self { red: 0x1a, green: 0x1d, blue: 0x21 };
    /// Letters that matter less. Dark enough to be read when printed.
    pub(crate) const GREY: Self = Self { red: 0x5b, green: 0x63, blue: 0x6d };
    /// Thin lines.
    pub(crate) const LINE: Self = Self { red: 0xd4, green: 0xd8, blue: 0xdd };
    pub(crate) const WHITE: Self = Self { red: 255, green: 255, blue: 255 };
    /// Bars of a barcode: nothing but black is sure to be read.
    pub(crate) const INK: Self = Self { red: 0, green: 0, blue: 0 };

    /// `#0b5cab`.
    pub fn new(code: &str) -> Result<Self, DocumentError> {
        let wrong = || DocumentError::Value {
            field: "colour",
            given: code.chars().take(64).collect(),
            expected: "# and six hexadecimal digits, such as #0b5cab",
        };
        let digits = code.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or_else(wrong)?, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self { red, green, blue })
    }

    /// How light it looks, 0 to 255 (the weights of Rec. 601).
    fn lightness(self) -> u32 {
        (u32::from(self.red) * 299 + u32::from(self.green) * 587 + u32::from(self.blue) * 114) / 1000
    }

    /// Mixed with white: 0 is the colour itself, 100 is white.
    pub(crate) fn tint(self, percent: u32) -> Self {
        let mix =
            |part: u8| u8::try_from((u32::from(part) * (100 - percent.min(100)) + 255 * percent.min(100)) / 100).unwrap_or(255);
        Self { red: mix(self.red), green: mix(self.green), blue: mix(self.blue) }
    }

    /// The same colour, dark enough for letters on white paper: a merchant's yellow is not.
    pub(crate) fn on_paper(self) -> Self {
        let mut darker = self;
        while darker.lightness() > 125 {
            let less = |part: u8| u8::try_from(u32::from(part) * 92 / 100).unwrap_or_default();
            darker = Self { red: less(darker.red), green: less(darker.green), blue: less(darker.blue) };
        }
        darker
    }

    /// What letters on this colour must be.
    pub(crate) fn letters_on_it(self) -> Self {
        if self.lightness() > 150 { Self::BLACK } else { Self::WHITE }
    }
}

impl Default for Colour {
    /// A quiet blue.
    fn default() -> Self {
        Self { red: 0x0b, green: 0x4f, blue: 0x8a }
    }
}

impl TryFrom<String> for Colour {
    type Error = DocumentError;
    fn try_from(code: String) -> Result<Self, DocumentError> {
        Self::new(&code)
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_written_as_designers_write_it() {
        let blue = Colour::new("#0B5cab").unwrap();
        assert_eq!((blue.red, blue.green, blue.blue), (0x0b, 0x5c, 0xab));
        assert_eq!(String::from(blue), "#0b5cab");
        for wrong in ["0b5cab", "#fff", "#0b5cag", "blue", "#0b5cab0", "#ééé"] {
            assert_eq!(Colour::new(wrong).unwrap_err().code(), "document_value", "{wrong}");
        }
    }

    #[test]
    fn letters_can_be_read_whatever_the_merchant_chose() {
        let yellow = Colour::new("#ffe600").unwrap();
        assert_eq!(yellow.letters_on_it(), Colour::BLACK);
        assert!(yellow.on_paper().lightness() <= 125);
        let navy = Colour::new("#001f3f").unwrap();
        assert_eq!((navy.letters_on_it(), navy.on_paper()), (Colour::WHITE, navy));
        assert_eq!(navy.tint(100), Colour::WHITE);
    }
}
