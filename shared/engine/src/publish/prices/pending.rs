//! A price that the channel took and has not put in force yet: it lies on the price's row, and is asked for when it is due again.

use super::together::Job;
use crate::rows::{PendingPrice, PendingPrices, PriceRow};
use crate::{ConnectorClient, Ports};
use ports::{Acknowledged, Condition, Disposition, ErrorKind, Later, PricesDescriptor, Result, Value, Write};
use std::time::Duration;

/// How far it has come.
pub(super) enum Asked {
    /// Every item has it.
    InForce,
    /// Ask again after this time.
    Waits(Duration),
    /// Nobody knows: it is told again, which does no harm.
    Unknown,
}

/// Notes what was taken. Answers when to ask.
pub(super) async fn note(world: &Ports, descriptor: &PricesDescriptor, job: &Job, items: Vec<PendingPrice>) -> Result<Duration> {
    let pending = PendingPrices { price: job.price.clone(), items, since: world.clock.now(), asked: 0 };
    keep(world, &job.row, Some(&pending)).await?;
    Ok(descriptor.later.unwrap_or(Later::UNTOLD).ask_after(0))
}

async fn keep(world: &Ports, row: &PriceRow, pending: Option<&PendingPrices>) -> Result<()> {
    let text = pending.map(|pending| ("pending".to_owned(), Value::Text(crate::rows::to_json(pending))));
    let remove = if text.is_none() { vec!["pending".to_owned()] } else { Vec::new() };
    let key = PriceRow::key(&row.connection, &row.sku);
    let write = Write::Update { key, add: Vec::new(), set: text.into_iter().collect(), remove, when: Condition::Present };
    world.write_if(write).await.map(drop)
}

/// Asks for every item that is not in force. An error: the channel refused it there.
pub(super) async fn ask(
    world: &Ports,
    driver: &ConnectorClient<'_>,
    descriptor: &PricesDescriptor,
    row: &PriceRow,
    mut pending: PendingPrices,
) -> Result<Asked> {
    let later = descriptor.later.unwrap_or(Later::UNTOLD);
    let now = world.clock.now();
    pending.asked = pending.asked.saturating_add(1);
    let mut wait = later.ask_after(pending.asked);
    for item in &mut pending.items {
        let Some(status) = item.status.clone() else { continue };
        match driver.jobs()?.call(|jobs, call| jobs.status(call, &status)).await {
            Ok(Acknowledged::Applied) => item.status = None,
            Ok(Acknowledged::Pending(status)) => item.status = Some(status),
            Err(error) if matches!(error.kind, ErrorKind::Conflict | ErrorKind::Declined) => {
                keep(world, row, None).await?;
                return Err(error);
            }
            Err(error) => match error.disposition() {
                Disposition::Retry | Disposition::ReadBack => {}
                Disposition::RetryAt(after) => wait = wait.max(after),
                Disposition::Park | Disposition::DeadLetter => {
                    keep(world, row, None).await?;
                    return Ok(Asked::Unknown);
                }
            },
        }
    }
    if pending.items.iter().all(|item| item.status.is_none()) {
        return Ok(Asked::InForce);
    }
    let age = Duration::try_from(now.duration_since(pending.since)).unwrap_or_default();
    if age >= later.done_within() {
        keep(world, row, None).await?;
        return Ok(Asked::Unknown);
    }
    keep(world, row, Some(&pending)).await?;
    Ok(Asked::Waits(wait))
}
