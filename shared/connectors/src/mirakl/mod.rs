#![doc = include_str!("README.md")]

mod acceptance;
mod auth;
mod billing;
mod buckets;
mod cancellations;
mod countries;
mod errors;
mod fulfilment;
#[cfg(test)]
mod harness_tests;
mod imports;
mod jobs;
mod listings;
mod orders;
mod prices;
mod requests;
mod settings;
mod shipments;
#[cfg(feature = "simulator")]
pub mod sim;
mod snapshot;
mod stock;
mod terms;
mod verify;
mod wire;

use async_trait::async_trait;
use ports::{
    Acceptance, Account, Billing, Call, Connector, Descriptor, Error, Fulfilment, Jobs, Listings, Orders, Pause, Prices, Request,
    Response, Result, StockLevels, Verified,
};

/// The connector of every marketplace that runs on Mirakl.
#[derive(Debug, Default, Clone, Copy)]
pub struct Mirakl;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "mirakl",
    title: "Mirakl",
    credentials: &["api_key"],
    further_credentials: &[],
    signs_with: &[],
    settings: &[
        (settings::SHOP_ID, false),
        (settings::MARKETPLACE, false),
        (settings::ACCEPT_WITHIN_HOURS, false),
        (settings::CANCEL_REASON, false),
        (ports::REFUSE_SHORT, false),
        (ports::RESTOCK_UNTOLD, false),
        (ports::KEEP_BUYER_DAYS, false),
    ],
    // None is published; what is written in bulk goes by the import.
    calls_per_second: 5,
};

#[async_trait]
impl Connector for Mirakl {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        let found = [
            settings::shop_id(account).err(),
            settings::marketplace(account).err(),
            settings::accept_within(account).err(),
            settings::restocks_untold(account).err(),
            account.refuses_short().err(),
            billing::DESCRIPTOR.flaw(account),
        ];
        found.into_iter().flatten().collect()
    }

    fn bucket(&self, request: &Request) -> &'static str {
        buckets::of(request)
    }

    /// One order is asked for by a list of one: which, stands in the query.
    fn question(&self, request: &Request) -> String {
        format!("{} {} {}", request.method(), request.uri(), String::from_utf8_lossy(request.body()))
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        verify::verify(call).await
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(&jobs::Capability)
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(&orders::Capability)
    }

    fn acceptance(&self) -> Option<&dyn Acceptance> {
        Some(&acceptance::Capability)
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
