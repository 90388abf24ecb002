//! Deliveries: who sent them, and what becomes of them when the way is bad.

use crate::bench::{Bench, PUBLIC_URL, Subject};
use connectors::simulated_channel::Trouble;
use domain::{LineState, OrderNumber, OrderSnapshot};
use jiff::{SignedDuration, Timestamp};
use ports::{Delivery, ErrorKind, Notification, NotificationSource, QueueName, WebhookKeys};
use std::collections::BTreeMap;

/// A genuine delivery that tells of an order.
fn genuine(bench: &Bench) -> Delivery {
    bench.subscribe(PUBLIC_URL);
    bench.buy(0, 1);
    for _ in 0..30 {
        bench.pass(2);
        for (_, delivery) in bench.outbox() {
            let notices = bench.channel.notifications().unwrap().receive(&bench.keys(), &delivery).unwrap();
            if notices.iter().any(|n| matches!(n, Notification::Order(_) | Notification::Changed { .. })) {
                return delivery;
            }
        }
    }
    panic!("no delivery tells of an order");
}

/// Whether it delivers, and signs what it delivers.
fn signs(subject: &Subject) -> bool {
    match subject.channel.notifications().map(|told| told.descriptor().from) {
        None => subject.skip("it tells nothing by itself"),
        // Who may write to a queue is the queue's own policy, and what it holds is only a hint.
        Some(NotificationSource::MerchantQueue { .. }) => {
            let told = subject.channel.notifications().unwrap();
            assert_eq!(told.descriptor().body, ports::WebhookBody::Hint, "what nobody signed is not believed");
            let bare = Delivery { headers: Vec::new(), body: genuine(&subject.bench()).body, received_at: Timestamp::UNIX_EPOCH };
            let notices = told.receive(&WebhookKeys::default(), &bare).unwrap();
            assert!(notices.iter().all(|notice| matches!(notice, Notification::Changed { .. })), "{notices:?}");
            subject.skip("it leaves notifications in a queue, unsigned");
        }
        Some(NotificationSource::Https) => return true,
    }
    false
}

pub(super) fn a_flipped_bit_anywhere_is_refused(subject: &Subject) {
    if !signs(subject) {
        return;
    }
    let bench = subject.bench();
    let delivery = genuine(&bench);
    let keys = bench.keys();
    for place in 0..delivery.body.len() {
        let mut body = delivery.body.to_vec();
        body[place] ^= 1 << (place % 8);
        let forged = Delivery { body: body.into(), ..delivery.clone() };
        let refused = subject.channel.notifications().unwrap().receive(&keys, &forged);
        assert!(refused.is_err_and(|e| e.kind == ErrorKind::Unauthorized), "byte {place} of {}", delivery.body.len());
    }
    for cut in [0, delivery.body.len() - 1] {
        let forged = Delivery { body: delivery.body.slice(..cut), ..delivery.clone() };
        assert!(
            subject.channel.notifications().unwrap().receive(&keys, &forged).is_err_and(|e| e.kind == ErrorKind::Unauthorized)
        );
    }
    let strangers = WebhookKeys { secrets: vec![ports::Secret::new("notthesecretofthisaccount")], ..WebhookKeys::default() };
    for keys in [WebhookKeys::default(), strangers] {
        assert!(
            subject.channel.notifications().unwrap().receive(&keys, &delivery).is_err_and(|e| e.kind == ErrorKind::Unauthorized),
            "no key, no entry"
        );
    }
    // Through the engine: nothing of a forged delivery reaches a queue, and the genuine one does.
    let forged = Delivery { body: delivery.body.iter().rev().copied().collect::<Vec<_>>().into(), ..delivery.clone() };
    assert!(bench.receive(&forged).is_err_and(|e| e.kind == ErrorKind::Unauthorized));
    assert!(bench.stage.queue.waiting(QueueName::Inbound).is_empty());
    assert_eq!(bench.receive(&delivery).unwrap().orders, 1);
    assert_eq!(bench.stage.queue.waiting(QueueName::Inbound).len(), 1);
}

pub(super) fn a_delivery_without_its_signature_carries_nothing(subject: &Subject) {
    if !signs(subject) {
        return;
    }
    let bench = subject.bench();
    let delivery = genuine(&bench);
    let keys = bench.keys();
    let told = subject.channel.notifications().unwrap().receive(&keys, &delivery).unwrap();
    let mut signatures = 0;
    for (name, _) in &delivery.headers {
        let without =
            |d: &Delivery| Delivery { headers: d.headers.iter().filter(|(n, _)| n != name).cloned().collect(), ..d.clone() };
        match subject.channel.notifications().unwrap().receive(&keys, &without(&delivery)) {
            Ok(notices) if notices == told => {}
            Ok(notices) => {
                assert!(
                    notices.iter().all(|n| *n == Notification::Ignored),
                    "without {name} something else is told: {notices:?}"
                );
            }
            Err(error) => signatures += usize::from(error.kind == ErrorKind::Unauthorized),
        }
    }
    let bare = Delivery { headers: Vec::new(), ..delivery.clone() };
    match subject.channel.notifications().unwrap().receive(&keys, &bare) {
        Ok(notices) => assert!(notices.iter().all(|n| *n == Notification::Ignored), "told without any header: {notices:?}"),
        Err(error) => assert_eq!(error.kind, ErrorKind::Unauthorized),
    }
    assert!(signatures >= 1, "at least one header is the signature, without which nothing is taken");
}

