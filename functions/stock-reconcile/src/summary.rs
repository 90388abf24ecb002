//! What a run did, for whoever looks at the invocation.

use domain::ConnectionId;
use engine::rows::DriftCounts;
use engine::views::DriftMail;
use ports::{Error, ErrorKind};
use std::collections::BTreeMap;

/// A run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "task")]
pub enum Summary {
    /// Channels were compared.
    Channels {
        /// What came of each connection.
        connections: BTreeMap<ConnectionId, Result>,
    },
    /// Our own books were compared.
    Books {
        /// What came of it.
        result: Result,
    },
    /// A mail was made.
    Report {
        /// The mail.
        mail: DriftMail,
    },
}

/// What came of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Result {
    /// It was compared.
    Compared {
        /// To the end; otherwise the next call goes on.
        complete: bool,
        /// What the run found so far.
        counts: DriftCounts,
    },
    /// It was compared lately.
    NotDue,
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

impl Summary {
    /// As JSON text; an error where nothing but failures came of it, so that the function's alarm hears of it.
    pub(crate) fn told(&self) -> ports::Result<String> {
        // Made of strings, integers and maps of those, which always encode.
        let text = serde_json::to_string(self).unwrap_or_default();
        if let Self::Channels { connections } = self {
            let failed = |result: &Result| matches!(result, Result::Failed { .. });
            if !connections.is_empty() && connections.values().all(failed) {
                return Err(Error::new(ErrorKind::Unavailable, "schedule", format!("every connection failed: {text}")));
            }
        }
        Ok(text)
    }
}
