//! Rows as they go over the wire: whole, with all that hangs on them. A search takes away what was not asked for.

use super::shop::{ADDRESS, DELIVERY, LINE, Line, ORDER, Order, PRODUCT, Product, Shop, TRANSACTION, id};
use crate::shopware::criteria::LIVE;
use crate::simulated_channel::{CUSTOMER, Checkout};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The currency that a shop has from the start.
const EURO: &str = "b7d2554b0ce847cd82f3ac9bd1c0dfca";
/// Another one.
const POUND: &str = "01930700000070008000000000000002";
/// Tax in per cent.
const RATE: i64 = 21;

/// A time as the shop writes it.
pub(super) fn at(time: Timestamp) -> Value {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string().into()
}

/// Cents as the number of JSON that the shop makes of them.
fn number(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    serde_json::from_str(&format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)).unwrap_or_default()
}

/// A price in euros.
pub(super) fn price(cents: i64) -> Value {
    json!({ "currencyId": EURO, "gross": number(cents), "net": number(cents - Checkout::tax_cents(cents)), "linked": true, "listPrice": null })
}

/// A price in another currency, which nobody here sets.
pub(super) fn in_pounds() -> Value {
    json!({ "currencyId": POUND, "gross": number(1_700), "net": number(1_405), "linked": false, "listPrice": null })
}

/// What a product costs, in cents.
pub(super) fn cents(product: &Product) -> i64 {
    let euro = product.prices.iter().find(|price| price["currencyId"] == EURO);
    let text = euro.map(|price| price["gross"].to_string()).unwrap_or_default();
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let part: String = format!("{part}00").chars().take(2).collect();
    whole.parse::<i64>().unwrap_or(0) * 100 + part.parse::<i64>().unwrap_or(0)
}

/// The currencies of the shop.
pub(super) fn currencies() -> Vec<Value> {
    let currency = |id: &str, code: &str| json!({ "id": id, "isoCode": code, "factor": 1.0, "symbol": code, "shortName": code, "name": code });
    vec![currency(EURO, "EUR"), currency(POUND, "GBP")]
}

/// A product. Without inheritance, a variant tells only what is its own.
pub(super) fn product(shop: &Shop, product: &Product, inherits: bool) -> Value {
    let own = product.parent.is_none() || inherits;
    let name = if inherits { Some(shop.name(product)) } else { product.name.clone() };
    json!({
        "id": id(PRODUCT, product.number),
        "autoIncrement": product.number,
        "parentId": product.parent.map(|parent| id(PRODUCT, parent)),
        "productNumber": product.sku,
        "ean": if product.ean.is_empty() { Value::Null } else { product.ean.as_str().into() },
        "name": name,
        "translated": { "name": name },
        "stock": product.stock,
        "availableStock": product.stock,
        "childCount": product.variants,
        "isCloseout": product.closeout,
        "states": ["is-physical"],
        "price": product.prices,
        "tax": if own { json!({ "taxRate": RATE }) } else { Value::Null },
    })
}

/// An amount with its taxes.
fn amount(cents: i64, units: i64) -> Value {
    json!({
        "unitPrice": number(cents),
        "totalPrice": number(cents * units),
        "quantity": units,
        "calculatedTaxes": [{ "tax": number(Checkout::tax_cents(cents * units)), "taxRate": RATE, "price": number(cents * units) }],
        "taxRules": [{ "taxRate": RATE, "percentage": 100 }],
    })
}

fn state(name: &str) -> Value {
    json!({ "technicalName": name })
}

/// A line of an order.
fn line(shop: &Shop, own: &str, line: &Line) -> Value {
    json!({
        "id": id(LINE, line.number),
        "orderId": own,
        "type": "product",
        "identifier": id(PRODUCT, line.product),
        "referencedId": id(PRODUCT, line.product),
        "productId": shop.products.contains_key(&line.product).then(|| id(PRODUCT, line.product)),
        "parentId": null,
        "label": line.title,
        "quantity": line.units,
        "unitPrice": number(line.unit_cents),
        "totalPrice": number(line.unit_cents * line.units),
        "price": amount(line.unit_cents, line.units),
        "payload": { "productNumber": line.sku },
        "states": ["is-physical"],
        "good": true,
    })
}

