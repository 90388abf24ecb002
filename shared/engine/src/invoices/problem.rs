//! Why an order has no document, as a word with what it is about, and a sentence for people.

use super::vies::Question;
use crate::rows::InvoiceProblem;
use domain::invoice::{CreditRefused, DocumentFlaw, SumsRefused};
use domain::vat::Stop;
use jiff::Timestamp;
use ports::{Disposition, Error};
use std::collections::BTreeMap;

/// Why there is none.
#[derive(Debug)]
pub(crate) enum Undone {
    /// A person must do something about it.
    Refused(InvoiceProblem),
    /// As that, and it is looked at again by then.
    Waits(InvoiceProblem, Timestamp),
    /// VIES must be asked first.
    Ask(Question),
    /// It is looked at again.
    Later(Error),
}

pub(crate) type Done<T> = std::result::Result<T, Undone>;

/// A problem.
pub(crate) fn problem(code: &str, arguments: &[(&str, &str)], message: impl Into<String>) -> InvoiceProblem {
    let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    InvoiceProblem { code: code.to_owned(), arguments: arguments.collect(), message: message.into() }
}

/// The same, as what is answered.
pub(crate) fn refuse<T>(code: &str, arguments: &[(&str, &str)], message: impl Into<String>) -> Done<T> {
    Err(Undone::Refused(problem(code, arguments, message)))
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        match error.disposition() {
            // A row that cannot be read does not mend itself either.
            Disposition::Park | Disposition::DeadLetter => {
                Self::Refused(problem("not_read", &[("operation", error.operation)], error.message))
            }
            Disposition::Retry | Disposition::RetryAt(_) | Disposition::ReadBack => Self::Later(error),
        }
    }
}

impl From<Stop> for Undone {
    /// The decision's own word and fields: they are a closed list that pages make sentences of.
    fn from(stop: Stop) -> Self {
        let fields: BTreeMap<String, serde_json::Value> =
            serde_json::to_value(&stop).and_then(serde_json::from_value).unwrap_or_default();
        let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // What the buyer typed is theirs: it stays in the order's buyer, where it can be erased.
        let of_buyer = |name: &str| matches!(name, "postcode" | "number" | "town");
        let fields = fields.into_iter().filter(|(name, _)| !of_buyer(name));
        let mut arguments: BTreeMap<String, String> = fields.map(|(name, value)| (name, text(value))).collect();
        let code = format!("vat_{}", arguments.remove("stop").unwrap_or_default());
        Self::Refused(InvoiceProblem { code, arguments, message: stop.to_string() })
    }
}

impl From<SumsRefused> for Undone {
    fn from(refused: SumsRefused) -> Self {
        let code = match &refused {
            SumsRefused::Invalid(_) => "amount_unusable",
            SumsRefused::NoUnits { .. } => "no_units",
            SumsRefused::DiscountTooLarge { .. } => "discount_too_large",
            SumsRefused::NothingToFollow => "nothing_to_follow",
            SumsRefused::OnlyGiftCards => "only_gift_cards",
            SumsRefused::PaidDiffers { .. } => "paid_differs",
        };
        Self::Refused(problem(code, &[], refused.to_string()))
    }
}

impl From<CreditRefused> for Undone {
    fn from(refused: CreditRefused) -> Self {
        Self::Refused(problem("credit_refused", &[], refused.to_string()))
    }
}

impl From<Vec<DocumentFlaw>> for Undone {
    fn from(flaws: Vec<DocumentFlaw>) -> Self {
        let all: Vec<String> = flaws.iter().map(ToString::to_string).collect();
        Self::Refused(problem("document_flawed", &[], all.join("; ")))
    }
}

impl From<documents::DocumentError> for Undone {
    fn from(error: documents::DocumentError) -> Self {
        Self::Refused(problem(error.code(), &[], error.to_string()))
    }
}
