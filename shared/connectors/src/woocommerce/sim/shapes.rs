//! How the shop writes things down.

use super::hooks::Hook;
use super::orders::{Line, Note, Order, Refund, Role, Tracking};
use super::shop::{Product, Sets, Shop};
use crate::simulated_channel::{self, CUSTOMER, Checkout, Spoilt};
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
    simulated_channel::answer(status, JSON, &json!({ "code": code, "message": message, "data": { "status": status } }))
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

/// Without tax, as every amount but the total is written.
fn net(amount: i64) -> String {
    cents(amount - Checkout::tax_cents(amount))
}

fn tax(amount: i64) -> String {
    cents(Checkout::tax_cents(amount))
}

pub(super) fn order(order: &Order, shop: &Shop) -> Value {
    let total = order.total_cents();
    let shipping = order.checkout.shipping_cents;
    // Whoever buys here pays at once.
    let paid_at = matches!(order.status.as_str(), "processing" | "completed" | "refunded").then_some(order.created);
    let parcel = json!({ "id": order.id * 1000, "method_title": "Shipment", "method_id": "flat_rate", "instance_id": "1",
        "total": net(shipping), "total_tax": tax(shipping), "taxes": [], "meta_data": [] });
    let shipping_lines = if shipping == 0 { Vec::new() } else { vec![parcel] };
    let off: i64 = order.lines.iter().map(|l| l.price_cents * l.quantity - order.paid_cents(l)).sum();
    json!({
        "id": order.id,
        "parent_id": 0,
        "status": order.status,
        "currency": "EUR",
        "version": "10.0.2",
        "prices_include_tax": true,
        "date_created": local(order.created),
        "date_modified": local(order.modified),
        "discount_total": net(off),
        "discount_tax": tax(off),
        "shipping_total": net(shipping),
        "shipping_tax": tax(shipping),
        "shipping_lines": shipping_lines,
        "fee_lines": [],
        "total": cents(total),
        "total_tax": tax(total),
        "customer_id": 0,
        "order_key": format!("wc_order_{:013}", order.id),
        "billing": {
            "first_name": CUSTOMER.first_name, "last_name": CUSTOMER.last_name, "address_1": CUSTOMER.street,
            "postcode": CUSTOMER.postcode, "city": CUSTOMER.city, "country": "NL", "email": CUSTOMER.email, "phone": CUSTOMER.phone,
        },
        "shipping": {
            "first_name": CUSTOMER.first_name, "last_name": CUSTOMER.last_name, "address_1": CUSTOMER.street,
            "postcode": CUSTOMER.postcode, "city": CUSTOMER.city, "country": order.ship_to,
        },
        "created_via": "checkout",
        "date_completed": order.completed.map(local),
        "date_paid": paid_at.map(local),
        "date_paid_gmt": paid_at.map(gmt),
        "number": order.id.to_string(),
        "meta_data": order.fields.iter().map(|(id, key, value)| json!({ "id": id, "key": key, "value": value })).collect::<Vec<_>>(),
        "line_items": order.lines.iter().map(|l| line(l, order, shop)).collect::<Vec<_>>(),
        "refunds": order.refunds.iter().map(|r| json!({
            "id": r.id, "reason": r.reason, "total": format!("-{}", cents(r.cents)),
        })).collect::<Vec<_>>(),
        "date_created_gmt": gmt(order.created),
        "date_modified_gmt": gmt(order.modified),
        "date_completed_gmt": order.completed.map(gmt),
    })
}

/// What a line keeps of the counter: gone once a status puts it back, and of refunds only once one put back.
fn counted(line: &Line) -> Vec<Value> {
    let kept = |key: &str, units: i64| json!({ "id": 1, "key": key, "value": units.to_string() });
    let off = (line.reduced != 0 || line.put_back != 0).then(|| kept("_reduced_stock", line.reduced));
    let put_back = (line.put_back != 0).then(|| kept("_restock_refunded_items", line.put_back));
    off.into_iter().chain(put_back).collect()
}

fn line(line: &Line, order: &Order, shop: &Shop) -> Value {
    let product = shop.products.get(&line.product);
    let parent = product.and_then(|p| p.parent);
    let (all, paid) = (line.price_cents * line.quantity, order.paid_cents(line));
    let mut shown = json!({
        "id": line.id,
        "name": product.map_or("", |p| p.title.as_str()),
        "product_id": parent.unwrap_or(line.product),
        "variation_id": if parent.is_some() { line.product } else { 0 },
        "quantity": line.quantity,
        "subtotal": net(all),
        "subtotal_tax": tax(all),
        "total": net(paid),
        "total_tax": tax(paid),
        "taxes": [],
        "meta_data": counted(line),
        "sku": product.map(|p| p.sku.as_str()),
        // A JSON number here, as on the real thing, and text everywhere else.
        "price": serde_json::from_str::<Value>(&net(line.price_cents)).unwrap_or_default(),
    });
    in_a_set(line, order, shop.sets, &mut shown);
    match line.spoilt {
        None => {}
        Some(Spoilt::Units) => shown["quantity"] = format!("{}.5", line.quantity).parse::<f64>().unwrap_or_default().into(),
        Some(Spoilt::Product) => shown["product_id"] = "imported".into(),
        Some(Spoilt::Name) => (shown["product_id"], shown["sku"]) = ("imported".into(), Value::Null),
    }
    shown
}

