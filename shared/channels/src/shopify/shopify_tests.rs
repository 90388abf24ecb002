//! The connector against the simulator, over an adapter that passes bytes and nothing else.

use super::sim::{Restock, Simulator};
use super::*;
use crate::far_side::{Article, FarSide, Setup, Trouble};
use domain::{ChannelId, ConnectionId, Ean, Quantity, Sku};
use jiff::Timestamp;
use ports::{Account, Error, ErrorKind, Http, Request, Secret, Status};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// Nothing in here waits, so the first poll is the last.
pub(super) fn done<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the connector waited for something that is not the far side"),
    }
}

pub(super) struct World {
    sim: Mutex<Simulator>,
    now: Mutex<Timestamp>,
    pub(super) seen: Mutex<Vec<serde_json::Value>>,
    token: Mutex<Option<Token>>,
    pub(super) account: Account,
}

#[async_trait]
impl Http for World {
    async fn send(&self, request: Request) -> Result<Response> {
        self.seen.lock().unwrap().push(crate::far_side::body(&request));
        let now = *self.now.lock().unwrap();
        let answer = self.sim.lock().unwrap().answer(now, &request);
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "http", "no answer came"))
    }
}

pub(super) fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

pub(super) fn lamp() -> Sku {
    Sku::new("LAMP").unwrap()
}

pub(super) fn vase() -> Sku {
    Sku::new("VASE").unwrap()
}

fn secrets(all: &[(&str, &str)]) -> BTreeMap<String, Secret> {
    all.iter().map(|(name, text)| ((*name).to_owned(), Secret::new(*text))).collect()
}

impl World {
    /// A shop with 5 lamps and 500 vases, and a token for it.
    pub(super) fn open() -> Self {
        let world = Self::closed(&[("client_id", "app"), ("client_secret", "hush")]);
        world.log_in().unwrap();
        world
    }

    fn closed(credentials: &[(&str, &str)]) -> Self {
        let article = |sku: Sku, ean: &str, stock: i64, price_cents: i64| Article {
            title: format!("A {sku}"),
            group: sku.to_string(),
            ean: Ean::new(ean).unwrap(),
            stock: q(stock),
            price_cents,
            sku,
        };
        let setup = Setup {
            base_url: "https://shop.example.test".into(),
            credentials: secrets(&[("client_id", "app"), ("client_secret", "hush")]),
            articles: vec![article(lamp(), "8712345678906", 5, 1000), article(vase(), "4006381333931", 500, 1295)],
            seed: 7,
        };
        let account = Account {
            connection: ConnectionId::new("webshop").unwrap(),
            channel: ChannelId::new("shopify").unwrap(),
            base_url: setup.base_url.clone(),
            settings: BTreeMap::from([("location_id".to_owned(), "9007199254740995".to_owned())]),
            credentials: secrets(credentials),
        };
        Self {
            sim: Mutex::new(Simulator::new(setup)),
            now: Mutex::new("2026-11-21T20:00:00Z".parse().unwrap()),
            seen: Mutex::default(),
            token: Mutex::default(),
            account,
        }
    }

    fn log_in(&self) -> Result<()> {
        let token = self.call("unused", |call| done(Shopify.token(&Call { token: None, ..call }, None)))?;
        *self.token.lock().unwrap() = Some(token);
        Ok(())
    }

