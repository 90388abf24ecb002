//! What holds of shares that are drained before they are granted.

use super::{Drain, Mistake};
use crate::claim::{Chapter, Claim};

/// All claims.
pub fn all() -> Chapter {
    let with = |mistake| Drain { units: 1, mistake: Some(mistake) };
    Chapter {
        title: "Set 0, settle, grant: shares on channels that take only absolute figures",
        promise: "No unit is promised twice.",
        claims: vec![
            Claim::holds("0 acknowledged, orders taken in, then granted", "3 units", Drain { units: 3, mistake: None }),
            Claim::broken(8, "granted before all orders are taken in", "1 unit", with(Mistake::NotSettled)),
            Claim::broken(6, "granted before the 0 is acknowledged", "1 unit", with(Mistake::NotAcknowledged)),
            Claim::broken(13, "a call that was given up arrives after a later 0", "1 unit", with(Mistake::LateCall)),
        ],
    }
}
