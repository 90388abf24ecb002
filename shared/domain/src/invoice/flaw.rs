//! Whether a document's parts fit each other. Looked at before it gets a number, so that nothing is numbered that must be credited at once.

use super::cents::round2;
use super::{Content, Document, DocumentKind, Taxed};
use crate::vat::{Category, Decision, Mention};
use rust_decimal::Decimal;

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFlaw {
    /// A sum is not the sum of its parts.
    #[error("{what} is {found}, and its parts come to {expected}")]
    Sum {
        /// Which sum, by the name of its field.
        what: &'static str,
        /// As it stands.
        found: Decimal,
        /// What it should be.
        expected: Decimal,
    },
    /// An amount has more than two decimals, or is below nothing.
    #[error("{what} is {found}, and must be 0 or more with two decimals at most")]
    Amount {
        /// Which, by the name of its field.
        what: &'static str,
        /// As it stands.
        found: Decimal,
    },
    /// A rate has no total, or several.
    #[error("{rate} % {} of {} needs one VAT total, and has {found}", category.code(), country)]
    VatTotals {
        /// The category.
        category: Category,
        /// Percent.
        rate: Decimal,
        /// Whose VAT.
        country: crate::vat::VatCountry,
        /// How many.
        found: usize,
    },
    /// Something that must be there is not, or the other way round.
    #[error("{field}: {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What would be right, and why.
        expected: &'static str,
    },
}

impl Document {
    /// Everything that does not fit; nothing found is a document that can be issued as it is.
    pub fn flaws(&self) -> Vec<DocumentFlaw> {
        let mut flaws = self.content.flaws();
        let needs = |fits: bool, field, expected| (!fits).then_some(DocumentFlaw::Field { field, expected });
        flaws.extend(needs(self.series.kind == self.content.kind, "series", "one of the document's kind"));
        flaws.extend(needs(self.series.year == self.issued_on.year(), "series", "one of the year of issue"));
        flaws
    }
}

impl Content {
    /// Everything that does not fit, but for the number.
    pub fn flaws(&self) -> Vec<DocumentFlaw> {
        let mut flaws = self.flaws_of_amounts();
        flaws.extend(self.flaws_of_sums());
        flaws.extend(self.flaws_of_rates());
        flaws.extend(self.flaws_of_fields());
        flaws
    }

    fn flaws_of_amounts(&self) -> Vec<DocumentFlaw> {
        let lines = self
            .lines
            .iter()
            .flat_map(|line| [("lines.net", line.net), ("lines.gross", line.gross), ("lines.discount", line.discount)]);
        let charges = self.charges.iter().flat_map(|charge| [("charges.net", charge.net), ("charges.gross", charge.gross)]);
        let vat = self.vat.iter().flat_map(|total| [("vat.net", total.net), ("vat.vat", total.vat)]);
        let is_sound = |amount: Decimal| {
            amount >= Decimal::ZERO && round2(amount) == amount && amount < Decimal::from(1_000_000_000_000_i64)
        };
        let wrong = lines.chain(charges).chain(vat).filter(|(_, amount)| !is_sound(*amount));
        wrong.map(|(what, found)| DocumentFlaw::Amount { what, found }).collect()
    }

    fn flaws_of_sums(&self) -> Vec<DocumentFlaw> {
        let sum = |amounts: &mut dyn Iterator<Item = Decimal>| amounts.fold(Decimal::ZERO, Decimal::saturating_add);
        let totals = &self.totals;
        let lines = sum(&mut self.lines.iter().map(|line| line.net));
        let charges = sum(&mut self.charges.iter().map(|charge| charge.net));
        let parts = sum(&mut self.lines.iter().map(|line| line.gross).chain(self.charges.iter().map(|charge| charge.gross)));
        let mut sums = vec![
            ("totals.lines_net", totals.lines_net, lines),
            ("totals.charges_net", totals.charges_net, charges),
            ("totals.net", totals.net, lines.saturating_add(charges)),
            ("totals.net", totals.net, sum(&mut self.vat.iter().map(|total| total.net))),
            ("totals.vat", totals.vat, sum(&mut self.vat.iter().map(|total| total.vat))),
            ("totals.gross", totals.gross, totals.net.saturating_add(totals.vat)),
            ("totals.gross", totals.gross, parts),
            ("totals.prepaid", totals.prepaid, sum(&mut self.payments.iter().map(|payment| payment.amount))),
            ("totals.payable", totals.payable, totals.gross.saturating_sub(totals.prepaid)),
        ];
        sums.dedup();
        let wrong = sums.into_iter().filter(|(_, found, expected)| found != expected);
        wrong.map(|(what, found, expected)| DocumentFlaw::Sum { what, found, expected }).collect()
    }

