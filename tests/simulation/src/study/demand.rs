//! Demand: who comes when, to which channel, for what. Drawn from a seed before any policy is known, so all meet the same customers.

use jiff::SignedDuration;
use std::ops::Range;

/// Connectors of a world.
pub(super) const CHANNELS: usize = 3;

/// Somebody who comes to a shop window: buys if it shows enough, and leaves otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Customer {
    /// Since the beginning.
    pub(super) at: SignedDuration,
    /// Place of the channel.
    pub(super) channel: usize,
    /// Place of the product.
    pub(super) product: usize,
    pub(super) units: i64,
    /// If an order comes of it, it is cancelled this much later.
    pub(super) cancels_after: Option<SignedDuration>,
}

/// Goods that come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) at: SignedDuration,
    pub(super) product: usize,
    pub(super) units: i64,
}

/// All that happens in a world and is nobody's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) lasting: SignedDuration,
    /// Units there are at the beginning, by product.
    pub(super) stock: Vec<i64>,
    /// Earliest first.
    pub(super) customers: Vec<Customer>,
    /// Earliest first.
    pub(super) receipts: Vec<Receipt>,
    /// Minutes since the beginning in which no webhook of a channel arrives, by channel.
    pub(super) lost_minutes: Vec<Vec<bool>>,
    /// A channel that neither answers nor tells: which, from when, until when.
    pub(super) silence: Option<(usize, SignedDuration, SignedDuration)>,
    /// Between two reads of the channels' orders, for policies that do not say so themselves.
    pub(super) between_polls: Option<SignedDuration>,
}

impl Demand {
    /// A quiet world.
    pub(super) fn new(lasting: SignedDuration, stock: Vec<i64>) -> Self {
        Self {
            lasting,
            stock,
            customers: Vec::new(),
            receipts: Vec::new(),
            lost_minutes: vec![Vec::new(); CHANNELS],
            silence: None,
            between_polls: None,
        }
    }

    /// Whether what a channel sends at this time is lost.
    pub(super) fn loses(&self, channel: usize, since_beginning: SignedDuration) -> bool {
        let minute = usize::try_from(since_beginning.as_secs() / 60).unwrap_or(0);
        self.lost_minutes.get(channel).and_then(|minutes| minutes.get(minute)).copied().unwrap_or(false)
    }
}

/// How customers are spread over time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rush {
    /// Evenly.
    Even,
    /// Most of them at once: half in the first quarter, a tenth in the first hundredth.
    AtOnce,
}

/// Draws.
pub(super) struct Draw(pub(super) fastrand::Rng);

impl Draw {
    /// A number of the range.
    pub(super) fn number(&mut self, range: Range<i64>) -> i64 {
        self.0.i64(range)
    }

    /// An instant of a span of time.
    pub(super) fn instant(&mut self, from: SignedDuration, until: SignedDuration) -> SignedDuration {
        SignedDuration::from_millis(self.number(ms(from)..ms(until)))
    }

    /// So many customers for a product, in the first so much time.
    pub(super) fn customers(&mut self, count: i64, product: usize, rush: Rush, within: SignedDuration) -> Vec<Customer> {
        (0..count).map(|_| self.customer(product, rush, within)).collect()
    }

    fn customer(&mut self, product: usize, rush: Rush, within: SignedDuration) -> Customer {
        let at = self.instant(SignedDuration::ZERO, within);
        let at = match rush {
            Rush::Even => at,
            // The square of an even draw.
            Rush::AtOnce => SignedDuration::from_millis(ms(at) * ms(at) / ms(within)),
        };
        Customer { at, channel: self.channel(), product, units: self.units(), cancels_after: self.cancellation() }
    }

    /// Half of the customers, three of ten, two of ten.
    fn channel(&mut self) -> usize {
        match self.number(0..10) {
            0..5 => 0,
            5..8 => 1,
            _ => 2,
        }
    }

    /// Four of five want one unit.
    fn units(&mut self) -> i64 {
        match self.number(0..20) {
            0..16 => 1,
            16..19 => 2,
            _ => 3,
        }
    }

    /// Four of a hundred orders are cancelled, within the hour.
    fn cancellation(&mut self) -> Option<SignedDuration> {
        let cancels = self.number(0..100) < 4;
        let after = self.instant(SignedDuration::from_mins(1), SignedDuration::from_hours(1));
        cancels.then_some(after)
    }

    /// Of each channel's minutes, three of ten.
    pub(super) fn lost_minutes(&mut self, lasting: SignedDuration) -> Vec<Vec<bool>> {
        let minutes = lasting.as_secs() / 60 + 1;
        (0..CHANNELS).map(|_| (0..minutes).map(|_| self.number(0..10) < 3).collect()).collect()
    }
}

fn ms(lasting: SignedDuration) -> i64 {
    i64::try_from(lasting.as_millis()).unwrap_or(0)
}
