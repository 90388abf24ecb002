#![doc = include_str!("README.md")]

mod auth;
mod billing;
mod buckets;
mod cancellations;
mod criteria;
mod errors;
mod fulfilment;
#[cfg(test)]
mod harness_tests;
mod listings;
mod orders;
mod prices;
mod requests;
mod shipments;
#[cfg(feature = "simulator")]
pub mod sim;
mod snapshot;
mod states;
mod stock;
mod terms;
mod transitions;
mod verify;
mod version;
mod wire;

use async_trait::async_trait;
use ports::{
    Account, Billing, Call, Connector, Descriptor, Error, ErrorKind, Fulfilment, Listings, Orders, Pause, Prices, Request,
    Response, Result, StockLevels, Tokens, Verified,
};

/// The connector for Shopware 6 shops, from 6.6 on.
#[derive(Debug, Default, Clone, Copy)]
pub struct Shopware;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "shopware",
    title: "Shopware",
    credentials: &[auth::KEY, auth::SECRET],
    further_credentials: &[],
    signs_with: &[],
    settings: &[(ports::KEEP_BUYER_DAYS, false)],
    // The core has no limit; the hosts in front of it do, and do not tell it.
    calls_per_second: 4,
};

/// What is wrong with the shop's address, if anything: the API and the administration stand below it.
fn address(account: &Account) -> Option<Error> {
    let odd = ["/api", "/admin"].into_iter().find(|end| account.base_url.ends_with(end))?;
    let message = format!("base_url: got `{}`, expected the shop's address without `{odd}`", account.base_url);
    Some(Error::new(ErrorKind::Configuration, "setting", message))
}

#[async_trait]
impl Connector for Shopware {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        [address(account), billing::DESCRIPTOR.flaw(account)].into_iter().flatten().collect()
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
}
