//! Series of numbers: one for each legal entity, kind of document and year, and for each connection where the merchant wishes.

use super::DocumentKind;
use crate::{ConnectionId, Invalid};

/// The merchant's word for one of its legal entities: `kade-bv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LegalEntityId(String);

impl LegalEntityId {
    /// 1 to 40 small letters, digits and dashes, not starting with a dash.
    pub fn new(word: &str) -> Result<Self, Invalid> {
        let is_sound = !word.is_empty()
            && word.len() <= 40
            && !word.starts_with('-')
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_sound {
            Ok(Self(word.to_owned()))
        } else {
            Err(Invalid::new("legal entity", word, "1 to 40 small letters, digits and dashes, not starting with a dash"))
        }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LegalEntityId {
    type Error = Invalid;
    fn try_from(word: String) -> Result<Self, Invalid> {
        Self::new(&word)
    }
}

impl From<LegalEntityId> for String {
    fn from(entity: LegalEntityId) -> Self {
        entity.0
    }
}

/// Within one of these numbers count from the first without a gap (Directive 2006/112/EC, art. 226(2): "one or more series").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Who issues.
    pub entity: LegalEntityId,
    /// What.
    pub kind: DocumentKind,
    /// The year of the date of issue in Europe/Amsterdam.
    pub year: i16,
    /// The connection, where the merchant keeps one series for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
}
