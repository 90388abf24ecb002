//! An open order that its channel does not show any more, and of which no word came that it was deleted.
//!
//! Whoever meets it has it looked for, by order intake: over some minutes, and only where the channel shows another order is it cancelled as
//! deleted; otherwise a person decides (`accept_orders::gone`). Once that is asked, or answered, nobody asks anew.

use crate::Ports;
use crate::rows::{AskedForRow, ExcludedOrderRow, ExclusionReason, TypedRow as _};
use contracts::{Cause, InboundOrder, Message};
use domain::{Order, age};
use jiff::SignedDuration;
use ports::{Condition, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

/// It is being looked for, for so long.
const LOOKED_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Has it looked for, unless somebody does, or a person was asked since it was last read.
pub(super) async fn look_for(world: &Ports, order: &Order) -> Result<()> {
    let (connection, number, now) = (&order.connection, &order.snapshot.number, world.clock.now());
    let answered: Option<AskedForRow> = world.get(&AskedForRow::key(connection, number)).await?;
    if answered.is_some_and(|one| !one.is_there && age(one.at, now).is_some_and(|age| age < LOOKED_FOR)) {
        return Ok(());
    }
    let aside = ExcludedOrderRow::read(world, connection, number).await?.filter(|row| row.through >= order.read_at);
    if aside.is_some_and(|row| matches!(row.kind, ExclusionReason::NeedsPerson { .. } | ExclusionReason::Dismissed)) {
        return Ok(());
    }
    let looked_for =
        InboundOrder { connection: connection.clone(), number: number.clone(), snapshot: None, cause: Cause::Poll, read_at: now };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: looked_for.to_json(), delay: Duration::ZERO }]).await?;
    // Afterwards: dying in between has it looked for twice, never not at all.
    let row = AskedForRow::new(connection, number, now, false);
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
}
