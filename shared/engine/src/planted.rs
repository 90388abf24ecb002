//! Mistakes that others made, to be switched on by tests, so that a check proves it would have caught them.
//!
//! Without the feature `planted`, which nothing shipped turns on, every question here is answered with a constant no.

use domain::{
    Article, Component, LineDemand, Listing, LocationId, Movement, Order, OrderLineId, OrderSnapshot, Plan, PlannedOrder, Sku,
};
use std::collections::BTreeMap;

/// Names each mistake once: the variant, its name for people, and the failure report or the invariant it stands for. A mistake
/// that the models of `tests/model` kill as well names the model behind `model`.
macro_rules! mistakes {
    ($($(#[$what:meta])* $mistake:ident => $name:literal, $stands_for:literal $(, model $model:literal)?;)*) => {
        /// A mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mistake {
            $($(#[$what])* $mistake,)*
        }

        impl Mistake {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$mistake,)*];

            /// Its name for people.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$mistake => $name,)*
                }
            }

            /// The failure report it stands for (`F10`), or the invariant that it breaks.
            pub const fn stands_for(self) -> &'static str {
                match self {
                    $(Self::$mistake => $stands_for,)*
                }
            }

            /// The model that kills it as well, if one does.
            pub const fn model(self) -> Option<&'static str> {
                let models: &[&'static str] = match self {
                    $(Self::$mistake => &[$($model)?],)*
                };
                models.first().copied()
            }
        }
    };
}

