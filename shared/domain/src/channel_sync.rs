//! How far a channel was told of a shipment, a cancellation or a decision, as a state machine of its own.
//!
//! It moves no stock and is no order action: each step is a change of one word on the order, written under the condition that nobody wrote
//! the order since. What may follow on what stands in one function.

use crate::order_action::begin_history;
use crate::{AcceptanceAnswer, ActionRefused, Order, OrderEventDetails};
use jiff::Timestamp;

/// How far the channel was told of something.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ChannelSync {
    /// Not yet.
    Pending,
    /// An attempt was begun. Found so long after, its outcome is unknown: the channel is asked before it is told again.
    Sending {
        /// When, UTC.
        #[schemars(with = "String")]
        at: Timestamp,
    },
    /// The channel took it and works on it.
    Processing {
        /// By this it is asked how far it is.
        status: String,
    },
    /// The channel has it.
    Synced {
        /// Since when, UTC.
        #[schemars(with = "String")]
        at: Timestamp,
    },
    /// The channel does not want it, or nobody can tell whether it has it. A person must look.
    Rejected {
        /// Why, for people.
        reason: String,
        /// Nobody can tell whether the channel has it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        outcome_unknown: bool,
    },
    /// There is nothing to tell.
    NotNeeded,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// Nobody told it yet, and a call is about to go out.
    Begin {
        /// When, UTC.
        at: Timestamp,
    },
    /// Somebody may have told it, the channel was asked and does not have it, and a call is about to go out.
    BeginAnew {
        /// When, UTC.
        at: Timestamp,
    },
    /// The call that was begun then did nothing there, for sure.
    NothingDone {
        /// When it was begun, UTC.
        begun: Timestamp,
    },
    /// The channel took it and works on it.
    Taken {
        /// By this it is asked how far it is.
        status: String,
    },
    /// What the channel worked on is over, and nobody knows how: it must be asked.
    Unclear {
        /// When that came out, UTC.
        at: Timestamp,
    },
    /// The channel has it.
    Applied {
        /// When that came out, UTC.
        at: Timestamp,
    },
    /// The channel does not want it, or nobody can tell whether it has it.
    Rejected {
        /// Why, for people.
        reason: String,
        /// Nobody can tell whether the channel has it.
        outcome_unknown: bool,
    },
    /// Before anybody told it, there was nothing to tell any more.
    NotNeeded,
    /// A person says that what was refused is to be told once more.
    Again {
        /// When, UTC.
        at: Timestamp,
    },
}

/// Why a step is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncRefused {
    /// It stands so already.
    Already,
    /// It does not follow on what is: somebody looked earlier and speaks later, or asks for what cannot be.
    Impossible,
}

impl ChannelSync {
    /// Whether something is still to be done by us.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Pending | Self::Sending { .. } | Self::Processing { .. })
    }

    /// What it is after a step. That the channel has it is taken from whoever says so, as long as it was to be told at all: what the channel
    /// has, it has. A call goes out from `Pending`, or from `Sending` once the channel was asked, and from nowhere else.
    pub fn after(&self, step: &SyncStep) -> Result<Self, SyncRefused> {
        match (self, step) {
            (Self::Pending, SyncStep::Begin { at })
            | (Self::Sending { .. }, SyncStep::BeginAnew { at })
            | (Self::Processing { .. }, SyncStep::Unclear { at })
            | (Self::Rejected { outcome_unknown: true, .. }, SyncStep::Again { at }) => Ok(Self::Sending { at: *at }),
            // Whoever took over meanwhile may just be calling: only what one began oneself can be taken back.
            (Self::Sending { at }, SyncStep::NothingDone { begun }) if at == begun => Ok(Self::Pending),
            (Self::Rejected { outcome_unknown: false, .. }, SyncStep::Again { .. }) => Ok(Self::Pending),
            (Self::Processing { status: known }, SyncStep::Taken { status }) if known == status => Err(SyncRefused::Already),
            (Self::Pending | Self::Sending { .. } | Self::Processing { .. }, SyncStep::Taken { status }) => {
                Ok(Self::Processing { status: status.clone() })
            }
            (
                Self::Pending | Self::Sending { .. } | Self::Processing { .. } | Self::Rejected { .. },
                SyncStep::Applied { at },
            ) => Ok(Self::Synced { at: *at }),
            // Nobody knows is the more careful of two refusals.
            (Self::Pending | Self::Sending { .. } | Self::Processing { .. }, SyncStep::Rejected { reason, outcome_unknown })
            | (
                Self::Rejected { outcome_unknown: false, .. },
                SyncStep::Rejected { reason, outcome_unknown: outcome_unknown @ true },
            ) => Ok(Self::Rejected { reason: reason.clone(), outcome_unknown: *outcome_unknown }),
            (Self::Pending, SyncStep::NotNeeded) => Ok(Self::NotNeeded),
            (Self::Pending, SyncStep::NothingDone { .. })
            | (Self::Synced { .. }, SyncStep::Applied { .. })
            | (Self::Rejected { .. }, SyncStep::Rejected { .. })
            | (Self::NotNeeded, SyncStep::NotNeeded)
            | (Self::Pending | Self::Sending { .. } | Self::Processing { .. }, SyncStep::Again { .. }) => {
                Err(SyncRefused::Already)
            }
            (Self::Pending, SyncStep::BeginAnew { .. } | SyncStep::Unclear { .. })
            | (
                Self::Sending { .. },
                SyncStep::Begin { .. } | SyncStep::NothingDone { .. } | SyncStep::Unclear { .. } | SyncStep::NotNeeded,
            )
            | (
                Self::Processing { .. },
                SyncStep::Begin { .. } | SyncStep::BeginAnew { .. } | SyncStep::NothingDone { .. } | SyncStep::NotNeeded,
            )
            | (
                Self::Synced { .. },
                SyncStep::Begin { .. }
                | SyncStep::BeginAnew { .. }
                | SyncStep::NothingDone { .. }
                | SyncStep::Taken { .. }
                | SyncStep::Unclear { .. }
                | SyncStep::Rejected { .. }
                | SyncStep::NotNeeded
                | SyncStep::Again { .. },
            )
            | (
                Self::Rejected { .. },
                SyncStep::Begin { .. }
                | SyncStep::BeginAnew { .. }
                | SyncStep::NothingDone { .. }
                | SyncStep::Taken { .. }
                | SyncStep::Unclear { .. }
                | SyncStep::NotNeeded,
            )
            | (
                Self::NotNeeded,
                SyncStep::Begin { .. }
                | SyncStep::BeginAnew { .. }
                | SyncStep::NothingDone { .. }
                | SyncStep::Taken { .. }
                | SyncStep::Unclear { .. }
                | SyncStep::Applied { .. }
                | SyncStep::Rejected { .. }
                | SyncStep::Again { .. },
            ) => Err(SyncRefused::Impossible),
        }
    }

    /// How it went, for people, once it came to an end that says something.
    fn outcome(&self) -> Option<String> {
        match self {
            Self::Synced { .. } => Some("the channel has it".to_owned()),
            Self::Rejected { reason, .. } => Some(reason.clone()),
            Self::Pending | Self::Sending { .. } | Self::Processing { .. } | Self::NotNeeded => None,
        }
    }
}

