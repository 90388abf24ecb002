//! Time, names and credentials as a test gives them.

use async_trait::async_trait;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Ids, Result, Secret, Secrets};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A clock that only a test, or waiting, moves.
#[derive(Debug)]
pub struct GivenClock(AtomicI64);

impl Default for GivenClock {
    /// Starts on 21 November 2026 at 12:00 UTC.
    fn default() -> Self {
        Self(AtomicI64::new(1_795_262_400_000_000))
    }
}

impl GivenClock {
    /// Moves it forward.
    pub fn pass(&self, lasting: SignedDuration) {
        self.0.fetch_add(i64::try_from(lasting.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for GivenClock {
    fn now(&self) -> Timestamp {
        // Every look is a microsecond later, so that no two events share an instant.
        Timestamp::from_microsecond(self.0.fetch_add(1, Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }

    async fn sleep(&self, lasting: Duration) {
        self.pass(SignedDuration::try_from(lasting).unwrap_or_default());
    }
}

/// A clock of ours that may be wrong: the true time, and how far it is ahead of that.
#[derive(Debug)]
pub struct WrongClock {
    base: Arc<GivenClock>,
    ahead_us: AtomicI64,
}

impl WrongClock {
    /// One that is right.
    pub fn of(base: Arc<GivenClock>) -> Self {
        Self { base, ahead_us: AtomicI64::new(0) }
    }

    /// From now on it is ahead by so much, or behind.
    pub fn put_ahead(&self, by: SignedDuration) {
        self.ahead_us.store(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead_us.load(Ordering::SeqCst));
        self.base.now().saturating_add(ahead).unwrap_or(Timestamp::MAX)
    }

    async fn sleep(&self, lasting: Duration) {
        self.base.sleep(lasting).await;
    }
}

/// Names that count up.
#[derive(Debug, Default)]
pub struct GivenIds(AtomicU64);

impl Ids for GivenIds {
    fn fresh(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// Credentials by connection.
#[derive(Debug, Default)]
pub struct GivenSecrets(pub BTreeMap<ConnectionId, BTreeMap<String, Secret>>);

#[async_trait]
impl Secrets for GivenSecrets {
    async fn credentials(&self, connection: &ConnectionId) -> Result<BTreeMap<String, Secret>> {
        Ok(self.0.get(connection).cloned().unwrap_or_default())
    }
}
