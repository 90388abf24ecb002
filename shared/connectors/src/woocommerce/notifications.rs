//! What WooCommerce tells by itself: the subscription in `subscriptions`, a delivery in `webhooks`.

use crate::woocommerce::{auth, subscriptions, webhooks};
use async_trait::async_trait;
use ports::{
    Call, Delivery, Notification, NotificationsDescriptor, Result, SubscriptionState, SubscriptionWant, WebhookBody, WebhookKeys,
};

/// WooCommerce tells by itself when something changed.
pub(super) struct Capability;

pub(super) static DESCRIPTOR: NotificationsDescriptor = NotificationsDescriptor {
    from: ports::NotificationSource::Https,
    body: WebhookBody::Complete,
    topics: &["order.created", "order.updated", "order.deleted", "order.restored", "product.updated"],
};

#[async_trait]
impl ports::Notifications for Capability {
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        &DESCRIPTOR
    }

    async fn keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        let secret = auth::webhook_secret(call.account)?.clone();
        Ok(WebhookKeys { secrets: vec![secret], ..WebhookKeys::default() })
    }

    fn key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::proof(delivery).map(|_| None)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::assert(call, want, DESCRIPTOR.topics).await
    }
}