    pub(super) fn call<T>(&self, operation_id: &str, what: impl FnOnce(Call<'_>) -> T) -> T {
        let token = self.token.lock().unwrap().clone();
        what(Call { http: self, account: &self.account, token: token.as_ref(), now: self.now(), operation_id })
    }

    pub(super) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(super) fn wait(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    pub(super) fn sim<T>(&self, what: impl FnOnce(&mut Simulator, Timestamp) -> T) -> T {
        what(&mut self.sim.lock().unwrap(), self.now())
    }

    pub(super) fn listing(&self, sku: &Sku) -> domain::Listing {
        let page = self.call("l", |call| done(Shopify.listings(&call, None))).unwrap();
        page.listings.into_iter().find(|l| l.sku.as_ref() == Some(sku)).unwrap()
    }

    fn write(&self, operation_id: &str, sku: &Sku, from: Option<i64>, to: i64) -> Result<Acknowledged> {
        let listing = self.listing(sku);
        let write = StockWrite {
            offer: listing.offer,
            stock_reference: listing.stock_reference,
            quantity: q(to),
            from: from.map(q),
            places: Vec::new(),
            start_tracking: false,
        };
        self.call(operation_id, |call| done(Shopify.write_stock(&call, &write)))
    }

    pub(super) fn list(&self, since: Timestamp) -> Vec<Notice> {
        let mut from = OrdersFrom { since, page: None };
        let mut notices = Vec::new();
        loop {
            let page = self.call("o", |call| done(Shopify.orders(&call, &from))).unwrap();
            notices.extend(page.notices);
            match page.next {
                Some(next) => from.page = Some(next),
                None => return notices,
            }
        }
    }

    pub(super) fn read(&self, number: &OrderNumber) -> OrderSnapshot {
        self.call("r", |call| done(Shopify.order(&call, number))).unwrap()
    }

    pub(super) fn subscribe(&self) -> SubscriptionState {
        let want = SubscriptionWant { url: "https://sluis.example.test/hooks/shopify/webshop".into(), figures: false };
        self.call("s", |call| done(Shopify.subscribe(&call, &want))).unwrap()
    }

    /// Takes what is due, and answers it with this status.
    pub(super) fn deliveries(&self, status: Option<u16>) -> Vec<Delivery> {
        self.sim(|sim, now| {
            let due = sim.outbox(now);
            due.into_iter()
                .map(|outgoing| {
                    sim.delivered(now, outgoing.id, status);
                    let (parts, body) = outgoing.request.into_parts();
                    let headers =
                        parts.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
                    Delivery { headers, body, received_at: now }
                })
                .collect()
        })
    }

    pub(super) fn receive(&self, delivery: &Delivery) -> Result<Vec<Notice>> {
        let keys = self.call("k", |call| done(Shopify.webhook_keys(&call))).unwrap();
        Shopify.receive(&keys, delivery)
    }
}

#[test]
fn a_token_lives_a_day_and_a_revoked_one_is_refused() {
    let world = World::open();
    let ends = world.token.lock().unwrap().clone().unwrap().expires_at;
    assert_eq!(ends.duration_since(world.now()).as_secs(), 86_399);
    world.wait(86_399);
    let refusal = |world: &World| world.call("l", |call| done(Shopify.listings(&call, None))).unwrap_err().kind;
    assert_eq!(refusal(&world), ErrorKind::Unauthorized, "it ended");
    world.log_in().unwrap();
    world.listing(&lamp());
    world.sim(|sim, _| sim.trouble(Trouble::TokensRevoked));
    assert_eq!(refusal(&world), ErrorKind::Unauthorized);
}

#[test]
fn wrong_credentials_are_refused_and_a_given_token_is_used_without_asking() {
    let wrong = World::closed(&[("client_id", "app"), ("client_secret", "guess")]);
    assert_eq!(wrong.log_in().unwrap_err().kind, ErrorKind::Unauthorized);
    let missing = World::closed(&[("client_id", "app")]);
    assert_eq!(missing.log_in().unwrap_err().kind, ErrorKind::Configuration);
    let given = World::closed(&[("access_token", "lasting")]);
    given.log_in().unwrap();
    assert_eq!(given.token.lock().unwrap().as_ref().unwrap().access.expose(), "lasting");
    assert!(given.seen.lock().unwrap().is_empty());
}

#[test]
fn listings_name_variant_and_inventory_item_by_all_their_digits() {
    let listing = World::open().listing(&lamp());
    assert!(listing.offer.as_str().parse::<u64>().unwrap() > 1 << 53);
    assert_ne!(listing.offer.as_str(), listing.stock_reference);
    assert_eq!(listing.ean, Some(Ean::new("8712345678906").unwrap()));
    assert_eq!(listing.shown, Some(q(5)), "in the words of `read_stock`");
}

#[test]
fn every_changed_order_is_listed_once_over_several_pages_and_not_before_the_index_has_it() {
    let world = World::open();
    let since = world.now();
    let mut placed = Vec::new();
    for _ in 0..45 {
        placed.push(world.sim(|sim, now| sim.buy(now, &vase(), q(1)).unwrap()));
        world.wait(1);
    }
    assert!(world.list(since).len() < 45, "the index lags");
    world.wait(5);
    let listed: Vec<_> = world.list(since).into_iter().map(|n| if let Notice::Order(o) = n { o.number } else { panic!() }).collect();
    assert_eq!(listed, placed);
    let last = world.list("2026-11-21T20:00:44Z".parse().unwrap());
    assert_eq!(last.len(), 1, "the asked instant itself is included");
}

#[test]
fn an_order_of_more_lines_than_the_list_tells_is_read_whole() {
    let world = World::open();
    let wanted: Vec<_> = (0..120).map(|_| (vase(), q(1))).collect();
    let number = world.sim(|sim, now| sim.buy_all(now, &wanted, "NL")).unwrap();
    world.wait(5);
    assert!(matches!(world.list("2026-11-21T19:00:00Z".parse().unwrap()).as_slice(), [Notice::Read { number: n, stamp: Some(_) }] if *n == number));
    assert_eq!(world.read(&number).lines.len(), 120);
}

/// The heart of it: whatever happened to an order, its webhook, the list and the full read tell the same snapshot.
#[test]
fn webhook_list_and_full_read_tell_the_same_snapshot() {
    let world = World::open();
    world.subscribe();
    let number = world.sim(|sim, now| sim.buy_all(now, &[(lamp(), q(4)), (vase(), q(2))], "BE")).unwrap();
    let same = |step: &str| {
        world.wait(5);
        let read = world.read(&number);
        for delivery in world.deliveries(Some(200)) {
            assert_eq!(world.receive(&delivery).unwrap(), [Notice::Order(Box::new(read.clone()))], "{step}");
        }
        for notice in world.list("2026-11-21T19:00:00Z".parse().unwrap()) {
            if let Notice::Order(listed) = notice {
                assert_eq!(*listed, read, "{step}");
            }
        }
        let line = read.lines.first().unwrap().clone();
        (line.ordered.units(), line.cancelled.units(), line.shipped.units(), line.returned.units())
    };
    assert_eq!(same("placed"), (4, 0, 0, 0));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::Cancel)));
    assert_eq!(same("one removed"), (4, 1, 0, 0));
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(2))));
    assert_eq!(same("two sent"), (4, 1, 2, 0));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::Return)));
    assert_eq!(same("one came back"), (4, 1, 2, 1));
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(1))));
    assert_eq!(same("all sent"), (4, 1, 3, 1));
    assert!(!world.sim(|sim, now| sim.cancel(now, &number)), "what was sent is not cancelled");
    let other = world.sim(|sim, now| sim.buy(now, &vase(), q(3))).unwrap();
    assert!(world.sim(|sim, now| sim.cancel(now, &other)));
    world.wait(5);
    let read = world.read(&other);
    assert_eq!((read.channel_status.as_str(), read.lines.first().unwrap().cancelled), ("cancelled", q(3)));
    let told: Vec<_> = world.deliveries(Some(200)).iter().map(|d| world.receive(d).unwrap()).collect();
    assert_eq!(told.last().unwrap(), &[Notice::Order(Box::new(read))]);
}

