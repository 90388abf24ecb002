//! Takes what a channel left for us in a queue of the merchant's account: the way of a webhook, read instead of delivered. What was taken is
//! deleted there once it is durable here, and never before (I8); what comes twice is harmless.

use super::webhook::{Received, receive};
use crate::{Cache, ConnectorClient, Ports};
use domain::ConnectionId;
use ports::{Delivery, Error, ErrorKind, NotificationQueue, NotificationSource, QueuedNotification, Result};

/// Notifications that are taken at a time.
const AT_A_TIME: usize = 10;
/// Times in one run; the next goes on.
const MOST_TIMES: usize = 50;

/// What a run took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Notifications that were dealt with.
    pub notifications: usize,
    /// Orders, or word of orders, put on the queue.
    pub orders: usize,
    /// Hints put on the queue.
    pub hints: usize,
    /// Notifications that cannot be understood: parked.
    pub parked: usize,
}

/// Takes all that waits, within a run's bounds. A connection whose channel delivers its notifications has nothing to take. An error: what was
/// not dealt with comes again.
pub async fn take_notifications(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    queue: &dyn NotificationQueue,
) -> Result<Taken> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let mut taken = Taken::default();
    let Some(address) = address(&driver)? else { return Ok(taken) };
    for _ in 0..MOST_TIMES {
        let some = queue.take(&address, AT_A_TIME).await?;
        if some.is_empty() {
            break;
        }
        let mut failed = None;
        let mut done = Vec::new();
        for one in some {
            let receipt = one.receipt.clone();
            match receive_one(world, lookup, &driver, one).await {
                Ok(received) => {
                    taken.notifications += 1;
                    taken.orders += received.orders;
                    taken.hints += received.hints;
                    taken.parked += usize::from(received.parked);
                    done.push(receipt);
                }
                // One that cannot be stored holds up none of the others, and comes again.
                Err(error) => failed = Some(error),
            }
        }
        if !done.is_empty() {
            queue.delete(&address, done).await?;
        }
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(taken)
}

/// Where the connection's channel leaves its notifications; `None`: it delivers them, or the merchant has no queue and need not.
fn address(driver: &ConnectorClient<'_>) -> Result<Option<String>> {
    let Some(notifications) = driver.connector().notifications() else { return Ok(None) };
    match notifications.descriptor().from {
        NotificationSource::Https => Ok(None),
        NotificationSource::MerchantQueue { setting } => queue(driver, setting),
    }
}

/// The address of the merchant's queue, by the setting that holds it. Where the connector does not insist on the setting, a connection without
/// it has no queue: polls alone find what changed.
pub(super) fn queue(driver: &ConnectorClient<'_>, setting: &str) -> Result<Option<String>> {
    let told = driver.account.setting(setting).map(|address| Some(address.to_owned()));
    let may_lack = driver.connector().descriptor().settings.iter().any(|(name, needed)| *name == setting && !needed);
    if may_lack { Ok(told.unwrap_or_default()) } else { told }
}

async fn receive_one(world: &Ports, lookup: &Cache, driver: &ConnectorClient<'_>, one: QueuedNotification) -> Result<Received> {
    let delivery = Delivery { headers: Vec::new(), body: one.body, received_at: world.clock.now() };
    match receive(world, lookup, driver, &delivery).await {
        // Whoever may write to the queue is the channel, by the queue's own policy: there is no signature to be wrong.
        Err(error) if error.kind == ErrorKind::Unauthorized => {
            let message = "the connector asks for a signature where its channel leaves notifications in a queue";
            Err(Error::new(ErrorKind::Bug, "notifications", message).caused_by(error))
        }
        received => received,
    }
}
