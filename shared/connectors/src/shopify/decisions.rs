//! Tells how returned units were decided. No decision moves money, and none puts units on sale: the first is the merchant's in
//! Shopify, the second is Sluis's own once the goods are looked at.

use super::cancellations::{self, of_just};
use super::graphql::{
    self, ApproveReturn, CloseReturn, DeclineReturn, Pages, ProcessReturn, TakeOutOfReturn, approve_return, close_return,
    create_refund, decline_return, gid, process_return, take_out_of_return,
};
use super::parts::{self, Units};
use super::returns::{self, Line, Return, Stands};
use super::snapshot::Refunded;
use super::{moves, orders};
use domain::{OrderNumber, ReturnId, ReturnResolution, ReturnUpdate};
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status};

const WRITE: &str = "shopify.return";
const KNOWS: &str = "shopify.knows_return";

/// Every document tells its refusals in the same words, but as types of its own.
macro_rules! codes {
    ($payload:expr) => {
        $payload.map(|payload| payload.user_errors.iter().map(|refusal| format!("{:?}", refusal.code)).collect())
    };
}

/// Tells a decision.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, told: &ReturnUpdate) -> Result<Acknowledged> {
    let order = orders::id(WRITE, number)?;
    let wanted = parts::wanted(WRITE, &told.lines)?;
    match (&told.id, told.resolution) {
        (Some(id), verdict) => announced(call, number, id, &wanted, verdict).await,
        (None, ReturnResolution::Accepted | ReturnResolution::BuyerKeeps) => unannounced(call, &order, &wanted).await,
        (None, ReturnResolution::Rejected) => {
            let message = "Shopify knows of no return that could be refused; nothing needs to be told";
            Err(Error::new(ErrorKind::BadInput, WRITE, message))
        }
    }
}

/// The one line that a decision about an announced return is about.
fn single(operation: &'static str, wanted: &Units) -> Result<(u64, i64)> {
    match wanted.iter().collect::<Vec<_>>().as_slice() {
        [(line, units)] => Ok((**line, **units)),
        _ => Err(Error::new(ErrorKind::BadInput, operation, "a return on Shopify is decided line by line; tell one line")),
    }
}

async fn announced(
    call: &Call<'_>,
    number: &OrderNumber,
    id: &ReturnId,
    wanted: &Units,
    verdict: ReturnResolution,
) -> Result<Acknowledged> {
    let (gid, line_number) = returns::parse(WRITE, id)?;
    let (order_line, units) = single(WRITE, wanted)?;
    let declined = |message: &str| Error::new(ErrorKind::Declined, WRITE, message);
    let mut found = returns::read(call, WRITE, &gid).await?;
    if found.order != *number {
        return Err(declined("the return belongs to another order on Shopify"));
    }
    if verdict != ReturnResolution::Rejected && found.stands == Stands::REQUESTED {
        approve(call, &gid).await?;
        // Only now it is told where its goods are taken in.
        found = returns::read(call, WRITE, &gid).await?;
    }
    if !matches!(found.stands, Stands::REQUESTED | Stands::OPEN) {
        return Err(declined("the return is over on Shopify; reopen it there if this decision is to stand"));
    }
    let line =
        found.lines.iter().find(|l| l.number == line_number).ok_or_else(|| declined("the return no longer holds this line"))?;
    if line.sent.as_ref().is_some_and(|(_, sent)| *sent != order_line) {
        return Err(declined("the return is about another line of the order"));
    }
    if line.waiting < units {
        return Err(declined("fewer units of the return wait for a decision on Shopify than were decided; see it in Shopify"));
    }
    match verdict {
        ReturnResolution::Accepted => process(call, &gid, &found, line, units, Goods::Here).await?,
        ReturnResolution::BuyerKeeps => process(call, &gid, &found, line, units, Goods::Kept).await?,
        ReturnResolution::Rejected => refuse(call, &gid, &found, line, units).await?,
    }
    Ok(Acknowledged::Applied)
}

/// Where the goods of a decided return are.
#[derive(Clone, Copy)]
enum Goods {
    Here,
    Kept,
}

