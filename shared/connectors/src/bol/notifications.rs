//! What bol tells by itself: the subscription in `subscriptions`, a delivery in `webhooks`.

use super::{subscriptions, webhooks};
use async_trait::async_trait;
use ports::{
    Call, Delivery, Notification, NotificationsDescriptor, Result, SubscriptionState, SubscriptionWant, WebhookBody, WebhookKeys,
};

/// bol tells by itself when something changed.
pub(super) struct Capability;

pub(super) static DESCRIPTOR: NotificationsDescriptor =
    NotificationsDescriptor { from: ports::NotificationSource::Https, body: WebhookBody::Hint, topics: &[webhooks::ORDER] };

#[async_trait]
impl ports::Notifications for Capability {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        &DESCRIPTOR
    }

    async fn keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        webhooks::keys(call).await
    }

    fn key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::key_id(delivery).map(Some)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::subscribe(call, want).await
    }
}
