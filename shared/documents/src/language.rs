//! The language of a document.

/// A language documents are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nl, Self::En, Self::De, Self::Fr];

    /// The ISO 639 code: `nl`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// The language of a tag such as `nl-BE` or `fr`, if documents are written in it.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The buyer's language: what the order says; else the one of the buyer's country, where it has one; else the merchant's own choice.
    ///
    /// Belgium, Luxembourg and Switzerland have more than one, so they say nothing.
    pub fn of_buyer(tag: Option<&str>, country: &str, otherwise: Self) -> Self {
        let by_country = match country {
            "NL" => Some(Self::Nl),
            "DE" | "AT" => Some(Self::De),
            "FR" | "MC" => Some(Self::Fr),
            "BE" | "LU" | "CH" => None,
            _ => Some(Self::En),
        };
        tag.and_then(Self::of_tag).or(by_country).unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_order_decides_then_the_country_then_the_merchant() {
        let of = |tag: Option<&str>, country: &str| Language::of_buyer(tag, country, Language::Nl);
        assert_eq!(of(Some("fr-BE"), "BE"), Language::Fr);
        assert_eq!(of(Some("pl"), "DE"), Language::De);
        assert_eq!(of(None, "ES"), Language::En);
        assert_eq!(of(None, "BE"), Language::Nl);
        assert_eq!(of(Some("NL_nl"), "FR"), Language::Nl);
    }
}
