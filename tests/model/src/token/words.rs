//! The steps in words.

use super::{Mistake, Promise, Refresh, Stage, State, Step};
use crate::name;
use crate::search::Story;

impl Story for Refresh {
    const PROMISE: &'static str = "no refresh token is used twice";

    fn told(&self, before: &State, (at, step): Self::Action, after: &State) -> String {
        let who = name(at);
        match (step, before.stages[at], after.stages[at]) {
            (Step::Read, _, Stage::Read(token)) => format!("Function {who} reads the row: token {token}, about to end."),
            (Step::Lease, ..) if self.mistake == Some(Mistake::NoLease) => format!("Function {who} decides to renew it."),
            (Step::Lease, ..) => format!("Function {who} takes the lease."),
            (Step::RunOut, ..) => "The lease runs out.".to_owned(),
            (Step::Ask, _, Stage::Asked(token)) => format!("Function {who} asks for a new token with token {token}."),
            (Step::Answer, Stage::Asked(old), Stage::Answered(new)) if old < before.newest => {
                format!("The channel is asked with token {old}, which is used up ({new} was given out).")
            }
            (Step::Answer, Stage::Asked(old), Stage::Answered(new)) => {
                format!("The channel gives token {new}; {old} is used up.")
            }
            (Step::AnswerLost, Stage::Asked(old), _) => {
                format!("The channel gives a new token, {old} is used up, and the answer is lost.")
            }
            (Step::Save, ..) => format!("Function {who} saves it: token {} is in the row.", after.saved),
            (Step::Use, Stage::Answered(token), _) => {
                format!("Function {who} works with token {token}; the row holds {}.", after.saved)
            }
            (Step::Done, ..) => format!("Function {who} is done."),
            _ => format!("Function {who} dies."),
        }
    }

    fn begins(&self, start: &State) -> String {
        format!("At first token {} is in the row.", start.saved)
    }

    fn broken(&self, end: &State) -> String {
        match self.promise {
            Promise::Saved => format!("A token is in use that only one function knows; the row holds {}.", end.saved),
            Promise::Once | Promise::OnceUnlessLost => {
                "The channel takes that for theft, and a person must log in again.".to_owned()
            }
        }
    }
}
