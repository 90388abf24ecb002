//! Every movement of stock, for ever: who, when, why, how many.

use super::{TypedRow, broken, json, number, sortable, to_json};
use domain::{ConnectionId, LocationId, Movement, OrderNumber, Sku};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// Why stock moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum LedgerCause {
    /// Orders took or gave back units.
    Orders {
        /// Which, and how many units each took from available (negative) or gave back.
        orders: Vec<(ConnectionId, OrderNumber, i64)>,
        /// Of which units came free and were taken out at once, because they are not there: how many, above zero. Neither the giving back nor
        /// the taking out is in the figures above: together they are nothing.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        written_off: Vec<(ConnectionId, OrderNumber, i64)>,
    },
    /// A person did something about an order: sent a shipment, found a return sellable, covered what was short.
    Order {
        /// Where the order came from.
        connection: ConnectionId,
        /// Which order.
        number: OrderNumber,
        /// What was done.
        action: OrderStockAction,
        /// Who.
        by: String,
    },
    /// Units were brought from one location to another.
    Transfer {
        /// From where.
        from: LocationId,
        /// To where.
        to: LocationId,
        /// In their words.
        reason: String,
        /// Who.
        by: String,
    },
    /// A person corrected the figure.
    Correction {
        /// In their words.
        reason: String,
        /// Who.
        by: String,
    },
    /// The staff of the shop that leads the stock changed its figure there.
    Edited {
        /// Which shop.
        connection: ConnectionId,
    },
    /// The figure the product started with.
    Opening,
}

/// What a person does about an order that can move stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStockAction {
    /// Shipped: what was reserved left.
    Shipped,
    /// Found returned units sellable and put them on sale again.
    Restocked,
    /// Took from stock what was short.
    Covered,
    /// Put on sale again what had been cancelled on the channel and written off.
    WriteOffUndone,
    /// Gave back what was not sent of an order that was deleted on the channel.
    Deleted,
}

/// One row per stock row and commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The product.
    pub sku: Sku,
    /// The location.
    pub location: LocationId,
    /// When, UTC.
    pub at: Timestamp,
    /// The commit it is part of.
    pub commit: String,
    /// What moved.
    pub movement: Movement,
    /// Why.
    pub cause: LedgerCause,
}

impl LedgerRow {
    /// The partition of a product's ledger.
    pub fn partition(sku: &Sku) -> String {
        format!("LEDGER#{sku}")
    }
}

impl TypedRow for LedgerRow {
    fn to_row(&self) -> Row {
        let sk = format!("{}#{}#{}", sortable(self.at), self.location, self.commit);
        Row::new(Key::new(Self::partition(&self.sku), sk))
            .number("available", self.movement.available)
            .number("reserved", self.movement.reserved)
            .text("cause", to_json(&self.cause))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a ledger row's");
        let sku = row.key.pk.strip_prefix("LEDGER#").ok_or_else(odd)?;
        let mut parts = row.key.sk.splitn(3, '#');
        let (Some(at), Some(location), Some(commit)) = (parts.next(), parts.next(), parts.next()) else { return Err(odd()) };
        Ok(Self {
            sku: Sku::new(sku)?,
            location: LocationId::new(location)?,
            at: at.parse().map_err(|_| odd())?,
            commit: commit.to_owned(),
            movement: Movement { available: number(row, "available")?, reserved: number(row, "reserved")? },
            cause: json(row, "cause")?,
        })
    }
}
