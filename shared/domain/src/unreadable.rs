//! What a channel tells and nobody can read: named by its field and value, so that a person can put it right and nothing else waits for it.

use crate::{Ean, OfferId, OrderLineId, OrderSnapshot, Sku, SnapshotLine};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct FieldError {
    /// The channel's own name of it: `quantity`.
    pub field: String,
    /// What stands in it: numbers and codes as they are, of any other text only how long it is. It may hold a name.
    pub value: String,
    /// What should have stood there, for people.
    pub expected: String,
}

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is {} and not {}", self.field, self.value, self.expected)
    }
}

/// Which units a line that cannot be read may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PossibleProducts {
    /// None: it is an amount, a date, or whether it is paid. `id` names its line; without, it is of the whole order.
    Nothing,
    /// None beside those of the line of the same id, which is read: what could not be read would only have given units back.
    Counted,
    /// Units of the listing that it names. Names it none, it is no product that the channel knows.
    Named,
    /// Units of anything: which listing it is of cannot be read.
    Anything,
}

impl PossibleProducts {
    /// Whether it may stand for units that nothing is set aside for.
    pub fn holds_units(self) -> bool {
        match self {
            Self::Nothing | Self::Counted => false,
            Self::Named | Self::Anything => true,
        }
    }
}

/// A line of an order that cannot be read, or not whole. The lines beside it are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct UnreadableLine {
    /// The channel's id of the line, if that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrderLineId>,
    /// The listing on the channel, as a listing names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// The merchant's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The EAN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// The product's name, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The field that stands in the way.
    pub field_error: FieldError,
    /// Which units it may stand for.
    pub may_be: PossibleProducts,
}

impl UnreadableLine {
    /// An amount of the order that cannot be read, or of one of its lines.
    pub fn amount(line: Option<&SnapshotLine>, problem: FieldError) -> Self {
        let may_be = PossibleProducts::Nothing;
        match line.cloned() {
            Some(line) => Self { may_be, ..Self::of(line, problem) },
            None => Self { id: None, offer: None, sku: None, ean: None, title: String::new(), field_error: problem, may_be },
        }
    }

    /// Of a line that was read but for one field.
    fn of(line: SnapshotLine, problem: FieldError) -> Self {
        let SnapshotLine { id, offer, sku, ean, title, .. } = line;
        Self { id: Some(id), offer, sku, ean, title, field_error: problem, may_be: PossibleProducts::Named }
    }
}

impl std::fmt::Display for UnreadableLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.id {
            Some(id) => write!(f, "line {id}")?,
            None if self.may_be == PossibleProducts::Nothing => f.write_str("the order")?,
            None => f.write_str("a line")?,
        }
        if let Some(sku) = &self.sku {
            write!(f, " ({sku})")?;
        } else if let Some(offer) = &self.offer {
            write!(f, " (item {offer})")?;
        }
        write!(f, ": {}", self.field_error)
    }
}

/// What a person decided of such a line: it stands in nobody's way any more, as long as the channel tells it so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ResolvedLine {
    /// The line, as it was when it was looked at. Told otherwise, it is another question.
    pub line: UnreadableLine,
    /// Who decided, as they are called in the ledger.
    pub by: String,
    /// When, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
}

impl OrderSnapshot {
    /// With each line that cannot be read, and could be in the state that is known, as it was there: what is set aside for it stays.
    #[must_use]
    pub fn carrying(&self, known: &Self) -> Cow<'_, Self> {
        let lost = self
            .unreadable_lines
            .iter()
            .filter_map(|line| line.id.as_ref())
            .filter(|id| !self.lines.iter().any(|line| line.id == **id));
        let carried: Vec<SnapshotLine> = lost.filter_map(|id| known.lines.iter().find(|line| line.id == *id)).cloned().collect();
        if carried.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut whole = self.clone();
        whole.lines.extend(carried);
        Cow::Owned(whole)
    }

    /// The snapshot with those lines set apart that no channel can mean (`OrderSnapshot::check`), so that the others are taken in.
    #[must_use]
    pub fn sifted(mut self) -> Self {
        let mut seen = BTreeSet::new();
        let (mut good, mut unreadable_lines) = (Vec::with_capacity(self.lines.len()), Vec::new());
        for line in self.lines {
            let wrong = if seen.contains(&line.id) {
                Some(("id", line.id.to_string(), "an id of its own in the order".to_owned()))
            } else if line.cancelled > line.ordered {
                Some(("cancelled", line.cancelled.to_string(), format!("at most the {} that were ordered", line.ordered)))
            } else if line.shipped > line.ordered {
                Some(("shipped", line.shipped.to_string(), format!("at most the {} that were ordered", line.ordered)))
            } else {
                None
            };
            match wrong {
                None => {
                    seen.insert(line.id.clone());
                    good.push(line);
                }
                Some((field, value, expected)) => {
                    let mut odd = UnreadableLine::of(line, FieldError { field: field.to_owned(), value, expected });
                    // Its id is that of another line: what is known of that one is not its own.
                    odd.id = odd.id.filter(|_| field != "id");
                    unreadable_lines.push(odd);
                }
            }
        }
        self.lines = good;
        self.unreadable_lines.extend(unreadable_lines);
        self
    }
}

#[cfg(test)]
#[path = "unreadable_tests.rs"]
mod tests;