#[test]
fn a_webhook_that_cannot_settle_a_line_has_the_order_read() {
    let world = World::open();
    world.subscribe();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(2))).unwrap();
    assert!(world.sim(|sim, now| sim.ship(now, &number, 0, q(1))));
    world.deliveries(Some(200));
    assert!(world.sim(|sim, now| sim.refund(now, &number, 0, q(1), Restock::None)));
    let delivery = world.deliveries(Some(200)).pop().unwrap();
    assert!(matches!(world.receive(&delivery).unwrap().as_slice(), [Notice::Read { number: n, .. }] if *n == number));
    let line = world.read(&number).lines.remove(0);
    assert_eq!((line.cancelled, line.shipped), (q(0), q(1)), "the unit that was refunded is the one that was sent");
}

/// Answers given, requests kept.
pub(super) struct Script(Mutex<Vec<&'static str>>, pub(super) Mutex<Vec<serde_json::Value>>);

impl Script {
    pub(super) fn new(answers: &[&'static str]) -> Self {
        Self(Mutex::new(answers.to_vec()), Mutex::default())
    }
}

#[async_trait]
impl Http for Script {
    async fn send(&self, request: Request) -> Result<Response> {
        self.1.lock().unwrap().push(crate::far_side::body(&request));
        Ok(Response::new(self.0.lock().unwrap().remove(0).into()))
    }
}

/// Shops that sell on without stock have figures below zero. They read as nothing, and a raise compares with the true figure.
#[test]
fn a_raise_from_below_zero_compares_with_the_true_figure() {
    let world = World::open();
    let level = r#"{"data":{"inventoryItem":{"tracked":true,"inventoryLevel":{"quantities":[{"name":"available","quantity":-2}]}}}}"#;
    let fine = r#"{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":null,"userErrors":[]}}}"#;
    let script = Script::new(&[level, level, fine]);
    let offer = OfferId::new("1").unwrap();
    let shown = world.call("r", |call| done(Shopify.read_stock(&Call { http: &script, ..call }, &offer, "2"))).unwrap().counted().unwrap().quantity;
    assert_eq!(shown, q(0));
    let write = StockWrite { offer, stock_reference: "2".into(), quantity: q(4), from: Some(shown), places: Vec::new(), start_tracking: false };
    world.call("w", |call| done(Shopify.write_stock(&Call { http: &script, ..call }, &write))).unwrap();
    let sent = script.1.lock().unwrap().pop().unwrap();
    assert_eq!(sent["variables"]["input"]["quantities"][0]["changeFromQuantity"], -2);
    assert_eq!(sent["variables"]["key"], "w");
}

#[test]
fn a_variant_that_is_not_tracked_has_no_figure_and_one_that_is_sold_on_says_so() {
    let world = World::open();
    let listing = || world.listing(&lamp());
    assert_eq!((listing().counting, listing().backorders), (domain::Counting::Counted, false));
    let read = || {
        let listing = listing();
        world.call("r", |call| done(Shopify.read_stock(&call, &listing.offer, &listing.stock_reference))).unwrap()
    };
    assert!(matches!(read(), ports::Observed::Counted(_)));
    assert!(world.sim(|sim, now| sim.set_tracking(now, &lamp(), None) && sim.sell_past_zero(now, &lamp(), true)));
    assert_eq!(read(), ports::Observed::NotCounted);
    let untracked = listing();
    assert_eq!((untracked.counting, untracked.shown, untracked.backorders), (domain::Counting::NotCounted, None, true));
}

/// The fixtures are written after Shopify's documentation, not by the simulator.
#[test]
fn the_fixtures_of_one_order_in_both_shapes_tell_the_same_snapshot() {
    let world = World::open();
    let script = Script::new(&[
        include_str!("fixtures/order.json"),
        include_str!("fixtures/fulfilled.json"),
        include_str!("fixtures/refunded.json"),
    ]);
    let number = OrderNumber::new("18014398509481985").unwrap();
    let read = world.call("r", |call| done(Shopify.order(&Call { http: &script, ..call }, &number))).unwrap();
    let told: wire::Order = serde_json::from_str(include_str!("fixtures/order_webhook.json")).unwrap();
    assert_eq!(told.facts().unwrap().snapshot("test", None).unwrap().unwrap(), read);
    assert_eq!(serde_json::to_string(&read).unwrap().matches("10.00").count(), 1);
    let line = read.lines.first().unwrap();
    assert_eq!((line.cancelled, line.shipped, line.returned), (q(1), q(2), q(1)));
    assert_eq!(read.ship_to, Some(domain::Country::new("NL").unwrap()));
}

#[test]
fn a_write_is_a_compare_and_set_against_the_figure_read() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let read = || world.call("r", |call| done(Shopify.read_stock(&call, &listing.offer, &listing.stock_reference))).unwrap().counted().unwrap().quantity;
    assert_eq!(read(), q(5));
    assert_eq!(world.write("a", &lamp(), Some(5), 3).unwrap(), Acknowledged::Applied);
    assert_eq!(read(), q(3));
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    assert_eq!(world.write("b", &lamp(), Some(3), 9).unwrap_err().kind, ErrorKind::Conflict, "a unit was sold in between");
    assert_eq!(read(), q(2));
    assert_eq!(world.write("c", &lamp(), None, 9).unwrap(), Acknowledged::Applied);
    let body = world.seen.lock().unwrap().iter().rfind(|b| b["operationName"] == "SetAvailable").unwrap().clone();
    assert!(body["variables"]["input"]["quantities"][0].as_object().unwrap().contains_key("changeFromQuantity"), "{body}");
    assert_eq!(world.sim(|sim, _| sim.stock_writes()), 2);
}

#[test]
fn the_same_operation_again_is_done_once_and_another_under_its_name_is_refused() {
    let world = World::open();
    world.write("one", &lamp(), Some(5), 3).unwrap();
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    assert_eq!(world.write("one", &lamp(), Some(5), 3).unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|sim, _| (sim.stock_writes(), sim.shown(&lamp()))), (1, Some(2)));
    assert_eq!(world.write("one", &lamp(), Some(2), 8).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(2));
}

