//! How far a change has come that bol answered with 202 (Retailer API v10).
//!
//! A 202 only says that bol took the request; whether it can be done shows in a process status later. bol keeps statuses for a limited
//! time and answers 404 afterwards: then, as after a `TIMEOUT`, nobody knows, and the order itself must be looked at.

use super::errors::shortened;
use super::{requests, wire, wire_updates};
use crate::wire_text;
use async_trait::async_trait;
use ports::{Acknowledged, Call, Error, ErrorKind, Response, Result, Status};

const STATUS: &str = "bol.write_status";
/// Where statuses are: below `/shared`, not below `/retailer`.
const PATH: &str = "/shared/process-status";
/// Processes under way for one update: bol takes some updates only piece by piece.
#[derive(Default)]
pub(super) struct UnderWay {
    ids: Vec<String>,
    /// Whether bol took anything, done already or not.
    taken: bool,
}

impl UnderWay {
    /// Takes bol's answer to one piece.
    pub(super) fn take(&mut self, operation: &'static str, response: &Response) -> Result<()> {
        let unclear = || {
            Error::new(
                ErrorKind::Protocol,
                operation,
                "bol took the change but named no status to ask for; the order will be read back",
            )
            .with_status(Status::Unknown)
        };
        let process: wire::ProcessStatus = wire_text::json(operation, response.body()).map_err(|e| unclear().caused_by(e))?;
        match (process.status.as_str(), process.process_status_id) {
            ("SUCCESS", _) => {}
            ("FAILURE", _) => return Err(failed(operation, process.error_message.as_deref())),
            ("TIMEOUT", _) => return Err(lost(operation)),
            (_, Some(id)) => self.ids.push(id.into_string()),
            (_, None) => return Err(unclear()),
        }
        self.taken = true;
        Ok(())
    }

    /// The error of a piece. After others were taken, the update as a whole is neither done nor undone: whatever ails the piece, it is
    /// to be looked at first.
    pub(super) fn stopped(&self, operation: &'static str, error: Error) -> Error {
        if !self.taken {
            return error;
        }
        Error::new(
            ErrorKind::Unavailable,
            operation,
            "bol took a part of it and not the rest; it will be looked up and the rest told again",
        )
        .with_detail(format!("{:?}: {}", error.kind, error.detail))
        .with_status(Status::Unknown)
        .caused_by(error)
    }

    /// What the caller is told.
    pub(super) fn acknowledged(self) -> Acknowledged {
        if self.ids.is_empty() { Acknowledged::Applied } else { Acknowledged::Pending(self.ids.join(" ")) }
    }
}

/// Asks for all processes of an update.
pub(super) async fn status(call: &Call<'_>, ids: &str) -> Result<Acknowledged> {
    let (mut left, mut pending, mut worst) = (Vec::new(), false, None);
    for id in ids.split(' ') {
        let path = format!("{PATH}/{}", requests::segment(STATUS, id)?);
        let process = match requests::get(call, STATUS, requests::V10, &path).await {
            Ok(response) => wire_text::json::<wire::ProcessStatus>(STATUS, response.body())?,
            Err(error) if error.kind == ErrorKind::NotFound => {
                worst = Some(lost(STATUS));
                left.push(id);
                continue;
            }
            Err(error) => return Err(error),
        };
        match process.status.as_str() {
            "SUCCESS" => continue,
            "PENDING" => pending = true,
            "FAILURE" => worst = worst.or_else(|| Some(failed(STATUS, process.error_message.as_deref()))),
            "TIMEOUT" => worst = Some(lost(STATUS)),
            other => {
                let message = "bol gave a process a status that its documentation does not have";
                return Err(Error::new(ErrorKind::Protocol, STATUS, message).with_detail(shortened(other)));
            }
        }
        left.push(id);
    }
    // What failed is asked for again with the rest, so that it is told once all is said.
    match worst {
        _ if pending => Ok(Acknowledged::Pending(left.join(" "))),
        Some(error) => Err(error),
        None => Ok(Acknowledged::Applied),
    }
}

/// Complains if bol is still at work on such a change of this thing: until it is done, the order does not show it.
pub(super) async fn idle(call: &Call<'_>, operation: &'static str, entity: &str, event: &str) -> Result<()> {
    none_pending(operation, &about(call, operation, entity, event).await?)
}

/// Processes of such a change of this thing, as far as bol still keeps their statuses, the newest first.
pub(super) async fn about(
    call: &Call<'_>,
    operation: &'static str,
    entity: &str,
    event: &str,
) -> Result<wire_updates::ProcessStatuses> {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("entity-id", entity)
        .append_pair("event-type", event)
        .finish();
    let response = requests::get(call, operation, requests::V10, &format!("{PATH}?{query}")).await?;
    wire_text::json(operation, response.body())
}

/// As `idle`, of processes that were read.
pub(super) fn none_pending(operation: &'static str, known: &wire_updates::ProcessStatuses) -> Result<()> {
    if known.statuses.iter().all(|s| s.status != "PENDING") {
        return Ok(());
    }
    // A conflict with ourselves. The channel as such is well: a kind that closes its gate would hold up everything else.
    Err(Error::new(ErrorKind::Conflict, operation, "bol is still at work on it; it will be asked again"))
}

fn failed(operation: &'static str, why: Option<&str>) -> Error {
    let why = shortened(why.unwrap_or("it gave no reason"));
    Error::new(ErrorKind::Declined, operation, format!("bol took the request and then declined it: {why}"))
}

/// Not a `Timeout`: bol answers, so its gate stays open.
fn lost(operation: &'static str) -> Error {
    Error::new(ErrorKind::Unavailable, operation, "bol cannot say whether it was done; the order will be read back")
        .with_status(Status::Unknown)
}

/// bol works on most writes after it answered.
pub(super) struct Capability;

#[async_trait]
impl ports::Jobs for Capability {
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        self::status(call, status).await
    }
}

#[cfg(test)]
#[path = "processes_tests.rs"]
mod tests;
