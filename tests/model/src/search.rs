//! Searches a model to its end, and tells the shortest way to break its promise.

use stateright::{Checker, Model};
use std::fmt::Debug;
use std::hash::Hash;

/// A model whose steps can be told to a person.
pub trait Story:
    Model<State: Clone + Debug + Hash + PartialEq + Send + Sync + 'static, Action: Copy + Debug + PartialEq>
    + Clone
    + Send
    + Sync
    + 'static
{
    /// The property that must hold in every state.
    const PROMISE: &'static str;

    /// One step in words.
    fn told(&self, before: &Self::State, step: Self::Action, after: &Self::State) -> String;

    /// How things are at first.
    fn begins(&self, start: &Self::State) -> String;

    /// What is wrong in a state where the promise is broken.
    fn broken(&self, end: &Self::State) -> String;
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Different states that were met; all there are, if the promise holds.
    pub states: usize,
    /// Steps to the state that is farthest from the beginning.
    pub depth: usize,
    /// The shortest way to break the promise.
    pub broken: Option<Broken>,
}

/// A shortest way to break a promise, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// How things are at first.
    pub start: String,
    /// Step by step.
    pub steps: Vec<String>,
    /// What is wrong then.
    pub end: String,
}

/// Searches breadth-first on one thread, so that the way found is a shortest one.
///
/// # Panics
/// If the promise holds, but something else that the model says of itself does not.
pub fn search<M: Story>(model: M) -> Found {
    let checker = model.checker().spawn_bfs().join();
    let model = checker.model();
    let broken = checker.discovery(M::PROMISE).map(|path| {
        let end = model.broken(path.last_state());
        let path = path.into_vec();
        let start = path.first().map_or_else(String::new, |(start, _)| model.begins(start));
        let steps = path.windows(2).filter_map(|pair| Some(model.told(&pair[0].0, pair[0].1?, &pair[1].0))).collect();
        Broken { start, steps, end }
    });
    if broken.is_none() {
        checker.assert_properties();
    }
    Found { states: checker.unique_state_count(), depth: checker.max_depth() - 1, broken }
}