#[test]
fn a_raise_from_nothing_compares_with_nothing() {
    let world = World::open();
    world.write("down", &lamp(), Some(5), 0).unwrap();
    world.write("up", &lamp(), Some(0), 4).unwrap();
    assert_eq!(world.write("late", &lamp(), Some(0), 7).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(4));
}

#[test]
fn a_write_to_what_is_not_there_says_what_to_do() {
    let mut world = World::open();
    let write = StockWrite { offer: OfferId::new("1").unwrap(), stock_reference: "1".into(), quantity: q(1), from: None, places: Vec::new(), start_tracking: false };
    let error = world.call("x", |call| done(Shopify.write_stock(&call, &write))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    world.write("y", &lamp(), None, 1).unwrap();
    world.account.settings.insert("location_id".into(), "2".into());
    assert_eq!(world.write("z", &lamp(), None, 2).unwrap_err().kind, ErrorKind::Configuration);
    world.account.settings.insert("location_id".into(), "main street".into());
    assert_eq!(world.call("z", |call| done(Shopify.write_stock(&call, &write))).unwrap_err().kind, ErrorKind::Configuration);
    assert_eq!(world.call("l", |call| done(Shopify.listings(&call, None))).unwrap_err().kind, ErrorKind::Configuration);
}

#[test]
fn a_500_after_the_write_is_unknown_and_the_same_operation_again_settles_it() {
    let world = World::open();
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.write("w", &lamp(), Some(5), 2).unwrap_err().status, Status::Unknown);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(2));
    assert_eq!(world.write("w", &lamp(), Some(5), 2).unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|sim, _| sim.stock_writes()), 1);
}

