//! What the last look at a connection's credentials found.

use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, Verified};

/// What was found to be right is looked at again after this long.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// What was refused, or lacks something: a person may have mended it there.
const UNTIL_MENDED: SignedDuration = SignedDuration::from_hours(1);
/// That of which nothing is known, because the channel did not answer.
const UNTIL_KNOWN: SignedDuration = SignedDuration::from_mins(5);
/// No two clocks differ by more.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// A look at them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CredentialsCheck {
    /// When it began, UTC.
    pub at: Timestamp,
    /// By which changed ones are noticed; none: they could not be had.
    pub mark: Option<u16>,
    /// What was found.
    #[serde(flatten)]
    pub outcome: CheckOutcome,
}

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum CheckOutcome {
    /// They are accepted.
    Accepted {
        /// Whose account they are of; none: the channel does not tell.
        account: Option<String>,
        /// What they lack, by the channel's own names.
        missing_rights: Vec<String>,
    },
    /// They are rejected, or cannot be had.
    Rejected {
        /// What sort of failure, in one word.
        error: String,
        /// What happened and what to do.
        message: String,
    },
    /// Nobody knows: the channel gave no answer that says anything of them.
    Unknown {
        /// What sort of failure, in one word.
        error: String,
        /// What happened and what to do.
        message: String,
    },
}

/// A kind of failure, in one word.
pub(crate) fn in_a_word(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::BadInput => "bad_input",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Declined => "declined",
        ErrorKind::RateLimited => "held_back",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Protocol => "protocol",
        ErrorKind::Configuration => "configuration",
        ErrorKind::Bug => "bug",
    }
}

impl From<Verified> for CheckOutcome {
    fn from(Verified { account, missing_rights }: Verified) -> Self {
        Self::Accepted { account, missing_rights }
    }
}

impl CheckOutcome {
    pub(crate) fn rejected(error: &Error) -> Self {
        Self::Rejected { error: in_a_word(error.kind).to_owned(), message: error.message.clone() }
    }

    pub(crate) fn unknown(error: &Error) -> Self {
        Self::Unknown { error: in_a_word(error.kind).to_owned(), message: error.message.clone() }
    }

    /// What they lack, as far as that is known.
    pub fn missing_rights(&self) -> &[String] {
        match self {
            Self::Accepted { missing_rights, .. } => missing_rights,
            Self::Rejected { .. } | Self::Unknown { .. } => &[],
        }
    }

    fn stands_for(&self) -> SignedDuration {
        match self {
            Self::Accepted { missing_rights, .. } if missing_rights.is_empty() => EVERY,
            Self::Accepted { .. } | Self::Rejected { .. } => UNTIL_MENDED,
            Self::Unknown { .. } => UNTIL_KNOWN,
        }
    }
}

impl CredentialsCheck {
    /// Whether it is time for another look. `mark`: of the credentials as they are now, if they can be had.
    pub(crate) fn is_over(&self, mark: Option<u16>, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        // A look from tomorrow was dated by a clock that was ahead.
        age >= self.outcome.stands_for() || age < -SKEW || mark.is_some_and(|mark| self.mark != Some(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(outcome: CheckOutcome) -> CredentialsCheck {
        CredentialsCheck { at: "2026-11-21T12:00:00Z".parse().unwrap(), mark: Some(7), outcome }
    }

    fn due_after(check: &CredentialsCheck, minutes: i64) -> bool {
        check.is_over(Some(7), check.at + SignedDuration::from_mins(minutes))
    }

    #[test]
    fn what_is_right_is_looked_at_once_a_day_and_the_rest_sooner() {
        let well = check(CheckOutcome::Accepted { account: None, missing_rights: Vec::new() });
        assert_eq!((due_after(&well, 24 * 60 - 1), due_after(&well, 24 * 60)), (false, true));
        let lacks = check(CheckOutcome::Accepted { account: None, missing_rights: vec!["write".to_owned()] });
        assert_eq!((due_after(&lacks, 59), due_after(&lacks, 60)), (false, true));
        let unknown = check(CheckOutcome::Unknown { error: "timeout".to_owned(), message: String::new() });
        assert_eq!((due_after(&unknown, 4), due_after(&unknown, 5)), (false, true));
    }

    #[test]
    fn what_changed_is_looked_at_at_once_and_what_cannot_be_had_did_not_change() {
        let well = check(CheckOutcome::Accepted { account: None, missing_rights: Vec::new() });
        let soon = well.at + SignedDuration::from_mins(1);
        assert!(well.is_over(Some(8), soon));
        assert!(!well.is_over(None, soon));
        assert!(well.is_over(Some(7), well.at - SignedDuration::from_hours(1)), "dated by a clock that was ahead");
    }
}
