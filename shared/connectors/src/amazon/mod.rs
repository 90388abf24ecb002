#![doc = include_str!("README.md")]

mod auth;
mod billing;
mod buckets;
mod errors;
mod fulfilment;
#[cfg(test)]
mod harness_tests;
mod jobs;
mod listings;
mod marketplaces;
mod notifications;
mod orders;
mod patches;
mod prices;
mod requests;
mod settings;
mod shipments;
#[cfg(feature = "simulator")]
pub mod sim;
mod snapshot;
mod stock;
mod subscriptions;
mod terms;
mod verify;
mod wire;

use async_trait::async_trait;
use ports::{
    Account, Billing, Call, Connector, Descriptor, Error, Fulfilment, Jobs, Listings, Notifications, Orders, Pause, Prices,
    Request, Response, Result, StockLevels, Tokens, Verified,
};

/// The connector of Amazon's Selling Partner API.
#[derive(Debug, Default, Clone, Copy)]
pub struct Amazon;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "amazon",
    title: "Amazon",
    credentials: &["client_id", "client_secret", "refresh_token"],
    further_credentials: &[],
    signs_with: &[],
    settings: &[
        (settings::SELLER_ID, true),
        (settings::MARKETPLACE, false),
        (settings::NOTIFICATION_QUEUE, false),
        (settings::TOKEN_URL, false),
        (ports::RESTOCK_UNTOLD, false),
        (ports::KEEP_BUYER_DAYS, false),
    ],
    // The usage plan of what is written one by one, figures and prices together.
    calls_per_second: 5,
};

#[async_trait]
impl Connector for Amazon {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        let found = [
            settings::marketplace(account).err(),
            settings::queue_arn(account).err(),
            settings::restocks_untold(account).err(),
            billing::DESCRIPTOR.flaw(account),
        ];
        found.into_iter().flatten().collect()
    }

    fn bucket(&self, request: &Request) -> &'static str {
        buckets::of(request).name
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
        Some(&jobs::Capability)
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
