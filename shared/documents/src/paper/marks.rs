//! What stands on a sheet.

use super::measure::{Mil, PAGE_HEIGHT, PAGE_WIDTH};
use crate::look::Colour;
use crate::text::{Letters, Line};

/// A place on a sheet, measured from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Box4 {
    pub(crate) x: Mil,
    pub(crate) y: Mil,
    pub(crate) width: Mil,
    pub(crate) height: Mil,
}

/// A mark on a sheet.
#[derive(Clone)]
pub(crate) enum Mark {
    Letters {
        letters: Letters,
        x: Mil,
        baseline: Mil,
        size: Mil,
        colour: Colour,
    },
    Fill {
        place: Box4,
        colour: Colour,
    },
    /// A filled box with round corners.
    Pill {
        place: Box4,
        radius: Mil,
        colour: Colour,
    },
    Logo {
        place: Box4,
    },
}

/// One page.
#[derive(Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) marks: Vec<Mark>,
}

impl Sheet {
    /// Text that starts at `x`.
    pub(crate) fn left(&mut self, line: Line, x: Mil, baseline: Mil, size: Mil, colour: Colour) {
        let mut at = x;
        for letters in line.parts {
            let width = letters.width;
            self.marks.push(Mark::Letters { letters, x: at, baseline, size, colour });
            at += width;
        }
    }

    /// Text that ends at `x`.
    pub(crate) fn right(&mut self, line: Line, x: Mil, baseline: Mil, size: Mil, colour: Colour) {
        let start = x - line.width();
        self.left(line, start, baseline, size, colour);
    }

    pub(crate) fn fill(&mut self, place: Box4, colour: Colour) {
        self.marks.push(Mark::Fill { place, colour });
    }

    pub(crate) fn pill(&mut self, place: Box4, radius: Mil, colour: Colour) {
        self.marks.push(Mark::Pill { place, radius, colour });
    }

    /// A thin line from `x`, with its upper edge at `y`.
    pub(crate) fn rule(&mut self, x: Mil, y: Mil, width: Mil, colour: Colour) {
        self.fill(Box4 { x, y, width, height: 500 }, colour);
    }

    /// An empty square to be ticked by hand.
    pub(crate) fn tick_box(&mut self, x: Mil, y: Mil, side: Mil, colour: Colour) {
        let stroke = 700;
        for place in [
            Box4 { x, y, width: side, height: stroke },
            Box4 { x, y: y + side - stroke, width: side, height: stroke },
            Box4 { x, y, width: stroke, height: side },
            Box4 { x: x + side - stroke, y, width: stroke, height: side },
        ] {
            self.fill(place, colour);
        }
    }

    /// The marks that reach over an edge of the paper: there should be none.
    #[cfg_attr(not(test), expect(dead_code, reason = "held by tests of every layout"))]
    pub(crate) fn outside(&self) -> Vec<String> {
        let beyond = |place: &Box4| {
            place.x < 0 || place.y < 0 || place.x + place.width > PAGE_WIDTH || place.y + place.height > PAGE_HEIGHT
        };
        let mut found = Vec::new();
        for mark in &self.marks {
            match mark {
                Mark::Letters { letters, x, baseline, size, .. } => {
                    let place = Box4 { x: *x, y: baseline - size, width: letters.width, height: size + size / 4 };
                    if beyond(&place) {
                        found.push(format!("{:?} at {place:?}", letters.text));
                    }
                }
                Mark::Fill { place, .. } | Mark::Pill { place, .. } | Mark::Logo { place } => {
                    if beyond(place) {
                        found.push(format!("{place:?}"));
                    }
                }
            }
        }
        found
    }
}
