//! Orders and offers as they go over the wire.

use super::shop::{Line, Offer, Order};
use crate::simulated_channel::CUSTOMER;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

/// Cents as a number with decimals.
pub(super) fn money(cents: i64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap_or_default()
}

fn address(order: &Order) -> Value {
    let country = rust_iso3166::from_alpha2(&order.ship_to).map_or("NLD", |country| country.alpha3);
    json!({
        "firstname": CUSTOMER.first_name,
        "lastname": CUSTOMER.last_name,
        "street_1": format!("{} 7", CUSTOMER.street),
        "zip_code": CUSTOMER.postcode,
        "city": CUSTOMER.city,
        "country": order.ship_to,
        "country_iso_code": country,
        "phone": CUSTOMER.phone,
    })
}

pub(super) fn order(order: &Order) -> Value {
    let lines: Vec<Value> = order.lines.iter().enumerate().map(|(at, one)| line(order, at, one)).collect();
    // A cancelled line costs nothing any more; a refused one is still in the sums.
    let price: i64 = order.lines.iter().map(left).sum();
    let shipping: i64 = order.lines.iter().map(left_shipping).sum();
    let mut customer = json!({
        "customer_id": "C1",
        "firstname": CUSTOMER.first_name,
        "lastname": CUSTOMER.last_name,
        "locale": "nl_NL",
    });
    let mut told = json!({
        "order_id": order.id,
        "commercial_id": order.id.trim_end_matches("-A"),
        "created_date": order.created.to_string(),
        "last_updated_date": order.updated.to_string(),
        "order_state": order.state,
        "order_tax_mode": "TAX_INCLUDED",
        "currency_iso_code": "EUR",
        "payment_workflow": "PAY_ON_ACCEPTANCE",
        "paymentType": "Card",
        "payment_type": "Card",
        "price": money(price),
        "shipping_price": money(shipping),
        "total_price": money(price + shipping),
        "total_commission": money(order.lines.iter().map(commission).sum()),
        "fulfillment": { "center": { "code": "DEFAULT" } },
        "can_cancel": false,
        "can_shop_ship": order.state == "SHIPPING",
        "fully_refunded": false,
        "has_customer_message": false,
        "has_incident": false,
        "has_invoice": false,
        "leadtime_to_ship": 2,
        "shipping_type_code": "STD",
        "shipping_type_label": "Standard",
        "shipping_zone_code": "NL1",
        "shipping_zone_label": "Nederland",
        "shipping_deadline": order.created.saturating_add(SignedDuration::from_hours(72)).unwrap_or(order.created).to_string(),
        "order_lines": lines,
    });
    let more = told.as_object_mut();
    if let Some(more) = more {
        // Where it goes is told once the buyer was debited.
        if let Some(debited) = order.debited {
            customer["billing_address"] = address(order);
            customer["shipping_address"] = address(order);
            more.insert("customer_debited_date".into(), debited.to_string().into());
            more.insert("customer_notification_email".into(), CUSTOMER.email.into());
        }
        more.insert("customer".into(), customer);
        tracking(order, more);
    }
    told
}

fn tracking(order: &Order, more: &mut Map<String, Value>) {
    let Some((code, name, number)) = &order.tracking else { return };
    for (field, text) in [("shipping_carrier_code", code), ("shipping_company", name), ("shipping_tracking", number)] {
        if let Some(text) = text {
            more.insert(field.into(), text.as_str().into());
        }
    }
}

fn left(line: &Line) -> i64 {
    line.unit_cents * line.units - line.cancelled.as_ref().map_or(0, |(amount, ..)| *amount)
}

fn left_shipping(line: &Line) -> i64 {
    line.shipping_cents - line.cancelled.as_ref().map_or(0, |(_, shipping, ..)| *shipping)
}

/// A tenth, and the VAT on it. Invented.
fn commission(line: &Line) -> i64 {
    left(line) * 121 / 1_000
}

fn line(order: &Order, at: usize, line: &Line) -> Value {
    let cancelations: Vec<Value> = line
        .cancelled
        .iter()
        .map(|(amount, shipping, reason, when)| {
            json!({
                "id": format!("{}", 1_200 + at),
                "amount": money(*amount),
                "shipping_amount": money(*shipping),
                "quantity": line.units,
                "reason_code": reason,
                "created_date": when.to_string(),
                "commission_amount": money(0),
                "commission_taxes": [],
                "commission_total_amount": money(0),
                "taxes": [],
                "shipping_taxes": [],
            })
        })
        .collect();
    let mut told = json!({
        "order_line_id": line.id,
        "order_line_index": at + 1,
        "order_line_state": line.state,
        "offer_id": line.offer,
        "offer_sku": line.sku.as_str(),
        "offer_state_code": "11",
        "product_sku": format!("OP{}", line.offer),
        "product_title": line.title,
        "category_code": "C100",
        "category_label": "Wonen",
        "description": "",
        "quantity": line.units,
        "price_unit": money(line.unit_cents),
        "price": money(left(line)),
        "shipping_price": money(left_shipping(line)),
        "total_price": money(left(line) + left_shipping(line)),
        "commission_fee": money(left(line) / 10),
        "commission_rate_vat": money(2_100),
        "commission_vat": money(commission(line) - left(line) / 10),
        "total_commission": money(commission(line)),
        "taxes": [],
        "shipping_taxes": [],
        "refunds": [],
        "cancelations": cancelations,
        "can_refund": order.shipped.is_some() && !line.is_void(),
        "created_date": order.created.to_string(),
        "last_updated_date": order.updated.to_string(),
        "order_line_additional_fields": [],
        "product_medias": [],
    });
    if let (Some(shipped), false, Some(more)) = (order.shipped, line.is_void(), told.as_object_mut()) {
        more.insert("shipped_date".into(), shipped.to_string().into());
    }
    told
}

pub(super) fn offer(offer: &Offer, now: Timestamp) -> Value {
    let (price, origin) = (money(offer.cents()), money(offer.price_cents));
    json!({
        "offer_id": offer.id,
        "shop_sku": offer.sku.as_str(),
        "product_sku": format!("OP{}", offer.id),
        "product_title": offer.title,
        "product_references": [{ "reference_type": "EAN", "reference": offer.ean.as_str() }],
        "state_code": "11",
        "active": offer.units > 0,
        "quantity": offer.units,
        "price": price,
        "total_price": price,
        "all_prices": [{
            "price": price,
            "unit_origin_price": origin,
            "volume_prices": [{ "price": price, "quantity_threshold": 1, "unit_discount_price": price, "unit_origin_price": origin }],
        }],
        "currency_iso_code": "EUR",
        "category_code": "C100",
        "category_label": "Wonen",
        "channels": [],
        "description": "",
        "fulfillment": { "center": { "code": "DEFAULT" } },
        "leadtime_to_ship": 2,
        "logistic_class": { "code": "S", "label": "Small" },
        "max_order_quantity": 0,
        "min_order_quantity": 0,
        "min_quantity_alert": 0,
        "package_quantity": 0,
        "min_shipping_price": money(0),
        "min_shipping_price_additional": money(0),
        "min_shipping_type": "STD",
        "min_shipping_zone": "NL1",
        "shipping_deadline": now.saturating_add(SignedDuration::from_hours(48)).unwrap_or(now).to_string(),
    })
}
