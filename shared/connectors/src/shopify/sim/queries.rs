//! Answers the documents that only read.

use super::levels;
use super::shapes;
use super::shop::{Item, Move, Shop, Sold};
use crate::shopify::graphql::{gid, number};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How far the index behind the list of orders is behind the orders.
const INDEX_LAG: SignedDuration = SignedDuration::from_secs(3);

/// What a query is answered with: its data, or why it was refused.
pub(super) type Answer = Result<Value, &'static str>;

/// The argument `first` of a field, as the document has it.
pub(super) fn first(document: &str, field: &str) -> usize {
    let start = document.find(&format!("{field}(first: ")).map(|at| at + field.len() + "(first: ".len());
    let digits = start.and_then(|at| document.get(at..)).map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    digits.flatten().and_then(|d| d.parse().ok()).unwrap_or(0)
}

pub(super) fn text<'a>(variables: &'a Value, name: &str) -> Option<&'a str> {
    variables.get(name)?.as_str()
}

/// A global id of this kind among the variables.
pub(super) fn id(variables: &Value, name: &str, kind: &str) -> Option<u64> {
    let id = text(variables, name)?;
    let read = number("simulator", id).ok()?;
    (id == gid(kind, read)).then_some(read)
}

/// A page of anything: the part after the cursor, and the frame around it.
pub(super) fn page(all: &[Value], after: Option<&str>, first: usize) -> Answer {
    let skip = after.map_or(Ok(0), |cursor| cursor.parse::<usize>().map_err(|_| "invalid cursor"))?;
    let nodes: Vec<_> = all.iter().skip(skip).take(first).cloned().collect();
    let end = skip + nodes.len();
    let cursor = (!nodes.is_empty()).then(|| end.to_string());
    Ok(json!({ "nodes": nodes, "pageInfo": { "hasNextPage": end < all.len(), "endCursor": cursor } }))
}

/// `Orders`: those whose last change that the index has seen is not before the asked instant. Found by the index, shown as they are.
pub(super) fn orders(shop: &Shop, now: Timestamp, document: &str, variables: &Value) -> Answer {
    let since: Timestamp = text(variables, "changed")
        .and_then(|q| q.strip_prefix("updated_at:>='")?.strip_suffix('\'')?.parse().ok())
        .ok_or("the search query is not understood")?;
    let seen_until = now.saturating_sub(INDEX_LAG).unwrap_or(now);
    let mut found: Vec<(Timestamp, &Sold)> = shop
        .orders
        .iter()
        .filter(|order| !order.is_deleted())
        .filter_map(|order| Some((*order.changes.iter().rev().find(|at| **at <= seen_until)?, order)))
        .filter(|(at, _)| at.as_second() >= since.as_second())
        .collect();
    found.sort_by_key(|(at, order)| (*at, order.id));
    // A cursor is a place in the sorted index, not a count: what changes in between moves to the end and skips nothing.
    let after = match text(variables, "after") {
        None => None,
        Some(cursor) => Some(place(cursor).ok_or("invalid cursor")?),
    };
    let rest: Vec<_> = found.into_iter().filter(|(at, order)| after.is_none_or(|after| (*at, order.id) > after)).collect();
    let (size, lines) = (first(document, "orders"), first(document, "lineItems"));
    let shown = rest.get(..size.min(rest.len())).unwrap_or_default();
    let nodes: Vec<_> = shown
        .iter()
        .map(|(_, order)| {
            let mut node = shapes::graphql_order(shop, order, 0, lines);
            node["fulfillments"] = order.fulfillments.iter().take(1).map(|f| json!({ "id": gid("Fulfillment", f.id) })).collect();
            node["totalDiscountsSet"] = shapes::graphql_discounts(shop, order);
            // The list asks only whether there are more lines.
            node["lineItems"]["pageInfo"] = json!({ "hasNextPage": node["lineItems"]["pageInfo"]["hasNextPage"] });
            node
        })
        .collect();
    let cursor = shown.last().map(|(at, order)| format!("{}.{}", at.as_nanosecond(), order.id));
    Ok(json!({ "orders": { "nodes": nodes, "pageInfo": { "hasNextPage": rest.len() > shown.len(), "endCursor": cursor } } }))
}

fn place(cursor: &str) -> Option<(Timestamp, u64)> {
    let (at, id) = cursor.split_once('.')?;
    Some((Timestamp::from_nanosecond(at.parse().ok()?).ok()?, id.parse().ok()?))
}

