//! Puts aside, where a person sees it, what cannot be processed; closes it when it can; and does what a person decides about it.

use crate::accept_orders::uncovered;
use crate::check_connection::ask_for_check;
use crate::handle_order::{OrderCommand, handle_order};
use crate::rows::{
    CheckOutcome, CursorRow, Dismissal, ExcludedOrderRow, ExclusionReason, HealthRow, ListingRow, OrderQuestion, OrderRow,
    ParkedBodyRow, ParkedRow, PriceDueRow, PriceRow, Products, Subject, TypedRow,
};
use crate::tell_order::has_it;
use crate::{Cache, Ports};
use contracts::{Cause, InboundOrder, Message, StockHint};
use domain::{ConnectionId, Order, OrderNumber, Quantity};
use jiff::SignedDuration;
use ports::{Condition, Error, ErrorKind, OutgoingMessage, QueueName, Result, Write};
use std::time::Duration;

/// Bytes of a parked body that are kept: a row takes 400 KB, other fields included.
const MOST_BODY: usize = 300_000;
/// Parked things that one look for those that are done goes through.
const MOST_LOOKED_AT: usize = 1_000;

/// How long a delivery that cannot be read stands on the list though polls have found what it told of.
const DELIVERIES_SHOWN: SignedDuration = SignedDuration::from_hours(24);

fn start_of(body: &str) -> &str {
    body.get(..body.floor_char_boundary(MOST_BODY)).unwrap_or(body)
}

impl Ports {
    /// Parks a thing with the reason, for people. Durable when it answers. The same problem again is the same entry, seen once more.
    pub async fn park(
        &self,
        connection: Option<&ConnectionId>,
        subject: impl Into<Subject>,
        reason: &str,
        body: &str,
    ) -> Result<()> {
        self.park_as(connection, subject.into(), reason, body, false).await
    }

    /// The same. `urgent`: as `ParkedRow::urgent`.
    pub(crate) async fn park_as(
        &self,
        connection: Option<&ConnectionId>,
        subject: Subject,
        reason: &str,
        body: &str,
        urgent: bool,
    ) -> Result<()> {
        let id = ParkedRow::id(connection, &subject, body);
        let now = self.clock.now();
        let before: Option<ParkedRow> = self.get(&ParkedRow::key(&id)).await?;
        let row = ParkedRow {
            id,
            first_at: before.as_ref().map_or(now, |row| row.first_at.min(now)),
            last_at: now,
            count: before.as_ref().map_or(0, |row| row.count) + 1,
            connection: connection.cloned(),
            subject,
            reason: reason.to_owned(),
            dismissed: before.filter(|row| row.reason == reason).and_then(|row| row.dismissed),
            urgent,
        };
        if !body.is_empty() {
            let body = ParkedBodyRow::of(&row, start_of(body).to_owned());
            self.write_if(Write::Put { row: body.to_row(), when: Condition::Always }).await?;
        }
        self.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
    }
}

/// Closes what is parked and right by now. Answers how many.
pub async fn close_parked(world: &Ports) -> Result<usize> {
    let page = world.table.query(ParkedRow::PARTITION, "", None, MOST_LOOKED_AT, false).await?;
    let mut closed = 0;
    for row in &page.rows {
        // One that cannot be read stays for the list to name.
        let Ok(row) = ParkedRow::from_row(row) else { continue };
        if row.is_over(world.clock.now()) || is_right(world, &row).await? {
            forget(world, &row.id).await?;
            closed += 1;
        }
    }
    Ok(closed)
}

