//! What the stack's own rows say in the end.

use crate::place::Place;
use crate::server::Server;
use engine::rows::{LedgerRow, ParkedRow, StockRow, TypedRow};
use ports::{Result, Table};

/// The figures of the product, and what is left undone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    pub(super) available: i64,
    pub(super) reserved: i64,
    /// The ledger's sum of what orders took from available.
    pub(super) taken: i64,
    pub(super) ledger_rows: usize,
    pub(super) parked: usize,
    pub(super) waiting: u64,
    pub(super) dead: u64,
}

impl Left {
    /// Reads what the rows say.
    pub(super) async fn read(server: &Server, place: &Place) -> Result<Self> {
        let (waiting, dead) = server.pages.messages().await?;
        let mut left = Self { waiting, dead, ..Self::default() };
        if let Some(row) = server.table.get(&StockRow::key(&place.sku, &place.location)).await? {
            let stock = StockRow::from_row(&row)?;
            (left.available, left.reserved) = (stock.level.available.units(), stock.level.reserved.units());
        }
        let mut from = None;
        loop {
            let page = server.table.query(&LedgerRow::partition(&place.sku), "", from.as_ref(), 500, false).await?;
            for row in &page.rows {
                let row = LedgerRow::from_row(row)?;
                left.ledger_rows += 1;
                left.taken -= row.movement.available.min(0);
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        left.parked = server.table.query(ParkedRow::PARTITION, "", None, 500, false).await?.rows.len();
        Ok(left)
    }
}
