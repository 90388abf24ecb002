//! What the bytes of an issued document were when they were kept.

use super::{TypedRow, broken, json, number, series_name, to_json};
use domain::invoice::Series;
use ports::{Key, Result, Row};
use ring::digest;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// By what the kept bytes of a document are known. Whatever lies under their name later is sent to nobody unless it is still them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDocumentRow {
    /// The document's series.
    pub series: Series,
    /// Its place there.
    pub sequence: u64,
    /// SHA-256 in hexadecimal, by the ending of the form's file (`pdf`, `xml`).
    pub sha256: BTreeMap<String, String>,
}

impl KeptDocumentRow {
    /// Its key.
    pub fn key(series: &Series, sequence: u64) -> Key {
        Key::new(format!("INVOICE_DELIVERIES#{}#kept", series_name(series)), format!("{sequence:012}"))
    }

    /// Notes the bytes of a form.
    pub(crate) fn note(&mut self, form: &str, bytes: &[u8]) {
        self.sha256.insert(form.to_owned(), sha256(bytes));
    }

    /// Whether these are the bytes that were kept of a form.
    pub(crate) fn are(&self, form: &str, bytes: &[u8]) -> bool {
        self.sha256.get(form).is_some_and(|known| *known == sha256(bytes))
    }
}

fn sha256(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl TypedRow for KeptDocumentRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.series, self.sequence))
            .text("series", to_json(&self.series))
            .number("sequence", i64::try_from(self.sequence).unwrap_or(i64::MAX))
            .text("sha256", to_json(&self.sha256))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sequence = u64::try_from(number(row, "sequence")?).map_err(|_| broken(&row.key, "`sequence` is below 0"))?;
        Ok(Self { series: json(row, "series")?, sequence, sha256: json(row, "sha256")? })
    }
}
