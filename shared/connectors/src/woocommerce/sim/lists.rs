//! Lists: their parameters, their bounds, their pages.

use super::orders::Order;
use super::shapes::{self, JSON, gmt, local, refusal};
use super::shop::{Product, Shop};
use crate::simulated_channel;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ports::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Query = BTreeMap<String, String>;

const STATUSES: [&str; 11] = [
    "any",
    "trash",
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
];

pub(super) fn orders(shop: &Shop, query: &Query) -> Response {
    list_orders(shop, query).unwrap_or_else(|refusal| refusal)
}

fn list_orders(shop: &Shop, query: &Query) -> Result<Response, Response> {
    let get = |name: &str| query.get(name).map(String::as_str);
    let status = get("status").unwrap_or("any");
    if !STATUSES.contains(&status) {
        return Err(invalid("status"));
    }
    let utc = matches!(get("dates_are_gmt"), Some("true" | "1"));
    let column = |at: Timestamp| if utc { gmt(at) } else { local(at) };
    let after = get("modified_after").map(|t| compared("modified_after", t)).transpose()?;
    let before = get("modified_before").map(|t| compared("modified_before", t)).transpose()?;
    let mut found: Vec<&Order> = shop
        .orders
        .values()
        .filter(|o| if status == "any" { o.status != "trash" } else { o.status == status })
        // Strictly later, strictly earlier, by the text of the column: whole seconds.
        .filter(|o| after.as_ref().is_none_or(|after| column(o.modified) > *after))
        .filter(|o| before.as_ref().is_none_or(|before| column(o.modified) < *before))
        .collect();
    match get("orderby").unwrap_or("date") {
        // Within a second in no order that a caller may rely on: here, against the ids.
        "modified" => found.sort_by_key(|o| (o.modified.as_second(), std::cmp::Reverse(o.id))),
        "id" => {}
        "date" => found.sort_by_key(|o| (o.created.as_second(), o.id)),
        _ => return Err(invalid("orderby")),
    }
    let newest_first = newest_first(query)?;
    if newest_first {
        found.reverse();
    }
    page(query, found.into_iter().map(|o| shapes::order(o, shop)).collect())
}

pub(super) fn products(shop: &Shop, parent: Option<u64>, query: &Query) -> Response {
    let list = || {
        let mut found: Vec<&Product> = shop.products.values().filter(|p| p.parent == parent).collect();
        if newest_first(query)? {
            found.reverse();
        }
        let shape = |product| if parent.is_some() { shapes::variation(shop, product) } else { shapes::product(shop, product) };
        page(query, found.into_iter().map(shape).collect())
    };
    list().unwrap_or_else(|refusal| refusal)
}

/// Cuts out the page asked for. One beyond the end is empty, and its totals are 0.
pub(super) fn page(query: &Query, all: Vec<Value>) -> Result<Response, Response> {
    let number = |name: &'static str, usual: usize, most: usize| {
        let text = query.get(name).map(String::as_str);
        text.map_or(Ok(usual), |t| t.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| invalid(name)))
    };
    let (per_page, page) = (number("per_page", 10, 100)?, number("page", 1, 1_000_000)?);
    let (mut total, mut pages) = (all.len(), all.len().div_ceil(per_page));
    let items: Vec<Value> = all.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    if page > pages {
        (total, pages) = (0, 0);
    }
    let mut response = simulated_channel::answer(200, JSON, &Value::Array(items));
    response.headers_mut().insert("x-wp-total", total.into());
    response.headers_mut().insert("x-wp-totalpages", pages.into());
    Ok(response)
}

fn newest_first(query: &Query) -> Result<bool, Response> {
    match query.get("order").map_or("desc", String::as_str) {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(invalid("order")),
    }
}

/// The text that a time is compared as: one with a zone is turned into the shop's own time first, whatever the column.
fn compared(name: &str, text: &str) -> Result<String, Response> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(local(at));
    }
    let civil: DateTime = text.parse().map_err(|_| invalid(name))?;
    TimeZone::UTC.to_timestamp(civil).map(gmt).map_err(|_| invalid(name))
}

pub(super) fn invalid(name: &str) -> Response {
    let body = json!({
        "code": "rest_invalid_param",
        "message": format!("Invalid parameter(s): {name}"),
        "data": { "status": 400, "params": { name: format!("{name} is not valid.") }, "details": {} },
    });
    simulated_channel::answer(400, JSON, &body)
}

pub(super) fn not_found(code: &str) -> Response {
    refusal(404, code, "Invalid ID.")
}
