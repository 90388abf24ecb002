//! Packing slips: what is in a parcel, and nothing about what it cost. So they serve for gifts as well.

use super::{FOOT, number_pages};
use crate::barcode;
use crate::error::DocumentError;
use crate::invoice::postal;
use crate::language::Language;
use crate::look::{Colour, Look};
use crate::paper::{About, Box4, Flow, LEFT, Mark, Mil, PAGE_WIDTH, RIGHT, Style, mm, pt};
use crate::text::Setter;
use crate::words::{self, Words};
use domain::invoice::{Address, Delivery};
use domain::{Ean, Quantity, Sku};
use jiff::civil::Date;

/// Who sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name that buyers know it by.
    pub name: String,
    /// Where parcels come back to.
    pub address: Address,
    /// A mail address or telephone number for questions.
    pub contact: Option<String>,
}

/// A packing slip: one shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackingSlip {
    /// The receiver's language.
    pub language: Language,
    /// The day that stands on it.
    pub day: Date,
    /// Who sends.
    pub sender: Sender,
    /// Where it goes.
    pub delivery: Delivery,
    /// The order's number, as the buyer knows it.
    pub order: String,
    /// The buyer's own mark of the order.
    pub reference: Option<String>,
    /// Our mark of the shipment, which the barcode holds; without one it holds the order's number.
    pub shipment: Option<String>,
    /// Number to track it by.
    pub tracking: Option<String>,
    /// What the giver wrote to the receiver.
    pub message: Option<String>,
    /// What is in the parcel.
    pub lines: Vec<SlipLine>,
    /// What was ordered and is sent later.
    pub still_to_come: Vec<SlipLine>,
}

/// A line of a packing slip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipLine {
    /// The merchant's code.
    pub sku: Option<Sku>,
    /// The EAN.
    pub ean: Option<Ean>,
    /// The name.
    pub text: String,
    /// Units.
    pub quantity: Quantity,
}

/// The packing slip as PDF.
pub fn packing_slip(slip: &PackingSlip, look: &Look) -> Result<Vec<u8>, DocumentError> {
    crate::written(look, |look| (sheets(slip, look), about(slip))).map(|(pdf, _)| pdf)
}

fn about(slip: &PackingSlip) -> About {
    let title = format!("{} {}", Words::of(slip.language).packing_slip, slip.order);
    About {
        title: format!("{}: {title}", slip.sender.name),
        subject: title,
        author: slip.sender.name.clone(),
        language: slip.language.code(),
        day: slip.day,
        id: format!("packing-slip/{}/{}", slip.order, slip.shipment.as_deref().unwrap_or_default()),
    }
}

pub(crate) fn sheets(slip: &PackingSlip, look: &Look) -> Vec<crate::paper::Sheet> {
    let words = Words::of(slip.language);
    let setter = Setter::new(look.font.as_ref(), look.bold_font.as_ref());
    let heading = (format!("{} {}", words.packing_slip, slip.order), slip.sender.name.clone());
    let mut flow = Flow::new(&setter, FOOT, heading);
    head(&mut flow, slip, look, words);
    table(&mut flow, look, words, slip, &slip.lines);
    if !slip.still_to_come.is_empty() {
        flow.y += mm(4);
        flow.need(mm(20));
        flow.paragraph(words.still_to_come, Style::STRONG);
        flow.y += mm(1);
        table(&mut flow, look, words, slip, &slip.still_to_come);
    }
    for (label, text) in
        [(words.message, slip.message.as_deref()), ("", look.texts.get(&slip.language).map(|t| t.packing_slip.as_str()))]
    {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { continue };
        flow.y += mm(5);
        flow.need(Style::LABEL.line_height() + Style::BODY.line_height());
        if !label.is_empty() {
            flow.paragraph(label, Style::LABEL);
        }
        flow.paragraph(text, Style::BODY);
    }
    let contact = slip.sender.contact.as_deref().map(|contact| format!("{}  ·  {contact}", slip.sender.name));
    number_pages(&mut flow, &contact.unwrap_or_else(|| slip.sender.name.clone()), words.page);
    flow.sheets
}

