//! Names of countries.

use crate::language::Language;

/// In the order of `Language::ALL`.
const NAMES: &[(&str, [&str; 4])] = &[
    ("AD", ["Andorra", "Andorra", "Andorra", "Andorre"]),
    ("AL", ["Albanië", "Albania", "Albanien", "Albanie"]),
    ("AT", ["Oostenrijk", "Austria", "Österreich", "Autriche"]),
    ("AU", ["Australië", "Australia", "Australien", "Australie"]),
    ("BA", ["Bosnië en Herzegovina", "Bosnia and Herzegovina", "Bosnien und Herzegowina", "Bosnie-Herzégovine"]),
    ("BE", ["België", "Belgium", "Belgien", "Belgique"]),
    ("BG", ["Bulgarije", "Bulgaria", "Bulgarien", "Bulgarie"]),
    ("CA", ["Canada", "Canada", "Kanada", "Canada"]),
    ("CH", ["Zwitserland", "Switzerland", "Schweiz", "Suisse"]),
    ("CY", ["Cyprus", "Cyprus", "Zypern", "Chypre"]),
    ("CZ", ["Tsjechië", "Czechia", "Tschechien", "Tchéquie"]),
    ("DE", ["Duitsland", "Germany", "Deutschland", "Allemagne"]),
    ("DK", ["Denemarken", "Denmark", "Dänemark", "Danemark"]),
    ("EE", ["Estland", "Estonia", "Estland", "Estonie"]),
    ("ES", ["Spanje", "Spain", "Spanien", "Espagne"]),
    ("FI", ["Finland", "Finland", "Finnland", "Finlande"]),
    ("FO", ["Faeröer", "Faroe Islands", "Färöer", "Îles Féroé"]),
    ("FR", ["Frankrijk", "France", "Frankreich", "France"]),
    ("GB", ["Verenigd Koninkrijk", "United Kingdom", "Vereinigtes Königreich", "Royaume-Uni"]),
    ("GG", ["Guernsey", "Guernsey", "Guernsey", "Guernesey"]),
    ("GI", ["Gibraltar", "Gibraltar", "Gibraltar", "Gibraltar"]),
    ("GL", ["Groenland", "Greenland", "Grönland", "Groenland"]),
    ("GR", ["Griekenland", "Greece", "Griechenland", "Grèce"]),
    ("HR", ["Kroatië", "Croatia", "Kroatien", "Croatie"]),
    ("HU", ["Hongarije", "Hungary", "Ungarn", "Hongrie"]),
    ("IE", ["Ierland", "Ireland", "Irland", "Irlande"]),
    ("IM", ["Man", "Isle of Man", "Insel Man", "Île de Man"]),
    ("IS", ["IJsland", "Iceland", "Island", "Islande"]),
    ("IT", ["Italië", "Italy", "Italien", "Italie"]),
    ("JE", ["Jersey", "Jersey", "Jersey", "Jersey"]),
    ("JP", ["Japan", "Japan", "Japan", "Japon"]),
    ("LI", ["Liechtenstein", "Liechtenstein", "Liechtenstein", "Liechtenstein"]),
    ("LT", ["Litouwen", "Lithuania", "Litauen", "Lituanie"]),
    ("LU", ["Luxemburg", "Luxembourg", "Luxemburg", "Luxembourg"]),
    ("LV", ["Letland", "Latvia", "Lettland", "Lettonie"]),
    ("MC", ["Monaco", "Monaco", "Monaco", "Monaco"]),
    ("MD", ["Moldavië", "Moldova", "Moldau", "Moldavie"]),
    ("ME", ["Montenegro", "Montenegro", "Montenegro", "Monténégro"]),
    ("MK", ["Noord-Macedonië", "North Macedonia", "Nordmazedonien", "Macédoine du Nord"]),
    ("MT", ["Malta", "Malta", "Malta", "Malte"]),
    ("NL", ["Nederland", "The Netherlands", "Niederlande", "Pays-Bas"]),
    ("NO", ["Noorwegen", "Norway", "Norwegen", "Norvège"]),
    ("NZ", ["Nieuw-Zeeland", "New Zealand", "Neuseeland", "Nouvelle-Zélande"]),
    ("PL", ["Polen", "Poland", "Polen", "Pologne"]),
    ("PT", ["Portugal", "Portugal", "Portugal", "Portugal"]),
    ("RO", ["Roemenië", "Romania", "Rumänien", "Roumanie"]),
    ("RS", ["Servië", "Serbia", "Serbien", "Serbie"]),
    ("SE", ["Zweden", "Sweden", "Schweden", "Suède"]),
    ("SI", ["Slovenië", "Slovenia", "Slowenien", "Slovénie"]),
    ("SK", ["Slowakije", "Slovakia", "Slowakei", "Slovaquie"]),
    ("SM", ["San Marino", "San Marino", "San Marino", "Saint-Marin"]),
    ("TR", ["Turkije", "Türkiye", "Türkei", "Turquie"]),
    ("UA", ["Oekraïne", "Ukraine", "Ukraine", "Ukraine"]),
    ("US", ["Verenigde Staten", "United States", "Vereinigte Staaten", "États-Unis"]),
    ("VA", ["Vaticaanstad", "Vatican City", "Vatikanstadt", "Vatican"]),
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
        // Places that are outside the EU's VAT and have a code of their own.
        for code in ["JE", "GG", "IM", "GI", "FO", "GL", "AD", "SM", "VA"] {
            assert_ne!(country(code, Language::Nl), code);
        }
        assert_eq!(country("ZZ", Language::Nl), "ZZ");
    }
}
