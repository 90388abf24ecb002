//! The figure of one product at one location.

use super::flow::{flows, with_flows};
use super::{TypedRow, broken, number};
use crate::Ports;
use domain::{ConnectionId, Flow, LocationId, Quantity, Sku, StockLevel};
use ports::{Key, Result, Row};
use std::collections::BTreeMap;

/// A stock row. Only `commit` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// The product.
    pub sku: Sku,
    /// Where it lies.
    pub location: LocationId,
    /// The figure.
    pub level: StockLevel,
    /// What the orders of each connection moved here since ever: in the same row, so that no figure is ever seen without it.
    pub flows: BTreeMap<ConnectionId, Flow>,
}

impl StockRow {
    /// All stock rows of a product start so.
    pub const PREFIX: &'static str = "STOCK#";

    /// The partition of a product's stock and listings.
    pub fn partition(sku: &Sku) -> String {
        format!("SKU#{sku}")
    }

    /// Reads one.
    pub async fn read(world: &Ports, sku: &Sku, location: &LocationId) -> Result<Option<Self>> {
        world.get(&Self::key(sku, location)).await
    }

    /// Its key. In the engine only `commit` names it: whoever wants to read has `read`.
    pub fn key(sku: &Sku, location: &LocationId) -> Key {
        Key::new(Self::partition(sku), format!("{}{location}", Self::PREFIX))
    }
}

impl TypedRow for StockRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.sku, &self.location))
            .number("available", self.level.available.units())
            .number("reserved", self.level.reserved.units())
            .number("version", i64::try_from(self.level.version).unwrap_or(i64::MAX));
        with_flows(row, &self.flows)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let odd = || broken(&row.key, "the key is not a stock row's");
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(odd)?;
        let location = row.key.sk.strip_prefix(Self::PREFIX).ok_or_else(odd)?;
        Ok(Self {
            sku: Sku::new(sku)?,
            location: LocationId::new(location)?,
            level: StockLevel {
                available: Quantity::new(number(row, "available")?)?,
                reserved: Quantity::new(number(row, "reserved")?)?,
                version: u64::try_from(number(row, "version")?).unwrap_or(0),
            },
            flows: flows(row)?,
        })
    }
}
