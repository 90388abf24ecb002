//! What VIES said of a VAT number when it was asked last.

use super::{TypedRow, broken, given, instant, json, number, sortable, text, to_json};
use domain::vat::{VatNumber, ViesAnswer};
use domain::{fingerprint, noted};
use jiff::{Timestamp, ToSpan};
use ports::{Condition, Key, Result, Row, Value, Write};

/// Days that it is kept from when VIES was asked last. What an invoice rests on is frozen with it, and kept as long as that.
const KEPT_DAYS: i64 = 7;

/// A number, asked for under one of the seller's own. Nothing else of whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViesRow {
    /// The buyer's number.
    pub number: VatNumber,
    /// The seller's.
    pub asked_by: Option<VatNumber>,
    /// When it was asked last, UTC.
    pub at: Timestamp,
    /// What came of it.
    pub answer: ViesAnswer,
    /// Times in a row, the last with them, that nobody knew.
    pub in_vain: u32,
    /// When it is to be asked again where nobody knew, UTC.
    pub again_at: Timestamp,
    /// Counts its writes.
    pub version: u64,
}

impl ViesRow {
    /// Its key. Numbers are in none: that of a sole trader is a person's.
    pub fn key(number: &VatNumber, asked_by: Option<&VatNumber>) -> Key {
        let own = asked_by.map(VatNumber::as_str).unwrap_or_default();
        Key::new("VIES", format!("{:016x}", fingerprint(&[number.as_str(), own])))
    }

    /// Puts this in the place of what was read, if nobody wrote since.
    pub(crate) fn in_place_of(self, was: Option<&Self>) -> Write {
        let as_read =
            |was: &Self| Condition::Is("version".to_owned(), Value::Number(i64::try_from(was.version).unwrap_or(i64::MAX)));
        let when = was.map_or(Condition::Absent, as_read);
        Write::Put { row: Self { version: was.map_or(1, |was| was.version + 1), ..self }.to_row(), when }
    }

    /// Has it asked at the next run, however long it was to be left alone.
    pub(crate) fn at_once(&self, now: Timestamp) -> Write {
        Self { again_at: now, ..self.clone() }.in_place_of(Some(self))
    }
}

impl TypedRow for ViesRow {
    fn to_row(&self) -> Row {
        let expires_at = self.at.saturating_add((24 * KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second);
        let row = Row::new(Self::key(&self.number, self.asked_by.as_ref()))
            .text("number", self.number.as_str())
            .text("at", sortable(self.at))
            .text("answer", to_json(&self.answer))
            .number("in_vain", i64::from(self.in_vain))
            .text("again_at", sortable(self.again_at))
            .number("version", i64::try_from(self.version).unwrap_or(i64::MAX))
            .number("expires_at", expires_at);
        match &self.asked_by {
            Some(own) => row.text("asked_by", own.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            number: VatNumber::new(text(row, "number")?)?,
            asked_by: row.get_text("asked_by").map(VatNumber::new).transpose()?,
            at: given(row, "at", instant)?,
            answer: json(row, "answer")?,
            in_vain: u32::try_from(number(row, "in_vain")?).map_err(|_| broken(&row.key, "`in_vain` is out of bounds"))?,
            again_at: given(row, "again_at", instant)?,
            version: u64::try_from(number(row, "version")?).map_err(|_| broken(&row.key, "`version` is below 0"))?,
        })
    }

    /// An answer that a clock noted which was ahead is none of today.
    fn believed_at(self, now: Timestamp) -> Self {
        let at = noted(self.at, now).unwrap_or(Timestamp::UNIX_EPOCH);
        let again_at = if at == Timestamp::UNIX_EPOCH { at } else { self.again_at };
        Self { at, again_at, ..self }
    }
}
