//! Lists changed orders, and reads one with its refunds.

use crate::lenient;
use crate::woocommerce::paging::{Place, Shown};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::statuses::{self, Meaning, Statuses};
use crate::woocommerce::{errors, snapshot, wire};
use async_trait::async_trait;
use domain::{OrderNumber, OrderSnapshot};
use jiff::SignedDuration;
use ports::{
    Call, DeletesOrders, Error, ErrorKind, Notification, OrderPage, OrderReads, OrdersDescriptor, OrdersFrom, Paging,
    RestocksOnCancel, Result, UnreadableItem,
};
use serde_json::value::RawValue;

const LIST: &str = "woocommerce.orders";
const READ: &str = "woocommerce.order";

/// One page of what changed.
pub(super) async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let statuses = Statuses::of(call.account)?;
    let place = from.page.as_deref().map_or_else(|| Ok(Place::start(from.since)), Place::parse)?;
    let ask = Ask::get(LIST, "/orders").with(place.query()?).page(place.page);
    let response = requests::send(call, &ask).await?;
    let found: wire::Page = errors::read(LIST, &response, false)?;
    let orders: Vec<Option<wire::Order>> = found.iter().map(|order| wire::item(order)).collect();
    let shown = Shown {
        seconds: orders.iter().filter_map(|order| changed_at(order.as_ref()?)).collect(),
        total: requests::told(&response, "x-wp-total"),
        more: requests::more(&response, place.page, found.len()),
    };
    let next = place.next(&shown).map(Place::token);
    let notices = orders.iter().zip(&found).map(|(order, json)| {
        notice(order.as_ref(), Some(&statuses)).unwrap_or_else(|| Notification::Unreadable(Box::new(no_order(json))))
    });
    let notices = notices.collect();
    Ok(OrderPage { notices, next })
}

/// One order, whatever its status; one in the trash is still read by its id.
pub(super) async fn read(call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
    Ok(find(call, READ, id(READ, number)?).await?.snapshot)
}

/// An order as it is in the shop now.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) order: wire::Order,
    pub(super) refunds: Vec<wire::Refund>,
    /// What these mean.
    pub(super) snapshot: OrderSnapshot,
    /// What its status means.
    pub(super) meaning: Meaning,
}

/// Reads an order with its refunds.
pub(super) async fn find(call: &Call<'_>, operation: &'static str, id: u64) -> Result<Found> {
    let statuses = Statuses::of(call.account)?;
    let order: wire::Order = requests::fetch(call, &Ask::get(operation, format!("/orders/{id}"))).await?;
    let refunds: Vec<wire::Refund> = if order.has_no_refunds() {
        Vec::new()
    } else {
        requests::all(call, operation, &format!("/orders/{id}/refunds")).await?
    };
    let snapshot = snapshot::of(&order, &refunds, &statuses, call.account.restocks_untold()?)?;
    let meaning = statuses.meaning(&order);
    Ok(Found { order, refunds, snapshot, meaning })
}

/// The id of an order.
pub(super) fn id(operation: &'static str, number: &OrderNumber) -> Result<u64> {
    let wrong = || Error::new(ErrorKind::BadInput, operation, "this is not the id of a WooCommerce order; ids are whole numbers");
    number.as_str().parse().map_err(|_| wrong())
}

/// What an order in a list or a delivery tells. One that it does not tell whole, or that cannot be used as it stands, is read by
/// itself, so that it alone fails and its neighbours do not. Without the connection's settings, a plugin's status cannot be judged. `None`:
/// not even its id can be read.
pub(super) fn notice(order: Option<&wire::Order>, statuses: Option<&Statuses>) -> Option<Notification> {
    let order = order?;
    let number = OrderNumber::new(order.id.get()?.to_string()).ok()?;
    let read = || Notification::Changed { number, stamp: wire::utc(order.date_modified_gmt.text()).ok() };
    let usual = Statuses::default();
    let judge = statuses.or(statuses::is_core(order.status.text()).then_some(&usual));
    // Nothing but the order itself is needed to judge it: no refunds, and no question on which the connection's settings decide.
    let judge = judge.filter(|statuses| order.has_no_refunds() && statuses.meaning(order) != Meaning::PaidBack);
    let whole = judge.and_then(|statuses| snapshot::of(order, &[], statuses, false).ok());
    Some(whole.map_or_else(read, |snapshot| Notification::Order(Box::new(snapshot))))
}

/// What stands in the list and is no order that anybody could ask for.
fn no_order(json: &RawValue) -> UnreadableItem {
    let problem = match wire::item::<wire::Order>(json).map(|order| order.id.needed("id", "a whole number").map(drop)) {
        Some(Err(problem)) => problem,
        _ => lenient::unreadable("id", lenient::shown(json.get()), "an order with an id"),
    };
    UnreadableItem { item: lenient::nameless_order(json.get()), offer: None, sku: None, problem }
}

fn changed_at(order: &wire::Order) -> Option<i64> {
    wire::utc(order.date_modified_gmt.text()).ok().map(jiff::Timestamp::as_second)
}

/// WooCommerce tells of orders.
pub(super) struct Capability;

static DESCRIPTOR: OrdersDescriptor = OrdersDescriptor {
    paging: Paging {
        // An order carries the second in which PHP began to save it, and shows when the save is done.
        lag: SignedDuration::from_secs(5),
        overlap: SignedDuration::from_mins(2),
        most_pages: 50,
        every_s: 60,
        apart_s: 0,
    },
    restocks_on_cancel: RestocksOnCancel::UnlessTold,
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

    /// The address from before orders had tables of their own; the shop leads on from it to where they are kept now.
    fn order_url(&self, base_url: &str, number: &OrderNumber) -> Option<String> {
        number.as_str().parse::<u64>().ok().map(|number| format!("{base_url}/wp-admin/post.php?post={number}&action=edit"))
    }

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        read(call, number).await
    }
}
