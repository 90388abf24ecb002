//! Lists changed orders and reads one: both tell an order whole.
//!
//! The list ends two minutes before now, and a bit, so that a clock that is ahead does not have it refused. Every page of a list is asked for with
//! the same bounds, so they stand in the name of the page beside Amazon's own token, which lives for a day.

use super::snapshot::{Reading, number, snapshot};
use super::{errors, requests, settings, wire};
use crate::{lenient, wire_text};
use async_trait::async_trait;
use domain::{OrderNumber, OrderSnapshot};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Call, DeletesOrders, Error, ErrorKind, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging,
    RestocksOnCancel, Result, UnreadableItem,
};
use serde_json::value::RawValue;

const LIST: &str = "amazon.orders";
const READ: &str = "amazon.order";
pub(super) const PATH: &str = "/orders/2026-01-01/orders";
/// What an order must tell: where it goes, what it costs, what is cancelled or wished to be, and how far it is.
const ORDER_DATA: &str = "RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT";
/// How far the list is behind.
const BEHIND: SignedDuration = SignedDuration::from_secs(125);

/// A page of a list: its bounds, and where in it.
struct Place {
    since: Timestamp,
    before: Timestamp,
    token: Option<String>,
}

impl Place {
    fn of(from: &OrdersFrom, now: Timestamp) -> Result<Self> {
        let unknown = || Error::new(ErrorKind::BadInput, LIST, "such a page was never named");
        let Some(page) = &from.page else {
            let before = now.saturating_sub(BEHIND).map_err(|_| unknown())?;
            // Whole seconds: earlier by less than one is no harm.
            let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).map_err(|_| unknown());
            return Ok(Self { since: whole(from.since.min(before))?, before: whole(before)?, token: None });
        };
        let mut parts = page.splitn(3, '|');
        let mut instant = || parts.next().and_then(|text| text.parse().ok()).ok_or_else(unknown);
        let (since, before) = (instant()?, instant()?);
        let token = parts.next().filter(|token| !token.is_empty()).ok_or_else(unknown)?;
        Ok(Self { since, before, token: Some(token.to_owned()) })
    }

    fn after(&self, token: &str) -> Result<String> {
        if self.token.as_deref() == Some(token) {
            return Err(Error::new(ErrorKind::Protocol, LIST, "Amazon names a page of orders as the one behind itself"));
        }
        Ok(format!("{}|{}|{token}", self.since, self.before))
    }
}

async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let place = Place::of(from, call.now)?;
    let (since, before) = (place.since.to_string(), place.before.to_string());
    let mut query = vec![
        ("lastUpdatedAfter", since.as_str()),
        ("lastUpdatedBefore", before.as_str()),
        ("marketplaceIds", settings::marketplace(call.account)?.id),
        ("includedData", ORDER_DATA),
        ("maxResultsPerPage", "100"),
    ];
    query.extend(place.token.as_deref().map(|token| ("paginationToken", token)));
    let response = requests::get(call, LIST, PATH, &query).await?;
    let told: wire::Orders = wire_text::json(LIST, response.body())?;
    let reading = Reading::of(call.account, call.now)?;
    let notices = told.orders.0.iter().map(|json| notice(json, reading)).collect();
    let next = next_token(LIST, &told.pagination)?.map(|token| place.after(token)).transpose()?;
    Ok(OrderPage { notices, next })
}

/// Amazon's token of the next page. One that cannot be read is not the end of a list.
pub(super) fn next_token<'a>(
    operation: &'static str,
    pagination: &'a lenient::Field<lenient::Parts<wire::Pagination>>,
) -> Result<Option<&'a str>> {
    let broken = |problem| errors::unreadable(operation, "the next page", &problem);
    let Some(pagination) = pagination.given("pagination", "a token").map_err(broken)? else { return Ok(None) };
    let token = pagination.0.next_token.given("pagination.nextToken", "a token").map_err(broken)?;
    Ok(token.map(String::as_str).filter(|token| !token.is_empty()))
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

/// Asks for an order, with so much of it.
pub(super) async fn ask(call: &Call<'_>, operation: &'static str, order: &OrderNumber, data: &str) -> Result<ports::Response> {
    let path = format!("{PATH}/{}", requests::segment(operation, order.as_str())?);
    requests::get(call, operation, &path, &[("includedData", data)]).await
}

/// Reads an order as it stands there, with so much of it.
pub(super) async fn one(call: &Call<'_>, operation: &'static str, order: &OrderNumber, data: &str) -> Result<wire::Order> {
    let response = ask(call, operation, order, data).await?;
    let told: wire::OneOrder = wire_text::json(operation, response.body())?;
    let broken = |problem| errors::unreadable(operation, "an order", &problem);
    told.order.needed("order", "an order").map_err(broken)?;
    let lenient::Field::Read(lenient::Parts(read)) = told.order else {
        return Err(Error::new(ErrorKind::Protocol, operation, "Amazon tells no order"));
    };
    if number(&read).map_err(broken)? != *order {
        return Err(Error::new(ErrorKind::Protocol, operation, format!("Amazon tells another order than {order}")));
    }
    Ok(read)
}

