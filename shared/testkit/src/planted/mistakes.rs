//! The mistakes, each by its name.

use engine::planted::Mistake as InEngine;

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
    /// Orders of one product in one batch are each taken off alone: the last one counts.
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
    /// A unit that left in a shipment and that the channel then cancels for good comes free: it is given to others.
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
    /// A write that the channel took and works on counts as in force.
    PendingTakenAsDone => "pending write taken as done", "F22";
    /// What is wrong with one item of a write fails all that were written with it.
    OneBadRowFailsTheBatch => "one bad row fails the batch", "I12";
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
    /// Lines of one order that take the same product, alone and in a bundle, are each taken off alone.
    BundlePerLine => "bundle checked per line", "F03";
    /// A transfer is two changes: units leave, and arrive by another commit.
    TransferInTwo => "transfer lost half way", "I1";
    /// A channel that may know already is told again without a look.
    ToldWithoutLook => "channel told twice", "F22";
    /// What a channel must be told is on the queue only.
    OutboxForgotten => "outbox forgotten", "F04";
}

impl Mistake {
    /// As a condition of the engine, where no port can show it.
    pub(super) const fn in_the_engine(self) -> Option<InEngine> {
        match self {
            Self::RaiseWithoutRead => Some(InEngine::RaiseWithoutRead),
            Self::GrantedUnsettled => Some(InEngine::GrantedUnsettled),
            Self::EditTakenUnsettled => Some(InEngine::EditTakenUnsettled),
            Self::AbsoluteAsDifference => Some(InEngine::AbsoluteAsDifference),
            Self::EchoTakenAsEdit => Some(InEngine::EchoTakenAsEdit),
            Self::SharedStockPublished => Some(InEngine::SharedStockPublished),
            Self::BeyondNowBelieved => Some(InEngine::BeyondNowBelieved),
            _ => None,
        }
    }
}
