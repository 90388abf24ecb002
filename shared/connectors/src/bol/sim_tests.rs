//! The connector against its own far side, with a clock that only moves when told.

use super::super::Bol;
use super::super::harness_tests::{account, now, run};
use super::*;
use crate::simulated_channel::ProductOnSale;
use async_trait::async_trait;
use domain::{Ean, Fulfilment, OfferId};
use jiff::SignedDuration;
use ports::{
    Account, Acknowledged, Call, Connector, Delivery, Disposition, Error, ErrorKind, Http, Notification, OrdersFrom, Result,
    Secret, StockWrite, SubscriptionWant, Token, WebhookKeys,
};
use std::collections::BTreeSet;
use std::sync::Mutex;

#[path = "sim_updates_tests.rs"]
mod updates;

const URL: &str = "https://shop.example.test/hooks/bol/bol-nl";

struct World {
    sim: Mutex<Simulator>,
    now: Mutex<Timestamp>,
    account: Account,
    token: Token,
}

#[async_trait]
impl Http for World {
    async fn send(&self, request: Request) -> Result<Response> {
        let answer = self.sim.lock().unwrap().answer(self.now(), &request);
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "http", "no answer"))
    }
}

impl World {
    fn new(products: usize) -> Self {
        let account = account();
        let product = |n: usize| ProductOnSale {
            sku: Sku::new(format!("W-{n}")).unwrap(),
            ean: Ean::new("8712345678906").unwrap(),
            title: format!("Widget {n}"),
            group: "widgets".into(),
            stock: Quantity::clamped(7),
            price_cents: 1205,
        };
        let setup = Setup {
            base_url: account.base_url.clone(),
            credentials: account.credentials.clone(),
            products: (1..=products).map(product).collect(),
            seed: 1,
            checkout: crate::simulated_channel::Checkout::default(),
        };
        let token = Token { access: Secret::new("none yet"), refresh: None, expires_at: now() };
        let mut world = Self { sim: Mutex::new(Simulator::new(setup)), now: Mutex::new(now()), account, token };
        world.token = run(Bol.tokens().unwrap().fetch(&world.call(), None)).unwrap();
        world
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn call(&self) -> Call<'_> {
        Call { http: self, account: &self.account, token: Some(&self.token), now: self.now(), operation_id: "1" }
    }

    /// Moves the clock and fetches a new token, as the driver would.
    fn wait(&mut self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
        self.token = run(Bol.tokens().unwrap().fetch(&self.call(), Some(&self.token))).unwrap();
    }

    /// Moves the clock and asks for nothing.
    fn wait_silently(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    fn sim<T>(&self, act: impl FnOnce(&mut Simulator, Timestamp) -> T) -> T {
        act(&mut self.sim.lock().unwrap(), self.now())
    }

    fn buy(&self, sku: &str, units: i64) -> std::result::Result<OrderNumber, NotSold> {
        self.sim(|s, now| s.buy(now, &Sku::new(sku).unwrap(), Quantity::clamped(units)))
    }

    fn shown(&self, sku: &str) -> i64 {
        self.sim(|s, _| s.shown(&Sku::new(sku).unwrap()).unwrap())
    }

    fn offer(&self, sku: &str) -> OfferId {
        let page = run(Bol.listings().unwrap().list(&self.call(), None)).unwrap();
        page.listings.into_iter().find(|l| l.sku.as_ref().unwrap().as_str() == sku).unwrap().offer
    }

    fn write(&self, offer: &OfferId, units: i64) -> Result<Acknowledged> {
        let write = StockWrite {
            offer: offer.clone(),
            stock_reference: offer.to_string(),
            quantity: Quantity::clamped(units),
            from: None,
            places: Vec::new(),
            start_tracking: false,
        };
        run(Bol.stock().unwrap().write_one(&self.call(), &write))
    }

    fn read(&self, offer: &OfferId) -> Result<i64> {
        run(Bol.stock().unwrap().read(&self.call(), offer, offer.as_str()))
            .map(|observed| observed.counted().unwrap().quantity.units())
    }

    /// All orders of a listing, and how many calls it took.
    fn listed(&mut self, since: Timestamp) -> (BTreeSet<OrderNumber>, usize) {
        let (mut all, mut page, mut calls) = (BTreeSet::new(), None, 0);
        loop {
            let got = run(Bol.orders().unwrap().list(&self.call(), &OrdersFrom { since, page })).unwrap();
            all.extend(got.notices.into_iter().map(|n| match n {
                Notification::Changed { number, .. } => number,
                other => panic!("{other:?}"),
            }));
            calls += 1;
            self.wait(3);
            match got.next {
                Some(next) => page = Some(next),
                None => return (all, calls),
            }
        }
    }

    fn subscribe(&self) -> ports::SubscriptionState {
        run(Bol.notifications().unwrap().subscribe(&self.call(), &SubscriptionWant { url: URL.into(), figures: false })).unwrap()
    }

    fn deliveries(&self) -> Vec<(u64, Delivery)> {
        let now = self.now();
        let delivery = |out: Outgoing| {
            let headers = out.request.headers().iter();
            let headers = headers.map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned())).collect();
            (out.id, Delivery { headers, body: out.request.body().clone(), received_at: now })
        };
        self.sim(Simulator::outbox).into_iter().map(delivery).collect()
    }
}

