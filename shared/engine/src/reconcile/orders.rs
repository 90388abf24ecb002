//! Orders that changed since the last run: what the channel tells of them and our books do not know is taken in.
//!
//! Polls do that all the time; this finds what they missed. The first run of a connection looks back as far as the journal goes, so that
//! known orders that changed while the connection was removed are found too.

use super::Run;
use super::cases::Now;
use crate::orders::poll::{Found, News, message};
use crate::rows::{AskedOrder, CursorRow, DriftSubject, ExcludedOrderRow, OrderRow, Phase};
use contracts::Cause;
use domain::{DriftCause, DriftFound, DriftStatus, OrderNumber, PUSH_MAY_TAKE};
use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, OrdersFrom, QueueName, Result};

/// How far before the last run the list begins.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// How far back the first run of a connection looks: as long as the journal knows orders.
pub(super) const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Orders that are waited for by name. Where more were missed, figures are compared by the next run.
const MOST_ASKED: usize = 3_000;
/// Parts of a run that only wait for orders to be taken in.
const MOST_WAITS: u32 = 4;
/// Pages of one run at most: a list that never ends is a mistake of the channel.
const MOST_PAGES: usize = 20_000;

/// Reads pages until the list ends: true. False: the time is over.
pub(super) async fn changed(run: &mut Run<'_>, mut page: Option<String>) -> Result<bool> {
    let back = |from: Timestamp, by| from.checked_sub(by).unwrap_or(from);
    let since = match &run.state.last {
        Some(last) => back(last.started_at, OVERLAP),
        None => back(run.state.began, FIRST_LOOK),
    };
    let cursor: Option<CursorRow> = run.world.get(&CursorRow::key(&run.connection.id)).await?;
    let pending: Vec<OrderNumber> =
        cursor.map_or(Vec::new(), |cursor| cursor.pending.into_iter().map(|one| one.number).collect());
    for _ in 0..MOST_PAGES {
        if run.time_is_over() {
            return Ok(false);
        }
        let from = OrdersFrom { since, page: page.clone() };
        let asked_at = run.world.clock.now();
        let answer = match run.driver.orders()?.call(|orders, call| orders.list(call, &from)).await {
            Ok(answer) => answer,
            Err(error)
                if page.is_some() && matches!(error.kind, ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound) =>
            {
                run.state.phase = Phase::Changed { page: None };
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        run.state.counts.orders += answer.notices.len() as u64;
        for notice in answer.notices {
            let news = Found::news(run.world, &run.connection.id, notice, asked_at, &run.connection).await?;
            if let News::Order(found) = news {
                take_in(run, found, &pending, asked_at).await?;
            }
        }
        page = answer.next;
        run.state.phase = Phase::Changed { page: page.clone() };
        if page.is_none() {
            return Ok(true);
        }
    }
    Err(Error::new(ErrorKind::Protocol, "orders", format!("connection {}: the list of orders does not end", run.connection.id)))
}

/// An order that our books do not know, or not so.
async fn take_in(run: &mut Run<'_>, found: Found, pending: &[OrderNumber], asked_at: Timestamp) -> Result<()> {
    let young = found.stamp.is_some_and(|stamp| asked_at.duration_since(stamp) < PUSH_MAY_TAKE);
    let class = if young || pending.contains(&found.number) { DriftCause::Delayed } else { DriftCause::Orders };
    let words = "the channel tells a state of the order that was not taken in; it is taken in now".to_owned();
    if differs(run, &found.number, class, true, words).await? {
        note_asked(run, &found.number).await?;
        let message = message(&run.connection.id, found, Cause::Poll, asked_at);
        run.world.queue.send(QueueName::Inbound, vec![message]).await?;
    }
    Ok(())
}

/// Notes that figures are not to be compared before the order is taken in.
pub(super) async fn note_asked(run: &mut Run<'_>, number: &OrderNumber) -> Result<()> {
    if run.state.asked.len() >= MOST_ASKED {
        run.state.more_asked = true;
        return Ok(());
    }
    let version = version(run, number).await?;
    run.state.asked.push(AskedOrder { number: number.clone(), version });
    Ok(())
}

async fn version(run: &Run<'_>, number: &OrderNumber) -> Result<Option<u64>> {
    let row = run.world.table.get(&OrderRow::key(&run.connection.id, number)).await?;
    Ok(row.and_then(|row| u64::try_from(row.get_number("version")?).ok()))
}

/// Whether every order that this run put on the queue is taken in, or put aside. Those that are, are forgotten.
pub(super) async fn are_in(run: &mut Run<'_>) -> Result<bool> {
    while let Some(order) = run.state.asked.last().cloned() {
        let aside = ExcludedOrderRow::read(run.world, &run.connection.id, &order.number).await?;
        if aside.is_none() && version(run, &order.number).await? == order.version {
            return Ok(false);
        }
        run.state.asked.pop();
    }
    Ok(!run.state.more_asked)
}

/// Whether figures can be compared: every order is in; or, after a few parts, those that are not keep them from being repaired.
pub(super) async fn may_go_on(run: &mut Run<'_>) -> Result<bool> {
    if run.state.waited >= MOST_WAITS || are_in(run).await? {
        return Ok(true);
    }
    run.state.waited += 1;
    Ok(false)
}

/// Notes that an order differs. Answers whether it is to be read: found again in this run too, for the part that found it first may have
/// died before it asked, and a figure that fell by it must not be raised.
pub(super) async fn differs(
    run: &mut Run<'_>,
    number: &OrderNumber,
    class: DriftCause,
    repairable: bool,
    words: String,
) -> Result<bool> {
    let subject = DriftSubject::Order { connection: run.connection.id.clone(), number: number.clone() };
    let found = DriftFound { class, repairable, wanted: None, shown: None, words };
    let now = Now { run: run.state.run, at: run.world.clock.now() };
    run.cases.found(run.world, &mut run.state.counts, subject.clone(), None, &found, now).await?;
    let case = run.cases.dealt_with(&subject, now.run);
    Ok(class != DriftCause::Delayed && case.is_some_and(|case| case.status == DriftStatus::Repairing))
}
