//! What cannot be read: named, beside all that can.

use crate::reader::{Reader, say};
use engine::views::Unreadable;
use maud::{Markup, html};

/// Rows that cannot be read.
pub(crate) fn unreadable(reader: &Reader, rows: &[Unreadable]) -> Markup {
    html! {
        @for row in rows {
            div .problem {
                p { (say!(reader, "unreadable", key = &row.key)) }
                (technical(reader, [&row.error]))
            }
        }
    }
}

/// What a program said, in its own words: folded away, and marked as English.
pub(crate) fn technical<'a>(reader: &Reader, words: impl IntoIterator<Item = &'a String>) -> Markup {
    let words: Vec<&String> = words.into_iter().filter(|words| !words.is_empty()).collect();
    html! {
        @if !words.is_empty() {
            details .technical {
                summary { (say!(reader, "technical")) }
                @for words in words { p lang="en" { (words) } }
            }
        }
    }
}
