//! Lists that channels answer, a page at a time: what makes an end, and what must not.

use crate::answers::{judged, since};
use crate::script::Script;
use crate::subject::{self, Subject};
use crate::{judge, recorder};
use ports::{ErrorKind, ListingPage, OrderPage, Response};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use testkit::run::finish;

/// Lists orders.
pub fn orders(subject: &Subject, script: &Script, page: Option<&str>) {
    let read = |script: &Script, page: Option<&str>| {
        let token = subject::token();
        finish(subject.channel.orders().unwrap().list(&subject.call(script, Some(&token)), &since(page)))
    };
    let Some(told) = judged(subject, read(script, page)) else { return };
    judge::notices(&told.notices);
    if let Some(next) = &told.next {
        assert_ne!(Some(next.as_str()), page, "the page just read is named as the next one");
        is_taken(&read(script, Some(next)));
    }
    let Some(answer) = script.only() else { return };
    if told.notices.is_empty() && told.next.is_none() {
        is_an_end(&usual(subject).0, answer);
    }
    for part in parts(answer) {
        let half = judged(subject, read(&Script::of(vec![Some(part.clone())]), page));
        let same = |half: &OrderPage| half.notices == told.notices;
        assert!(half.as_ref().is_none_or(same), "half a page is another page: {half:?} of {told:?} in {part:?}");
    }
}

/// Lists what is on sale.
pub fn listings(subject: &Subject, script: &Script, page: Option<&str>) {
    let read = |script: &Script, page: Option<&str>| {
        let token = subject::token();
        finish(subject.channel.listings().unwrap().list(&subject.call(script, Some(&token)), page))
    };
    let Some(told) = judged(subject, read(script, page)) else { return };
    told.listings.iter().for_each(judge::survives);
    if let Some(next) = &told.next {
        assert_ne!(Some(next.as_str()), page, "the page just read is named as the next one");
        is_taken(&read(script, Some(next)));
    }
    let Some(answer) = script.only() else { return };
    if told.listings.is_empty() && told.unreadable.is_empty() && told.next.is_none() {
        is_an_end(&usual(subject).1, answer);
    }
    for part in parts(answer) {
        let half = judged(subject, read(&Script::of(vec![Some(part.clone())]), page));
        let same = |half: &ListingPage| half.listings == told.listings;
        assert!(half.as_ref().is_none_or(same), "half a page is another page: {half:?} of {told:?} in {part:?}");
    }
}

/// A token that a page named is one the connector takes, whatever comes of it.
fn is_taken<T>(result: &ports::Result<T>) {
    if let Err(error) = result {
        assert_ne!(error.kind, ErrorKind::BadInput, "its own token is refused: {error:?}");
    }
}

/// An answer that broke off, at a few places.
fn parts(answer: &Response) -> impl Iterator<Item = Response> + '_ {
    let length = answer.body().len();
    let places =
        BTreeSet::from([length.saturating_sub(1), length.saturating_sub(2), length.saturating_sub(3), length / 2, length / 3]);
    places.into_iter().filter(move |at| *at < length).map(|at| answer.clone().map(|body| body.slice(..at)))
}

/// An empty last page looks like those that the channel gives: the same kind of JSON, and a field that they have, or no field.
fn is_an_end(usual: &Value, answer: &Response) {
    // What was printed before the page is not part of it, and bytes that are no text spoil the text that they are in, no more.
    let body = String::from_utf8_lossy(answer.body());
    let starts = body.char_indices().filter(|(_, one)| matches!(one, '{' | '['));
    let read = starts.map(|(at, _)| serde_json::from_str::<Value>(&body[at..])).find_map(std::result::Result::ok);
    match (read, usual) {
        (Some(Value::Array(_)), Value::Array(_)) => {}
        (Some(Value::Object(told)), Value::Object(usual)) => {
            let known = told.is_empty() || told.keys().any(|k| usual.contains_key(k));
            assert!(known, "no page of this channel, and yet the last: {told:?}");
        }
        (read, _) => panic!("not the kind of page this channel gives, and yet the last: {read:?}"),
    }
}

/// A page of orders and one of listings, as the simulator gives them.
fn usual(subject: &Subject) -> &'static (Value, Value) {
    static USUAL: OnceLock<Vec<(Value, Value)>> = OnceLock::new();
    let usual = USUAL.get_or_init(|| subject::all().iter().map(|s| (usual_orders(s), usual_listings(s))).collect());
    let place = subject::all().iter().position(|s| std::ptr::eq(s, subject));
    &usual[place.unwrap()]
}

fn usual_orders(subject: &Subject) -> Value {
    let answers =
        recorder::record(subject, |call| drop(finish(subject.channel.orders().unwrap().list(call, &since(None))).unwrap()));
    serde_json::from_slice(answers[0].body()).unwrap()
}

fn usual_listings(subject: &Subject) -> Value {
    let answers = recorder::record(subject, |call| drop(finish(subject.channel.listings().unwrap().list(call, None)).unwrap()));
    serde_json::from_slice(answers[0].body()).unwrap()
}
