//! The documents of a sale: data in, bytes out.
//!
//! An invoice or credit note is made of `domain::invoice::Document` and a merchant's [`Look`]: pages as PDF/A-3b, the same in EN 16931 inside
//! (Factur-X), and for businesses UBL. Packing slips, pick lists and pro forma invoices are PDF alone.
//!
//! * **The same input is the same bytes**, on every machine and at any time: places on the page are whole numbers, dates are the document's, and
//!   nothing reads a clock or a file.
//! * **Amounts are taken, never worked out.** What the buyer paid stands in the document; this crate only writes it down, twice, and the rules of EN
//!   16931 are held over it ([`check`]) before there is a number.
//! * **Nothing a buyer writes stops a document.** Characters without a picture are drawn as others; the XML has the exact text.
//!
//! How it goes: `invoice` or `parcel` put letters and boxes on sheets (`paper`), in words of a language (`words`) and letters of a font (`text`);
//! `paper::write` makes a PDF of the sheets; `xml` makes the model of EN 16931 and attaches it. For merchants: `docs/guides/invoices-look.md`.
//!
//! Electronic invoices are an implementation of the EN 16931-1 semantic data model; © CEN, used under the 2018 CEN–EC licence agreement
//! ([`ATTRIBUTION`]). The font is Inter, under the SIL Open Font License 1.1 (`assets/fonts`).

mod barcode;
mod error;
mod invoice;
mod language;
mod look;
mod mail;
mod paper;
mod parcel;
mod text;
mod words;
mod xml;

// Tests of pages are given the same sales as tests from outside, which know this crate by its name.
#[cfg(test)]
extern crate self as documents;
#[cfg(test)]
mod layout_tests;

pub use error::DocumentError;
pub use language::Language;
pub use look::{Colour, Logo, Look, MOST_LOGO_BYTES, Shows, Texts};
pub use mail::{DocumentMail, MailError, MailFile, MailSender, ParcelTrace, document_mail, is_mail_address};
pub use parcel::{PackingSlip, Pick, PickList, PickOrder, Sender, SlipLine, packing_slip, pick_list};
pub use text::{FontFile, MOST_FONT_BYTES};
pub use xml::{PeppolId, Ubl, ubl};

/// The line that whoever implements EN 16931 must show. It belongs where people read about the program.
pub const ATTRIBUTION: &str = en16931::ATTRIBUTION;

use domain::invoice::{Content, Document};
use domain::vat::Decision;
use jiff::civil::Date;
use paper::{About, Sheet};

/// Whether a document can be issued: all rules of EN 16931, looked at before a number is spent on it. `Content::flaws` is about the sums; this is
/// about whether a machine of the buyer's will take it.
pub fn check(content: &Content) -> Result<(), DocumentError> {
    xml::proven(content, "1", content.supplied_on).map(|_| ())
}

/// The invoice or credit note as PDF/A-3 with its XML inside (Factur-X, profile EN 16931).
///
/// The same document and look are the same bytes, on every machine and at any time.
pub fn invoice(document: &Document, look: &Look) -> Result<Vec<u8>, DocumentError> {
    let (content, number, day) = (&document.content, document.number.as_str(), document.issued_on);
    let proof = xml::proven(content, number, day)?;
    let (pdf, about) = written(look, |look| invoice::pages(content, Some(number), day, look))?;
    xml::attach(&pdf, &proof, &about)
}

/// A pro forma invoice: what an invoice would say, without number, stamp and XML, and saying that it is none. The day is the one that stands on it.
pub fn pro_forma(content: &Content, day: Date, look: &Look) -> Result<Vec<u8>, DocumentError> {
    written(look, |look| invoice::pages(content, None, day, look)).map(|(pdf, _)| pdf)
}

/// Why an amount is taxed as it is, in the sentence that stands on documents.
pub fn why_this_vat(decision: &Decision, language: Language) -> String {
    words::why(decision, language)
}

/// Writes pages. A merchant's font was tried when it was uploaded; should the writer refuse it for letters that were not tried then, the document
/// is made in ours: an invoice in another font is better than none.
fn written(look: &Look, lay_out: impl Fn(&Look) -> (Vec<Sheet>, About)) -> Result<(Vec<u8>, About), DocumentError> {
    let write = |look: &Look| {
        let (sheets, about) = lay_out(look);
        paper::write(&sheets, look.logo.as_ref(), &about).map(|pdf| (pdf, about))
    };
    match write(look) {
        Err(DocumentError::Pdf(_)) if look.font.is_some() || look.bold_font.is_some() => {
            write(&Look { font: None, bold_font: None, ..look.clone() })
        }
        done => done,
    }
}
