//! Returns: which wait for a decision, and what each of them holds. A decision is told by `decisions.rs`.
//!
//! A return of Shopify has lines, and each line is decided by itself: the id of an announced return is `{return}-{line}`.

use super::graphql::{self, Intakes, OneReturn, WaitingReturns, gid, intakes, one_return, waiting_returns};
use super::parts;
use crate::lenient;
use async_trait::async_trait;
use domain::{AnnouncedReturn, FieldError, OrderLineId, OrderNumber, Quantity, ReturnId};
use ports::{Call, Error, ErrorKind, Result, ReturnPage, UnreadableItem};
use std::collections::BTreeMap;

const LIST: &str = "shopify.returns";

/// Where a return stands.
pub(super) use one_return::ReturnStatus as Stands;

/// A return, whole.
#[derive(Debug)]
pub(super) struct Return {
    pub(super) order: OrderNumber,
    pub(super) stands: Stands,
    /// When it was asked for.
    created_at: String,
    pub(super) lines: Vec<Line>,
    /// Where its goods are taken in; there once it is approved.
    pub(super) intakes: Vec<Intake>,
}

/// A line of a return, in units.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    /// The id of the line of the fulfilment they were sent with, and the number of the order line. None for goods that Shopify
    /// cannot match to an order.
    pub(super) sent: Option<(String, u64)>,
    quantity: i64,
    /// Done with.
    pub(super) processed: i64,
    /// Not decided.
    pub(super) waiting: i64,
    /// Shopify's word for the reason.
    reason: Option<String>,
}

/// A line of a reverse fulfilment order: it says what becomes of the goods.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) id: String,
    sent: Option<(String, u64)>,
    /// Units of which nothing is said yet.
    pub(super) open: i64,
    /// Units said not to have come.
    missing: i64,
    /// Units that are there.
    present: i64,
}

impl Return {
    /// By the number of the order line: units that are in the return, and of them those that came back.
    pub(super) fn by_line(&self) -> Vec<(u64, i64, i64)> {
        let mut units: BTreeMap<u64, (i64, i64)> = BTreeMap::new();
        for line in &self.lines {
            if let Some((_, number)) = line.sent {
                let (within, processed) = units.entry(number).or_default();
                (*within, *processed) = (within.saturating_add(line.quantity), processed.saturating_add(line.processed));
            }
        }
        let at_intake = |number: u64, count: fn(&Intake) -> i64| -> i64 {
            parts::sum(self.intakes.iter().filter(|i| i.sent.as_ref().is_some_and(|(_, n)| *n == number)).map(count))
        };
        let came_back = |(number, (within, processed)): (u64, (i64, i64))| {
            let counted = processed.saturating_sub(at_intake(number, |i| i.missing)).max(at_intake(number, |i| i.present));
            (number, within, counted.clamp(0, within.max(0)))
        };
        units.into_iter().map(came_back).collect()
    }

    /// The intakes of the goods of a line.
    pub(super) fn intakes_of<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = &'a Intake> {
        self.intakes.iter().filter(|intake| line.sent.is_some() && intake.sent == line.sent)
    }
}

/// Reads a return, whole.
pub(super) async fn read(call: &Call<'_>, operation: &'static str, id: &str) -> Result<Return> {
    let mut read = head(call, operation, id).await?;
    let variables = intakes::Variables { id: id.to_owned() };
    let found = graphql::send::<Intakes>(call, operation, variables, false).await?.return_.ok_or_else(|| unknown(operation))?;
    let reverse = found.reverse_fulfillment_orders;
    if reverse.page_info.has_next_page || reverse.nodes.iter().any(|r| r.line_items.page_info.has_next_page) {
        return Err(too_large(operation));
    }
    let lines = reverse.nodes.iter().flat_map(|r| &r.line_items.nodes);
    read.intakes = lines.map(|i| as_intake(operation, i)).collect::<Result<_>>()?;
    Ok(read)
}

/// Reads a return without its intakes: a list of many would else cost more than Shopify's bucket holds.
async fn head(call: &Call<'_>, operation: &'static str, id: &str) -> Result<Return> {
    let variables = one_return::Variables { id: id.to_owned() };
    let found = graphql::send::<OneReturn>(call, operation, variables, false).await?.return_.ok_or_else(|| unknown(operation))?;
    if found.return_line_items.page_info.has_next_page {
        return Err(too_large(operation));
    }
    let lines = found.return_line_items.nodes.iter().map(|line| as_line(operation, line)).collect::<Result<_>>()?;
    Ok(Return {
        order: OrderNumber::new(graphql::number(operation, &found.order.legacy_resource_id)?.to_string())?,
        stands: found.status,
        created_at: found.created_at,
        lines,
        intakes: Vec::new(),
    })
}

fn unknown(operation: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, operation, "Shopify does not know the return")
}

fn too_large(operation: &'static str) -> Error {
    Error::new(ErrorKind::Declined, operation, "a return of more than 25 lines is more than Sluis reads")
}

type FoundLine = one_return::OneReturnReturnReturnLineItemsNodes;
type FoundIntake = intakes::IntakesReturnReverseFulfillmentOrdersNodesLineItemsNodes;