/// What a plugin for sets adds to the lines of an order with a set in it. The shop has no more than one.
fn in_a_set(line: &Line, order: &Order, sets: Sets, shown: &mut Value) {
    if order.lines.iter().all(|line| line.role == Role::Alone) {
        return;
    }
    let parts = || order.lines.iter().filter(|other| other.role == Role::PartOf(line.id));
    let ids: Vec<u64> = parts().map(|part| part.id).collect();
    let (of, own) = match line.role {
        Role::PartOf(id) => (json!(id), json!([])),
        // As PHP has it where there is nothing.
        Role::Set | Role::Alone => (json!(""), json!(ids)),
    };
    match sets {
        Sets::ProductBundles => (shown["bundled_by"], shown["bundled_items"]) = (of, own),
        Sets::CompositeProducts => (shown["composite_parent"], shown["composite_children"]) = (of, own),
        Sets::WpcProductBundles => {
            let field = |key: &str, value: String| json!({ "id": 1, "key": key, "value": value });
            let set = order.lines.iter().find(|other| line.role == Role::PartOf(other.id));
            let added = match (line.role, set) {
                (Role::Set, _) => {
                    let each: Vec<String> = parts().map(|part| format!("{}/{}", part.product, part.quantity)).collect();
                    Some(field("_woosb_ids", each.join(",")))
                }
                (_, Some(set)) => Some(field("_woosb_parent_id", set.product.to_string())),
                _ => None,
            };
            shown["meta_data"].as_array_mut().into_iter().for_each(|fields| fields.extend(added.clone()));
        }
    }
}

/// Newest first, as the shop lists them.
pub(super) fn refunds(order: &Order) -> Vec<Value> {
    let refund = |r: &Refund| {
        let lines = r.lines.iter().enumerate().map(|(at, (line, units))| {
            json!({
                "id": r.id * 1000 + at as u64,
                "quantity": -units,
                "meta_data": [{ "id": r.id, "key": "_refunded_item_id", "value": line.to_string() }],
            })
        });
        json!({
            "id": r.id,
            "date_created": local(r.at),
            "date_created_gmt": gmt(r.at),
            "amount": cents(r.cents),
            "reason": r.reason,
            "refunded_payment": false,
            "line_items": lines.collect::<Vec<_>>(),
        })
    };
    order.refunds.iter().rev().map(refund).collect()
}

pub(super) fn note(note: &Note) -> Value {
    json!({
        "id": note.id,
        "author": "system",
        "date_created": local(note.at),
        "date_created_gmt": gmt(note.at),
        "note": note.text,
        "customer_note": note.to_customer,
    })
}

pub(super) fn tracking(tracking: &Tracking) -> Value {
    json!({
        "tracking_id": tracking.id,
        "tracking_provider": tracking.provider,
        "tracking_link": "",
        "tracking_number": tracking.number,
        "date_shipped": tracking.date,
    })
}

pub(super) fn product(shop: &Shop, product: &Product) -> Value {
    let kind = match (product.parent, product.variations.is_empty()) {
        (Some(_), _) => "variation",
        (None, true) => "simple",
        (None, false) => "variable",
    };
    let figure = shop.figure(product);
    json!({
        "id": product.id,
        "name": product.title,
        "date_modified": local(product.modified),
        "date_modified_gmt": gmt(product.modified),
        "type": kind,
        "status": "publish",
        "sku": product.sku,
        "price": cents(product.cents()),
        "regular_price": cents(product.price_cents),
        "sale_price": product.sale_cents.map_or_else(String::new, cents),
        // Word for word: a variation says where its stock is, and then shows the figure of its parent.
        "manage_stock": if product.inherits { json!("parent") } else { json!(product.managed) },
        "stock_quantity": figure,
        "stock_status": match figure {
            Some(stock) if stock <= 0 && product.backorders => "onbackorder",
            Some(stock) if stock <= 0 => "outofstock",
            _ => "instock",
        },
        "backorders": if product.backorders { "notify" } else { "no" },
        "backorders_allowed": product.backorders,
        "virtual": product.is_virtual,
        "parent_id": product.parent.unwrap_or(0),
        "variations": product.variations,
        "meta_data": [],
        "global_unique_id": product.ean,
    })
}

/// As shown below its parent: a variation has no variations.
pub(super) fn variation(shop: &Shop, of: &Product) -> Value {
    let mut shown = product(shop, of);
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
