//! Why this VAT: the rule that was applied, in a sentence; and what the law wants to be said.

use super::{country, fill, percent};
use crate::language::Language;
use domain::vat::{Decision, Mention, Reason, VatReturn, WhyDestination};

/// A sentence that the law wants on the invoice.
pub(crate) fn mention(mention: Mention, language: Language) -> &'static str {
    match language {
        Language::Nl => mention.dutch(),
        Language::En => mention.english(),
        Language::De => german(mention),
        Language::Fr => french(mention),
    }
}

fn german(mention: Mention) -> &'static str {
    match mention {
        Mention::ReverseCharge => "Steuerschuldnerschaft des Leistungsempfängers",
        Mention::IntraCommunity => "Steuerfreie innergemeinschaftliche Lieferung, Art. 138 Richtlinie 2006/112/EG",
        Mention::Export => "Steuerfreie Ausfuhrlieferung, Art. 146 Richtlinie 2006/112/EG",
        Mention::SmallBusinessNl => "Von der Umsatzsteuer befreit, Art. 25 des niederländischen Umsatzsteuergesetzes 1968",
        Mention::SmallBusinessBe => "Sonderregelung zur Steuerbefreiung für Kleinunternehmen (Belgien)",
        Mention::SmallBusinessEu => "Steuerbefreit, Regelung für Kleinunternehmen, Art. 284 Richtlinie 2006/112/EG",
        Mention::RepayDeductedVatBe => "Die Umsatzsteuer ist dem Staat zurückzuzahlen, soweit sie ursprünglich abgezogen wurde",
    }
}

fn french(mention: Mention) -> &'static str {
    match mention {
        Mention::ReverseCharge => "Autoliquidation",
        Mention::IntraCommunity => "Livraison intracommunautaire exonérée, art. 138 de la directive 2006/112/CE",
        Mention::Export => "Exportation exonérée, art. 146 de la directive 2006/112/CE",
        Mention::SmallBusinessNl => "Exonéré de TVA, art. 25 de la loi néerlandaise sur la TVA de 1968",
        Mention::SmallBusinessBe => "Régime particulier de franchise des petites entreprises",
        Mention::SmallBusinessEu => "Exonéré de TVA, franchise des petites entreprises, art. 284 de la directive 2006/112/CE",
        Mention::RepayDeductedVatBe => "TVA à reverser à l'État dans la mesure où elle a été initialement déduite",
    }
}

