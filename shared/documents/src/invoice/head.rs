//! The top of the first page: whose it is, what it is, for whom.

use super::Page;
use crate::look::Logo;
use crate::paper::{Box4, Flow, LEFT, Mark, Mil, PAGE_WIDTH, RIGHT, Style, mm, pt};
use crate::words::{self, fill};
use domain::invoice::{Address, date_in_amsterdam};

/// Where the address of the buyer stands: in the window of an envelope.
const WINDOW: Mil = mm(50);
const LOGO_WIDTH: Mil = mm(60);
const LOGO_HEIGHT: Mil = mm(20);
/// Where the second column begins.
const MIDDLE: Mil = mm(118);

pub(super) fn head(flow: &mut Flow<'_>, page: &Page<'_>) {
    flow.sheet().fill(Box4 { x: 0, y: 0, width: PAGE_WIDTH, height: mm(3) }, page.look.accent);
    merchant(flow, page);
    let left = addresses(flow, page);
    let right = facts(flow, page);
    flow.y = left.max(right) + mm(6);
    opening(flow, page);
}

/// Logo or name on the left, the address on the right.
fn merchant(flow: &mut Flow<'_>, page: &Page<'_>) {
    let top = mm(14);
    if let Some(logo) = &page.look.logo {
        flow.sheet().marks.push(Mark::Logo { place: logo_place(logo, top) });
    } else {
        let style = Style::STRONG.of_size(pt(17)).in_colour(page.look.accent.on_paper());
        let mut at = top;
        for line in flow.setter.wrap(page.seller(), style.weight, style.size, MIDDLE - LEFT - mm(4)).iter().take(2) {
            flow.at(line, LEFT, at, style);
            at += style.line_height() * 85 / 100;
        }
    }
    let seller = &page.content.seller;
    let mut lines = vec![seller.name.clone()];
    lines.extend(postal(&seller.address));
    lines.push(words::country(seller.address.country.as_str(), page.language));
    if page.look.shows.contact {
        lines.extend(seller.email.clone());
        lines.extend(seller.phone.clone());
    }
    let mut at = top;
    for (number, line) in lines.iter().enumerate() {
        let style = if number == 0 { Style::LABEL.in_colour(Style::BODY.colour) } else { Style::SMALL };
        if at + style.line_height() > WINDOW - mm(2) {
            break;
        }
        // The foot of the page has the name whole.
        let line = flow.setter.cut(line, style.weight, style.size, RIGHT - MIDDLE);
        flow.at(&line, MIDDLE, at, style);
        at += style.line_height();
    }
}

/// Where the logo stands: as large as it has room for.
pub(crate) fn logo_place(logo: &Logo, y: Mil) -> Box4 {
    let (width, height) = logo.size();
    let (width, height) = fit(width, height);
    Box4 { x: LEFT, y, width, height }
}

fn fit(width: i32, height: i32) -> (Mil, Mil) {
    let scaled =
        |length: i32, by: Mil, of: i32| Mil::try_from(i64::from(length) * i64::from(by) / i64::from(of.max(1))).unwrap_or(by);
    let across = scaled(width, LOGO_HEIGHT, height);
    if across <= LOGO_WIDTH { (across, LOGO_HEIGHT) } else { (LOGO_WIDTH, scaled(height, LOGO_WIDTH, width)) }
}

