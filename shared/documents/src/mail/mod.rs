//! The mail that brings a document to its buyer: a few lines of text, the document, and how to follow the parcel.
//!
//! It holds what belongs to the order and nothing else: no link, and of a sale on a marketplace no way to the merchant but the marketplace's own. So it
//! keeps to the rules that marketplaces have for their addresses of buyers.

mod words;

use crate::Language;
use crate::words::money;
use domain::invoice::{Document, DocumentKind};
use domain::{breaks_a_line, fingerprint};
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

/// Characters of a name in a header.
const LONGEST_NAME: usize = 100;

/// Who sends a mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSender {
    /// The address it comes from: `invoices@kade.example`.
    pub from: String,
    /// Where answers go, if not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

/// How a parcel can be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelTrace {
    /// The carrier, as people call it, if it is known.
    pub carrier: Option<String>,
    /// The carrier's code of the parcel.
    pub tracking: String,
}

/// A file that goes with a mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailFile<'a> {
    /// Its name.
    pub name: String,
    /// What it is, such as `application/pdf`.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// A mail about a document.
pub struct DocumentMail<'a> {
    /// The document.
    pub document: &'a Document,
    /// Who sends it.
    pub sender: &'a MailSender,
    /// The buyer's address, or the marketplace's for the buyer.
    pub to: &'a str,
    /// Whether `to` is the marketplace's: then nothing in it leads past the marketplace.
    pub is_alias: bool,
    /// The parcels that the document is about.
    pub parcels: &'a [ParcelTrace],
    /// The document as files.
    pub files: &'a [MailFile<'a>],
    /// Names the mail, in the form of an address: the same at every try.
    pub id: &'a str,
    /// When it is written, UTC.
    pub at: Timestamp,
}

/// Why there is no mail. It holds no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// No mail reaches such an address.
    #[error("the buyer's e-mail address is none")]
    Address,
    /// The library that writes mails refused it.
    #[error("the mail cannot be written")]
    Written,
}

/// Whether mail can be sent to an address: one @, something before and a name with a dot behind it, and nothing that ends a header.
pub fn is_mail_address(text: &str) -> bool {
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']');
    let Some((before, host)) = text.split_once('@') else { return false };
    let sound = |part: &str| !part.is_empty() && part.chars().all(|c| is_plain(c) && c != '@');
    text.len() <= 254 && sound(before) && sound(host) && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
}

/// Text for a header or a line: on one line, and not longer than people read.
fn one_line(text: &str) -> String {
    let flat: String = text.chars().map(|c| if breaks_a_line(c) { ' ' } else { c }).collect();
    flat.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect()
}

/// The mail as it goes out (RFC 5322).
pub fn document_mail(mail: &DocumentMail<'_>) -> Result<Vec<u8>, MailError> {
    if !is_mail_address(mail.to) {
        return Err(MailError::Address);
    }
    let content = &mail.document.content;
    let seller = one_line(content.seller.trading_name.as_ref().unwrap_or(&content.seller.name));
    let mut parts = vec![MimePart::new("text/plain", text(mail, &seller))];
    parts.extend(mail.files.iter().map(|file| MimePart::new(file.media, file.bytes.to_vec()).attachment(file.name.clone())));
    // One that no encoded line can be, and the same at every try.
    let boundary = format!("=_sluis_{:016x}", fingerprint(&[mail.id]));
    let mixed = ContentType::new("multipart/mixed").attribute("boundary", boundary);
    let mut message = MessageBuilder::new()
        .from(Address::new_address(Some(seller.clone()), mail.sender.from.clone()))
        .to(Address::new_address(None::<String>, mail.to.to_owned()))
        .subject(subject(mail, &seller))
        .date(mail.at.as_second())
        .message_id(mail.id.to_owned())
        // So that holiday notices do not answer.
        .header("Auto-Submitted", Raw::new("auto-generated"));
    if let Some(reply_to) = &mail.sender.reply_to {
        message = message.reply_to(Address::new_address(Some(seller), reply_to.clone()));
    }
    message.body(MimePart::new(mixed, BodyPart::Multipart(parts))).write_to_vec().map_err(|_| MailError::Written)
}

fn language(mail: &DocumentMail<'_>) -> Language {
    Language::of_tag(&mail.document.content.language).unwrap_or(Language::En)
}

fn subject(mail: &DocumentMail<'_>, seller: &str) -> String {
    let words = words::of(language(mail));
    let template = match mail.document.content.kind {
        DocumentKind::Invoice => words.invoice_subject,
        DocumentKind::CreditNote => words.credit_note_subject,
    };
    words::filled(template, &[&mail.document.number, seller])
}

/// Anybody can order under a name: none leads a reader away from the merchant's own mail.
fn reads_like_a_link(name: &str) -> bool {
    let name = name.to_lowercase();
    ["://", "www.", "@"].iter().any(|part| name.contains(part))
}

fn text(mail: &DocumentMail<'_>, seller: &str) -> String {
    let (language, content) = (language(mail), &mail.document.content);
    let words = words::of(language);
    let buyer = one_line(content.buyer.attention.as_ref().unwrap_or(&content.buyer.name));
    let order = content.order.display_number.as_deref().unwrap_or(content.order.number.as_str());
    let opening = match (content.kind, &content.credits) {
        (DocumentKind::CreditNote, Some(credited)) => {
            words::filled(words.credit_note_opening, &[&mail.document.number, &credited.number, &one_line(order)])
        }
        _ => words::filled(words.invoice_opening, &[&mail.document.number, &one_line(order)]),
    };
    let greeting =
        if reads_like_a_link(&buyer) { words.greeting_unnamed.to_owned() } else { words::filled(words.greeting, &[&buyer]) };
    let mut paragraphs = vec![greeting, opening];
    let mut sums = Vec::new();
    let total = money(content.totals.gross, &content.currency, language);
    sums.push(words::filled(words.total, &[&total]));
    if content.kind == DocumentKind::Invoice {
        let payable = content.totals.payable;
        sums.push(if payable.is_zero() {
            words.paid.to_owned()
        } else {
            words::filled(words.payable, &[&money(payable, &content.currency, language)])
        });
    }
    paragraphs.push(sums.join("\n"));
    let traced: Vec<String> = mail.parcels.iter().map(|parcel| trace(words, parcel)).collect();
    if !traced.is_empty() {
        paragraphs.push(traced.join("\n"));
    }
    let contact = content.seller.email.as_ref().filter(|_| !mail.is_alias);
    paragraphs.push(match contact {
        Some(address) => words::filled(words.questions, &[&one_line(address)]),
        None => words.questions_there.to_owned(),
    });
    paragraphs.push(format!("{}\n{seller}", words.regards));
    paragraphs.join("\n\n")
}

fn trace(words: &words::MailWords, parcel: &ParcelTrace) -> String {
    let code = one_line(&parcel.tracking);
    match &parcel.carrier {
        Some(carrier) => words::filled(words.tracked_with, &[&one_line(carrier), &code]),
        None => words::filled(words.tracked, &[&code]),
    }
}
