#![doc = include_str!("README.md")]

mod auth;
mod buckets;
mod cancellations;
mod errors;
#[cfg(test)]
mod harness_tests;
mod listings;
mod orders;
mod orders_step;
mod prices;
mod processes;
mod requests;
mod returns;
mod shipments;
#[cfg(feature = "far-side")]
pub mod sim;
mod stock;
mod subscriptions;
mod updates;
mod webhooks;
mod wire;
mod wire_updates;

use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot, OrderUpdate};
use jiff::SignedDuration;
use ports::{Observed, DeletesOrders, Acknowledged, Acknowledgement, Call, Channel, Delivery, Descriptor, ListingPage, Notice, OrderPage, OrdersFrom, Paging, Pause, PriceWrite, ReadBack, Request, Response, Result, ReturnPage, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token, TokenKind, WebhookBody, WebhookKeys, RestocksOnCancel};

/// The connector of bol.
#[derive(Debug, Default, Clone, Copy)]
pub struct Bol;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "bol",
    title: "bol",
    credentials: &["client_id", "client_secret"],
    further_credentials: &[],
    // With keys of its own, of which the public halves are fetched.
    signs_with: &[],
    settings: &[("token_url", false), ("most_stock", false), ("price_with_stock", false), ("buyer_keeps", false), (ports::RESTOCK_UNTOLD, false)],
    token: TokenKind::Expiring,
    orders: Paging {
        // bol publishes no figure. Small, because raises wait for it; the overlap covers a list that is further behind.
        lag: SignedDuration::from_secs(5),
        overlap: SignedDuration::from_secs(5 * 60),
        // A page and the empty one behind it leave room for others in 25 calls a minute.
        most_pages: 10,
        every_s: 30,
    },
    stock: StockSemantics::AbsoluteLessLaterOrders,
    acknowledgement: Acknowledgement::Synchronous,
    read_back: ReadBack::PerItem,
    webhook: WebhookBody::Hint,
    // Half of what integrators report for a single offer: each write has a read before it.
    calls_per_second: 25,
    // The orders it takes off are those still open: a cancelled one is no longer among them.
    restocks_on_cancel: RestocksOnCancel::Always,
    // Its orders are its own; those handled long ago it no longer shows.
    deletes_orders: DeletesOrders::Never,
    updates: updates::UPDATES,
    sets_prices: true,
    can_lead: false,
    places: None,
    starts_tracking: false,
    most_shown: Some(999),
    topics: &[webhooks::ORDER],
};

#[async_trait]
impl Channel for Bol {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn bucket(&self, request: &Request) -> &'static str {
        buckets::of(request)
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
        listings::listings(call, page).await
    }

    async fn read_stock(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        stock::read(call, stock_reference).await.map(Observed::from)
    }

    async fn write_stock(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
        stock::write(call, write).await
    }

    async fn write_status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        processes::status(call, status).await
    }

    async fn update_order(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        updates::tell(call, number, update).await
    }

    async fn knows_update(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        updates::knows(call, number, update).await
    }

    async fn returns(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage> {
        returns::list(call, page).await
    }

    async fn write_price(&self, call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
        prices::write(call, write).await
    }

    async fn webhook_keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        webhooks::keys(call).await
    }

    fn webhook_key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::key_id(delivery).map(Some)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notice>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::subscribe(call, want).await
    }
}