async fn approve(call: &Call<'_>, id: &str) -> Result<()> {
    let input = approve_return::ReturnApproveRequestInput { id: id.to_owned(), notify_customer: Some(false) };
    let payload = graphql::send::<ApproveReturn>(call, WRITE, approve_return::Variables { input }, true).await?;
    settled(codes!(payload.return_approve_request))
}

/// Says that the units are done with. What becomes of the goods is said so that Shopify puts none of them on sale.
async fn process(call: &Call<'_>, id: &str, of: &Return, line: &Line, units: i64, goods: Goods) -> Result<()> {
    use process_return::ReverseFulfillmentOrderDispositionType as Kind;
    let mut open = units;
    let mut dispositions = Vec::new();
    for intake in of.intakes_of(line) {
        let quantity = intake.open.min(open);
        if quantity > 0 {
            open -= quantity;
            dispositions.push(process_return::ReverseFulfillmentOrderDisposeInput {
                disposition_type: match goods {
                    Goods::Here => Kind::NOT_RESTOCKED,
                    Goods::Kept => Kind::MISSING,
                },
                quantity,
                reverse_fulfillment_order_line_item_id: intake.id.clone(),
            });
        }
    }
    let input = process_return::ReturnProcessInput {
        notify_customer: Some(false),
        return_id: id.to_owned(),
        return_line_items: Some(vec![process_return::ReturnProcessReturnLineItemInput {
            // Of units that somebody in Shopify spoke of already nothing is said again.
            dispositions: (!dispositions.is_empty()).then_some(dispositions),
            id: gid("ReturnLineItem", line.number),
            quantity: units,
        }]),
    };
    let payload = graphql::send::<ProcessReturn>(call, WRITE, process_return::Variables { input }, true).await?;
    settled(codes!(payload.return_process))
}

/// Refuses: the whole return where nothing else of it waits, and otherwise these units out of it.
async fn refuse(call: &Call<'_>, id: &str, of: &Return, line: &Line, units: i64) -> Result<()> {
    let waiting = parts::sum(of.lines.iter().map(|l| l.waiting));
    if waiting > units {
        let lines = vec![take_out_of_return::ReturnLineItemRemoveFromReturnInput {
            quantity: units,
            return_line_item_id: gid("ReturnLineItem", line.number),
        }];
        let variables = take_out_of_return::Variables { id: id.to_owned(), lines };
        let payload = graphql::send::<TakeOutOfReturn>(call, WRITE, variables, true).await?;
        settled(codes!(payload.remove_from_return))
    } else if of.stands == Stands::REQUESTED {
        let input = decline_return::ReturnDeclineRequestInput {
            decline_reason: decline_return::ReturnDeclineReason::OTHER,
            id: id.to_owned(),
            notify_customer: Some(false),
        };
        let payload = graphql::send::<DeclineReturn>(call, WRITE, decline_return::Variables { input }, true).await?;
        settled(codes!(payload.return_decline_request))
    } else {
        let payload = graphql::send::<CloseReturn>(call, WRITE, close_return::Variables { id: id.to_owned() }, true).await?;
        settled(codes!(payload.return_close))
    }
}

/// What an answer means: the codes of its refusals, if there was an answer at all.
fn settled(told: Option<Vec<String>>) -> Result<()> {
    let Some(told) = told else {
        return Err(
            Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the decision").with_status(Status::Unknown)
        );
    };
    let Some(code) = told.into_iter().next() else { return Ok(()) };
    let is = |word: &str| code == format!("Some({word})");
    let error = if is("INVALID_STATE") || is("NOT_EDITABLE") {
        Error::new(ErrorKind::Conflict, WRITE, "the return changed on Shopify in between; it is read again")
    } else if is("NOT_FOUND") {
        Error::new(ErrorKind::NotFound, WRITE, "Shopify does not know the return")
    } else if is("MISSING_PERMISSION") {
        Error::new(ErrorKind::Forbidden, WRITE, "the Shopify app may not decide returns; give it write_returns")
    } else if is("INTERNAL_ERROR") {
        Error::new(ErrorKind::Unavailable, WRITE, "Shopify failed while it wrote").with_status(Status::Unknown)
    } else {
        Error::new(ErrorKind::Declined, WRITE, "Shopify declined the decision; see the return in Shopify")
    };
    Err(error.with_detail(code.chars().take(64).collect::<String>()))
}

