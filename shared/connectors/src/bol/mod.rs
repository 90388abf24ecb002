#![doc = include_str!("README.md")]

mod auth;
mod billing;
mod buckets;
mod cancellations;
mod errors;
mod fulfilment;
#[cfg(test)]
mod harness_tests;
mod listings;
mod notifications;
mod orders;
mod orders_step;
mod prices;
mod processes;
mod requests;
mod returns;
mod shipments;
#[cfg(feature = "simulator")]
pub mod sim;
mod stock;
mod subscriptions;
mod terms;
mod verify;
mod webhooks;
mod wire;
mod wire_updates;

use async_trait::async_trait;
use domain::ReturnResolution;
use ports::{
    Account, Billing, Call, Connector, Descriptor, Error, Fulfilment, Jobs, Listings, Notifications, Orders, Pause, Prices,
    Request, Response, Result, Returns, StockLevels, Tokens, Verified,
};

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
    settings: &[
        ("token_url", false),
        ("price_with_stock", false),
        ("buyer_keeps", false),
        (ports::RESTOCK_UNTOLD, false),
        (ports::KEEP_BUYER_DAYS, false),
    ],
    // Half of what integrators report for a single offer: each write has a read before it.
    calls_per_second: 25,
};

#[async_trait]
impl Connector for Bol {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        let settings = [
            prices::with_stock(account).err(),
            returns::code(account, ReturnResolution::BuyerKeeps).err(),
            account.restocks_untold().err(),
            billing::DESCRIPTOR.flaw(account),
        ];
        settings.into_iter().flatten().collect()
    }

    fn bucket(&self, request: &Request) -> &'static str {
        buckets::of(request)
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
        Some(&processes::Capability)
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
