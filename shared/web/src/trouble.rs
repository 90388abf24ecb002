//! A page in place of one that cannot be shown.

use crate::problem::Problem;
use crate::reader::{Reader, say};
use crate::{Page, Place};
use maud::html;

/// Says why a page cannot be shown, and where to go on.
pub fn trouble(reader: &Reader, place: Place, problem: &Problem) -> Page {
    let body = html! {
        p .problem role="alert" { (problem.told(reader, "")) }
        p { a href=(place.address()) { (say!(reader, "go-on")) } }
    };
    Page { title: say!(reader, "trouble"), place, every_s: 0, body }
}
