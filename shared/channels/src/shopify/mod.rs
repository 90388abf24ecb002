#![doc = include_str!("README.md")]

mod auth;
mod cancellations;
mod decisions;
mod errors;
mod graphql;
mod listings;
mod moves;
mod orders;
mod parts;
mod places;
mod prices;
mod returns;
mod shipments;
mod sift;
#[cfg(feature = "far-side")]
pub mod sim;
mod snapshot;
mod stock;
mod subscriptions;
mod webhooks;
mod wire;

use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot, OrderUpdate};
use jiff::SignedDuration;
use ports::{Observed, DeletesOrders, Acknowledged, Acknowledgement, Call, Cancels, Channel, Delivery, Descriptor, ListingPage, Notice, OrderPage, OrderUpdates, OrdersFrom, Paging, Pause, PriceWrite, ReadBack, Request, Response, Result, ReturnPage, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token, TokenKind, WebhookBody, WebhookKeys, RestocksOnCancel};

/// A Shopify shop.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shopify;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "shopify",
    title: "Shopify",
    credentials: &["client_id", "client_secret"],
    further_credentials: &["access_token", "previous_client_secret"],
    // Shopify signs with the app's own secret: who has it and the app's id, which lies with the others, could ask for a token.
    signs_with: &["client_secret", "previous_client_secret"],
    settings: &[("location_id", true), ("notify_customer", false), (ports::RESTOCK_UNTOLD, false)],
    token: TokenKind::Expiring,
    orders: Paging {
        // The list is a search index that follows the truth; nobody promises by how much.
        lag: SignedDuration::from_secs(30),
        overlap: SignedDuration::from_mins(5),
        most_pages: 50,
        every_s: 60,
    },
    stock: StockSemantics::CompareAndSet,
    acknowledgement: Acknowledgement::Synchronous,
    read_back: ReadBack::PerItem,
    webhook: WebhookBody::Complete,
    // 100 points a second on the smallest plan, 10 for a mutation.
    calls_per_second: 10,
    restocks_on_cancel: RestocksOnCancel::UnlessTold,
    // Without `read_all_orders` it hides those older than 60 days.
    deletes_orders: DeletesOrders::ShownFor(SignedDuration::from_hours(59 * 24)),
    updates: OrderUpdates {
        carriers: shipments::CARRIERS,
        // Any name may be given: this is the one Shopify's own screen offers for a carrier it does not know.
        other_carrier: Some("Other"),
        needs_carrier: false,
        most_lines: None,
        most_returned: None,
        hears_refusals: false,
        cancels: Cancels::Units,
        returns: true,
    },
    sets_prices: true,
    can_lead: true,
    places: Some("location_id"),
    starts_tracking: false,
    most_shown: None,
    topics: subscriptions::TOPICS,
};

#[async_trait]
impl Channel for Shopify {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    /// One bucket of points for all documents of an app in a shop.
    fn bucket(&self, _: &Request) -> &'static str {
        "points"
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn token(&self, call: &Call<'_>, _previous: Option<&Token>) -> Result<Token> {
        auth::token(call).await
    }

    async fn orders(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        orders::list(call, from).await
    }

    async fn order(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        orders::read(call, number).await
    }

    async fn listings(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        listings::page(call, page).await
    }

    async fn read_stock(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        stock::read(call, stock_reference).await
    }

    async fn write_stock(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
        stock::write(call, write).await
    }

    async fn write_status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        cancellations::status(call, status).await
    }

    async fn update_order(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        match update {
            OrderUpdate::Shipment(parcel) => shipments::tell(call, number, parcel).await,
            OrderUpdate::Cancellation(told) => cancellations::tell(call, number, told).await,
            OrderUpdate::Return(told) => decisions::tell(call, number, told).await,
        }
    }

    async fn knows_update(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        match update {
            OrderUpdate::Shipment(parcel) => shipments::known(call, number, parcel).await,
            OrderUpdate::Cancellation(told) => cancellations::known(call, number, told).await,
            OrderUpdate::Return(told) => decisions::known(call, number, told).await,
        }
    }

    async fn returns(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage> {
        returns::list(call, page).await
    }

    async fn write_price(&self, call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
        prices::write(call, write).await
    }

    async fn webhook_keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        webhooks::keys(call.account)
    }

    fn webhook_key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::proof(delivery).map(|_| None)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notice>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::assert(call, want).await
    }
}

#[cfg(test)]
#[cfg(feature = "far-side")]
#[path = "shopify_tests.rs"]
mod tests;

#[cfg(test)]
#[cfg(feature = "far-side")]
#[path = "places_tests.rs"]
mod places_tests;

#[cfg(test)]
#[cfg(feature = "far-side")]
#[path = "subscriptions_tests.rs"]
mod subscriptions_tests;

#[cfg(test)]
#[cfg(feature = "far-side")]
#[path = "updates_tests.rs"]
mod updates_tests;

#[cfg(test)]
mod schema_tests;
