//! Lists changed orders and reads one whole (Retailer API v10).
//!
//! The list has no "since". It has `change-interval-minute`, up to 60, and `latest-change-date`, which means exactly that day. So a
//! listing reads either the last minutes, or, after a longer gap, day by day and then the last hour. Each order comes as a
//! `Notice::Read`: the list tells neither price nor offer.

use super::orders_step::{Range, Step};
use super::{requests, wire};
use crate::wire_text;
use domain::{Country, Currency, Ean, Fulfilment, Money, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Quantity, Sku, SnapshotLine};
use jiff::Timestamp;
use ports::{Call, Notice, OrderPage, OrdersFrom, Result};
use rust_decimal::Decimal;

const LIST: &str = "bol.orders";
const READ: &str = "bol.order";

/// A value of the domain, or which one does not fit.
type Checked<T> = std::result::Result<T, domain::Invalid>;

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
    let read = |o: wire::ReducedOrder| {
        let stamp = o.order_items.iter().filter_map(|i| i.latest_changed_date_time).max();
        OrderNumber::new(o.order_id).map(|number| Notice::Read { number, stamp }).map_err(|e| requests::broken(LIST, &e))
    };
    Ok(OrderPage { notices: orders.orders.into_iter().map(read).collect::<Result<_>>()?, next })
}

/// Reads one order.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    let path = format!("/retailer/orders/{}", requests::segment(READ, number.as_str())?);
    let response = requests::get(call, READ, requests::V10, &path).await?;
    snapshot(wire_text::json(READ, response.body())?, call.now).map_err(|e| requests::broken(READ, &e))
}

/// `now` stands in only where bol gives no date at all, which its schema allows.
pub(super) fn snapshot(order: wire::Order, now: Timestamp) -> Checked<OrderSnapshot> {
    let changes = || order.order_items.iter().filter_map(|i| i.latest_changed_date_time);
    let open = |i: &wire::OrderItem| i.quantity_shipped.saturating_add(i.quantity_cancelled) < i.quantity;
    let snapshot = OrderSnapshot {
        number: OrderNumber::new(order.order_id)?,
        shown_as: None,
        placed_at: order.order_placed_date_time.or_else(|| changes().min()).unwrap_or(now),
        stamp: changes().max(),
        // The words of the list's `fulfilmentStatus`, which the detail leaves out.
        channel_status: if order.order_items.iter().any(open) { "OPEN" } else { "HANDLED" }.to_owned(),
        ship_to: order.shipment_details.and_then(|d| d.country_code).and_then(|c| Country::new(&c).ok()),
        lines: order.order_items.into_iter().map(line).collect::<Checked<_>>()?,
        unread: Vec::new(),
    };
    snapshot.check()?;
    Ok(snapshot)
}

fn line(item: wire::OrderItem) -> Checked<SnapshotLine> {
    let (offer, reference) = item.offer.map_or((None, None), |o| (o.offer_id, o.reference));
    let (ean, title) = item.product.map_or((None, String::new()), |p| (p.ean, p.title));
    Ok(SnapshotLine {
        // Services bought with an item are listed in it (`additionalServices`) and are no lines.
        kind: domain::LineKind::Goods,
        id: OrderLineId::new(item.order_item_id)?,
        offer: offer.and_then(|o| OfferId::new(o).ok()),
        sku: reference.and_then(|r| Sku::new(r).ok()),
        ean: ean.and_then(|e| Ean::new(&e).ok()),
        title,
        fulfilment: match item.fulfilment {
            Some(f) if f.method == "FBB" => Fulfilment::Marketplace,
            // Unknown means ours: taking a unit too many is mended, selling it twice is not.
            _ => Fulfilment::Merchant,
        },
        ordered: Quantity::new(item.quantity)?,
        cancelled: Quantity::new(item.quantity_cancelled)?,
        shipped: Quantity::new(item.quantity_shipped)?,
        // An order says nothing of returns: they are a list of their own.
        returned: Quantity::ZERO,
        cancellation_requested: item.cancellation_request,
        unit_price: item.unit_price.and_then(|number| euros(number.get())),
    })
}

/// Tax included. A price that is no number is left out: stock does not wait for it.
fn euros(number: &str) -> Option<Money> {
    let amount = Decimal::from_str_exact(number).or_else(|_| Decimal::from_scientific(number)).ok()?;
    Some(Money { amount, currency: Currency::new("EUR").ok()? })
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
