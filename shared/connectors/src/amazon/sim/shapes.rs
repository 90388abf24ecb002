//! Orders, listings and stores as they go over the wire.

use super::STORE;
use super::answers::told;
use super::changes::Changes;
use super::shop::{Line, Offer, Order};
use crate::simulated_channel::CUSTOMER;
use jiff::SignedDuration;
use ports::Response;
use serde_json::{Map, Value, json};

/// Cents as a text with decimals.
pub(super) fn money(cents: i64) -> Value {
    let sign = if cents < 0 { "-" } else { "" };
    json!({ "amount": format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100), "currencyCode": "EUR" })
}

fn total(line: &Line) -> i64 {
    line.unit_cents * line.units + line.shipping_cents - line.off_cents
}

/// An order, with the parts that are wanted.
pub(super) fn order(order: &Order, wanted: &str) -> Value {
    let wants = |part: &str| wanted.split(',').any(|one| one == part);
    let mut told = json!({
        "orderId": order.id,
        "createdTime": order.created.to_string(),
        "lastUpdatedTime": order.updated.to_string(),
        "programs": [],
        "salesChannel": { "channelName": "AMAZON", "marketplaceId": STORE, "marketplaceName": "Amazon.nl" },
        "orderItems": order.lines.iter().map(|one| line(order, one, &wants)).collect::<Vec<_>>(),
    });
    let Some(more) = told.as_object_mut() else { return told };
    let later = |hours: i64| order.created.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(order.created).to_string();
    if wants("FULFILLMENT") {
        let window = |from: i64, to: i64| json!({ "earliestDateTime": later(from), "latestDateTime": later(to) });
        let by = if order.by_amazon { "AMAZON" } else { "MERCHANT" };
        let mut fulfillment =
            json!({ "fulfillmentStatus": order.status(), "fulfilledBy": by, "fulfillmentServiceLevel": "STANDARD" });
        fulfillment["shipByWindow"] = window(0, 48);
        fulfillment["deliverByWindow"] = window(24, 96);
        more.insert("fulfillment".into(), fulfillment);
    }
    // Before the payment is through, nothing is told of what it costs and where it goes.
    if order.pending {
        return told;
    }
    if wants("PROCEEDS") {
        more.insert("proceeds".into(), json!({ "grandTotal": money(order.lines.iter().map(total).sum()) }));
    }
    if wants("BUYER") {
        let name = format!("{} {}", CUSTOMER.first_name, CUSTOMER.last_name);
        more.insert("buyer".into(), json!({ "buyerName": name, "buyerEmail": CUSTOMER.email }));
    }
    if wants("RECIPIENT") {
        more.insert("recipient".into(), json!({ "deliveryAddress": address(order) }));
    }
    if wants("PACKAGES") && !order.by_amazon {
        packages(order, more);
    }
    told
}

fn address(order: &Order) -> Value {
    json!({
        "name": format!("{} {}", CUSTOMER.first_name, CUSTOMER.last_name),
        "addressLine1": format!("{} 7", CUSTOMER.street),
        "city": CUSTOMER.city,
        "postalCode": CUSTOMER.postcode,
        "countryCode": order.ship_to,
        "phone": CUSTOMER.phone,
        "addressType": "RESIDENTIAL",
    })
}

fn packages(order: &Order, more: &mut Map<String, Value>) {
    let items = |package: &super::shop::Package| {
        let item = |(id, units): (&String, &i64)| json!({ "orderItemId": id, "quantity": units });
        package.lines.iter().map(item).collect::<Vec<_>>()
    };
    let package = |package: &super::shop::Package| {
        json!({
            "packageReferenceId": package.reference,
            "carrier": package.carrier,
            "trackingNumber": package.tracking,
            "shipTime": package.sent.to_string(),
            "packageStatus": { "status": "SHIPPED" },
            "packageItems": items(package),
        })
    };
    more.insert("packages".into(), order.packages.iter().map(package).collect::<Vec<_>>().into());
}

fn line(order: &Order, line: &Line, wants: &impl Fn(&str) -> bool) -> Value {
    let mut told = json!({
        "orderItemId": line.id,
        "quantityOrdered": line.units,
        "product": {
            "asin": format!("B0{:08}", domain::fingerprint(&[line.sku.as_str()]) % 100_000_000),
            "title": line.title,
            "sellerSku": line.sku.as_str(),
        },
    });
    if wants("FULFILLMENT") {
        told["fulfillment"] = json!({ "quantityFulfilled": order.sent(line), "quantityUnfulfilled": order.open(line) });
    }
    if wants("CANCELLATION") && line.wished {
        let request = json!({ "requester": "BUYER", "cancelReason": "ORDERED_BY_MISTAKE" });
        told["cancellation"] = json!({ "cancellationRequest": request });
    }
    if order.pending {
        return told;
    }
    told["product"]["price"] = json!({ "unitPrice": money(line.unit_cents) });
    if wants("PROCEEDS") {
        let part = |kind: &str, cents: i64| (cents != 0).then(|| json!({ "type": kind, "subtotal": money(cents) }));
        let parts = [
            part("ITEM", line.unit_cents * line.units),
            part("SHIPPING", line.shipping_cents),
            part("DISCOUNT", -line.off_cents),
        ];
        let parts: Vec<Value> = parts.into_iter().flatten().collect();
        told["proceeds"] = json!({ "proceedsTotal": money(total(line)), "breakdowns": parts });
    }
    told
}

/// A listing, with the parts that are wanted.
pub(super) fn listing(offer: &Offer, changes: &Changes, wanted: &str) -> Value {
    let wants = |part: &str| wanted.split(',').any(|one| one == part);
    let mut told = json!({ "sku": offer.sku.as_str() });
    let Some(more) = told.as_object_mut() else { return told };
    if wants("summaries") {
        let summary = json!({
            "marketplaceId": STORE,
            "productType": "HOME",
            "conditionType": "new_new",
            "itemName": offer.title,
            "status": ["BUYABLE", "DISCOVERABLE"],
            "createdDate": "2026-01-05T09:00:00Z",
            "lastUpdatedDate": "2026-01-05T09:00:00Z",
        });
        more.insert("summaries".into(), json!([summary]));
    }
    if wants("attributes") {
        let code = json!({ "type": "ean", "value": offer.ean.as_str(), "marketplace_id": STORE });
        more.insert("attributes".into(), json!({ "externally_assigned_product_identifier": [code] }));
    }
    if wants("fulfillmentAvailability") {
        let code = if offer.by_amazon { "AMAZON_EU" } else { "DEFAULT" };
        let mut one = json!({ "fulfillmentChannelCode": code });
        if !offer.by_amazon {
            one["quantity"] = offer.units.max(0).into();
        }
        more.insert("fulfillmentAvailability".into(), json!([one]));
    }
    if wants("offers") {
        more.insert("offers".into(), json!([{ "marketplaceId": STORE, "offerType": "B2C", "price": money(offer.cents) }]));
    }
    if wants("issues") {
        more.insert("issues".into(), changes.issues(offer.sku.as_str()));
    }
    told
}

/// The seller's one store.
pub(super) fn stores() -> Response {
    let marketplace = json!({
        "id": STORE,
        "name": "Amazon.nl",
        "countryCode": "NL",
        "defaultCurrencyCode": "EUR",
        "defaultLanguageCode": "nl_NL",
        "domainName": "www.amazon.nl",
    });
    let participation = json!({ "isParticipating": true, "hasSuspendedListings": false });
    let store = json!({ "marketplace": marketplace, "participation": participation, "storeName": "Verzonnen Wonen" });
    told(200, &json!({ "payload": [store] }))
}
