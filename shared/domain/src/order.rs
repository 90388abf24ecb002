//! Orders: what a channel last told us, and what we did about it.

use crate::{
    AcceptanceAnswer, AwaitsAcceptance, Cancellation, ConnectionId, Country, Ean, Invalid, LineState, LineTerms, Money, OfferId,
    OrderEvent, OrderLineId, OrderNumber, OrderTerms, PossibleProducts, PutBack, Quantity, ResolvedLine, Return, Shipment, Sku,
    UnreadableLine, noted,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Who sends the goods. Marketplace-fulfilled lines are recorded and never touch the merchant's own stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// By the merchant (FBR, FBM).
    Merchant,
    /// By the merchant, with a label that is bought from the marketplace (VVB).
    MerchantWithLabel,
    /// By the marketplace from its own warehouse (FBB/LVB, FBA).
    Marketplace,
}

/// What an order line is to stock.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Goods.
    #[default]
    Goods,
    /// It needs no shipping: a download, a licence. It takes units where the catalogue has it, and is no matter of stock where it does not.
    Digital,
    /// No goods, only an amount: a tip, gift wrapping, a gift card, a fee.
    Charge,
    /// A set whose parts are lines of the order as well: they take the units, and it takes none.
    Set,
}

impl LineKind {
    /// Whether it is goods of the merchant, as far as the kind tells.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    fn is_goods(&self) -> bool {
        *self == Self::Goods
    }
}

/// How an order looks *now*, as one channel tells it. Never "an event that lowers stock".
///
/// It holds no name, address or other personal data: stock does not need them, so they do not travel.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct OrderSnapshot {
    /// The channel's id of the order.
    pub number: OrderNumber,
    /// The number a person sees on the channel, where it differs from `number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_number: Option<String>,
    /// When the customer ordered, UTC.
    #[schemars(with = "String")]
    pub placed_at: Timestamp,
    /// The channel's own mark of this state, UTC: tells which of two snapshots is newer. `None` where it has none.
    #[schemars(with = "Option<String>")]
    pub stamp: Option<Timestamp>,
    /// The channel's own word for the state, for people.
    pub channel_status: String,
    /// It is no order yet: a quote, an open till, a checkout that somebody is in. It is not taken in; one that was an order before demands
    /// nothing any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// The channel waits for the merchant to accept it, or to refuse it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits_acceptance: Option<AwaitsAcceptance>,
    /// The country it goes to: two capital letters of ISO 3166-1. `None` if the channel does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to: Option<Country>,
    /// The lines, each id once.
    pub lines: Vec<SnapshotLine>,
    /// Amounts, dates and payment of it as a whole.
    #[serde(flatten)]
    pub terms: OrderTerms,
    /// Lines that cannot be read, or not whole, and amounts that cannot: for a person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable_lines: Vec<UnreadableLine>,
}

/// One line of a snapshot. Quantities are totals as they stand, not changes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct SnapshotLine {
    /// The channel's id of the line.
    pub id: OrderLineId,
    /// The listing on the channel, as a listing names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<OfferId>,
    /// The merchant's code, if the channel passes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The EAN, if the channel passes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// The product's name, for people.
    #[serde(default)]
    pub title: String,
    /// Who sends it.
    pub fulfilment: Fulfilment,
    /// What it is to stock.
    #[serde(default, skip_serializing_if = "LineKind::is_goods")]
    pub kind: LineKind,
    /// Units ordered.
    pub ordered: Quantity,
    /// Units cancelled for good. A request to cancel is not a cancellation.
    pub cancelled: Quantity,
    /// Of those, units that the channel did not put on sale again, or of which it does not tell and is not to be believed to have. They
    /// come free to nobody.
    #[serde(default, skip_serializing_if = "is_none")]
    pub not_restocked: Quantity,
    /// Of those in turn, units of which it does not tell: somebody must say whether they are there.
    #[serde(default, skip_serializing_if = "is_none")]
    pub restock_untold: Quantity,
    /// Units shipped.
    pub shipped: Quantity,
    /// Units the channel knows to have come back, or paid back after they were sent.
    pub returned: Quantity,
    /// Of those, units that the channel says are back: it put them on sale again by itself, or somebody took them in there.
    #[serde(default, skip_serializing_if = "is_none")]
    pub restocked: Quantity,
    /// The customer asks for cancellation and waits for an answer; stock stays promised.
    #[serde(default)]
    pub cancellation_requested: bool,
    /// Price of one unit, nothing taken off, with or without tax as `OrderTerms::prices_include_tax` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
    /// Further amounts and dates of it.
    #[serde(flatten)]
    pub terms: LineTerms,
}