#[test]
fn silence_applies_nothing_and_leaves_a_write_unknown() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let until = "2026-11-21T20:01:00Z".parse().unwrap();
    world.sim(|sim, _| sim.trouble(Trouble::Silent { until }));
    let write = StockWrite { offer: listing.offer, stock_reference: listing.stock_reference, quantity: q(1), from: Some(q(5)), places: Vec::new(), start_tracking: false };
    let error = world.call("w", |call| done(Shopify.write_stock(&call, &write))).unwrap_err();
    assert_eq!(error.status, Status::Unknown);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(5));
    world.wait(60);
    assert_eq!(world.call("w", |call| done(Shopify.write_stock(&call, &write))).unwrap(), Acknowledged::Applied);
}

#[test]
fn too_many_calls_are_told_with_their_end_and_apply_nothing() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let until = "2026-11-21T20:00:02Z".parse().unwrap();
    world.sim(|sim, _| sim.trouble(Trouble::TooMany { until }));
    let error = world.call("l", |call| done(Shopify.listings(&call, None))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.status, Status::Temporary { retry_after: Some(std::time::Duration::from_secs(2)) });
    let write = StockWrite { offer: listing.offer, stock_reference: listing.stock_reference, quantity: q(1), from: None, places: Vec::new(), start_tracking: false };
    assert_eq!(world.call("w", |call| done(Shopify.write_stock(&call, &write))).unwrap_err().kind, ErrorKind::RateLimited);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(5));
    let token = world.call("t", |call| done(Shopify.token(&call, None))).unwrap_err();
    assert_eq!(token.kind, ErrorKind::RateLimited);
}

