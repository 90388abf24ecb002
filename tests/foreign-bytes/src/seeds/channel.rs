//! Seeds of one channel.

use super::{Seed, files};
use crate::answers::{FUNCTIONS, since};
use crate::recorder::{record, record_with};
use crate::script::SEPARATOR;
use crate::subject::{SKU, Subject};
use connectors::simulated_channel::Trouble;
use domain::{Listing, OrderNumber, Quantity, Sku};
use jiff::SignedDuration;
use ports::{Call, Connector, Response, StockWrite, SubscriptionWant};
use std::collections::BTreeSet;
use testkit::run::finish;

/// A delivery is on its way within this time.
const PATIENCE_S: u32 = 30;
/// Pages of listings that are enough.
const MOST_PAGES: usize = 3;

/// What the simulator answers to every function, and how it refuses.
pub(super) fn answers(subject: &Subject, seeds: &mut Vec<Seed>) {
    let id = subject.channel.descriptor().id;
    let order = subject.simulated_channel(|side, _| side.orders()).remove(0);
    let listing = listings(subject, seeds);
    let mut keep = |function: &str, name: &str, told: &[Response]| {
        if !told.is_empty() {
            seeds.push(("answers", format!("{id}-{name}"), input(&format!("{id} {function}"), told)));
        }
    };
    for function in FUNCTIONS {
        let told = record(subject, |call| ask(subject, call, function, &order, &listing));
        keep(function, function, &told);
    }
    // The token is fetched before: it is the list that is refused.
    let token = subject.real_token();
    subject.simulated_channel(|side, now| side.trouble(Trouble::TooMany { until: now + SignedDuration::from_secs(5) }));
    let told = record_with(subject, token.as_ref(), |call| ask(subject, call, "orders", &order, &listing));
    subject.clock.pass(SignedDuration::from_secs(10));
    keep("orders", "too-many", &told);
}

/// Pages of listings; answers the first listing.
fn listings(subject: &Subject, seeds: &mut Vec<Seed>) -> Listing {
    let id = subject.channel.descriptor().id;
    let (mut page, mut first) = (None, None);
    for number in 0..MOST_PAGES {
        let mut read = None;
        let told =
            record(subject, |call| read = Some(finish(subject.channel.listings().unwrap().list(call, page.as_deref())).unwrap()));
        let head = format!("{id} listings {}", page.as_deref().unwrap_or_default());
        seeds.push(("answers", format!("{id}-listings-{number}"), input(&head, &told)));
        let read = read.unwrap();
        first = first.or(read.listings.into_iter().next());
        page = read.next;
        if page.is_none() {
            break;
        }
    }
    first.unwrap()
}

fn ask(subject: &Subject, call: &Call<'_>, function: &str, order: &OrderNumber, listing: &Listing) {
    let channel = subject.channel;
    let reference = &listing.stock_reference;
    // A refusal is as good a seed as any other answer.
    match function {
        "orders" => drop(finish(channel.orders().unwrap().list(call, &since(None)))),
        "order" => drop(finish(channel.orders().unwrap().read(call, order))),
        "read_stock" => drop(finish(channel.stock().unwrap().read(call, &listing.offer, reference))),
        "write_stock" => {
            let (offer, stock_reference) = (listing.offer.clone(), reference.clone());
            let write = StockWrite {
                offer,
                stock_reference,
                quantity: Quantity::clamped(7),
                from: Some(Quantity::clamped(38)),
                places: Vec::new(),
                start_tracking: false,
            };
            drop(finish(channel.stock().unwrap().write_one(call, &write)));
        }
        "write_status" if channel.jobs().is_some() => {
            let write = |status| finish(channel.jobs().unwrap().status(call, status));
            // Where figures are written later, a status of one that was written is at hand.
            match channel.stock().unwrap().descriptor().later.and_then(|_| written(channel, call, listing)) {
                Some(status) => drop(write(&status)),
                None => drop(write(reference)),
            }
        }
        "token" if call.token.is_some() => drop(finish(channel.tokens().unwrap().fetch(call, None))),
        "webhook_keys" if channel.notifications().is_some() => drop(finish(channel.notifications().unwrap().keys(call))),
        "subscribe" if channel.notifications().is_some() => drop(finish(
            channel.notifications().unwrap().subscribe(call, &SubscriptionWant { url: subject.hook(), figures: false }),
        )),
        _ => {}
    }
}

