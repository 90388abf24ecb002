//! Mistakes that others made, to be switched on by tests, so that a check proves it would have caught them.
//!
//! Without the feature `planted`, which nothing shipped turns on, every question here is answered with a constant no.

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// The decrement has no condition: stock is checked by whoever read it last.
    DecrementWithoutCondition,
    /// A change is named by the figure it leads to: 5, 4, 5 looks like nothing happened.
    ChangeNamedByQuantity,
    /// The cursor moves before what it passes is durable.
    CursorBeforePage,
    /// A figure is raised without having read the channel's orders since it fell.
    RaiseWithoutRead,
    /// What the channel shows is taken for the truth, our own push included.
    EchoTakenAsChange,
    /// A refused or unanswered order counts as done.
    LostAnswerTakenAsDone,
    /// Hints are only sent by whoever made the commit, never by whoever finds it done.
    NoHintOnRedelivery,
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Mistake>> = const { std::cell::Cell::new(None) };
}

/// Makes this thread make the mistake.
#[cfg(feature = "planted")]
pub fn plant(mistake: Option<Mistake>) {
    PLANTED.with(|p| p.set(mistake));
}

/// Whether the mistake is to be made.
#[cfg(feature = "planted")]
pub(crate) fn planted(mistake: Mistake) -> bool {
    PLANTED.with(|p| p.get() == Some(mistake))
}

/// Whether the mistake is to be made: never.
#[cfg(not(feature = "planted"))]
pub(crate) const fn planted(_: Mistake) -> bool {
    false
}
