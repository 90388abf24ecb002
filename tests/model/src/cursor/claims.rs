//! What holds of the polling cursor.

use super::{Cursor, Mistake};
use crate::claim::{Chapter, Claim};

const WELL: Cursor = Cursor { orders: 2, ticks: 3, visible_after: 1, lag: 1, overlap: 1, mistake: None };

/// All claims.
pub fn all() -> Chapter {
    Chapter {
        title: "The polling cursor, as `poll_orders` moves it",
        promise: "The cursor passes no order that is not on the queue.",
        claims: vec![
            Claim::holds("the list is behind by the lag at most", "2 orders, 3 ticks, 2 polls at once", WELL),
            Claim::holds(
                "the list is behind by lag and overlap: passed, but found by the next poll",
                "2 orders, 3 ticks, 2 polls at once",
                Cursor { visible_after: 2, ..WELL },
            ),
            Claim::broken(
                7,
                "behind by more than the lag, and no overlap",
                "2 orders",
                Cursor { visible_after: 2, overlap: 0, ..WELL },
            ),
            Claim::broken(6, "the cursor moves to now", "2 orders", Cursor { lag: 0, overlap: 0, ..WELL }),
            Claim::broken(
                6,
                "the cursor moves before the page is on the queue",
                "2 orders",
                Cursor { mistake: Some(Mistake::BeforePage), ..WELL },
            ),
            Claim::broken(
                7,
                "a page that failed is taken for the end",
                "2 orders",
                Cursor { mistake: Some(Mistake::FailureIsEnd), ..WELL },
            ),
            Claim::broken(
                16,
                "a list that is gone on with counts as begun now",
                "3 orders",
                Cursor { orders: 3, ticks: 2, mistake: Some(Mistake::BegunAnew), ..WELL },
            ),
        ],
    }
}
