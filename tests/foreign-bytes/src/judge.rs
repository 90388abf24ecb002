//! What holds for everything that comes out of a connector, whichever way it went in.

use crate::subject::Subject;
use domain::OrderSnapshot;
use ports::{Error, ErrorKind, Notification, Status, UnreadableItem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::time::Duration;

/// Longer than this no channel may keep its own circuit open: a slip in a header must not end a connection.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// A text for a person fits on a few lines.
const LONGEST_TEXT: usize = 1_200;
/// What a value that does not fit may show of itself (`domain::Invalid`).
const MOST_QUOTED: usize = 64;

/// Encodes and decodes to itself.
pub fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(*value, again, "decoded to something else: {text}");
}

/// A snapshot is one that a channel can mean, and travels whole.
pub fn snapshot(snapshot: &OrderSnapshot) {
    assert_eq!(snapshot.check(), Ok(()), "{snapshot:?}");
    survives(snapshot);
}

/// Notices hold whole snapshots and names that travel.
pub fn notices(notices: &[Notification]) {
    for notice in notices {
        match notice {
            Notification::Order(order) => snapshot(order),
            Notification::Changed { number, stamp } => {
                survives(number);
                survives(stamp);
            }
            Notification::Stock(offer) => survives(offer),
            Notification::StockOf { stock_reference, .. } => assert!(!stock_reference.is_empty()),
            Notification::Unreadable(item) => unreadable(item),
            Notification::Ignored => {}
        }
    }
}

/// What cannot be read is named in a few words.
pub fn unreadable(item: &UnreadableItem) {
    let problem = &item.problem;
    for text in [&item.item, &problem.field, &problem.value, &problem.expected] {
        assert!(!text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control), "{item:?}");
    }
}

/// An error can be shown and logged as it is, and never blames us for what others send.
pub fn error(subject: &Subject, error: &Error) {
    assert_ne!(error.kind, ErrorKind::Bug, "foreign bytes are no mistake of ours: {error:?}");
    for text in [&error.message, &error.detail] {
        assert!(!text.chars().any(char::is_control), "not one line: {text:?}");
        assert!(text.chars().count() <= LONGEST_TEXT, "{} characters: {text:?}", text.chars().count());
        for secret in subject.secrets() {
            assert!(!text.contains(secret), "shows a secret: {text:?}");
        }
    }
    assert!(!error.message.is_empty(), "says nothing: {error:?}");
    if let Status::Temporary { retry_after: Some(after) } = error.status {
        pause(after);
    }
}

/// An error of a delivery quotes at most one value of it.
pub fn quotes_little(error: &Error, body: &[u8]) {
    for text in [error.message.as_bytes(), error.detail.as_bytes()] {
        let quoted = text.windows(MOST_QUOTED * 4 + 1).find(|part| body.windows(part.len()).any(|of| of == *part));
        assert_eq!(quoted, None, "a piece of the body stands in the error: {error:?}");
    }
}

/// A pause ends while somebody still remembers why.
pub fn pause(lasting: Duration) {
    assert!(lasting <= LONGEST_PAUSE, "calls would be held back for {lasting:?}");
}
