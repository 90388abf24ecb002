//! Exhaustive models of the protocols: every order in which things can happen, for a few units and two channels, with calls that are
//! lost, late or doubled, and functions that die between any two steps.
//!
//! What holds is searched to its end. What must fail stays in: each such claim names one mistake, or one assumption about a channel, and
//! the shortest way in which it oversells, so that a model that has become too weak to see it is noticed. `docs/proofs.md` tells
//! the same to people.

pub mod claim;
pub mod cursor;
pub mod drain;
pub mod lead;
pub mod mirror;
pub mod moves;
pub mod page;
pub mod search;
pub mod setting;
pub mod shares;
pub mod token;

use claim::Chapter;

/// All claims.
pub fn chapters() -> Vec<Chapter> {
    vec![
        mirror::claims::two_channels(),
        mirror::claims::one_channel(),
        moves::claims::all(),
        drain::claims::all(),
        shares::claims::that_hold(),
        shares::claims::mistakes(),
        shares::claims::assumptions(),
        lead::claims::all(),
        lead::claims::loss(),
        cursor::claims::all(),
        token::claims::all(),
    ]
}

/// The name of a channel, or of a function, in a story.
pub(crate) fn name(at: usize) -> &'static str {
    if at == 0 { "A" } else { "B" }
}
