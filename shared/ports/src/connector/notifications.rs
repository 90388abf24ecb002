//! What a channel tells by itself.

use super::{Call, UnreadableItem};
use crate::{Result, Secret};
use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot, Quantity};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a webhook's body is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookBody {
    /// The whole order.
    Complete,
    /// Only which one: it must be read.
    Hint,
}

/// What a webhook or a list tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A whole order.
    Order(Box<OrderSnapshot>),
    /// This order changed; read it.
    Changed {
        /// Which.
        number: OrderNumber,
        /// The stamp its snapshot will have, if the notification tells: an order known that well need not be read.
        stamp: Option<Timestamp>,
    },
    /// This item's figure changed on the channel. May be the echo of our own write: nothing moves by it.
    Stock(OfferId),
    /// As `Stock`, where it names the item as stock calls do.
    StockOf {
        /// The listing's `stock_reference`.
        stock_reference: String,
        /// Units it shows now, if it says so; at one place, of a channel that has several.
        shows: Option<Quantity>,
    },
    /// Something that cannot be read and that nobody can ask for by a name.
    Unreadable(Box<UnreadableItem>),
    /// Nothing for us: a ping, a test, a topic we do not use.
    Ignored,
}

/// A webhook delivery as it came over the wire, or a notification as it was taken from a queue: that one has no headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The raw bytes: signatures are over these.
    pub body: bytes::Bytes,
    /// When it arrived, UTC.
    pub received_at: Timestamp,
}

impl Delivery {
    /// The first header of this name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What signatures are checked with.
#[derive(Debug, Clone, Default)]
pub struct WebhookKeys {
    /// Shared secrets: the present one, and during a rotation the one before.
    pub secrets: Vec<Secret>,
    /// Public keys by their id, base64 of DER.
    pub public: BTreeMap<String, String>,
}

/// The subscription that must be in place.
#[derive(Debug, Clone)]
pub struct SubscriptionWant {
    /// Where they must go: `https://…/hooks/{channel}/{connection}`, or the address of the merchant's queue.
    pub url: String,
    /// Whether it must tell as well when somebody else changes a figure, because the shop leads the stock. What it always tells of figures, it
    /// may go on telling.
    pub figures: bool,
}

/// What was found of it and done about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SubscriptionState {
    /// Topics that were in place and on.
    pub fine: Vec<String>,
    /// Topics that were missing and have been made.
    pub made: Vec<String>,
    /// Topics that were off, or pointed elsewhere, and have been mended.
    pub mended: Vec<String>,
}

/// How notifications come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationSource {
    /// It delivers them to us, and signs them.
    Https,
    /// It leaves them in a queue of the merchant's own account, unsigned: whom the queue takes messages from is its own policy. They are taken
    /// out with each poll.
    MerchantQueue {
        /// The connection's setting that holds the queue's address.
        setting: &'static str,
    },
}

/// What the engine must not guess about what a channel tells by itself.
#[derive(Debug, Clone, Copy)]
pub struct NotificationsDescriptor {
    /// How they come.
    pub from: NotificationSource,
    /// What a webhook's body is worth.
    pub body: WebhookBody,
    /// Topics or resources to subscribe to; a connection whose settings map locations may need more.
    pub topics: &'static [&'static str],
}

/// Tells by itself when something changed.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static NotificationsDescriptor;

    /// Fetches the public keys deliveries are signed with; for shared secrets, those of the account.
    async fn keys(&self, call: &Call<'_>) -> Result<WebhookKeys>;

    /// Whether deliveries are signed with keys that must be fetched, and the id of the key this one names. `Unauthorized` where a delivery
    /// is not signed, or in a way the channel never signs: nothing is read, fetched or asked for its sake.
    fn key_id(&self, delivery: &Delivery) -> Result<Option<String>>;

    /// Checks the signature over the raw bytes in constant time, then reads. `Unauthorized` if it is wrong or missing.
    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>>;

    /// Asserts the subscription: makes what is missing, mends what is off or points elsewhere.
    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState>;
}
