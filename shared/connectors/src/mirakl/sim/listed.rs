//! Lists with offsets, and one offer.

use super::answers::{refusal, told};
use super::shapes;
use super::shop::Shop;
use jiff::Timestamp;
use ports::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Query = BTreeMap<String, String>;

/// So many before, and so many of them: ten unless it is said, a hundred at most.
fn page(query: &Query, all: Vec<Value>) -> (Vec<Value>, usize) {
    let number = |name: &str, unless: usize| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(unless);
    let total = all.len();
    (all.into_iter().skip(number("offset", 0)).take(number("max", 10).min(100)).collect(), total)
}

/// Orders, by when they were placed.
pub(super) fn orders(shop: &Shop, query: &Query) -> Response {
    let since = query.get("start_update_date").map(|text| text.parse::<Timestamp>());
    if matches!(since, Some(Err(_))) {
        return refusal(400, "start_update_date is no date");
    }
    let since = since.and_then(Result::ok);
    let ids = query.get("order_ids").map(|ids| ids.split(',').collect::<Vec<_>>());
    if ids.as_ref().is_some_and(|ids| ids.len() > 100) {
        return refusal(400, "order_ids holds more than 100");
    }
    let fits = |order: &&super::shop::Order| {
        !order.hidden
            && since.is_none_or(|since| order.updated >= since)
            && ids.as_ref().is_none_or(|ids| ids.contains(&order.id.as_str()))
    };
    // They are kept in the order in which they were placed.
    let all = shop.orders.iter().filter(fits).map(shapes::order).collect();
    let (orders, total) = page(query, all);
    told(200, &json!({ "orders": orders, "total_count": total }))
}

/// Offers, by their titles or by their prices.
pub(super) fn offers(shop: &Shop, now: Timestamp, query: &Query) -> Response {
    let mut all: Vec<_> = shop.offers.iter().collect();
    match query.get("sort").map(String::as_str) {
        Some("productTitle") => all.sort_by_key(|offer| (offer.title.clone(), offer.cents())),
        _ => all.sort_by_key(|offer| offer.cents()),
    }
    let (offers, total) = page(query, all.into_iter().map(|offer| shapes::offer(offer, now)).collect());
    told(200, &json!({ "offers": offers, "total_count": total }))
}

/// One offer.
pub(super) fn offer(shop: &Shop, now: Timestamp, id: &str) -> Response {
    match shop.offers.iter().find(|offer| offer.id.to_string() == id) {
        Some(offer) => told(200, &shapes::offer(offer, now)),
        None => refusal(404, "Offer not found"),
    }
}
