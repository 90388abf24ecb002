//! Erases who bought an order (GDPR art. 17). What is needed of a sale for tax, its lines, amounts and country, has no name in it and stays;
//! issued invoices are the merchant's archive, and not touched here.

use super::known;
use crate::Ports;
use crate::park::erase_parked;
use crate::rows::{BuyerRow, ParkedRow, TypedRow as _};
use domain::{ConnectionId, OrderNumber};
use jiff::Timestamp;
use ports::{ErrorKind, Result, Write};

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Erased {
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Who erased it.
    pub by: String,
    /// Whether anything of the buyer was kept.
    pub was_kept: bool,
    /// Bodies of parked things about the order that were erased as well.
    pub parked: u32,
}

/// Erases it, and notes that it is: nothing reads the buyer from the channel again. Erased twice, the first time stands.
///
/// The row is replaced first: whatever fails after it, the buyer's data are gone. `NotFound`: there is no such order.
pub async fn erase_buyer(world: &Ports, connection: &ConnectionId, number: &OrderNumber, by: &str) -> Result<Erased> {
    let key = BuyerRow::key(connection, number);
    let now = world.clock.now();
    let before = world.table.get(&key).await?;
    // One that cannot be read is erased like any other.
    let before = before.map(|row| BuyerRow::from_row(&row).ok());
    if before.is_none() {
        known(world, connection, number).await?;
    }
    let (at, by) = match &before {
        Some(Some(BuyerRow::Erased { at, by })) => (*at, by.clone()),
        Some(Some(BuyerRow::Kept(_)) | None) | None => {
            let row = BuyerRow::Erased { at: now, by: by.to_owned() };
            let put = Write::Put { row: row.to_row(connection, number), when: BuyerRow::not_erased() };
            // Lost to somebody who erased it at the same moment, it is erased.
            world.write_if(put).await?;
            (now, by.to_owned())
        }
    };
    let was_kept = !matches!(before, None | Some(Some(BuyerRow::Erased { .. })));
    Ok(Erased { at, by, was_kept, parked: parked_bodies(world, connection, number).await? })
}

/// Erases what parked things about the order hold. Deliveries that could not be read do not say which order they are of: they are erased one
/// by one, or after fourteen days.
async fn parked_bodies(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<u32> {
    let mut erased = 0;
    let mut from = None;
    loop {
        let page = world.table.query(ParkedRow::PARTITION, "", from.as_ref(), 500, false).await?;
        for row in &page.rows {
            let Ok(row) = ParkedRow::from_row(row) else { continue };
            if row.connection.as_ref() != Some(connection) || row.subject.order() != Some(number) {
                continue;
            }
            match erase_parked(world, &row.id).await {
                Ok(()) => erased += 1,
                // Closed in the meantime.
                Err(error) if error.kind == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        from = page.next;
        if from.is_none() {
            return Ok(erased);
        }
    }
}
