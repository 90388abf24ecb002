//! That something was done just now.

use crate::reader::{Reader, say};
use maud::{Markup, html};

/// What was done, once.
pub(crate) fn told(reader: &Reader) -> Markup {
    let Some(done) = reader.done.as_deref() else { return html! {} };
    let words = match done {
        "ship" => say!(reader, "done-ship"),
        "cancel" => say!(reader, "done-cancel"),
        "return" => say!(reader, "done-return"),
        "receive" => say!(reader, "done-receive"),
        "inspect" => say!(reader, "done-inspect"),
        "cover" => say!(reader, "done-cover"),
        "tell" | "correct" => say!(reader, "done-tell"),
        "send-again" => say!(reader, "done-send-again"),
        "retry" => say!(reader, "done-retry"),
        "dismiss" => say!(reader, "done-dismiss"),
        "erase" => say!(reader, "done-erase"),
        "check" => say!(reader, "done-check"),
        "publish" => say!(reader, "done-publish"),
        _ => say!(reader, "done-other"),
    };
    html! { p #done .done role="status" { (words) } }
}
