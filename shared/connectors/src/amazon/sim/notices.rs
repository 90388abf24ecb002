//! Destinations, the one subscription, and what is left in the queue by it.

use super::answers::{refusal, told};
use super::shop::Order;
use super::{SELLER, STORE};
use crate::simulated_channel::{Outbox, Outgoing, Troubles, body};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use serde_json::{Value, json};

/// How long a notification takes. Invented.
const TAKES: SignedDuration = SignedDuration::from_secs(3);

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Notices {
    /// The ARNs of queues; the id of a destination is its place.
    destinations: Vec<(String, String)>,
    /// The id of the subscription, and its destination.
    subscription: Option<(String, String)>,
    given: u64,
    outbox: Outbox,
}

impl Notices {
    pub(super) fn off(&mut self) {
        self.subscription = None;
    }

    pub(super) fn due(&mut self, now: Timestamp, troubles: &Troubles) -> Vec<Outgoing> {
        self.outbox.due(now, troubles)
    }

    pub(super) fn answer(&mut self, method: &str, parts: &[&str], request: &Request) -> Response {
        let given = body(request);
        match (method, parts) {
            ("GET", ["destinations"]) => {
                let all = self.destinations.iter().enumerate().map(|(at, one)| destination(at, one));
                told(200, &json!({ "payload": all.collect::<Vec<Value>>() }))
            }
            ("POST", ["destinations"]) => {
                let arn = given["resourceSpecification"]["sqs"]["arn"].as_str().unwrap_or_default().to_owned();
                let name = given["name"].as_str().unwrap_or_default().to_owned();
                if self.destinations.iter().any(|(_, known)| *known == arn) {
                    return refusal(409, "Conflict", "There is such a destination.");
                }
                self.destinations.push((name, arn));
                let at = self.destinations.len() - 1;
                told(200, &json!({ "payload": destination(at, &self.destinations[at]) }))
            }
            ("GET", ["subscriptions", "ORDER_CHANGE"]) => match &self.subscription {
                Some(one) => told(200, &json!({ "payload": subscription(one) })),
                None => refusal(404, "NotFound", "There is no subscription."),
            },
            ("POST", ["subscriptions", "ORDER_CHANGE"]) => {
                let wanted = given["destinationId"].as_str().unwrap_or_default();
                let known = wanted.strip_prefix("d-").and_then(|at| at.parse::<usize>().ok());
                if self.subscription.is_some() {
                    return refusal(409, "Conflict", "There is a subscription.");
                }
                if known.is_none_or(|at| at >= self.destinations.len()) || given["payloadVersion"] != "1.0" {
                    return refusal(400, "InvalidInput", "There is no such destination.");
                }
                self.given += 1;
                let made = (format!("s-{}", self.given), wanted.to_owned());
                let response = told(200, &json!({ "payload": subscription(&made) }));
                self.subscription = Some(made);
                response
            }
            ("DELETE", ["subscriptions", "ORDER_CHANGE", id]) => match self.subscription.take_if(|(own, _)| own == id) {
                Some(_) => told(200, &json!({})),
                None => refusal(404, "NotFound", "There is no subscription."),
            },
            _ => refusal(404, "NotFound", "The requested resource doesn't exist."),
        }
    }

    /// Leaves word of an order in the queue.
    pub(super) fn tell(&mut self, now: Timestamp, order: &Order, kind: &str, troubles: &mut Troubles) {
        if self.subscription.is_none() {
            return;
        }
        self.given += 1;
        // In the spelling of the older document, which notifications have.
        let status = match order.status() {
            "CANCELLED" => "Canceled",
            "SHIPPED" => "Shipped",
            "PARTIALLY_SHIPPED" => "PartiallyShipped",
            "PENDING" => "Pending",
            _ => "Unshipped",
        };
        let change = json!({
            "NotificationLevel": "OrderLevel",
            "SellerId": SELLER,
            "AmazonOrderId": order.id,
            "OrderChangeType": kind,
            "OrderChangeTrigger": { "TimeOfOrderChange": now.to_string(), "ChangeReason": "" },
            "Summary": { "MarketplaceId": STORE, "OrderStatus": status, "FulfillmentType": "MFN" },
        });
        let told = json!({
            "NotificationVersion": "1.0",
            "NotificationType": "ORDER_CHANGE",
            "PayloadVersion": "1.0",
            "EventTime": now.to_string(),
            "Payload": { "OrderChangeNotification": change },
            "NotificationMetadata": {
                "ApplicationId": "application",
                "SubscriptionId": "subscription",
                "PublishTime": now.to_string(),
                "NotificationId": format!("notification-{}", self.given),
            },
        });
        let message = http::Request::builder().method("POST").uri(super::QUEUE).body(Bytes::from(told.to_string()));
        if let Ok(message) = message {
            self.outbox.put(now.saturating_add(TAKES).unwrap_or(now), message, troubles);
        }
    }
}

fn destination(at: usize, (name, arn): &(String, String)) -> Value {
    json!({ "destinationId": format!("d-{at}"), "name": name, "resource": { "sqs": { "arn": arn } } })
}

fn subscription((id, to): &(String, String)) -> Value {
    json!({ "subscriptionId": id, "payloadVersion": "1.0", "destinationId": to })
}