#[test]
fn a_token_is_fetched_ends_and_can_be_revoked() {
    let world = World::new(1);
    assert_eq!(world.token.expires_at, now() + SignedDuration::from_secs(299));
    assert!(run(Bol.listings().unwrap().list(&world.call(), None)).is_ok());
    *world.now.lock().unwrap() += SignedDuration::from_secs(299);
    let late = run(Bol.listings().unwrap().list(&world.call(), None)).unwrap_err();
    assert_eq!(late.kind, ErrorKind::Unauthorized);
    assert!(late.message.contains("expired"), "{}", late.message);

    let world = World::new(1);
    world.sim(|s, _| s.trouble(Trouble::TokensRevoked));
    assert_eq!(run(Bol.listings().unwrap().list(&world.call(), None)).unwrap_err().kind, ErrorKind::Unauthorized);
}

#[test]
fn wrong_credentials_are_named() {
    let mut world = World::new(1);
    world.account.credentials.insert("client_secret".into(), Secret::new("wrong"));
    let error = run(Bol.tokens().unwrap().fetch(&world.call(), None)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
    assert!(error.message.contains("client_secret") && !format!("{error:?}").contains("wrong"));
    world.account.credentials.remove("client_id");
    assert_eq!(run(Bol.tokens().unwrap().fetch(&world.call(), None)).unwrap_err().kind, ErrorKind::Configuration);
}

#[test]
fn all_pages_of_changed_orders_are_listed_and_the_empty_object_ends_them() {
    let mut world = World::new(20);
    let before = world.now();
    let bought: BTreeSet<_> = (0..120).map(|n| world.buy(&format!("W-{}", n % 20 + 1), 1).unwrap()).collect();
    assert_eq!(world.listed(before), (bought, 4));
    world.wait(600);
    let (later, calls) = world.listed(world.now());
    assert_eq!((later.len(), calls), (0, 1));
}

#[test]
fn after_a_long_gap_every_change_of_the_days_between_is_found() {
    let mut world = World::new(20);
    let before = world.now();
    let mut bought = BTreeSet::new();
    for n in 0..60 {
        bought.insert(world.buy(&format!("W-{}", n % 20 + 1), 1).unwrap());
        world.wait(3600);
    }
    let shipped = bought.first().unwrap().clone();
    assert!(world.sim(|s, now| s.ship(now, &shipped)));
    world.wait(3 * 24 * 3600);
    let (all, calls) = world.listed(before);
    assert_eq!(all, bought);
    assert!(calls > 6, "one call for each day at least");
}

#[test]
fn an_order_is_read_whole_and_its_cancellation_too() {
    let mut world = World::new(2);
    let number = world.buy("W-2", 3).unwrap();
    let order = run(Bol.orders().unwrap().read(&world.call(), &number)).unwrap();
    assert_eq!((&order.number, order.placed_at, order.stamp), (&number, now(), Some(now())));
    let line = &order.lines[0];
    assert_eq!((line.sku.as_ref().unwrap().as_str(), line.ordered.units(), line.cancelled.units()), ("W-2", 3, 0));
    assert_eq!((line.fulfilment, line.offer.as_ref()), (Fulfilment::Merchant, Some(&world.offer("W-2"))));
    assert_eq!(line.unit_price.as_ref().unwrap().amount.to_string(), "12.05");
    world.wait(60);
    assert!(world.sim(|s, now| s.cancel(now, &number)));
    assert!(!world.sim(|s, now| s.cancel(now, &number)), "only once");
    let order = run(Bol.orders().unwrap().read(&world.call(), &number)).unwrap();
    assert_eq!((order.lines[0].cancelled.units(), order.stamp), (3, Some(now() + SignedDuration::from_secs(60))));
    let unknown = run(Bol.orders().unwrap().read(&world.call(), &OrderNumber::new("NONE").unwrap())).unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::NotFound);
    let strange = run(Bol.orders().unwrap().read(&world.call(), &OrderNumber::new("../x?y").unwrap())).unwrap_err();
    assert_eq!(strange.kind, ErrorKind::BadInput);
}

