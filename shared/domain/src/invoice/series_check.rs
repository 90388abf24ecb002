//! Whether the numbers of a series are what the law wants: none missing, none twice, dates that do not go back.

use super::{NumberFormat, Series, SeriesState};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A number that was given to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedNumber {
    /// As it stands on the document.
    pub number: String,
    /// Its place in the series.
    pub sequence: u64,
    /// The document's date of issue.
    pub issued_on: Date,
}

/// What is wrong with a series.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "flaw")]
pub enum SeriesFlaw {
    /// No document has these numbers. It must be explained.
    Missing {
        /// The first of them.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Several documents have this number.
    Double {
        /// Which.
        sequence: u64,
        /// How many have it.
        documents: usize,
    },
    /// A document's date lies before that of one with a lower number.
    Backwards {
        /// Which.
        sequence: u64,
        /// Its date.
        on: Date,
        /// The latest date of a lower number.
        after: Date,
    },
    /// A document's date is not in the year of its series.
    OtherYear {
        /// Which.
        sequence: u64,
        /// Its date.
        on: Date,
    },
    /// A document's number is not written as its place in the series says.
    Misprinted {
        /// Which.
        sequence: u64,
        /// As it stands on the document.
        number: String,
    },
    /// A document has a number that was not given out yet, or one before the first.
    Unknown {
        /// Which.
        sequence: u64,
    },
}

/// Looks through all documents of a series, given in any order. `first` is where it started. In the order of the numbers; nothing found is a
/// series without a flaw.
pub fn check_series(
    series: &Series,
    format: &NumberFormat,
    first: u64,
    state: SeriesState,
    issued: &[IssuedNumber],
) -> Vec<SeriesFlaw> {
    let mut by_sequence: BTreeMap<u64, Vec<&IssuedNumber>> = BTreeMap::new();
    for one in issued {
        by_sequence.entry(one.sequence).or_default().push(one);
    }
    let mut flaws = Vec::new();
    let mut expected = first;
    let mut latest: Option<Date> = None;
    for (sequence, documents) in by_sequence {
        if sequence < first || sequence >= state.next {
            flaws.push(SeriesFlaw::Unknown { sequence });
        } else if sequence > expected {
            flaws.push(SeriesFlaw::Missing { from: expected, to: sequence - 1 });
        }
        expected = expected.max(sequence.saturating_add(1));
        if documents.len() > 1 {
            flaws.push(SeriesFlaw::Double { sequence, documents: documents.len() });
        }
        let before = latest;
        for one in documents {
            let on = one.issued_on;
            if let Some(after) = before.filter(|before| on < *before) {
                flaws.push(SeriesFlaw::Backwards { sequence, on, after });
            }
            if on.year() != series.year {
                flaws.push(SeriesFlaw::OtherYear { sequence, on });
            }
            if one.number != format.write(series.year, sequence) {
                flaws.push(SeriesFlaw::Misprinted { sequence, number: one.number.clone() });
            }
            latest = latest.max(Some(on));
        }
    }
    if expected < state.next {
        flaws.push(SeriesFlaw::Missing { from: expected, to: state.next - 1 });
    }
    flaws
}
