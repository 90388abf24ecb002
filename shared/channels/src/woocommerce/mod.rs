#![doc = include_str!("README.md")]

mod auth;
mod errors;
mod listings;
mod orders;
mod paging;
mod requests;
#[cfg(feature = "far-side")]
pub mod sim;
mod snapshot;
mod stock;
mod subscriptions;
mod webhooks;
mod wire;

#[cfg(test)]
mod specs_tests;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot, Quantity};
use jiff::SignedDuration;
use ports::{
    Acknowledged, Acknowledgement, Call, Channel, Delivery, Descriptor, Error, ErrorKind, ListingPage, Notice, OrderPage,
    OrdersFrom, Paging, Pause, ReadBack, Response, Result, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token,
    TokenKind, WebhookBody, WebhookKeys,
};

/// The connector for WooCommerce shops.
#[derive(Debug, Default, Clone, Copy)]
pub struct WooCommerce;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "woocommerce",
    title: "WooCommerce",
    credentials: &["consumer_key", "consumer_secret", "webhook_secret"],
    further_credentials: &[],
    settings: &[("auth", false)],
    token: TokenKind::Static,
    orders: Paging {
        // An order carries the second in which PHP began to save it, and shows when the save is done.
        lag: SignedDuration::from_secs(5),
        overlap: SignedDuration::from_mins(2),
        most_pages: 50,
        every_s: 60,
    },
    stock: StockSemantics::Absolute,
    acknowledgement: Acknowledgement::Synchronous,
    read_back: ReadBack::PerItem,
    webhook: WebhookBody::Complete,
    // Core has no limit; the hosts in front of it do, and do not tell it.
    calls_per_second: 2,
    restocks_on_cancel: true,
    updates: ports::OrderUpdates { carriers: &[], other_carrier: None, cancels: ports::Cancels::WholeOrder, returns: false },
    sets_prices: false,
    most_shown: None,
    topics: &["order.created", "order.updated", "order.deleted", "order.restored", "product.updated"],
};

#[async_trait]
impl Channel for WooCommerce {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn token(&self, _call: &Call<'_>, _previous: Option<&Token>) -> Result<Token> {
        Err(never("woocommerce.token", "WooCommerce keys are sent as they are; there is no token to fetch"))
    }

    async fn orders(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        orders::list(call, from).await
    }

    async fn order(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        orders::read(call, number).await
    }

    async fn listings(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        listings::list(call, page).await
    }

    async fn read_stock(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Quantity> {
        stock::read(call, stock_reference).await
    }

    async fn write_stock(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
        stock::write(call, write).await
    }

    async fn write_status(&self, _call: &Call<'_>, _status: &str) -> Result<Acknowledged> {
        Err(never("woocommerce.write_status", "WooCommerce answers stock writes at once; there is no status to ask for"))
    }

    async fn update_order(&self, _: &Call<'_>, _: &OrderNumber, _: &domain::OrderUpdate) -> Result<Acknowledged> {
        todo!()
    }

    async fn knows_update(&self, _: &Call<'_>, _: &OrderNumber, _: &domain::OrderUpdate) -> Result<Option<bool>> {
        todo!()
    }

    async fn returns(&self, _: &Call<'_>, _: Option<&str>) -> Result<ports::ReturnPage> {
        todo!()
    }

    async fn write_price(&self, _: &Call<'_>, _: &ports::PriceWrite) -> Result<Acknowledged> {
        todo!()
    }

    async fn webhook_keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        let secret = auth::webhook_secret(call.account)?.clone();
        Ok(WebhookKeys { secrets: vec![secret], ..WebhookKeys::default() })
    }

    fn webhook_key_id(&self, _delivery: &Delivery) -> Option<String> {
        None
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notice>> {
        webhooks::receive(keys, delivery)
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        subscriptions::assert(call, want, DESCRIPTOR.topics).await
    }
}

fn never(operation: &'static str, message: &str) -> Error {
    Error::new(ErrorKind::Bug, operation, message)
}