    fn taxed(&self) -> impl Iterator<Item = &Taxed> {
        self.lines.iter().map(|line| &line.taxed).chain(self.charges.iter().map(|charge| &charge.taxed))
    }

    fn flaws_of_rates(&self) -> Vec<DocumentFlaw> {
        let mut all: Vec<&Taxed> = self.taxed().chain(self.vat.iter().map(|total| &total.taxed)).collect();
        all.sort();
        all.dedup();
        let count = |taxed: &Taxed| self.vat.iter().filter(|total| total.taxed == *taxed).count();
        let mut flaws: Vec<DocumentFlaw> = all
            .iter()
            .map(|taxed| (taxed, count(taxed)))
            .filter(|(_, found)| *found != 1)
            .map(|(taxed, found)| DocumentFlaw::VatTotals {
                category: taxed.category,
                rate: taxed.rate,
                country: taxed.country,
                found,
            })
            .collect();
        let of = |taxed: &Taxed| {
            let lines = self.lines.iter().filter(|line| line.taxed == *taxed).map(|line| line.net);
            let charges = self.charges.iter().filter(|charge| charge.taxed == *taxed).map(|charge| charge.net);
            lines.chain(charges).fold(Decimal::ZERO, Decimal::saturating_add)
        };
        let wrong = self.vat.iter().map(|total| (total.net, of(&total.taxed))).filter(|(found, expected)| found != expected);
        flaws.extend(wrong.map(|(found, expected)| DocumentFlaw::Sum { what: "vat.net", found, expected }));
        flaws
    }

    fn flaws_of_fields(&self) -> Vec<DocumentFlaw> {
        let has = |category: Category| self.vat.iter().any(|total| total.taxed.category == category);
        let is_credit = self.kind == DocumentKind::CreditNote;
        let is_euro = self.currency.as_str() == "EUR";
        let countries: std::collections::BTreeSet<_> = self.taxed().map(|taxed| taxed.country).collect();
        let untaxed = self.vat.iter().filter(|total| total.taxed.category != Category::S);
        let decisions = || self.vat.iter().map(|total| &total.decision);
        let is_of_another_buyer =
            |decision: &Decision| decision.buyer_number().is_some_and(|number| self.buyer.vat_number.as_ref() != Some(number));
        let is_of_another_seller =
            |decision: &Decision| decision.seller_number.is_some() && decision.seller_number != self.seller.vat_number;
        let mut mentions: Vec<Mention> = self.vat.iter().filter_map(|total| total.decision.mention).collect();
        mentions.retain(|mention| !self.mentions.contains(mention));
        let rules = [
            (self.vat.is_empty(), "vat", "at least one total"),
            (self.totals.payable < Decimal::ZERO, "totals.payable", "0 or more: no more is paid than it comes to"),
            (countries.len() > 1, "lines", "all with the VAT of one state: one document for each"),
            (
                is_credit != self.credits.is_some(),
                "credits",
                "the invoice that is credited, on a credit note alone (Directive art. 219)",
            ),
            (is_euro == self.vat_in_euro.is_some(), "vat_in_euro", "the VAT in euro where the currency is another (art. 230)"),
            (
                decisions().any(is_of_another_buyer)
                    || ((has(Category::K) || has(Category::Ae)) && self.buyer.vat_number.is_none()),
                "buyer.vat_number",
                "the number that makes it exempt or shifts it (art. 226(4))",
            ),
            (
                decisions().any(is_of_another_seller) || (has(Category::S) && self.seller.vat_number.is_none()),
                "seller.vat_number",
                "the number that the supply is made under (art. 226(3))",
            ),
            (!mentions.is_empty(), "mentions", "every sentence that the decisions want (art. 226(11) and (11a))"),
            (untaxed.into_iter().any(|total| !total.vat.is_zero()), "vat.vat", "none where no VAT is charged"),
            (has(Category::O) && self.vat.len() > 1, "vat", "nothing else beside what is not subject to VAT (EN 16931 BR-O-11)"),
        ];
        rules
            .into_iter()
            .filter(|(is_wrong, ..)| *is_wrong)
            .map(|(_, field, expected)| DocumentFlaw::Field { field, expected })
            .collect()
    }
}
