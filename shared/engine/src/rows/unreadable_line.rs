//! That an order has a line which cannot be read and may be of this product: the way from the product to the order, which says whether it
//! still is so.

use super::{TypedRow, broken, given, instant, sortable};
use domain::{ConnectionId, OrderNumber, Sku};
use jiff::Timestamp;
use ports::{Key, Result, Row};

/// Beside the product's stock. Put before the order is taken in; the order's own row is what counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableLineRow {
    /// The product.
    pub sku: Sku,
    /// Where the order came from.
    pub connection: ConnectionId,
    /// Which order.
    pub number: OrderNumber,
    /// When it was put, UTC.
    pub at: Timestamp,
}

impl UnreadableLineRow {
    /// Its name in the partition of the product's stock starts so.
    pub const PREFIX: &'static str = "DOUBT#";

    /// Its key.
    pub fn key(&self) -> Key {
        Key::new(format!("SKU#{}", self.sku), format!("{}{}#{}", Self::PREFIX, self.connection, self.number))
    }
}

impl TypedRow for UnreadableLineRow {
    fn to_row(&self) -> Row {
        Row::new(self.key()).text("at", sortable(self.at))
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not that of a doubt");
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(odd)?;
        let (connection, number) = row.key.sk.strip_prefix(Self::PREFIX).and_then(|name| name.split_once('#')).ok_or_else(odd)?;
        Ok(Self {
            sku: Sku::new(sku)?,
            connection: ConnectionId::new(connection)?,
            number: OrderNumber::new(number)?,
            at: given(row, "at", instant)?,
        })
    }
}
