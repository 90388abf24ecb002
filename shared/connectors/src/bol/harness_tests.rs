//! What the tests of this folder share: an account and a fixed instant; and what those of all folders do.

pub(super) use crate::canned::{Canned, response, run};
use jiff::Timestamp;
use ports::{Account, Call, Http, NothingKept, Secret, Token};

/// The present time of all tests.
pub(super) fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(super) fn account() -> Account {
    Account {
        connection: domain::ConnectionId::new("bol-nl").unwrap(),
        channel: domain::ChannelId::new("bol").unwrap(),
        base_url: "https://api.example.test".into(),
        settings: [("token_url".into(), "https://api.example.test/token".into())].into(),
        credentials: [("client_id", "me"), ("client_secret", "hush")].map(|(n, s)| (n.into(), Secret::new(s))).into(),
    }
}

pub(super) fn token() -> Token {
    Token { access: Secret::new("a-token"), refresh: None, expires_at: now() }
}

pub(super) fn call<'a>(http: &'a dyn Http, account: &'a Account, token: &'a Token) -> Call<'a> {
    Call {
        http,
        account,
        token: Some(token),
        now: now(),
        answers: &NothingKept,
        operation_id: "00000000-0000-4000-8000-000000000000",
    }
}
