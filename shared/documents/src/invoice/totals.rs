//! The sums, and how it was paid.

use super::Page;
use crate::look::Colour;
use crate::paper::{Box4, Flow, LEFT, Mil, RIGHT, Style, mm, pt};
use crate::words::{self, fill};
use domain::invoice::{Payment, PaymentKind, VatTotal};
use rust_decimal::Decimal;

/// Where the sums begin.
const SUMS: Mil = mm(108);
const ROW: Mil = pt(14);

/// A row of the sums.
struct Row {
    label: String,
    value: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Strong,
    /// What it all comes to.
    Total,
}

impl Row {
    fn height(&self) -> Mil {
        if self.kind == Kind::Total { ROW * 2 } else { ROW }
    }
}

pub(super) fn totals(flow: &mut Flow<'_>, page: &Page<'_>) {
    let rows = rows(page);
    // Kept together, so that no page holds a total without what it is the total of.
    flow.need(rows.iter().map(Row::height).sum::<Mil>() + mm(2));
    let top = flow.y;
    for row in &rows {
        write(flow, page, row);
    }
    let end = flow.y;
    let paid = stamp(flow, page, top);
    flow.y = end.max(paid) + mm(6);
    how_to_pay(flow, page);
}

fn rows(page: &Page<'_>) -> Vec<Row> {
    let (content, words, language) = (page.content, page.words, page.language);
    let row = |label: String, value: Decimal, kind| Row { label, value: page.money(value), kind };
    let mut rows = Vec::new();
    let shows_vat = page.shows_vat();
    if !content.charges.is_empty() && !content.lines.is_empty() {
        let label = if shows_vat { words.subtotal } else { words.plain_articles };
        rows.push(row(label.to_owned(), content.totals.lines_net, Kind::Plain));
    }
    for charge in &content.charges {
        let name = if charge.text.trim().is_empty() { words.charge(charge.kind) } else { charge.text.trim() };
        let rate = format!(" ({} {})", words::percent(charge.taxed.rate, language), words.vat_within);
        rows.push(row(format!("{name}{}", if shows_vat { &rate } else { "" }), charge.net, Kind::Plain));
    }
    if shows_vat {
        rows.push(row(words.total_net.to_owned(), content.totals.net, Kind::Strong));
        rows.extend(content.vat.iter().map(|total| row(vat_label(page, total), total.vat, Kind::Plain)));
    }
    let total = match (page.is_credit(), shows_vat) {
        (true, true) => words.total_credited,
        (true, false) => words.plain_credited,
        (false, true) => words.total_gross,
        (false, false) => words.plain_total,
    };
    rows.push(row(total.to_owned(), content.totals.gross, Kind::Total));
    if let Some(euro) = &content.vat_in_euro {
        let value = words::money(euro.vat, &domain::Currency::new("EUR").unwrap_or_else(|_| content.currency.clone()), language);
        rows.push(Row { label: words.vat_in_euro.to_owned(), value, kind: Kind::Plain });
    }
    if !page.is_draft() {
        rows.extend(payments(page).into_iter().map(|(label, value)| row(label, value, Kind::Plain)));
        if !content.totals.prepaid.is_zero() || !content.totals.payable.is_zero() {
            let label = if page.is_credit() { words.still_paid_back } else { words.payable };
            rows.push(row(label.to_owned(), content.totals.payable, Kind::Strong));
        }
    }
    rows
}

fn vat_label(page: &Page<'_>, total: &VatTotal) -> String {
    let base = page.money(total.net);
    if total.taxed.rate.is_zero() {
        fill(page.words.no_vat_of, &[&base])
    } else {
        fill(page.words.vat_of, &[&words::percent(total.taxed.rate, page.language), &base])
    }
}

