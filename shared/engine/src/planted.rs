//! Mistakes that others made, to be switched on by tests, so that a check proves it would have caught them.
//!
//! Without the feature `planted`, which nothing shipped turns on, every question here is answered with a constant no.

/// Names each mistake once: the variant, its name for people, and the failure report or the invariant it stands for. A mistake
/// that the models of `tests/model` kill as well names the model behind `model`.
macro_rules! mistakes {
    ($($(#[$what:meta])* $mistake:ident => $name:literal, $stands_for:literal $(, model $model:literal)?;)*) => {
        /// A mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mistake {
            $($(#[$what])* $mistake,)*
        }

        impl Mistake {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$mistake,)*];

            /// Its name for people.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$mistake => $name,)*
                }
            }

            /// The failure report it stands for (`F10`), or the invariant that it breaks.
            pub const fn stands_for(self) -> &'static str {
                match self {
                    $(Self::$mistake => $stands_for,)*
                }
            }

            /// The model that kills it as well, if one does.
            pub const fn model(self) -> Option<&'static str> {
                let models: &[&'static str] = match self {
                    $(Self::$mistake => &[$($model)?],)*
                };
                models.first().copied()
            }
        }
    };
}

mistakes! {
    /// The decrement has no condition: stock is checked by whoever read it last.
    DecrementWithoutCondition => "decrement without a condition", "F01";
    /// A change is named by the figure it leads to: 5, 4, 5 looks like nothing happened.
    ChangeNamedByQuantity => "change named by its quantity", "F10";
    /// The cursor moves before what it passes is durable.
    CursorBeforePage => "cursor moved before the page is durable", "F18";
    /// A figure is raised without having read the channel's orders since it fell.
    RaiseWithoutRead => "raise without reading orders first", "I5";
    /// What the channel shows is taken for the truth, our own push included.
    EchoTakenAsChange => "echo of our own push taken as a change", "F11";
    /// A refused or unanswered order counts as done.
    LostAnswerTakenAsDone => "lost answer taken as done", "F22";
    /// Hints are only sent by whoever made the commit, never by whoever finds it done.
    NoHintOnRedelivery => "no hint when the commit is found done", "F04";
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
