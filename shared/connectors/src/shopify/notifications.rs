//! What Shopify tells by itself: the subscription in `subscriptions`, a delivery in `webhooks`.

use super::{subscriptions, webhooks};
use async_trait::async_trait;
use ports::{
    Call, Delivery, Notification, NotificationsDescriptor, Result, SubscriptionState, SubscriptionWant, WebhookBody, WebhookKeys,
};

/// Shopify tells by itself when something changed.
pub(super) struct Capability;

pub(super) static DESCRIPTOR: NotificationsDescriptor = NotificationsDescriptor {
    from: ports::NotificationSource::Https,
    body: WebhookBody::Complete,
    topics: subscriptions::TOPICS,
};

#[async_trait]
impl ports::Notifications for Capability {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        &DESCRIPTOR
    }

    async fn keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        webhooks::keys(call.account)
    }

    fn key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::proof(delivery).map(|_| None)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::assert(call, want).await
    }
}
