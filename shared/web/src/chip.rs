//! A word with a colour and a sign, so that nobody needs to see colours.

use maud::{Markup, html};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// On its way, or waiting for somebody.
    Wait,
    /// Wrong.
    Bad,
    /// Neither: so on purpose.
    Plain,
}

/// A word.
pub(crate) fn chip(tone: Tone, word: &str) -> Markup {
    let (class, sign) = match tone {
        Tone::Good => ("good", "✓"),
        Tone::Wait => ("wait", "…"),
        Tone::Bad => ("bad", "!"),
        Tone::Plain => ("plain", "–"),
    };
    html! { span .chip .(class) { span aria-hidden="true" { (sign) " " } (word) } }
}
