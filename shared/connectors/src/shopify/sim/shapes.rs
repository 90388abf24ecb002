//! An order in the two shapes Shopify tells it in. They differ in names, in how ids, times and amounts are written, and in what
//! they leave out; what they mean is the same.

use super::shop::{Line, Move, Shop, Sold};
use crate::simulated_channel::{CUSTOMER, Checkout};
use jiff::{Timestamp, tz};
use serde_json::{Value, json};

fn gid(kind: &str, id: u64) -> String {
    crate::shopify::graphql::gid(kind, id)
}

/// GraphQL's time: UTC, whole seconds.
fn utc(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// REST's time: the shop's own offset, whole seconds.
fn local(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).display_with_offset(tz::offset(-5)).to_string()
}

/// REST's amount: two decimals.
fn two_decimals(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// GraphQL's amount: no zeros at the end, but one decimal.
fn fewest_decimals(cents: i64) -> String {
    let text = two_decimals(cents);
    text.strip_suffix('0').map_or(text.clone(), str::to_owned)
}

/// The fields the documents `Orders` and `Order` share; lines from `skip`, at most `first`, and whether there are more.
pub(super) fn graphql_order(shop: &Shop, order: &Sold, skip: usize, first: usize) -> Value {
    let nodes: Vec<_> = order.lines.iter().skip(skip).take(first).map(|line| graphql_line(shop, line)).collect();
    let end = skip + nodes.len();
    json!({
        "legacyResourceId": order.id.to_string(),
        "name": format!("#{}", order.counter),
        "createdAt": utc(order.created_at),
        "updatedAt": utc(order.updated_at()),
        "cancelledAt": order.cancelled_at.map(utc),
        "closed": false,
        "shippingAddress": { "countryCodeV2": order.ship_to },
        "taxesIncluded": true,
        "displayFinancialStatus": "PAID",
        "totalPriceSet": graphql_money(paid_cents(shop, order)),
        "totalTaxSet": graphql_money(Checkout::tax_cents(paid_cents(shop, order))),
        "totalShippingPriceSet": graphql_money(shop.checkout.shipping_cents),
        "lineItems": {
            "pageInfo": { "hasNextPage": end < order.lines.len(), "endCursor": (!nodes.is_empty()).then(|| end.to_string()) },
            "nodes": nodes,
        },
    })
}

fn graphql_line(shop: &Shop, line: &Line) -> Value {
    let item = shop.items.get(line.item);
    json!({
        "id": gid("LineItem", line.id),
        "name": item.map(|i| &i.title),
        "sku": line.sku,
        "quantity": line.quantity,
        "currentQuantity": line.current,
        "unfulfilledQuantity": line.unfulfilled,
        "requiresShipping": true,
        "isGiftCard": false,
        "variant": item.map(|i| json!({ "legacyResourceId": i.variant.to_string() })),
        "originalUnitPriceSet": graphql_money(line.price_cents),
    })
}

fn graphql_money(cents: i64) -> Value {
    json!({ "shopMoney": { "amount": fewest_decimals(cents), "currencyCode": "EUR" } })
}

fn rest_money(cents: i64) -> Value {
    let money = json!({ "amount": two_decimals(cents), "currency_code": "EUR" });
    json!({ "shop_money": money, "presentment_money": money })
}

/// What is off a line.
fn off_cents(shop: &Shop, line: &Line) -> i64 {
    shop.checkout.off_cents(line.quantity * line.price_cents)
}

/// What is off an order.
pub(super) fn discounts_cents(shop: &Shop, order: &Sold) -> i64 {
    order.lines.iter().map(|line| off_cents(shop, line)).sum()
}

/// What the customer pays, shipping with it.
fn paid_cents(shop: &Shop, order: &Sold) -> i64 {
    let goods: i64 = order.lines.iter().map(|line| line.quantity * line.price_cents).sum();
    goods - discounts_cents(shop, order) + shop.checkout.shipping_cents
}

/// What the list asks beside: how much is off the order.
pub(super) fn graphql_discounts(shop: &Shop, order: &Sold) -> Value {
    json!({ "shopMoney": { "amount": fewest_decimals(discounts_cents(shop, order)) } })
}

/// What is off each line, as the order read by itself has it: line by line, from `skip` on.
pub(super) fn graphql_allocations(shop: &Shop, order: &Sold, skip: usize) -> Vec<Value> {
    let of_line = |line: &Line| match off_cents(shop, line) {
        0 => json!([]),
        cents => json!([{ "allocatedAmountSet": graphql_money(cents) }]),
    };
    order.lines.iter().skip(skip).map(of_line).collect()
}

/// The body of `orders/*`.
pub(super) fn rest_order(shop: &Shop, order: &Sold) -> Value {
    let total = paid_cents(shop, order);
    let shipping = shop.checkout.shipping_cents;
    let parcel = json!({ "id": order.id + 7, "title": "Shipment", "price": two_decimals(shipping), "price_set": rest_money(shipping),
        "discounted_price": two_decimals(shipping), "discounted_price_set": rest_money(shipping),
        "discount_allocations": [], "tax_lines": [], "is_removed": false });
    let shipping_lines = if shipping == 0 { Vec::new() } else { vec![parcel] };
    json!({
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "app_id": null,
        "cancel_reason": order.cancelled_at.map(|_| "customer"),
        "cancelled_at": order.cancelled_at.map(local),
        "closed_at": null,
        "confirmed": true,
        "contact_email": CUSTOMER.email,
        "created_at": local(order.created_at),
        "currency": "EUR",
        "current_total_price": two_decimals(total),
        "email": CUSTOMER.email,
        "financial_status": "paid",
        "fulfillment_status": fulfillment_status(order),
        "name": format!("#{}", order.counter),
        "number": order.counter - 1000,
        "order_number": order.counter,
        "phone": CUSTOMER.phone,
        "presentment_currency": "EUR",
        "processed_at": local(order.created_at),
        "source_name": "web",
        "tags": "",
        "taxes_included": true,
        "test": false,
        "total_price": two_decimals(total),
        "total_price_set": rest_money(total),
        "total_tax": two_decimals(Checkout::tax_cents(total)),
        "total_tax_set": rest_money(Checkout::tax_cents(total)),
        "total_shipping_price_set": rest_money(shipping),
        "total_discounts": two_decimals(discounts_cents(shop, order)),
        "total_discounts_set": rest_money(discounts_cents(shop, order)),
        "updated_at": local(order.updated_at()),
        "billing_address": address(&order.ship_to),
        "customer": { "id": 1, "email": CUSTOMER.email, "first_name": CUSTOMER.first_name, "last_name": CUSTOMER.last_name },
        "shipping_address": address(&order.ship_to),
        "fulfillments": order.fulfillments.iter().map(|f| rest_fulfillment(order, f)).collect::<Vec<_>>(),
        "line_items": order.lines.iter().map(|line| rest_line(shop, line)).collect::<Vec<_>>(),
        "refunds": order.refunds.iter().map(|r| rest_refund(order, r)).collect::<Vec<_>>(),
        "returns": order.returns.iter().map(|r| json!({ "id": r.id })).collect::<Vec<_>>(),
        "shipping_lines": shipping_lines,
        "tax_lines": [],
    })
}

fn address(country: &str) -> Value {
    json!({
        "first_name": CUSTOMER.first_name, "last_name": CUSTOMER.last_name, "address1": CUSTOMER.street, "zip": CUSTOMER.postcode,
        "city": CUSTOMER.city, "country_code": country, "phone": CUSTOMER.phone,
    })
}

/// What the document `Buyer` asks.
pub(super) fn graphql_buyer(order: &Sold) -> Value {
    let address = json!({
        "firstName": CUSTOMER.first_name, "lastName": CUSTOMER.last_name, "company": null, "address1": format!("{} 1", CUSTOMER.street),
        "address2": null, "zip": CUSTOMER.postcode, "city": CUSTOMER.city, "countryCodeV2": order.ship_to, "phone": CUSTOMER.phone,
    });
    json!({
        "email": CUSTOMER.email, "phone": CUSTOMER.phone, "poNumber": null, "customerLocale": "nl", "customAttributes": [],
        "billingAddress": address, "shippingAddress": address,
    })
}

fn fulfillment_status(order: &Sold) -> Value {
    match (order.fulfillments.is_empty(), order.lines.iter().all(|l| l.unfulfilled == 0)) {
        (true, _) => Value::Null,
        (false, true) => "fulfilled".into(),
        (false, false) => "partial".into(),
    }
}

fn rest_line(shop: &Shop, line: &Line) -> Value {
    let item = shop.items.get(line.item);
    let price = two_decimals(line.price_cents);
    let off = off_cents(shop, line);
    let allocation = json!({ "amount": two_decimals(off), "amount_set": rest_money(off), "discount_application_index": 0 });
    let allocations = if off == 0 { Vec::new() } else { vec![allocation] };
    json!({
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "current_quantity": line.current,
        "fulfillable_quantity": line.unfulfilled,
        "fulfillment_service": "manual",
        "fulfillment_status": null,
        "gift_card": false,
        "name": item.map(|i| &i.title),
        "price": price,
        "price_set": rest_money(line.price_cents),
        "discount_allocations": allocations,
        "product_exists": true,
        "quantity": line.quantity,
        "requires_shipping": true,
        "sku": line.sku,
        "taxable": true,
        "title": item.map(|i| &i.title),
        "variant_id": item.map(|i| i.variant),
        "variant_inventory_management": "shopify",
        "variant_title": null,
    })
}

fn rest_fulfillment(order: &Sold, sent: &Move) -> Value {
    json!({
        "id": sent.id,
        "admin_graphql_api_id": gid("Fulfillment", sent.id),
        "order_id": order.id,
        "status": sent.kind.to_lowercase(),
        "tracking_company": sent.tracking.0,
        "tracking_number": sent.tracking.1,
        "line_items": sent.lines.iter().map(|(id, units)| json!({ "id": id, "quantity": units })).collect::<Vec<_>>(),
    })
}

fn rest_refund(order: &Sold, refund: &Move) -> Value {
    json!({
        "id": refund.id,
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_id": order.id,
        "refund_line_items": refund.lines.iter().map(|(id, units)| json!({
            "id": id + 1, "line_item_id": id, "quantity": units, "restock_type": refund.kind.to_lowercase(),
        })).collect::<Vec<_>>(),
    })
}

/// What a webhook tells of an item's figure at a location.
pub(super) fn level(item: u64, location: u64, available: i64, at: Timestamp) -> Value {
    json!({
        "inventory_item_id": item,
        "location_id": location,
        "available": available,
        "updated_at": local(at),
        "admin_graphql_api_id": format!("{}?inventory_item_id={item}", gid("InventoryLevel", location)),
    })
}
