#![doc = include_str!("README.md")]

mod auth;
mod billing;
mod cancellations;
mod errors;
mod front;
mod fulfilment;
mod listings;
mod marks;
mod notifications;
mod orders;
mod paging;
mod prices;
mod refunds;
mod requests;
mod restock;
mod returns;
mod shipments;
#[cfg(feature = "simulator")]
pub mod sim;
mod snapshot;
mod statuses;
mod stock;
mod subscriptions;
mod terms;
mod verify;
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
use ports::{
    Account, Billing, Call, Connector, Descriptor, Error, Fulfilment, Listings, Notifications, Orders, Pause, Prices, Request,
    Response, Result, StockLevels, Verified,
};

/// The connector for WooCommerce shops.
#[derive(Debug, Default, Clone, Copy)]
pub struct WooCommerce;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "woocommerce",
    title: "WooCommerce",
    credentials: &["consumer_key", "consumer_secret", "webhook_secret"],
    further_credentials: &[],
    signs_with: &["webhook_secret"],
    settings: &[
        ("auth", false),
        ("language", false),
        ("tracking", false),
        ("currency", false),
        (ports::RESTOCK_UNTOLD, false),
        (ports::KEEP_BUYER_DAYS, false),
        (crate::buyers::VAT_NUMBER_FIELDS, false),
        (statuses::CLAIMING, false),
        (statuses::DRAFTS, false),
    ],
    // Core has no limit; the hosts in front of it do, and do not tell it.
    calls_per_second: 2,
};

#[async_trait]
impl Connector for WooCommerce {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        let has_secret = account.credentials.contains_key("webhook_secret");
        let secret = has_secret.then(|| auth::webhook_secret(account).err()).flatten();
        let settings = [
            auth::flaw(account),
            words::of(account).err(),
            shipments::flaw(account),
            account.restocks_untold().err(),
            billing::DESCRIPTOR.flaw(account),
        ];
        secret.into_iter().chain(settings.into_iter().flatten()).chain(statuses::Statuses::flaws(account)).collect()
    }

    /// The core has no limits; a host or firewall that has one counts every call from an address.
    fn bucket(&self, _: &Request) -> &'static str {
        "calls"
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        verify::verify(call).await
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(&orders::Capability)
    }

    fn billing(&self) -> Option<&dyn Billing> {
        Some(&billing::Capability)
    }

    fn listings(&self) -> Option<&dyn Listings> {
        Some(&listings::Capability)
    }

    fn stock(&self) -> Option<&dyn StockLevels> {
        Some(&stock::Capability)
    }

    fn prices(&self) -> Option<&dyn Prices> {
        Some(&prices::Capability)
    }

    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        Some(&fulfilment::Capability)
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        Some(&notifications::Capability)
    }
}
