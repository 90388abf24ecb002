//! What goes with a parcel, and what a person needs to fill it.

mod pick_list;
mod slip;

pub use pick_list::{Pick, PickList, PickOrder, pick_list};
pub use slip::{PackingSlip, Sender, SlipLine, packing_slip};

#[cfg(test)]
pub(crate) use {pick_list::sheets as pick_list_sheets, slip::sheets as slip_sheets};

use crate::look::Colour;
use crate::paper::{Flow, LEFT, PAGE_HEIGHT, RIGHT, Style, mm};
use crate::words::fill;

/// What is kept free below.
const FOOT: crate::paper::Mil = mm(18);

/// The number of each page, once it is known how many there are.
fn number_pages(flow: &mut Flow<'_>, left: &str, page_of: &str) {
    let sheets = std::mem::take(&mut flow.sheets);
    let all = sheets.len().to_string();
    let left = flow.setter.cut(left, Style::SMALL.weight, Style::SMALL.size, mm(130));
    for (number, sheet) in sheets.into_iter().enumerate() {
        flow.sheets.push(sheet);
        let y = PAGE_HEIGHT - mm(14);
        flow.sheet().rule(LEFT, y, RIGHT - LEFT, Colour::LINE);
        flow.at(&left, LEFT, y + mm(1), Style::SMALL);
        flow.at_right(&fill(page_of, &[&(number + 1).to_string(), &all]), RIGHT, y + mm(1), Style::SMALL);
    }
}
