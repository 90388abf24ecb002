//! Changed orders, and one order whole.

use super::graphql::{self, Order, Orders, Pages, gid, order, orders};
use super::moves;
use super::returns;
use super::sift::{Names, Spoilt};
use super::snapshot::{self, LineFacts, OrderFacts};
use super::terms::{TermsFacts, Told};
use crate::lenient::{self, Field};
use async_trait::async_trait;
use domain::{OfferId, OrderLineId, OrderNumber, OrderSnapshot, PossibleProducts, Sku, UnreadableLine};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Call, DeletesOrders, Error, ErrorKind, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging,
    RestocksOnCancel, Result, UnreadableItem,
};

const LIST: &str = "shopify.orders";
const READ: &str = "shopify.order";
/// How many fulfilments, refunds and returns the document `Order` asks for; no next page of them is read.
const MOST_MOVES: usize = 100;

/// An amount in the shop's currency.
macro_rules! told {
    ($set:expr, $document:ident) => {
        match &$set.shop_money.currency_code {
            $document::CurrencyCode::EUR => Told::texts(&$set.shop_money.amount, "EUR"),
            $document::CurrencyCode::Other(code) => Told::texts(&$set.shop_money.amount, code),
        }
    };
}

/// Amounts and payment of an order as a whole.
macro_rules! terms_facts {
    ($order:expr, $document:ident) => {{
        use $document::OrderDisplayFinancialStatus as Status;
        TermsFacts {
            taxes_included: Field::Read($order.taxes_included),
            paid: match &$order.display_financial_status {
                Some(Status::PAID | Status::PARTIALLY_REFUNDED | Status::REFUNDED) => Some(true),
                Some(Status::AUTHORIZED | Status::EXPIRED | Status::PARTIALLY_PAID | Status::PENDING | Status::VOIDED) => {
                    Some(false)
                }
                Some(Status::Other(_)) | None => None,
            },
            total: told!($order.total_price_set, $document),
            tax: $order.total_tax_set.as_ref().map_or_else(Told::default, |set| told!(set, $document)),
            shipping: told!($order.total_shipping_price_set, $document),
            off_shipping: Vec::new(),
        }
    }};
}

