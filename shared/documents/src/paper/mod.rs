//! Sheets of A4 with marks on them, and the PDF/A-3 they become. What is where is decided in whole numbers, so that the same document is the
//! same bytes on every machine.

mod flow;
mod marks;
mod measure;
mod write;

pub(crate) use flow::{Flow, LEFT, RIGHT, Style};
pub(crate) use marks::{Box4, Mark, Sheet};
pub(crate) use measure::{Mil, PAGE_HEIGHT, PAGE_WIDTH, mm, pt, ratio};
pub(crate) use write::{About, try_font, write};