#[test]
fn the_bucket_empties_and_fills_again() {
    let world = World::open();
    let since = world.now();
    for _ in 0..60 {
        world.sim(|sim, now| sim.buy(now, &vase(), q(1))).unwrap();
    }
    world.wait(5);
    let from = OrdersFrom { since, page: None };
    let mut refused = None;
    for _ in 0..100 {
        if let Err(error) = world.call("o", |call| done(Shopify.orders(&call, &from))) {
            refused = Some(error);
            break;
        }
    }
    let Status::Temporary { retry_after: Some(after) } = refused.unwrap().status else { panic!("no wait was told") };
    world.wait(i64::try_from(after.as_secs()).unwrap());
    assert!(world.call("o", |call| done(Shopify.orders(&call, &from))).is_ok(), "the wait told is enough");
}

#[test]
fn a_delivery_with_one_changed_byte_is_refused_and_the_secret_before_a_rotation_is_accepted() {
    let mut world = World::open();
    world.subscribe();
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    let delivery = world.deliveries(Some(200)).remove(0);
    for name in ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-webhook-id", "x-shopify-event-id"] {
        assert!(delivery.header(name).is_some_and(|v| !v.is_empty()), "{name}");
    }
    assert!(world.receive(&delivery).is_ok());
    let mut body = delivery.body.to_vec();
    *body.last_mut().unwrap() = b' ';
    assert_eq!(world.receive(&Delivery { body: body.into(), ..delivery.clone() }).unwrap_err().kind, ErrorKind::Unauthorized);
    world.account.credentials = secrets(&[("client_secret", "new"), ("previous_client_secret", "hush")]);
    assert!(world.receive(&delivery).is_ok());
    world.account.credentials.remove("previous_client_secret");
    assert_eq!(world.receive(&delivery).unwrap_err().kind, ErrorKind::Unauthorized);
}

