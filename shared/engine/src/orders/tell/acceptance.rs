//! The word that a channel waits for before an order may be sent.
//!
//! It is decided when the channel is about to be told, and once: by then the order is taken in and its units are set aside, or are short.

use super::sync::{forget_closed, note};
use super::{finish, read, subject};
use crate::orders::action::do_deed;
use crate::{Cache, ConnectorClient, Ports};
use contracts::OrderUpdateDue;
use domain::{AcceptanceUpdate, AwaitsAcceptance, ChannelSync, Order, OrderAction, SyncStep};
use jiff::SignedDuration;
use ports::Result;

/// When this little is left of the time, a person sees that the channel still waits.
const NEAR: SignedDuration = SignedDuration::from_hours(2);

/// Decides on the word, if that is not done. False: the channel waits for none, and whatever was still to be told is not told any more.
pub(super) async fn decided(world: &Ports, lookup: &Cache, due: &OrderUpdateDue) -> Result<bool> {
    let order = match read(world, &due.connection, &due.number).await {
        // Whoever looks it up says what is wrong.
        Err(error) if error.kind == ports::ErrorKind::NotFound => return Ok(true),
        order => finish(world, lookup, order?).await?,
    };
    match (&order.acceptance, order.awaits_acceptance()) {
        (Some(answer), None) if matches!(answer.channel_sync, ChannelSync::Pending) => {
            // Somebody gave it there, the time is over, or the order was cancelled.
            let order = note(world, lookup, order, due, &SyncStep::NotNeeded).await?;
            // Unless somebody began to tell it just now.
            Ok(order.channel_sync(&due.id).is_some_and(ChannelSync::is_open))
        }
        (Some(_), _) => Ok(true),
        (None, None) => {
            let waits_for_none = |order: &Order| order.acceptance.is_none() && order.awaits_acceptance().is_none();
            forget_closed(world, due, waits_for_none).await.map(|()| false)
        }
        (None, Some(_)) => {
            let update = word(world, lookup, &order, due).await?;
            do_deed(world, lookup, order, OrderAction::Answer(update), "").await?;
            Ok(true)
        }
    }
}

async fn word(world: &Ports, lookup: &Cache, order: &Order, due: &OrderUpdateDue) -> Result<AcceptanceUpdate> {
    let driver = ConnectorClient::open(world, lookup, &due.connection).await?;
    let by_line = driver.connector().acceptance().is_some_and(|acceptance| acceptance.descriptor().by_line);
    let refuse_short = driver.account.refuses_short()?;
    let update = order.answer(refuse_short);
    // One word for all of them: what can be sent of it is not given away for what cannot.
    let for_all = !by_line && !update.accepted.is_empty();
    Ok(if for_all { order.answer(false) } else { update })
}

/// Lets a person see that the channel still waits when little is left of the time.
pub(super) async fn warn(world: &Ports, due: &OrderUpdateDue, awaited: Option<AwaitsAcceptance>, why: &str) -> Result<()> {
    let Some(until) = awaited.and_then(|awaited| awaited.until) else { return Ok(()) };
    if until.duration_since(world.clock.now()) > NEAR {
        return Ok(());
    }
    let reason = format!(
        "the channel waits until {until} for the order to be accepted, or gives it away, and could not be told yet: {}; accept it there",
        why.trim_end_matches('.')
    );
    world.park(Some(&due.connection), subject(due), &reason, "").await
}
