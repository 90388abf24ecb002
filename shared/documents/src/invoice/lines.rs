//! The lines, over as many pages as they need, with the sum carried from each page to the next.

use super::Page;
use crate::look::Colour;
use crate::paper::{Box4, Flow, LEFT, Mil, RIGHT, Style, mm, pt};
use crate::words::{self, fill};
use domain::invoice::{Line, PriceBasis};
use rust_decimal::Decimal;

/// More lines of a name than this are cut on paper; the XML has it whole.
const MOST_LINES_OF_A_NAME: usize = 8;
const CARRIED: Mil = pt(18);

/// Right edges of the columns with figures.
struct Columns {
    quantity: Mil,
    unit_price: Mil,
    vat: Option<Mil>,
    net: Mil,
    gross: Option<Mil>,
}

impl Columns {
    fn of(page: &Page<'_>) -> Self {
        if page.shows_gross() {
            Self { quantity: mm(107), unit_price: mm(129), vat: Some(mm(143)), net: mm(167), gross: Some(RIGHT) }
        } else {
            let vat = page.shows_vat().then_some(mm(163));
            Self { quantity: mm(122), unit_price: mm(147), vat, net: RIGHT, gross: None }
        }
    }

    /// Where the column of net amounts begins.
    fn net_from(&self) -> Mil {
        self.vat.unwrap_or(self.unit_price) + mm(2)
    }

    /// How wide a name may be.
    fn name(&self) -> Mil {
        self.quantity - mm(16) - LEFT
    }
}

pub(super) fn lines(flow: &mut Flow<'_>, page: &Page<'_>) {
    if page.content.lines.is_empty() {
        return;
    }
    let columns = Columns::of(page);
    let mut sum = Sum::default();
    flow.need(mm(30));
    header(flow, page, &columns);
    for line in &page.content.lines {
        let row = Row::of(flow, page, line, columns.name());
        if flow.room() < row.height + CARRIED {
            carried(flow, page, &columns, &sum);
            flow.turn();
            header(flow, page, &columns);
            carried(flow, page, &columns, &sum);
        }
        row.write(flow, page, line, &columns);
        sum.add(line);
    }
    flow.y += mm(2);
}

/// What the lines so far come to.
#[derive(Default)]
struct Sum {
    net: Decimal,
    gross: Decimal,
}

impl Sum {
    fn add(&mut self, line: &Line) {
        self.net += line.net;
        self.gross += line.gross;
    }
}

fn header(flow: &mut Flow<'_>, page: &Page<'_>, columns: &Columns) {
    let (words, accent) = (page.words, page.look.accent);
    let height = pt(18);
    let y = flow.y;
    flow.sheet().fill(Box4 { x: LEFT - mm(2), y, width: RIGHT - LEFT + mm(4), height }, accent.tint(90));
    let style = Style::LABEL.in_colour(accent.on_paper());
    let at = y + (height - style.line_height()) / 2;
    flow.at(words.article, LEFT, at, style);
    flow.fit_right(words.quantity, columns.quantity - mm(15), columns.quantity, at, style);
    let (price, net) =
        if columns.vat.is_some() { (words.unit_price, words.net) } else { (words.plain_price, words.plain_amount) };
    flow.fit_right(price, columns.quantity + mm(2), columns.unit_price, at, style);
    if let Some(vat) = columns.vat {
        flow.fit_right(words.vat, columns.unit_price + mm(2), vat, at, style);
    }
    flow.fit_right(net, columns.net_from(), columns.net, at, style);
    if let Some(gross) = columns.gross {
        flow.fit_right(words.gross, columns.net + mm(2), gross, at, style);
    }
    flow.y += height + mm(2);
}

fn carried(flow: &mut Flow<'_>, page: &Page<'_>, columns: &Columns, sum: &Sum) {
    let style = Style::SMALL;
    let y = flow.y + (CARRIED - style.line_height()) / 2;
    flow.at(page.words.carried, LEFT, y, style);
    flow.at_right(&words::amount(sum.net, page.language), columns.net, y, style);
    if let Some(gross) = columns.gross {
        flow.at_right(&words::amount(sum.gross, page.language), gross, y, style);
    }
    flow.y += CARRIED;
}

/// A line, broken into what it takes on paper.
struct Row {
    name: Vec<String>,
    below: Vec<String>,
    height: Mil,
}

impl Row {
    fn of(flow: &Flow<'_>, page: &Page<'_>, line: &Line, width: Mil) -> Self {
        let mut name = flow.setter.wrap(line.text.trim(), Style::BODY.weight, Style::BODY.size, width);
        if name.len() > MOST_LINES_OF_A_NAME {
            name.truncate(MOST_LINES_OF_A_NAME);
            if let Some(last) = name.last_mut() {
                *last = flow.setter.cut(&format!("{last} …"), Style::BODY.weight, Style::BODY.size, width);
            }
        }
        let mut below = Vec::new();
        if let Some(sku) = line.sku.as_ref().filter(|_| page.look.shows.sku) {
            below.push(format!("{} {}", page.words.sku, sku.as_str()));
        }
        if line.discount > Decimal::ZERO {
            let label = match page.content.prices {
                _ if !page.shows_vat() => page.words.plain_discount,
                PriceBasis::Gross => page.words.discount_with_vat,
                PriceBasis::Net => page.words.discount_without_vat,
            };
            below.push(fill(label, &[&page.money(line.discount), &page.money(line.listed)]));
        }
        let below: Vec<String> =
            below.iter().flat_map(|text| flow.setter.wrap(text, Style::SMALL.weight, Style::SMALL.size, width)).collect();
        let lines = |count: usize, style: Style| Mil::try_from(count).unwrap_or(Mil::MAX).saturating_mul(style.line_height());
        let height = lines(name.len().max(1), Style::BODY) + lines(below.len(), Style::SMALL) + pt(6);
        Self { name, below, height }
    }

    fn write(&self, flow: &mut Flow<'_>, page: &Page<'_>, line: &Line, columns: &Columns) {
        let (y, language) = (flow.y, page.language);
        let style = Style::BODY;
        let mut at = y;
        for text in &self.name {
            flow.at(text, LEFT, at, style);
            at += style.line_height();
        }
        for text in &self.below {
            flow.at(text, LEFT, at, Style::SMALL);
            at += Style::SMALL.line_height();
        }
        if !line.quantity.is_zero() {
            flow.at_right(&words::units(line.quantity, language), columns.quantity, y, style);
            let price = words::plain(line.unit_net, language);
            flow.fit_right(&price, columns.quantity + mm(2), columns.unit_price, y, style);
        }
        if let Some(vat) = columns.vat {
            flow.at_right(&words::percent(line.taxed.rate, language), vat, y, style);
        }
        flow.fit_right(&words::amount(line.net, language), columns.net_from(), columns.net, y, style);
        if let Some(gross) = columns.gross {
            flow.fit_right(&words::amount(line.gross, language), columns.net + mm(2), gross, y, style);
        }
        flow.y += self.height;
        let end = flow.y - pt(3);
        flow.sheet().rule(LEFT, end, RIGHT - LEFT, Colour::LINE);
    }
}
