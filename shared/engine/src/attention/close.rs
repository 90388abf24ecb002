//! Closes what is parked and is right by now.

use crate::Ports;
use crate::orders::accept::uncovered;
use crate::orders::tell::has_it;
use crate::park::forget;
use crate::rows::{
    CheckOutcome, CursorRow, ExcludedOrderRow, ExclusionReason, HealthRow, InvoiceDeliveryRow, InvoiceDestination, InvoiceDueRow,
    ListingRow, OrderDocumentsRow, OrderQuestion, OrderRow, ParkedRow, PriceRow, Subject, TypedRow,
};
use domain::{ChannelSync, ConnectionId, Order, OrderNumber, Quantity};
use jiff::SignedDuration;
use ports::Result;

/// Parked things that one look for those that are done goes through.
const MOST_LOOKED_AT: usize = 1_000;

/// How long a delivery that cannot be read stands on the list though polls have found what it told of.
const DELIVERIES_SHOWN: SignedDuration = SignedDuration::from_hours(24);

/// Whoever puts an order's lines aside has committed the order by then: longer than the functions that do.
const LONGEST_COMMIT: SignedDuration = SignedDuration::from_mins(2);

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
            // Whoever put it aside just now may be about to commit the state that it was about.
            let is_committed = world.clock.now().duration_since(row.last_at) > LONGEST_COMMIT;
            known.is_some_and(|known| (is_committed || known.read_at >= row.first_at) && !known.has_unmatched())
        }
        Subject::Listing { sku, offer } => {
            let listing: Option<ListingRow> = world.get(&ListingRow::key(sku, connection, offer)).await?;
            listing.is_none_or(|listing| listing.problem.is_none() && listing.lease.is_none())
        }
        // It has its document, or wants none any more. That it is invoiced by hand is kept: it would be invoiced here as well.
        Subject::Invoice { number } => {
            row.dismissed.is_none() && world.get::<InvoiceDueRow>(&InvoiceDueRow::key(connection, number)).await?.is_none()
        }
        Subject::InvoiceDelivery { number, document, destination } => {
            has_arrived(world, connection, number, document, *destination).await?
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
        Subject::UnreadableLines { .. }
        | Subject::UnreadableItem { .. }
        | Subject::Swapped { .. }
        | Subject::Message { .. }
        | Subject::Other { .. } => false,
    })
}

/// Whether a document is no longer refused where it was.
async fn has_arrived(
    world: &Ports,
    connection: &ConnectionId,
    number: &OrderNumber,
    document: &str,
    destination: InvoiceDestination,
) -> Result<bool> {
    let documents: Option<OrderDocumentsRow> = world.get(&OrderDocumentsRow::key(connection, number)).await?;
    let issued = documents.into_iter().flat_map(|row| row.documents).filter_map(|one| one.issued);
    let Some(issued) = issued.into_iter().find(|issued| issued.number == document) else { return Ok(false) };
    let key = InvoiceDeliveryRow::key(&issued.series, issued.sequence, destination);
    let delivery: Option<InvoiceDeliveryRow> = world.get(&key).await?;
    // On its way again, it may be refused again.
    Ok(delivery.is_none_or(|row| matches!(row.state, ChannelSync::Synced { .. } | ChannelSync::NotNeeded)))
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
