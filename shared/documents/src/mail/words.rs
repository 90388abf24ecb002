//! What mails say, in each language. Each `{}` is filled in the order that is told beside it.

use crate::Language;

/// The texts of a mail.
pub(super) struct MailWords {
    /// number, seller
    pub(super) invoice_subject: &'static str,
    /// number, seller
    pub(super) credit_note_subject: &'static str,
    /// buyer
    pub(super) greeting: &'static str,
    /// To somebody whose name reads like an address.
    pub(super) greeting_unnamed: &'static str,
    /// number, order
    pub(super) invoice_opening: &'static str,
    /// number, invoice, order
    pub(super) credit_note_opening: &'static str,
    /// amount
    pub(super) total: &'static str,
    pub(super) paid: &'static str,
    /// amount
    pub(super) payable: &'static str,
    /// carrier, code
    pub(super) tracked_with: &'static str,
    /// code
    pub(super) tracked: &'static str,
    /// address
    pub(super) questions: &'static str,
    /// Where a marketplace is between.
    pub(super) questions_there: &'static str,
    pub(super) regards: &'static str,
}

pub(super) fn of(language: Language) -> &'static MailWords {
    match language {
        Language::Nl => &NL,
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
    }
}

static NL: MailWords = MailWords {
    invoice_subject: "Factuur {} van {}",
    credit_note_subject: "Creditnota {} van {}",
    greeting: "Beste {},",
    greeting_unnamed: "Beste klant,",
    invoice_opening: "Hierbij ontvangt u factuur {} bij uw bestelling {}. De factuur is als bijlage toegevoegd.",
    credit_note_opening: "Hierbij ontvangt u creditnota {} bij factuur {} van uw bestelling {}. De creditnota is als bijlage toegevoegd.",
    total: "Totaalbedrag: {}",
    paid: "Er is niets meer te betalen.",
    payable: "Nog te betalen: {}",
    tracked_with: "Uw pakket is verzonden met {}. Track & trace: {}",
    tracked: "Track & trace van uw pakket: {}",
    questions: "Hebt u een vraag? Schrijf ons op {}.",
    questions_there: "Hebt u een vraag? Stel die via uw account op de website waar u bestelde.",
    regards: "Met vriendelijke groet,",
};

static EN: MailWords = MailWords {
    invoice_subject: "Invoice {} from {}",
    credit_note_subject: "Credit note {} from {}",
    greeting: "Dear {},",
    greeting_unnamed: "Dear customer,",
    invoice_opening: "Please find attached invoice {} for your order {}.",
    credit_note_opening: "Please find attached credit note {}, which corrects invoice {} for your order {}.",
    total: "Total: {}",
    paid: "There is nothing left to pay.",
    payable: "Still to pay: {}",
    tracked_with: "Your parcel was sent with {}. Tracking code: {}",
    tracked: "Tracking code of your parcel: {}",
    questions: "Do you have a question? Write to us at {}.",
    questions_there: "Do you have a question? Please ask it through your account on the website where you ordered.",
    regards: "Kind regards,",
};

static DE: MailWords = MailWords {
    invoice_subject: "Rechnung {} von {}",
    credit_note_subject: "Gutschrift {} von {}",
    greeting: "Guten Tag {},",
    greeting_unnamed: "Guten Tag,",
    invoice_opening: "anbei erhalten Sie die Rechnung {} zu Ihrer Bestellung {}.",
    credit_note_opening: "anbei erhalten Sie die Gutschrift {} zur Rechnung {} Ihrer Bestellung {}.",
    total: "Gesamtbetrag: {}",
    paid: "Es ist nichts mehr zu bezahlen.",
    payable: "Noch zu bezahlen: {}",
    tracked_with: "Ihr Paket wurde mit {} verschickt. Sendungsnummer: {}",
    tracked: "Sendungsnummer Ihres Pakets: {}",
    questions: "Haben Sie eine Frage? Schreiben Sie uns an {}.",
    questions_there: "Haben Sie eine Frage? Bitte stellen Sie sie über Ihr Konto auf der Website, auf der Sie bestellt haben.",
    regards: "Mit freundlichen Grüßen",
};

static FR: MailWords = MailWords {
    invoice_subject: "Facture {} de {}",
    credit_note_subject: "Avoir {} de {}",
    greeting: "Bonjour {},",
    greeting_unnamed: "Bonjour,",
    invoice_opening: "Veuillez trouver ci-joint la facture {} de votre commande {}.",
    credit_note_opening: "Veuillez trouver ci-joint l’avoir {} relatif à la facture {} de votre commande {}.",
    total: "Montant total : {}",
    paid: "Il ne reste rien à payer.",
    payable: "Reste à payer : {}",
    tracked_with: "Votre colis a été expédié avec {}. Numéro de suivi : {}",
    tracked: "Numéro de suivi de votre colis : {}",
    questions: "Une question ? Écrivez-nous à {}.",
    questions_there: "Une question ? Posez-la depuis votre compte sur le site où vous avez commandé.",
    regards: "Cordialement,",
};

/// A text with its parts, in their order. What is filled in is not looked at for more.
pub(super) fn filled(template: &str, parts: &[&str]) -> String {
    let mut pieces = template.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (nth, piece) in pieces.enumerate() {
        text.push_str(parts.get(nth).copied().unwrap_or_default());
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_text_with_as_many_parts() {
        let texts = |words: &'static MailWords| {
            [
                words.invoice_subject,
                words.credit_note_subject,
                words.greeting,
                words.greeting_unnamed,
                words.invoice_opening,
                words.credit_note_opening,
                words.total,
                words.paid,
                words.payable,
                words.tracked_with,
                words.tracked,
                words.questions,
                words.questions_there,
                words.regards,
            ]
        };
        let parts = [2, 2, 1, 0, 2, 3, 1, 0, 1, 2, 1, 1, 0, 0];
        for language in Language::ALL {
            let texts = texts(of(language));
            assert!(texts.iter().all(|text| !text.is_empty() && !text.contains("http")), "{language:?}");
            assert_eq!(texts.map(|text| text.matches("{}").count()), parts, "{language:?}");
        }
        assert_eq!(filled("{} and {}", &["{}", "b"]), "{} and b");
    }
}
