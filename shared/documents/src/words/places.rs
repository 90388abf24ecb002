//! Names of countries.

use crate::language::Language;

/// In the order of `Language::ALL`.
const NAMES: &[(&str, [&str; 4])] = &[
    ("AT", ["Oostenrijk", "Austria", "Österreich", "Autriche"]),
    ("BE", ["België", "Belgium", "Belgien", "Belgique"]),
    ("BG", ["Bulgarije", "Bulgaria", "Bulgarien", "Bulgarie"]),
    ("CH", ["Zwitserland", "Switzerland", "Schweiz", "Suisse"]),
    ("CY", ["Cyprus", "Cyprus", "Zypern", "Chypre"]),
    ("CZ", ["Tsjechië", "Czechia", "Tschechien", "Tchéquie"]),
    ("DE", ["Duitsland", "Germany", "Deutschland", "Allemagne"]),
    ("DK", ["Denemarken", "Denmark", "Dänemark", "Danemark"]),
    ("EE", ["Estland", "Estonia", "Estland", "Estonie"]),
    ("ES", ["Spanje", "Spain", "Spanien", "Espagne"]),
    ("FI", ["Finland", "Finland", "Finnland", "Finlande"]),
    ("FR", ["Frankrijk", "France", "Frankreich", "France"]),
    ("GB", ["Verenigd Koninkrijk", "United Kingdom", "Vereinigtes Königreich", "Royaume-Uni"]),
    ("GR", ["Griekenland", "Greece", "Griechenland", "Grèce"]),
    ("HR", ["Kroatië", "Croatia", "Kroatien", "Croatie"]),
    ("HU", ["Hongarije", "Hungary", "Ungarn", "Hongrie"]),
    ("IE", ["Ierland", "Ireland", "Irland", "Irlande"]),
    ("IS", ["IJsland", "Iceland", "Island", "Islande"]),
    ("IT", ["Italië", "Italy", "Italien", "Italie"]),
    ("LI", ["Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein"]),
    ("LT", ["Litouwen", "Lithuania", "Litauen", "Lituanie"]),
    ("LU", ["Luxemburg", "Luxembourg", "Luxemburg", "Luxembourg"]),
    ("LV", ["Letland", "Latvia", "Lettland", "Lettonie"]),
    ("MC", ["Monaco", "Monaco", "Monaco", "Monaco"]),
    ("MT", ["Malta", "Malta", "Malta", "Malte"]),
    ("NL", ["Nederland", "The Netherlands", "Niederlande", "Pays-Bas"]),
    ("NO", ["Noorwegen", "Norway", "Norwegen", "Norvège"]),
    ("PL", ["Polen", "Poland", "Polen", "Pologne"]),
    ("PT", ["Portugal", "Portugal", "Portugal", "Portugal"]),
    ("RO", ["Roemenië", "Romania", "Rumänien", "Roumanie"]),
    ("SE", ["Zweden", "Sweden", "Schweden", "Suède"]),
    ("SI", ["Slovenië", "Slovenia", "Slowenien", "Slovénie"]),
    ("SK", ["Slowakije", "Slovakia", "Slowakei", "Slovaquie"]),
    ("US", ["Verenigde Staten", "United States", "Vereinigte Staaten", "États-Unis"]),
    // As VAT has it, not as addresses do.
    ("XI", ["Noord-Ierland", "Northern Ireland", "Nordirland", "Irlande du Nord"]),
];

/// The name of a country, or its code where none is known.
pub(crate) fn country(code: &str, language: Language) -> String {
    let names = NAMES.iter().find(|(known, _)| *known == code).map(|(_, names)| names);
    let at = Language::ALL.iter().position(|known| *known == language).unwrap_or_default();
    names.map_or(code, |names| names[at]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::vat::VatCountry;

    #[test]
    fn every_state_whose_vat_can_be_due_has_a_name_in_every_language() {
        for state in VatCountry::all() {
            for language in Language::ALL {
                assert_ne!(country(state.code(), language), state.code(), "{state} {}", language.code());
            }
        }
        assert_eq!(country("JP", Language::Nl), "JP");
    }
}
