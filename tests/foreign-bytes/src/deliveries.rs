//! Webhook deliveries, headers and raw body, through `Connector::receive` of every registered channel.
//!
//! Beyond "no panic" must hold, for any headers and any body:
//! - with the keys of somebody else, or with none, nothing is told: `Unauthorized`, or at most `Notification::Ignored`;
//! - with the right keys something is told only if the body's own signature stands in the headers;
//! - signed rightly, a delivery is never `Unauthorized`, whatever it says;
//! - every snapshot that comes out is one that a channel can mean, and survives its way through a queue;
//! - an error shows neither secrets nor more than one value of the body, and is one line.
//!
//! What is left in the merchant's queue nobody signs: it is taken whatever its headers say, and is never more than word that something changed.
//!
//! An input is `channel`, a line per header (`name: value`), an empty line, and the body.

use crate::judge;
use crate::subject::{self, Subject, now};
use ports::{Delivery, Error, ErrorKind, Notification, NotificationSource, WebhookKeys};

/// The property.
pub fn hold(data: &[u8]) {
    let (subject, headers, body) = parse(data);
    if subject.told_in(data) || subject.channel.notifications().is_none() {
        return;
    }
    let as_it_came = Delivery { headers, body: body.to_vec().into(), received_at: now() };
    if matches!(subject.channel.notifications().unwrap().descriptor().from, NotificationSource::MerchantQueue { .. }) {
        return left(subject, &as_it_came);
    }
    let _ = subject.channel.notifications().unwrap().key_id(&as_it_came);
    for keys in [&WebhookKeys::default(), &subject.strangers_keys] {
        assert!(!tells(subject, keys, &as_it_came), "taken without the right key: {as_it_came:?}");
    }
    let signature = subject.sign(body);
    if tells(subject, &subject.keys, &as_it_came) {
        let signed = |(name, value): &(String, String)| as_it_came.header(name).is_some_and(|v| v.contains(proof(value)));
        assert!(signature.iter().any(signed), "taken without its signature: {as_it_came:?}");
    }
    let mut genuine = as_it_came;
    genuine.headers.splice(0..0, signature);
    match subject.channel.notifications().unwrap().receive(&subject.keys, &genuine) {
        Ok(notices) => judge::notices(&notices),
        Err(error) => {
            judged(subject, &error, &genuine);
            assert_ne!(error.kind, ErrorKind::Unauthorized, "genuine and refused: {error:?} {genuine:?}");
        }
    }
}

/// What a queue held.
fn left(subject: &Subject, message: &Delivery) {
    match subject.channel.notifications().unwrap().receive(&subject.keys, message) {
        Ok(notices) => {
            judge::notices(&notices);
            let is_word = |notice: &Notification| matches!(notice, Notification::Changed { .. } | Notification::Ignored);
            assert!(notices.iter().all(is_word), "believed though nobody signed it: {notices:?}");
        }
        Err(error) => {
            judged(subject, &error, message);
            assert_ne!(error.kind, ErrorKind::Unauthorized, "nobody signs it: {error:?} {message:?}");
        }
    }
}

/// Whether a delivery was taken for genuine and told something.
fn tells(subject: &Subject, keys: &WebhookKeys, delivery: &Delivery) -> bool {
    match subject.channel.notifications().unwrap().receive(keys, delivery) {
        Ok(notices) => {
            judge::notices(&notices);
            notices.iter().any(|n| *n != Notification::Ignored)
        }
        Err(error) => {
            judged(subject, &error, delivery);
            // Any other verdict means that the body was read.
            error.kind != ErrorKind::Unauthorized
        }
    }
}

fn judged(subject: &Subject, error: &Error, delivery: &Delivery) {
    judge::error(subject, error);
    judge::quotes_little(error, &delivery.body);
}

/// The signature itself in a header that may hold other things too: its longest run of base64.
fn proof(header: &str) -> &str {
    let part = |c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/');
    header.split(part).max_by_key(|run| run.len()).unwrap_or(header)
}

fn parse(data: &[u8]) -> (&'static Subject, Vec<(String, String)>, &[u8]) {
    let end = data.windows(2).position(|w| w == b"\n\n");
    let (head, body) = end.map_or((data, &[][..]), |at| (&data[..at], &data[at + 2..]));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let subject = subject::named(lines.next().unwrap_or_default());
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    (subject, lines.filter_map(header).collect(), body)
}
