//! Listings, twenty at a time, and one of them.

use super::STORE;
use super::answers::{refusal, told};
use super::changes::Changes;
use super::shapes;
use super::shop::Shop;
use ports::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Query = BTreeMap<String, String>;

fn wanted(query: &Query) -> &str {
    query.get("includedData").map_or("summaries", String::as_str)
}

fn in_store(query: &Query) -> bool {
    query.get("marketplaceIds").is_some_and(|ids| ids == STORE)
}

pub(super) fn list(shop: &Shop, changes: &Changes, query: &Query) -> Response {
    let size: usize = query.get("pageSize").map_or(Some(10), |text| text.parse().ok()).unwrap_or(0);
    let from = match query.get("pageToken") {
        None => Some(0),
        Some(token) => token.strip_prefix("listings|").and_then(|at| at.parse::<usize>().ok()),
    };
    let (true, true, Some(from)) = (in_store(query), (1..=20).contains(&size), from) else {
        return refusal(400, "InvalidInput", "A parameter is wrong");
    };
    let all = &shop.offers;
    let items: Vec<Value> =
        all.iter().skip(from).take(size).map(|offer| shapes::listing(offer, changes, wanted(query))).collect();
    let mut body = json!({ "numberOfResults": all.len(), "items": items });
    if from + size < all.len() {
        body["pagination"] = json!({ "nextToken": format!("listings|{}", from + size) });
    }
    told(200, &body)
}

/// The code of a path, as it was written.
pub(super) fn decoded(code: &str) -> String {
    // A plus is a plus in a path.
    let text = code.replace('+', "%2B");
    url::form_urlencoded::parse(text.as_bytes()).next().map_or_else(String::new, |(text, _)| text.into_owned())
}

pub(super) fn one(shop: &Shop, changes: &Changes, code: &str, query: &Query) -> Response {
    if !in_store(query) {
        return refusal(400, "InvalidInput", "marketplaceIds is wrong");
    }
    match shop.offer(&decoded(code)) {
        Some(offer) => told(200, &shapes::listing(offer, changes, wanted(query))),
        None => refusal(404, "NOT_FOUND", "SKU not found in the store."),
    }
}
