//! The foot of every page: the merchant's own text, who it is by law, and the number of the page.

use super::Page;
use super::totals::account;
use crate::look::Colour;
use crate::paper::{Flow, LEFT, Mil, PAGE_HEIGHT, RIGHT, Style, mm};
use crate::text::Setter;
use crate::words::fill;
use domain::invoice::SellerRegistration;

/// More lines than this of the merchant's text are left out: they would leave no room for the content.
const MOST_LINES: usize = 6;
const BELOW: Mil = mm(10);

pub(super) struct Foot {
    lines: Vec<String>,
}

impl Foot {
    pub(super) fn of(page: &Page<'_>, setter: &Setter<'_>) -> Self {
        let own = page.look.texts.get(&page.language).map(|texts| texts.footer.as_str()).unwrap_or_default();
        let wrap = |text: &str| setter.wrap(text, Style::SMALL.weight, Style::SMALL.size, RIGHT - LEFT);
        let mut lines = wrap(own.trim());
        lines.truncate(MOST_LINES);
        lines.extend(wrap(&legal(page)));
        Self { lines }
    }

    /// How much of a page it takes.
    pub(super) fn height(&self) -> Mil {
        self.text() + BELOW + mm(5)
    }

    /// One line more than there are: that of the page's number.
    fn text(&self) -> Mil {
        Mil::try_from(self.lines.len() + 1).unwrap_or(1) * Style::SMALL.line_height()
    }

    pub(super) fn write(&self, flow: &mut Flow<'_>, page: &Page<'_>) {
        let sheets = std::mem::take(&mut flow.sheets);
        let all = sheets.len().to_string();
        for (number, sheet) in sheets.into_iter().enumerate() {
            flow.sheets.push(sheet);
            let mut at = PAGE_HEIGHT - BELOW - self.text();
            let rule = at - mm(2);
            flow.sheet().rule(LEFT, rule, RIGHT - LEFT, Colour::LINE);
            for line in &self.lines {
                flow.at(line, LEFT, at, Style::SMALL);
                at += Style::SMALL.line_height();
            }
            flow.at_right(&fill(page.words.page, &[&(number + 1).to_string(), &all]), RIGHT, at, Style::SMALL);
        }
    }
}

/// Name, registers and numbers, in one line: Directive 2006/112/EC art. 226(3) and (5), NL Handelsregisterwet art. 27, BE WER art. III.25.
fn legal(page: &Page<'_>) -> String {
    let seller = &page.content.seller;
    let mut parts = vec![seller.name.clone()];
    parts.extend(seller.registration.as_ref().map(|entry| match entry {
        SellerRegistration::Kvk { number } => format!("KvK {number}"),
        SellerRegistration::Kbo { number, court: Some(court) } => format!("KBO {} RPR {court}", enterprise(number)),
        SellerRegistration::Kbo { number, court: None } => format!("KBO {}", enterprise(number)),
        SellerRegistration::Other { number } => number.clone(),
    }));
    parts.extend(seller.vat_number.as_ref().map(|number| format!("{} {number}", page.words.vat_number)));
    parts.extend(seller.iban.as_ref().map(|iban| format!("IBAN {}", account(iban))));
    parts.join("  ·  ")
}

/// `0123.456.789`, as Belgians write it.
fn enterprise(number: &str) -> String {
    match (number.get(..4), number.get(4..7), number.get(7..10), number.len()) {
        (Some(first), Some(second), Some(third), 10) => format!("{first}.{second}.{third}"),
        _ => number.to_owned(),
    }
}
