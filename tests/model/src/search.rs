//! Searches a model to its end, and tells the shortest way to break its promise.

use stateright::{Checker, Model};
use std::hash::Hash;

/// A model whose steps can be told to a person.
pub trait Story: Model {
    /// The property that must hold in every state.
    const PROMISE: &'static str;

    /// One step in words.
    fn told(&self, before: &Self::State, step: Self::Action, after: &Self::State) -> String;
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Different states.
    pub states: usize,
    /// Steps of the longest of all shortest ways to a state.
    pub depth: usize,
    /// The shortest way to break the promise.
    pub broken: Option<Vec<String>>,
}

/// Searches breadth-first on one thread, so that the way found is a shortest one.
pub fn search<M>(model: M) -> Found
where
    M: Story + Send + Sync + 'static,
    M::State: Clone + Hash + PartialEq + Send + Sync + std::fmt::Debug + 'static,
    M::Action: Clone + Copy + PartialEq + std::fmt::Debug,
{
    let checker = model.checker().spawn_bfs().join();
    let broken = checker.discovery(M::PROMISE).map(|path| {
        let steps = path.into_vec();
        let states = steps.iter().skip(1).map(|(state, _)| state);
        steps.iter().zip(states).filter_map(|((before, step), after)| Some(checker.model().told(before, (*step)?, after))).collect()
    });
    if broken.is_none() {
        checker.assert_properties();
    }
    Found { states: checker.unique_state_count(), depth: checker.max_depth(), broken }
}
