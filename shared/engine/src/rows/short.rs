//! Units of a product that are promised to customers and that nothing covers.

use super::flow::{flow_parts, flows, with_flows};
use super::{TypedRow, broken, number};
use domain::{ConnectionId, Flow, Quantity, ShortChange, Sku};
use ports::{Condition, Key, Result, Row, Write};
use std::collections::BTreeMap;

/// Beside the product's stock, and only there once an order came out short. Only `commit` writes it, with the orders that it sums up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortRow {
    /// The product.
    pub sku: Sku,
    /// Units over all orders.
    pub units: Quantity,
    /// Counts the commits that changed it, as a stock row's does.
    pub version: u64,
    /// Units that each connection's orders added and withdrew.
    pub flows: BTreeMap<ConnectionId, Flow>,
}

impl ShortRow {
    /// Its name in the partition of the product's stock.
    pub const NAME: &'static str = "SHORT";

    /// Its key.
    pub fn key(sku: &Sku) -> Key {
        Key::new(format!("SKU#{sku}"), Self::NAME)
    }

    /// The write of a change.
    pub(crate) fn change(sku: &Sku, change: &ShortChange) -> Write {
        let mut add = vec![("units".to_owned(), change.units), ("version".to_owned(), 1)];
        add.extend(change.flows.iter().flat_map(|(connection, flow)| flow_parts(connection, *flow)));
        Write::Update { key: Self::key(sku), add, set: Vec::new(), remove: Vec::new(), when: Condition::Always }
    }
}

impl TypedRow for ShortRow {
    fn to_row(&self) -> Row {
        let row = Row::new(Self::key(&self.sku))
            .number("units", self.units.units())
            .number("version", i64::try_from(self.version).unwrap_or(i64::MAX));
        with_flows(row, &self.flows)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let sku = row.key.pk.strip_prefix("SKU#").ok_or_else(|| broken(&row.key, "the key is not a product's"))?;
        Ok(Self {
            sku: Sku::new(sku)?,
            // Below zero only for orders that came out short before this row was kept.
            units: Quantity::clamped(number(row, "units")?),
            version: u64::try_from(number(row, "version")?).unwrap_or(0),
            flows: flows(row)?,
        })
    }
}
