//! A sample of the orders that are known, read from the channel again: the newest, and then others in turn, as far back as the journal
//! goes. What the channel tells otherwise is read by order-intake, like any order.

use super::Run;
use super::orders::{FIRST_LOOK, differs, note_asked};
use crate::rows::{DriftSubject, JournalEntry, JournalRow, OrderRow, TypedRow as _};
use contracts::{Cause, InboundOrder, Message};
use domain::{DriftCause, Order, OrderNumber, Recency, Source, standing};
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Key, OutgoingMessage, QueueName, Result};
use std::collections::BTreeSet;
use std::time::Duration;

/// Rows of the journal that are read in search of orders of this connection.
const MOST_ROWS: usize = 5_000;
const PAGE: usize = 100;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Reads the sample: true. False: the time is over.
pub(super) async fn read(run: &mut Run<'_>) -> Result<bool> {
    let now = run.world.clock.now();
    let wanted = run.limits.orders as usize;
    let mut numbers = BTreeSet::new();
    let mut recent = Some((now, None));
    collect(run, &mut recent, wanted / 2, &mut numbers).await?;
    let mut turn = run.state.orders_from.clone().or(Some((now, None)));
    collect(run, &mut turn, wanted, &mut numbers).await?;
    let (mut unreadable, mut read) = (Vec::new(), 0_usize);
    for number in &numbers {
        if run.time_is_over() {
            return Ok(false);
        }
        match compare(run, number).await {
            Ok(()) => read += 1,
            Err(error) if error.kind == ErrorKind::Protocol => unreadable.push((number, error)),
            Err(error) => return Err(error),
        }
    }
    for (number, error) in unreadable {
        if read == 0 {
            // It is no order's fault.
            return Err(error);
        }
        // Order intake reads it again, names it for as long as it cannot be read, and goes on trying.
        ask(run, number, run.world.clock.now()).await?;
    }
    run.state.orders_from = turn;
    // Orders that differed and were not seen again: whether they are right is told by reading them.
    for subject in run.cases.standing() {
        let DriftSubject::Order { number, .. } = &subject else { continue };
        if run.time_is_over() {
            return Ok(false);
        }
        if !numbers.contains(number) && run.may_look() {
            match compare(run, number).await {
                // It stands for as long as nobody knows better.
                Err(error) if error.kind == ErrorKind::Protocol => {}
                compared => compared?,
            }
        }
    }
    Ok(true)
}

/// Gathers numbers of the connection's orders from the journal, newest first, until there are so many. `from` is left where the next turn
/// goes on; `None`: the journal came to its end, and the next turn begins at the newest.
async fn collect(
    run: &Run<'_>,
    from: &mut Option<(Timestamp, Option<String>)>,
    wanted: usize,
    numbers: &mut BTreeSet<OrderNumber>,
) -> Result<()> {
    let oldest = run.world.clock.now().checked_sub(FIRST_LOOK).unwrap_or(Timestamp::MIN);
    let mut rows = 0;
    while let Some((day, after)) = from.clone() {
        if numbers.len() >= wanted || rows >= MOST_ROWS {
            return Ok(());
        }
        let pk = JournalRow::partition(day);
        let start = after.map(|sk| Key::new(pk.as_str(), sk));
        let page = run.world.table.query(&pk, "", start.as_ref(), PAGE, true).await?;
        rows += page.rows.len();
        for row in &page.rows {
            let JournalEntry::Orders { orders } = JournalRow::from_row(row)?.entry else { continue };
            let own = orders.into_iter().filter(|order| order.connection == run.connection.id);
            numbers.extend(own.map(|order| order.number));
        }
        *from = match page.next {
            Some(next) => Some((day, Some(next.sk))),
            None => day.checked_sub(DAY).ok().filter(|day| *day >= oldest).map(|day| (day, None)),
        };
    }
    Ok(())
}

/// Compares one order with what the channel tells now.
async fn compare(run: &mut Run<'_>, number: &OrderNumber) -> Result<()> {
    let Some(known) = OrderRow::read(run.world, &run.connection.id, number).await? else { return Ok(()) };
    let read_at = run.world.clock.now();
    run.state.counts.orders += 1;
    match run.driver.orders()?.call(|orders, call| orders.read(call, number)).await {
        Ok(told) if known.is_complete() && standing(Some(&known), &told, read_at, Source::Read) == Recency::Same => {
            right(run, number).await
        }
        Ok(_) => {
            let words = "the channel tells another state of the order than is known here; it is read again".to_owned();
            if differs(run, number, DriftCause::Orders, true, words).await? {
                note_asked(run, number).await?;
                ask(run, number, read_at).await?;
            }
            Ok(())
        }
        Err(error) if error.kind == ErrorKind::NotFound && is_open(&known) => {
            // Looked for again over some minutes, and cancelled if it was deleted; or else a person decides.
            let words = "the channel no longer knows the order, and units are set aside for it; if it was deleted there, say so on the order"
                .to_owned();
            if differs(run, number, DriftCause::Orders, true, words).await? {
                note_asked(run, number).await?;
                ask(run, number, read_at).await?;
            }
            Ok(())
        }
        Err(error) if error.kind == ErrorKind::NotFound => right(run, number).await,
        Err(error) => Err(error),
    }
}

async fn right(run: &mut Run<'_>, number: &OrderNumber) -> Result<()> {
    let subject = DriftSubject::Order { connection: run.connection.id.clone(), number: number.clone() };
    run.cases.right(run.world, &mut run.state.counts, &subject).await
}

fn is_open(order: &Order) -> bool {
    !order.is_complete() || order.lines.iter().any(|line| line.committed() > line.taken() || !line.short().is_zero())
}

async fn ask(run: &Run<'_>, number: &OrderNumber, read_at: Timestamp) -> Result<()> {
    let message = InboundOrder {
        connection: run.connection.id.clone(),
        number: number.clone(),
        snapshot: None,
        cause: Cause::Poll,
        read_at,
    };
    run.world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}