/// The status of a figure that was taken.
fn written(channel: &dyn Connector, call: &Call<'_>, listing: &Listing) -> Option<String> {
    let write = StockWrite {
        offer: listing.offer.clone(),
        stock_reference: listing.stock_reference.clone(),
        quantity: Quantity::clamped(6),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    };
    match finish(channel.stock().unwrap().write_one(call, &write)) {
        Ok(ports::Acknowledged::Pending(status)) => Some(status),
        _ => None,
    }
}

/// Genuine deliveries of a new order and of its cancellation.
pub(super) fn deliveries(subject: &Subject, seeds: &mut Vec<Seed>) {
    let id = subject.channel.descriptor().id;
    if subject.channel.notifications().is_none() {
        return;
    }
    let order = subject.simulated_channel(|side, now| side.buy(now, &Sku::new(SKU).unwrap(), Quantity::clamped(1))).unwrap();
    let mut told = delivered(subject);
    assert!(subject.simulated_channel(|side, now| side.cancel(now, &order)), "an open order can be cancelled");
    told.extend(delivered(subject));
    let distinct: BTreeSet<_> = told.into_iter().collect();
    for (number, delivery) in distinct.into_iter().enumerate() {
        seeds.push(("deliveries", format!("{id}-{number}"), [id.as_bytes(), b"\n", &delivery].concat()));
    }
}

fn delivered(subject: &Subject) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for _ in 0..PATIENCE_S {
        subject.clock.pass(SignedDuration::from_secs(1));
        for outgoing in subject.simulated_channel(|side, now| side.outbox(now)) {
            subject.simulated_channel(|side, now| side.delivered(now, outgoing.id, Some(200)));
            let headers = outgoing.request.headers().iter();
            let head: Vec<_> = headers.map(|(n, v)| format!("{n}: {}\n", v.to_str().unwrap())).collect();
            found.push([head.concat().as_bytes(), b"\n", outgoing.request.body()].concat());
        }
    }
    found
}

/// The channel's fixtures: each first in a row of answers, with the others after it, and each as the body of a delivery.
pub(super) fn fixtures(subject: &Subject, seeds: &mut Vec<Seed>) {
    let id = subject.channel.descriptor().id;
    let mut fixtures = files(&format!("shared/connectors/src/{id}/fixtures"), "json");
    for _ in 0..fixtures.len() {
        let told: Vec<_> = fixtures.iter().map(|(_, body)| Response::new(body.clone().into())).collect();
        let (name, body) = fixtures.remove(0);
        seeds.push(("answers", format!("{id}-fixture-{name}"), input(&format!("{id} order"), &told)));
        if subject.channel.notifications().is_none() {
            fixtures.push((name, body));
            continue;
        }
        let head = seeds.iter().find(|(target, of, _)| *target == "deliveries" && of.starts_with(id)).map(|(_, _, d)| head(d));
        let delivery = [head.unwrap_or_default().as_slice(), b"\n\n", &body].concat();
        seeds.push(("deliveries", format!("{id}-fixture-{name}"), delivery));
        fixtures.push((name, body));
    }
}

fn head(delivery: &[u8]) -> Vec<u8> {
    let end = delivery.windows(2).position(|w| w == b"\n\n").unwrap_or(delivery.len());
    delivery[..end].to_vec()
}

/// As `answers` reads it.
fn input(head: &str, told: &[Response]) -> Vec<u8> {
    let mut text = head.as_bytes().to_vec();
    for response in told {
        text.extend([if text.len() == head.len() { b'\n' } else { SEPARATOR }]);
        text.extend(format!("{}\n", response.status().as_u16()).bytes());
        for (name, value) in response.headers() {
            text.extend(format!("{name}: {}\n", value.to_str().unwrap()).bytes());
        }
        text.extend(b"\n");
        text.extend(response.body());
    }
    text
}