async fn is_right(world: &Ports, row: &ParkedRow) -> Result<bool> {
    let Some(connection) = &row.connection else { return Ok(false) };
    if let Some(number) = row.subject.order()
        && row.is_old(world.clock.now())
        && !matches!(row.subject, Subject::Order { .. })
        && OrderRow::read(world, connection, number).await?.is_none()
    {
        // It was about an order that is known no longer.
        return Ok(true);
    }
    Ok(match &row.subject {
        // It was taken in, in a state that was read later; or found since to be nothing to take in.
        Subject::Order { number } => {
            let known = OrderRow::read(world, connection, number).await?;
            known.is_some_and(|known| known.is_complete() && known.read_at > row.last_at)
                || ExcludedOrderRow::read(world, connection, number).await?.is_some_and(|aside| {
                    let nothing =
                        matches!(aside.kind, ExclusionReason::BeforeOpening | ExclusionReason::Draft | ExclusionReason::Gone);
                    nothing && aside.through > row.last_at
                })
        }
        Subject::Lines { number } => {
            let known = OrderRow::read(world, connection, number).await?;
            known.is_some_and(|known| known.read_at >= row.first_at && !known.has_unmatched())
        }
        Subject::Listing { sku, offer } => {
            let listing: Option<ListingRow> = world.get(&ListingRow::key(sku, connection, offer)).await?;
            listing.is_none_or(|listing| listing.problem.is_none() && listing.lease.is_none())
        }
        Subject::Price { sku } => {
            let price: Option<PriceRow> = world.get(&PriceRow::key(connection, sku)).await?;
            price.is_none_or(|price| price.problem.is_none())
        }
        // Whatever it told of is found by polls; that such things are delivered is for a person to see.
        Subject::Webhook => {
            let cursor: Option<CursorRow> = world.get(&CursorRow::key(connection)).await?;
            let settled = cursor.and_then(|cursor| cursor.settled_through);
            settled.is_some_and(|settled| settled.duration_since(row.last_at) > DELIVERIES_SHOWN)
        }
        Subject::Question { number, question } => {
            OrderRow::read(world, connection, number).await?.is_some_and(|known| is_answered(&known, *question))
        }
        Subject::Update { number, id } => {
            OrderRow::read(world, connection, number).await?.is_some_and(|known| has_it(&known, id))
        }
        // The last look that said anything found others, or none.
        Subject::MissingRights { rights } => {
            let health: Option<HealthRow> = world.get(&HealthRow::key(connection)).await?;
            let found = health.and_then(|row| row.check).map(|check| check.outcome);
            matches!(found, Some(CheckOutcome::Accepted { missing_rights, .. }) if missing_rights != *rights)
        }
        // Whoever reads them closes them.
        Subject::UnreadLines { .. }
        | Subject::UnreadItem { .. }
        | Subject::Swapped { .. }
        | Subject::Message { .. }
        | Subject::Other { .. } => false,
    })
}

/// Whether nothing is left to say to a question.
fn is_answered(order: &Order, about: OrderQuestion) -> bool {
    match about {
        OrderQuestion::Restocked => order.lines.iter().all(|line| {
            let untold = order.snapshot.own_line(&line.id).map_or(Quantity::ZERO, |told| told.restock_untold);
            order.to_put_back(&line.id).min(untold).is_zero()
        }),
        OrderQuestion::CameBack => {
            let told = order.returns.iter().filter(|one| one.settled_on_channel);
            told.flat_map(|one| one.lines.iter().map(move |line| (one, line)))
                .all(|(one, line)| one.decided(&line.line) >= line.units)
        }
        OrderQuestion::Short => order.lines.iter().all(|line| uncovered(line).is_zero()),
        // What had left only a person knows.
        OrderQuestion::Deleted => false,
    }
}

async fn find(world: &Ports, id: &str) -> Result<ParkedRow> {
    let row: Option<ParkedRow> = world.get(&ParkedRow::key(id)).await?;
    row.ok_or_else(|| Error::new(ErrorKind::NotFound, "parked", format!("nothing is parked as `{id}`; it may be right by now")))
}

async fn forget(world: &Ports, id: &str) -> Result<()> {
    for key in [ParkedBodyRow::key(id), ParkedRow::key(id)] {
        world.write_if(Write::Delete { key, when: Condition::Always }).await?;
    }
    Ok(())
}

