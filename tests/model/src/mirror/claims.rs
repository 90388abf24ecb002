//! What holds of publication without shares, and what does not.

use super::{Fence, Mirror, Promise};
use crate::claim::{Chapter, Claim};
use crate::setting::Setting::{Absolute, Compared};

const TWO: Mirror = Mirror {
    units: 2,
    channels: 2,
    buffer: 0,
    shows_short: false,
    receipts: 0,
    over_the_counter: 0,
    cancels: 0,
    setting: Compared,
    fence: Fence::Settled,
    promise: Promise::NotInTheFigure,
};

const ONE: Mirror = Mirror { channels: 1, promise: Promise::Nothing, ..TWO };

/// Two channels that both show all there is.
pub fn two_channels() -> Chapter {
    let every = Mirror { promise: Promise::EveryChannel, ..TWO };
    Chapter {
        title: "Mirror: every channel shows all there is",
        promise: "Nothing is oversold; or, where that cannot hold, no more than the claim says.",
        claims: vec![
            Claim::broken(2, "nothing is oversold", "1 unit", Mirror { units: 1, promise: Promise::Nothing, ..TWO }),
            Claim::holds("oversold at most what was sold and not in the figure of a channel that sold", "2 units", TWO),
            Claim::holds("oversold at most that, absolute figures", "2 units", Mirror { setting: Absolute, ..TWO }),
            Claim::holds(
                "oversold at most that, and goods come in",
                "1 unit, 1 received",
                Mirror { units: 1, receipts: 1, ..TWO },
            ),
            Claim::holds(
                "oversold at most that, and an order is cancelled",
                "2 units, 1 cancellation",
                Mirror { units: 2, cancels: 1, ..TWO },
            ),
            Claim::holds(
                "oversold at most that, and an order is cancelled, absolute figures",
                "1 unit, 1 cancellation",
                Mirror { units: 1, cancels: 1, setting: Absolute, ..TWO },
            ),
            Claim::broken(
                15,
                "oversold at most that, though units that short orders wait for are shown again",
                "1 unit, 1 received",
                Mirror { units: 1, receipts: 1, shows_short: true, ..TWO },
            ),
            Claim::holds("oversold at most that less the buffer, buffer of 1", "3 units", Mirror { units: 3, buffer: 1, ..TWO }),
            Claim::holds("oversold at most what all channels but one showed at first", "2 units", every.clone()),
            Claim::holds("oversold at most that, buffer of 1", "3 units", Mirror { units: 3, buffer: 1, ..every.clone() }),
            Claim::broken(
                10,
                "oversold at most what all channels but one showed at first, absolute figures",
                "2 units",
                Mirror { setting: Absolute, ..every },
            ),
        ],
    }
}

/// One channel: how a figure is raised while customers buy.
pub fn one_channel() -> Chapter {
    Chapter {
        title: "One channel: raising a figure while customers buy",
        promise: "No more is sold than there ever was.",
        claims: vec![
            Claim::broken(
                6,
                "absolute figures, raised without asking for orders first",
                "1 unit",
                Mirror { units: 1, setting: Absolute, fence: Fence::None, ..ONE },
            ),
            Claim::broken(
                8,
                "absolute figures, raise fence: a lowering that becomes a raise while it is under way",
                "2 units, 1 sold over the counter",
                Mirror { over_the_counter: 1, setting: Absolute, ..ONE },
            ),
            Claim::broken(
                8,
                "absolute figures, raise fence: a sale between look and write",
                "1 unit, 1 received",
                Mirror { units: 1, receipts: 1, setting: Absolute, ..ONE },
            ),
            Claim::holds(
                "compared figures, raise fence",
                "3 units, 1 received, 1 sold over the counter",
                Mirror { units: 3, receipts: 1, over_the_counter: 1, ..ONE },
            ),
            Claim::holds(
                "compared figures, raise fence only where the channel shows less than it was told",
                "3 units, 1 received, 1 sold over the counter",
                Mirror { units: 3, receipts: 1, over_the_counter: 1, fence: Fence::OnlyWhereLower, ..ONE },
            ),
            Claim::broken(
                6,
                "compared figures, raise fence, the look dated when the channel was asked",
                "1 unit",
                Mirror { units: 1, fence: Fence::DatedWhenAsked, ..ONE },
            ),
            Claim::broken(
                11,
                "compared figures, raise fence, an order is cancelled and its channel puts the unit on sale again",
                "2 units, 1 cancellation",
                Mirror { cancels: 1, ..ONE },
            ),
        ],
    }
}
