//! Pick lists: what to take from each location for many orders at once, and then what of it belongs to which order.

use super::{FOOT, number_pages};
use crate::barcode;
use crate::error::DocumentError;
use crate::language::Language;
use crate::look::{Colour, Look};
use crate::paper::{About, Box4, Flow, LEFT, Mil, PAGE_WIDTH, RIGHT, Sheet, Style, mm, pt};
use crate::text::Setter;
use crate::words::{self, Words, fill};
use domain::{Ean, LocationId, Quantity, Sku};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A pick list over many orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickList {
    /// The language of who picks.
    pub language: Language,
    /// The day that stands on it.
    pub day: Date,
    /// What the list is called, such as the number of the round.
    pub name: String,
    /// The names of locations; one without a name is called by its id.
    pub location_names: BTreeMap<LocationId, String>,
    /// The orders, in the order they are packed in.
    pub orders: Vec<PickOrder>,
}

/// An order on a pick list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickOrder {
    /// Its number as people read it.
    pub number: String,
    /// Whom it is for, as far as who packs needs it.
    pub receiver: String,
    /// What it takes.
    pub picks: Vec<Pick>,
}

/// Units of an article from a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// Where.
    pub location: LocationId,
    /// The shelf within the location. Lists are walked in the order of shelves.
    pub bin: Option<String>,
    /// The merchant's code.
    pub sku: Sku,
    /// The EAN.
    pub ean: Option<Ean>,
    /// The name.
    pub text: String,
    /// Units.
    pub quantity: Quantity,
}

/// The pick list as PDF: for each location pages of their own, so that they can be handed out; the orders after them.
pub fn pick_list(list: &PickList, look: &Look) -> Result<Vec<u8>, DocumentError> {
    let words = Words::of(list.language);
    let title = format!("{} {}", words.pick_list, list.name);
    let about = About {
        title: title.clone(),
        subject: title,
        author: "Sluis".to_owned(),
        language: list.language.code(),
        day: list.day,
        id: format!("pick-list/{}/{}", list.day, list.name),
    };
    crate::written(look, |look| (sheets(list, look), about.clone())).map(|(pdf, _)| pdf)
}

/// What is taken of one article from one shelf, and for which orders.
struct Taken<'a> {
    pick: &'a Pick,
    quantity: Quantity,
    orders: Vec<(&'a str, Quantity)>,
}

/// In the order it is walked: by shelf, then by SKU. Articles without a shelf come last.
type Walk<'a> = BTreeMap<(bool, Option<&'a str>, &'a Sku), Taken<'a>>;

fn walks(list: &PickList) -> BTreeMap<&LocationId, Walk<'_>> {
    let mut walks: BTreeMap<&LocationId, Walk<'_>> = BTreeMap::new();
    for order in &list.orders {
        for pick in order.picks.iter().filter(|pick| !pick.quantity.is_zero()) {
            let bin = pick.bin.as_deref().map(str::trim).filter(|bin| !bin.is_empty());
            let walk = walks.entry(&pick.location).or_default();
            let taken = walk.entry((bin.is_none(), bin, &pick.sku)).or_insert_with(|| Taken {
                pick,
                quantity: Quantity::clamped(0),
                orders: Vec::new(),
            });
            taken.quantity = taken.quantity.plus(pick.quantity);
            taken.orders.push((&order.number, pick.quantity));
        }
    }
    walks
}

pub(crate) fn sheets(list: &PickList, look: &Look) -> Vec<Sheet> {
    let words = Words::of(list.language);
    let setter = Setter::new(look.font.as_ref(), look.bold_font.as_ref());
    let title = format!("{} {}", words.pick_list, list.name);
    let mut flow = Flow::new(&setter, FOOT, (title.clone(), words::date(list.day, list.language)));
    for (number, (location, walk)) in walks(list).into_iter().enumerate() {
        if number > 0 {
            flow.sheets.push(Sheet::default());
        }
        let name = list.location_names.get(location).map_or(location.as_str(), String::as_str);
        top(&mut flow, list, look, words, name, &walk);
        by_shelf(&mut flow, list, look, words, &walk);
    }
    if !list.orders.is_empty() {
        if list.orders.iter().any(|order| !order.picks.is_empty()) {
            flow.turn();
        }
        by_order(&mut flow, list, look, words);
    }
    number_pages(&mut flow, &title, words.page);
    flow.sheets
}

fn top(flow: &mut Flow<'_>, list: &PickList, look: &Look, words: &Words, location: &str, walk: &Walk<'_>) {
    flow.sheet().fill(Box4 { x: 0, y: 0, width: PAGE_WIDTH, height: mm(3) }, look.accent);
    let style = Style::STRONG.of_size(pt(19)).in_colour(look.accent.on_paper());
    flow.y = mm(12);
    let name = flow.setter.cut(&format!("{} {}", words.pick_list, list.name), style.weight, style.size, mm(120));
    flow.at(&name, LEFT, flow.y, style);
    flow.at_right(&words::date(list.day, list.language), RIGHT, flow.y + mm(2), Style::BODY);
    flow.y += style.line_height();
    let mut orders: Vec<&str> = walk.values().flat_map(|taken| taken.orders.iter().map(|(number, _)| *number)).collect();
    orders.sort_unstable();
    orders.dedup();
    let units: i64 = walk.values().map(|taken| taken.quantity.units()).sum();
    let counted = fill(words.orders_and_units, &[&orders.len().to_string(), &units.to_string()]);
    flow.paragraph(&format!("{}: {location}  ·  {counted}", words.location), Style::STRONG.of_size(pt(11)));
    flow.y += mm(3);
}

