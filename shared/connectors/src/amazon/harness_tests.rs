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
    let credentials = ["id", "secret"].map(|name| (format!("client_{name}"), Secret::new(format!("hush-{name}"))));
    let mut account = Account {
        connection: domain::ConnectionId::new("market").unwrap(),
        channel: domain::ChannelId::new("amazon").unwrap(),
        base_url: "https://amazon.example.test".into(),
        settings: [("seller_id".to_owned(), "A1SELLER".to_owned())].into(),
        credentials: credentials.into(),
    };
    account.credentials.insert("refresh_token".into(), Secret::new("hush-refresh"));
    account
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account) -> Call<'a> {
    let operation_id = "00000000-0000-4000-8000-000000000000";
    Call { http, account, token: Some(&TOKEN), now: now(), answers: &NothingKept, operation_id }
}
