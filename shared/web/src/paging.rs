//! The end of a list: where it goes on, or that it ends.

use crate::reader::{Reader, say};
use maud::{Markup, html};
use url::form_urlencoded;

/// An address with parameters; those that are empty are left out.
pub(crate) fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A part of a path.
pub(crate) fn escaped(part: &str) -> String {
    form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Links to the first page and to the next, and whether this one is the last.
pub(crate) fn ends(reader: &Reader, path: &str, parameters: &[(&str, &str)], next: Option<&str>, is_first: bool) -> Markup {
    html! {
        p .ends {
            @if !is_first { a href=(address(path, parameters)) { (say!(reader, "list-first")) } " " }
            @match next {
                Some(next) => a rel="next" href=(address(path, &[parameters, &[("cursor", next)]].concat())) { (say!(reader, "list-next")) },
                None => span .soft { (say!(reader, "list-ends")) },
            }
        }
    }
}
