//! What the law wants to be said, why the VAT is as it is, and what the merchant adds.

use super::Page;
use crate::paper::{Flow, Style, mm};
use crate::words::{self, fill, mention, why};

pub(super) fn notes(flow: &mut Flow<'_>, page: &Page<'_>) {
    let (content, language) = (page.content, page.language);
    if page.is_draft() {
        flow.paragraph(page.words.no_invoice, Style::STRONG);
        flow.y += mm(3);
    }
    for said in &content.mentions {
        flow.paragraph(mention(*said, language), Style::STRONG);
    }
    if let Some(euro) = &content.vat_in_euro {
        let rate = words::plain(euro.per_euro, language);
        let day = words::date(euro.on, language);
        flow.paragraph(&fill(page.words.euro_rate, &[&rate, content.currency.as_str(), &day]), Style::SMALL);
    }
    if page.look.shows.why_this_vat {
        reasons(flow, page);
    }
    let closing = page.look.texts.get(&language).map(|texts| texts.closing.trim()).unwrap_or_default();
    if !closing.is_empty() {
        flow.y += mm(4);
        flow.paragraph(closing, Style::BODY);
    }
}

/// Each rule once.
fn reasons(flow: &mut Flow<'_>, page: &Page<'_>) {
    let mut said: Vec<String> = Vec::new();
    for total in &page.content.vat {
        let sentence = why(&total.decision, page.language);
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    if said.is_empty() {
        return;
    }
    flow.y += mm(2);
    flow.need(Style::LABEL.line_height() + Style::SMALL.line_height());
    flow.paragraph(page.words.why_this_vat, Style::LABEL);
    for sentence in said {
        flow.paragraph(&sentence, Style::SMALL);
    }
}
