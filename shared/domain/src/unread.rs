//! What a channel tells and nobody can read: named by its field and value, so that a person can put it right and nothing else waits for it.

use crate::{Ean, OfferId, OrderLineId, OrderSnapshot, Sku, SnapshotLine};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Unread {
    /// The channel's own name of it: `quantity`.
    pub field: String,
    /// What stands in it: numbers and codes as they are, of any other text only how long it is. It may hold a name.
    pub value: String,
    /// What should have stood there, for people.
    pub expected: String,
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is {} and not {}", self.field, self.value, self.expected)
    }
}

/// Which units a line that cannot be read may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MayMean {
    /// None beside those of the line of the same id, which is read: what could not be read would only have given units back.
    Counted,
    /// Units of the item that it names. Names it none, it is no product that the channel knows.
    Named,
    /// Units of anything: which item it is of cannot be read.
    Anything,
}

/// A line of an order that cannot be read, or not whole. The lines beside it are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct UnreadLine {
    /// The channel's id of the line, if that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrderLineId>,
    /// The item on the channel, as a listing names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// The merchant's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The EAN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// The article's name, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The field that stands in the way.
    pub problem: Unread,
    /// Which units it may stand for.
    pub may_mean: MayMean,
}

impl UnreadLine {
    /// Of a line that was read but for one field.
    fn of(line: SnapshotLine, problem: Unread) -> Self {
        let SnapshotLine { id, offer, sku, ean, title, .. } = line;
        Self { id: Some(id), offer, sku, ean, title, problem, may_mean: MayMean::Named }
    }
}

impl std::fmt::Display for UnreadLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.id {
            Some(id) => write!(f, "line {id}")?,
            None => f.write_str("a line")?,
        }
        if let Some(sku) = &self.sku {
            write!(f, " ({sku})")?;
        } else if let Some(offer) = &self.offer {
            write!(f, " (item {offer})")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// What a person decided of such a line: it stands in nobody's way any more, as long as the channel tells it so.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Decided {
    /// The line, as it was when it was looked at. Told otherwise, it is another question.
    pub line: UnreadLine,
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
        let lost =
            self.unread.iter().filter_map(|line| line.id.as_ref()).filter(|id| !self.lines.iter().any(|line| line.id == **id));
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
        let (mut good, mut unread) = (Vec::with_capacity(self.lines.len()), Vec::new());
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
                    let mut odd = UnreadLine::of(line, Unread { field: field.to_owned(), value, expected });
                    // Its id is that of another line: what is known of that one is not its own.
                    odd.id = odd.id.filter(|_| field != "id");
                    unread.push(odd);
                }
            }
        }
        self.lines = good;
        self.unread.extend(unread);
        self
    }
}

#[cfg(test)]
#[path = "unread_tests.rs"]
mod tests;
