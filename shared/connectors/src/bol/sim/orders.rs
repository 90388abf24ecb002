//! Orders as bol lists and shows them.

use super::answers::{dated, day, invalid, problem};
use super::json_v10;
use super::offers::euros;
use super::shop::Shop;
use crate::simulated_channel::CUSTOMER;
use domain::{OrderNumber, Sku};
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

/// A line of an order.
pub(super) struct Item {
    pub(super) id: String,
    /// Index of the offer.
    pub(super) offer: usize,
    /// The product's code when it was ordered.
    pub(super) sku: Sku,
    pub(super) quantity: i64,
    pub(super) shipped: i64,
    pub(super) cancelled: i64,
    /// What one unit cost when it was ordered.
    pub(super) price_cents: i64,
    /// Whether the customer asks for it to be cancelled.
    pub(super) asked: bool,
    pub(super) changed_at: Timestamp,
}

impl Item {
    /// Units still to be shipped.
    pub(super) fn open(&self) -> i64 {
        self.quantity - self.shipped - self.cancelled
    }
}

/// An order.
pub(super) struct Order {
    pub(super) number: OrderNumber,
    /// Its country.
    pub(super) ship_to: &'static str,
    pub(super) placed_at: Timestamp,
    pub(super) items: Vec<Item>,
    /// It is shown to nobody any more.
    pub(super) forgotten: bool,
}

impl Order {
    /// Whether the last digit of its number is one of these: which orders are played with something rare.
    fn is_one_of(&self, digits: &str) -> bool {
        self.number.as_str().ends_with(|last: char| digits.contains(last))
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

    fn lets(&self, item: &Item, now: Timestamp) -> bool {
        let age = now.duration_since(item.changed_at);
        let status = match self.status.as_str() {
            "OPEN" => item.open() > 0,
            "SHIPPED" => item.shipped > 0,
            _ => true,
        };
        let known = match self.day {
            Some(wanted) => day(item.changed_at) == wanted && age <= SignedDuration::from_hours(24 * KNOWN_DAYS),
            None => item.open() > 0 || age <= SignedDuration::from_hours(HANDLED_HOURS),
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
        // Which lines of an order are shown where only some pass is not documented: here all are.
        let listed = self.orders.iter().rev().filter(|o| !o.forgotten && o.items.iter().any(|i| filter.lets(i, now)));
        let page: Vec<Value> = listed.skip((filter.page - 1) * PAGE).take(PAGE).map(|o| self.reduced(o)).collect();
        json_v10(200, &if page.is_empty() { json!({}) } else { json!({ "orders": page }) })
    }

    fn reduced(&self, order: &Order) -> Value {
        let item = |item: &Item| {
            json!({
                "orderItemId": item.id,
                "ean": self.offers.get(item.offer).map(|o| &o.product.ean),
                "fulfilmentMethod": "FBR",
                "fulfilmentStatus": if item.open() > 0 { "OPEN" } else { "HANDLED" },
                "quantity": item.quantity,
                "quantityShipped": item.shipped,
                "quantityCancelled": item.cancelled,
                "cancellationRequest": item.asked,
                "latestChangedDateTime": dated(item.changed_at),
            })
        };
        json!({
            "orderId": order.number,
            "orderPlacedDateTime": dated(order.placed_at),
            "orderItems": order.items.iter().map(item).collect::<Vec<_>>(),
        })
    }

    pub(super) fn order(&self, id: &str) -> Response {
        let Some(order) = self.orders.iter().find(|o| !o.forgotten && o.number.as_str() == id) else {
            return problem(404, "Not Found", "There is no such order.");
        };
        let to_a_point = order.is_one_of("5");
        let address = json!({ "salutation": "UNKNOWN", "firstName": CUSTOMER.first_name, "surname": CUSTOMER.last_name,
            "streetName": CUSTOMER.street, "houseNumber": "1", "zipCode": CUSTOMER.postcode, "city": CUSTOMER.city,
            "countryCode": order.ship_to, "email": CUSTOMER.email });
        let mut shipment = address.clone();
        (shipment["deliveryPhoneNumber"], shipment["language"]) = (CUSTOMER.phone.into(), "nl".into());
        if to_a_point {
            shipment["pickupPointName"] = "Sigarenboer Verzonnenburg".into();
        }
        json_v10(
            200,
            &json!({
                "orderId": order.number,
                "pickupPoint": to_a_point,
                "orderPlacedDateTime": dated(order.placed_at),
                "shipmentDetails": shipment,
                "billingDetails": address,
                "orderItems": order.items.iter().filter_map(|i| self.whole(order, i)).collect::<Vec<_>>(),
            }),
        )
    }

    fn whole(&self, order: &Order, item: &Item) -> Option<Value> {
        let offer = self.offers.get(item.offer)?;
        let all = item.price_cents * item.quantity;
        // Some orders are of a promotion.
        let off = if order.is_one_of("369") { all.min(150) } else { 0 };
        let discounts: Vec<Value> =
            (off > 0).then(|| json!({ "title": "Invented promotion", "amount": euros(off) })).into_iter().collect();
        // It must leave the day after, and be there the day after that.
        let after = |days: i64| day(order.placed_at + SignedDuration::from_hours(24 * days));
        Some(json!({
            "orderItemId": item.id,
            "cancellationRequest": item.asked,
            "fulfilment": { "method": "FBR", "distributionParty": "RETAILER", "latestDeliveryDate": after(2),
                "expiryDate": after(1), "timeFrameType": "REGULAR" },
            "offer": { "offerId": offer.id, "reference": offer.product.sku },
            "product": { "ean": offer.product.ean, "title": offer.product.title },
            "quantity": item.quantity,
            "quantityShipped": item.shipped,
            "quantityCancelled": item.cancelled,
            "unitPrice": euros(item.price_cents),
            "totalPrice": euros(all - off),
            "discounts": discounts,
            // An eighth of what was paid.
            "commission": euros((all - off) / 8),
            "latestChangedDateTime": dated(item.changed_at),
        }))
    }
}
