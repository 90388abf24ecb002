//! Changes: of one product or delivery, of many rows in one transaction, and ways of state machines.

use super::answers::{done, not_found, refusal, told};
use super::shop::{DELIVERY, Moved, Shop, id};
use domain::Sku;
use jiff::Timestamp;
use ports::Response;
use serde_json::{Value, json};

/// A field that is needed is blank: the code of Symfony's own check.
const BLANK: &str = "VIOLATION::IS_BLANK_ERROR";

/// Changes one product: its figure or all of its prices.
pub(super) fn product(shop: &mut Shop, wanted: &str, body: &Value) -> Response {
    let Some(product) = shop.product_by_id(wanted) else { return not_found("The product is not there.") };
    if product.refused {
        return refusal(400, "PLUGIN__REFUSED", "A plugin refuses the change.");
    }
    if let Some(prices) = body["price"].as_array() {
        let whole = |price: &Value| price["currencyId"].is_string() && price["gross"].is_number() && price["net"].is_number();
        if !prices.iter().all(whole) {
            return refusal(400, BLANK, "A price needs its currency, gross and net.");
        }
        product.prices.clone_from(prices);
    }
    done()
}

/// Changes a delivery: the codes that are told take the place of those that were there.
pub(super) fn delivery(shop: &mut Shop, now: Timestamp, wanted: &str, body: &Value) -> Response {
    let order = shop.orders.values_mut().find(|order| id(DELIVERY, order.number) == wanted);
    let Some(order) = order else { return not_found("The delivery is not there.") };
    if let Some(codes) = body["trackingCodes"].as_array() {
        order.codes = codes.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
        order.delivery.updated = Some(now);
    }
    done()
}

/// Changes many rows, or none of them: a new product needs more than a figure.
pub(super) fn sync(shop: &mut Shop, body: &Value) -> Response {
    let mut rows: Vec<(String, i64)> = Vec::new();
    for operation in body.as_array().into_iter().flatten() {
        if operation["action"] != "upsert" || operation["entity"] != "product" {
            return refusal(400, "FRAMEWORK__API_INVALID_SYNC_OPERATION", "Such a change is not played here.");
        }
        for row in operation["payload"].as_array().into_iter().flatten() {
            let (Some(wanted), Some(stock)) = (row["id"].as_str(), row["stock"].as_i64()) else {
                return refusal(400, BLANK, "A row needs its id, and a whole number as its figure.");
            };
            match shop.product_by_id(wanted) {
                None => return refusal(400, BLANK, "This value should not be blank: taxId, price, productNumber, name."),
                Some(product) if product.refused => return refusal(400, "PLUGIN__REFUSED", "A plugin refuses the change."),
                Some(_) => rows.push((wanted.to_owned(), stock)),
            }
        }
    }
    for (wanted, stock) in &rows {
        let Some(product) = shop.product_by_id(wanted) else { continue };
        product.stock = *stock;
        let written = Sku::new(product.sku.as_str()).ok().map(|sku| (sku, *stock));
        shop.stock_writes += 1;
        shop.last_write = written;
    }
    let ids: Vec<&String> = rows.iter().map(|(id, _)| id).collect();
    told(200, &json!({ "data": { "product": ids }, "notFound": {}, "deleted": {} }))
}

/// Takes a way of a state machine.
pub(super) fn transition(shop: &mut Shop, now: Timestamp, row: (&str, &str), way: &str) -> Response {
    match shop.take(now, row, way) {
        Moved::To(state) => told(200, &json!({ "technicalName": state })),
        Moved::Unknown => not_found("There is no such row or way."),
        Moved::Illegal(ways) => {
            let detail = format!("Illegal transition \"{way}\" of {}. Possible transitions are: {}", row.0, ways.join(", "));
            refusal(400, "SYSTEM__ILLEGAL_STATE_TRANSITION", &detail)
        }
    }
}