/// Goods that came without a word, or that a buyer may keep without one: a refund record that moves neither money nor stock. Of a line of which
/// Shopify knows too little as sent it would give up units that are still to be sent.
async fn unannounced(call: &Call<'_>, order: &str, wanted: &Units) -> Result<Acknowledged> {
    use create_refund::RefundLineItemRestockType as Restock;
    let known = orders::page(call, WRITE, order, None).await?;
    for line in &known.line_items.nodes {
        let sent = line.current_quantity.saturating_sub(line.unfulfilled_quantity);
        if wanted.get(&graphql::number(WRITE, &line.id)?).is_some_and(|units| sent < *units) {
            let message = "Shopify does not know as many units of the line as sent, and would take what came back for a cancellation of units \
                           that are still to be sent; enter the shipment in Shopify, and what came back there";
            return Err(Error::new(ErrorKind::Declined, WRITE, message));
        }
    }
    let line = |(number, units): (&u64, &i64)| create_refund::RefundLineItemInput {
        line_item_id: gid("LineItem", *number),
        location_id: None,
        quantity: *units,
        restock_type: Some(Restock::NO_RESTOCK),
    };
    let lines = wanted.iter().map(line).collect();
    match cancellations::record(call, WRITE, order, lines, "Returned").await? {
        None => Ok(Acknowledged::Applied),
        Some(fields) => {
            let error =
                Error::new(ErrorKind::Declined, WRITE, "Shopify declined the record of the returned units; see the order there");
            Err(error.with_detail(fields.join(".").chars().take(120).collect::<String>()))
        }
    }
}

/// Whether the decision is there. `None` where as many units were decided as were to be, and as many still wait: it may have been
/// these or others.
pub(super) async fn known(call: &Call<'_>, number: &OrderNumber, told: &ReturnUpdate) -> Result<Option<bool>> {
    let order = orders::id(KNOWS, number)?;
    let wanted = parts::wanted(KNOWS, &told.lines)?;
    let Some(id) = &told.id else { return unannounced_known(call, &order, &wanted).await };
    let (gid, line_number) = returns::parse(KNOWS, id)?;
    let (_, units) = single(KNOWS, &wanted)?;
    let found = returns::read(call, KNOWS, &gid).await?;
    let line = found.lines.iter().find(|line| line.number == line_number);
    let (processed, waiting) = line.map_or((0, 0), |line| (line.processed, line.waiting));
    if told.resolution == ReturnResolution::Rejected {
        let over = matches!(found.stands, Stands::DECLINED | Stands::CLOSED | Stands::CANCELED);
        return Ok(Some(over || waiting < units));
    }
    Ok(match (processed >= units, waiting >= units) {
        (false, _) => Some(false),
        (true, false) => Some(true),
        (true, true) => None,
    })
}

async fn unannounced_known(call: &Call<'_>, order: &str, wanted: &Units) -> Result<Option<bool>> {
    let found = orders::page(call, KNOWS, order, None).await?;
    let mut pages = Pages::new();
    let mut records = 0_u32;
    for refund in &found.refunds {
        let lines = moves::refunded(call, KNOWS, &mut pages, &refund.id).await?;
        records += u32::from(of_just(&lines, wanted, Refunded::NotRestocked));
    }
    // One record may be an earlier one of as many units: then it cannot be told.
    let again = found.line_items.nodes.iter().filter(|line| {
        let sent = line.current_quantity.saturating_sub(line.unfulfilled_quantity);
        graphql::number(KNOWS, &line.id).is_ok_and(|id| wanted.get(&id).is_some_and(|units| sent >= *units))
    });
    Ok(match records {
        0 => Some(false),
        _ => (again.count() < wanted.len()).then_some(true),
    })
}