mistakes! {
    /// The decrement has no condition: stock is checked by whoever read it last.
    DecrementWithoutCondition => "decrement without a condition", "F01";
    /// A change is named by the figure it leads to: 5, 4, 5 looks like nothing happened.
    ChangeNamedByQuantity => "change named by its quantity", "F10";
    /// The cursor moves before what it passes is durable.
    CursorBeforePage => "cursor moved before the page is durable", "F18";
    /// A figure is raised without having read the channel's orders since it fell.
    RaiseWithoutRead => "raise without reading orders first", "I5";
    /// What the channel shows is taken for the truth, our own push included.
    EchoTakenAsChange => "echo of our own push taken as a change", "F11";
    /// A refused or unanswered order counts as done.
    LostAnswerTakenAsDone => "lost answer taken as done", "F22";
    /// Hints are only sent by whoever made the commit, never by whoever finds it done.
    NoHintOnRedelivery => "no hint when the commit is found done", "F04";
    /// An order row is written whatever its version is.
    OrderWithoutVersion => "order written without its version", "F15";
    /// An older state of an order overwrites a newer one.
    OlderStateTaken => "older state of an order taken for newer", "F14";
    /// Two states with the same stamp: the second is dropped instead of read again.
    TieDropped => "state with the same stamp dropped", "F14";
    /// Stock moves without a row in the ledger.
    LedgerRowForgotten => "movement without a ledger row", "F05";
    /// Orders of one article in one batch are each taken off alone: the last one counts.
    LastDemandCounts => "demand of a batch not summed", "F03";
    /// What an order gives back comes back twice.
    GivenBackTwice => "given back twice", "F06";
    /// What an order gives back does not come back.
    NotGivenBack => "not given back", "F08";
    /// Units are taken from what is available and not reserved.
    NotReserved => "sold and not reserved", "I3";
    /// An order that nothing covers is refused instead of taken in as short.
    ShortRefused => "order refused for want of stock", "F13";
    /// What is short is not owed before the rest is shown.
    ShortNotOwed => "what is short is sold again", "ADR 9";
    /// An order of several transactions counts as taken in with the first of them.
    PartCountsAsTakenIn => "part of an order counted as taken in", "I5";
    /// An order of several transactions is not finished by whoever finds it begun.
    ResumeForgotten => "half an order left as it is", "I1";
    /// An order that is parked counts as taken in.
    ParkedCountsAsSettled => "parked order counted as settled", "I5";
    /// What a channel cancels is given to others whether it put it on sale again or not.
    NoRestockIgnored => "not restocked and given to others", "I4";
    /// A unit that left in a parcel and that the channel then cancels for good comes free: it is given to others.
    SentGivenBack => "sent, cancelled for good and given to others", "I4";
    /// Units stay set aside for an order that was deleted on its channel.
    DeletedOrderKept => "deleted order kept", "I11";
    /// A page that failed is taken for the end of the list.
    FailedPageTakenForEnd => "failed page taken for the end", "F18", model "cursor";
    /// The cursor moves up to now, whatever the list's lag, and polls do not overlap.
    CursorToNow => "cursor moved to now", "F17", model "cursor";
    /// Webhooks are trusted to tell everything.
    PollIgnored => "what only a poll tells is ignored", "F16";
    /// A webhook is answered although it could not be stored.
    AnsweredBeforeStored => "webhook answered before it is stored", "I8";
    /// Two pushes of one listing at once.
    NoLease => "two pushes of one listing at once", "I6";
    /// Whoever comes during a push is not heard.
    WordIgnored => "change during a push forgotten", "F10";
    /// Others are told of a change before it is made, and not after.
    ToldBeforeCommit => "told before the commit", "F04";
    /// Bundles are not looked at when their parts change.
    BundlesNotTold => "bundle not told of its parts", "F10";
    /// A write that nobody answered is taken for done.
    UnansweredPushTakenAsDone => "unanswered push taken as done", "F22";
    /// A push that was put off is never made.
    PutOffForEver => "put off for ever", "F20";
    /// Our own writes are not known to be ours when a shop leads.
    EchoTakenAsEdit => "own write taken as the leading shop's edit", "F11", model "lead";
    /// What the leading shop shows is taken for an edit before its orders are in.
    EditTakenUnsettled => "edit taken before orders are in", "I4", model "lead";
    /// A quota is granted before orders up to the figure it rests on are taken in.
    GrantedUnsettled => "quota granted before it is settled", "I5", model "shares";
    /// Two channels are given the same unit, each by whoever looked first.
    GrantedUnconditionally => "two quotas granted at once", "I5", model "shares";
    /// An absolute figure is counted as if nobody bought meanwhile.
    AbsoluteAsDifference => "absolute figure counted as a difference", "I5", model "shares";
    /// Units that a cancelled order put back on sale on its channel are given to others too.
    CancelNotCounted => "cancelled units granted twice", "I5", model "shares";
    /// As `CancelNotCounted`, for orders cancelled before they were heard of, and for short ones.
    FlowBesideStockForgotten => "units cancelled unseen granted twice", "I5", model "shares";
    /// What was given back is read after the figure that it is added to.
    BackReadAfterLook => "given back read after the figure", "I5", model "shares";
    /// A write is noted only when it is acknowledged.
    LostGrantForgotten => "lost grant forgotten", "F22", model "shares";
    /// A listing of which nothing is known counts as one that sells nothing.
    UnknownTakenAsNone => "unknown exposure taken for none", "I5", model "shares";
    /// An item that its channel does not count is taken to show very many.
    UncountedTakenForAFigure => "not counted taken for a figure", "I3";
    /// Two products that have one stock on a channel are each published to it.
    SharedStockPublished => "two products published to one stock", "I11";
    /// A channel is told to count what the merchant did not ask it to count.
    TrackingBegunUnasked => "tracking begun unasked", "ADR 20";
    /// That a channel sells an item on without stock is not noted.
    BackordersUnsaid => "sold on without stock and not said", "ADR 20";
    /// A stamp is believed over what was read just now.
    StampBelieved => "stamp believed over what was read", "ADR 21";
    /// What was noted beyond now, by a clock that was ahead, is believed.
    BeyondNowBelieved => "beyond now believed", "ADR 21";
    /// A line that cannot be read holds no figure down.
    OddLineHoldsNothing => "odd line holds nothing down", "ADR 18";
    /// A line that became another product under its id keeps what it held.
    SwapIgnored => "swapped product keeps the old one", "ADR 21";
    /// What came back sellable is put on sale twice.
    RestockedTwice => "restocked twice", "F06";
    /// Units that are cancelled because they are not there come free like any other.
    NotThereGivenBack => "what is not there given back", "I4";
    /// An order that is split over locations is noted with more than its lines demand.
    SplitSumWrong => "split sum wrong", "I4";
    /// Lines of one order that take the same article, alone and in a bundle, are each taken off alone.
    BundlePerLine => "bundle checked per line", "F03";
    /// A transfer is two changes: units leave, and arrive by another commit.
    TransferInTwo => "transfer lost half way", "I1";
    /// A channel that may know already is told again without a look.
    ToldWithoutLook => "channel told twice", "F22";
    /// What a channel must be told is on the queue only.
    OutboxForgotten => "outbox forgotten", "F04";
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Mistake>> = const { std::cell::Cell::new(None) };
}

/// Makes this thread make the mistake.
#[cfg(feature = "planted")]
pub fn plant(mistake: Option<Mistake>) {
    PLANTED.with(|p| p.set(mistake));
}

/// Whether the mistake is to be made.
#[cfg(feature = "planted")]
pub(crate) fn planted(mistake: Mistake) -> bool {
    PLANTED.with(|p| p.get() == Some(mistake))
}

/// Whether the mistake is to be made: never.
#[cfg(not(feature = "planted"))]
pub(crate) const fn planted(_: Mistake) -> bool {
    false
}

