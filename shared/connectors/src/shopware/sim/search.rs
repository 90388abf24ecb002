//! Searches: filters over rows and what hangs on them, sorted, page by page; told is what was asked for and no more.

use super::answers::{not_found, refusal, told};
use super::shapes;
use super::shop::Shop;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ports::Response;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// Items of a page at most, as shops are set up.
const MOST: u64 = 500;

/// Answers a search.
pub(super) fn answer(shop: &Shop, entity: &str, criteria: &Value, inherits: bool) -> Response {
    let all: Vec<Value> = match entity {
        "order" => shop.orders.values().map(|order| shapes::order(shop, order)).collect(),
        "product" => shop.products.values().map(|product| shapes::product(shop, product, inherits)).collect(),
        "currency" => shapes::currencies(),
        _ => return not_found("There is no such entity."),
    };
    let limit = criteria["limit"].as_u64().unwrap_or(25);
    if limit == 0 || limit > MOST {
        return refusal(400, "FRAMEWORK__QUERY_LIMIT_EXCEEDED", "The limit must be lower than or equal to MAX_LIMIT.");
    }
    let mut rows = Vec::new();
    for row in all {
        match matches_all(&row, criteria) {
            Ok(true) => rows.push(row),
            Ok(false) => {}
            Err(what) => return refusal(400, "FRAMEWORK__INVALID_FILTER_QUERY", &what),
        }
    }
    for sort in criteria["sort"].as_array().into_iter().flatten() {
        let field = sort["field"].as_str().unwrap_or_default().to_owned();
        rows.sort_by(|a, b| compare(&a[&field], &b[&field]).unwrap_or(Ordering::Equal));
        if sort["order"] == "DESC" {
            rows.reverse();
        }
    }
    let (limit, page) = (usize::try_from(limit).unwrap_or(0), criteria["page"].as_u64().unwrap_or(1).max(1));
    let before = limit.saturating_mul(usize::try_from(page - 1).unwrap_or(0));
    let page: Vec<Value> = rows.into_iter().skip(before).take(limit).map(|row| shown(row, entity, criteria)).collect();
    told(200, &json!({ "total": page.len(), "data": page, "aggregations": [] }))
}

fn matches_all(row: &Value, criteria: &Value) -> Result<bool, String> {
    if let Some(ids) = criteria["ids"].as_array()
        && !ids.contains(&row["id"])
    {
        return Ok(false);
    }
    for filter in criteria["filter"].as_array().into_iter().flatten() {
        if !matches(row, filter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn matches(row: &Value, filter: &Value) -> Result<bool, String> {
    let values = || values(row, filter["field"].as_str().unwrap_or_default());
    Ok(match filter["type"].as_str() {
        Some("equals") => values().iter().any(|value| **value == filter["value"]),
        Some("range") => {
            let bounds = filter["parameters"].as_object().cloned().unwrap_or_default();
            values().iter().any(|value| bounds.iter().all(|(bound, limit)| within(value, bound, limit)))
        }
        Some("multi") => {
            let queries = filter["queries"].as_array().ok_or("queries are a list")?;
            let each = queries.iter().map(|query| matches(row, query)).collect::<Result<Vec<bool>, String>>()?;
            if filter["operator"] == "or" { each.contains(&true) } else { !each.contains(&false) }
        }
        other => return Err(format!("the filter {other:?} is not known")),
    })
}

/// What stands at a path: of a list, of each of its rows.
fn values<'v>(row: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut found = vec![row];
    for name in path.split('.') {
        let rows = found.into_iter().flat_map(|value| value.as_array().map_or_else(|| vec![value], |all| all.iter().collect()));
        found = rows.map(|value| &value[name]).collect();
    }
    found
}

/// Whether a value is on this side of a limit. What is not there is on no side.
fn within(value: &Value, bound: &str, limit: &Value) -> bool {
    let Some(order) = compare(value, limit) else { return false };
    match bound {
        "gte" => order != Ordering::Less,
        "gt" => order == Ordering::Greater,
        "lte" => order != Ordering::Greater,
        "lt" => order == Ordering::Less,
        _ => false,
    }
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return Some(a.cmp(&b));
    }
    let (a, b) = (a.as_str()?, b.as_str()?);
    match (time(a), time(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => Some(a.cmp(b)),
    }
}

/// A time, as the shop tells it or as its database keeps it.
fn time(text: &str) -> Option<Timestamp> {
    let kept = || Some(text.replace(' ', "T").parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    text.parse().ok().or_else(kept)
}

/// What hangs on a row: told if it is asked for.
fn associations(entity: &str) -> &'static [(&'static str, &'static str)] {
    match entity {
        "order" => &[
            ("orderCustomer", "order_customer"),
            ("billingAddress", "order_address"),
            ("currency", "currency"),
            ("stateMachineState", "state_machine_state"),
            ("lineItems", "order_line_item"),
            ("deliveries", "order_delivery"),
            ("transactions", "order_transaction"),
        ],
        "order_delivery" => &[("stateMachineState", "state_machine_state"), ("shippingOrderAddress", "order_address")],
        "order_transaction" => &[("stateMachineState", "state_machine_state")],
        "order_address" => &[("country", "country")],
        "product" => &[("tax", "tax")],
        _ => &[],
    }
}

fn shown(row: Value, entity: &str, criteria: &Value) -> Value {
    let mut row = pruned(row, entity, &criteria["associations"], &criteria["includes"]);
    if let (Some(fields), Some(told)) = (criteria["fields"].as_array(), row.as_object_mut()) {
        told.retain(|name, _| name == "id" || fields.iter().any(|field| field == name));
    }
    row
}

/// A row without what was not asked for, and so are all that hang on it.
fn pruned(row: Value, entity: &str, asked: &Value, includes: &Value) -> Value {
    match row {
        Value::Array(rows) => rows.into_iter().map(|row| pruned(row, entity, asked, includes)).collect(),
        Value::Object(fields) => {
            let mut out = Map::new();
            for (name, value) in fields {
                if includes[entity].as_array().is_some_and(|wanted| !wanted.iter().any(|one| *one == name)) {
                    continue;
                }
                let hangs = associations(entity).iter().find(|(association, _)| *association == name);
                let value = match hangs {
                    Some((_, of)) if asked[&name].is_object() => pruned(value, of, &asked[&name]["associations"], includes),
                    Some(_) => Value::Null,
                    None => value,
                };
                out.insert(name, value);
            }
            out.into()
        }
        other => other,
    }
}