/// The line that takes something off.
fn promotion(own: &str, order: &Order) -> Value {
    json!({
        "id": id(LINE, 1_000_000 + order.number),
        "orderId": own,
        "type": "promotion",
        "identifier": "10OFF",
        "referencedId": "10OFF",
        "productId": null,
        "parentId": null,
        "label": "Ten per cent off",
        "quantity": 1,
        "unitPrice": number(-order.off_cents),
        "totalPrice": number(-order.off_cents),
        "price": amount(-order.off_cents, 1),
        "payload": [],
        "states": [],
        "good": false,
    })
}

/// An order.
pub(super) fn order(shop: &Shop, order: &Order) -> Value {
    let own = id(ORDER, order.number);
    let mut lines: Vec<Value> = order.lines.iter().map(|one| line(shop, &own, one)).collect();
    if order.off_cents != 0 {
        lines.push(promotion(&own, order));
    }
    // Which delivery and which payment count, an order says since then.
    let newer = shop.version.starts_with("6.7.");
    let mut told = json!({
        "id": own,
        "versionId": LIVE,
        "autoIncrement": order.number,
        "orderNumber": (10_000 + order.number).to_string(),
        "orderDateTime": at(order.created),
        "createdAt": at(order.created),
        "updatedAt": order.own.updated.map(at),
        "amountTotal": number(order.total_cents()),
        "shippingTotal": number(order.shipping_cents),
        "taxStatus": "gross",
        "price": {
            "netPrice": number(order.total_cents() - Checkout::tax_cents(order.total_cents())),
            "totalPrice": number(order.total_cents()),
            "positionPrice": number(order.goods_cents() - order.off_cents),
            "rawTotal": number(order.total_cents()),
            "taxStatus": "gross",
            "calculatedTaxes": [{ "tax": number(Checkout::tax_cents(order.total_cents())), "taxRate": RATE, "price": number(order.total_cents()) }],
            "taxRules": [{ "taxRate": RATE, "percentage": 100 }],
        },
        "stateMachineState": state(&order.own.state),
        "currency": currencies().remove(0),
        "orderCustomer": {
            "email": CUSTOMER.email,
            "firstName": CUSTOMER.first_name,
            "lastName": CUSTOMER.last_name,
            "company": null,
            "vatIds": null,
        },
        "billingAddress": address("NL", order.number),
        "lineItems": lines,
        "deliveries": [{
            "id": id(DELIVERY, order.number),
            "orderId": own,
            "createdAt": at(order.created),
            "updatedAt": order.delivery.updated.map(at),
            "trackingCodes": order.codes,
            "shippingDateEarliest": at(later(order, 24)),
            "shippingDateLatest": at(later(order, 72)),
            "shippingCosts": amount(order.shipping_cents, 1),
            "stateMachineState": state(&order.delivery.state),
            "shippingOrderAddress": address(&order.ship_to, order.number),
        }],
        "transactions": [{
            "id": id(TRANSACTION, order.number),
            "orderId": own,
            "createdAt": at(order.created),
            "updatedAt": order.transaction.updated.map(at),
            "amount": amount(order.total_cents(), 1),
            "stateMachineState": state(&order.transaction.state),
        }],
    });
    if newer {
        told["primaryOrderDeliveryId"] = id(DELIVERY, order.number).into();
        told["primaryOrderTransactionId"] = id(TRANSACTION, order.number).into();
    }
    told
}

fn later(order: &Order, hours: i64) -> Timestamp {
    order.created.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(order.created)
}

fn address(country: &str, number: u64) -> Value {
    json!({
        "id": id(ADDRESS, number),
        "firstName": CUSTOMER.first_name,
        "lastName": CUSTOMER.last_name,
        "company": null,
        "department": null,
        "street": format!("{} 7", CUSTOMER.street),
        "additionalAddressLine1": null,
        "additionalAddressLine2": null,
        "zipcode": CUSTOMER.postcode,
        "city": CUSTOMER.city,
        "phoneNumber": CUSTOMER.phone,
        "vatId": null,
        "country": { "iso": country },
    })
}
