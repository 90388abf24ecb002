//! Lists changed orders and reads one: the same call, which tells both whole.
//!
//! The list is sorted by when orders were placed, and nothing leaves it while it is read: what changes meanwhile comes in, and moves what is
//! behind it further back. So a page may repeat what was on the one before, and never leaves anything out. What comes in before the place
//! that was reached is in the next list, which begins before this one.

use super::snapshot::{Reading, number, snapshot};
use super::{errors, requests, wire};
use crate::{lenient, wire_text};
use async_trait::async_trait;
use domain::{OrderNumber, OrderSnapshot};
use jiff::SignedDuration;
use ports::{
    Call, DeletesOrders, Error, ErrorKind, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging,
    RestocksOnCancel, Result, UnreadableItem,
};
use serde_json::value::RawValue;

const LIST: &str = "mirakl.orders";
const READ: &str = "mirakl.order";
pub(super) const PATH: &str = "/api/orders";
/// As many as may come while a page is made.
const MANY_LEFT: i64 = 10;
/// Most items of one page.
pub(super) const PAGE_SIZE: i64 = 100;

/// Where a page begins: how many items lie before it.
pub(super) fn offset(operation: &'static str, page: Option<&str>) -> Result<i64> {
    let Some(page) = page else { return Ok(0) };
    let unknown = || Error::new(ErrorKind::BadInput, operation, "such a page was never named");
    page.parse().ok().filter(|offset| *offset > 0).ok_or_else(unknown)
}

/// The page after one with so many items: there is one behind a full page, unless the total says otherwise. A page that holds fewer than were
/// asked for is the last; one that breaks off while the total says that many more are to come is no page.
pub(super) fn after(operation: &'static str, offset: i64, items: usize, total: &lenient::Field<i64>) -> Result<Option<String>> {
    let items = i64::try_from(items).unwrap_or(i64::MAX);
    let next = offset.saturating_add(items);
    let left = total.get().map_or(0, |total| total.saturating_sub(next));
    if items < PAGE_SIZE && left >= MANY_LEFT {
        let message =
            format!("a page of the marketplace breaks off: {items} of {PAGE_SIZE} items, and {left} behind them are not told");
        return Err(Error::new(ErrorKind::Protocol, operation, message));
    }
    let more = items >= PAGE_SIZE && (left > 0 || total.get().is_none());
    Ok(more.then(|| next.to_string()))
}

async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let offset = offset(LIST, from.page.as_deref())?;
    let (since, max, offset_text) = (from.since.to_string(), PAGE_SIZE.to_string(), offset.to_string());
    let query = [
        ("start_update_date", since.as_str()),
        ("sort", "dateCreated"),
        ("order", "asc"),
        ("max", max.as_str()),
        ("offset", offset_text.as_str()),
    ];
    let response = requests::get(call, LIST, PATH, &query).await?;
    let told: wire::Orders = wire_text::json(LIST, response.body())?;
    let reading = Reading::of(call.account, call.now)?;
    let notices = told.orders.0.iter().map(|json| notice(json, reading)).collect();
    let next = after(LIST, offset, told.orders.0.len(), &told.total_count)?;
    Ok(OrderPage { notices, next })
}

