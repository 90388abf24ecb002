//! What the last look at a connection's credentials found.

use crate::rows::{CheckOutcome, CredentialsCheck, HealthRow};
use crate::{Cache, Ports};
use domain::ConnectionId;
use jiff::Timestamp;
use ports::Result;

/// A look at a connection's credentials.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct ConnectionCheck {
    /// What was found.
    pub status: CheckStatus,
    /// When it was looked at, UTC; none: never.
    #[schemars(with = "Option<String>")]
    pub checked_at: Option<Timestamp>,
    /// Somebody asked for a look then, UTC, and it was not looked at since; none: nobody waits for one.
    #[schemars(with = "Option<String>")]
    pub requested_at: Option<Timestamp>,
    /// Whose account they are of, in the channel's own words; none: the channel does not tell, or it is not known.
    pub account: Option<String>,
    /// Rights that Sluis needs and that they lack, by the channel's own names.
    pub missing_rights: Vec<String>,
    /// What sort of failure, in one word: `unauthorized`; none: there was none.
    pub error: Option<String>,
    /// What happened and what to do.
    pub message: Option<String>,
}

/// How credentials stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// The channel accepts them, and they may do all that Sluis does.
    Accepted,
    /// The channel accepts them, and they lack rights.
    MissingRights,
    /// The channel refuses them, or they cannot be had.
    Rejected,
    /// Nobody knows: they were never looked at, or the channel gave no answer that says anything of them.
    Unknown,
}

impl ConnectionCheck {
    pub(super) fn of(row: &HealthRow) -> Self {
        let checked_at = row.check.as_ref().map(|check| check.at);
        let waits = checked_at.is_none_or(|at| row.asked_after(at));
        let nothing = Self {
            status: CheckStatus::Unknown,
            checked_at,
            requested_at: row.check_asked_at.filter(|_| waits),
            account: None,
            missing_rights: Vec::new(),
            error: None,
            message: None,
        };
        match row.check.clone().map(|CredentialsCheck { outcome, .. }| outcome) {
            None => nothing,
            Some(CheckOutcome::Accepted { account, missing_rights }) if missing_rights.is_empty() => {
                Self { status: CheckStatus::Accepted, account, ..nothing }
            }
            Some(CheckOutcome::Accepted { account, missing_rights }) => Self {
                status: CheckStatus::MissingRights,
                account,
                error: Some(crate::connections::check::MISSING_RIGHTS.to_owned()),
                message: Some(crate::lacks(&missing_rights)),
                missing_rights,
                ..nothing
            },
            Some(CheckOutcome::Rejected { error, message }) => {
                Self { status: CheckStatus::Rejected, error: Some(error), message: Some(message), ..nothing }
            }
            Some(CheckOutcome::Unknown { error, message }) => Self { error: Some(error), message: Some(message), ..nothing },
        }
    }
}

/// What the last look at a connection's credentials found.
pub async fn connection_check(world: &Ports, lookup: &Cache, connection: &ConnectionId) -> Result<ConnectionCheck> {
    // One that is not there is told so.
    lookup.connection(world, connection).await?;
    let row: Option<HealthRow> = world.get(&HealthRow::key(connection)).await?;
    Ok(ConnectionCheck::of(&row.unwrap_or_else(|| HealthRow::fresh(connection.clone()))))
}