#[test]
fn what_befalls_deliveries_can_be_ordered() {
    let world = World::open();
    world.subscribe();
    world.sim(|sim, now| {
        sim.trouble(Trouble::WebhooksLost { times: 2 });
        sim.buy(now, &lamp(), q(1)).unwrap();
    });
    assert!(world.deliveries(Some(200)).is_empty());
    world.sim(|sim, now| {
        sim.trouble(Trouble::WebhooksDoubled { times: 1 });
        sim.trouble(Trouble::WebhooksReversed);
        sim.trouble(Trouble::WebhooksLate { by: SignedDuration::from_secs(30) });
        sim.buy(now, &lamp(), q(1)).unwrap();
    });
    assert!(world.deliveries(Some(200)).is_empty());
    world.wait(30);
    let topics: Vec<_> =
        world.deliveries(Some(200)).iter().map(|d| d.header("x-shopify-topic").unwrap().to_owned()).collect();
    assert_eq!(topics, ["orders/updated", "orders/create", "orders/create"]);
}

#[test]
fn the_shop_refuses_to_sell_what_it_does_not_have_and_puts_back_what_is_cancelled() {
    let world = World::open();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(5))).unwrap();
    world.sim(|sim, now| {
        assert_eq!(sim.buy(now, &lamp(), q(1)), Err(crate::far_side::NotSold::SoldOut));
        assert_eq!(sim.buy(now, &Sku::new("NONE").unwrap(), q(1)), Err(crate::far_side::NotSold::Unknown));
        assert!(sim.cancel(now, &number));
        assert!(!sim.cancel(now, &number), "once");
        assert_eq!(sim.shown(&lamp()), Some(5));
        assert_eq!(sim.orders(), std::slice::from_ref(&number));
    });
    assert!(number.as_str().parse::<u64>().unwrap() > 1 << 53);
}

#[test]
fn the_far_side_refuses_documents_it_does_not_know() {
    let world = World::open();
    let token = world.token.lock().unwrap().clone().unwrap();
    let body = serde_json::json!({ "operationName": "Orders", "query": "query Orders { orders { nodes { id } } }", "variables": {} });
    let request = http::Request::post("https://shop.example.test/admin/api/2026-10/graphql.json")
        .header(graphql::TOKEN_HEADER, token.access.expose())
        .body(body.to_string().into())
        .unwrap();
    let response = world.sim(|sim, now| sim.answer(now, &request)).unwrap();
    assert_eq!(errors::data::<serde_json::Value>("test", &response, false).unwrap_err().kind, ErrorKind::Declined);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After any history the full read tells what truly was cancelled and sent, and no webhook tells otherwise.
    #[test]
    fn any_history_is_told_alike_and_truly(history in prop::collection::vec((0..4u8, 0..2usize, 1..4i64), 1..12)) {
        let world = World::open();
        world.subscribe();
        let number = world.sim(|sim, now| sim.buy_all(now, &[(lamp(), q(4)), (vase(), q(7))], "NL")).unwrap();
        world.deliveries(Some(200));
        // Sent and cancelled, per line.
        let mut truth = [(0, 0), (0, 0)];
        let mut kept = [0, 0];
        for (what, line, units) in history {
            world.wait(20);
            let quantity = q(units);
            let (sent, cancelled) = &mut truth[line];
            match what {
                0 if world.sim(|sim, now| sim.ship(now, &number, line, quantity)) => (*sent, kept[line]) = (*sent + units, kept[line] + units),
                1 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::Cancel)) => *cancelled += units,
                2 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::Return)) => kept[line] -= units,
                3 if world.sim(|sim, now| sim.refund(now, &number, line, quantity, Restock::None)) => {
                    if kept[line] == 0 { *cancelled += units } else { kept[line] -= units }
                }
                _ => {}
            }
            let read = world.read(&number);
            for delivery in world.deliveries(Some(200)) {
                let told = world.receive(&delivery).unwrap();
                prop_assert!(told == [Notice::Order(Box::new(read.clone()))] || matches!(told.as_slice(), [Notice::Read { number: n, .. }] if *n == number), "{told:?} {read:?}");
            }
            let told: Vec<_> = read.lines.iter().map(|l| (l.shipped.units(), l.cancelled.units())).collect();
            prop_assert_eq!(told, truth);
        }
    }
}