/// An order in the list. Without a number it cannot be asked for; what is odd in another way is asked for by itself.
fn notice(json: &RawValue, reading: Reading) -> Notification {
    let order: wire::Order = lenient::one(json).unwrap_or_default();
    match (number(&order), snapshot(&order, reading)) {
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
    if order.as_str().contains(',') {
        return Err(Error::new(ErrorKind::BadInput, operation, format!("`{order}` is no order of Mirakl: no id has a comma")));
    }
    let response = requests::get(call, operation, PATH, &[("order_ids", order.as_str())]).await?;
    let told: wire::Orders = wire_text::json(operation, response.body())?;
    let read = told.orders.0.iter().map(|json| lenient::one::<wire::Order>(json).unwrap_or_default());
    // One that does not tell its number is the one that was asked for, if it is the only one.
    let (mut same, mut other) = (None, None);
    for found in read {
        match number(&found) {
            Ok(number) if number == *order => same = Some(found),
            Ok(_) => {}
            Err(problem) => other = Some(problem),
        }
    }
    match (same, other) {
        (Some(found), _) => Ok(found),
        (None, Some(problem)) => Err(errors::unreadable(operation, "an order", &problem)),
        (None, None) => {
            Err(Error::new(ErrorKind::NotFound, operation, format!("the marketplace does not have the order {order} (any more)")))
        }
    }
}

/// As `one`, as a snapshot.
pub(super) async fn read(call: &Call<'_>, operation: &'static str, number: &OrderNumber) -> Result<OrderSnapshot> {
    let order = one(call, operation, number).await?;
    snapshot(&order, Reading::of(call.account, call.now)?).map_err(|problem| errors::unreadable(operation, "an order", &problem))
}

/// Mirakl tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        // No figure is published; it takes something off by itself.
        lag: SignedDuration::from_secs(10),
        overlap: SignedDuration::from_secs(5 * 60),
        most_pages: 10,
        // The most that is allowed. It recommends five minutes, but nothing tells of a new order, and raises wait for it.
        every_s: 60,
        apart_s: 60,
    },
    // Nobody has seen it put units back on its own counter; told once more, the figure is right either way.
    restocks_on_cancel: RestocksOnCancel::Never,
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
        read(call, READ, number).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, now, run};
    use super::*;
    use crate::lenient::Field;

    #[test]
    fn a_full_page_has_another_behind_it_and_one_that_breaks_off_is_none() {
        let after = |items, total| after("t", 100, items, &total).map_err(|error| error.kind);
        assert_eq!(after(100, Field::Read(230)), Ok(Some("200".to_owned())));
        assert_eq!(after(100, Field::Read(200)), Ok(None));
        assert_eq!(after(100, Field::Missing), Ok(Some("200".to_owned())));
        assert_eq!(after(30, Field::Read(130)), Ok(None));
        assert_eq!(after(0, Field::Missing), Ok(None));
        assert_eq!(after(50, Field::Read(230)), Err(ErrorKind::Protocol));
    }

    #[test]
    fn the_list_is_by_change_and_sorted_by_what_does_not_move() {
        let canned =
            Canned::new(&[(200, r#"{"orders":[7,{"order_id":"A-1"},{"order_id":"A-2","order_lines":[]}],"total_count":3}"#)]);
        let account = account();
        let from = OrdersFrom { since: now(), page: Some("200".into()) };
        let page = run(ports::Orders::list(&Capability, &call(&canned, &account), &from)).unwrap();
        let path = "GET /api/orders?start_update_date=2026-12-03T08%3A00%3A00Z&sort=dateCreated&order=asc&max=100&offset=200";
        assert_eq!(canned.asked(), [path]);
        let [Notification::Unreadable(_), Notification::Changed { number, .. }, Notification::Order(_)] = &page.notices[..]
        else {
            panic!("{:?}", page.notices)
        };
        assert_eq!((number.as_str(), page.next), ("A-1", None));
        let odd = OrdersFrom { since: now(), page: Some("-1".into()) };
        assert!(run(ports::Orders::list(&Capability, &call(&canned, &account), &odd)).is_err());
    }

    #[test]
    fn an_order_is_asked_for_by_its_number_and_nothing_else_is_taken_for_it() {
        let account = account();
        let of = |number: &str, body: &str| {
            let canned = Canned::new(&[(200, body)]);
            run(read(&call(&canned, &account), "t", &OrderNumber::new(number).unwrap())).map(drop).map_err(|error| error.kind)
        };
        assert_eq!(of("A-1", r#"{"orders":[{"order_id":"A-1","order_lines":[]}]}"#), Ok(()));
        assert_eq!(of("A-1", r#"{"orders":[{"order_id":"A-2","order_lines":[]}]}"#), Err(ErrorKind::NotFound));
        assert_eq!(of("A-1", r#"{"orders":[]}"#), Err(ErrorKind::NotFound));
        assert_eq!(of("A-1", r#"{"orders":[{"order_id":{}}]}"#), Err(ErrorKind::Protocol));
        assert_eq!(of("A-1", "{}"), Err(ErrorKind::Protocol));
        assert_eq!(of("A,B", "{}"), Err(ErrorKind::BadInput));
    }
}
