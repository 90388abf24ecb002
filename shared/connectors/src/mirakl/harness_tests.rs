//! What the tests of this folder share: an account and a fixed instant; and what those of all folders do.

pub(super) use crate::canned::{Canned, response, run};
use jiff::Timestamp;
use ports::{Account, Call, Http, NothingKept, Secret};

/// The present time of all tests.
pub(super) fn now() -> Timestamp {
    "2026-12-03T08:00:00Z".parse().unwrap()
}

pub(super) fn account() -> Account {
    Account {
        connection: domain::ConnectionId::new("market").unwrap(),
        channel: domain::ChannelId::new("mirakl").unwrap(),
        base_url: "https://market.example.test".into(),
        settings: std::collections::BTreeMap::new(),
        credentials: [("api_key".to_owned(), Secret::new("hush-key"))].into(),
    }
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account) -> Call<'a> {
    let operation_id = "00000000-0000-4000-8000-000000000000";
    Call { http, account, token: None, now: now(), answers: &NothingKept, operation_id }
}
