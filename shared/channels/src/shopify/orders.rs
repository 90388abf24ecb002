//! Changed orders, and one order whole.

use super::graphql::{self, Fulfilled, Order, Orders, Pages, Refunded as RefundedDocument, fulfilled, gid, order, orders, refunded};
use super::snapshot::{LineFacts, OrderFacts, Refunded};
use domain::{OrderNumber, OrderSnapshot};
use jiff::Timestamp;
use ports::{Call, Error, ErrorKind, Notice, OrderPage, OrdersFrom, Result};

const LIST: &str = "shopify.orders";
const READ: &str = "shopify.order";
/// How many fulfilments and refunds the document `Order` asks for. They are plain lists without a next page.
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
            cancelled: $order.cancelled_at.is_some(),
            closed: $order.closed,
            lines: $order
                .line_items
                .nodes
                .iter()
                .map(|line| Ok(line_facts!($operation, line, $document)))
                .collect::<Result<_>>()?,
        }
    };
}

/// One page of orders changed since, oldest change first.
pub(super) async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    // Whole seconds, the earlier: stamps have no fractions, and a search is not known to read them.
    let since = Timestamp::from_second(from.since.as_second()).unwrap_or(from.since);
    let changed = format!("updated_at:>='{since}'");
    let variables = orders::Variables { changed, after: from.page.clone() };
    let page = graphql::send::<Orders>(call, LIST, variables, false).await?.orders;
    let mut notices = Vec::with_capacity(page.nodes.len());
    for order in &page.nodes {
        let facts = order_facts!(LIST, order, orders);
        let read = Notice::Read { number: facts.number()?, stamp: Some(facts.stamp(LIST)?) };
        // What was sent of which line is too dear to ask for here; without any fulfilment it is known to be nothing.
        let whole = order.fulfillments.is_empty() && !order.line_items.page_info.has_next_page;
        // One that cannot be used as it stands is read by itself, so that it alone fails and its neighbours do not.
        let snapshot = if whole { facts.snapshot(LIST).ok().flatten() } else { None };
        notices.push(snapshot.map_or(read, |snapshot| Notice::Order(Box::new(snapshot))));
    }
    Ok(OrderPage { notices, next: graphql::next(LIST, page.page_info.has_next_page, page.page_info.end_cursor, from.page.as_deref())? })
}

/// One order with all its lines, what was sent of them and what was refunded.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    let id = number
        .as_str()
        .parse()
        .map(|number| gid("Order", number))
        .map_err(|_| Error::new(ErrorKind::NotFound, READ, "Shopify's order numbers are whole numbers; this is none"))?;
    let first = page(call, &id, None).await?;
    if first.fulfillments.len() >= MOST_MOVES || first.refunds.len() >= MOST_MOVES {
        return Err(Error::new(ErrorKind::Declined, READ, "an order with a hundred shipments or refunds is more than Sluis reads"));
    }
    let mut facts = order_facts!(READ, first, order);
    let info = &first.line_items.page_info;
    let mut pages = Pages::new();
    let mut after = pages.next(READ, info.has_next_page, info.end_cursor.clone(), None)?;
    while let Some(here) = after {
        let more = page(call, &id, Some(here.clone())).await?;
        if more.updated_at != first.updated_at {
            return Err(Error::new(ErrorKind::Conflict, READ, "the order changed while it was read; it is read again"));
        }
        facts.lines.extend(order_facts!(READ, more, order).lines);
        let info = more.line_items.page_info;
        after = pages.next(READ, info.has_next_page, info.end_cursor, Some(&here))?;
    }
    for shipment in first.fulfillments.iter().filter(|f| f.status == order::FulfillmentStatus::SUCCESS) {
        add_shipment(call, &mut pages, &mut facts, &shipment.id).await?;
    }
    for refund in &first.refunds {
        add_refund(call, &mut pages, &mut facts, &refund.id).await?;
    }
    facts.snapshot(READ)?.ok_or_else(|| Error::new(ErrorKind::Bug, READ, "an order read whole did not settle all its lines"))
}

async fn page(call: &Call<'_>, id: &str, lines_after: Option<String>) -> Result<order::OrderOrder> {
    let variables = order::Variables { id: id.to_owned(), lines_after };
    let data = graphql::send::<Order>(call, READ, variables, false).await?;
    data.order.ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            READ,
            "Shopify does not show this order; orders older than 60 days need the permission read_all_orders",
        )
    })
}

async fn add_shipment(call: &Call<'_>, pages: &mut Pages, facts: &mut OrderFacts, id: &str) -> Result<()> {
    let mut after = None;
    loop {
        let variables = fulfilled::Variables { id: id.to_owned(), after: after.clone() };
        let shipment = graphql::send::<Fulfilled>(call, READ, variables, false).await?.fulfillment.ok_or_else(vanished)?;
        let lines = shipment.fulfillment_line_items;
        for sent in &lines.nodes {
            if let Some(line) = facts.line_mut(graphql::number(READ, &sent.line_item.id)?) {
                line.shipped = line.shipped.saturating_add(sent.quantity.unwrap_or(0));
            }
        }
        after = pages.next(READ, lines.page_info.has_next_page, lines.page_info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn add_refund(call: &Call<'_>, pages: &mut Pages, facts: &mut OrderFacts, id: &str) -> Result<()> {
    use refunded::RefundLineItemRestockType as Restock;
    let mut after = None;
    loop {
        let variables = refunded::Variables { id: id.to_owned(), after: after.clone() };
        let refund = graphql::send::<RefundedDocument>(call, READ, variables, false).await?.refund.ok_or_else(vanished)?;
        let lines = refund.refund_line_items;
        for refunded in &lines.nodes {
            let how = match refunded.restock_type {
                Restock::CANCEL => Refunded::BeforeSending,
                Restock::RETURN => Refunded::Returned,
                Restock::NO_RESTOCK | Restock::LEGACY_RESTOCK | Restock::Other(_) => Refunded::Unclear,
            };
            if let Some(line) = facts.line_mut(graphql::number(READ, &refunded.line_item.id)?) {
                line.refund(refunded.quantity, how);
            }
        }
        after = pages.next(READ, lines.page_info.has_next_page, lines.page_info.end_cursor, after.as_deref())?;
        if after.is_none() {
            return Ok(());
        }
    }
}

fn vanished() -> Error {
    Error::new(ErrorKind::Conflict, READ, "a part of the order went away while it was read; it is read again")
}
