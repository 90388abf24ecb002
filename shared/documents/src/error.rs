//! Why a document could not be made.

/// Why a document could not be made. Nothing that a buyer writes is a reason; what the merchant gave, or a sum that does not add up, is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A font file cannot be used.
    #[error("font: got {given}, expected {expected}")]
    Font {
        /// What was given.
        given: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// A logo cannot be used.
    #[error("logo: got {given}, expected {expected}")]
    Logo {
        /// What was given.
        given: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// A value of the document does not fit its place in the XML.
    #[error("{field}: got {given:?}, expected {expected}")]
    Value {
        /// The business term, such as `BT-5 currency`.
        field: &'static str,
        /// What was given.
        given: String,
        /// What would have been right.
        expected: &'static str,
    },
    /// The document breaks rules of the standard it is to be written in.
    #[error("the document breaks {} of {standard}: {}", if .broken.len() == 1 { "a rule" } else { "rules" }, .broken.join("; "))]
    Rules {
        /// Whose rules: `EN 16931`, `Peppol BIS 3`, `NLCIUS`.
        standard: &'static str,
        /// Each rule that is broken, with the rule's own number and where.
        broken: Vec<String>,
    },
    /// The PDF could not be written. It is never the data's fault: a fault of ours, or of what we write it with.
    #[error("PDF: {0}")]
    Pdf(String),
}

impl DocumentError {
    /// A word for it that does not change: for an API, a page, a test.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Font { .. } => "font_unusable",
            Self::Logo { .. } => "logo_unusable",
            Self::Value { .. } => "document_value",
            Self::Rules { .. } => "document_rules",
            Self::Pdf(_) => "document_not_written",
        }
    }
}
