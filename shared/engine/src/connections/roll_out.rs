//! Tells every product's figures after a change of settings, page by page.
//!
//! The change and the note that its figures are to follow are one write. Whoever made it sends the first page; the schedule sends the rest,
//! and goes on where another run stopped. So no number of products is too many for one request, and none is forgotten.

use crate::Ports;
use crate::messages::hint;
use crate::rows::{ProductRow, RolloutRow, TypedRow};
use contracts::StockHint;
use domain::{ConnectionId, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{Condition, Key, QueueName, Refused, Result, Row, Value, Write};
use std::time::Duration;

/// Longer than a process remembers a connection: by then none publishes by the settings as they were.
const FORGOTTEN: SignedDuration = SignedDuration::from_secs(90);
/// Products whose hints are sent before it is noted how far it is.
const PAGE: usize = 500;
/// Pages of one run of the schedule: what else is sold meanwhile must not stand behind all products there are.
const PAGES_OF_A_RUN: usize = 4;

/// Changes settings (`change`), and has the figures of all products follow: on the connection, or on all.
pub(crate) async fn change(world: &Ports, connection: Option<&ConnectionId>, change: Write) -> Result<()> {
    let row = RolloutRow {
        connection: connection.cloned(),
        asked_at: world.clock.now(),
        reached: None,
        sent: 0,
        mark: world.ids.fresh(),
    };
    let note = Write::Put { row: row.to_row(), when: Condition::Always };
    match world.table.transact(vec![change, note]).await {
        Ok(()) => {}
        Err(Refused::Reasons(reasons)) => return crate::rows::lost(&reasons),
        Err(Refused::Error(error)) => return Err(error),
    }
    // It stands, and is rolled out by the schedule: whoever were told that it failed would not know.
    let _ = go_on(world, row, 1).await;
    Ok(())
}

/// Goes on with every change that is not rolled out yet. Answers how many products were put on the queue. One that fails does not stop the
/// others.
pub async fn roll_out(world: &Ports) -> Result<usize> {
    let rows = world.table.query(RolloutRow::PARTITION, "", None, 100, false).await?.rows;
    let (mut sent, mut failed) = (0, None);
    for row in &rows {
        match async { go_on(world, RolloutRow::from_row(row)?, PAGES_OF_A_RUN).await }.await {
            Ok(more) => sent += more,
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(sent), Err)
}

async fn go_on(world: &Ports, mut row: RolloutRow, pages: usize) -> Result<usize> {
    let mut sent = 0;
    for _ in 0..pages {
        let from = row.reached.as_ref().map(|sku| Key::new(ProductRow::PARTITION, sku));
        let page = world.table.query(ProductRow::PARTITION, "", from.as_ref(), PAGE, false).await?;
        let skus: Vec<Sku> = page.rows.iter().filter_map(sku).collect();
        let due = row.asked_at.saturating_add(FORGOTTEN).unwrap_or(Timestamp::MAX);
        // A clock that was ahead when it was asked makes nobody wait longer.
        let wait = due.duration_since(world.clock.now()).clamp(SignedDuration::ZERO, FORGOTTEN);
        let wait = Duration::try_from(wait).unwrap_or_default();
        let later = |sku: &Sku| hint(&StockHint { sku: sku.clone(), connection: row.connection.clone() }, wait);
        if !skus.is_empty() {
            world.queue.send(QueueName::StockHints, skus.iter().map(later).collect()).await?;
        }
        sent += skus.len();
        // Only now is the page on the queue.
        let when = Condition::Is("mark".into(), Value::Text(row.mark.clone()));
        let Some(next) = page.next else {
            world.write_if(Write::Delete { key: RolloutRow::key(row.connection.as_ref()), when }).await?;
            return Ok(sent);
        };
        row.sent += i64::try_from(skus.len()).unwrap_or(0);
        row.reached = Some(next.sk);
        row.mark = world.ids.fresh();
        if !world.write_if(Write::Put { row: row.to_row(), when }).await? {
            // Changed again, or another run is at it.
            return Ok(sent);
        }
    }
    Ok(sent)
}

/// One that cannot be read must not hide the others: its SKU stands in its key.
fn sku(row: &Row) -> Option<Sku> {
    Sku::new(&row.key.sk).ok()
}
