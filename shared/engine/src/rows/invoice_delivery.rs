//! How far an issued document came to the places that want it.

use super::{TypedRow, broken, given, instant, json, number, series_name, sortable, text, to_json};
use domain::invoice::Series;
use domain::{ChannelSync, ConnectionId, OrderNumber, lasting};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, Result, Row, Value, Write};

/// Where an issued document is to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceDestination {
    /// On the channel, which shows it to its customer.
    Upload,
    /// In the buyer's mail.
    Mail,
    /// In the merchant's books.
    Accounting,
}

impl InvoiceDestination {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Mail => "mail",
            Self::Accounting => "accounting",
        }
    }
}

/// A document on its way to one place: one row for each, from when its bytes are kept. It holds nothing of the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDeliveryRow {
    /// The document's series.
    pub series: Series,
    /// Its place there.
    pub sequence: u64,
    /// Where to.
    pub destination: InvoiceDestination,
    /// The number that stands on it.
    pub document: String,
    /// Where its order came from.
    pub connection: ConnectionId,
    /// The order.
    pub order: OrderNumber,
    /// How far it is: the same steps as what a channel is told of an order.
    pub state: ChannelSync,
    /// Counts its writes.
    pub version: u64,
    /// How often a person had it sent once more: each time is a mail of its own.
    pub again: u32,
    /// Since when it is wanted, UTC.
    pub since: Timestamp,
    /// When it is to be looked at next, UTC.
    pub again_at: Timestamp,
    /// Looks in a row that led nowhere.
    pub in_vain: u32,
    /// What stands in the way, why there is nothing to do, or where it stands there, for people.
    pub note: Option<String>,
}

impl InvoiceDeliveryRow {
    /// Nothing is put off for longer.
    pub(crate) const LONGEST_PUT_OFF: SignedDuration = SignedDuration::from_hours(1);

    /// The deliveries of a series' documents are in one partition, in the order of their numbers.
    pub fn partition(series: &Series) -> String {
        format!("INVOICE_DELIVERIES#{}", series_name(series))
    }

    /// Its key.
    pub fn key(series: &Series, sequence: u64, destination: InvoiceDestination) -> Key {
        Key::new(Self::partition(series), format!("{sequence:012}#{}", destination.name()))
    }

    /// Its own key.
    pub fn own_key(&self) -> Key {
        Self::key(&self.series, self.sequence, self.destination)
    }

    /// Its entry in the list of what is under way.
    pub(crate) fn open(&self) -> OpenDeliveryRow {
        let Self { series, sequence, destination, .. } = self;
        OpenDeliveryRow { series: series.clone(), sequence: *sequence, destination: *destination }
    }

    /// Writes it for the first time, with its entry in the list of what is under way.
    pub(crate) fn first(&self) -> [Write; 2] {
        [
            Write::Put { row: self.to_row(), when: Condition::Absent },
            Write::Put { row: self.open().to_row(), when: Condition::Always },
        ]
    }

    /// Holds as long as nobody wrote it since it was read.
    pub(crate) fn unchanged(&self) -> Condition {
        Condition::Is("version".to_owned(), Value::Number(i64::try_from(self.version).unwrap_or(i64::MAX)))
    }

    /// Puts this in the place of `self`, one version on, if nobody wrote since; with its entry in the list of what is under way where that changes.
    pub(crate) fn followed_by(&self, next: Self) -> Vec<Write> {
        let (was, is) = (self.state.is_open(), next.state.is_open());
        let next = Self { version: self.version + 1, ..next };
        let mut writes = vec![Write::Put { row: next.to_row(), when: self.unchanged() }];
        match (was, is) {
            (true, false) => writes.push(Write::Delete { key: self.open().key(), when: Condition::Always }),
            (false, true) => writes.push(Write::Put { row: self.open().to_row(), when: Condition::Always }),
            (true, true) | (false, false) => {}
        }
        writes
    }
}

impl TypedRow for InvoiceDeliveryRow {
    fn to_row(&self) -> Row {
        let row = Row::new(self.own_key())
            .text("series", to_json(&self.series))
            .number("sequence", i64::try_from(self.sequence).unwrap_or(i64::MAX))
            .text("destination", to_json(&self.destination))
            .text("document", self.document.as_str())
            .text("connection", self.connection.as_str())
            .text("order", self.order.as_str())
            .text("state", to_json(&self.state))
            .number("version", i64::try_from(self.version).unwrap_or(i64::MAX))
            .number("again", i64::from(self.again))
            .text("since", sortable(self.since))
            .text("again_at", sortable(self.again_at))
            .number("in_vain", i64::from(self.in_vain));
        match &self.note {
            Some(note) => row.text("note", note.as_str()),
            None => row,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        let wide = |name| u64::try_from(number(row, name)?).map_err(|_| broken(&row.key, "a number is below 0"));
        let count = |name| u32::try_from(number(row, name)?).map_err(|_| broken(&row.key, "a number is out of bounds"));
        Ok(Self {
            series: json(row, "series")?,
            sequence: wide("sequence")?,
            destination: json(row, "destination")?,
            document: text(row, "document")?.to_owned(),
            connection: ConnectionId::new(text(row, "connection")?)?,
            order: OrderNumber::new(text(row, "order")?)?,
            state: json(row, "state")?,
            version: wide("version")?,
            again: count("again")?,
            since: given(row, "since", instant)?,
            again_at: given(row, "again_at", instant)?,
            in_vain: count("in_vain")?,
            note: row.get_text("note").map(str::to_owned),
        })
    }

    fn believed_at(self, now: Timestamp) -> Self {
        Self { again_at: lasting(self.again_at, now, Self::LONGEST_PUT_OFF).unwrap_or(Timestamp::UNIX_EPOCH), ..self }
    }
}

/// That a document is on its way somewhere: gone with the end of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDeliveryRow {
    /// The document's series.
    pub series: Series,
    /// Its place there.
    pub sequence: u64,
    /// Where to.
    pub destination: InvoiceDestination,
}

impl OpenDeliveryRow {
    /// All of them are in one partition: there are as many as are under way.
    pub const PARTITION: &'static str = "INVOICE_DELIVERIES_OPEN";

    /// Its key.
    pub fn key(&self) -> Key {
        Key::new(Self::PARTITION, format!("{}#{:012}#{}", series_name(&self.series), self.sequence, self.destination.name()))
    }

    /// Of what.
    pub(crate) fn delivery(&self) -> Key {
        InvoiceDeliveryRow::key(&self.series, self.sequence, self.destination)
    }
}

impl TypedRow for OpenDeliveryRow {
    fn to_row(&self) -> Row {
        Row::new(self.key())
            .text("series", to_json(&self.series))
            .number("sequence", i64::try_from(self.sequence).unwrap_or(i64::MAX))
            .text("destination", to_json(&self.destination))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sequence = u64::try_from(number(row, "sequence")?).map_err(|_| broken(&row.key, "`sequence` is below 0"))?;
        Ok(Self { series: json(row, "series")?, sequence, destination: json(row, "destination")? })
    }
}
