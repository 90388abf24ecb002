//! What we say of a protocol, and what the search says to that.

use crate::search::{Found, Story, search};
use std::sync::OnceLock;

/// What a search must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The promise holds in every state there is.
    Holds,
    /// It can be broken, and the shortest way has so many steps.
    BrokenIn(usize),
}

/// One sentence about one configuration of a model.
pub struct Claim {
    /// The configuration, for people.
    pub says: &'static str,
    /// How much of it is searched.
    pub within: &'static str,
    /// What must be found.
    pub expected: Expected,
    search: Box<dyn Fn() -> Found + Send + Sync>,
    found: OnceLock<Found>,
}

impl Claim {
    /// That the model's promise holds.
    pub fn holds<M: Story>(says: &'static str, within: &'static str, model: M) -> Self {
        Self::of(says, within, Expected::Holds, model)
    }

    /// That it can be broken in so many steps, and not in fewer.
    pub fn broken<M: Story>(steps: usize, says: &'static str, within: &'static str, model: M) -> Self {
        Self::of(says, within, Expected::BrokenIn(steps), model)
    }

    fn of<M: Story>(says: &'static str, within: &'static str, expected: Expected, model: M) -> Self {
        Self { says, within, expected, search: Box::new(move || search(model.clone())), found: OnceLock::new() }
    }

    /// What the search finds; it is made once.
    pub fn found(&self) -> &Found {
        self.found.get_or_init(|| (self.search)())
    }

    /// Whether that is what was expected.
    pub fn is_right(&self) -> bool {
        let found = self.found().broken.as_ref().map(|broken| broken.steps.len());
        match self.expected {
            Expected::Holds => found.is_none(),
            Expected::BrokenIn(steps) => found == Some(steps),
        }
    }
}

/// Claims about one protocol.
pub struct Chapter {
    /// Which protocol.
    pub title: &'static str,
    /// What is promised.
    pub promise: &'static str,
    /// The claims.
    pub claims: Vec<Claim>,
}
