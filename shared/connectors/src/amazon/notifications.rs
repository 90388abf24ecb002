//! What Amazon leaves in a queue of the seller's account: that an order changed, and nothing that is believed beyond that.
//!
//! Nothing is signed: the queue's own policy says who may write to it. Documents and deliveries differ in the spelling of the names, so both are read.

use super::subscriptions;
use crate::lenient::{Field, Parts};
use crate::wire_text;
use async_trait::async_trait;
use domain::OrderNumber;
use ports::{
    Call, Delivery, Error, ErrorKind, Notification, NotificationSource, NotificationsDescriptor, Result, SubscriptionState,
    SubscriptionWant, WebhookBody, WebhookKeys,
};
use serde::Deserialize;

const RECEIVE: &str = "amazon.notification";
/// The kind that tells of orders, new ones among them.
pub(super) const ORDER_CHANGE: &str = "ORDER_CHANGE";

/// A notification.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Envelope {
    #[serde(rename = "NotificationType")]
    kind: Field<String>,
    #[serde(rename = "notificationType")]
    kind_small: Field<String>,
    #[serde(rename = "Payload")]
    payload: Field<Parts<Payload>>,
    #[serde(rename = "payload")]
    payload_small: Field<Parts<Payload>>,
}

/// What it is about.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Payload {
    #[serde(rename = "OrderChangeNotification")]
    change: Field<Parts<Change>>,
    #[serde(rename = "orderChangeNotification")]
    change_small: Field<Parts<Change>>,
}

/// Which order.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Change {
    #[serde(rename = "AmazonOrderId")]
    order: Field<String>,
    #[serde(rename = "amazonOrderId")]
    order_small: Field<String>,
}

/// The field in one spelling or the other.
fn either<'a, T>(one: &'a Field<T>, other: &'a Field<T>, name: &str) -> Result<&'a T> {
    let field = if matches!(one, Field::Missing) { other } else { one };
    field.needed(name, "as Amazon documents it").map_err(|problem| super::errors::unreadable(RECEIVE, "a notification", &problem))
}

fn receive(body: &[u8]) -> Result<Vec<Notification>> {
    let told: Envelope = wire_text::json(RECEIVE, body)?;
    if either(&told.kind, &told.kind_small, "NotificationType")? != ORDER_CHANGE {
        return Ok(vec![Notification::Ignored]);
    }
    let payload = either(&told.payload, &told.payload_small, "Payload")?;
    let change = either(&payload.0.change, &payload.0.change_small, "Payload.OrderChangeNotification")?;
    let id = either(&change.0.order, &change.0.order_small, "Payload.OrderChangeNotification.AmazonOrderId")?;
    let number = OrderNumber::new(id.as_str())
        .map_err(|_| Error::new(ErrorKind::Protocol, RECEIVE, "Amazon names an order by what is no number of one"))?;
    // When it changed is not when Amazon will say that it last did.
    Ok(vec![Notification::Changed { number, stamp: None }])
}

/// Amazon tells by itself when something changed.
pub(super) struct Capability;

static DESCRIPTOR: NotificationsDescriptor = NotificationsDescriptor {
    from: NotificationSource::MerchantQueue { setting: super::settings::NOTIFICATION_QUEUE },
    body: WebhookBody::Hint,
    topics: &[ORDER_CHANGE],
};

#[async_trait]
impl ports::Notifications for Capability {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        &DESCRIPTOR
    }

    async fn keys(&self, _call: &Call<'_>) -> Result<WebhookKeys> {
        Ok(WebhookKeys::default())
    }

    fn key_id(&self, _delivery: &Delivery) -> Result<Option<String>> {
        Ok(None)
    }

    fn receive(&self, _keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        receive(&delivery.body)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::subscribe(call, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_named_in_either_spelling_and_other_kinds_are_passed_over() {
        for told in [
            include_str!("fixtures/order_change.json"),
            r#"{"notificationType":"ORDER_CHANGE","payload":{"orderChangeNotification":{"amazonOrderId":"405-2222222-0000001"}}}"#,
        ] {
            let number = OrderNumber::new("405-2222222-0000001").unwrap();
            assert_eq!(receive(told.as_bytes()).unwrap(), [Notification::Changed { number, stamp: None }]);
        }
        let other = br#"{"notificationType":"LISTINGS_ITEM_ISSUES_CHANGE","payload":{}}"#;
        assert_eq!(receive(other).unwrap(), [Notification::Ignored]);
        for odd in [
            "",
            "{}",
            "[]",
            r#"{"NotificationType":"ORDER_CHANGE"}"#,
            r#"{"NotificationType":7,"Payload":{"OrderChangeNotification":7}}"#,
        ] {
            assert!(
                receive(odd.as_bytes())
                    .map_or_else(|error| error.kind == ErrorKind::Protocol, |told| told == [Notification::Ignored]),
                "{odd}"
            );
        }
    }
}
