//! Issued documents, and which of them an order has.

use super::series::{date, name};
use super::{OrderRow, TypedRow, broken, given, json, number, text, to_json};
use domain::invoice::{Document, DocumentKind, IssuedNumber, Series};
use domain::{ConnectionId, LineUnits, OrderNumber};
use jiff::civil::Date;
use ports::{Condition, Key, Result, Row, Value, Write};
use rust_decimal::Decimal;

/// An issued document. It is written once, in the transaction that gives it its number, and never again. It holds the buyer's name and address,
/// which tax law wants kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow(pub Document);

impl DocumentRow {
    /// The documents of a series are in one partition, in the order of their numbers.
    pub fn partition(series: &Series) -> String {
        format!("INVOICES#{}", name(series))
    }

    /// Its key.
    pub fn key(series: &Series, sequence: u64) -> Key {
        // As many digits as the largest number has.
        Key::new(Self::partition(series), format!("{sequence:012}"))
    }

    /// Its number alone.
    pub(crate) fn issued(row: &Row) -> Result<IssuedNumber> {
        let sequence = u64::try_from(number(row, "sequence")?).map_err(|_| broken(&row.key, "`sequence` is below 0"))?;
        Ok(IssuedNumber { number: text(row, "number")?.to_owned(), sequence, issued_on: given(row, "issued_on", date)? })
    }
}

impl TypedRow for DocumentRow {
    fn to_row(&self) -> Row {
        let Self(document) = self;
        Row::new(Self::key(&document.series, document.sequence))
            .text("number", document.number.as_str())
            .number("sequence", i64::try_from(document.sequence).unwrap_or(i64::MAX))
            .text("issued_on", document.issued_on.to_string())
            .text("body", to_json(document))
    }

    fn from_row(row: &Row) -> Result<Self> {
        json(row, "body").map(Self)
    }
}

/// The documents of an order: the lock that keeps the same units from being invoiced, or credited, twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDocumentsRow {
    /// The connection.
    pub connection: ConnectionId,
    /// The order.
    pub number: OrderNumber,
    /// Counts its writes.
    pub version: u64,
    /// In the order in which they were issued.
    pub documents: Vec<OrderDocument>,
}

/// A document of an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct OrderDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// Mark of the shipment, or of the refund.
    pub mark: String,
    /// Where it is; `None`: whoever else accounts for the VAT issues it, and we must not.
    pub issued: Option<IssuedAs>,
    /// Place among these of the invoice that it credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<usize>,
    /// Units of the order's lines.
    pub lines: Vec<LineUnits>,
    /// What it comes to, with VAT, in the currency of the order.
    pub gross: Decimal,
}

/// Where a document is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct IssuedAs {
    /// Its number.
    pub number: String,
    /// Its series.
    pub series: Series,
    /// Its place there.
    pub sequence: u64,
    /// When it was issued, in Europe/Amsterdam.
    pub on: Date,
}

impl OrderDocumentsRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(OrderRow::key(connection, number).pk, "DOCUMENTS")
    }

    /// One of an order that has none.
    pub(crate) fn none(connection: &ConnectionId, number: &OrderNumber) -> Self {
        Self { connection: connection.clone(), number: number.clone(), version: 0, documents: Vec::new() }
    }

    /// Puts the next version in place, as long as this one stands.
    pub(crate) fn followed_by(&self, documents: Vec<OrderDocument>) -> Write {
        let when = match self.version {
            0 => Condition::Absent,
            version => Condition::Is("version".to_owned(), Value::Number(i64::try_from(version).unwrap_or(i64::MAX))),
        };
        let next = Self { version: self.version + 1, documents, ..self.clone() };
        Write::Put { row: next.to_row(), when }
    }
}

impl TypedRow for OrderDocumentsRow {
    fn to_row(&self) -> Row {
        Row::new(Self::key(&self.connection, &self.number))
            .text("connection", self.connection.as_str())
            .text("number", self.number.as_str())
            .number("version", i64::try_from(self.version).unwrap_or(i64::MAX))
            .text("documents", to_json(&self.documents))
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            connection: ConnectionId::new(text(row, "connection")?)?,
            number: OrderNumber::new(text(row, "number")?)?,
            version: u64::try_from(number(row, "version")?).map_err(|_| broken(&row.key, "`version` is below 0"))?,
            documents: json(row, "documents")?,
        })
    }
}

/// A document whose bytes are not kept yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToStoreRow {
    /// Its series.
    pub series: Series,
    /// Its place there.
    pub sequence: u64,
}

impl ToStoreRow {
    /// All of them are in one partition: there are as many as are behind.
    pub const PARTITION: &'static str = "INVOICES_TO_STORE";

    /// Its key.
    pub fn key(&self) -> Key {
        Key::new(Self::PARTITION, format!("{}#{:012}", name(&self.series), self.sequence))
    }
}

impl TypedRow for ToStoreRow {
    fn to_row(&self) -> Row {
        Row::new(self.key())
            .text("series", to_json(&self.series))
            .number("sequence", i64::try_from(self.sequence).unwrap_or(i64::MAX))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sequence = u64::try_from(number(row, "sequence")?).map_err(|_| broken(&row.key, "`sequence` is below 0"))?;
        Ok(Self { series: json(row, "series")?, sequence })
    }
}
