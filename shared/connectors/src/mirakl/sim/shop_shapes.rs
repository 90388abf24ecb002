//! The shop itself, and the operator's own lists.

use super::answers::told;
use super::shop::Shop;
use ports::Response;
use serde_json::{Value, json};

/// Codes and names of the operator's carriers.
pub(super) const CARRIERS: [(&str, &str); 3] = [("NL-POST", "PostNL"), ("DHL-NL", "DHL"), ("DPD-NL", "DPD")];

pub(super) fn account(shop: &Shop) -> Response {
    let address = json!({ "city": "Utrecht", "country_iso_code": "NLD", "street_1": "Kade 1" });
    let body = json!({
        "shop_id": 2041,
        "shop_name": "Verzonnen Wonen",
        "shop_state": "OPEN",
        "currency_iso_code": "EUR",
        "date_created": "2026-01-05T09:00:00Z",
        "last_updated_date": "2026-01-05T09:00:00Z",
        "billing_info": {},
        "channels": [],
        "contact_informations":
            { "city": "Utrecht", "country": "NLD", "email": "winkel@verzonnen.example.test", "lastname": "Verzonnen", "street1": "Kade 1" },
        "default_billing_information": { "id": "1", "default_language": "nl", "registration_address": address },
        "domains": ["PRODUCT"],
        "evaluations_count": 0,
        "free_shipping": false,
        "is_professional": true,
        "offers_count": shop.offers.len(),
        "orders_count": shop.orders.len(),
        "payment_details": { "paid_balance": 0, "payable_balance": 0, "pending_balance": 0 },
        "payment_method_mandatory": false,
        "premium": false,
        "pro_details": {},
        "shipping": {},
        "shipping_types": [],
        "shipping_zones": [],
        "shop_additional_fields": [],
    });
    told(200, &body)
}

pub(super) fn carriers() -> Response {
    let carriers: Vec<Value> = CARRIERS.iter().map(|(code, label)| json!({ "code": code, "label": label })).collect();
    told(200, &json!({ "carriers": carriers }))
}

pub(super) fn reasons() -> Response {
    let reason =
        |code: &str, kind: &str, shop: bool| json!({ "code": code, "label": "Een reden", "type": kind, "is_shop_right": shop });
    let reasons = [reason("12", "REFUND", true), reason("33", "CANCELATION", false), reason("34", "CANCELATION", true)];
    told(200, &json!({ "reasons": reasons, "total_count": reasons.len() }))
}
