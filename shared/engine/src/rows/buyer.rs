//! Who bought an order: the one row with personal data, beside the order. The order's own row and everything else is about goods.

use super::{OrderRow, given, instant, json, sortable, text, to_json};
use domain::{ConnectionId, OrderBuyer, OrderNumber, Personal};
use jiff::Timestamp;
use ports::{Condition, Key, Result, Row};

/// What is kept of a buyer. Its `Debug` shows no personal data.
#[expect(clippy::large_enum_variant, reason = "one is read at a time, and none is kept")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuyerRow {
    /// The buyer, as the channel told.
    Kept(KeptBuyer),
    /// The buyer's data were erased, and are not read again.
    Erased {
        /// When, UTC.
        at: Timestamp,
        /// Who erased them: somebody of the merchant's.
        by: String,
    },
}

/// A buyer, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBuyer {
    /// The data.
    pub buyer: Personal<OrderBuyer>,
    /// When the channel told them, UTC.
    pub read_at: Timestamp,
    /// From then on (UTC) they are over, whenever the table gets round to dropping the row.
    pub until: Timestamp,
}

impl BuyerRow {
    /// Its key.
    pub fn key(connection: &ConnectionId, number: &OrderNumber) -> Key {
        Key::new(OrderRow::key(connection, number).pk, "BUYER")
    }

    /// Holds as long as nobody erased the buyer's data.
    pub(crate) fn not_erased() -> Condition {
        Condition::Lacks("erased_at".to_owned())
    }

    /// As it lies in the table.
    pub fn to_row(&self, connection: &ConnectionId, number: &OrderNumber) -> Row {
        let row = Row::new(Self::key(connection, number));
        match self {
            Self::Kept(KeptBuyer { buyer, read_at, until }) => row
                .text("buyer", to_json(buyer.expose()))
                .text("read_at", sortable(*read_at))
                .text("until", sortable(*until))
                .number("expires_at", until.as_second()),
            Self::Erased { at, by } => row.text("erased_at", sortable(*at)).text("erased_by", by.as_str()),
        }
    }

    /// Back from the table. What cannot be read is named by where it is, never by what stands there.
    pub fn from_row(row: &Row) -> Result<Self> {
        if let Some(at) = instant(row, "erased_at")? {
            return Ok(Self::Erased { at, by: text(row, "erased_by")?.to_owned() });
        }
        Ok(Self::Kept(KeptBuyer {
            buyer: Personal::new(json(row, "buyer")?),
            read_at: given(row, "read_at", instant)?,
            until: given(row, "until", instant)?,
        }))
    }
}
