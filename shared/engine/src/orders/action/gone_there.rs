//! Whether an order is gone on its channel, before a person's word that it was deleted is believed: its units go back on sale by it.
//!
//! Whoever serves people must not be able to read credentials, so it is order intake that asks, and its answer is read here.

use crate::Ports;
use crate::orders::accept::MAY_STILL_APPEAR;
use crate::rows::AskedForRow;
use contracts::{Cause, InboundOrder, Message};
use domain::{Order, age};
use jiff::SignedDuration;
use ports::{Error, ErrorKind, OutgoingMessage, QueueName, Result, Status};
use std::time::Duration;

/// How long the channel's answer is good for a person's word.
const BELIEVED: SignedDuration = SignedDuration::from_mins(15);
/// An order that was read so lately need not be asked for once more.
const JUST_READ: SignedDuration = SignedDuration::from_mins(1);
/// Until the channel has been asked, most of the time.
const ASKING: Duration = Duration::from_secs(30);

/// Refuses the word if the channel shows the order, or was not asked lately; then it is asked now.
pub(super) async fn check(world: &Ports, order: &Order) -> Result<()> {
    if order.is_deleted() {
        return Ok(());
    }
    let (connection, number, now) = (&order.connection, &order.snapshot.number, world.clock.now());
    let answer: Option<AskedForRow> = world.get(&AskedForRow::key(connection, number)).await?;
    let is_recent = |at, most| age(at, now).is_some_and(|age| age <= most);
    if answer.as_ref().is_some_and(|one| !one.is_there && one.at >= order.read_at && is_recent(one.at, BELIEVED)) {
        return Ok(());
    }
    let shown_at = answer.filter(|one| one.is_there).map_or(order.read_at, |one| one.at.max(order.read_at));
    if !is_recent(shown_at, JUST_READ) {
        ask(world, order).await?;
    }
    if is_recent(shown_at, BELIEVED) {
        let message = format!(
            "{connection} still showed the order at {}, as `{}`; delete or cancel it there first, and say it again in half a minute",
            shown_at.strftime("%H:%M:%SZ"),
            order.snapshot.channel_status
        );
        return Err(Error::new(ErrorKind::Declined, "deleted", message));
    }
    let message = format!(
        "whether {connection} still has the order is not known; it is asked now. Say it again in half a minute; if this comes again, the \
         channel does not answer"
    );
    Err(Error::new(ErrorKind::RateLimited, "deleted", message).with_status(Status::Temporary { retry_after: Some(ASKING) }))
}

async fn ask(world: &Ports, order: &Order) -> Result<()> {
    let now = world.clock.now();
    let message = InboundOrder {
        connection: order.connection.clone(),
        number: order.snapshot.number.clone(),
        snapshot: None,
        cause: Cause::Requested,
        // It is no news that may still appear: an answer is wanted.
        read_at: now.checked_sub(MAY_STILL_APPEAR).unwrap_or(now),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}
