//! Sees to it that a channel keeps telling us: channels switch webhooks off, or delete them, after failures.

use crate::rows::{KeysRow, SubscriptionRow, TypedRow};
use crate::{Cache, ConnectorClient, Ports};
use domain::ConnectionId;
use ports::{Condition, NotificationSource, Result, SubscriptionState, SubscriptionWant, Write};

/// Asserts the webhook subscription of a connection, and fetches the public keys that its deliveries are signed with, where there are any; `public_url` is where Sluis is reached, without a slash at the end.
pub async fn keep_subscription(
    world: &Ports,
    lookup: &Cache,
    connection: &ConnectionId,
    public_url: &str,
) -> Result<SubscriptionState> {
    let driver = ConnectorClient::open(world, lookup, connection).await?;
    let figures = lookup.connection(world, connection).await?.leads;
    // Before anything is delivered that is signed with them. Here and nowhere else: what takes deliveries calls nobody.
    let notifications = driver.notifications()?;
    let url = match notifications.descriptor().from {
        NotificationSource::Https => format!("{public_url}/hooks/{}/{connection}", driver.connector().descriptor().id),
        NotificationSource::MerchantQueue { setting } => match super::notifications::queue(&driver, setting)? {
            Some(address) => address,
            None => return Ok(SubscriptionState::default()),
        },
    };
    let want = SubscriptionWant { url, figures };
    let keys = notifications.call(|notifications, call| notifications.keys(call)).await?.public;
    if !keys.is_empty() {
        let row = KeysRow { connection: connection.clone(), keys, fetched_at: Some(world.clock.now()) };
        world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    }
    let state = notifications.call(|notifications, call| notifications.subscribe(call, &want)).await?;
    let row = SubscriptionRow { connection: connection.clone(), checked_at: world.clock.now(), state: state.clone() };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
    Ok(state)
}
