//! Which products a connection is told about.

use super::roll_out;
use crate::Ports;
use crate::rows::{ConnectionRow, ProductRow, TypedRow};
use domain::{ConnectionId, Publishing};
use ports::{Condition, Error, ErrorKind, Result, Write};

/// Products of a pilot: each is looked up before the answer, and they lie in the connection's row.
const MOST_OF_A_PILOT: usize = 1_000;

/// Says which products a connection is told about. It takes up to a minute and a half until every process knows, and with many products some
/// more until all of them are told: the schedule goes on with `roll_out`.
pub async fn set_publishing(world: &Ports, connection: &ConnectionId, publishing: Publishing) -> Result<()> {
    let row: Option<ConnectionRow> = world.get(&ConnectionRow::key(connection)).await?;
    let Some(row) = row else {
        let message = format!("there is no connection {connection}");
        return Err(Error::new(ErrorKind::NotFound, "publishing", message));
    };
    if let Publishing::Selected { skus } = &publishing {
        if skus.len() > MOST_OF_A_PILOT {
            let message =
                format!("skus: got {}, expected {MOST_OF_A_PILOT} selected products at most; or publish all of them", skus.len());
            return Err(Error::new(ErrorKind::BadInput, "publishing", message));
        }
        for sku in skus {
            if world.get::<ProductRow>(&ProductRow::key(sku)).await?.is_none() {
                return Err(Error::new(ErrorKind::BadInput, "publishing", format!("skus: there is no product {sku}")));
            }
        }
    }
    if row.publishing == publishing {
        return Ok(());
    }
    let row = ConnectionRow { publishing, ..row };
    roll_out::change(world, Some(connection), Write::Put { row: row.to_row(), when: Condition::Present }).await
}