fn by_shelf(flow: &mut Flow<'_>, list: &PickList, look: &Look, words: &Words, walk: &Walk<'_>) {
    let (bin_at, units_to, name_at, orders_at) = (LEFT + mm(8), LEFT + mm(44), LEFT + mm(49), mm(140));
    let header = |flow: &mut Flow<'_>| {
        let at = bar(flow, look);
        let style = Style::LABEL.in_colour(look.accent.on_paper());
        flow.at(words.bin, bin_at, at, style);
        flow.at_right(words.quantity, units_to, at, style);
        flow.at(words.article, name_at, at, style);
        flow.at(words.orders, orders_at, at, style);
    };
    header(flow);
    for ((_, bin, sku), taken) in walk {
        let name = flow.setter.wrap(taken.pick.text.trim(), Style::BODY.weight, Style::BODY.size, orders_at - name_at - mm(4));
        let code = [Some(sku.as_str()), taken.pick.ean.as_ref().map(Ean::as_str)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("  ·  ");
        let wanted: Vec<String> = taken
            .orders
            .iter()
            .map(|(number, quantity)| format!("{number}\u{a0}×\u{a0}{}", words::units(*quantity, list.language)))
            .collect();
        let wanted = flow.setter.wrap(&wanted.join(", "), Style::SMALL.weight, Style::SMALL.size, RIGHT - orders_at);
        let name: Vec<String> = name.into_iter().take(3).collect();
        let mut wanted = wanted.into_iter().peekable();
        let mut is_first = true;
        // One article may be wanted by more orders than a page has lines.
        while is_first || wanted.peek().is_some() {
            let least = count(name.len() + 1) * Style::BODY.line_height() + pt(8);
            if flow.room() < least {
                flow.turn();
                header(flow);
            }
            let most = usize::try_from((flow.room() - pt(8)) / Style::SMALL.line_height()).unwrap_or(1).max(1);
            let here: Vec<String> = wanted.by_ref().take(most).collect();
            let y = flow.y + pt(2);
            let mut height = count(here.len()) * Style::SMALL.line_height();
            if is_first {
                flow.sheet().tick_box(LEFT, y + pt(1), mm(4), Colour::BLACK);
                let shelf = flow.setter.cut(bin.unwrap_or("–"), Style::STRONG.weight, Style::STRONG.size, mm(22));
                flow.at(&shelf, bin_at, y, Style::STRONG);
                flow.at_right(&words::units(taken.quantity, list.language), units_to, y, Style::STRONG.of_size(pt(12)));
                let mut at = y;
                for text in &name {
                    flow.at(text, name_at, at, Style::BODY);
                    at += Style::BODY.line_height();
                }
                let code = flow.setter.cut(&code, Style::SMALL.weight, Style::SMALL.size, orders_at - name_at - mm(4));
                flow.at(&code, name_at, at, Style::SMALL);
                height = height.max(at + Style::SMALL.line_height() - y).max(mm(5));
            }
            for (number, text) in (0..).zip(&here) {
                flow.at(text, orders_at, y + number * Style::SMALL.line_height(), Style::SMALL);
            }
            flow.y += height + pt(6);
            let end = flow.y - pt(2);
            flow.sheet().rule(LEFT, end, RIGHT - LEFT, Colour::LINE);
            is_first = false;
        }
    }
}

/// What of it belongs to which order, with the order's barcode for the packing table.
fn by_order(flow: &mut Flow<'_>, list: &PickList, look: &Look, words: &Words) {
    flow.paragraph(words.orders, Style::STRONG.of_size(pt(14)).in_colour(look.accent.on_paper()));
    flow.y += mm(2);
    for order in &list.orders {
        let lines = count(order.picks.len().clamp(1, 6));
        flow.need(mm(14) + lines * Style::BODY.line_height());
        let y = flow.y;
        flow.sheet().rule(LEFT, y, RIGHT - LEFT, Colour::LINE);
        flow.sheet().tick_box(LEFT, y + mm(2), mm(4), Colour::BLACK);
        let number = flow.setter.cut(&order.number, Style::STRONG.weight, pt(11), mm(60));
        flow.at(&number, LEFT + mm(8), y + mm(2), Style::STRONG.of_size(pt(11)));
        let receiver = flow.setter.cut(&order.receiver, Style::SMALL.weight, Style::SMALL.size, mm(80));
        flow.at(&receiver, LEFT + mm(8), y + mm(7), Style::SMALL);
        if look.shows.barcode {
            barcode::draw(flow, &order.number, mm(122), y + mm(2), RIGHT + mm(4) - mm(122), mm(8));
        }
        flow.y = y + mm(12);
        for pick in order.picks.iter().filter(|pick| !pick.quantity.is_zero()) {
            flow.need(Style::BODY.line_height());
            let quantity = words::units(pick.quantity, list.language);
            let text = format!("{quantity} × {}  {}", pick.sku.as_str(), pick.text.trim());
            let text = flow.setter.cut(&text, Style::BODY.weight, Style::BODY.size, RIGHT - LEFT - mm(8));
            flow.at(&text, LEFT + mm(8), flow.y, Style::BODY);
            flow.y += Style::BODY.line_height();
        }
        flow.y += mm(3);
    }
    flow.y += mm(4);
    flow.paragraph(&format!("{}: ______________________", words.picked_by), Style::BODY);
}

fn bar(flow: &mut Flow<'_>, look: &Look) -> Mil {
    let (y, height) = (flow.y, pt(18));
    flow.sheet().fill(Box4 { x: LEFT - mm(2), y, width: RIGHT - LEFT + mm(4), height }, look.accent.tint(90));
    flow.y += height + pt(4);
    y + (height - Style::LABEL.line_height()) / 2
}

fn count(number: usize) -> Mil {
    Mil::try_from(number).unwrap_or(Mil::MAX / 100_000)
}