/// Sentences in the order of `Language::ALL`: country from, country to, rate are filled in as they are named.
struct Sentence([&'static str; 4]);

impl Sentence {
    fn say(&self, parts: &[&str], language: Language) -> String {
        let at = Language::ALL.iter().position(|known| *known == language).unwrap_or_default();
        fill(self.0[at], parts)
    }
}

const DOMESTIC: Sentence = Sentence([
    "Geleverd binnen {}: het tarief van dat land.",
    "Supplied within {}: the rate of that country.",
    "Lieferung im Inland ({}): der Steuersatz dieses Landes.",
    "Livraison à l'intérieur du pays ({}) : le taux de ce pays.",
]);
const ORIGIN: Sentence = Sentence([
    "Verzonden van {} naar {}, onder de drempel van 10.000 euro: het tarief van het land van vertrek.",
    "Sent from {} to {}, below the threshold of 10,000 euro: the rate of the country of departure.",
    "Versand ({} – {}), unter der Schwelle von 10.000 Euro: der Steuersatz des Abgangslandes.",
    "Envoi ({} – {}), sous le seuil de 10 000 euros : le taux du pays de départ.",
]);
const DESTINATION: Sentence = Sentence([
    "Verzonden van {} naar {}: het tarief van het land van aankomst{}.",
    "Sent from {} to {}: the rate of the country of arrival{}.",
    "Versand ({} – {}): der Steuersatz des Bestimmungslandes{}.",
    "Envoi ({} – {}) : le taux du pays d'arrivée{}.",
]);
const BY_OSS: Sentence = Sentence([
    ", aangegeven via het éénloketsysteem (OSS)",
    ", declared through the One Stop Shop (OSS)",
    ", erklärt über den One-Stop-Shop (OSS)",
    ", déclarée par le guichet unique (OSS)",
]);
const INTRA_COMMUNITY: Sentence = Sentence([
    "Verzonden van {} naar {}, aan een onderneming met btw-nummer {}: de koper geeft de verwerving aan.",
    "Sent from {} to {}, to a business with VAT number {}: the buyer accounts for the acquisition.",
    "Versand ({} – {}), an ein Unternehmen mit USt-IdNr. {}: der Käufer versteuert den Erwerb.",
    "Envoi ({} – {}), à une entreprise au n° de TVA {} : l'acheteur déclare l'acquisition.",
]);
const REVERSE_CHARGE: Sentence = Sentence([
    "Geleverd binnen {} door een verkoper die daar niet gevestigd is, aan een onderneming met btw-nummer {}: de koper geeft de btw aan.",
    "Supplied within {} by a seller not established there, to a business with VAT number {}: the buyer accounts for the VAT.",
    "Lieferung im Inland ({}) durch einen dort nicht ansässigen Verkäufer, an ein Unternehmen mit USt-IdNr. {}: der Käufer schuldet die Steuer.",
    "Livraison à l'intérieur du pays ({}) par un vendeur non établi, à une entreprise au n° de TVA {} : l'acheteur déclare la TVA.",
]);
const EXPORT: Sentence = Sentence([
    "Verzonden van {} naar {}, buiten de btw van de Europese Unie. Invoerbelasting en rechten kunnen bij aankomst verschuldigd zijn.",
    "Sent from {} to {}, outside the VAT of the European Union. Import tax and duties may be due on arrival.",
    "Versand ({} – {}), außerhalb des Umsatzsteuergebiets der Europäischen Union. Einfuhrabgaben können bei Ankunft anfallen.",
    "Envoi ({} – {}), hors du territoire TVA de l'Union européenne. Des taxes à l'importation peuvent être dues à l'arrivée.",
]);
const SMALL_BUSINESS: Sentence = Sentence([
    "De verkoper is als kleine ondernemer vrijgesteld in {}.",
    "The seller is exempt as a small enterprise in {}.",
    "Der Verkäufer ist als Kleinunternehmer befreit ({}).",
    "Le vendeur est exonéré comme petite entreprise ({}).",
]);

/// Why an amount is taxed as it is.
pub(crate) fn why(decision: &Decision, language: Language) -> String {
    let name = |code: &str| country(code, language);
    // Where a part of a state has rates of its own, the rate is that part's.
    let taxed = |code: &str| match decision.region {
        Some(region) if code == decision.country.code() => format!("{} ({})", name(code), region.name()),
        _ => name(code),
    };
    let sentence = match &decision.reason {
        Reason::Domestic { country, .. } => DOMESTIC.say(&[&taxed(country.code())], language),
        Reason::Origin { from, to, .. } => ORIGIN.say(&[&name(from.code()), &name(to.code())], language),
        Reason::Destination { from, to, because } => {
            let by_oss = matches!(because, WhyDestination::Oss) || decision.vat_return == VatReturn::Oss;
            let how = if by_oss { BY_OSS.say(&[], language) } else { String::new() };
            DESTINATION.say(&[&name(from.code()), &taxed(to.code()), &how], language)
        }
        Reason::IntraCommunity { from, to, number } => {
            INTRA_COMMUNITY.say(&[&name(from.code()), &name(to.code()), number.as_str()], language)
        }
        Reason::ReverseCharge { country, number } => REVERSE_CHARGE.say(&[&name(country.code()), number.as_str()], language),
        Reason::Export { from, to, territory } => {
            let to = territory.map_or_else(|| name(to.as_str()), |territory| territory.name().to_owned());
            EXPORT.say(&[&name(from.code()), &to], language)
        }
        Reason::SmallBusiness { country, .. } => SMALL_BUSINESS.say(&[&name(country.code())], language),
    };
    match decision.reason {
        // Who charges no VAT names no rate either.
        Reason::SmallBusiness { .. } => sentence,
        _ => format!("{}: {sentence}", percent(decision.rate, language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_law_wants_is_said_in_every_language() {
        let all = [
            Mention::ReverseCharge,
            Mention::IntraCommunity,
            Mention::Export,
            Mention::SmallBusinessNl,
            Mention::SmallBusinessBe,
            Mention::SmallBusinessEu,
            Mention::RepayDeductedVatBe,
        ];
        for said in all {
            let mut sentences: Vec<&str> = Language::ALL.map(|language| mention(said, language)).to_vec();
            sentences.sort_unstable();
            sentences.dedup();
            assert_eq!(sentences.len(), 4, "{sentences:?}");
        }
        // Words that the Directive itself prescribes (art. 226(11a)).
        let shifted = Language::ALL.map(|language| mention(Mention::ReverseCharge, language));
        assert_eq!(
            shifted,
            ["Btw verlegd", "Reverse charge", "Steuerschuldnerschaft des Leistungsempfängers", "Autoliquidation"]
        );
    }

    #[test]
    fn a_sentence_has_the_same_parts_in_every_language() {
        let all = [&DOMESTIC, &ORIGIN, &DESTINATION, &BY_OSS, &INTRA_COMMUNITY, &REVERSE_CHARGE, &EXPORT, &SMALL_BUSINESS];
        for sentence in all {
            let parts = sentence.0.map(|text| text.matches("{}").count());
            assert!(parts.iter().all(|count| *count == parts[0]), "{:?}", sentence.0);
        }
    }
}