/// How often an invented delivery is sent.
const FORGED: usize = 50;

pub(super) fn what_nobody_signed_costs_no_call_and_what_is_forged_not_one_each(subject: &Subject) {
    if !signs(subject) {
        return;
    }
    let bench = subject.bench();
    let delivery = genuine(&bench);
    let refused = |forged: &Delivery| bench.receive(forged).is_err_and(|e| e.kind == ErrorKind::Unauthorized);
    let before = bench.sent();
    let bare = Delivery { headers: Vec::new(), ..delivery.clone() };
    for n in 0..FORGED {
        assert!(refused(&bare), "not signed");
        let garbled = |(name, _): &(String, String)| (name.clone(), format!("keyId={n},signature=AAAA"));
        assert!(
            refused(&Delivery { headers: delivery.headers.iter().map(garbled).collect(), ..delivery.clone() }),
            "not a signature"
        );
    }
    assert_eq!(bench.sent(), before, "not one call");
    // As bol signs: the right shape, an invented key each time. On the other channels, a signature of another body.
    for n in 0..FORGED {
        let mut forged = delivery.clone();
        for (_, value) in &mut forged.headers {
            *value = value.replace("keyId=0", &format!("keyId=invented-{n}"));
        }
        forged.body = [delivery.body.as_ref(), b" "].concat().into();
        assert!(refused(&forged), "forged");
    }
    assert_eq!(bench.sent(), before, "not one call for {FORGED} forged deliveries");
    assert_eq!(bench.receive(&delivery).unwrap().orders, 1, "and the genuine one is taken");
}

/// What is stored of an order, beside when we heard of it.
type Kept = BTreeMap<OrderNumber, (OrderSnapshot, Vec<LineState>)>;

fn kept(bench: &Bench, connection: &str) -> Kept {
    bench.stored(connection).into_iter().map(|(number, order)| (number, (order.snapshot, order.lines))).collect()
}

pub(super) fn deliveries_doubled_late_reversed_or_lost_end_in_the_same_orders(subject: &Subject) {
    if subject.channel.notifications().is_none() {
        return subject.skip("it tells nothing by itself");
    }
    let troubles = [
        None,
        Some(Trouble::WebhooksDoubled { times: 50 }),
        Some(Trouble::WebhooksLate { by: SignedDuration::from_mins(4) }),
        Some(Trouble::WebhooksReversed),
        Some(Trouble::WebhooksLost { times: 4 }),
    ];
    let mut untroubled = 0;
    for trouble in troubles {
        let mut bench = subject.bench();
        bench.subscribe(PUBLIC_URL);
        bench.deliver_for(60);
        if let Some(trouble) = trouble {
            bench.trouble(trouble);
        }
        let orders: Vec<_> = (0..4).map(|n| bench.buy(n % 2, 2)).collect();
        bench.pass(1);
        bench.cancel(&orders[1]);
        bench.pass(2);
        bench.cancel(&orders[2]);
        let delivered = bench.deliver_for(600);
        if trouble.is_none() {
            untroubled = delivered;
        }
        if matches!(trouble, Some(Trouble::WebhooksLost { .. })) {
            // Which orders are missed until the next poll is not said: a raise of another order's units polls too.
            assert!(delivered < untroubled, "of {untroubled} deliveries {delivered} came though four were lost");
            bench.poll("one");
            bench.work_off();
        } else {
            assert!(delivered >= 4, "{delivered} deliveries");
        }
        let polled = polled(&mut bench);
        assert_eq!(polled.len(), 4);
        assert_eq!(kept(&bench, "one"), polled, "{trouble:?}: deliveries end where a poll ends");
        let cancelled = |n: usize| polled[&orders[n]].0.lines.iter().all(|l| l.cancelled == l.ordered);
        assert_eq!([0, 1, 2, 3].map(cancelled), [false, true, true, false], "{trouble:?}");
    }
}

/// What the twin, to which nothing is delivered, stores of the same orders.
fn polled(bench: &mut Bench) -> Kept {
    bench.pass_lag();
    bench.poll("twin");
    bench.work_off();
    kept(bench, "twin")
}
