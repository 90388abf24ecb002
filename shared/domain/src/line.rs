//! What we did about one order line: units held, sent and taken back, per product and location.

use crate::{LocationId, OrderLineId, Quantity, Sku, SnapshotLine};
use std::collections::BTreeSet;

/// What one unit of a bundle consists of: so many units of one product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Component {
    /// The product.
    pub sku: Sku,
    /// How many of it are in one bundle.
    pub units: Quantity,
}

/// Units of one SKU at one location, held for one order line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Allocation {
    /// Where the units lie.
    pub location: LocationId,
    /// Units moved from available to reserved and not given back.
    pub allocated: Quantity,
    /// Of those, units that left reserved because they were shipped.
    pub shipped: Quantity,
}

/// Units that came back and were put on sale again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Restocked {
    /// Where they lie now.
    pub location: LocationId,
    /// How many.
    pub units: Quantity,
}

/// Units that were held for a line, came free because they are not there, and were taken out of stock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct WrittenOff {
    /// Where they were held.
    pub location: LocationId,
    /// How many.
    pub units: Quantity,
}

/// What was done for one product of a line. `sum(committed) + short` is what the line demands of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct PartState {
    /// The product.
    pub sku: Sku,
    /// How many of it one unit of the line takes: more than 1 only in bundles. Fixed when the line was matched.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub units: Quantity,
    /// Units held, per location.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allocations: Vec<Allocation>,
    /// Units demanded that no location could cover. A person or a rule decides.
    #[serde(default, skip_serializing_if = "is_none")]
    pub short: Quantity,
    /// Units that came back sellable. Never more than were sent (I4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restocked: Vec<Restocked>,
    /// Units that came free and are not there. Never more than the merchant cancelled as such.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_off: Vec<WrittenOff>,
}

fn one() -> Quantity {
    Quantity::ONE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_one(units: &Quantity) -> bool {
    *units == Quantity::ONE
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_none(units: &Quantity) -> bool {
    units.is_zero()
}

impl PartState {
    /// One that holds nothing yet.
    pub fn of(component: Component) -> Self {
        let Component { sku, units } = component;
        Self { sku, units, allocations: Vec::new(), short: Quantity::ZERO, restocked: Vec::new(), written_off: Vec::new() }
    }

    /// Units held over all locations.
    pub fn committed(&self) -> Quantity {
        self.allocations.iter().map(|c| c.allocated).sum()
    }

    /// Units of those that were shipped.
    pub fn taken(&self) -> Quantity {
        self.allocations.iter().map(|c| c.shipped).sum()
    }

    /// Units that are still set aside: held, and not shipped yet.
    pub fn reserved(&self) -> Quantity {
        self.committed().less(self.taken())
    }

    /// Units that came back and are on sale again.
    pub fn back(&self) -> Quantity {
        self.restocked.iter().map(|r| r.units).sum()
    }

    /// Puts so many units that came back on sale again.
    pub(crate) fn restock(&mut self, location: &LocationId, units: Quantity) {
        match self.restocked.iter_mut().find(|one| one.location == *location) {
            Some(one) => one.units = one.units.plus(units),
            None => self.restocked.push(Restocked { location: location.clone(), units }),
        }
    }

    /// Units that were written off.
    pub fn lost(&self) -> Quantity {
        self.written_off.iter().map(|w| w.units).sum()
    }
}

/// What we did about one order line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LineState {
    /// The channel's id of the line.
    pub id: OrderLineId,
    /// The product it was matched to, which may be a bundle; `None` until somebody matches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The products it takes from stock: one, or those of the bundle. None until it is matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartState>,
    /// Units demanded of no product that is known.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unmatched: Quantity,
    /// It needs no shipping and is no product of the catalogue: it is no matter of stock, and nobody has to match it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_stocked: bool,
    /// Units that came free and are not there, by the merchant's word or the channel's: those written off, and those that were never held.
    #[serde(default, skip_serializing_if = "is_none")]
    pub gone: Quantity,
    /// Of those, units that are gone by the channel's word alone. Puts it them on sale after all, they come back.
    #[serde(default, skip_serializing_if = "is_none")]
    pub kept_off: Quantity,
    /// Products it was before the channel, or a match, made another of it. Their figures changed with it, and whoever tells of the order
    /// again tells of theirs.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub former: BTreeSet<Sku>,
    /// What is still to be done to stock for it, because its order takes more than one transaction. `None`: all is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenLine>,
}

/// A line of which not everything is done to stock that the order demands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OpenLine {
    /// What the channel had told of it in the last state that is done: nothing, if there is none.
    pub counted: Counted,
    /// Products of it that are done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Sku>,
    /// It is still what it was, and another product once it is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows: bool,
    /// What was decided for all of it when it was begun, and is done with each product.
    #[serde(default, skip_serializing_if = "LineChange::is_nothing")]
    pub change: LineChange,
    /// `LineState::gone` once it is done.
    #[serde(default, skip_serializing_if = "is_none")]
    pub gone: Quantity,
    /// `LineState::kept_off` once it is done.
    #[serde(default, skip_serializing_if = "is_none")]
    pub kept_off: Quantity,
}

