//! What channels answer: every function of every connector, over a way out that answers anything.
//!
//! Beyond "no panic" must hold, for any statuses, headers and bodies, in any order and any number of times:
//! - every function ends;
//! - a page that cannot be read is an error, never an empty last page; half a page is an error, never another page (`pages`);
//! - the page after a page is another one, and its token is one that the connector takes;
//! - every snapshot is one that a channel can mean and survives its way through a queue;
//! - a token is good for a while: one that is over at once would have the next call fetch another;
//! - a write whose answer fails or cannot be read is `Unknown`: it may have been done;
//! - `pause` and every `retry_after` stay within an hour;
//! - an error shows no secret, is one line, and is not a `Bug`.
//!
//! An input is `channel function page` on a line and the answers after it (`script`).

use crate::script::{SEPARATOR, Script};
use crate::subject::{self, Subject, now};
use crate::{judge, pages};
use domain::{OfferId, OrderNumber, Quantity};
use jiff::SignedDuration;
use ports::{OrdersFrom, Result, Status, StockWrite, SubscriptionWant};
use testkit::run::finish;

/// The functions by name.
pub const FUNCTIONS: [&str; 9] =
    ["orders", "order", "listings", "read_stock", "write_stock", "write_status", "token", "webhook_keys", "subscribe"];
/// The order that is asked for, where ids are of any form.
pub const ORDER: &str = "1001";
/// Where a stock figure is, where ids are of any form.
pub const REFERENCE: &str = "12";
/// Either, where an id of another form is asked for nowhere.
const OF_32_DIGITS: &str = "0193000000007000800000000000000a";

/// An id of a channel's own form, where it has one.
fn id_for(subject: &Subject, id: &'static str) -> &'static str {
    if subject.channel.descriptor().title == "Shopware" { OF_32_DIGITS } else { id }
}

/// The property.
pub fn hold(data: &[u8]) {
    let end = data.iter().position(|b| *b == SEPARATOR || *b == b'\n').unwrap_or(data.len());
    let head = String::from_utf8_lossy(&data[..end]);
    let mut words = head.splitn(3, ' ');
    let subject = subject::named(words.next().unwrap_or_default());
    if subject.told_in(data) {
        return;
    }
    let function = function(words.next().unwrap_or_default());
    let page = words.next().filter(|page| !page.is_empty());
    let script = Script::parse(data.get(end + 1..).unwrap_or_default());
    for pause in script.answers().filter_map(|a| subject.channel.pause(a)) {
        judge::pause(pause.lasting);
    }
    match function {
        "orders" => pages::orders(subject, &script, page),
        "listings" => pages::listings(subject, &script, page),
        "order" => order(subject, &script),
        "write_stock" => write_stock(subject, &script),
        "token" => token(subject, &script),
        other => plain(subject, &script, other),
    }
}

/// A name that is none stands for one of them all the same.
fn function(name: &str) -> &'static str {
    let by_letter = || FUNCTIONS[usize::from(name.bytes().next().unwrap_or(0)) % FUNCTIONS.len()];
    FUNCTIONS.into_iter().find(|f| *f == name).unwrap_or_else(by_letter)
}

/// From where orders are listed: long enough ago that a connector must go through all it has.
pub fn since(page: Option<&str>) -> OrdersFrom {
    OrdersFrom { since: now() - SignedDuration::from_mins(30), page: page.map(str::to_owned) }
}

/// Judges an error and lets a value through.
pub fn judged<T>(subject: &Subject, result: Result<T>) -> Option<T> {
    result.inspect_err(|error| judge::error(subject, error)).ok()
}

fn order(subject: &Subject, script: &Script) {
    let token = subject::token();
    let number = OrderNumber::new(id_for(subject, ORDER)).unwrap();
    let result = finish(subject.channel.orders().unwrap().read(&subject.call(script, Some(&token)), &number));
    if let Some(snapshot) = judged(subject, result) {
        judge::snapshot(&snapshot);
    }
}

fn write_stock(subject: &Subject, script: &Script) {
    let token = subject::token();
    let reference = id_for(subject, REFERENCE);
    let write = StockWrite {
        offer: OfferId::new(reference).unwrap(),
        stock_reference: reference.to_owned(),
        quantity: Quantity::clamped(7),
        // Above zero: a figure that may be below zero is read first, and a failed read wrote nothing.
        from: Some(Quantity::clamped(3)),
        places: Vec::new(),
        start_tracking: false,
    };
    let result = finish(subject.channel.stock().unwrap().write_one(&subject.call(script, Some(&token)), &write));
    if let (Some(answer), Err(error)) = (script.only(), &result) {
        let unreadable = answer.status().is_success() && serde_json::from_slice::<serde::de::IgnoredAny>(answer.body()).is_err();
        if unreadable || answer.status().is_server_error() {
            assert_eq!(error.status, Status::Unknown, "it may have been written: {error:?}");
        }
    }
    judged(subject, result);
}

fn token(subject: &Subject, script: &Script) {
    if !subject.has_token() {
        return;
    }
    if let Some(token) = judged(subject, finish(subject.channel.tokens().unwrap().fetch(&subject.call(script, None), None))) {
        assert!(token.expires_at > now(), "a token that is over: {}", token.expires_at);
        assert!(!token.access.expose().is_empty(), "a token that is none");
    }
}

/// Those of whose value there is nothing more to say.
fn plain(subject: &Subject, script: &Script, function: &str) {
    let token = subject::token();
    let call = subject.call(script, Some(&token));
    let channel = subject.channel;
    match function {
        "read_stock" => {
            let reference = id_for(subject, REFERENCE);
            let offer = OfferId::new(reference).unwrap();
            judged(subject, finish(channel.stock().unwrap().read(&call, &offer, reference)));
        }
        "write_status" if channel.jobs().is_some() => {
            // As the channel's own writes give it: Shopify's names the order and the job.
            let two = format!("{REFERENCE} {REFERENCE}");
            // And Mirakl's the kind of import, its number and the item.
            let of_an_import = format!("stock|{REFERENCE}|{REFERENCE}");
            // Amazon's what was changed, when it was taken, the figure and the item.
            let of_a_change = format!("stock|{}|7|{REFERENCE}", now().as_second());
            let status = match channel.descriptor().title {
                "Shopify" => &two,
                "Mirakl" => &of_an_import,
                "Amazon" => &of_a_change,
                _ => REFERENCE,
            };
            judged(subject, finish(channel.jobs().unwrap().status(&call, status)));
        }
        "webhook_keys" if channel.notifications().is_some() => {
            drop(judged(subject, finish(channel.notifications().unwrap().keys(&call))));
        }
        "subscribe" if channel.notifications().is_some() => {
            let want = SubscriptionWant { url: subject.hook(), figures: false };
            judged(subject, finish(channel.notifications().unwrap().subscribe(&call, &want)));
        }
        _ => {}
    }
}
