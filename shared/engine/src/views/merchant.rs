//! Who the merchant is.

use crate::Ports;
use crate::rows::MerchantRow;
use ports::Result;

/// The merchant's name. `None`: nobody has put one in place.
pub async fn merchant(world: &Ports) -> Result<Option<String>> {
    let row: Option<MerchantRow> = world.get(&MerchantRow::key()).await?;
    Ok(row.map(|row| row.name))
}