impl SnapshotLine {
    /// Whether the marketplace sends it, from stock of its own.
    pub fn is_marketplaces(&self) -> bool {
        self.fulfilment == Fulfilment::Marketplace
    }

    /// Whether it may be goods that the merchant sends: what the marketplace sends, charges, and sets whose parts are lines themselves,
    /// demand nothing.
    pub fn is_own(&self) -> bool {
        !self.is_marketplaces() && matches!(self.kind, LineKind::Goods | LineKind::Digital)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
fn is_none(units: &Quantity) -> bool {
    units.is_zero()
}

impl OrderSnapshot {
    /// Its stamp, unless it lies ahead of `at`, when it was told: nothing changes after it was told.
    pub fn stamp_as_of(&self, at: Timestamp) -> Option<Timestamp> {
        believed_stamp(self.stamp, at)
    }

    /// A line of goods that the merchant sends.
    pub fn own_line(&self, id: &OrderLineId) -> Option<&SnapshotLine> {
        self.lines.iter().find(|line| line.id == *id && line.is_own())
    }

    /// Refuses what no channel can mean: no lines twice, not more cancelled or shipped than ordered.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut seen = BTreeSet::new();
        for line in &self.lines {
            if !seen.insert(&line.id) {
                return Err(Invalid::new("order line", line.id.as_str(), "each line id once"));
            }
            if line.cancelled > line.ordered {
                return Err(Invalid::new("cancelled", &line.cancelled.to_string(), "at most the quantity ordered"));
            }
            if line.shipped > line.ordered {
                return Err(Invalid::new("shipped", &line.shipped.to_string(), "at most the quantity ordered"));
            }
            if line.not_restocked > line.cancelled {
                return Err(Invalid::new("not_restocked", &line.not_restocked.to_string(), "at most the quantity cancelled"));
            }
            if line.restock_untold > line.not_restocked {
                return Err(Invalid::new("restock_untold", &line.restock_untold.to_string(), "at most those not restocked"));
            }
            if line.restocked > line.returned {
                return Err(Invalid::new("restocked", &line.restocked.to_string(), "at most the quantity returned"));
            }
        }
        Ok(())
    }
}

/// An order as it is stored: the channel's last word and our answer to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Order {
    /// The connection it came in by. A copy on another channel can never become its source.
    pub connection: ConnectionId,
    /// What the channel last told us.
    pub snapshot: OrderSnapshot,
    /// What we did, line by line, in the order of the snapshot; lines that the channel dropped stay at the end.
    pub lines: Vec<LineState>,
    /// Counts the commits; the condition of every write (I1).
    pub version: u64,
    /// When we asked the channel for this snapshot, UTC; of a delivery its own time of change, for it may have been on its way for any time.
    /// Decides between two reads with the same stamp.
    #[schemars(with = "String")]
    pub read_at: Timestamp,
    /// When it was first taken in, UTC.
    #[schemars(with = "String")]
    pub accepted_at: Timestamp,
    /// The version with which it was first taken in whole; 0: it is not yet. More than 1 where it takes more than one transaction.
    #[serde(default = "at_once", skip_serializing_if = "is_at_once")]
    pub accepted_version: u64,
    /// What the channel was answered that waited for the merchant's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptanceAnswer>,
    /// Shipments the merchant sent, in the order they were entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// Cancellations the merchant decided, in the order they were entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellations: Vec<Cancellation>,
    /// Units that come back, or came back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// Units that the channel kept off sale and that the merchant says are there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_back: Vec<PutBack>,
    /// What happened to it since it was taken in, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<OrderEvent>,
    /// What people decided of lines that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<ResolvedLine>,
    /// One of its stamps was wrong: it lay ahead of when it was told, or the next one went back. From then on none of them is believed, and
    /// what differs is read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubts_stamps: bool,
    /// How it lies in the table, if its lines have rows of their own: the version with which each of those rows was written last.
    #[serde(skip)]
    pub line_rows: Vec<u64>,
}