/// What was paid, each with how; one row where nobody says how.
fn payments(page: &Page<'_>) -> Vec<(String, Decimal)> {
    let (content, words) = (page.content, page.words);
    let label = if page.is_credit() { words.paid_back } else { words.paid };
    let listed: Decimal = content.payments.iter().map(|payment| payment.amount).sum();
    if content.totals.prepaid.is_zero() {
        Vec::new()
    } else if listed == content.totals.prepaid {
        content.payments.iter().map(|payment| (format!("{label} {}", means(page, payment)), -payment.amount)).collect()
    } else {
        vec![(label.to_owned(), -content.totals.prepaid)]
    }
}

fn means(page: &Page<'_>, payment: &Payment) -> String {
    let words = page.words;
    let kind = match payment.kind {
        PaymentKind::Marketplace => words.marketplace,
        PaymentKind::Online => words.online,
        PaymentKind::GiftCard => words.gift_card,
        PaymentKind::Transfer => words.transfer,
        PaymentKind::Other => words.otherwise,
    };
    match payment.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => format!("({text})"),
        None => format!("({kind})"),
    }
}

fn write(flow: &mut Flow<'_>, page: &Page<'_>, row: &Row) {
    let (y, height) = (flow.y, row.height());
    let mut style = match row.kind {
        Kind::Plain => Style::BODY,
        Kind::Strong => Style::STRONG,
        Kind::Total => Style::STRONG.of_size(pt(11)),
    };
    let (mut from, mut to) = (SUMS, RIGHT);
    let mut at = y + (height - style.line_height()) / 2;
    if row.kind == Kind::Total {
        let bar = Box4 { x: SUMS - mm(2), y: y + pt(2), width: RIGHT - SUMS + mm(4), height: height - pt(4) };
        flow.sheet().pill(bar, pt(3), page.look.accent);
        style = style.in_colour(page.look.accent.letters_on_it());
        (from, to) = (SUMS + mm(1), RIGHT - mm(1));
        at = y + (height - style.line_height()) / 2;
    }
    flow.at_right(&row.value, to, at, style);
    let room = to - from - flow.setter.width(&row.value, style.weight, style.size) - mm(3);
    let label = flow.setter.cut(&row.label, style.weight, style.size, room);
    flow.at(&label, from, at, style);
    flow.y += height;
}

/// The stamp that nothing is left to pay. Tells where it ends.
fn stamp(flow: &mut Flow<'_>, page: &Page<'_>, top: Mil) -> Mil {
    let totals = &page.content.totals;
    if page.is_draft() || !totals.payable.is_zero() || totals.gross.is_zero() {
        return top;
    }
    let word = if page.is_credit() { page.words.repaid } else { page.words.paid };
    let style = Style::STRONG.of_size(pt(12)).in_colour(page.look.accent.on_paper());
    let text = word.to_uppercase();
    let width = flow.setter.width(&text, style.weight, style.size) + mm(10);
    let place = Box4 { x: LEFT, y: top + mm(1), width, height: mm(9) };
    flow.sheet().pill(place, mm(2), page.look.accent.on_paper());
    let inside = Box4 { x: place.x + 1200, y: place.y + 1200, width: place.width - 2400, height: place.height - 2400 };
    flow.sheet().pill(inside, mm(2) - 1200, Colour::WHITE);
    flow.at(&text, LEFT + mm(5), place.y + (place.height - style.line_height()) / 2, style);
    place.y + place.height
}

/// What is left to pay, where to.
fn how_to_pay(flow: &mut Flow<'_>, page: &Page<'_>) {
    let content = page.content;
    let Some(number) = page.number.filter(|_| !page.is_credit() && content.totals.payable > Decimal::ZERO) else { return };
    let amount = page.money(content.totals.payable);
    let text = match &content.seller.iban {
        Some(iban) => fill(page.words.please_pay, &[&amount, &account(iban), number]),
        None => fill(page.words.please_pay_without_account, &[&amount, number]),
    };
    flow.paragraph(&text, Style::STRONG);
    flow.y += mm(3);
}

/// An IBAN as people read it: in fours.
pub(super) fn account(iban: &str) -> String {
    let signs: Vec<char> = iban.chars().filter(|c| !c.is_whitespace()).collect();
    signs.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
