//! What an SDK's error means for the caller: was it done, was it surely not done, or may it have been.
//!
//! The SDK's error itself is never attached: it holds the whole answer, and with it people's data.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use ports::{Error, ErrorKind, Status};
use std::error::Error as StdError;
use std::fmt::Write as _;

/// The header by which the engine in this process is told from a service elsewhere, and what it says there.
pub(crate) const SERVER: &str = "server";
pub(crate) const THIS_MACHINE: &str = "embedded";

/// Whether doing a call a second time would change anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Reads, and messages that may arrive twice anyway.
    Harmless,
    /// Writes: a lost answer leaves open whether they were done.
    #[cfg_attr(not(feature = "table"), allow(dead_code, reason = "only the table writes"))]
    Matters,
}

/// Translates an SDK's error.
pub(crate) fn failure<E>(operation: &'static str, again: Again, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => {
            Error::new(ErrorKind::Bug, operation, "the call could not be built; this is a mistake in Sluis")
                .with_detail(chain(error))
        }
        SdkError::DispatchFailure(_) if never_connected(error) => {
            Error::new(ErrorKind::Unavailable, operation, "the AWS service could not be reached; check network and endpoint")
                .with_detail(chain(error))
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            let message = if sources(error).any(<dyn StdError>::is::<tokio::task::JoinError>) {
                "the table on this machine failed in the middle of a call; the log says more"
            } else {
                "the AWS service gave no usable answer in time"
            };
            let lost = Error::new(ErrorKind::Timeout, operation, message).with_detail(chain(error));
            match again {
                Again::Harmless => lost.with_status(Status::Temporary { retry_after: None }),
                Again::Matters => lost,
            }
        }
        _ => answered(operation, again, error),
    }
}

/// The service answered, with an error.
fn answered<E: ProvideErrorMetadata>(operation: &'static str, again: Again, error: &SdkError<E, HttpResponse>) -> Error {
    let status = error.raw_response().map_or(0, |raw| raw.status().as_u16());
    let here = error.raw_response().and_then(|raw| raw.headers().get(SERVER)) == Some(THIS_MACHINE);
    let code = error.code().unwrap_or("without a code");
    let (kind, message) = match (code, status) {
        (
            "ThrottlingException"
            | "Throttling"
            | "RequestLimitExceeded"
            | "ProvisionedThroughputExceededException"
            | "RequestThrottled"
            | "TooManyRequestsException"
            | "LimitExceededException",
            _,
        )
        | (_, 429) => (ErrorKind::RateLimited, "the AWS service asks to slow down"),
        (
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "ExpiredTokenException"
            | "ExpiredToken"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken",
            _,
        ) => (ErrorKind::Unauthorized, "AWS does not accept the credentials; check them and the machine's clock"),
        ("AccessDeniedException" | "AccessDenied", _) => {
            (ErrorKind::Forbidden, "AWS refuses permission; check the role of the function in infra/template.yaml")
        }
        ("ResourceNotFoundException" | "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue", _) => (
            ErrorKind::Configuration,
            "the table, queue or bus does not exist; check its name in the configuration and the region",
        ),
        (_, 500..) if here => (ErrorKind::Unavailable, trouble_with_a_file(error.message().unwrap_or_default())),
        (_, 500..) => (ErrorKind::Unavailable, "the AWS service failed"),
        _ if here => (ErrorKind::Bug, "the table on this machine does not accept the call; this is a mistake in Sluis"),
        _ => (ErrorKind::Bug, "AWS does not accept the call; this is a mistake in Sluis"),
    };
    let text = error.message().unwrap_or_default();
    let answer = Error::new(kind, operation, message).with_detail(format!("{code} (HTTP {status}): {text}"));
    if kind == ErrorKind::Unavailable && again == Again::Matters { answer.with_status(Status::Unknown) } else { answer }
}

/// What a complaint of SQLite means, for whoever runs the machine.
pub fn trouble_with_a_file(complaint: &str) -> &'static str {
    let says = |words: &str| complaint.contains(words);
    if says("malformed") || says("not a database") || says("not a valid SQLite") {
        "a file of the state folder is damaged (table.db or queues.db). Stop sluis, keep the damaged folder, and put the folder back from a \
         backup: docs/guides/restore.md, \"On one machine\". Orders since then are read from the channels again"
    } else if says("disk is full") {
        "the disk of the state folder is full; make room, and sluis goes on by itself"
    } else if says("readonly") || says("unable to open") || says("disk I/O error") {
        "the state folder cannot be read or written; look whether its disk is there and sluis may write to it"
    } else {
        "the files of the state folder cannot be read or written; look whether the disk is full and the folder is there"
    }
}

/// Whether the failure came before anything was sent: name not found, refused, no TLS.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    sources(error)
        .any(|e| e.downcast_ref::<hyper_util::client::legacy::Error>().is_some_and(hyper_util::client::legacy::Error::is_connect))
}

/// Every text along the causes, for logs. Transport errors hold no bodies.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    for (position, part) in sources(error).enumerate() {
        let _ = write!(text, "{}{part}", if position == 0 { "" } else { ": " });
    }
    text
}

fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let this = next?;
        next = this.source();
        Some(this)
    })
}
