//! A CSV file as spreadsheets and warehouse systems write it: columns by name, every row judged by itself.

use crate::web::Problem;
use domain::csv_text::{self, Lines};
use domain::{Invalid, Quantity, so_many};
use ports::{Error, Status};
use std::collections::BTreeMap;

/// Rows of one file at most: all of them are done, or said not to be, before the function's time is over.
pub(crate) const MOST_ROWS: usize = 500;

/// How a row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowOutcome {
    /// Done.
    Done,
    /// It was done before, and nothing more was done.
    AlreadyDone,
    /// Nothing was done; the row must be corrected first.
    Rejected,
    /// Nothing was done; the same row may be sent again.
    Retry,
    /// It may have been done: look before sending it again.
    Unknown,
}

/// Why a row was not done.
#[derive(Debug, Clone)]
pub(crate) struct NotDone {
    pub(crate) outcome: RowOutcome,
    pub(crate) reason: String,
}

impl NotDone {
    pub(crate) fn rejected(reason: impl Into<String>) -> Self {
        Self { outcome: RowOutcome::Rejected, reason: reason.into() }
    }

    pub(crate) fn too_late() -> Self {
        Self { outcome: RowOutcome::Retry, reason: "time was up before this row; send it again".to_owned() }
    }
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        let outcome = match error.status {
            Status::Permanent => RowOutcome::Rejected,
            Status::Temporary { .. } => RowOutcome::Retry,
            Status::Unknown => RowOutcome::Unknown,
        };
        Self { outcome, reason: Problem::from(error).detail }
    }
}

/// A row that has as many fields as the file has columns.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The line in the file; the first is the line of names.
    pub(crate) line: u64,
    fields: Result<BTreeMap<&'static str, String>, String>,
}

impl Row {
    /// Whether it can be read at all.
    pub(crate) fn readable(&self) -> Result<(), NotDone> {
        self.fields.as_ref().map(drop).map_err(NotDone::rejected)
    }

    /// What stands in a column; nothing is `None`.
    pub(crate) fn text(&self, column: &str) -> Option<&str> {
        self.fields.as_ref().ok()?.get(column).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// What must stand in a column.
    pub(crate) fn must<T: std::str::FromStr<Err = Invalid>>(&self, column: &str) -> Result<T, NotDone> {
        self.may(column)?.ok_or_else(|| NotDone::rejected(format!("{column}: is empty")))
    }

    /// What may stand in a column.
    pub(crate) fn may<T: std::str::FromStr<Err = Invalid>>(&self, column: &str) -> Result<Option<T>, NotDone> {
        let read = |text: &str| text.parse().map_err(|invalid: Invalid| NotDone::rejected(invalid.to_string()));
        self.text(column).map(read).transpose()
    }

    /// A whole number that may stand in a column.
    pub(crate) fn number(&self, column: &str) -> Result<Option<i64>, NotDone> {
        let most = Quantity::MAX.units();
        let read = |text: &str| {
            let fits = text.parse().ok().filter(|n: &i64| (-most..=most).contains(n));
            fits.ok_or_else(|| NotDone::rejected(format!("{column}: got {text:?}, expected a whole number, no point or comma")))
        };
        self.text(column).map(read).transpose()
    }

    /// A number of units that may stand in a column.
    pub(crate) fn units(&self, column: &str) -> Result<Option<Quantity>, NotDone> {
        let read = |n| Quantity::new(n).map_err(|invalid| NotDone::rejected(format!("{column}: {invalid}")));
        self.number(column)?.map(read).transpose()
    }
}

/// Columns of a file: those that must be there, and those that may.
pub(crate) struct Columns {
    pub(crate) must: &'static [&'static str],
    pub(crate) may: &'static [&'static str],
}

/// Reads the body. A problem is about the file as a whole; what is wrong with one row stands in the row.
pub(crate) fn read(file: &[u8], columns: &Columns) -> Result<Vec<Row>, Problem> {
    let text = std::str::from_utf8(file).map_err(|_| Problem::new(400, "the file is not text in UTF-8; save it as CSV UTF-8"))?;
    // Its bytes would count as part of the first line for one, and not for the other.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter(text)).trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Problem::new(400, format!("the file cannot be read as CSV: {error}"));
    let names = named(reader.headers().map_err(unreadable)?, columns)?;
    let (mut rows, mut lines) = (Vec::new(), Lines::of(text));
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, |at| lines.of_record(at.byte()));
        if record.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Problem::new(413, format!("the file has more than {MOST_ROWS} rows; send it in parts"))
                .with("maximum", MOST_ROWS));
        }
        let fields = if record.len() == names.len() {
            let cells = record.iter().map(|cell| csv_text::meant(cell).to_owned());
            Ok(names.iter().copied().zip(cells).collect())
        } else {
            Err(format!("has {}; the first line names {}", so_many(record.len(), "field"), names.len()))
        };
        rows.push(Row { line, fields });
    }
    if rows.is_empty() {
        return Err(Problem::new(400, "the file has no rows under its line of names"));
    }
    Ok(rows)
}

/// Spreadsheets in Dutch separate with semicolons, because their decimal sign is the comma.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.contains(';') && !first.contains(',') { b';' } else { b',' }
}

/// The columns in the order of the file.
fn named(headers: &csv::StringRecord, columns: &Columns) -> Result<Vec<&'static str>, Problem> {
    let known = || columns.must.iter().chain(columns.may).copied();
    let listed = || known().collect::<Vec<_>>().join(", ");
    let mut names = Vec::new();
    for header in headers {
        let Some(name) = known().find(|name| *name == header.to_lowercase()) else {
            let shown: String = header.chars().filter(|c| !domain::breaks_a_line(*c)).take(40).collect();
            return Err(Problem::new(400, format!("column `{shown}` is unknown; known are {}", listed())).in_field("columns"));
        };
        if names.contains(&name) {
            return Err(Problem::new(400, format!("column `{name}` is there twice")).in_field("columns"));
        }
        names.push(name);
    }
    match columns.must.iter().find(|name| !names.contains(*name)) {
        Some(missing) => {
            Err(Problem::new(400, format!("column `{missing}` is missing; known are {}", listed())).in_field("columns"))
        }
        None => Ok(names),
    }
}