/// The two documents tell lines in the same words, but as types of their own.
macro_rules! line_facts {
    ($operation:expr, $line:expr, $document:ident) => {{
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
            unit_price: told!($line.original_unit_price_set, $document),
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
            unreadable_returns: false,
            terms: terms_facts!($order, $document),
            lines: $order
                .line_items
                .nodes
                .iter()
                .filter_map(|line| Ok::<_, Error>(()).and_then(|()| Ok(line_facts!($operation, line, $document))).ok())
                .collect(),
            unreadable_lines: $order
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
        let read = Notification::Changed { number: facts.number()?, stamp: facts.stamp(LIST).ok() };
        // What was sent of which line, and what of a discount is off which, is too dear to ask for here; without any it is known to be nothing.
        let undiscounted =
            order.total_discounts_set.as_ref().is_some_and(|set| Told::texts(&set.shop_money.amount, "").is_nothing());
        let whole = order.fulfillments.is_empty() && undiscounted && !order.line_items.page_info.has_next_page;
        // One that cannot be used as it stands is read by itself, so that it alone fails and its neighbours do not.
        let snapshot = if whole { facts.snapshot(LIST, None).ok().flatten() } else { None };
        notices.push(snapshot.map_or(read, |snapshot| Notification::Order(Box::new(snapshot))));
    }
    for one in &spoilt {
        let names: Names = one.read();
        let number = names.legacy_resource_id.get().and_then(|id| OrderNumber::new(id.to_string()).ok());
        notices.push(if let Some(number) = number {
            // Which state it is in is not for sure, so it is read whatever is known.
            Notification::Changed { number, stamp: stamp_of(names.updated_at.text()) }
        } else {
            Notification::Unreadable(Box::new(UnreadableItem {
                item: one.nameless_order(),
                offer: None,
                sku: None,
                problem: one.problem.clone(),
            }))
        });
    }
    Ok(OrderPage {
        notices,
        next: graphql::next(LIST, page.page_info.has_next_page, page.page_info.end_cursor, from.page.as_deref())?,
    })
}

/// Whether a date is given. What is given and is no date is nothing that a cancellation could be read from.
fn is_dated(operation: &'static str, date: Option<&str>) -> Result<bool> {
    date.map(|date| snapshot::instant(operation, date)).transpose().map(|date| date.is_some())
}

/// A line of which an id is no number: it cannot be asked for, or told from others.
fn nameless(operation: &'static str, id: &str, variant: Option<&str>, sku: Option<&str>, title: &str) -> Option<UnreadableLine> {
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
    Some(UnreadableLine {
        id: line.and_then(|id| OrderLineId::new(id.to_string()).ok()),
        offer,
        sku,
        ean: None,
        title: title.to_owned(),
        field_error: lenient::unreadable(field, "a text that is no number", "a number"),
        may_be: if is_named { PossibleProducts::Named } else { PossibleProducts::Anything },
    })
}

fn stamp_of(text: &str) -> Option<Timestamp> {
    let exact: Timestamp = text.parse().ok()?;
    Timestamp::from_second(exact.as_second()).ok()
}

/// An order of which something else cannot be read: it is asked for by itself, if it has a number.
fn by_number(id: &str, updated_at: &str) -> Notification {
    if let Some(number) = graphql::number(LIST, id).ok().and_then(|number| OrderNumber::new(number.to_string()).ok()) {
        Notification::Changed { number, stamp: stamp_of(updated_at) }
    } else {
        let problem = lenient::unreadable("legacyResourceId", "no number", "a number");
        Notification::Unreadable(Box::new(UnreadableItem {
            item: "an order without a number".to_owned(),
            offer: None,
            sku: None,
            problem,
        }))
    }
}

/// A line that cannot be read, by the names that can.
fn unreadable_line(spoilt: &Spoilt) -> UnreadableLine {
    let names: Names = spoilt.read();
    let id = graphql::number(READ, names.id.text()).ok().and_then(|id| OrderLineId::new(id.to_string()).ok());
    let variant = names.variant.get().and_then(|variant| variant.0.legacy_resource_id.get());
    let offer = variant.and_then(|id| OfferId::new(id.to_string()).ok());
    let sku = Sku::new(names.sku.text().trim()).ok();
    let is_named = offer.is_some() || sku.is_some() || matches!(names.variant, Field::Missing);
    UnreadableLine {
        id,
        offer,
        sku,
        ean: None,
        title: names.name.text().to_owned(),
        field_error: spoilt.problem.clone(),
        may_be: if is_named { PossibleProducts::Named } else { PossibleProducts::Anything },
    }
}

/// One order with all its lines, what was sent of them, what was refunded and what came back.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    use order::ReturnStatus as Status;
    let id = id(READ, number)?;
    let (first, spoilt) = page_with(call, READ, &id, None).await?;
    let mut facts = order_facts!(READ, first, order);
    facts.terms.off_shipping = first
        .shipping_lines
        .nodes
        .iter()
        .flat_map(|line| &line.discount_allocations)
        .map(|off| told!(off.allocated_amount_set, order))
        .collect();
    facts.unreadable_lines.extend(spoilt.iter().map(unreadable_line));
    discounts(&mut facts, &first);
    let info = &first.line_items.page_info;
    let mut pages = Pages::new();
    let mut after = pages.next(READ, info.has_next_page, info.end_cursor.clone(), None)?;
    while let Some(here) = after {
        let (more, spoilt) = page_with(call, READ, &id, Some(here.clone())).await?;
        facts.unreadable_lines.extend(spoilt.iter().map(unreadable_line));
        if more.updated_at != first.updated_at {
            return Err(Error::new(ErrorKind::Conflict, READ, "the order changed while it was read; it is read again"));
        }
        facts.lines.extend(order_facts!(READ, more, order).lines);
        discounts(&mut facts, &more);
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
    facts
        .snapshot(READ, Some(call.account.restocks_untold()?))?
        .ok_or_else(|| Error::new(ErrorKind::Bug, READ, "an order read whole did not settle all its lines"))
}

/// Notes what is off the lines of a page of an order. What has no id that can be read is named as a line.
fn discounts(facts: &mut OrderFacts, page: &order::OrderOrder) {
    for line in &page.line_items.nodes {
        let known = graphql::number(READ, &line.id).ok().and_then(|id| facts.line_mut(id));
        if let Some(known) = known {
            known.discounts = line.discount_allocations.iter().map(|off| told!(off.allocated_amount_set, order)).collect();
        }
    }
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

/// Shopify tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        // The list is a search index that follows the truth; nobody promises by how much.
        lag: SignedDuration::from_secs(30),
        overlap: SignedDuration::from_mins(5),
        most_pages: 50,
        every_s: 60,
        apart_s: 0,
    },
    restocks_on_cancel: RestocksOnCancel::UnlessTold,
    // Without `read_all_orders` it hides those older than 60 days.
    deletes: DeletesOrders::ShownFor(SignedDuration::from_hours(59 * 24)),
    reads: OrderReads::Now,
};

#[async_trait]
impl ports::Orders for Capability {
    fn descriptor(&self) -> &'static OrdersDescriptor {
        &DESCRIPTOR
    }

    async fn list(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        list(call, from).await
    }

    fn order_url(&self, base_url: &str, number: &OrderNumber) -> Option<String> {
        number.as_str().parse::<u64>().ok().map(|number| format!("{base_url}/admin/orders/{number}"))
    }

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        read(call, number).await
    }
}