/// Who buys, and where it goes if that is elsewhere. Tells where they end.
fn addresses(flow: &mut Flow<'_>, page: &Page<'_>) -> Mil {
    let (content, words) = (page.content, page.words);
    let width = MIDDLE - LEFT - mm(8);
    let buyer = &content.buyer;
    let mut bill = vec![buyer.name.clone()];
    bill.extend(buyer.attention.as_ref().map(|person| format!("{} {person}", words.attention)));
    bill.extend(postal(&buyer.address));
    bill.extend(abroad(&buyer.address, page));
    let mut at = WINDOW;
    for line in &bill {
        at += flow.block(line, LEFT, at, width, Style::BODY.of_size(pt(10)));
    }

    let delivery = &content.delivery;
    if delivery.name == buyer.name && delivery.address == buyer.address && delivery.pickup_point.is_none() {
        return at;
    }
    at += mm(5);
    at += flow.block(words.deliver_to, LEFT, at, width, Style::LABEL);
    let mut lines = vec![delivery.name.clone()];
    lines.extend(delivery.pickup_point.as_ref().map(|point| format!("{}: {point}", words.pickup_point)));
    lines.extend(postal(&delivery.address));
    lines.extend(abroad(&delivery.address, page));
    for line in &lines {
        at += flow.block(line, LEFT, at, width, Style::SMALL);
    }
    at
}

/// What it is, and all numbers and dates. Tells where they end.
fn facts(flow: &mut Flow<'_>, page: &Page<'_>) -> Mil {
    let title = Style::STRONG.of_size(pt(19)).in_colour(page.look.accent.on_paper());
    let mut at = WINDOW - mm(2);
    for line in flow.setter.wrap(page.kind(), title.weight, title.size, RIGHT - MIDDLE) {
        flow.at(&line, MIDDLE, at, title);
        at += title.line_height() * 85 / 100;
    }
    at += mm(2);
    for (label, value) in rows(page) {
        at += flow.fact(label, &value, MIDDLE, MIDDLE + mm(31), at);
    }
    at
}

fn rows(page: &Page<'_>) -> Vec<(&'static str, String)> {
    let (content, words, language) = (page.content, page.words, page.language);
    let mut rows = Vec::new();
    rows.extend(page.number.map(|number| (words.number, number.to_owned())));
    rows.push((words.issued_on, words::date(page.day, language)));
    if !page.is_draft() {
        rows.push((words.supplied_on, words::date(content.supplied_on, language)));
    }
    if let Some(credited) = &content.credits {
        let invoice = fill(words.number_of_date, &[&credited.number, &words::date(credited.issued_on, language)]);
        rows.push((words.credited_invoice, invoice));
        rows.extend(credited.because.clone().map(|because| (words.because, because)));
    }
    rows.push((words.order, page.order().to_owned()));
    let placed = date_in_amsterdam(content.order.placed_at);
    if placed != page.day {
        rows.push((words.ordered_on, words::date(placed, language)));
    }
    let buyer = &content.buyer;
    rows.extend(buyer.order_reference.clone().map(|reference| (words.your_reference, reference)));
    rows.extend(buyer.vat_number.as_ref().map(|number| (words.your_vat_number, number.to_string())));
    rows.extend(buyer.registration.clone().map(|number| (words.your_registration, number)));
    rows
}

fn opening(flow: &mut Flow<'_>, page: &Page<'_>) {
    let text = page.look.texts.get(&page.language).map(|texts| texts.opening.trim()).unwrap_or_default();
    if !text.is_empty() && !page.is_credit() {
        flow.paragraph(text, Style::BODY);
        flow.y += mm(4);
    }
}

/// Street, postcode and town. The United Kingdom and Ireland write the postcode after the town, and on a line of its own.
pub(crate) fn postal(address: &Address) -> Vec<String> {
    let mut lines: Vec<String> = address.lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect();
    let postcode = address.postcode.as_deref().unwrap_or_default().trim();
    match address.country.as_str() {
        "GB" | "IE" if !postcode.is_empty() => lines.extend([address.city.clone(), postcode.to_owned()]),
        _ => lines.push(format!("{postcode} {}", address.city).trim().to_owned()),
    }
    lines
}

/// The country, where it is another than the merchant's.
fn abroad(address: &Address, page: &Page<'_>) -> Option<String> {
    let is_abroad = address.country != page.content.seller.address.country;
    is_abroad.then(|| words::country(address.country.as_str(), page.language))
}
