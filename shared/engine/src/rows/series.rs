//! How far a series of numbers has come, and how far it was looked through.

use super::{TypedRow, broken, json, number, text, to_json};
use domain::invoice::{DocumentKind, NumberFormat, Series, SeriesFlaw, SeriesState};
use jiff::Timestamp;
use jiff::civil::Date;
use ports::{Condition, Key, Result, Row, Value};

/// A series: its next number is the condition of every write, so no number is given twice and none is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesRow {
    /// Which.
    pub series: Series,
    /// How its numbers are written. Fixed with the first of them.
    pub format: NumberFormat,
    /// Its first number.
    pub first: u64,
    /// How far it has come.
    pub state: SeriesState,
}

/// A series by its name in keys: `kade-bv#invoice#2026`, and `#connection` behind it where that has its own.
pub(crate) fn name(series: &Series) -> String {
    let kind = match series.kind {
        DocumentKind::Invoice => "invoice",
        DocumentKind::CreditNote => "credit-note",
    };
    let connection = series.connection.as_ref().map(|connection| format!("#{connection}")).unwrap_or_default();
    format!("{}#{kind}#{:04}{connection}", series.entity.as_str(), series.year)
}

impl SeriesRow {
    /// All series are in one partition.
    pub const PARTITION: &'static str = "INVOICE_SERIES";

    /// Its key.
    pub fn key(series: &Series) -> Key {
        Key::new(Self::PARTITION, name(series))
    }

    /// Holds as long as nobody took a number since it was read; `None`: nobody began it.
    pub(crate) fn unchanged(was: Option<&Self>) -> Condition {
        was.map_or(Condition::Absent, |was| {
            Condition::Is("next".to_owned(), Value::Number(i64::try_from(was.state.next).unwrap_or(i64::MAX)))
        })
    }
}

impl TypedRow for SeriesRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.series))
            .text("series", to_json(&self.series))
            .text("format", String::from(self.format.clone()))
            .number("first", i64::try_from(self.first).unwrap_or(i64::MAX))
            .number("next", i64::try_from(self.state.next).unwrap_or(i64::MAX));
        match self.state.last_issued_on {
            Some(on) => row.text("last_issued_on", on.to_string()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let count = |name| u64::try_from(number(row, name)?).map_err(|_| broken(&row.key, "a number is below 0"));
        Ok(Self {
            series: json(row, "series")?,
            format: NumberFormat::new(text(row, "format")?)?,
            first: count("first")?,
            state: SeriesState { next: count("next")?, last_issued_on: date(row, "last_issued_on")? },
        })
    }
}

/// A date of a row.
pub(crate) fn date(row: &Row, name: &str) -> Result<Option<Date>> {
    row.get_text(name).map(|text| text.parse().map_err(|_| broken(&row.key, &format!("`{name}` is no date")))).transpose()
}

/// How far a series was looked through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SeriesCheckRow {
    /// Which.
    pub series: Series,
    /// The number from which the next look goes on.
    pub next: u64,
    /// The latest date of issue before it.
    pub latest: Option<Date>,
    /// When it was looked through last, UTC.
    pub at: Timestamp,
    /// What is wrong with it, over all looks.
    pub flaws: Vec<SeriesFlaw>,
}

impl SeriesCheckRow {
    /// Its key.
    pub fn key(series: &Series) -> Key {
        Key::new("INVOICE_SERIES_CHECKED", name(series))
    }
}

impl TypedRow for SeriesCheckRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.series)).text("body", to_json(self))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body")
    }
}