/// `Order`.
pub(super) fn order(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Order").ok_or("invalid id")?;
    let skip = text(variables, "linesAfter").map_or(Ok(0), str::parse).map_err(|_| "invalid cursor")?;
    let Some(order) = shop.orders.iter().find(|o| o.id == wanted) else { return Ok(json!({ "order": null })) };
    let mut node = shapes::graphql_order(shop, order, skip, first(document, "lineItems"));
    node["fulfillments"] =
        order.fulfillments.iter().map(|f| json!({ "id": gid("Fulfillment", f.id), "status": f.kind })).collect();
    node["returns"] = json!({ "nodes": order.returns.iter().map(|r| json!({ "id": gid("Return", r.id), "status": r.stands })).collect::<Vec<_>>() });
    node["shippingLines"] = json!({ "nodes": [] });
    if shop.checkout.shipping_cents > 0 {
        node["shippingLines"] = json!({ "nodes": [{ "discountAllocations": [] }] });
    }
    if let Some(lines) = node["lineItems"]["nodes"].as_array_mut() {
        for (line, off) in lines.iter_mut().zip(shapes::graphql_allocations(shop, order, skip)) {
            line["discountAllocations"] = off;
        }
    }
    node["refunds"] = order.refunds.iter().map(|r| json!({ "id": gid("Refund", r.id) })).collect();
    Ok(json!({ "order": node }))
}

/// `Buyer`.
pub(super) fn buyer(shop: &Shop, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Order").ok_or("invalid id")?;
    let order = shop.orders.iter().find(|o| o.id == wanted);
    Ok(json!({ "order": order.map(shapes::graphql_buyer) }))
}

/// `Fulfilled`.
pub(super) fn fulfilled(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Fulfillment").ok_or("invalid id")?;
    let found = shop.orders.iter().flat_map(|o| &o.fulfillments).find(|f| f.id == wanted);
    let Some(found) = found else { return Ok(json!({ "fulfillment": null })) };
    let lines = page(&moved(found, false), text(variables, "after"), first(document, "fulfillmentLineItems"))?;
    let tracking: Vec<_> = match &found.tracking {
        (None, None) => Vec::new(),
        (_, number) => vec![json!({ "number": number })],
    };
    Ok(json!({ "fulfillment": { "trackingInfo": tracking, "fulfillmentLineItems": lines } }))
}

/// `Refunded`.
pub(super) fn refunded(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let wanted = id(variables, "id", "Refund").ok_or("invalid id")?;
    let found = shop.orders.iter().flat_map(|o| &o.refunds).find(|r| r.id == wanted);
    let Some(found) = found else { return Ok(json!({ "refund": null })) };
    let lines = page(&moved(found, true), text(variables, "after"), first(document, "refundLineItems"))?;
    Ok(json!({ "refund": { "return": null, "refundLineItems": lines } }))
}

fn moved(what: &Move, with_kind: bool) -> Vec<Value> {
    let node = |(id, units): &(u64, i64)| {
        let mut node = json!({ "quantity": units, "lineItem": { "id": gid("LineItem", *id) } });
        if with_kind {
            node["restockType"] = what.kind.into();
        }
        node
    };
    what.lines.iter().map(node).collect()
}

/// `Listings`.
pub(super) fn listings(shop: &mut Shop, document: &str, variables: &Value) -> Answer {
    let location = id(variables, "location", "Location").ok_or("invalid id")?;
    let here = shop.place(location);
    let all: Vec<_> = shop.items.iter().map(|item| variant(item, "inventoryLevel", &levels::one(item, here))).collect();
    Ok(json!({ "productVariants": page(&all, text(variables, "after"), first(document, "productVariants"))? }))
}

/// `PlacedListings`.
pub(super) fn placed_listings(shop: &Shop, document: &str, variables: &Value) -> Answer {
    let most = first(document, "inventoryLevels");
    let all: Vec<_> = shop.items.iter().map(|item| variant(item, "inventoryLevels", &levels::all(shop, item, most))).collect();
    Ok(json!({ "productVariants": page(&all, text(variables, "after"), first(document, "productVariants"))? }))
}

fn variant(item: &Item, levels: &str, told: &Value) -> Value {
    json!({
        "legacyResourceId": item.variant.to_string(),
        "displayName": item.title,
        "sku": item.sku.as_str(),
        "barcode": item.barcode,
        "inventoryPolicy": if item.sells_on { "CONTINUE" } else { "DENY" },
        "inventoryItem": {
            "legacyResourceId": item.inventory.to_string(), "requiresShipping": true, "tracked": item.tracked, levels: told,
        },
    })
}

/// `Available`.
pub(super) fn available(shop: &mut Shop, variables: &Value) -> Answer {
    let item = id(variables, "item", "InventoryItem").ok_or("invalid id")?;
    let location = id(variables, "location", "Location").ok_or("invalid id")?;
    let here = shop.place(location);
    let Some(item) = shop.items.iter().find(|i| i.inventory == item) else { return Ok(json!({ "inventoryItem": null })) };
    Ok(json!({ "inventoryItem": { "tracked": item.tracked, "inventoryLevel": levels::one(item, here) } }))
}