/// Has a parked thing tried once more, as `by` wants it, by those whose work it is: who asks may be one who serves people, and has no
/// credentials. It stays on the list until it is right.
pub async fn retry_parked(world: &Ports, lookup: &Cache, id: &str, by: &str) -> Result<()> {
    let row = find(world, id).await?;
    match (&row.subject, &row.connection) {
        (Subject::Order { number }, Some(connection)) => {
            ExcludedOrderRow::forget(world, connection, number).await?;
            read_again(world, connection, number).await
        }
        (Subject::Question { number, question: OrderQuestion::Short }, Some(connection)) => {
            handle_order(world, lookup, connection, number, &OrderCommand::Cover {}, by).await.map(drop)
        }
        (
            Subject::Lines { number }
            | Subject::Swapped { number }
            | Subject::UnreadLines { number }
            | Subject::Question { number, .. },
            Some(connection),
        ) => read_again(world, connection, number).await,
        (Subject::Update { number, id }, Some(connection)) => {
            let again = OrderCommand::TellAgain { update: id.clone() };
            handle_order(world, lookup, connection, number, &again, by).await.map(drop)
        }
        (Subject::Listing { sku, .. }, Some(connection)) => {
            let look = StockHint { sku: sku.clone(), connection: Some(connection.clone()) };
            world.queue.send(QueueName::StockHints, vec![crate::announce::hint(&look, Duration::ZERO)]).await
        }
        (Subject::Price { sku }, Some(connection)) => {
            let due = PriceDueRow { connection: connection.clone(), at: world.clock.now(), sku: sku.clone() };
            world.write_if(Write::Put { row: due.to_row(), when: Condition::Always }).await.map(drop)
        }
        // Whatever it told of is read by the next poll, which is never more than a minute away.
        (Subject::Webhook, Some(_)) => Ok(()),
        (Subject::MissingRights { .. }, Some(connection)) => ask_for_check(world, lookup, connection).await,
        (Subject::Message { queue }, _) => send_again(world, id, queue).await,
        _ => Err(Error::new(
            ErrorKind::Declined,
            "parked",
            "there is nothing to try again: do what the reason says, and dismiss it when it is done",
        )),
    }
}

/// Puts a message back on its queue, for whoever understands it by now.
async fn send_again(world: &Ports, id: &str, queue: &str) -> Result<()> {
    let name = match queue {
        "inbound" => QueueName::Inbound,
        "stock-hints" => QueueName::StockHints,
        _ => QueueName::OrderUpdates,
    };
    let kept: Option<ParkedBodyRow> = world.get(&ParkedBodyRow::key(id)).await?;
    let Some(kept) = kept else {
        return Err(Error::new(ErrorKind::NotFound, "parked", "its body is erased: there is nothing left to send again"));
    };
    world.queue.send(name, vec![OutgoingMessage { body: kept.body, delay: Duration::ZERO }]).await?;
    // If it is not understood this time either, it is parked anew.
    forget(world, id).await
}

async fn read_again(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<()> {
    let message = InboundOrder {
        connection: connection.clone(),
        number: number.clone(),
        snapshot: None,
        cause: Cause::Poll,
        read_at: world.clock.now(),
    };
    world.queue.send(QueueName::Inbound, vec![OutgoingMessage { body: message.to_json(), delay: Duration::ZERO }]).await
}

/// A person decided that nothing is to be done about it: it leaves the list, and comes back only if it fails for another reason. An order
/// holds nothing down any more.
pub async fn dismiss_parked(world: &Ports, id: &str, by: &str, reason: &str) -> Result<()> {
    let row = find(world, id).await?;
    if let (Subject::Order { number }, Some(connection)) = (&row.subject, &row.connection) {
        // What it held down may rise.
        if let Some(Products::These(skus)) = ExcludedOrderRow::dismiss(world, connection, number).await? {
            let hint = |sku| crate::announce::hint(&StockHint { sku, connection: None }, Duration::ZERO);
            world.queue.send(QueueName::StockHints, skus.into_iter().map(hint).collect()).await?;
        }
    }
    erase_parked(world, id).await?;
    let dismissal = Dismissal { by: by.to_owned(), reason: reason.to_owned(), at: world.clock.now() };
    let row = ParkedRow { dismissed: Some(dismissal), ..row };
    world.write_if(Write::Put { row: row.to_row(), when: Condition::Present }).await.map(drop)
}

/// Erases what a parked thing holds: its body may hold a customer's words. What it is and why stays.
pub async fn erase_parked(world: &Ports, id: &str) -> Result<()> {
    find(world, id).await?;
    world.write_if(Write::Delete { key: ParkedBodyRow::key(id), when: Condition::Always }).await.map(drop)
}
