//! Lists changed orders, and reads one with its refunds.

use crate::woocommerce::paging::{Place, Shown};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::{errors, snapshot, wire};
use domain::{OrderNumber, OrderSnapshot};
use ports::{Call, Error, ErrorKind, Notice, OrderPage, OrdersFrom, Result};
use serde_json::Value;

const LIST: &str = "woocommerce.orders";
const READ: &str = "woocommerce.order";

/// One page of what changed.
pub(super) async fn list(call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
    let place = from.page.as_deref().map_or_else(|| Ok(Place::start(from.since)), Place::parse)?;
    let ask = Ask::get(LIST, "/orders").with(place.query()?).page(place.page);
    let response = requests::send(call, &ask).await?;
    let found: Vec<Value> = errors::read(LIST, &response, false)?;
    let shown = Shown {
        seconds: found.iter().filter_map(changed_at).collect(),
        total: requests::told(&response, "x-wp-total"),
        more: requests::more(&response, place.page, found.len()),
    };
    let next = place.next(&shown).map(Place::token);
    let notices = found.into_iter().map(notice).collect::<Result<_>>()?;
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
}

/// Reads an order with its refunds.
pub(super) async fn find(call: &Call<'_>, operation: &'static str, id: u64) -> Result<Found> {
    let order: wire::Order = requests::fetch(call, &Ask::get(operation, format!("/orders/{id}"))).await?;
    let refunds: Vec<wire::Refund> =
        if order.refunds.is_empty() { Vec::new() } else { requests::all(call, operation, &format!("/orders/{id}/refunds")).await? };
    let snapshot = snapshot::of(&order, &refunds)?;
    Ok(Found { order, refunds, snapshot })
}

/// The id of an order.
pub(super) fn id(operation: &'static str, number: &OrderNumber) -> Result<u64> {
    let wrong = || Error::new(ErrorKind::BadInput, operation, "this is not the id of a WooCommerce order; ids are whole numbers");
    number.as_str().parse().map_err(|_| wrong())
}

/// What an order in a list or a delivery tells. One that it does not tell whole, or that cannot be used as it stands, is read by
/// itself, so that it alone fails and its neighbours do not.
pub(super) fn notice(order: Value) -> Result<Notice> {
    let id = order.get("id").and_then(Value::as_u64).ok_or_else(|| wire::broken("an order has no id"))?;
    let stamp = order.get("date_modified_gmt").and_then(Value::as_str).and_then(|text| wire::utc(text).ok());
    let read = Notice::Read { number: OrderNumber::new(id.to_string())?, stamp };
    let whole: Option<wire::Order> = serde_json::from_value(order).ok();
    Ok(match whole.filter(|o| o.refunds.is_empty()).map(|o| snapshot::of(&o, &[])) {
        Some(Ok(snapshot)) => Notice::Order(Box::new(snapshot)),
        _ => read,
    })
}

fn changed_at(order: &Value) -> Option<i64> {
    wire::utc(order.get("date_modified_gmt")?.as_str()?).ok().map(jiff::Timestamp::as_second)
}
