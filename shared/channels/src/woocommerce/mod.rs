#![doc = include_str!("README.md")]

mod auth;
mod cancellations;
mod errors;
mod front;
mod listings;
mod marks;
mod orders;
mod paging;
mod prices;
mod refunds;
mod requests;
mod restock;
mod returns;
mod shipments;
#[cfg(feature = "far-side")]
pub mod sim;
mod snapshot;
mod statuses;
mod stock;
mod subscriptions;
mod webhooks;
mod wire;
mod words;

#[cfg(test)]
mod official_tests;
#[cfg(test)]
mod sets_tests;
#[cfg(test)]
mod specs_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod updates_tests;

use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot, OrderUpdate};
use jiff::SignedDuration;
use ports::{Observed, DeletesOrders, Acknowledged, Acknowledgement, Call, Cancels, Channel, Delivery, Descriptor, Error, ErrorKind, ListingPage, Notice, OrderPage, OrderUpdates, OrdersFrom, Paging, Pause, PriceWrite, ReadBack, Request, Response, Result, ReturnPage, StockSemantics, StockWrite, SubscriptionState, SubscriptionWant, Token, TokenKind, WebhookBody, WebhookKeys, RestocksOnCancel};

/// The connector for WooCommerce shops.
#[derive(Debug, Default, Clone, Copy)]
pub struct WooCommerce;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "woocommerce",
    title: "WooCommerce",
    credentials: &["consumer_key", "consumer_secret", "webhook_secret"],
    further_credentials: &[],
    signs_with: &["webhook_secret"],
    settings: &[("auth", false), ("language", false), ("tracking", false), ("currency", false), (ports::RESTOCK_UNTOLD, false), (statuses::CLAIMING, false), (statuses::DRAFTS, false)],
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
    restocks_on_cancel: RestocksOnCancel::UnlessTold,
    deletes_orders: DeletesOrders::Always,
    updates: OrderUpdates {
        // Core has no codes: these are the names that buyers read. A tracking plugin looks its own list up by them.
        carriers: &[
            ("postnl", "PostNL"),
            ("dhl", "DHL"),
            ("dhl-express", "DHL Express"),
            ("dpd", "DPD"),
            ("gls", "GLS"),
            ("ups", "UPS"),
            ("bpost", "bpost"),
            ("fedex", "FedEx"),
        ],
        other_carrier: None,
        needs_carrier: false,
        most_lines: None,
        most_returned: None,
        hears_refusals: true,
        cancels: Cancels::Units,
        returns: false,
    },
    sets_prices: true,
    can_lead: true,
    places: None,
    starts_tracking: true,
    most_shown: None,
    topics: &["order.created", "order.updated", "order.deleted", "order.restored", "product.updated"],
};

#[async_trait]
impl Channel for WooCommerce {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    /// The core has no limits; a host or firewall that has one counts every call from an address.
    fn bucket(&self, _: &Request) -> &'static str {
        "calls"
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

    async fn read_stock(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        stock::read(call, stock_reference).await
    }

    async fn write_stock(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
        stock::write(call, write).await
    }

    async fn write_status(&self, _call: &Call<'_>, _status: &str) -> Result<Acknowledged> {
        Err(never("woocommerce.write_status", "WooCommerce answers stock writes at once; there is no status to ask for"))
    }

    async fn update_order(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        let id = orders::id("woocommerce.update_order", number)?;
        match update {
            OrderUpdate::Shipment(update) => shipments::tell(call, id, update).await,
            OrderUpdate::Cancellation(update) => cancellations::tell(call, id, update).await,
            OrderUpdate::Return(update) => returns::tell(call, id, update).await,
        }
    }

    async fn knows_update(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        let id = orders::id("woocommerce.knows_update", number)?;
        match update {
            OrderUpdate::Shipment(update) => shipments::known(call, id, update).await,
            OrderUpdate::Cancellation(update) => cancellations::known(call, id, update).await,
            OrderUpdate::Return(update) => returns::known(call, id, update).await,
        }
    }

    async fn returns(&self, _call: &Call<'_>, _page: Option<&str>) -> Result<ReturnPage> {
        Err(never("woocommerce.returns", "WooCommerce knows no returns; there is no list to ask for"))
    }

    async fn write_price(&self, call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged> {
        prices::write(call, write).await
    }

    async fn webhook_keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        let secret = auth::webhook_secret(call.account)?.clone();
        Ok(WebhookKeys { secrets: vec![secret], ..WebhookKeys::default() })
    }

    fn webhook_key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        webhooks::proof(delivery).map(|_| None)
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
