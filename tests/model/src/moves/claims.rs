//! What holds of units that are moved one by one.

use super::{Mistake, Moves};
use crate::claim::{Chapter, Claim};
use crate::setting::Setting::{Absolute, Compared};

const WELL: Moves = Moves { units: 1, setting: Compared, mistake: None };

/// All claims.
pub fn all() -> Chapter {
    Chapter {
        title: "Shares by hand: a unit moves when one channel was lowered and the other is raised",
        promise: "No unit is promised twice.",
        claims: vec![
            Claim::holds("compared figures, each call carried out once", "3 units", Moves { units: 3, ..WELL }),
            Claim::broken(
                10,
                "a raise carried out a second time, later",
                "1 unit",
                Moves { mistake: Some(Mistake::DoubledCall), ..WELL },
            ),
            Claim::broken(
                7,
                "the other channel raised before the lowering is acknowledged",
                "1 unit",
                Moves { mistake: Some(Mistake::MovedTooSoon), ..WELL },
            ),
            Claim::broken(6, "absolute figures", "2 units", Moves { units: 2, setting: Absolute, ..WELL }),
        ],
    }
}
