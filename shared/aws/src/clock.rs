//! The time of this machine, and names from its randomness. The one place where either is read.

use async_trait::async_trait;
use jiff::Timestamp;
use ports::{Clock, Ids};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The clock of this machine.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Names that nobody else has drawn.
#[derive(Debug, Clone)]
pub struct RandomIds {
    random: SystemRandom,
}

impl RandomIds {
    /// Draws from the randomness of this machine.
    pub fn new() -> Self {
        Self { random: SystemRandom::new() }
    }
}

impl Default for RandomIds {
    fn default() -> Self {
        Self::new()
    }
}

impl Ids for RandomIds {
    fn fresh(&self) -> String {
        let mut bytes = [0_u8; 16];
        if self.random.fill(&mut bytes).is_err() {
            bytes = unrepeated();
        }
        uuid_v4(bytes)
    }
}

/// A machine without randomness can still keep the promise that matters here: a name never given before.
fn unrepeated() -> [u8; 16] {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    let nanoseconds = SystemClock.now().as_nanosecond();
    let count = i128::from(GIVEN.fetch_add(1, Ordering::Relaxed));
    nanoseconds.wrapping_mul(0x1_0000_0000).wrapping_add(count).to_be_bytes()
}

/// RFC 9562, section 5.4: version and variant bits over random ones.
fn uuid_v4(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(36);
    for (position, byte) in bytes.iter().enumerate() {
        if matches!(position, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for nibble in [byte >> 4, byte & 0x0f] {
            text.push(char::from(b"0123456789abcdef"[usize::from(nibble)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_uuid_of_version_4() {
        assert_eq!(uuid_v4([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid_v4([0x00; 16]), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn names_are_not_given_twice() {
        let ids = RandomIds::new();
        assert_ne!(ids.fresh(), ids.fresh());
        assert_ne!(uuid_v4(unrepeated()), uuid_v4(unrepeated()));
    }
}
