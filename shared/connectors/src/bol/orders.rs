//! Lists changed orders and reads one whole (Retailer API v10).
//!
//! The list has no "since". It has `change-interval-minute`, up to 60, and `latest-change-date`, which means exactly that day. So a
//! listing reads either the last minutes, or, after a longer gap, day by day and then the last hour. Each order comes as a
//! `Notification::Changed`: the list tells neither price nor offer.

use super::orders_step::{Range, Step};
use super::{requests, terms, wire};
use crate::amounts::Amounts;
use crate::lenient::{self, Field};
use crate::wire_text;
use async_trait::async_trait;
use domain::{
    Country, Ean, FieldError, Fulfilment, LineTerms, OfferId, OrderLineId, OrderNumber, OrderSnapshot, PossibleProducts,
    Quantity, Sku, SnapshotLine, UnreadableLine,
};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Call, DeletesOrders, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging, RestocksOnCancel, Result,
    UnreadableItem,
};
use serde_json::value::RawValue;

const LIST: &str = "bol.orders";
const READ: &str = "bol.order";

/// Reads one page of the list. What bol ships itself (FBB) is listed too: it counts as revenue, not as stock.
pub(super) async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let step = Step::of(from, call.now)?;
    let range = match step.range(from.since, call.now) {
        Range::LastMinutes(minutes) => format!("change-interval-minute={minutes}"),
        Range::Day(day) => format!("latest-change-date={day}"),
    };
    let path = format!("/retailer/orders?page={}&fulfilment-method=ALL&status=ALL&{range}", step.page());
    let response = requests::get(call, LIST, requests::V10, &path).await?;
    let orders: wire::ReducedOrders = wire_text::json(LIST, response.body())?;
    let next = step.after(orders.orders.is_empty(), call.now).map(|s| s.to_string());
    let notices = orders.orders.iter().map(|json| notice(json));
    Ok(OrderPage { notices: notices.collect(), next })
}

/// An order in the list. Without a number it cannot be asked for; without knowing when each of its lines changed, it is.
fn notice(json: &RawValue) -> Notification {
    let order: wire::ReducedOrder = lenient::one(json).unwrap_or_default();
    let number = order.order_id.needed("orderId", "a number").and_then(|id| {
        OrderNumber::new(id.as_str()).map_err(|_| lenient::unreadable("orderId", lenient::shown(json.get()), "a number"))
    });
    let number = match number {
        Ok(number) => number,
        Err(problem) => {
            let item = lenient::nameless_order(json.get());
            return Notification::Unreadable(Box::new(UnreadableItem { item, offer: None, sku: None, problem }));
        }
    };
    let items: Vec<wire::ReducedItem> = order.order_items.get().map(|items| items.readable().collect()).unwrap_or_default();
    let whole = order.order_items.get().is_none_or(|all| all.0.len() == items.len()) && !order.order_items.is_odd();
    let known = whole && !items.iter().any(|item| item.latest_changed_date_time.is_odd());
    let stamp = items.iter().filter_map(|item| item.latest_changed_date_time.get()).max().copied().filter(|_| known);
    Notification::Changed { number, stamp }
}

/// Reads one order.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    let path = format!("/retailer/orders/{}", requests::segment(READ, number.as_str())?);
    let response = requests::get(call, READ, requests::V10, &path).await?;
    snapshot(&wire_text::json(READ, response.body())?, call.now, call.account.restocks_untold()?)
}

