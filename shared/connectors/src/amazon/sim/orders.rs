//! The list of orders, by when they changed, and one order.

use super::answers::{refusal, told};
use super::shapes;
use super::shop::Shop;
use jiff::{SignedDuration, Timestamp};
use ports::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Query = BTreeMap<String, String>;

/// Lists that were begun: the orders that each still has to tell, by the token of its next page. Invented: what a token holds is not documented.
#[derive(Debug, Default)]
pub(super) struct Pages(Vec<Vec<String>>);

fn invalid(message: &str) -> Response {
    refusal(400, "InvalidInput", message)
}

impl Pages {
    pub(super) fn list(&mut self, now: Timestamp, shop: &Shop, query: &Query) -> Response {
        let instant = |name: &str| query.get(name).map(|text| text.parse::<Timestamp>());
        let (after, before) = (instant("lastUpdatedAfter"), instant("lastUpdatedBefore"));
        let Some(Ok(after)) = after else { return invalid("lastUpdatedAfter is missing or no date") };
        let latest = now.saturating_sub(SignedDuration::from_mins(2)).unwrap_or(now);
        let before = match before {
            None => latest,
            Some(Ok(before)) if before <= latest && before >= after => before,
            Some(_) => return invalid("lastUpdatedBefore must be at least two minutes in the past, and after lastUpdatedAfter"),
        };
        let size: usize = query.get("maxResultsPerPage").map_or(Some(100), |text| text.parse().ok()).unwrap_or(0);
        if !(1..=100).contains(&size) || query.contains_key("createdAfter") {
            return invalid("maxResultsPerPage must be from 1 to 100");
        }
        let left: Vec<String> = match query.get("paginationToken") {
            None => {
                let fits = |order: &&super::shop::Order| order.updated >= after && order.updated <= before && !order.hidden;
                let mut all: Vec<_> = shop.orders.iter().filter(fits).collect();
                all.sort_by_key(|order| order.updated);
                all.into_iter().map(|order| order.id.clone()).collect()
            }
            Some(token) => {
                let known = token.strip_prefix("page|").and_then(|at| at.parse::<usize>().ok()).and_then(|at| self.0.get(at));
                let Some(left) = known else { return invalid("paginationToken is not known") };
                left.clone()
            }
        };
        let (page, rest) = left.split_at(size.min(left.len()));
        let orders: Vec<Value> =
            page.iter().filter_map(|id| shop.order(id)).map(|order| shapes::order(order, wanted(query))).collect();
        let mut body = json!({ "orders": orders, "lastUpdatedBefore": before.to_string() });
        if !rest.is_empty() {
            body["pagination"] = json!({ "nextToken": format!("page|{}", self.0.len()) });
            self.0.push(rest.to_vec());
        }
        told(200, &body)
    }
}

/// What of orders is asked for beside what each has.
fn wanted(query: &Query) -> &str {
    query.get("includedData").map_or("", String::as_str)
}

pub(super) fn one(shop: &Shop, id: &str, query: &Query) -> Response {
    match shop.order(id) {
        Some(order) => told(200, &json!({ "order": shapes::order(order, wanted(query)) })),
        None => refusal(404, "NotFound", "The order does not exist."),
    }
}
