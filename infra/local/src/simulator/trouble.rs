//! Faults as people order them: by name, for a time or a number of times.

use connectors::simulated_channel::Trouble;
use jiff::{SignedDuration, Timestamp};

/// For how long where nothing is said, in seconds.
const USUAL_SECONDS: i64 = 60;

/// Which fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    /// Calls are refused as too many, for a time.
    TooMany,
    /// No answer at all, for a time.
    Silent,
    /// Writes are done and then answered with a 500, a number of times.
    FailAfterApply,
    /// Every token given so far is void.
    TokensRevoked,
    /// Webhooks are never sent, a number of times.
    WebhooksLost,
    /// Webhooks are sent twice, a number of times.
    WebhooksDoubled,
    /// Webhooks come this much later from now on; `--for 0s` ends it.
    WebhooksLate,
    /// Webhooks that are due together come in reversed order from now on.
    WebhooksReversed,
    /// The subscription is switched off, as after too many failures.
    SubscriptionOff,
}

/// An order for trouble, as sent to a simulated shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TroubleOrder {
    /// Which fault.
    pub kind: TroubleKind,
    /// For how long, in seconds.
    #[serde(default)]
    pub seconds: Option<i64>,
    /// How many times.
    #[serde(default)]
    pub times: Option<u32>,
}

impl TroubleOrder {
    /// The fault, from now on.
    pub fn trouble(&self, now: Timestamp) -> Trouble {
        let lasting = SignedDuration::from_secs(self.seconds.unwrap_or(USUAL_SECONDS));
        let until = now.saturating_add(lasting).unwrap_or(now);
        let times = self.times.unwrap_or(1);
        match self.kind {
            TroubleKind::TooMany => Trouble::TooMany { until },
            TroubleKind::Silent => Trouble::Silent { until },
            TroubleKind::FailAfterApply => Trouble::FailAfterApply { times },
            TroubleKind::TokensRevoked => Trouble::TokensRevoked,
            TroubleKind::WebhooksLost => Trouble::WebhooksLost { times },
            TroubleKind::WebhooksDoubled => Trouble::WebhooksDoubled { times },
            TroubleKind::WebhooksLate => Trouble::WebhooksLate { by: lasting },
            TroubleKind::WebhooksReversed => Trouble::WebhooksReversed,
            TroubleKind::SubscriptionOff => Trouble::SubscriptionOff,
        }
    }
}
