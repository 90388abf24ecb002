//! Cancellations: of a whole order by a job that Shopify works off later, of units by a refund record that moves no money.
//!
//! Both put the units back on Shopify's own counter, as the `Descriptor` says; of a whole order not, if they are not there. Paying back is
//! the merchant's, in Shopify.

use super::graphql::{self, CancelOrder, CancelState, CreateRefund, Pages, cancel_order, cancel_state, create_refund, gid};
use super::parts::{self, Units};
use super::snapshot::Refunded;
use super::{moves, orders};
use async_trait::async_trait;
use domain::{CancelReason, CancellationUpdate, OrderNumber};
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};

const WRITE: &str = "shopify.cancellation";
const STATUS: &str = "shopify.cancellation_status";
const KNOWS: &str = "shopify.knows_cancellation";

/// Tells that units will not be sent.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, told: &CancellationUpdate) -> Result<Acknowledged> {
    let order = orders::id(WRITE, number)?;
    let wanted = parts::wanted(WRITE, &told.lines)?;
    if told.whole_order { whole(call, &order, told).await } else { units(call, &order, &wanted, told.reason).await }
}

fn reason(why: CancelReason) -> cancel_order::OrderCancelReason {
    use cancel_order::OrderCancelReason as Code;
    match why {
        CancelReason::OutOfStock | CancelReason::NotFound | CancelReason::Damaged => Code::INVENTORY,
        CancelReason::CustomerRequest | CancelReason::OrderedTwice => Code::CUSTOMER,
        CancelReason::WrongPrice => Code::STAFF,
        CancelReason::TooLate | CancelReason::Other => Code::OTHER,
    }
}

async fn whole(call: &Call<'_>, order: &str, told: &CancellationUpdate) -> Result<Acknowledged> {
    let variables = cancel_order::Variables {
        order: order.to_owned(),
        reason: reason(told.reason),
        restock: told.restock,
        // Said outright, so that no default can ever pay anything back.
        refund: cancel_order::OrderCancelRefundMethodInput { original_payment_methods_refund: Some(false) },
    };
    let payload = graphql::send::<CancelOrder>(call, WRITE, variables, true).await?.order_cancel.ok_or_else(silent)?;
    if let Some(refusal) = payload.order_cancel_user_errors.first() {
        // An order that an earlier attempt cancelled is refused too.
        return match orders::page(call, WRITE, order, None).await?.cancelled_at {
            Some(_) => Ok(Acknowledged::Applied),
            None => Err(refused(refusal.code.as_ref())),
        };
    }
    let job = payload.job.ok_or_else(silent)?;
    Ok(Acknowledged::Pending(format!("{order} {}", job.id)))
}

fn silent() -> Error {
    Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the cancellation").with_status(Status::Unknown)
}

fn refused(code: Option<&cancel_order::OrderCancelUserErrorCode>) -> Error {
    use cancel_order::OrderCancelUserErrorCode as Code;
    let error = match code {
        Some(Code::NOT_FOUND) => orders::not_shown(WRITE),
        Some(Code::INTERNAL_ERROR) => {
            Error::new(ErrorKind::Unavailable, WRITE, "Shopify failed while it cancelled").with_status(Status::Unknown)
        }
        Some(Code::INVALID | Code::Other(_)) | None => declined(WRITE),
    };
    error.with_detail(format!("{code:?}").chars().take(64).collect::<String>())
}

fn declined(operation: &'static str) -> Error {
    let message = "Shopify did not cancel the order: shipments of it left, a return is open, or its payment is not settled; see it in Shopify";
    Error::new(ErrorKind::Declined, operation, message)
}

/// Asks how far the job has come. What counts is the order: the job says only that it is over, not how it ended.
pub(super) async fn status(call: &Call<'_>, status: &str) -> Result<Acknowledged> {
    let (order, job) = status
        .split_once(' ')
        .ok_or_else(|| Error::new(ErrorKind::Bug, STATUS, "a status was asked for that no cancellation on Shopify gave"))?;
    let variables = cancel_state::Variables { job: job.to_owned(), order: order.to_owned() };
    let data = graphql::send::<CancelState>(call, STATUS, variables, false).await?;
    let found = data.order.ok_or_else(|| orders::not_shown(STATUS))?;
    match (found.cancelled_at, data.job) {
        (Some(_), _) => Ok(Acknowledged::Applied),
        (None, Some(job)) if !job.done => Ok(Acknowledged::Pending(status.to_owned())),
        (None, Some(_)) => Err(declined(STATUS)),
        (None, None) => {
            let message = "Shopify no longer knows how the cancellation ended; the order is looked at again";
            Err(Error::new(ErrorKind::Protocol, STATUS, message).with_status(Status::Unknown))
        }
    }
}