/// An order as it is found in the table, with the mistake that is to be made of it.
pub(crate) fn found(mut order: Order) -> Order {
    if planted(Mistake::ResumeForgotten) {
        order.lines.iter_mut().for_each(|line| line.open = None);
    }
    order
}

/// Whether an order counts as taken in.
pub(crate) fn is_taken_in(order: &Order) -> bool {
    order.is_complete() || planted(Mistake::PartCountsAsTakenIn)
}

/// The movement of one stock row by a batch, with the mistake that is to be made of it.
pub(crate) fn movement(planned: &Plan, sku: &Sku, location: &LocationId, right: Movement) -> Movement {
    let given_back = right.available > 0;
    if given_back && planted(Mistake::NotGivenBack) {
        return Movement { available: 0, ..right };
    }
    if given_back && planted(Mistake::GivenBackTwice) {
        return Movement { available: 2 * right.available, ..right };
    }
    if planted(Mistake::NotReserved) {
        return Movement { reserved: 0, ..right };
    }
    if planted(Mistake::BundlePerLine) {
        let of_one = |order: &PlannedOrder| {
            order.demands.iter().rfind(|demand| demand.sku == *sku && demand.location == *location).map(|demand| demand.movement)
        };
        return planned.orders.iter().filter_map(of_one).fold(Movement::default(), |sum, one| Movement {
            available: sum.available + one.available,
            reserved: sum.reserved + one.reserved,
        });
    }
    if planted(Mistake::LastDemandCounts) {
        let mut demands = planned.orders.iter().flat_map(|order| &order.demands);
        let last = demands.rfind(|demand| demand.sku == *sku && demand.location == *location);
        return last.map_or(right, |demand| demand.movement);
    }
    right
}

/// A state as the channel tells it, with the mistake that is to be made of it.
pub(crate) fn snapshot(mut right: OrderSnapshot) -> OrderSnapshot {
    if planted(Mistake::NoRestockIgnored) {
        for line in &mut right.lines {
            (line.not_restocked, line.restock_untold) = (domain::Quantity::ZERO, domain::Quantity::ZERO);
        }
    }
    right
}

/// What is to be done about a batch, with the mistake that is to be made of it: rows, ledger and figures agree with each other.
pub(crate) fn plan(mut right: Plan) -> Plan {
    if !planted(Mistake::SentGivenBack) {
        return right;
    }
    for planned in &mut right.orders {
        let Order { snapshot, lines, .. } = &mut planned.order;
        for line in lines {
            let told = snapshot.own_line(&line.id).filter(|told| !told.not_restocked.is_zero());
            let Some(wanted) = told.map(|told| told.ordered.less(told.cancelled)) else { continue };
            for part in &mut line.parts {
                let mut too_many = part.taken().less(part.back()).less(wanted.times(part.units));
                for claim in &mut part.claims {
                    let units = too_many.min(claim.taken);
                    too_many = too_many.less(units);
                    (claim.taken, claim.committed) = (claim.taken.less(units), claim.committed.less(units));
                    let movement = Movement { available: units.units(), reserved: 0 };
                    right.movements.entry((part.sku.clone(), claim.location.clone())).or_default().available += units.units();
                    let (sku, location) = (part.sku.clone(), claim.location.clone());
                    planned.demands.push(LineDemand { sku, location, movement, written_off: 0 });
                }
            }
        }
    }
    right
}

/// An item as its channel lists it, with the mistake that is to be made of it.
pub(crate) fn listed(right: Listing) -> Listing {
    let backorders = right.backorders && !planted(Mistake::BackordersUnsaid);
    Listing { backorders, ..right }
}

/// Which articles the lines of an order are, with the mistake that is to be made of it.
pub(crate) fn articles(known: &Order, mut right: BTreeMap<OrderLineId, Article>) -> BTreeMap<OrderLineId, Article> {
    for line in &known.lines {
        let Some(sku) = line.sku.clone() else { continue };
        let components = line.parts.iter().map(|part| Component { sku: part.sku.clone(), units: part.units }).collect();
        right.insert(line.id.clone(), Article { sku, components });
    }
    right
}

/// An order row, with the mistake that is to be made of it.
pub(crate) fn order(right: &Order) -> Order {
    let mut order = right.clone();
    if planted(Mistake::SplitSumWrong) {
        for part in order.lines.iter_mut().flat_map(|line| &mut line.parts) {
            if let [first, second, ..] = part.claims.as_mut_slice() {
                second.committed = second.committed.plus(first.committed);
            }
        }
    }
    order
}

/// The movement of one stock row by what a person did about an order, with the mistake that is to be made of it.
pub(crate) fn restocked(right: Movement) -> Movement {
    let twice = right.available > 0 && planted(Mistake::RestockedTwice);
    if twice { Movement { available: 2 * right.available, ..right } } else { right }
}
