//! Notifications of a shape that leaves them in a queue.

use async_trait::async_trait;
use domain::OrderNumber;
use ports::{
    Call, Delivery, Error, ErrorKind, Notification, NotificationSource, Notifications, NotificationsDescriptor, Result,
    SubscriptionState, SubscriptionWant, WebhookBody, WebhookKeys,
};
use serde_json::Value;

/// The setting that holds the queue's address.
pub const QUEUE_SETTING: &str = "notification_queue";

static DESCRIPTOR: NotificationsDescriptor = NotificationsDescriptor {
    from: NotificationSource::MerchantQueue { setting: QUEUE_SETTING },
    body: WebhookBody::Hint,
    topics: &["orders"],
};

/// In place of the deliveries of the real connector.
pub(super) struct LeavesNotifications;

#[async_trait]
impl Notifications for LeavesNotifications {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        &DESCRIPTOR
    }

    async fn keys(&self, _: &Call<'_>) -> Result<WebhookKeys> {
        Ok(WebhookKeys::default())
    }

    fn key_id(&self, _: &Delivery) -> Result<Option<String>> {
        Ok(None)
    }

    fn receive(&self, _: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        let left: Value = serde_json::from_slice(&delivery.body).unwrap_or_default();
        let number = left["order"].as_str().and_then(|number| OrderNumber::new(number).ok());
        let number = number.ok_or_else(|| Error::new(ErrorKind::Protocol, "shaped", "expected an order's number"))?;
        Ok(vec![Notification::Changed { number, stamp: None }])
    }

    async fn subscribe(&self, _: &Call<'_>, _: &SubscriptionWant) -> Result<SubscriptionState> {
        Ok(SubscriptionState { fine: vec!["orders".to_owned()], ..SubscriptionState::default() })
    }
}