async fn units(call: &Call<'_>, order: &str, wanted: &Units, why: CancelReason) -> Result<Acknowledged> {
    use create_refund::RefundLineItemRestockType as Restock;
    let left = parts::read(call, WRITE, order).await?;
    if left.cancelled {
        return Ok(Acknowledged::Applied);
    }
    // A location's units go back to that location.
    let taken = parts::take(left.parts.iter(), wanted).ok_or_else(|| {
        let message = "Shopify has fewer units left to send than are to be cancelled; see the order in Shopify";
        Error::new(ErrorKind::Declined, WRITE, message)
    })?;
    let mut lines: Vec<create_refund::RefundLineItemInput> = Vec::new();
    for one in taken {
        let (id, at) = (gid("LineItem", one.line.line), &one.part.location);
        match lines.iter_mut().find(|line| line.line_item_id == id && line.location_id == *at) {
            Some(line) => line.quantity += one.units,
            None => lines.push(create_refund::RefundLineItemInput {
                line_item_id: id,
                location_id: at.clone(),
                quantity: one.units,
                // The only type that takes units out of what is still to be sent: it restocks them, there or not.
                restock_type: Some(Restock::CANCEL),
            }),
        }
    }
    let note = format!("Will not be sent: {}", words(why));
    let Some(fields) = record(call, WRITE, order, lines, &note).await? else { return Ok(Acknowledged::Applied) };
    let message = "Shopify declined to take the units out of the order; see the order in Shopify";
    Err(parts::refused(call, WRITE, order, &left, message, fields).await)
}

/// For the staff who see the record in Shopify.
fn words(why: CancelReason) -> &'static str {
    match why {
        CancelReason::OutOfStock => "out of stock",
        CancelReason::CustomerRequest => "asked for by the customer",
        CancelReason::Damaged => "damaged",
        CancelReason::WrongPrice => "wrong price",
        CancelReason::TooLate => "too late",
        CancelReason::OrderedTwice => "ordered twice",
        CancelReason::NotFound => "not found",
        CancelReason::Other => "other reason",
    }
}

/// Makes a refund record without any transaction: it changes the lines and pays nothing. `Some`: refused, over this field.
pub(super) async fn record(
    call: &Call<'_>,
    operation: &'static str,
    order: &str,
    lines: Vec<create_refund::RefundLineItemInput>,
    note: &str,
) -> Result<Option<Vec<String>>> {
    let input = create_refund::RefundInput {
        note: Some(note.to_owned()),
        notify: Some(false),
        order_id: order.to_owned(),
        refund_line_items: Some(lines),
    };
    let variables = create_refund::Variables { input, key: call.operation_id.to_owned() };
    let payload = graphql::send::<CreateRefund>(call, operation, variables, true).await?.refund_create;
    let unknown = |message| Error::new(ErrorKind::Protocol, operation, message).with_status(Status::Unknown);
    let payload = payload.ok_or_else(|| unknown("Shopify told nothing about the record"))?;
    match payload.user_errors.into_iter().next() {
        Some(refusal) => Ok(Some(refusal.field.unwrap_or_default())),
        None if payload.refund.is_some() => Ok(None),
        None => Err(unknown("Shopify told of no record and of no reason")),
    }
}

/// Whether the cancellation is there. One of units is known by a record of just these units; where as many again could be cancelled,
/// that record may be an earlier one.
pub(super) async fn known(call: &Call<'_>, number: &OrderNumber, told: &CancellationUpdate) -> Result<Option<bool>> {
    let id = orders::id(KNOWS, number)?;
    let wanted = parts::wanted(KNOWS, &told.lines)?;
    let found = orders::page(call, KNOWS, &id, None).await?;
    if found.cancelled_at.is_some() || told.whole_order {
        return Ok(Some(found.cancelled_at.is_some()));
    }
    let mut pages = Pages::new();
    let mut alike = false;
    for refund in &found.refunds {
        let lines = moves::refunded(call, KNOWS, &mut pages, &refund.id).await?;
        alike |= of_just(&lines, &wanted, Refunded::BeforeSending);
    }
    if !alike {
        return Ok(Some(false));
    }
    let left = parts::read(call, KNOWS, &id).await?;
    Ok(parts::take(left.parts.iter(), &wanted).is_none().then_some(true))
}

/// Whether a record treats just these units, and all of them so.
pub(super) fn of_just(lines: &[(u64, i64, Refunded)], wanted: &Units, how: Refunded) -> bool {
    let mut units = Units::new();
    for (line, quantity, treated) in lines {
        if *treated != how {
            return false;
        }
        let sum = units.entry(*line).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    units == *wanted
}

/// Shopify works on cancellations after it answered.
pub(super) struct Capability;

#[async_trait]
impl ports::Jobs for Capability {
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        self::status(call, status).await
    }
}
