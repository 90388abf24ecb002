//! Orders as bol lists and shows them.

use super::answers::{dated, day, invalid, problem};
use super::json_v10;
use super::shop::{Offer, Shop};
use crate::far_side::CUSTOMER;
use domain::OrderNumber;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ports::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Orders on a page.
const PAGE: usize = 50;
/// How long handled items remain listed.
const HANDLED_HOURS: i64 = 48;
/// How far back changed days are known.
const KNOWN_DAYS: i64 = 92;

/// An order of one line.
pub(super) struct Order {
    pub(super) number: OrderNumber,
    pub(super) item_id: String,
    /// Index of the offer.
    pub(super) offer: usize,
    pub(super) quantity: i64,
    pub(super) shipped: i64,
    pub(super) cancelled: i64,
    pub(super) placed_at: Timestamp,
    pub(super) changed_at: Timestamp,
}

impl Order {
    /// Units still to be shipped.
    pub(super) fn open(&self) -> i64 {
        self.quantity - self.shipped - self.cancelled
    }
}

/// What a list is asked for.
struct Filter {
    page: usize,
    method: String,
    status: String,
    minutes: Option<i64>,
    day: Option<Date>,
}

impl Filter {
    fn read(query: &BTreeMap<String, String>) -> Result<Self, Box<Response>> {
        let known = ["page", "fulfilment-method", "status", "change-interval-minute", "latest-change-date"];
        if let Some(name) = query.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Box::new(invalid(name, "The simulator does not play this filter.")));
        }
        let word = |name: &str, words: &[&str]| {
            let word = query.get(name).map_or(words.first().copied(), |w| words.iter().find(|known| *known == w).copied());
            word.map(str::to_owned).ok_or_else(|| Box::new(invalid(name, "Request contains invalid value(s).")))
        };
        let page = query.get("page").map_or(Some(1), |p| p.parse().ok()).filter(|p| *p >= 1);
        let minutes: Option<i64> = query.get("change-interval-minute").map(|m| m.parse().unwrap_or(i64::MAX));
        if minutes.is_some_and(|m| !(1..=60).contains(&m)) {
            return Err(Box::new(invalid("change-interval-minute", "Must be at most 60.")));
        }
        let day = query.get("latest-change-date").map(|d| d.parse::<Date>());
        Ok(Self {
            page: page.ok_or_else(|| Box::new(invalid("page", "Must be at least 1.")))?,
            // The first word is what bol assumes when nothing is said.
            method: word("fulfilment-method", &["FBR", "FBB", "ALL"])?,
            status: word("status", &["OPEN", "SHIPPED", "ALL"])?,
            minutes,
            day: day.transpose().map_err(|_| Box::new(invalid("latest-change-date", "Must be a date.")))?,
        })
    }

    fn lets(&self, order: &Order, now: Timestamp) -> bool {
        let age = now.duration_since(order.changed_at);
        let status = match self.status.as_str() {
            "OPEN" => order.open() > 0,
            "SHIPPED" => order.shipped > 0,
            _ => true,
        };
        let known = match self.day {
            Some(wanted) => day(order.changed_at) == wanted && age <= SignedDuration::from_hours(24 * KNOWN_DAYS),
            None => order.open() > 0 || age <= SignedDuration::from_hours(HANDLED_HOURS),
        };
        let changed = self.minutes.is_none_or(|m| age <= SignedDuration::from_mins(m));
        self.method != "FBB" && status && known && changed
    }
}

impl Shop {
    /// Newest first by creation, not by change. Behind the last page: `{}`.
    pub(super) fn list_orders(&self, now: Timestamp, query: &BTreeMap<String, String>) -> Response {
        let filter = match Filter::read(query) {
            Ok(filter) => filter,
            Err(refusal) => return *refusal,
        };
        let listed = self.orders.iter().rev().filter(|o| filter.lets(o, now));
        let page: Vec<Value> = listed.skip((filter.page - 1) * PAGE).take(PAGE).map(|o| self.reduced(o)).collect();
        json_v10(200, &if page.is_empty() { json!({}) } else { json!({ "orders": page }) })
    }

    fn sold(&self, order: &Order) -> Option<&Offer> {
        self.offers.get(order.offer)
    }

    fn reduced(&self, order: &Order) -> Value {
        json!({
            "orderId": order.number,
            "orderPlacedDateTime": dated(order.placed_at),
            "orderItems": [{
                "orderItemId": order.item_id,
                "ean": self.sold(order).map(|o| &o.article.ean),
                "fulfilmentMethod": "FBR",
                "fulfilmentStatus": if order.open() > 0 { "OPEN" } else { "HANDLED" },
                "quantity": order.quantity,
                "quantityShipped": order.shipped,
                "quantityCancelled": order.cancelled,
                "cancellationRequest": false,
                "latestChangedDateTime": dated(order.changed_at),
            }],
        })
    }

    pub(super) fn order(&self, id: &str) -> Response {
        let found = self.orders.iter().find(|o| o.number.as_str() == id);
        let Some((order, offer)) = found.and_then(|o| Some((o, self.sold(o)?))) else {
            return problem(404, "Not Found", "There is no such order.");
        };
        let price = offer.price();
        let total = offer.article.price_cents * order.quantity;
        json_v10(
            200,
            &json!({
                "orderId": order.number,
                "pickupPoint": false,
                "orderPlacedDateTime": dated(order.placed_at),
                "shipmentDetails": { "salutation": "UNKNOWN", "firstName": CUSTOMER.first_name, "surname": CUSTOMER.last_name,
                    "streetName": CUSTOMER.street, "houseNumber": "1", "zipCode": CUSTOMER.postcode, "city": CUSTOMER.city,
                    "countryCode": "NL", "email": CUSTOMER.email },
                "orderItems": [{
                    "orderItemId": order.item_id,
                    "cancellationRequest": false,
                    "fulfilment": { "method": "FBR", "distributionParty": "RETAILER", "latestDeliveryDate": day(order.placed_at),
                        "timeFrameType": "REGULAR" },
                    "offer": { "offerId": offer.id, "reference": offer.article.sku },
                    "product": { "ean": offer.article.ean, "title": offer.article.title },
                    "quantity": order.quantity,
                    "quantityShipped": order.shipped,
                    "quantityCancelled": order.cancelled,
                    "unitPrice": price,
                    "totalPrice": serde_json::from_str::<Value>(&format!("{}.{:02}", total / 100, total % 100)).unwrap_or_default(),
                    "discounts": [],
                    "commission": 0,
                    "latestChangedDateTime": dated(order.changed_at),
                }],
            }),
        )
    }
}
