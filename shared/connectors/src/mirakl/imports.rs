//! Files of many items: sent once, and followed by the import's number, line by line.

use super::{requests, wire};
use crate::wire_text;
use bytes::Bytes;
use csv::{QuoteStyle, WriterBuilder};
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};

/// A kind of import.
#[derive(Debug)]
pub(super) struct Imports {
    /// In the status of what is pending.
    pub(super) kind: &'static str,
    /// Where files go, and their reports lie.
    pub(super) path: &'static str,
    /// How far an import is may be asked once in so many seconds.
    pub(super) ask_every_s: u32,
}

/// Of figures.
pub(super) const STOCK: Imports = Imports { kind: "stock", path: "/api/offers/stock/imports", ask_every_s: 15 };
/// Of prices.
pub(super) const PRICES: Imports = Imports { kind: "price", path: "/api/offers/pricing/imports", ask_every_s: 60 };

impl Imports {
    /// Sends a file; answers the import's number.
    pub(super) async fn send(&self, call: &Call<'_>, operation: &'static str, file: File) -> Result<String> {
        let response = requests::upload(call, operation, self.path, &file.text(operation)?).await?;
        // Taken it is, whatever the answer says.
        let unknown = || {
            let message = "the marketplace took a file and does not tell its number";
            Error::new(ErrorKind::Protocol, operation, message).with_status(Status::Unknown)
        };
        let told: wire::Imported = wire_text::json(operation, response.body()).map_err(|_| unknown())?;
        let number = told.import_id.text();
        let is_number = !number.is_empty() && !number.contains('|');
        is_number.then(|| number.to_owned()).ok_or_else(unknown)
    }

    /// What is known of an item whose line was sent.
    pub(super) fn pending(&self, import: &str, sku: &str) -> Acknowledged {
        Acknowledged::Pending(format!("{}|{import}|{sku}", self.kind))
    }
}

/// A file as it is written: semicolons, and every field in quotes.
pub(super) struct File(csv::Writer<Vec<u8>>);

impl File {
    /// With these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut writer = WriterBuilder::new().delimiter(b';').quote_style(QuoteStyle::Always).from_writer(Vec::new());
        // Into memory it cannot fail; what is missing shows with the rows, which have as many fields.
        let _ = writer.write_record(columns);
        Self(writer)
    }

    /// One more line.
    pub(super) fn row(&mut self, fields: &[&str]) -> Result<()> {
        self.0.write_record(fields).map_err(|e| Error::new(ErrorKind::Bug, "mirakl.import", e.to_string()))
    }

    fn text(self, operation: &'static str) -> Result<String> {
        let bug = |why: String| Error::new(ErrorKind::Bug, operation, why);
        let bytes = self.0.into_inner().map_err(|e| bug(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| bug(e.to_string()))
    }
}

/// Why a report refuses an item; `None`: it is not in it, so its line was taken. `Err`: the report cannot be read.
pub(super) fn refusal(operation: &'static str, report: &Bytes, sku: &str) -> Result<Option<String>> {
    let unreadable = || {
        let message = "the report of an import cannot be read, and which of its lines were refused is not known";
        Error::new(ErrorKind::Protocol, operation, message)
    };
    let text = String::from_utf8_lossy(report);
    let text = text.trim_start_matches('\u{feff}');
    // The operator chooses it.
    let delimiter = if text.lines().next().unwrap_or_default().contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let columns = reader.headers().map_err(|_| unreadable())?.clone();
    let named = |name: &str| columns.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
    let item = named("offer-sku").ok_or_else(unreadable)?;
    // The first column is the number of the line, the second says why.
    let (mut rows, mut found) = (0, None);
    for record in reader.records() {
        let record = record.map_err(|_| unreadable())?;
        rows += 1;
        if record.get(item).is_some_and(|field| field == sku) {
            found = Some(super::errors::shortened(record.get(1).unwrap_or_default()));
        }
    }
    if rows == 0 { Err(unreadable()) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_refuses_exactly_the_lines_that_stand_in_it() {
        for report in [
            "\u{feff}\"line-number\";\"error-message\";\"offer-sku\";\"quantity\"\n\"3\";\"Unknown; sku\";\"A;1\";\"7\"\n",
            "line-number,error-message,offer-sku,quantity\r\n3,Unknown; sku,A;1,7\r\n",
        ] {
            let refused = |sku: &str| refusal("t", &Bytes::from(report), sku).unwrap();
            assert_eq!(refused("A;1").as_deref(), Some("Unknown; sku"), "{report}");
            assert_eq!(refused("B"), None);
        }
        for unreadable in ["", "<html>", "line-number;error-message;offer-sku\n"] {
            assert_eq!(refusal("t", &Bytes::from(unreadable), "A").unwrap_err().kind, ErrorKind::Protocol, "{unreadable}");
        }
    }
}
