//! Which path does what.

use super::lists::{self, invalid, not_found};
use super::shapes::{self, JSON, refusal};
use super::writes::cents;
use super::{Simulator, hooks, writes};
use crate::simulated_channel;
use http::Method;
use jiff::Timestamp;
use ports::{Request, Response};
use serde_json::Value;

pub(super) fn answer(sim: &mut Simulator, now: Timestamp, request: &Request, path: &str) -> Response {
    let query = simulated_channel::query(request);
    let Some(path) = path.strip_prefix("/wc/v3") else { return plugin(sim, now, request, path) };
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let id = |at: usize| parts.get(at).and_then(|p| p.parse::<u64>().ok()).unwrap_or(0);
    let put = matches!(*request.method(), Method::PUT | Method::POST | Method::PATCH);
    let shop = &mut sim.shop;
    match (request.method(), parts.as_slice()) {
        (&Method::GET, ["orders"]) => lists::orders(shop, &query),
        (&Method::GET, ["orders", _]) => match shop.orders.get(&id(1)) {
            Some(order) => simulated_channel::answer(200, JSON, &shapes::order(order, shop)),
            None => not_found("woocommerce_rest_shop_order_invalid_id"),
        },
        (_, ["orders", _]) if put => writes::order(shop, now, id(1), &simulated_channel::body(request)),
        (&Method::GET, ["orders", _, "notes"]) => writes::notes(shop, id(1), query.get("type").map(String::as_str)),
        (&Method::POST, ["orders", _, "notes"]) => writes::note(shop, now, id(1), &simulated_channel::body(request)),
        (&Method::POST, ["orders", _, "refunds"]) => writes::refund(shop, now, id(1), &simulated_channel::body(request)),
        (&Method::GET, ["orders", _, "refunds"]) => match shop.orders.get(&id(1)) {
            Some(order) => lists::page(&query, shapes::refunds(order)).unwrap_or_else(|refusal| refusal),
            None => not_found("woocommerce_rest_invalid_order_id"),
        },
        (&Method::GET, ["products"]) => lists::products(shop, None, &query),
        (_, ["products", _]) if put || request.method() == Method::GET => product(sim, now, request, id(1), None, put),
        (&Method::GET, ["products", _, "variations"]) => {
            if shop.products.contains_key(&id(1)) {
                lists::products(shop, Some(id(1)), &query)
            } else {
                not_found("woocommerce_rest_product_invalid_id")
            }
        }
        (_, ["products", _, "variations", _]) if put || request.method() == Method::GET => {
            product(sim, now, request, id(3), Some(id(1)), put)
        }
        (&Method::GET, ["webhooks"]) => {
            let all = sim.hooks.all().map(shapes::webhook).collect();
            lists::page(&query, all).unwrap_or_else(|refusal| refusal)
        }
        (&Method::POST, ["webhooks"]) => {
            hooks::create(&mut sim.hooks, now, &simulated_channel::body(request), &mut sim.outbox, &mut sim.troubles)
        }
        (_, ["webhooks", _]) if put => {
            hooks::update(&mut sim.hooks, now, id(1), &simulated_channel::body(request), &mut sim.outbox, &mut sim.troubles)
        }
        (&Method::DELETE, ["webhooks", _]) => {
            if query.get("force").is_none_or(|f| f != "true") {
                return refusal(501, "woocommerce_rest_trash_not_supported", "Webhooks do not support trashing.");
            }
            match sim.hooks.remove(id(1)) {
                Some(hook) => simulated_channel::answer(200, JSON, &shapes::webhook(&hook)),
                None => not_found("woocommerce_rest_shop_webhook_invalid_id"),
            }
        }
        _ => no_route(),
    }
}

fn no_route() -> Response {
    refusal(404, "rest_no_route", "No route was found matching the URL and request method.")
}

/// A tracking plugin's routes, if the shop has it.
fn plugin(sim: &mut Simulator, now: Timestamp, request: &Request, path: &str) -> Response {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (request.method(), parts.as_slice()) {
        (&Method::GET | &Method::POST, ["wc-shipment-tracking", "v3", "orders", order, "shipment-trackings"]) if sim.tracks => {
            let body = (request.method() == Method::POST).then(|| simulated_channel::body(request));
            writes::trackings(&mut sim.shop, now, order.parse().unwrap_or(0), body.as_ref())
        }
        _ => no_route(),
    }
}

/// Reads a product or variation, or sets its stock or price.
fn product(sim: &mut Simulator, now: Timestamp, request: &Request, id: u64, parent: Option<u64>, put: bool) -> Response {
    let wrong_id =
        if parent.is_some() { "woocommerce_rest_product_variation_invalid_id" } else { "woocommerce_rest_product_invalid_id" };
    // A variation can be read by its own id, but is changed below its parent only.
    let here = |p: &&super::shop::Product| if put || parent.is_some() { p.parent == parent } else { true };
    let Some(found) = sim.shop.products.get(&id).filter(here).cloned() else { return not_found(wrong_id) };
    if put {
        let body = simulated_channel::body(request);
        let (managed, units) = (body.get("manage_stock"), body.get("stock_quantity"));
        if managed.is_some_and(|m| !m.is_boolean()) {
            return invalid("manage_stock");
        }
        if let Some(managed) = managed.and_then(Value::as_bool) {
            let id = found.id;
            if let Some(product) = sim.shop.products.get_mut(&id) {
                product.managed = managed;
                product.inherits &= !managed;
            }
        }
        if let Some(units) = units {
            // Fractions are refused, figures below zero are not.
            let Some(units) = units.as_i64() else { return invalid("stock_quantity") };
            // Without stock management the figure is not kept.
            if managed.and_then(Value::as_bool).unwrap_or(found.managed) {
                sim.shop.set_stock(now, id, units);
                sim.shop.stock_writes += 1;
                sim.shop.last_write = Some((id, units));
            }
        }
    }
    if put {
        let Some(product) = sim.shop.products.get(&id) else { return not_found(wrong_id) };
        let body = simulated_channel::body(request);
        let (mut regular, mut sale) = (product.price_cents, product.sale_cents);
        if let Some(text) = body.get("regular_price") {
            let Some(cents) = text.as_str().and_then(|_| cents(text)) else { return invalid("regular_price") };
            regular = cents;
        }
        if let Some(text) = body.get("sale_price") {
            let Some(given) = text.as_str() else { return invalid("sale_price") };
            sale = if given.is_empty() { None } else { cents(text) };
        }
        if body.get("regular_price").or(body.get("sale_price")).is_some() {
            sim.shop.set_price(now, id, regular, sale);
        }
    }
    match sim.shop.products.get(&id) {
        Some(product) if parent.is_some() => simulated_channel::answer(200, JSON, &shapes::variation(&sim.shop, product)),
        Some(product) => simulated_channel::answer(200, JSON, &shapes::product(&sim.shop, product)),
        None => not_found(wrong_id),
    }
}
