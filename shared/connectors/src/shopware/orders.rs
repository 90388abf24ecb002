//! Lists changed orders and reads one: the same search, which tells both whole.
//!
//! The list is sorted by the number that the shop counts orders with, and each page begins behind the last number of the one before. So nothing that changes
//! while it is read moves anything in it: an order that changed before the place that was reached is in the next list, which begins before this one.

use super::snapshot::{number, snapshot};
use super::{criteria, errors, requests, wire};
use crate::lenient;
use async_trait::async_trait;
use domain::{OrderNumber, OrderSnapshot};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Call, DeletesOrders, Error, ErrorKind, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging,
    RestocksOnCancel, Result, UnreadableItem,
};
use serde_json::value::RawValue;

const LIST: &str = "shopware.orders";
const READ: &str = "shopware.order";

/// The number behind which a page begins.
pub(super) fn after(operation: &'static str, page: Option<&str>) -> Result<Option<i64>> {
    let unknown = || Error::new(ErrorKind::BadInput, operation, "such a page was never named");
    page.map(|page| page.parse().ok().filter(|number| *number > 0).ok_or_else(unknown)).transpose()
}

/// The page behind one with so many items, by their numbers: there is one behind a full page.
pub(super) fn next(
    operation: &'static str,
    after: Option<i64>,
    items: usize,
    numbers: impl Iterator<Item = i64>,
) -> Result<Option<String>> {
    if items < criteria::PAGE_SIZE {
        return Ok(None);
    }
    let last = numbers.max().filter(|last| *last > after.unwrap_or(0));
    let broken = || Error::new(ErrorKind::Protocol, operation, "a full page of the shop does not say where the next one begins");
    last.map(|last| Some(last.to_string())).ok_or_else(broken)
}

async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let after = after(LIST, from.page.as_deref())?;
    let found = requests::search(call, LIST, "order", &criteria::changed_orders(from.since, after)).await?;
    let orders: Vec<wire::Order> = found.iter().map(|json| lenient::one(json).unwrap_or_default()).collect();
    let numbers = orders.iter().filter_map(|order| order.auto_increment.get().copied());
    let next = next(LIST, after, orders.len(), numbers)?;
    let notices = found.iter().zip(&orders).map(|(json, order)| notice(json, order, call.now)).collect();
    Ok(OrderPage { notices, next })
}

/// An order in the list. Without a number it cannot be asked for; what is odd in another way is asked for by itself.
fn notice(json: &RawValue, order: &wire::Order, now: Timestamp) -> Notification {
    match (number(order), snapshot(order, now)) {
        (_, Ok(snapshot)) => Notification::Order(Box::new(snapshot)),
        (Ok(number), Err(_)) => Notification::Changed { number, stamp: None },
        (Err(problem), Err(_)) => {
            let item = lenient::nameless_order(json.get());
            Notification::Unreadable(Box::new(UnreadableItem { item, offer: None, sku: None, problem }))
        }
    }
}

/// Reads an order as it stands there.
pub(super) async fn one(call: &Call<'_>, operation: &'static str, order: &OrderNumber) -> Result<wire::Order> {
    let id = requests::id(operation, "order", order.as_str())?;
    let found = requests::search(call, operation, "order", &criteria::order(id)).await?;
    let broken = |problem| errors::unreadable(operation, "an order", &problem);
    let mut odd = None;
    for json in &found {
        let read: wire::Order = lenient::one(json).unwrap_or_default();
        match number(&read) {
            Ok(number) if number == *order => return Ok(read),
            Ok(_) => {}
            Err(problem) => odd = Some(problem),
        }
    }
    Err(odd.map_or_else(|| gone(operation, order), broken))
}

/// The shop has no such order.
pub(super) fn gone(operation: &'static str, order: &OrderNumber) -> Error {
    let message = format!(
        "the shop does not have the order {order} (any more); if it was deleted there, say so (`confirm-deletion` on the order)"
    );
    Error::new(ErrorKind::NotFound, operation, message)
}

/// Shopware tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        // A row carries the moment at which PHP began to write it, and shows when that is done.
        lag: SignedDuration::from_secs(10),
        overlap: SignedDuration::from_mins(5),
        most_pages: 50,
        every_s: 60,
        apart_s: 0,
    },
    restocks_on_cancel: RestocksOnCancel::Always,
    deletes: DeletesOrders::Always,
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
        requests::is_id(number.as_str()).then(|| format!("{base_url}/admin#/sw/order/detail/{number}"))
    }

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        let order = one(call, READ, number).await?;
        snapshot(&order, call.now).map_err(|problem| errors::unreadable(READ, "an order", &problem))
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
