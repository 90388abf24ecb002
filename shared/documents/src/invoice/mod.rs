//! The pages of an invoice, a credit note or a pro forma invoice.

mod foot;
mod head;
mod lines;
mod notes;
mod totals;

pub(crate) use head::{logo_place, postal};

use crate::language::Language;
use crate::look::Look;
use crate::paper::{About, Flow, Sheet};
use crate::text::Setter;
use crate::words::Words;
use domain::invoice::{Content, DocumentKind, PriceBasis};
use domain::vat::Reason;
use jiff::civil::Date;

/// All that the parts of a page look at.
struct Page<'a> {
    content: &'a Content,
    /// `None` for a pro forma invoice, which has none and is no invoice.
    number: Option<&'a str>,
    /// The date that stands on it.
    day: Date,
    look: &'a Look,
    words: &'static Words,
    language: Language,
}

impl<'a> Page<'a> {
    fn new(content: &'a Content, number: Option<&'a str>, day: Date, look: &'a Look) -> Self {
        let language = Language::of_tag(&content.language).unwrap_or(Language::En);
        Self { content, number, day, look, words: Words::of(language), language }
    }

    fn is_draft(&self) -> bool {
        self.number.is_none()
    }

    fn is_credit(&self) -> bool {
        self.content.kind == DocumentKind::CreditNote
    }

    fn kind(&self) -> &'static str {
        match self.content.kind {
            _ if self.is_draft() => self.words.pro_forma,
            DocumentKind::Invoice => self.words.invoice,
            DocumentKind::CreditNote => self.words.credit_note,
        }
    }

    /// As it is called in one line: `Factuur F2026-00418`.
    fn title(&self) -> String {
        format!("{} {}", self.kind(), self.number.unwrap_or_else(|| self.order()))
    }

    /// The order's number, as the buyer knows it.
    fn order(&self) -> &'a str {
        self.content.order.display_number.as_deref().unwrap_or_else(|| self.content.order.number.as_str())
    }

    fn seller(&self) -> &'a str {
        self.content.seller.trading_name.as_deref().unwrap_or(&self.content.seller.name)
    }

    /// A small business that is exempt shows no VAT, not even of nothing.
    fn shows_vat(&self) -> bool {
        !self.content.vat.iter().all(|total| matches!(total.decision.reason, Reason::SmallBusiness { .. }))
    }

    /// A consumer is shown what every line costs with VAT; a business has no use for it.
    fn shows_gross(&self) -> bool {
        self.content.prices == PriceBasis::Gross && !self.content.buyer.is_business && self.shows_vat()
    }

    fn money(&self, value: rust_decimal::Decimal) -> String {
        crate::words::money(value, &self.content.currency, self.language)
    }

    fn about(&self) -> About {
        About {
            title: format!("{}: {}", self.seller(), self.title()),
            subject: self.title(),
            author: self.content.seller.name.clone(),
            language: self.language.code(),
            day: self.day,
            id: format!("{}/{:?}/{}", self.content.seller.name, self.content.kind, self.title()),
        }
    }
}

/// The pages of a document, or of a pro forma invoice where it has no number; and what the file says of itself.
pub(crate) fn pages(content: &Content, number: Option<&str>, day: Date, look: &Look) -> (Vec<Sheet>, About) {
    let page = Page::new(content, number, day, look);
    let setter = Setter::new(look.font.as_ref(), look.bold_font.as_ref());
    let foot = foot::Foot::of(&page, &setter);
    let mut flow = Flow::new(&setter, foot.height(), (page.title(), page.seller().to_owned()));
    head::head(&mut flow, &page);
    lines::lines(&mut flow, &page);
    totals::totals(&mut flow, &page);
    notes::notes(&mut flow, &page);
    foot.write(&mut flow, &page);
    (flow.sheets, page.about())
}
