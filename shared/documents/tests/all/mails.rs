//! The mail that brings a document to its buyer.

use crate::sales;
use documents::{DocumentMail, MailError, MailFile, MailSender, ParcelTrace, document_mail, is_mail_address};
use domain::invoice::Document;

fn mail(document: &Document, to: &str, is_alias: bool) -> Result<String, MailError> {
    let sender = MailSender { from: "invoices@kade.example.test".into(), reply_to: Some("hello@kade.example.test".into()) };
    let parcels = [ParcelTrace { carrier: Some("PostNL".into()), tracking: "3SKADE0418".into() }];
    let files = [
        MailFile { name: "F2026-1.pdf".into(), media: "application/pdf", bytes: b"%PDF-1.7" },
        MailFile { name: "F2026-1.xml".into(), media: "application/xml", bytes: b"<Invoice/>" },
    ];
    let at = "2026-11-28T10:00:00Z".parse().unwrap();
    let id = "kade.invoice.2026.418@kade.example.test";
    let written =
        document_mail(&DocumentMail { document, sender: &sender, to, is_alias, parcels: &parcels, files: &files, id, at })?;
    Ok(String::from_utf8(written).unwrap())
}

/// The text of quoted-printable, as far as these mails use it.
fn readable(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=E2=82=AC", "€").replace("=C2=A0", " ").replace("=C3=BC", "ü").replace("=C3=9F", "ß")
}

#[test]
fn it_has_the_document_the_order_the_sum_and_the_parcel() {
    let document = sales::at_home::mixed_rates();
    let written = mail(&document, "sanne@example.test", false).unwrap();
    assert_eq!(written, mail(&document, "sanne@example.test", false).unwrap(), "the same bytes at any time");
    for header in [
        "To: <sanne@example.test>",
        "<invoices@kade.example.test>",
        "Reply-To: ",
        "Message-ID: <kade.invoice.2026.418@kade.example.test>",
        "Auto-Submitted: auto-generated",
        "Date: Sat, 28 Nov 2026 10:00:00 +0000",
    ] {
        assert!(written.contains(header), "{header} is not in {written}");
    }
    assert!(written.contains("Content-Type: application/pdf") && written.contains("JVBERi0xLjc="), "{written}");
    assert!(written.contains("filename=\"F2026-1.xml\"") && written.contains("PEludm9pY2UvPg=="), "{written}");
    let text = readable(&written);
    for words in [document.number.as_str(), "#10482", "PostNL", "3SKADE0418"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
}

#[test]
fn each_language_says_it_and_a_marketplace_is_not_gone_round() {
    let mut document = sales::at_home::mixed_rates();
    document.content.seller.email = Some("hello@kade.example.test".into());
    for (language, word) in [("nl", "Factuur"), ("en", "Invoice"), ("de", "Rechnung"), ("fr", "Facture")] {
        document.content.language = language.into();
        let direct = readable(&mail(&document, "sanne@example.test", false).unwrap());
        assert!(direct.contains(&format!("Subject: {word} {}", document.number)), "{direct}");
        let body = |mail: &str| mail.split_once("\r\n\r\n").unwrap().1.to_owned();
        assert!(body(&direct).contains("hello@kade.example.test"), "{direct}");
        let alias = readable(&mail(&document, "ab12@verkopen.example.test", true).unwrap());
        assert!(!body(&alias).contains('@') && !alias.contains("http"), "nothing leads past it: {alias}");
    }
    let credit = sales::credits::of_a_line();
    let credited = credit.content.credits.clone().unwrap().number;
    assert!(readable(&mail(&credit, "sanne@example.test", false).unwrap()).contains(&credited));
}

#[test]
fn nothing_that_a_buyer_is_called_ends_a_header_and_an_address_that_is_none_is_refused() {
    let mut document = sales::at_home::mixed_rates();
    document.content.buyer.name = "Sanne\r\nBcc: everybody@example.test\r\n\r\n--=_sluis_".into();
    document.content.seller.trading_name = Some("Kade\r\nBcc: everybody@example.test".into());
    let written = mail(&document, "sanne@example.test", false).unwrap();
    assert!(!written.contains("\nBcc:"), "{written}");
    for wrong in
        ["", "sanne", "sanne@host", "sanne@example.test\r\nBcc: x@y.test", "a b@example.test", "a@b@example.test", "<a@b.test>"]
    {
        assert!(!is_mail_address(wrong), "{wrong}");
        let error = mail(&document, wrong, false).unwrap_err();
        assert_eq!(error, MailError::Address);
        assert!(wrong.is_empty() || !error.to_string().contains(wrong));
    }
}