/// What becomes of units of a line beside those that are wanted: decided once for the whole line, in the line's own units, and done
/// product by product. Worked out anew midway it would be done twice to some products and not at all to others.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct LineChange {
    /// Units that were written off and are there after all.
    #[serde(default, skip_serializing_if = "is_none")]
    pub found: Quantity,
    /// Units that come free and are not there.
    #[serde(default, skip_serializing_if = "is_none")]
    pub freed: Quantity,
    /// Units that the channel keeps off sale and that were never held here: taken and written off in one go.
    #[serde(default, skip_serializing_if = "is_none")]
    pub never_held: Quantity,
    /// Units that came back and are put on sale again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restocked: Vec<Restocked>,
}

impl LineChange {
    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What moves a channel's own counter by an order line, in the line's own units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Counted {
    /// Units ordered.
    #[serde(default, skip_serializing_if = "is_none")]
    pub ordered: Quantity,
    /// Units cancelled.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cancelled: Quantity,
    /// Units that came back.
    #[serde(default, skip_serializing_if = "is_none")]
    pub returned: Quantity,
}

impl From<&SnapshotLine> for Counted {
    fn from(line: &SnapshotLine) -> Self {
        Self { ordered: line.ordered, cancelled: line.cancelled, returned: line.returned }
    }
}

impl LineState {
    /// A line that nobody knows yet.
    pub fn new(id: OrderLineId) -> Self {
        let (none, parts) = (Quantity::ZERO, Vec::new());
        let former = BTreeSet::new();
        Self { id, sku: None, parts, unmatched: none, not_stocked: false, gone: none, kept_off: none, former, open: None }
    }

    /// The product it is, and those that it takes from stock.
    pub fn products(&self) -> impl Iterator<Item = &Sku> {
        let parts = self.parts.iter().map(|part| &part.sku);
        self.sku.iter().chain(parts.filter(|sku| self.sku.as_ref() != Some(*sku)))
    }

    /// The products it was before, once it becomes another.
    pub(crate) fn former_of_another(&self) -> BTreeSet<Sku> {
        self.former.iter().chain(self.products()).cloned().collect()
    }

    /// Units of products held, over all parts and locations.
    pub fn committed(&self) -> Quantity {
        self.parts.iter().map(PartState::committed).sum()
    }

    /// Units of those that were shipped.
    pub fn taken(&self) -> Quantity {
        self.parts.iter().map(PartState::taken).sum()
    }

    /// Units of products that are still set aside: held, and not shipped yet.
    pub fn reserved(&self) -> Quantity {
        self.parts.iter().map(PartState::reserved).sum()
    }

    /// Units of products that nothing covers, the unmatched ones among them.
    pub fn short(&self) -> Quantity {
        self.parts.iter().map(|part| part.short).sum::<Quantity>().plus(self.unmatched)
    }

    /// Every claim with the product it is on.
    pub fn claims(&self) -> impl Iterator<Item = (&Sku, &Allocation)> {
        self.parts.iter().flat_map(|part| part.allocations.iter().map(move |claim| (&part.sku, claim)))
    }

    /// Whole units of the line that were sent: of a bundle, as many as all its parts allow.
    pub fn sent(&self) -> Quantity {
        self.parts.iter().map(|part| part.taken().per(part.units)).min().unwrap_or_default()
    }
}
