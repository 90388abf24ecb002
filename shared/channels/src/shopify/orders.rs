//! Changed orders, and one order whole.

use super::graphql::{self, Order, Orders, Pages, gid, order, orders};
use super::moves;
use super::returns;
use super::snapshot::{self, LineFacts, OrderFacts};
use super::sift::{Names, Spoilt};
use crate::lenient::{self, Field};
use domain::{MayMean, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Sku, UnreadLine};
use jiff::Timestamp;
use ports::{Call, Error, ErrorKind, Notice, OrderPage, OrdersFrom, Result, UnreadItem};

const LIST: &str = "shopify.orders";
const READ: &str = "shopify.order";
/// How many fulfilments, refunds and returns the document `Order` asks for; no next page of them is read.
const MOST_MOVES: usize = 100;

/// The two documents tell lines in the same words, but as types of their own.
macro_rules! line_facts {
    ($operation:expr, $line:expr, $document:ident) => {{
        let price = &$line.original_unit_price_set.shop_money;
        let currency = match &price.currency_code {
            $document::CurrencyCode::EUR => "EUR".to_owned(),
            $document::CurrencyCode::Other(code) => code.clone(),
        };
        LineFacts {
            id: graphql::number($operation, &$line.id)?,
            variant: $line.variant.as_ref().map(|v| graphql::number($operation, &v.legacy_resource_id)).transpose()?,
            sku: $line.sku.clone(),
            title: $line.name.clone(),
            unshipped: !$line.requires_shipping,
            gift_card: $line.is_gift_card,
            quantity: $line.quantity,
            current: $line.current_quantity,
            unfulfilled: Some($line.unfulfilled_quantity),
            unit_price: Some((price.amount.clone(), currency)),
            ..LineFacts::default()
        }
    }};
}

macro_rules! order_facts {
    ($operation:expr, $order:expr, $document:ident) => {
        OrderFacts {
            number: graphql::number($operation, &$order.legacy_resource_id)?,
            name: $order.name.clone(),
            created_at: $order.created_at.clone(),
            updated_at: $order.updated_at.clone(),
            cancelled: is_dated($operation, $order.cancelled_at.as_deref())?,
            closed: $order.closed,
            ship_to: $order.shipping_address.as_ref().and_then(|to| to.country_code_v2.as_ref()).map(|code| match code {
                $document::CountryCode::BE => "BE".to_owned(),
                $document::CountryCode::NL => "NL".to_owned(),
                $document::CountryCode::Other(code) => code.clone(),
            }),
            unread_returns: false,
            lines: $order
                .line_items
                .nodes
                .iter()
                .filter_map(|line| Ok::<_, Error>(()).and_then(|()| Ok(line_facts!($operation, line, $document))).ok())
                .collect(),
            unread: $order
                .line_items
                .nodes
                .iter()
                .filter_map(|line| {
                    let variant = line.variant.as_ref().map(|v| v.legacy_resource_id.as_str());
                    nameless($operation, &line.id, variant, line.sku.as_deref(), &line.name)
                })
                .collect(),
        }
    };
}

