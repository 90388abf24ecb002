//! Parts of states whose VAT is not that of the state, as postcodes tell them.
//!
//! Outside the EU's VAT: Directive 2006/112/EC, art. 6 and 7; regional rates: art. 104 to 105, 120. Postcodes: as of November 2026.

use super::VatCountry;

/// A territory outside the EU's VAT whose addresses carry the country code of a member state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Territory {
    /// Spain, 35 and 38.
    CanaryIslands,
    /// Spain, 51.
    Ceuta,
    /// Spain, 52.
    Melilla,
    /// Italy, 23041.
    Livigno,
    /// Italy, 22061.
    Campione,
    /// Written as Italy, 4789.
    SanMarino,
    /// Written as Italy, 00120.
    Vatican,
    /// Germany, 78266.
    Buesingen,
    /// Germany, 27498.
    Helgoland,
    /// Finland, 22.
    Aland,
    /// Greece, 63086.
    MountAthos,
    /// France, 971 to 976 but 975.
    FrenchDepartments,
    /// France, 975, 977, 978, 986 to 988.
    FrenchCollectivities,
    /// Denmark, 39.
    Greenland,
}

impl Territory {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::CanaryIslands => "Canarias",
            Self::Ceuta => "Ceuta",
            Self::Melilla => "Melilla",
            Self::Livigno => "Livigno",
            Self::Campione => "Campione d'Italia",
            Self::SanMarino => "San Marino",
            Self::Vatican => "Città del Vaticano",
            Self::Buesingen => "Büsingen am Hochrhein",
            Self::Helgoland => "Helgoland",
            Self::Aland => "Åland",
            Self::MountAthos => "Άγιο Όρος",
            Self::FrenchDepartments => "Guadeloupe, Martinique, Guyane, La Réunion, Mayotte, Saint-Martin",
            Self::FrenchCollectivities => {
                "Saint-Pierre-et-Miquelon, Saint-Barthélemy, Polynésie, Nouvelle-Calédonie, Wallis-et-Futuna"
            }
            Self::Greenland => "Kalaallit Nunaat",
        }
    }
}

/// A part of a member state with rates of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Portugal, 90 to 94.
    Madeira,
    /// Portugal, 95 to 99.
    Azores,
    /// Austria, 6691 and 6991 to 6993: Jungholz and Mittelberg.
    Kleinwalsertal,
    /// France, 20.
    Corsica,
}

impl Region {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Madeira => "Madeira",
            Self::Azores => "Açores",
            Self::Kleinwalsertal => "Jungholz, Mittelberg",
            Self::Corsica => "Corse",
        }
    }

    /// By its word in the table of rates.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        match word {
            "madeira" => Some(Self::Madeira),
            "azores" => Some(Self::Azores),
            "kleinwalsertal" => Some(Self::Kleinwalsertal),
            "corsica" => Some(Self::Corsica),
            _ => None,
        }
    }
}

/// What a postcode says about a place in a member state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Like the rest of the state.
    Usual,
    Region(Region),
    Outside(Territory),
}

/// How many digits the postcodes have of a state in which they matter; `None`: they do not.
pub(super) fn digits_that_matter(country: VatCountry) -> Option<usize> {
    match country {
        VatCountry::Es | VatCountry::It | VatCountry::De | VatCountry::Fi | VatCountry::Gr | VatCountry::Fr => Some(5),
        VatCountry::Pt => Some(7),
        VatCountry::At | VatCountry::Dk => Some(4),
        _ => None,
    }
}

/// A postcode that towns outside the EU's VAT share with others, or did until lately: the town's name in small letters tells.
pub(super) fn shares_postcode(country: VatCountry, digits: &str) -> Option<(&'static str, Territory)> {
    match (country, digits) {
        (VatCountry::It, "23030") => Some(("livigno", Territory::Livigno)),
        (VatCountry::It, "22060") => Some(("campione", Territory::Campione)),
        _ => None,
    }
}

/// The part of the state, by its postcode: digits alone, as many as it has.
pub(super) fn part_of(country: VatCountry, digits: &str) -> Part {
    let starts = |starts: &[&str]| starts.iter().any(|start| digits.starts_with(start));
    match country {
        VatCountry::Es if starts(&["35", "38"]) => Part::Outside(Territory::CanaryIslands),
        VatCountry::Es if starts(&["51"]) => Part::Outside(Territory::Ceuta),
        VatCountry::Es if starts(&["52"]) => Part::Outside(Territory::Melilla),
        VatCountry::It if digits == "23041" => Part::Outside(Territory::Livigno),
        VatCountry::It if digits == "22061" => Part::Outside(Territory::Campione),
        VatCountry::It if starts(&["4789"]) => Part::Outside(Territory::SanMarino),
        VatCountry::It if digits == "00120" => Part::Outside(Territory::Vatican),
        VatCountry::De if digits == "78266" => Part::Outside(Territory::Buesingen),
        VatCountry::De if digits == "27498" => Part::Outside(Territory::Helgoland),
        VatCountry::Fi if starts(&["22"]) => Part::Outside(Territory::Aland),
        VatCountry::Gr if digits == "63086" => Part::Outside(Territory::MountAthos),
        VatCountry::Fr if starts(&["971", "972", "973", "974", "976"]) => Part::Outside(Territory::FrenchDepartments),
        VatCountry::Fr if starts(&["975", "977", "978", "986", "987", "988"]) => Part::Outside(Territory::FrenchCollectivities),
        VatCountry::Dk if starts(&["39"]) => Part::Outside(Territory::Greenland),
        VatCountry::Fr if starts(&["20"]) => Part::Region(Region::Corsica),
        VatCountry::Pt if starts(&["90", "91", "92", "93", "94"]) => Part::Region(Region::Madeira),
        VatCountry::Pt if starts(&["95", "96", "97", "98", "99"]) => Part::Region(Region::Azores),
        VatCountry::At if digits == "6691" || starts(&["6991", "6992", "6993"]) => Part::Region(Region::Kleinwalsertal),
        _ => Part::Usual,
    }
}
