#![doc = include_str!("README.md")]

mod accounting;
mod accounts;
mod auth;
mod chart;
mod errors;
mod files;
mod requests;
mod settings;
#[cfg(feature = "simulator")]
pub mod sim;
mod wire;

use async_trait::async_trait;
use ports::{Account, Accounting, Call, Connector, Descriptor, Error, Pause, Request, Response, Result, Tokens, Verified};

/// The connector of Exact Online.
#[derive(Debug, Default, Clone, Copy)]
pub struct ExactOnline;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "exactonline",
    title: "Exact Online",
    credentials: &["client_id", "client_secret"],
    further_credentials: &[],
    signs_with: &[],
    settings: &[(settings::DIVISION, true), (settings::REDIRECT_URI, true)],
    // 60 a minute and company.
    calls_per_second: 1,
};

#[async_trait]
impl Connector for ExactOnline {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        [settings::division(account).err(), settings::redirect_uri(account).err()].into_iter().flatten().collect()
    }

    fn bucket(&self, request: &Request) -> &'static str {
        if request.uri().path().ends_with(auth::TOKEN_PATH) { "token" } else { "company" }
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        errors::pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        Ok(Verified { account: Some(chart::company(call).await?), missing_rights: Vec::new() })
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        Some(&auth::Capability)
    }

    fn accounting(&self) -> Option<&dyn Accounting> {
        Some(&accounting::Capability)
    }
}
