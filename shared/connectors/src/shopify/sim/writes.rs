//! Answers the document that sets stock: compare-and-set, and keys that remember.

use super::queries::{Answer, id};
use super::shop::Shop;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What became of each key: the input it came with and, if it was done, the answer.
pub(super) type Keys = BTreeMap<String, (String, Option<Value>)>;

/// The most units Shopify keeps of one item.
const MOST: i64 = 1_000_000_000;

/// `SetAvailable`. The second part of the answer tells whether a figure was changed by this very call.
pub(super) fn set_available(shop: &mut Shop, keys: &mut Keys, document: &str, variables: &Value) -> (Answer, bool) {
    let key = variables.get("key").and_then(Value::as_str).unwrap_or_default();
    if !document.contains("@idempotent(key: $key)") || key.is_empty() {
        return (Err("The @idempotent directive is required for this mutation but was not provided."), false);
    }
    let Some(input) = variables.get("input") else { return (Err("input is missing"), false) };
    let given = input.to_string();
    if let Some((known, answer)) = keys.get(key) {
        return match answer {
            _ if *known != given => (Ok(refused(("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", None))), false),
            Some(answer) => (Ok(answer.clone()), false),
            None => (Ok(refused(("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", None))), false),
        };
    }
    match apply(shop, input) {
        Err(complaint) => (Err(complaint), false),
        Ok(Err(code)) => {
            keys.insert(key.to_owned(), (given, None));
            (Ok(refused(code)), false)
        }
        Ok(Ok(())) => {
            shop.stock_writes += 1;
            let group = json!({ "id": format!("gid://shopify/InventoryAdjustmentGroup/{}", shop.stock_writes) });
            let answer = json!({ "inventorySetQuantities": { "inventoryAdjustmentGroup": group, "userErrors": [] } });
            keys.insert(key.to_owned(), (given, Some(answer.clone())));
            (Ok(answer), true)
        }
    }
}

/// A code, and the element of the list that it is about.
type Refusal = (&'static str, Option<usize>);

fn refused((code, at): Refusal) -> Value {
    let field = at.map(|at| json!(["input", "quantities", at.to_string()]));
    json!({ "inventorySetQuantities": {
        "inventoryAdjustmentGroup": null,
        "userErrors": [{ "code": code, "field": field, "message": "The quantity could not be set." }],
    } })
}

/// The outer error is a request against the rules, the inner one a refusal by the shop. Sets nothing unless all is well.
fn apply(shop: &mut Shop, input: &Value) -> Result<Result<(), Refusal>, &'static str> {
    only(input, &["name", "quantities", "reason", "referenceDocumentUri"])?;
    let quantities = input.get("quantities").and_then(Value::as_array).filter(|q| (1..=250).contains(&q.len()));
    let quantities = quantities.ok_or("quantities must hold 1 to 250 elements")?;
    if input.get("name").and_then(Value::as_str) != Some("available") {
        return Ok(Err(("INVALID_NAME", None)));
    }
    if input.get("reason").and_then(Value::as_str) != Some("correction") {
        return Ok(Err(("INVALID_REASON", None)));
    }
    let uri = input.get("referenceDocumentUri").and_then(Value::as_str);
    if uri.is_some_and(|uri| uri.split_once("://").is_none_or(|(_, rest)| rest.split('/').filter(|p| !p.is_empty()).count() < 3))
    {
        return Ok(Err(("INVALID_REFERENCE_DOCUMENT", None)));
    }
    let mut settings = Vec::new();
    for (at, element) in quantities.iter().enumerate() {
        let refusal = |code| Ok(Err((code, Some(at))));
        only(element, &["changeFromQuantity", "inventoryItemId", "locationId", "quantity"])?;
        let from = match element.get("changeFromQuantity") {
            None => return Err("changeFromQuantity must be given, even if it is null"),
            Some(Value::Null) => None,
            Some(from) => Some(from.as_i64().ok_or("changeFromQuantity must be a whole number")?),
        };
        let quantity = element.get("quantity").and_then(Value::as_i64).ok_or("quantity must be a whole number")?;
        if quantity > MOST {
            return refusal("INVALID_QUANTITY_TOO_HIGH");
        }
        let location = id(element, "locationId", "Location").ok_or("invalid id")?;
        let Some(place) = shop.place(location) else { return refusal("INVALID_LOCATION") };
        let item = id(element, "inventoryItemId", "InventoryItem").ok_or("invalid id")?;
        let Some(item) = shop.items.iter().position(|i| i.inventory == item) else { return refusal("INVALID_INVENTORY_ITEM") };
        let Some(units) = shop.items.get(item).and_then(|i| i.levels.at(place)) else { return refusal("INVALID_LOCATION") };
        if from.is_some_and(|from| units != from) {
            return refusal("CHANGE_FROM_QUANTITY_STALE");
        }
        if settings.iter().any(|(one, there, _)| (*one, *there) == (item, place)) {
            return refusal("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR");
        }
        settings.push((item, place, quantity));
    }
    for (at, place, quantity) in settings {
        if let Some(item) = shop.items.get_mut(at) {
            item.levels.set(place, Some(quantity));
            shop.last_write = Some((at, item.levels.total()));
        }
    }
    Ok(Ok(()))
}

/// Unknown fields of an input are an error in GraphQL.
pub(super) fn only(input: &Value, known: &[&str]) -> Result<(), &'static str> {
    let fields = input.as_object().ok_or("an input must be an object")?;
    if fields.keys().all(|field| known.contains(&field.as_str())) { Ok(()) } else { Err("the input has an unknown field") }
}
