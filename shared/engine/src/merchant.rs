//! Who the merchant is.

use crate::Ports;
use crate::rows::{MerchantRow, TypedRow};
use ports::{Condition, Result, Write};

/// Puts the merchant's name in place.
pub async fn put_merchant(world: &Ports, name: &str) -> Result<()> {
    let row = MerchantRow { name: name.to_owned() };
    if world.get::<MerchantRow>(&MerchantRow::key()).await?.as_ref() == Some(&row) {
        return Ok(());
    }
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}