/// A channel's clock is ahead of ours by less than this. A stamp further ahead is a mistake: local time written as UTC, or a year 2647.
const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// A channel's stamp that was told at `at`, UTC, unless it lies ahead of that.
pub fn believed_stamp(stamp: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    stamp.filter(|stamp| stamp.duration_since(at) < AHEAD)
}

const fn at_once() -> u64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_at_once(version: &u64) -> bool {
    *version == 1
}

/// A stamp in whole seconds stands for any part of its second, by a clock that differs from ours by a second at most.
const SECOND_PASSED: SignedDuration = SignedDuration::from_secs(2);

impl Order {
    /// Whether it was read when no further change could get the same stamp. Of a stamp that is wrong nobody can tell.
    pub fn is_last_of_its_stamp(&self) -> bool {
        self.stamp().is_none_or(|stamp| self.read_at.duration_since(stamp) >= SECOND_PASSED)
    }

    /// Its stamp, where it can be believed.
    pub fn stamp(&self) -> Option<Timestamp> {
        self.snapshot.stamp_as_of(self.read_at).filter(|_| !self.doubts_stamps)
    }

    /// As it is stored, at `now`: a read from beyond now was not made then, and any read is later.
    #[must_use]
    pub fn believed_at(self, now: Timestamp) -> Self {
        let read_at = noted(self.read_at, now).unwrap_or(Timestamp::MIN);
        Self { read_at, ..self }
    }

    /// Whether it was read by `now`, as far as what is stored of that can be believed.
    pub fn was_read_by(&self, now: Timestamp) -> bool {
        self.read_at != Timestamp::MIN && noted(self.read_at, now).is_some()
    }

    /// Whether all is done to stock that its snapshot and the merchant's shipments demand. Only then is its snapshot taken in, and only then
    /// can anything else be done about it.
    pub fn is_complete(&self) -> bool {
        self.lines.iter().all(|line| line.open.is_none())
    }

    /// Units of products over all lines that no location could cover.
    pub fn short(&self) -> Quantity {
        self.lines.iter().map(LineState::short).sum()
    }

    /// A line by its id.
    pub fn line(&self, id: &OrderLineId) -> Option<&LineState> {
        self.lines.iter().find(|line| line.id == *id)
    }

    /// Lines that could not be read and that nobody has decided on.
    pub fn undecided(&self) -> impl Iterator<Item = &UnreadableLine> {
        self.snapshot.unreadable_lines.iter().filter(|line| !self.decided.iter().any(|decided| decided.line == **line))
    }

    /// Of these, lines that may stand for units which nothing is set aside for.
    pub fn in_doubt(&self) -> impl Iterator<Item = &UnreadableLine> {
        self.undecided().filter(|line| line.may_be.holds_units())
    }

    /// Whether one of these may be of any product.
    pub fn may_mean_anything(&self) -> bool {
        self.in_doubt().any(|line| line.may_be == PossibleProducts::Anything)
    }

    /// Lines that demand units and are no product that is known.
    pub fn unmatched(&self) -> impl Iterator<Item = &LineState> {
        self.lines.iter().filter(|line| !line.unmatched.is_zero())
    }

    /// Units of a line in the shipments the merchant entered, in the line's own units.
    pub fn sent(&self, line: &OrderLineId) -> Quantity {
        self.shipments.iter().flat_map(|parcel| &parcel.lines).filter(|one| one.line == *line).map(|one| one.units).sum()
    }

    /// Whether there are any.
    pub fn has_unmatched(&self) -> bool {
        self.unmatched().next().is_some()
    }
}
