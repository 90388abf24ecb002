//! The XML inside the PDF (Factur-X, in Germany `ZUGFeRD`).

use super::{broken, model, refused};
use crate::DocumentError;
use crate::paper::About;
use domain::invoice::Content;
use en16931::En16931;
use en16931::validation::profile::Validated;
use en16931_formats::zugferd::{EmbedOptions, Metadata, Relationship, embed};
use jiff::civil::Date;
use std::time::{Duration, SystemTime};

/// The document, proven to keep all rules of EN 16931.
pub(crate) fn proven(content: &Content, number: &str, issued_on: Date) -> Result<Validated<En16931>, DocumentError> {
    let invoice = model::model(content, number, issued_on)?;
    Validated::<En16931>::new(invoice).map_err(|no| refused("EN 16931", broken(no.report())))
}

/// The pages with the XML attached. Its date is that of the document, so that the same document is the same bytes.
pub(crate) fn attach(pdf: &[u8], invoice: &Validated<En16931>, about: &About) -> Result<Vec<u8>, DocumentError> {
    let seconds = about.day.duration_since(Date::constant(1970, 1, 1)).as_secs();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    let options = EmbedOptions {
        relationship: Relationship::Alternative,
        metadata: Some(Metadata { title: about.title.clone(), subject: about.subject.clone(), author: about.author.clone() }),
        modified: Some(modified),
    };
    embed(pdf, invoice, &options).map_err(|error| DocumentError::Pdf(error.to_string()))
}
