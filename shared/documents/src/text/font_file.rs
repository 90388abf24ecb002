//! A font that a merchant gives.

use super::face::Face;
use crate::DocumentError;
use rustybuzz::ttf_parser::Permissions;

/// The most bytes of a font file: 8 MiB. Fonts with the signs of Chinese are larger, and make every document slow.
pub const MOST_FONT_BYTES: usize = 8 << 20;

/// A font file of the merchant, looked at once when it is uploaded: TrueType or OpenType, allowed to be embedded, with at least the
/// letters of Dutch, German and French, figures and the sign of the euro.
#[derive(Clone, PartialEq, Eq)]
pub struct FontFile(Vec<u8>);

impl FontFile {
    /// The bytes of a `.ttf` or `.otf` file.
    pub fn new(bytes: Vec<u8>) -> Result<Self, DocumentError> {
        if bytes.len() > MOST_FONT_BYTES {
            return refused(format!("{} bytes", bytes.len()), "a font file of at most 8 MiB");
        }
        let file = Self(bytes);
        // Readers of fonts count with what stands in the file, and some give up where that makes no sense.
        match std::panic::catch_unwind(|| file.looked_over()) {
            Ok(Ok(())) => Ok(file),
            Ok(Err(error)) => Err(error),
            Err(_) => refused("a font that is damaged".to_owned(), "a TrueType or OpenType file that is whole"),
        }
    }

    /// Whether documents can be set with it.
    fn looked_over(&self) -> Result<(), DocumentError> {
        let Some(face) = Face::open(&self.0) else {
            return refused("a file that is no font".to_owned(), "a TrueType or OpenType file (.ttf or .otf; not .woff)");
        };
        let forbids = face.shaper().permissions() == Some(Permissions::Restricted);
        if forbids || !face.shaper().is_outline_embedding_allowed() || !face.shaper().is_subsetting_allowed() {
            return refused("a font whose maker forbids that".to_owned(), "a font that may be embedded in documents");
        }
        let needed = ('!'..='~').chain("äëïöüßéèêçàâîôûœÄÖÜÉÈÇ€£·–".chars());
        let missing: String = needed.filter(|c| !face.has(*c)).collect();
        if !missing.is_empty() {
            return refused(
                format!("a font without {missing}"),
                "a font with the letters of Dutch, German and French, figures and €",
            );
        }
        crate::paper::try_font(self)
    }

    /// A font that nobody looked at.
    #[cfg(test)]
    pub(crate) fn unseen(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn refused<T>(given: String, expected: &'static str) -> Result<T, DocumentError> {
    Err(DocumentError::Font { given, expected })
}

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FontFile({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bytes: &[u8]) -> String {
        let error = FontFile::new(bytes.to_vec()).unwrap_err();
        assert_eq!(error.code(), "font_unusable");
        error.to_string()
    }

    #[test]
    fn a_font_with_the_letters_of_the_languages_is_taken() {
        assert!(FontFile::new(include_bytes!("../../tests/files/latin.otf").to_vec()).is_ok());
        assert!(FontFile::new(include_bytes!("../../assets/fonts/Inter-Regular.otf").to_vec()).is_ok());
    }

    #[test]
    fn what_cannot_be_drawn_with_is_refused_and_says_why() {
        assert!(refused(include_bytes!("../../tests/files/few-letters.otf")).contains("without äëï"));
        assert!(refused(include_bytes!("../../tests/files/forbidden.otf")).contains("whose maker forbids that"));
        assert!(refused(b"wOF2 and more").contains("no font"));
        assert!(refused(&vec![0; MOST_FONT_BYTES + 1]).contains("8388609 bytes"));
    }
}
