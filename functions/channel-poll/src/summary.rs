//! What a run did, for whoever looks at the invocation.

use crate::Due;
use domain::ConnectionId;
use engine::{MatchReport, PollReport, PricesReport, ReturnsReport};
use ports::{Error, ErrorKind, SubscriptionState};
use std::collections::BTreeMap;

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// What was due.
    pub task: Due,
    /// What came of it.
    pub connections: BTreeMap<ConnectionId, Result>,
    /// Messages about what channels must be told that were lost; absent where there were none, or where it was not looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost_messages: Option<Sweep>,
    /// Products put on the queue because settings changed whose figures are to follow; absent where there were none, or where it was not looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolled_out: Option<Sweep>,
}

/// What came of looking for lost messages.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sweep {
    /// So many were sent again.
    Again(usize),
    /// It failed: what happened and what to do.
    Failed(String),
}

/// What came of a task at one connection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Result {
    /// Orders were read.
    Polled {
        /// Orders the channel listed.
        listed: usize,
        /// Of those, put on the queue.
        news: usize,
        /// Whether the list was read to its end.
        complete: bool,
    },
    /// Returns were read.
    Returns {
        /// Returns that wait for a decision on the channel.
        found: usize,
        /// Of those, noted with their orders now.
        new: usize,
        /// Of those, on orders or lines that are not known here.
        unclear: usize,
    },
    /// The channel does not tell of returns: they are entered by hand.
    NoReturns,
    /// Prices were told.
    Prices {
        /// Prices that the channel acknowledged.
        told: usize,
        /// Prices that are told at a later run.
        put_off: usize,
        /// Prices that the channel refuses; a person must see why.
        refused: usize,
    },
    /// Items were matched.
    Matched {
        /// Items that are one product for sure.
        matched: usize,
        /// Items that a person must match.
        unclear: usize,
        /// Of the matched, those that are new or changed.
        new: usize,
        /// Whether the list was read to its end.
        complete: bool,
    },
    /// No list of items is under way.
    NothingUnderWay,
    /// Webhooks were seen to.
    Subscribed {
        /// Topics that were in place.
        fine: usize,
        /// Topics that were made.
        made: usize,
        /// Topics that were mended.
        mended: usize,
    },
    /// An earlier run is at it still.
    UnderWay,
    /// The channel tells nothing by itself: only polls find what happened there.
    NoNotifications,
    /// Nobody outside can reach this Sluis, so nothing is subscribed to.
    NotReachable,
    /// The channel wants no calls now.
    PutOff {
        /// Why.
        reason: String,
    },
    /// It failed.
    Failed {
        /// What happened and what to do.
        error: String,
    },
}

impl From<PollReport> for Result {
    fn from(report: PollReport) -> Self {
        Self::Polled { listed: report.listed, news: report.news, complete: report.complete }
    }
}

impl From<ReturnsReport> for Result {
    fn from(report: ReturnsReport) -> Self {
        Self::Returns { found: report.found, new: report.new, unclear: report.unclear }
    }
}

impl From<PricesReport> for Result {
    fn from(report: PricesReport) -> Self {
        Self::Prices { told: report.told, put_off: report.put_off, refused: report.refused }
    }
}

impl From<MatchReport> for Result {
    fn from(report: MatchReport) -> Self {
        Self::Matched { matched: report.matched, unclear: report.unclear, new: report.new, complete: report.complete }
    }
}

impl From<SubscriptionState> for Result {
    fn from(state: SubscriptionState) -> Self {
        Self::Subscribed { fine: state.fine.len(), made: state.made.len(), mended: state.mended.len() }
    }
}

impl Summary {
    /// As JSON text; an error where nothing but failures came of it, so that the function's alarm hears of it.
    pub(crate) fn told(&self) -> ports::Result<String> {
        // Made of strings, integers and maps of those, which always encode.
        let text = serde_json::to_string(self).unwrap_or_default();
        let failed = |result: &Result| matches!(result, Result::Failed { .. });
        if !self.connections.is_empty() && self.connections.values().all(failed) {
            return Err(Error::new(ErrorKind::Unavailable, "schedule", format!("every connection failed: {text}")));
        }
        Ok(text)
    }
}
