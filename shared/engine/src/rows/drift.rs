//! Differences that reconciliation found and that are not gone: what was done about each, and which need a person.

use super::{TypedRow, broken, json, to_json};
use domain::{ConnectionId, DriftCase, DriftStatus, OfferId, OrderNumber, Sku};
use jiff::{Timestamp, ToSpan};
use ports::{Key, Result, Row};

/// Days a repair is remembered that nobody asks for any more.
const KEPT_DAYS: i64 = 14;

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum DriftSubject {
    /// A listing on a channel.
    Listing {
        /// On which connection.
        connection: ConnectionId,
        /// Which.
        offer: OfferId,
    },
    /// An order.
    Order {
        /// Where it came from.
        connection: ConnectionId,
        /// Which.
        number: OrderNumber,
    },
    /// Our own books of a product.
    Books {
        /// Which.
        sku: Sku,
    },
}

/// A difference. Only reconciliation writes it; a match takes away what was said while there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRow {
    /// What it is about.
    pub subject: DriftSubject,
    /// The product, where it is known.
    pub sku: Option<Sku>,
    /// What was found and done.
    pub case: DriftCase,
}

impl DriftRow {
    /// All of them are in one partition: there are few, and people read them together.
    pub const PARTITION: &'static str = "DRIFT";

    /// Those about listings of a connection start so.
    pub fn listings(connection: &ConnectionId) -> String {
        format!("LISTING#{connection}#")
    }

    /// Those about orders of a connection start so.
    pub fn orders(connection: &ConnectionId) -> String {
        format!("ORDER#{connection}#")
    }

    /// Those about our books start so.
    pub const BOOKS: &'static str = "BOOKS#";

    /// Its key.
    pub fn key(subject: &DriftSubject) -> Key {
        let sk = match subject {
            DriftSubject::Listing { connection, offer } => format!("{}{offer}", Self::listings(connection)),
            DriftSubject::Order { connection, number } => format!("{}{number}", Self::orders(connection)),
            DriftSubject::Books { sku } => format!("{}{sku}", Self::BOOKS),
        };
        Key::new(Self::PARTITION, sk)
    }
}

impl TypedRow for DriftRow {
    fn to_row(&self) -> Row {
        let mut row = Row::new(Self::key(&self.subject)).text("case", to_json(&self.case));
        if let Some(sku) = &self.sku {
            row = row.text("sku", sku.as_str());
        }
        if self.case.status != DriftStatus::Repairing {
            return row;
        }
        let expires = self.case.last_at.saturating_add((24 * KEPT_DAYS).hours()).map_or(i64::MAX, Timestamp::as_second);
        row.number("expires_at", expires)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a difference");
        let (kind, rest) = row.key.sk.split_once('#').ok_or_else(odd)?;
        let subject = match (kind, rest.split_once('#')) {
            ("BOOKS", _) => DriftSubject::Books { sku: Sku::new(rest)? },
            ("LISTING", Some((connection, offer))) => {
                DriftSubject::Listing { connection: ConnectionId::new(connection)?, offer: OfferId::new(offer)? }
            }
            ("ORDER", Some((connection, number))) => {
                DriftSubject::Order { connection: ConnectionId::new(connection)?, number: OrderNumber::new(number)? }
            }
            _ => return Err(odd()),
        };
        let sku = row.get_text("sku").map(Sku::new).transpose()?;
        Ok(Self { subject, sku, case: json(row, "case")? })
    }
}
