//! How far the index is that a list was read from: nothing is said where it is known to be up to date.

use crate::reader::{Reader, say};
use engine::views::IndexStatus;
use maud::{Markup, html};

/// What a list lacks, if it may lack anything.
pub(crate) fn index_status(reader: &Reader, index: &IndexStatus) -> Markup {
    let behind = index.up_to.filter(|_| index.behind);
    html! {
        @match (index.complete, &index.rebuild) {
            (false, Some(rebuild)) => p .problem role="status" { (say!(reader, "index-building", n = rebuild.orders)) },
            (false, None) => p .problem role="status" { (say!(reader, "index-missing")) },
            (true, Some(rebuild)) => p .soft { (say!(reader, "index-rebuilding", n = rebuild.orders)) },
            (true, None) => {},
        }
        @if let (true, Some(at)) = (index.complete, behind) { p .problem role="status" { (say!(reader, "index-behind", at = reader.clock(at))) } }
    }
}

/// Whether a list from it that is empty means that there are none.
pub(crate) fn is_sure(index: &IndexStatus) -> bool {
    index.complete && !index.behind
}