impl Order {
    /// How far the channel was told of a shipment, cancellation or inspection, or of the answer it waited for.
    pub fn channel_sync(&self, id: &str) -> Option<&ChannelSync> {
        let answer = self.acceptance.as_ref().filter(|_| id == AcceptanceAnswer::MARK).map(|one| &one.channel_sync);
        let shipment = || self.shipments.iter().find(|one| one.id == id).map(|one| &one.channel_sync);
        let cancellation = || self.cancellations.iter().find(|one| one.id == id).map(|one| &one.channel_sync);
        let mut inspections = self.returns.iter().flat_map(|one| &one.inspections);
        answer
            .or_else(shipment)
            .or_else(cancellation)
            .or_else(|| inspections.find(|one| one.id == id).map(|one| &one.channel_sync))
    }

    pub(crate) fn set_channel_sync(&mut self, id: &str, sync: ChannelSync) {
        let answer = self.acceptance.as_mut().filter(|_| id == AcceptanceAnswer::MARK).map(|one| &mut one.channel_sync);
        let shipments = self.shipments.iter_mut().map(|one| (&one.id, &mut one.channel_sync));
        let cancellations = self.cancellations.iter_mut().map(|one| (&one.id, &mut one.channel_sync));
        let inspections =
            self.returns.iter_mut().flat_map(|one| &mut one.inspections).map(|one| (&one.id, &mut one.channel_sync));
        let found = shipments.chain(cancellations).chain(inspections).find(|(mark, _)| *mark == id).map(|(_, known)| known);
        if let Some(known) = answer.or(found) {
            *known = sync;
        }
    }

    /// The order after a step of telling its channel, one version on. Only how it ended leaves a trace in the timeline. `Already`: it
    /// stands so, or is past it, and nothing is to be written.
    pub fn synced(&self, id: &str, step: &SyncStep, at: Timestamp) -> Result<Self, ActionRefused> {
        let known = self.channel_sync(id).ok_or_else(|| no_update(id))?;
        let sync = known.after(step).map_err(|(SyncRefused::Already | SyncRefused::Impossible)| ActionRefused::Already)?;
        let mut order = self.next_version()?;
        if let Some(outcome) = sync.outcome() {
            begin_history(&mut order);
            order.note(at, None, OrderEventDetails::ChannelSynced { id: id.to_owned(), outcome });
        }
        order.set_channel_sync(id, sync);
        Ok(order)
    }

    /// What is being taken in by parts is finished first: a part must find what the part before it found.
    pub(crate) fn next_version(&self) -> Result<Self, ActionRefused> {
        if !self.is_complete() {
            return Err(ActionRefused::NotNow("the order is being taken in; try again in a moment".to_owned()));
        }
        Ok(Self { version: self.version + 1, ..self.clone() })
    }
}

pub(crate) fn no_update(id: &str) -> ActionRefused {
    ActionRefused::Unknown(format!("shipment, cancellation or inspection {id}"))
}

#[cfg(test)]
#[path = "channel_sync_tests.rs"]
mod tests;