#[test]
fn listings_come_page_by_page() {
    let world = World::new(230);
    let (mut skus, mut page, mut sizes) = (BTreeSet::new(), None, Vec::new());
    loop {
        let got = run(Bol.listings().unwrap().list(&world.call(), page.as_deref())).unwrap();
        sizes.push(got.listings.len());
        skus.extend(got.listings.into_iter().map(|l| (l.sku.unwrap(), l.ean.unwrap(), l.offer.to_string() == l.stock_reference)));
        page = got.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!((sizes, skus.len()), (vec![100, 100, 30], 230));
}

#[test]
fn a_figure_written_is_the_one_sold_from_and_later_orders_are_taken_off_by_bol() {
    let world = World::new(1);
    let offer = world.offer("W-1");
    let early = world.buy("W-1", 2).unwrap();
    assert_eq!(world.read(&offer).unwrap(), 5);
    assert_eq!(world.write(&offer, 4).unwrap(), Acknowledged::Applied);
    assert_eq!(world.read(&offer).unwrap(), 4, "the order before the update is not taken off again");
    let late = world.buy("W-1", 3).unwrap();
    assert_eq!((world.read(&offer).unwrap(), world.shown("W-1")), (1, 1));
    assert_eq!(world.buy("W-1", 2), Err(NotSold::SoldOut));
    assert_eq!(world.buy("W-9", 1), Err(NotSold::Unknown));
    assert!(world.sim(|s, now| s.cancel(now, &late)));
    assert_eq!(world.shown("W-1"), 4);
    assert!(world.sim(|s, now| s.cancel(now, &early)));
    assert_eq!(world.shown("W-1"), 4, "its units were counted before the update");
    world.sim(|s, now| s.edit_stock(now, &Sku::new("W-1").unwrap(), Quantity::clamped(9)));
    assert_eq!((world.read(&offer).unwrap(), world.sim(|s, _| s.stock_writes())), (9, 1));
}

#[test]
fn more_than_bol_takes_is_cut() {
    let world = World::new(1);
    let offer = world.offer("W-1");
    world.write(&offer, 5000).unwrap();
    assert_eq!(world.shown("W-1"), 999);
}

#[test]
fn a_failure_after_the_write_is_read_back_and_silence_does_nothing() {
    let world = World::new(1);
    let offer = world.offer("W-1");
    world.sim(|s, _| s.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.write(&offer, 3).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!(world.read(&offer).unwrap(), 3, "it was done");
    world.sim(|s, now| s.trouble(Trouble::Silent { until: now + SignedDuration::from_secs(5) }));
    let silent = world.write(&offer, 1).unwrap_err();
    assert_eq!((silent.kind, silent.disposition()), (ErrorKind::Timeout, Disposition::ReadBack));
    assert_eq!(world.shown("W-1"), 3, "it was not done");
}

#[test]
fn too_many_calls_are_refused_and_the_wait_is_told() {
    let mut world = World::new(1);
    world.sim(|s, now| s.trouble(Trouble::TooMany { until: now + SignedDuration::from_secs(9) }));
    let refused = run(Bol.listings().unwrap().list(&world.call(), None)).unwrap_err();
    assert_eq!(refused.disposition(), Disposition::RetryAt(std::time::Duration::from_secs(9)));
    *world.now.lock().unwrap() += SignedDuration::from_secs(9);
    let list = |world: &World| run(Bol.orders().unwrap().list(&world.call(), &OrdersFrom { since: world.now(), page: None }));
    assert!((0..25).all(|_| list(&world).is_ok()));
    // 25 a minute: the next one comes after 2.4 seconds, told in whole ones.
    assert_eq!(list(&world).unwrap_err().disposition(), Disposition::RetryAt(std::time::Duration::from_secs(3)));
    assert!(run(Bol.listings().unwrap().list(&world.call(), None)).is_ok(), "another bucket");
    world.wait(3);
    assert!(list(&world).is_ok());
}

#[test]
fn the_subscription_is_made_once_and_mended_when_bol_switched_it_off() {
    let world = World::new(1);
    assert_eq!(world.subscribe().made, ["ORDER"]);
    assert_eq!(world.subscribe().fine, ["ORDER"]);
    world.sim(|s, _| s.trouble(Trouble::SubscriptionOff));
    world.buy("W-1", 1).unwrap();
    assert_eq!(world.deliveries().len(), 0);
    assert_eq!(world.subscribe().mended, ["ORDER"]);
    world.buy("W-1", 1).unwrap();
    assert_eq!(world.deliveries().len(), 1);
}

#[test]
fn ten_failures_in_ten_minutes_switch_the_subscription_off() {
    let mut world = World::new(1);
    world.subscribe();
    world.buy("W-1", 1).unwrap();
    let start = world.now();
    let mut failures = 0;
    while world.now() < start + SignedDuration::from_mins(11) {
        for (id, _) in world.deliveries() {
            failures += 1;
            world.sim(|s, now| s.delivered(now, id, Some(500)));
        }
        world.wait(1);
    }
    assert_eq!(failures, 10);
    assert_eq!(world.subscribe().mended, ["ORDER"]);
}

#[test]
fn deliveries_are_lost_doubled_and_late_as_told() {
    let mut world = World::new(1);
    world.subscribe();
    world.sim(|s, _| s.trouble(Trouble::WebhooksLost { times: 1 }));
    world.buy("W-1", 1).unwrap();
    world.sim(|s, _| s.trouble(Trouble::WebhooksDoubled { times: 1 }));
    world.buy("W-1", 1).unwrap();
    assert_eq!(world.deliveries().len(), 2);
    world.sim(|s, _| s.trouble(Trouble::WebhooksLate { by: SignedDuration::from_secs(30) }));
    world.buy("W-1", 1).unwrap();
    assert_eq!(world.deliveries().len(), 0);
    world.wait(30);
    let [(id, _)] = world.deliveries()[..] else { panic!("one delivery") };
    world.sim(|s, now| s.delivered(now, id, Some(204)));
    world.wait(3600);
    assert_eq!(world.deliveries().len(), 0, "what was taken is not sent again");
}

#[test]
fn a_signed_delivery_is_a_hint_and_one_changed_byte_is_refused() {
    let world = World::new(1);
    world.subscribe();
    let number = world.buy("W-1", 1).unwrap();
    let keys = run(Bol.notifications().unwrap().keys(&world.call())).unwrap();
    let (_, delivery) = world.deliveries().remove(0);
    assert_eq!(Bol.notifications().unwrap().key_id(&delivery).unwrap().as_deref(), Some("0"));
    assert_eq!(Bol.notifications().unwrap().receive(&keys, &delivery).unwrap(), [Notification::Changed { number, stamp: None }]);

    for position in 0..delivery.body.len() {
        let mut body = delivery.body.to_vec();
        body[position] ^= 1;
        let changed = Delivery { body: body.into(), ..delivery.clone() };
        assert_eq!(Bol.notifications().unwrap().receive(&keys, &changed).unwrap_err().kind, ErrorKind::Unauthorized);
    }
    let signature = delivery.header("signature").unwrap().to_owned();
    for wrong in [
        signature.replace("keyId=0", "keyId=1"),
        signature.replace("rsa-sha256", "none"),
        signature.replace("signature=", "signature=A"),
        String::new(),
        "keyId=0".into(),
    ] {
        let changed = Delivery { headers: vec![("signature".into(), wrong.clone())], ..delivery.clone() };
        assert_eq!(Bol.notifications().unwrap().receive(&keys, &changed).unwrap_err().kind, ErrorKind::Unauthorized, "{wrong}");
    }
    let unsigned = Delivery { headers: Vec::new(), ..delivery.clone() };
    assert_eq!(Bol.notifications().unwrap().receive(&keys, &unsigned).unwrap_err().kind, ErrorKind::Unauthorized);
    assert_eq!(
        Bol.notifications().unwrap().receive(&WebhookKeys::default(), &delivery).unwrap_err().kind,
        ErrorKind::Unauthorized
    );
}

/// A delivery that says this, signed rightly, with quotes and without as both have been seen.
fn signed(body: &str, quoted: bool) -> Delivery {
    let signature = pushes::Pushes::new().sign(body.as_bytes()).unwrap();
    let header = if quoted {
        format!(r#"keyId="0", algorithm="rsa-sha256", signature="{signature}""#)
    } else {
        format!("keyId=0,algorithm=rsa-sha256,signature={signature}")
    };
    Delivery { headers: vec![("signature".into(), header)], body: body.to_owned().into(), received_at: now() }
}

#[test]
fn the_key_may_come_wrapped_or_bare_and_other_resources_are_nothing_for_us() {
    let wrapped = run(Bol.notifications().unwrap().keys(&World::new(1).call())).unwrap();
    let bare = WebhookKeys { public: [("0".into(), pushes::bare_public_key())].into(), ..WebhookKeys::default() };
    assert_ne!(wrapped.public, bare.public);
    let order =
        r#"{"retailerId":"1","timestamp":"2020-02-02T23:23:23+01:00","event":{"resource":"ORDER","type":"?","resourceId":42}}"#;
    let other = r#"{"retailerId":1,"timestamp":"2020-02-02T23:23:23+01:00","event":{"resource":"PROCESS_STATUS","type":"SUCCESS","resourceId":"1"}}"#;
    for keys in [&wrapped, &bare] {
        for quoted in [true, false] {
            let read = Notification::Changed { number: OrderNumber::new("42").unwrap(), stamp: None };
            assert_eq!(Bol.notifications().unwrap().receive(keys, &signed(order, quoted)).unwrap(), [read]);
            assert_eq!(Bol.notifications().unwrap().receive(keys, &signed(other, quoted)).unwrap(), [Notification::Ignored]);
        }
    }
    let nameless = r#"{"event":{"resource":"ORDER"}}"#;
    assert_eq!(Bol.notifications().unwrap().receive(&wrapped, &signed(nameless, true)).unwrap_err().kind, ErrorKind::Protocol);
    assert_eq!(Bol.notifications().unwrap().receive(&wrapped, &signed("no json", true)).unwrap_err().kind, ErrorKind::Protocol);
}

#[test]
fn the_media_type_is_the_version() {
    let world = World::new(1);
    let ask = |accept: &str, path: &str| {
        let request = http::Request::get(format!("{}{path}", world.account.base_url))
            .header("accept", accept)
            .header("authorization", format!("Bearer {}", world.token.access.expose()));
        run(world.send(request.body(bytes::Bytes::new()).unwrap())).unwrap().status().as_u16()
    };
    assert_eq!(ask(V11, "/retailer/offers"), 200);
    assert_eq!(ask(V10, "/retailer/offers"), 406);
    assert_eq!(ask(V10, "/retailer/orders"), 200);
    assert_eq!(ask(V11, "/retailer/orders"), 406);
    assert_eq!(ask(V10, "/retailer/orders?change-interval-minute=61"), 400);
}

proptest::proptest! {
    #[test]
    fn no_delivery_makes_the_reader_panic(header in ".*", key: Vec<u8>, body: Vec<u8>) {
        use base64::Engine as _;
        let key = base64::engine::general_purpose::STANDARD.encode(key);
        let keys = WebhookKeys { secrets: Vec::new(), public: [("0".into(), key)].into() };
        for header in [header, "keyId=0, signature=AAAA".into()] {
            let delivery = Delivery { headers: vec![("signature".into(), header)], body: body.clone().into(), received_at: now() };
            let _ = Bol.notifications().unwrap().key_id(&delivery);
            proptest::prop_assert!(Bol.notifications().unwrap().receive(&keys, &delivery).is_err());
        }
    }

    #[test]
    fn no_signed_body_makes_the_reader_panic(body in ".*") {
        let keys = WebhookKeys { secrets: Vec::new(), public: [("0".into(), pushes::bare_public_key())].into() };
        let read = Bol.notifications().unwrap().receive(&keys, &signed(&body, true));
        proptest::prop_assert!(read.is_ok() || read.is_err_and(|e| e.kind == ErrorKind::Protocol));
    }
}
