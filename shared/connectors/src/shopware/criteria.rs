//! What is searched for, and what of it is told: nothing of a buyer, unless that is what is asked for.

use jiff::Timestamp;
use serde_json::{Value, json};

/// Most items of one page; the shop refuses more than 500.
pub(super) const PAGE_SIZE: usize = 100;
/// The version of what is in force. All others are drafts of the shop's staff.
pub(super) const LIVE: &str = "0fa91ce3e96a4bc2be4bd9ce752c3425";
/// The time stamps of an order. Each stands on a row of its own: what changes a delivery or a payment leaves the order's as it is, and one that was never
/// changed has none but its first.
const STAMPS: [&str; 4] = ["updatedAt", "createdAt", "deliveries.updatedAt", "transactions.updatedAt"];

/// Orders that changed since, from the one on that comes after this one.
pub(super) fn changed_orders(since: Timestamp, after: Option<i64>) -> Value {
    // As the shop's database keeps it: times of other forms are read there as each version of it likes.
    let since = since.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string();
    let changed = STAMPS.map(|field| json!({ "type": "range", "field": field, "parameters": { "gte": since } }));
    let mut filter = vec![live(), json!({ "type": "multi", "operator": "or", "queries": changed })];
    filter.extend(after.map(behind));
    let mut criteria = order_parts();
    criteria["limit"] = PAGE_SIZE.into();
    criteria["filter"] = filter.into();
    criteria["sort"] = by_number();
    criteria
}

/// One order.
pub(super) fn order(id: &str) -> Value {
    let mut criteria = order_parts();
    criteria["limit"] = 1.into();
    criteria["ids"] = json!([id]);
    criteria["filter"] = json!([live()]);
    criteria
}

/// Who bought an order, and nothing else of it.
pub(super) fn buyer(id: &str) -> Value {
    let address = [
        "firstName",
        "lastName",
        "company",
        "department",
        "street",
        "additionalAddressLine1",
        "additionalAddressLine2",
        "zipcode",
        "city",
        "phoneNumber",
        "vatId",
        "country",
    ];
    json!({
        "limit": 1,
        "ids": [id],
        "filter": [live()],
        "associations": {
            "orderCustomer": {},
            "billingAddress": { "associations": { "country": {} } },
            "deliveries": { "associations": { "shippingOrderAddress": { "associations": { "country": {} } } } },
        },
        "includes": {
            "order": ["id", "primaryOrderDeliveryId", "orderCustomer", "billingAddress", "deliveries"],
            "order_customer": ["email", "firstName", "lastName", "company", "vatIds"],
            "order_delivery": ["id", "shippingCosts", "shippingOrderAddress"],
            "order_address": address,
            "country": ["iso"],
        },
    })
}

/// What is on sale, from the product on that comes after this one: what has variants is not bought, they are.
pub(super) fn products(after: Option<i64>) -> Value {
    let without_variants =
        [json!(0), Value::Null].map(|count| json!({ "type": "equals", "field": "childCount", "value": count }));
    let mut filter = vec![json!({ "type": "multi", "operator": "or", "queries": without_variants })];
    filter.extend(after.map(behind));
    json!({ "limit": PAGE_SIZE, "filter": filter, "sort": by_number(), "includes": { "product": PRODUCT } })
}

/// One product.
pub(super) fn product(id: &str) -> Value {
    json!({ "limit": 1, "ids": [id], "includes": { "product": PRODUCT } })
}

/// What one product costs, in all currencies.
pub(super) fn product_prices(id: &str) -> Value {
    json!({
        "limit": 1,
        "ids": [id],
        "associations": { "tax": {} },
        "includes": { "product": ["id", "price", "tax"], "tax": ["taxRate"] },
    })
}

/// A currency by its code.
pub(super) fn currency(code: &str) -> Value {
    json!({
        "limit": 1,
        "filter": [{ "type": "equals", "field": "isoCode", "value": code }],
        "includes": { "currency": ["id", "isoCode"] },
    })
}

/// Whether anything of it may be read at all.
pub(super) fn any() -> Value {
    json!({ "limit": 1, "fields": ["id"] })
}

const PRODUCT: [&str; 10] =
    ["id", "autoIncrement", "productNumber", "ean", "name", "translated", "stock", "childCount", "isCloseout", "states"];

fn order_parts() -> Value {
    json!({
        "associations": {
            "stateMachineState": {},
            "currency": {},
            "billingAddress": { "associations": { "country": {} } },
            "lineItems": {},
            "deliveries": { "associations": {
                "stateMachineState": {},
                "shippingOrderAddress": { "associations": { "country": {} } },
            } },
            "transactions": { "associations": { "stateMachineState": {} } },
        },
        "includes": {
            "order": [
                "id", "orderNumber", "autoIncrement", "orderDateTime", "createdAt", "updatedAt", "amountTotal", "shippingTotal", "taxStatus",
                "price", "primaryOrderDeliveryId", "primaryOrderTransactionId", "stateMachineState", "currency", "billingAddress", "lineItems",
                "deliveries", "transactions",
            ],
            "order_line_item": [
                "id", "parentId", "type", "productId", "referencedId", "label", "quantity", "unitPrice", "totalPrice", "price", "payload",
                "states",
            ],
            "order_delivery": [
                "id", "createdAt", "updatedAt", "trackingCodes", "shippingDateLatest", "shippingCosts", "shippingOrderAddress",
                "stateMachineState",
            ],
            "order_transaction": ["id", "createdAt", "updatedAt", "stateMachineState"],
            "order_address": ["country"],
            "country": ["iso"],
            "currency": ["isoCode"],
            "state_machine_state": ["technicalName"],
        },
    })
}

fn live() -> Value {
    json!({ "type": "equals", "field": "versionId", "value": LIVE })
}

/// What comes after this number.
fn behind(number: i64) -> Value {
    json!({ "type": "range", "field": "autoIncrement", "parameters": { "gt": number } })
}

/// The number that the shop counts its rows with: nothing moves in a list that is sorted by it.
fn by_number() -> Value {
    json!([{ "field": "autoIncrement", "order": "ASC" }])
}
