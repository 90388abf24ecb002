//! What the tests of this folder share: an account and a fixed instant; and what those of all folders do.

pub(super) use crate::canned::{Canned, response, run};
use jiff::Timestamp;
use ports::{Account, Call, Http, NothingKept, Secret, Token};
use std::sync::LazyLock;

static TOKEN: LazyLock<Token> =
    LazyLock::new(|| Token { access: Secret::new("hush-token"), refresh: None, expires_at: Timestamp::MAX });

/// The present time of all tests.
pub(super) fn now() -> Timestamp {
    "2026-12-03T12:00:00Z".parse().unwrap()
}

pub(super) fn account() -> Account {
    let credentials = [("access_key_id", "hush-key"), ("secret_access_key", "hush-secret")];
    Account {
        connection: domain::ConnectionId::new("shop").unwrap(),
        channel: domain::ChannelId::new("shopware").unwrap(),
        base_url: "https://shop.example.test".into(),
        settings: std::collections::BTreeMap::new(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), Secret::new(value))).into(),
    }
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account) -> Call<'a> {
    let operation_id = "00000000-0000-4000-8000-000000000000";
    Call { http, account, token: Some(&TOKEN), now: now(), answers: &NothingKept, operation_id }
}