/// Amazon tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        lag: SignedDuration::from_secs(126),
        overlap: SignedDuration::from_secs(10 * 60),
        // The bucket holds 20 calls, and one more every three minutes.
        most_pages: 10,
        every_s: 180,
        apart_s: 180,
    },
    // Nobody has seen it put units back on its own counter; told once more, the figure is right either way.
    restocks_on_cancel: RestocksOnCancel::Never,
    deletes: DeletesOrders::Never,
    // getOrder and searchOrders are copies that follow; what one of them tells is dated (`lastUpdatedTime`).
    reads: OrderReads::MayBeLate,
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
        let order = one(call, READ, number, ORDER_DATA).await?;
        snapshot(&order, Reading::of(call.account, call.now)?).map_err(|problem| errors::unreadable(READ, "an order", &problem))
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, now, run};
    use super::*;
    use ports::Orders as _;

    fn query_of(asked: &str) -> Vec<(String, String)> {
        let query = asked.split_once('?').unwrap().1;
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn every_page_of_a_list_has_the_same_bounds_and_none_ends_within_two_minutes() {
        let first = r#"{"orders":[7,{"orderId":"405-1"},{"orderId":"405-2","orderItems":[]}],"pagination":{"nextToken":"T|1"}}"#;
        let canned = Canned::new(&[(200, first), (200, r#"{"orders":[]}"#)]);
        let account = account();
        let page =
            run(Capability
                .list(&call(&canned, &account), &OrdersFrom { since: now() - SignedDuration::from_hours(1), page: None }));
        let page = page.unwrap();
        let [Notification::Unreadable(_), Notification::Changed { .. }, Notification::Order(_)] = &page.notices[..] else {
            panic!("{:?}", page.notices)
        };
        let later = Call { now: now() + SignedDuration::from_mins(3), ..call(&canned, &account) };
        let end = run(Capability.list(&later, &OrdersFrom { since: now(), page: page.next })).unwrap();
        assert_eq!((end.notices.len(), end.next), (0, None));
        let [first, second] = canned.asked().try_into().unwrap();
        let (first, mut second) = (query_of(&first), query_of(&second));
        assert_eq!(first[0], ("lastUpdatedAfter".to_owned(), "2026-12-03T11:00:00Z".to_owned()));
        assert_eq!(first[1], ("lastUpdatedBefore".to_owned(), "2026-12-03T11:57:55Z".to_owned()));
        assert_eq!(second.pop(), Some(("paginationToken".to_owned(), "T|1".to_owned())));
        assert_eq!(first, second);
    }

    #[test]
    fn a_page_that_cannot_be_told_is_no_last_page() {
        let account = account();
        let of = |body: &str, page: Option<&str>| {
            let canned = Canned::new(&[(200, body)]);
            let from = OrdersFrom { since: now(), page: page.map(str::to_owned) };
            run(Capability.list(&call(&canned, &account), &from)).map_err(|error| error.kind)
        };
        let page = Some("2026-12-03T10:00:00Z|2026-12-03T11:00:00Z|T");
        for odd in [r#"{"orders":[],"pagination":7}"#, r#"{"orders":[],"pagination":{"nextToken":{}}}"#, "{}"] {
            assert_eq!(of(odd, None), Err(ErrorKind::Protocol), "{odd}");
        }
        assert_eq!(of(r#"{"orders":[],"pagination":{"nextToken":"T"}}"#, page), Err(ErrorKind::Protocol), "behind itself");
        for odd in ["", "T", "2026-12-03T10:00:00Z|T", "2026-12-03T10:00:00Z|2026-12-03T11:00:00Z|"] {
            assert_eq!(of("{}", Some(odd)), Err(ErrorKind::BadInput), "{odd}");
        }
    }

    #[test]
    fn nothing_is_taken_for_an_order_that_is_another() {
        let account = account();
        let of = |body: &str| {
            let canned = Canned::new(&[(200, body)]);
            run(Capability.read(&call(&canned, &account), &OrderNumber::new("405-1").unwrap()))
                .map(drop)
                .map_err(|error| error.kind)
        };
        assert_eq!(of(r#"{"order":{"orderId":"405-1","orderItems":[]}}"#), Ok(()));
        for odd in
            [r#"{"order":{"orderId":"405-2","orderItems":[]}}"#, r#"{"order":{"orderId":"405-1"}}"#, r#"{"order":[]}"#, "{}"]
        {
            assert_eq!(of(odd), Err(ErrorKind::Protocol), "{odd}");
        }
    }
}