fn head(flow: &mut Flow<'_>, slip: &PackingSlip, look: &Look, words: &Words) {
    const MIDDLE: Mil = mm(118);
    flow.sheet().fill(Box4 { x: 0, y: 0, width: PAGE_WIDTH, height: mm(3) }, look.accent);
    let style = Style::STRONG.of_size(pt(17)).in_colour(look.accent.on_paper());
    if let Some(logo) = &look.logo {
        let place = crate::invoice::logo_place(logo, mm(14));
        flow.sheet().marks.push(Mark::Logo { place });
    } else {
        let name = flow.setter.cut(&slip.sender.name, style.weight, style.size, MIDDLE - LEFT - mm(4));
        flow.at(&name, LEFT, mm(14), style);
    }
    let code = slip.shipment.as_deref().unwrap_or(&slip.order);
    if look.shows.barcode && barcode::draw(flow, code, MIDDLE - mm(4), mm(13), RIGHT - MIDDLE + mm(8), mm(13)).is_some() {
        flow.at(code, MIDDLE, mm(27), Style::SMALL);
    }

    let width = MIDDLE - LEFT - mm(8);
    let mut at = mm(42);
    at += flow.block(words.from, LEFT, at, width, Style::LABEL);
    let mut from = vec![slip.sender.name.clone()];
    from.extend(postal(&slip.sender.address));
    at += flow.block(&from.join(", "), LEFT, at, width, Style::SMALL) + mm(4);
    let mut to = vec![slip.delivery.name.clone()];
    to.extend(slip.delivery.pickup_point.as_ref().map(|point| format!("{}: {point}", words.pickup_point)));
    to.extend(postal(&slip.delivery.address));
    if slip.delivery.address.country != slip.sender.address.country {
        to.push(words::country(slip.delivery.address.country.as_str(), slip.language));
    }
    for line in &to {
        at += flow.block(line, LEFT, at, width, Style::BODY.of_size(pt(11)));
    }

    let title = Style::STRONG.of_size(pt(19)).in_colour(look.accent.on_paper());
    let mut right = mm(40);
    flow.at(words.packing_slip, MIDDLE, right, title);
    right += title.line_height() + mm(1);
    let mut rows = vec![(words.issued_on, words::date(slip.day, slip.language)), (words.order, slip.order.clone())];
    rows.extend(slip.reference.clone().map(|reference| (words.your_reference, reference)));
    rows.extend(slip.shipment.clone().map(|shipment| (words.shipment, shipment)));
    rows.extend(slip.tracking.clone().map(|tracking| (words.tracking, tracking)));
    for (label, value) in rows {
        right += flow.fact(label, &value, MIDDLE, MIDDLE + mm(31), right);
    }
    flow.y = at.max(right) + mm(8);
}

fn table(flow: &mut Flow<'_>, look: &Look, words: &Words, slip: &PackingSlip, lines: &[SlipLine]) {
    header(flow, look, words);
    let (name_at, code_at) = (LEFT + mm(18), mm(145));
    for line in lines {
        let name = flow.setter.wrap(line.text.trim(), Style::BODY.weight, Style::BODY.size, code_at - name_at - mm(4));
        let codes: Vec<String> =
            [line.sku.as_ref().map(|sku| sku.as_str().to_owned()), line.ean.as_ref().map(|ean| ean.as_str().to_owned())]
                .into_iter()
                .flatten()
                .collect();
        let rows = Mil::try_from(name.len().min(8).max(codes.len()).max(1)).unwrap_or(1);
        let height = rows * Style::BODY.line_height() + pt(8);
        if flow.room() < height {
            flow.turn();
            header(flow, look, words);
        }
        let y = flow.y + pt(2);
        flow.at_right(&words::units(line.quantity, slip.language), LEFT + mm(12), y, Style::STRONG.of_size(pt(10)));
        for (number, text) in (0..).zip(name.iter().take(8)) {
            flow.at(text, name_at, y + number * Style::BODY.line_height(), Style::BODY);
        }
        for (number, code) in (0..).zip(&codes) {
            let code = flow.setter.cut(code, Style::SMALL.weight, Style::SMALL.size, RIGHT - code_at);
            flow.at(&code, code_at, y + number * Style::BODY.line_height(), Style::SMALL);
        }
        flow.y += height;
        let end = flow.y - pt(2);
        flow.sheet().rule(LEFT, end, RIGHT - LEFT, Colour::LINE);
    }
}

fn header(flow: &mut Flow<'_>, look: &Look, words: &Words) {
    let y = flow.y;
    let height = pt(18);
    flow.sheet().fill(Box4 { x: LEFT - mm(2), y, width: RIGHT - LEFT + mm(4), height }, look.accent.tint(90));
    let style = Style::LABEL.in_colour(look.accent.on_paper());
    let at = y + (height - style.line_height()) / 2;
    flow.at(words.quantity, LEFT, at, style);
    flow.at(words.article, LEFT + mm(18), at, style);
    flow.at(words.sku, mm(145), at, style);
    flow.y += height + pt(4);
}