fn as_line(operation: &'static str, line: &FoundLine) -> Result<Line> {
    use one_return::OneReturnReturnReturnLineItemsNodesOn as Kind;
    let sent = match &line.on {
        Kind::ReturnLineItem(of) => {
            let sent = &of.fulfillment_line_item;
            Some((sent.id.clone(), graphql::number(operation, &sent.line_item.id)?))
        }
        Kind::UnverifiedReturnLineItem => None,
    };
    Ok(Line {
        number: graphql::number(operation, &line.id)?,
        sent,
        quantity: line.quantity,
        processed: line.processed_quantity,
        waiting: line.unprocessed_quantity,
        reason: line.return_reason_definition.as_ref().map(|reason| reason.handle.clone()),
    })
}

fn as_intake(operation: &'static str, intake: &FoundIntake) -> Result<Intake> {
    use intakes::ReverseFulfillmentOrderDispositionType as Kind;
    let sent = intake.fulfillment_line_item.as_ref();
    let sent = sent.map(|s| Ok::<_, Error>((s.id.clone(), graphql::number(operation, &s.line_item.id)?))).transpose()?;
    let said = |missing: bool| -> i64 {
        parts::sum(intake.dispositions.iter().filter(|d| (d.type_ == Kind::MISSING) == missing).map(|d| d.quantity))
    };
    let (missing, present) = (said(true), said(false));
    Ok(Intake {
        id: intake.id.clone(),
        sent,
        open: intake.total_quantity.saturating_sub(missing).saturating_sub(present),
        missing,
        present,
    })
}

/// One page of what waits for a decision: asked for by a customer, or approved and not done with.
pub(super) async fn list(call: &Call<'_>, after: Option<&str>) -> Result<ReturnPage> {
    use waiting_returns::ReturnStatus as Status;
    let variables = waiting_returns::Variables { after: after.map(str::to_owned) };
    let (answer, spoilt) = graphql::send_list::<WaitingReturns>(call, LIST, variables, &["orders", "nodes"]).await?;
    let page = answer.orders;
    let mut returns = Vec::new();
    let place = |at: usize| {
        format!("order with returns at place {}{}", at + 1, after.map_or_else(String::new, |after| format!(" after {after}")))
    };
    let unreadable = |item: String, problem: FieldError| UnreadableItem { item, offer: None, sku: None, problem };
    let mut not_read: Vec<UnreadableItem> = spoilt.iter().map(|one| unreadable(place(one.at), one.problem.clone())).collect();
    for order in &page.nodes {
        if order.returns.page_info.has_next_page {
            return Err(Error::new(ErrorKind::Declined, LIST, "an order with more than 25 returns is more than Sluis reads"));
        }
        let waits = order.returns.nodes.iter().filter(|r| matches!(r.status, Status::REQUESTED | Status::OPEN));
        for one in waits {
            let found = head(call, LIST, &one.id).await;
            let read = found.and_then(|found| {
                let number = graphql::number(LIST, &one.id)?;
                found
                    .lines
                    .iter()
                    .filter(|line| line.waiting > 0)
                    .map(|line| announced(number, &found, line))
                    .collect::<Result<Vec<_>>>()
            });
            match read {
                Ok(read) => returns.extend(read),
                // It alone cannot be read; whatever else keeps an answer away keeps all of them away.
                Err(error)
                    if matches!(
                        error.kind,
                        ErrorKind::Protocol | ErrorKind::BadInput | ErrorKind::Declined | ErrorKind::NotFound
                    ) =>
                {
                    let item = graphql::number(LIST, &one.id)
                        .map_or_else(|_| "a return without a number".to_owned(), |id| format!("return {id}"));
                    not_read.push(unreadable(
                        item,
                        lenient::unreadable("return", "nothing that can be read", "a return as the documents describe it"),
                    ));
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(ReturnPage {
        returns,
        unreadable: not_read,
        next: graphql::next(LIST, page.page_info.has_next_page, page.page_info.end_cursor, after)?,
    })
}

fn announced(number: u64, of: &Return, line: &Line) -> Result<AnnouncedReturn> {
    let at = of.created_at.parse().map_err(|_| Error::new(ErrorKind::Protocol, LIST, "Shopify told a time that is none"))?;
    Ok(AnnouncedReturn {
        id: ReturnId::new(format!("{number}-{}", line.number))?,
        order: of.order.clone(),
        line: line.sent.as_ref().map(|(_, line)| OrderLineId::new(line.to_string())).transpose()?,
        ean: None,
        units: Quantity::new(line.waiting)?,
        reason: line.reason.clone().unwrap_or_default(),
        at,
    })
}

/// The global id of the return and the number of the line that an announced return's id names.
pub(super) fn parse(operation: &'static str, id: &ReturnId) -> Result<(String, u64)> {
    let parsed = id.as_str().split_once('-').and_then(|(number, line)| Some((number.parse().ok()?, line.parse().ok()?)));
    parsed.map(|(number, line)| (gid("Return", number), line)).ok_or_else(|| {
        Error::new(ErrorKind::BadInput, operation, "the return's id is none that Shopify's list of returns gave; correct it")
    })
}

/// Shopify tells of returns that wait for a decision.
pub(super) struct Capability;

#[async_trait]
impl ports::Returns for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage> {
        list(call, page).await
    }
}
