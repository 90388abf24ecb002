//! Every movement of a product's stock: who, when, why, how many.

use super::Unreadable;
use super::paging::{Page, page};
use super::{PageRequest, item};
use crate::Ports;
use crate::readable::wanted;
use crate::rows::{BundleRow, LedgerCause, LedgerRow, OrderStockAction};
use domain::{Component, ConnectionId, LocationId, OrderNumber, Sku};
use jiff::Timestamp;
use ports::Result;

/// A page of movements.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct MovementsPage {
    /// Newest first.
    pub movements: Vec<MovementView>,
    /// Of a bundle: its products. It has no stock of its own, so what its orders moved stands in the movements of these.
    pub components: Vec<Component>,
    /// The cursor of the next page; none: this was the last.
    pub next: Option<String>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct MovementView {
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Where.
    pub location: LocationId,
    /// Units added to available; negative: taken.
    pub available: i64,
    /// Units added to reserved; negative: taken.
    pub reserved: i64,
    /// Why.
    pub cause: MovementCause,
}

/// Why stock moved.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum MovementCause {
    /// Orders took or gave back units.
    Orders {
        /// Which, and how many each.
        orders: Vec<OrderShare>,
        /// Which units of them came free and were written off at once, because the merchant had cancelled them as not there.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        written_off: Vec<WriteOff>,
    },
    /// Something was done about an order here.
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

/// One order's share of a movement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct OrderShare {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// Units added to available; negative: taken.
    pub available: i64,
}

/// Units of one order that were written off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct WriteOff {
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// How many units.
    pub units: i64,
}

/// A page of a product's movements, newest first.
pub async fn movements(world: &Ports, sku: &Sku, request: &PageRequest) -> Result<MovementsPage> {
    let mut unreadable = Vec::new();
    item(world, sku, &mut unreadable).await?;
    let Page { rows, next, unreadable: more } =
        page(world, &LedgerRow::partition(sku), "", request, true, |_: &LedgerRow| true).await?;
    unreadable.extend(more);
    let bundle = wanted::<BundleRow>(world, &BundleRow::key(sku), &mut unreadable).await?.read();
    let components = bundle.map(|row| row.components).unwrap_or_default();
    Ok(MovementsPage { movements: rows.into_iter().map(view).collect(), components, next, unreadable })
}

fn view(row: LedgerRow) -> MovementView {
    MovementView {
        at: row.at,
        location: row.location,
        available: row.movement.available,
        reserved: row.movement.reserved,
        cause: match row.cause {
            LedgerCause::Opening => MovementCause::Opening,
            LedgerCause::Correction { reason, by } => MovementCause::Correction { reason, by },
            LedgerCause::Edited { connection } => MovementCause::Edited { connection },
            LedgerCause::Order { connection, number, action, by } => MovementCause::Order { connection, number, action, by },
            LedgerCause::Transfer { from, to, reason, by } => MovementCause::Transfer { from, to, reason, by },
            LedgerCause::Orders { orders, written_off } => MovementCause::Orders {
                orders: orders
                    .into_iter()
                    .map(|(connection, number, available)| OrderShare { connection, number, available })
                    .collect(),
                written_off: written_off
                    .into_iter()
                    .map(|(connection, number, units)| WriteOff { connection, number, units })
                    .collect(),
            },
        },
    }
}
