//! What holds of a shop that leads.

use super::{Lead, Mistake};
use crate::claim::{Chapter, Claim};
use crate::setting::Setting::{Absolute, Compared};

const WELL: Lead = Lead { units: 1, setting: Compared, most: [2, 1, 1, 1, 0], bounds_loss: false, mistake: None };
/// No orders, which would blur what is lost and what is not.
const LOSS: Lead = Lead { most: [0, 0, 2, 2, 0], bounds_loss: true, ..WELL };

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
                Lead { most: [2, 1, 2, 2, 0], ..WELL },
            ),
            Claim::holds(
                "absolute figures",
                "1 unit, 2 sales, 2 cancellations, 2 edits, 2 writes",
                Lead { setting: Absolute, most: [2, 2, 2, 2, 0], ..WELL },
            ),
            Claim::holds(
                "compared figures, and its staff un-tick that it counts the item",
                "1 unit, a sale, a cancellation, an edit, a write, un-ticked once",
                Lead { most: [1, 1, 1, 1, 1], ..WELL },
            ),
            Claim::holds(
                "absolute figures, and its staff un-tick that it counts the item",
                "1 unit, a sale, a cancellation, an edit, a write, un-ticked once",
                Lead { setting: Absolute, most: [1, 1, 1, 1, 1], ..WELL },
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
            Claim::broken(
                5,
                "\"not counted\" taken for a figure",
                "1 unit",
                Lead { most: [0, 0, 0, 0, 1], ..wrong(Mistake::NotCountedTakenForFigure) },
            ),
        ],
    }
}

/// What can be lost.
pub fn loss() -> Chapter {
    Chapter {
        title: "What a shop that leads can lose of its staff's edits",
        promise: "Once all is known and no order blurs it, no edit is missing but those made before it was known how the shop stood or while a \
                  write that is not compared was on its way, and those not yet taken when a write got no answer.",
        claims: vec![
            Claim::holds("compared figures", "1 unit, 2 edits, 2 writes", LOSS),
            Claim::holds(
                "compared figures, and sales",
                "1 unit, a sale, 2 edits, a write",
                Lead { most: [1, 0, 2, 1, 0], ..LOSS },
            ),
            Claim::holds(
                "absolute figures, looked at once more before the write",
                "1 unit, 2 edits, 2 writes",
                Lead { setting: Absolute, ..LOSS },
            ),
            Claim::holds(
                "absolute figures, and its staff un-tick that it counts the item",
                "1 unit, an edit, a write, un-ticked",
                Lead { setting: Absolute, most: [0, 0, 1, 1, 1], ..LOSS },
            ),
            Claim::broken(
                9,
                "absolute figures, written as they were decided on",
                "1 unit",
                Lead { setting: Absolute, mistake: Some(Mistake::WrittenAsDecided), ..LOSS },
            ),
            Claim::broken(
                9,
                "absolute figures: that an edit made while a write is on its way is not lost",
                "1 unit",
                Lead { setting: Absolute, mistake: Some(Mistake::FlightIsSafe), most: [0, 0, 1, 1, 0], ..LOSS },
            ),
        ],
    }
}
