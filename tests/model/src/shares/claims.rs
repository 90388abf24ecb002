//! What holds of the shares, with what each single mistake costs.

use super::{Mistake, Shares};
use crate::claim::{Chapter, Claim};
use crate::setting::Setting::{self, Absolute, Compared};

const ONE: Shares = Shares { units: 1, settings: [Absolute, Absolute], cancels: 1, receipts: 0, short: 0, mistake: None };
const TWO: Shares = Shares { units: 2, cancels: 0, ..ONE };
const SHORT: Shares = Shares { units: 0, receipts: 1, short: 1, ..ONE };
const PROMISE: &str = "No unit is promised twice.";

const KINDS: [(&str, [Setting; 2]); 3] = [
    ("two channels that take absolute figures", [Absolute, Absolute]),
    ("two channels that compare and set", [Compared, Compared]),
    ("one of each", [Absolute, Compared]),
];

/// The protocol as it should be.
pub fn that_hold() -> Chapter {
    let mut claims = Vec::new();
    for (says, settings) in KINDS {
        claims.push(Claim::holds(says, "1 unit, 1 cancellation", Shares { settings, ..ONE }));
        claims.push(Claim::holds(says, "2 units", Shares { settings, ..TWO }));
        claims.push(Claim::holds(says, "1 short order, 1 unit received, 1 cancellation", Shares { settings, ..SHORT }));
    }
    Chapter { title: "Quota mode: bounds and headroom, as `publish_stock` does it", promise: PROMISE, claims }
}

/// Mistakes of ours.
pub fn mistakes() -> Chapter {
    let one = |mistake| Shares { mistake: Some(mistake), ..ONE };
    let two = |mistake| Shares { mistake: Some(mistake), ..TWO };
    let short = |mistake| Shares { mistake: Some(mistake), ..SHORT };
    let claims = vec![
        Claim::broken(
            9,
            "what a channel shows becomes its bound before its orders are taken in",
            "2 units",
            two(Mistake::NotSettled),
        ),
        Claim::broken(
            10,
            "an order counts as placed when it changed last",
            "1 unit, 1 cancellation",
            one(Mistake::SettledByLastChange),
        ),
        Claim::broken(
            9,
            "the look is dated when the channel was asked, not when it had answered",
            "2 units",
            two(Mistake::LookDatedWhenAsked),
        ),
        Claim::broken(
            10,
            "sales are taken off the bound from the look on, not from when its orders were in",
            "2 units",
            two(Mistake::SalesCountedFromLook),
        ),
        Claim::broken(
            11,
            "what was given back is counted from after the look, not from before it",
            "1 unit, 1 cancellation",
            one(Mistake::BackReadAfterLook),
        ),
        Claim::broken(
            11,
            "a cancelled order gives its unit back, and its channel's bound stays",
            "1 unit, 1 cancellation",
            one(Mistake::BackNotCounted),
        ),
        Claim::broken(
            11,
            "a cancelled order raises no bound, only where it is cancelled when it is first seen",
            "1 unit, 1 cancellation",
            one(Mistake::BackNotCountedUnseen),
        ),
        Claim::broken(
            10,
            "a cancelled order raises no bound, only where it was short",
            "1 short order, 1 unit received, 1 cancellation",
            short(Mistake::BackNotCountedShort),
        ),
        Claim::broken(
            7,
            "what is short is not taken off the headroom",
            "1 short order, 1 unit received, 1 cancellation",
            short(Mistake::ShortIgnored),
        ),
        Claim::broken(
            8,
            "an absolute write counts as the difference to what was seen",
            "2 units",
            two(Mistake::AbsoluteAsDifference),
        ),
        Claim::broken(
            8,
            "a channel of which nothing is known is lowered to another figure than 0",
            "2 units",
            two(Mistake::UnknownLowered),
        ),
        Claim::broken(
            12,
            "the headroom is read outside the conditional write",
            "1 unit, 1 cancellation",
            one(Mistake::CheckedOutside),
        ),
        Claim::broken(
            13,
            "what was shown before a write becomes the bound after it",
            "1 unit, 1 cancellation",
            one(Mistake::ShownKept),
        ),
        Claim::broken(
            14,
            "what is shown while an earlier call may still arrive is believed",
            "1 unit, 1 cancellation",
            one(Mistake::BelievedTooSoon),
        ),
    ];
    Chapter { title: "Quota mode: what each single mistake costs", promise: PROMISE, claims }
}

/// What a channel must not do.
pub fn assumptions() -> Chapter {
    let compared = Shares { settings: [Compared, Compared], ..ONE };
    let claims = vec![
        Claim::broken(
            8,
            "a channel carries a call out twice (absolute)",
            "1 unit, 1 cancellation",
            Shares { mistake: Some(Mistake::DoubledCall), ..ONE },
        ),
        Claim::broken(
            8,
            "a channel carries a call out twice (compared)",
            "1 unit, 1 cancellation",
            Shares { mistake: Some(Mistake::DoubledCall), ..compared },
        ),
        Claim::broken(
            14,
            "a channel answers a look from a copy that does not have the last write yet",
            "1 unit, 1 cancellation",
            Shares { mistake: Some(Mistake::StaleLook), ..ONE },
        ),
        Claim::broken(
            12,
            "a channel puts a cancelled unit on sale later than it tells of the cancellation",
            "1 unit, 1 cancellation",
            Shares { mistake: Some(Mistake::LateRestock), ..ONE },
        ),
    ];
    Chapter { title: "Quota mode: what a channel must not do", promise: PROMISE, claims }
}
