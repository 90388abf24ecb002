//! What the orders of each connection moved, in the row whose figure they moved: neither is ever seen without the other.
//!
//! Attributes `out#connection` and `back#connection`; no further row is written for them.

use super::number;
use domain::{ConnectionId, Flow};
use ports::{Result, Row};
use std::collections::BTreeMap;

const OUT: &str = "out#";
const BACK: &str = "back#";

/// The attributes of a flow that are not 0.
pub(crate) fn flow_parts(connection: &ConnectionId, flow: Flow) -> impl Iterator<Item = (String, i64)> {
    let parts = [(OUT, flow.out), (BACK, flow.back)].map(|(name, units)| (format!("{name}{connection}"), units));
    parts.into_iter().filter_map(|(name, units)| Some((name, i64::try_from(units).ok()?))).filter(|(_, units)| *units > 0)
}

/// The row with the flows.
pub(super) fn with_flows(row: Row, flows: &BTreeMap<ConnectionId, Flow>) -> Row {
    let parts = flows.iter().flat_map(|(connection, flow)| flow_parts(connection, *flow));
    parts.fold(row, |row, (name, units)| row.number(&name, units))
}

/// The flows of a row.
pub(super) fn flows(row: &Row) -> Result<BTreeMap<ConnectionId, Flow>> {
    let mut flows: BTreeMap<ConnectionId, Flow> = BTreeMap::new();
    for (name, connection) in row.attributes.keys().filter_map(|name| Some((name, name.split_once('#')?.1))) {
        let units = u64::try_from(number(row, name)?).unwrap_or(0);
        let flow = flows.entry(ConnectionId::new(connection)?).or_default();
        if name.starts_with(OUT) {
            flow.out = units;
        } else if name.starts_with(BACK) {
            flow.back = units;
        }
    }
    Ok(flows)
}
