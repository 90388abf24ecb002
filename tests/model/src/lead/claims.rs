//! What holds of a shop that leads.

use super::{Lead, Mistake};
use crate::claim::{Chapter, Claim};
use crate::setting::Setting::{Absolute, Compared};

const WELL: Lead = Lead { units: 1, setting: Compared, most: [2, 1, 1, 1], mistake: None };

const fn wrong(mistake: Mistake) -> Lead {
    Lead { mistake: Some(mistake), ..WELL }
}

/// All claims.
pub fn all() -> Chapter {
    Chapter {
        title: "A shop that leads: what its staff change there is a correction of stock",
        promise: "Nothing is taken for an edit that is none: not a sale, not a cancelled order, not our own write.",
        claims: vec![
            Claim::holds(
                "compared figures",
                "1 unit, 2 sales, a cancellation, 2 edits, 2 writes",
                Lead { most: [2, 1, 2, 2], ..WELL },
            ),
            Claim::holds(
                "absolute figures",
                "1 unit, 2 sales, 2 cancellations, 2 edits, 2 writes",
                Lead { setting: Absolute, most: [2, 2, 2, 2], ..WELL },
            ),
            Claim::broken(5, "what differs taken at the first look", "1 unit", wrong(Mistake::TakenAtOnce)),
            Claim::broken(6, "taken with orders that came after the look", "1 unit", wrong(Mistake::MovedMeanwhile)),
            Claim::broken(
                10,
                "absolute writes taken for exact ones",
                "1 unit",
                Lead { setting: Absolute, ..wrong(Mistake::AbsoluteTakenForExact) },
            ),
            Claim::broken(8, "what is given back expected to be on sale", "1 unit", wrong(Mistake::GivenBackExpected)),
            Claim::broken(8, "what was known kept when an answer is lost", "1 unit", wrong(Mistake::LostWriteForgotten)),
            Claim::broken(8, "a write carried out after a minute", "1 unit", wrong(Mistake::LateWrite)),
            Claim::broken(8, "our own write forgotten: the echo", "1 unit", wrong(Mistake::Echo)),
        ],
    }
}
