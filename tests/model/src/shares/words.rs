//! The steps in the words of a merchant.

use super::{Shares, State, Step};
use crate::search::Story;

impl Story for Shares {
    const PROMISE: &'static str = "no unit is promised twice";

    fn told(&self, _: &State, (at, step): Self::Action, _: &State) -> String {
        format!("{at} {step:?}")
    }
}
