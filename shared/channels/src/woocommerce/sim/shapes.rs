//! How the shop writes things down.

use super::hooks::Hook;
use super::shop::{Order, Product, Shop};
use crate::far_side::{self, CUSTOMER};
use jiff::{SignedDuration, Timestamp};
use ports::Response;
use serde_json::{Value, json};

pub(super) const JSON: &str = "application/json; charset=UTF-8";

/// The shop's clock is ahead of UTC by this.
pub(super) const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// UTC without a `Z`, whole seconds.
pub(super) fn gmt(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// The shop's own time.
pub(super) fn local(at: Timestamp) -> String {
    gmt(at.saturating_add(AHEAD).unwrap_or(at))
}

/// An error in `WordPress`'s form.
pub(super) fn refusal(status: u16, code: &str, message: &str) -> Response {
    far_side::answer(status, JSON, &json!({ "code": code, "message": message, "data": { "status": status } }))
}

/// What a firewall in front of the shop says: a page, not JSON.
pub(super) fn firewall(seconds: i64) -> Response {
    let page = "<!DOCTYPE html><html><head><title>429 Too Many Requests</title></head><body>Slow down.</body></html>";
    let mut response = Response::new(page.into());
    *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/html"));
    response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    response
}

fn cents(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

pub(super) fn order(order: &Order, shop: &Shop) -> Value {
    let product = shop.products.get(&order.product);
    let price = product.map_or(0, |p| p.price_cents);
    let total = cents(price * order.quantity);
    let parent = product.and_then(|p| p.parent);
    json!({
        "id": order.id,
        "parent_id": 0,
        "status": order.status,
        "currency": "EUR",
        "version": "10.0.2",
        "prices_include_tax": true,
        "date_created": local(order.created),
        "date_modified": local(order.modified),
        "discount_total": "0.00",
        "shipping_total": "0.00",
        "total": total,
        "total_tax": "0.00",
        "customer_id": 0,
        "order_key": format!("wc_order_{:013}", order.id),
        "billing": {
            "first_name": CUSTOMER.first_name, "last_name": CUSTOMER.last_name, "address_1": CUSTOMER.street,
            "postcode": CUSTOMER.postcode, "city": CUSTOMER.city, "email": CUSTOMER.email, "phone": CUSTOMER.phone,
        },
        "created_via": "checkout",
        "date_completed": order.completed.map(local),
        "number": order.id.to_string(),
        "meta_data": [],
        "line_items": [{
            "id": order.line,
            "name": product.map_or("", |p| p.title.as_str()),
            "product_id": parent.unwrap_or(order.product),
            "variation_id": if parent.is_some() { order.product } else { 0 },
            "quantity": order.quantity,
            "subtotal": total,
            "total": total,
            "total_tax": "0.00",
            "taxes": [],
            "meta_data": [{ "id": 1, "key": "_reduced_stock", "value": order.quantity.to_string() }],
            "sku": product.map(|p| p.sku.as_str()),
            // A JSON number here, as on the real thing, and text everywhere else.
            "price": serde_json::from_str::<Value>(&cents(price)).unwrap_or_default(),
        }],
        "refunds": order.refunds.iter().map(|r| json!({
            "id": r.id, "reason": "", "total": format!("-{}", cents(price * r.quantity)),
        })).collect::<Vec<_>>(),
        "date_created_gmt": gmt(order.created),
        "date_modified_gmt": gmt(order.modified),
        "date_completed_gmt": order.completed.map(gmt),
    })
}

pub(super) fn refunds(order: &Order) -> Vec<Value> {
    let refund = |r: &super::shop::Refund| {
        json!({
            "id": r.id,
            "date_created": local(r.at),
            "date_created_gmt": gmt(r.at),
            "amount": "0.00",
            "reason": "",
            "line_items": [{
                "id": r.id + 1_000_000,
                "quantity": -r.quantity,
                "meta_data": [{ "id": r.id, "key": "_refunded_item_id", "value": order.line.to_string() }],
            }],
        })
    };
    order.refunds.iter().map(refund).collect()
}

pub(super) fn product(product: &Product) -> Value {
    let kind = match (product.parent, product.variations.is_empty()) {
        (Some(_), _) => "variation",
        (None, true) => "simple",
        (None, false) => "variable",
    };
    json!({
        "id": product.id,
        "name": product.title,
        "date_modified": local(product.modified),
        "date_modified_gmt": gmt(product.modified),
        "type": kind,
        "status": "publish",
        "sku": product.sku,
        "price": cents(product.price_cents),
        "regular_price": cents(product.price_cents),
        "manage_stock": product.managed,
        "stock_quantity": product.managed.then_some(product.stock),
        "stock_status": if product.managed && product.stock <= 0 { "outofstock" } else { "instock" },
        "backorders": "no",
        "parent_id": product.parent.unwrap_or(0),
        "variations": product.variations,
        "meta_data": [],
        "global_unique_id": product.ean,
    })
}

/// As shown below its parent: a variation has no variations.
pub(super) fn variation(of: &Product) -> Value {
    let mut shown = product(of);
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("variations");
    }
    shown
}

/// Without the secret, which cannot be read back.
pub(super) fn webhook(hook: &Hook) -> Value {
    let (resource, event) = hook.topic.split_once('.').unwrap_or_default();
    json!({
        "id": hook.id,
        "name": hook.name,
        "status": hook.status,
        "topic": hook.topic,
        "resource": resource,
        "event": event,
        "delivery_url": hook.url,
    })
}