/// One page of orders changed since, oldest change first.
pub(super) async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    // Whole seconds, the earlier: stamps have no fractions, and a search is not known to read them.
    let since = Timestamp::from_second(from.since.as_second()).unwrap_or(from.since);
    let changed = format!("updated_at:>='{since}'");
    let variables = orders::Variables { changed, after: from.page.clone() };
    let (answer, spoilt) = graphql::send_list::<Orders>(call, LIST, variables, &["orders", "nodes"]).await?;
    let page = answer.orders;
    let mut notices = Vec::with_capacity(page.nodes.len());
    for order in &page.nodes {
        let Ok(facts) = Ok::<_, Error>(()).and_then(|()| Ok(order_facts!(LIST, order, orders))) else {
            notices.push(by_number(&order.legacy_resource_id, &order.updated_at));
            continue;
        };
        let read = Notice::Read { number: facts.number()?, stamp: facts.stamp(LIST).ok() };
        // What was sent of which line is too dear to ask for here; without any fulfilment it is known to be nothing.
        let whole = order.fulfillments.is_empty() && !order.line_items.page_info.has_next_page;
        // One that cannot be used as it stands is read by itself, so that it alone fails and its neighbours do not.
        let snapshot = if whole { facts.snapshot(LIST, None).ok().flatten() } else { None };
        notices.push(snapshot.map_or(read, |snapshot| Notice::Order(Box::new(snapshot))));
    }
    for one in &spoilt {
        let names: Names = one.read();
        let number = names.legacy_resource_id.get().and_then(|id| OrderNumber::new(id.to_string()).ok());
        notices.push(if let Some(number) = number {
            // Which state it is in is not for sure, so it is read whatever is known.
            Notice::Read { number, stamp: stamp_of(names.updated_at.text()) }
        } else {
            Notice::Unread(Box::new(UnreadItem { item: one.nameless_order(), offer: None, sku: None, problem: one.problem.clone() }))
        });
    }
    Ok(OrderPage { notices, next: graphql::next(LIST, page.page_info.has_next_page, page.page_info.end_cursor, from.page.as_deref())? })
}

/// Whether a date is given. What is given and is no date is nothing that a cancellation could be read from.
fn is_dated(operation: &'static str, date: Option<&str>) -> Result<bool> {
    date.map(|date| snapshot::instant(operation, date)).transpose().map(|date| date.is_some())
}

/// A line of which an id is no number: it cannot be asked for, or told from others.
fn nameless(operation: &'static str, id: &str, variant: Option<&str>, sku: Option<&str>, title: &str) -> Option<UnreadLine> {
    let number = |text: &str| graphql::number(operation, text).ok();
    let (line, item) = (number(id), variant.map(number));
    let field = match (line, item) {
        (None, _) => "id",
        (_, Some(None)) => "variant.legacyResourceId",
        _ => return None,
    };
    let offer = item.flatten().and_then(|id| OfferId::new(id.to_string()).ok());
    let sku = sku.and_then(|text| Sku::new(text.trim()).ok());
    let is_named = variant.is_none() || offer.is_some() || sku.is_some();
    Some(UnreadLine {
        id: line.and_then(|id| OrderLineId::new(id.to_string()).ok()),
        offer,
        sku,
        ean: None,
        title: title.to_owned(),
        problem: lenient::unread(field, "a text that is no number", "a number"),
        may_mean: if is_named { MayMean::Named } else { MayMean::Anything },
    })
}

fn stamp_of(text: &str) -> Option<Timestamp> {
    let exact: Timestamp = text.parse().ok()?;
    Timestamp::from_second(exact.as_second()).ok()
}

/// An order of which something else cannot be read: it is asked for by itself, if it has a number.
fn by_number(id: &str, updated_at: &str) -> Notice {
    if let Some(number) = graphql::number(LIST, id).ok().and_then(|number| OrderNumber::new(number.to_string()).ok()) { Notice::Read { number, stamp: stamp_of(updated_at) } } else {
        let problem = lenient::unread("legacyResourceId", "no number", "a number");
        Notice::Unread(Box::new(UnreadItem { item: "an order without a number".to_owned(), offer: None, sku: None, problem }))
    }
}

/// A line that cannot be read, by the names that can.
fn unread_line(spoilt: &Spoilt) -> UnreadLine {
    let names: Names = spoilt.read();
    let id = graphql::number(READ, names.id.text()).ok().and_then(|id| OrderLineId::new(id.to_string()).ok());
    let variant = names.variant.get().and_then(|variant| variant.0.legacy_resource_id.get());
    let offer = variant.and_then(|id| OfferId::new(id.to_string()).ok());
    let sku = Sku::new(names.sku.text().trim()).ok();
    let is_named = offer.is_some() || sku.is_some() || matches!(names.variant, Field::Missing);
    UnreadLine {
        id,
        offer,
        sku,
        ean: None,
        title: names.name.text().to_owned(),
        problem: spoilt.problem.clone(),
        may_mean: if is_named { MayMean::Named } else { MayMean::Anything },
    }
}

