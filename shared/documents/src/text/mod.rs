//! Letters: which are drawn, how wide they are, where a line ends.

mod face;
mod font_file;
mod legible;
mod setter;
mod wrap;

pub(crate) use face::Letters;
pub use font_file::{FontFile, MOST_FONT_BYTES};
pub(crate) use setter::{Line, Setter, Weight};
