#![doc = include_str!("README.md")]

mod auth;
mod billing;
mod cancellations;
mod decisions;
mod errors;
mod fulfilment;
mod graphql;
mod listings;
mod locations;
mod mend;
mod moves;
mod notifications;
mod orders;
mod parts;
mod prices;
mod returns;
mod shipments;
mod sift;
#[cfg(feature = "simulator")]
pub mod sim;
mod snapshot;
mod stock;
mod subscriptions;
mod terms;
mod verify;
mod webhooks;
mod wire;

use async_trait::async_trait;
use ports::{
    Account, Billing, Call, Connector, Descriptor, Error, Fulfilment, Jobs, Listings, Notifications, Orders, Pause, Prices,
    Request, Response, Result, Returns, StockLevels, Tokens, Verified,
};

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
    settings: &[
        ("location_id", true),
        ("notify_customer", false),
        (ports::RESTOCK_UNTOLD, false),
        (ports::KEEP_BUYER_DAYS, false),
        (crate::buyers::VAT_NUMBER_FIELDS, false),
    ],
    // 100 points a second on the smallest plan, 10 for a mutation.
    calls_per_second: 10,
};

#[async_trait]
impl Connector for Shopify {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        let settings = [shipments::notifies(account).err(), account.restocks_untold().err(), billing::DESCRIPTOR.flaw(account)];
        settings.into_iter().flatten().chain(locations::flaws(account)).collect()
    }

    /// One bucket of points for all documents of an app in a shop.
    fn bucket(&self, _: &Request) -> &'static str {
        "points"
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        verify::verify(call).await
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        Some(&auth::Capability)
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(&cancellations::Capability)
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

    fn returns(&self) -> Option<&dyn Returns> {
        Some(&returns::Capability)
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        Some(&notifications::Capability)
    }
}

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "shopify_tests.rs"]
mod tests;

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "orders_tests.rs"]
mod orders_tests;

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "stock_tests.rs"]
mod stock_tests;

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "locations_tests.rs"]
mod places_tests;

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "subscriptions_tests.rs"]
mod subscriptions_tests;

#[cfg(test)]
#[cfg(feature = "simulator")]
#[path = "updates_tests.rs"]
mod updates_tests;

#[cfg(test)]
mod schema_tests;