/// One order with all its lines, what was sent of them, what was refunded and what came back.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    use order::ReturnStatus as Status;
    let id = id(READ, number)?;
    let (first, spoilt) = page_with(call, READ, &id, None).await?;
    let mut facts = order_facts!(READ, first, order);
    facts.unread.extend(spoilt.iter().map(unread_line));
    let info = &first.line_items.page_info;
    let mut pages = Pages::new();
    let mut after = pages.next(READ, info.has_next_page, info.end_cursor.clone(), None)?;
    while let Some(here) = after {
        let (more, spoilt) = page_with(call, READ, &id, Some(here.clone())).await?;
        facts.unread.extend(spoilt.iter().map(unread_line));
        if more.updated_at != first.updated_at {
            return Err(Error::new(ErrorKind::Conflict, READ, "the order changed while it was read; it is read again"));
        }
        facts.lines.extend(order_facts!(READ, more, order).lines);
        let info = more.line_items.page_info;
        after = pages.next(READ, info.has_next_page, info.end_cursor, Some(&here))?;
    }
    for shipment in first.fulfillments.iter().filter(|f| f.status == order::FulfillmentStatus::SUCCESS) {
        for (id, units) in moves::sent(call, READ, &mut pages, &shipment.id).await?.lines {
            if let Some(line) = facts.line_mut(id) {
                line.shipped = line.shipped.saturating_add(units);
            }
        }
    }
    for refund in &first.refunds {
        for (id, units, how) in moves::refunded(call, READ, &mut pages, &refund.id).await? {
            if let Some(line) = facts.line_mut(id) {
                line.refund(units, how);
            }
        }
    }
    for one in first.returns.nodes.iter().filter(|r| matches!(r.status, Status::OPEN | Status::CLOSED)) {
        for (id, units, came_back) in returns::read(call, READ, &one.id).await?.by_line() {
            if let Some(line) = facts.line_mut(id) {
                line.in_return(units, came_back);
            }
        }
    }
    facts.snapshot(READ, Some(call.account.restocks_untold()?))?.ok_or_else(|| Error::new(ErrorKind::Bug, READ, "an order read whole did not settle all its lines"))
}

/// The global id of an order.
pub(super) fn id(operation: &'static str, number: &OrderNumber) -> Result<String> {
    number
        .as_str()
        .parse()
        .map(|number| gid("Order", number))
        .map_err(|_| Error::new(ErrorKind::NotFound, operation, "Shopify's order numbers are whole numbers; this is none"))
}

/// An order as it stands, with a page of its lines.
pub(super) async fn page(
    call: &Call<'_>,
    operation: &'static str,
    id: &str,
    lines_after: Option<String>,
) -> Result<order::OrderOrder> {
    page_with(call, operation, id, lines_after).await.map(|(order, _)| order)
}

/// As `page`, with the lines that cannot be read.
async fn page_with(
    call: &Call<'_>,
    operation: &'static str,
    id: &str,
    lines_after: Option<String>,
) -> Result<(order::OrderOrder, Vec<Spoilt>)> {
    let variables = order::Variables { id: id.to_owned(), lines_after };
    let (answer, spoilt) = graphql::send_list::<Order>(call, operation, variables, &["order", "lineItems", "nodes"]).await?;
    let order = answer.order.ok_or_else(|| not_shown(operation))?;
    let most = order.fulfillments.len().max(order.refunds.len()).max(order.returns.nodes.len());
    if most >= MOST_MOVES {
        let message = "an order with a hundred shipments, refunds or returns is more than Sluis reads";
        return Err(Error::new(ErrorKind::Declined, operation, message));
    }
    Ok((order, spoilt))
}

/// For an order that Shopify does not answer for.
pub(super) fn not_shown(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        operation,
        "Shopify does not show this order; orders older than 60 days need the permission read_all_orders",
    )
}
