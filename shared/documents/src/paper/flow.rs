//! Writing down a page, and on to the next when it is full.

use super::marks::Sheet;
use super::measure::{Mil, PAGE_HEIGHT, PAGE_WIDTH, mm, pt};
use crate::look::Colour;
use crate::text::{Setter, Weight};

/// Left edge of what is written.
pub(crate) const LEFT: Mil = mm(20);
/// Right edge.
pub(crate) const RIGHT: Mil = PAGE_WIDTH - mm(20);
/// Where writing starts on the pages after the first.
const TOP: Mil = mm(16);
/// Height of a line as a part of the size of its letters, in percent.
const LEADING: i32 = 140;

/// How letters look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    pub(crate) size: Mil,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const BODY: Self = Self { weight: Weight::Regular, size: pt(9), colour: Colour::BLACK };
    pub(crate) const STRONG: Self = Self { weight: Weight::Bold, ..Self::BODY };
    pub(crate) const SMALL: Self = Self { size: 7_800, colour: Colour::GREY, ..Self::BODY };
    /// Above a block, in few letters.
    pub(crate) const LABEL: Self = Self { weight: Weight::Bold, size: 7_500, colour: Colour::GREY };

    pub(crate) const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) const fn of_size(self, size: Mil) -> Self {
        Self { size, ..self }
    }

    /// From one line to the next.
    pub(crate) const fn line_height(self) -> Mil {
        self.size * LEADING / 100
    }

    /// From the upper edge of a line to where its letters stand.
    pub(crate) const fn ascent(self) -> Mil {
        self.size * 105 / 100
    }
}

/// Sheets that are being written.
pub(crate) struct Flow<'a> {
    pub(crate) setter: &'a Setter<'a>,
    pub(crate) sheets: Vec<Sheet>,
    /// The upper edge of what is written next.
    pub(crate) y: Mil,
    /// Where the foot of the page begins.
    bottom: Mil,
    /// What stands at the top of the pages after the first: on the left, on the right.
    heading: (String, String),
}

impl<'a> Flow<'a> {
    /// `foot` is the height that is kept free for the foot of each page.
    pub(crate) fn new(setter: &'a Setter<'a>, foot: Mil, heading: (String, String)) -> Self {
        Self { setter, sheets: vec![Sheet::default()], y: TOP, bottom: PAGE_HEIGHT - foot, heading }
    }

    /// The page that is being written.
    pub(crate) fn sheet(&mut self) -> &mut Sheet {
        if self.sheets.is_empty() {
            self.sheets.push(Sheet::default());
        }
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }

    /// How much is left of the page.
    pub(crate) fn room(&self) -> Mil {
        self.bottom - self.y
    }

    /// Goes on at the top of a new page.
    pub(crate) fn turn(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = TOP;
        let (left, right) = self.heading.clone();
        let left = self.setter.cut(&left, Style::SMALL.weight, Style::SMALL.size, mm(105));
        let right = self.setter.cut(&right, Style::SMALL.weight, Style::SMALL.size, mm(60));
        self.at(&left, LEFT, self.y, Style::SMALL);
        self.at_right(&right, RIGHT, self.y, Style::SMALL);
        self.y += Style::SMALL.line_height() + mm(1);
        let y = self.y;
        self.sheet().rule(LEFT, y, RIGHT - LEFT, Colour::LINE);
        self.y += mm(5);
    }

    /// Turns the page unless so much of it is left.
    pub(crate) fn need(&mut self, height: Mil) {
        if self.room() < height {
            self.turn();
        }
    }

    /// A line of text with its upper edge at `y`; the place where writing goes on does not move.
    pub(crate) fn at(&mut self, text: &str, x: Mil, y: Mil, style: Style) {
        let line = self.setter.line(text, style.weight, style.size);
        self.sheet().left(line, x, y + style.ascent(), style.size, style.colour);
    }

    /// The same, ending at `x`.
    pub(crate) fn at_right(&mut self, text: &str, x: Mil, y: Mil, style: Style) {
        let line = self.setter.line(text, style.weight, style.size);
        self.sheet().right(line, x, y + style.ascent(), style.size, style.colour);
    }

    /// Lines of text below each other at a place of their own; tells how high they are.
    pub(crate) fn block(&mut self, text: &str, x: Mil, y: Mil, width: Mil, style: Style) -> Mil {
        let lines = self.setter.wrap(text, style.weight, style.size, width);
        let mut at = y;
        for line in &lines {
            self.at(line, x, at, style);
            at += style.line_height();
        }
        at - y
    }

    /// A text over the whole width, broken over pages where it must be.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style) {
        for line in self.setter.wrap(text, style.weight, style.size, RIGHT - LEFT) {
            self.need(style.line_height());
            self.at(&line, LEFT, self.y, style);
            self.y += style.line_height();
        }
    }

    /// A line that ends at `x`, starting no further left than `from`: in smaller letters where it must be.
    pub(crate) fn fit_right(&mut self, text: &str, from: Mil, x: Mil, y: Mil, style: Style) {
        let mut size = style.size;
        while self.setter.width(text, style.weight, size) > x - from && size > pt(4) {
            size -= 250;
        }
        let line = self.setter.line(text, style.weight, size);
        self.sheet().right(line, x, y + style.ascent(), size, style.colour);
    }

    /// A label, and beside it its value in one or more lines: on one line with it. Tells how high they are.
    pub(crate) fn fact(&mut self, label: &str, value: &str, x: Mil, value_x: Mil, y: Mil) -> Mil {
        let label = self.setter.cut(label, Style::SMALL.weight, Style::SMALL.size, value_x - x - pt(3));
        self.at(&label, x, y + Style::BODY.ascent() - Style::SMALL.ascent(), Style::SMALL);
        self.block(value, value_x, y, RIGHT - value_x, Style::BODY).max(Style::BODY.line_height())
    }
}
