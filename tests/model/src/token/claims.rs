//! What holds of the token refresher.

use super::{Mistake, Promise, Refresh};
use crate::claim::{Chapter, Claim};

const WELL: Refresh = Refresh { tokens: 4, deaths: false, promise: Promise::Once, mistake: None };

/// All claims.
pub fn all() -> Chapter {
    Chapter {
        title: "The token refresher, where every refresh kills the token before",
        promise: "No refresh token is used twice; and whatever token is worked with is saved.",
        claims: vec![
            Claim::holds("used once: nobody dies while it renews, no answer is lost", "2 functions, 3 renewals", WELL),
            Claim::holds(
                "used once unless an answer was lost, or somebody died with it",
                "2 functions, 3 renewals",
                Refresh { deaths: true, promise: Promise::OnceUnlessLost, ..WELL },
            ),
            Claim::holds(
                "what is worked with is saved, whoever dies",
                "2 functions, 3 renewals",
                Refresh { deaths: true, promise: Promise::Saved, ..WELL },
            ),
            Claim::broken(
                8,
                "used once, though an answer is lost: this needs a person",
                "2 functions",
                Refresh { deaths: true, mistake: Some(Mistake::AnswerLost), ..WELL },
            ),
            Claim::broken(8, "used once, without the lease", "2 functions", Refresh { mistake: Some(Mistake::NoLease), ..WELL }),
            Claim::broken(
                9,
                "used once, with a lease that runs out while its holder still renews",
                "2 functions",
                Refresh { mistake: Some(Mistake::ShortLease), ..WELL },
            ),
            Claim::broken(
                5,
                "what is worked with is saved, though it is used first",
                "2 functions",
                Refresh { promise: Promise::Saved, mistake: Some(Mistake::UsedBeforeSaved), ..WELL },
            ),
        ],
    }
}