/// `now` stands in only where bol gives no date at all, which its schema allows. A line that cannot be read is named and costs the others
/// nothing; the error is of what all of them need.
///
/// `untold_on_sale`: whether cancelled units are there to be sold again, which bol does not tell (`Account::restocks_untold`).
pub(super) fn snapshot(order: &wire::Order, now: Timestamp, untold_on_sale: bool) -> Result<OrderSnapshot> {
    let refused = |problem: FieldError| requests::unreadable(READ, "an order", &problem);
    let id = order.order_id.needed("orderId", "a number").map_err(refused)?;
    let number = OrderNumber::new(id.as_str()).map_err(|e| requests::broken(READ, &e))?;
    let items = order.order_items.needed("orderItems", "a list of lines").map_err(refused)?;
    let (mut lines, mut unreadable_lines, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    let mut undated = false;
    let mut amounts = Amounts::new(terms::euro());
    for json in &items.0 {
        let Some(item) = lenient::one::<wire::OrderItem>(json) else {
            unreadable_lines.push(no_line(lenient::unreadable("orderItems", lenient::shown(json.get()), "a line of an order")));
            continue;
        };
        undated |= item.latest_changed_date_time.is_odd();
        changes.extend(item.latest_changed_date_time.get().copied());
        match line(&item, untold_on_sale, &mut unreadable_lines) {
            Ok(mut line) => {
                terms::of_line(&mut line, &item, &mut amounts);
                amounts.name(Some(&line), &mut unreadable_lines);
                lines.push(line);
            }
            Err(odd) => unreadable_lines.push(*odd),
        }
    }
    let open = |line: &SnapshotLine| line.shipped.plus(line.cancelled) < line.ordered;
    let is_open = unreadable_lines.iter().any(|one| one.may_be != PossibleProducts::Nothing) || lines.iter().any(open);
    let terms = terms::of_order(order, &mut amounts);
    amounts.name(None, &mut unreadable_lines);
    let country = order.shipment_details.get().and_then(|to| Country::new(to.0.country_code.text()).ok());
    let snapshot = OrderSnapshot {
        number,
        display_number: None,
        placed_at: order.order_placed_date_time.get().copied().or_else(|| changes.iter().min().copied()).unwrap_or(now),
        // Where one line does not tell when it changed, the others do not tell when the order did.
        stamp: changes.into_iter().max().filter(|_| !undated),
        // The words of the list's `fulfilmentStatus`, which the detail leaves out.
        channel_status: if is_open { "OPEN" } else { "HANDLED" }.to_owned(),
        draft: false,
        awaits_acceptance: None,
        ship_to: country,
        lines,
        terms,
        unreadable_lines,
    };
    Ok(snapshot.sifted())
}

fn no_line(problem: FieldError) -> UnreadableLine {
    let title = String::new();
    UnreadableLine {
        id: None,
        offer: None,
        sku: None,
        ean: None,
        title,
        field_error: problem,
        may_be: PossibleProducts::Anything,
    }
}

/// What a number of units must be.
const WHOLE_UNITS: &str = "a whole number from 0 to 1000000000";

/// Reads a line. What of it would only give units back, and cannot be read, is named and counted as none.
fn line(
    item: &wire::OrderItem,
    untold_on_sale: bool,
    unreadable_lines: &mut Vec<UnreadableLine>,
) -> std::result::Result<SnapshotLine, Box<UnreadableLine>> {
    let (offer, product) = (item.offer.get().map(|o| &o.0), item.product.get().map(|p| &p.0));
    let id = item.order_item_id.needed("orderItemId", "an id").and_then(|id| {
        OrderLineId::new(id.as_str()).map_err(|_| lenient::unreadable("orderItemId", "an id of too many letters", "an id"))
    });
    let mut named = no_line(lenient::unreadable("", "", ""));
    named.id = id.as_ref().ok().cloned();
    named.offer = offer.and_then(|o| OfferId::new(o.offer_id.text()).ok());
    named.sku = offer.and_then(|o| Sku::new(o.reference.text()).ok());
    named.ean = product.and_then(|p| Ean::new(p.ean.text()).ok());
    named.title = product.map_or_else(String::new, |p| p.title.text().to_owned());
    let method = item.fulfilment.get().map_or("", |f| f.0.method.text());
    let fulfilment = match method {
        "FBB" => Fulfilment::Marketplace,
        "FBR" if item.fulfilment.get().is_some_and(|f| f.0.distribution_party.text() == "BOL") => Fulfilment::MerchantWithLabel,
        // Unknown means ours: taking a unit too many is mended, selling it twice is not.
        _ => Fulfilment::Merchant,
    };
    let names_it = named.offer.is_some() || named.sku.is_some() || named.ean.is_some();
    named.may_be = match fulfilment {
        Fulfilment::Marketplace => PossibleProducts::Counted,
        _ if names_it || !(item.offer.is_odd() || item.product.is_odd()) => PossibleProducts::Named,
        Fulfilment::Merchant | Fulfilment::MerchantWithLabel => PossibleProducts::Anything,
    };
    let odd = |problem: FieldError| Box::new(UnreadableLine { field_error: problem, ..named.clone() });
    let units =
        |units: i64, field: &str| Quantity::new(units).map_err(|_| lenient::unreadable(field, units.to_string(), WHOLE_UNITS));
    let id = id.map_err(&odd)?;
    let ordered = item.quantity.needed("quantity", WHOLE_UNITS).and_then(|ordered| units(*ordered, "quantity")).map_err(&odd)?;
    if !names_it && named.may_be == PossibleProducts::Anything {
        return Err(odd(lenient::unreadable("offer", "nothing that names an item", "the offer, or the EAN of the product")));
    }
    let mut counted = |field: &Field<i64>, name: &str| {
        let read = field.given(name, WHOLE_UNITS).and_then(|given| units(given.copied().unwrap_or(0), name));
        read.unwrap_or_else(|problem| {
            unreadable_lines.push(UnreadableLine { field_error: problem, may_be: PossibleProducts::Counted, ..named.clone() });
            Quantity::ZERO
        })
    };
    let cancelled = counted(&item.quantity_cancelled, "quantityCancelled");
    let shipped = counted(&item.quantity_shipped, "quantityShipped");
    if let Err(problem) = item.cancellation_request.given("cancellationRequest", "true or false") {
        unreadable_lines.push(UnreadableLine { field_error: problem, may_be: PossibleProducts::Counted, ..named.clone() });
    }
    // bol keeps no stock of ours, and says of no cancellation why it was made.
    let untold = if untold_on_sale { Quantity::ZERO } else { cancelled };
    Ok(SnapshotLine {
        // Services bought with an item are listed in it (`additionalServices`) and are no lines.
        kind: domain::LineKind::Goods,
        id,
        offer: named.offer,
        sku: named.sku,
        ean: named.ean,
        title: named.title,
        fulfilment,
        ordered,
        cancelled,
        not_restocked: untold,
        restock_untold: untold,
        shipped,
        // An order says nothing of returns: they are a list of their own.
        returned: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: item.cancellation_request.get().copied().unwrap_or(false),
        unit_price: None,
        terms: LineTerms::default(),
    })
}

/// bol tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        // bol publishes no figure. Small, because raises wait for it; the overlap covers a list that is further behind.
        lag: SignedDuration::from_secs(5),
        overlap: SignedDuration::from_secs(5 * 60),
        // A page and the empty one behind it leave room for others in 25 calls a minute.
        most_pages: 10,
        every_s: 30,
        apart_s: 0,
    },
    // The orders it takes off are those still open: a cancelled one is no longer among them.
    restocks_on_cancel: RestocksOnCancel::Always,
    // Its orders are its own; those handled long ago it no longer shows.
    deletes: DeletesOrders::Never,
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

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        read(call, number).await
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
