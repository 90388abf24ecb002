//! The connector against the simulator, over an adapter that passes bytes and nothing else: tokens, limits, deliveries.

use super::sim::Simulator;
use super::*;
use crate::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel, Trouble};
use domain::{ChannelId, ConnectionId, Ean, OrderNumber, OrderSnapshot, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Account, Acknowledged, Call, Delivery, Error, ErrorKind, Http, NothingKept, Notification, OrdersFrom, Request, Response,
    Result, Secret, Status, StockWrite, SubscriptionState, SubscriptionWant, Token,
};
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
        self.seen.lock().unwrap().push(crate::simulated_channel::body(&request));
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

    pub(super) fn closed(credentials: &[(&str, &str)]) -> Self {
        Self::with(credentials, Checkout { shipping_cents: 495, discount_percent: 0 })
    }

    pub(super) fn with(credentials: &[(&str, &str)], checkout: Checkout) -> Self {
        let product = |sku: Sku, ean: &str, stock: i64, price_cents: i64| ProductOnSale {
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
            products: vec![product(lamp(), "8712345678906", 5, 1000), product(vase(), "4006381333931", 500, 1295)],
            seed: 7,
            checkout,
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

    pub(super) fn log_in(&self) -> Result<()> {
        let token = self.call("unused", |call| done(Shopify.tokens().unwrap().fetch(&Call { token: None, ..call }, None)))?;
        *self.token.lock().unwrap() = Some(token);
        Ok(())
    }

    pub(super) fn call<T>(&self, operation_id: &str, what: impl FnOnce(Call<'_>) -> T) -> T {
        let token = self.token.lock().unwrap().clone();
        what(Call {
            http: self,
            account: &self.account,
            token: token.as_ref(),
            now: self.now(),
            answers: &NothingKept,
            operation_id,
        })
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
        let page = self.call("l", |call| done(Shopify.listings().unwrap().list(&call, None))).unwrap();
        page.listings.into_iter().find(|l| l.sku.as_ref() == Some(sku)).unwrap()
    }

    pub(super) fn write(&self, operation_id: &str, sku: &Sku, from: Option<i64>, to: i64) -> Result<Acknowledged> {
        let listing = self.listing(sku);
        let write = StockWrite {
            offer: listing.offer,
            stock_reference: listing.stock_reference,
            quantity: q(to),
            from: from.map(q),
            places: Vec::new(),
            start_tracking: false,
        };
        self.call(operation_id, |call| done(Shopify.stock().unwrap().write_one(&call, &write)))
    }

    pub(super) fn list(&self, since: Timestamp) -> Vec<Notification> {
        let mut from = OrdersFrom { since, page: None };
        let mut notices = Vec::new();
        loop {
            let page = self.call("o", |call| done(Shopify.orders().unwrap().list(&call, &from))).unwrap();
            notices.extend(page.notices);
            match page.next {
                Some(next) => from.page = Some(next),
                None => return notices,
            }
        }
    }

    pub(super) fn read(&self, number: &OrderNumber) -> OrderSnapshot {
        self.call("r", |call| done(Shopify.orders().unwrap().read(&call, number))).unwrap()
    }

    pub(super) fn subscribe(&self) -> SubscriptionState {
        let want = SubscriptionWant { url: "https://sluis.example.test/hooks/shopify/webshop".into(), figures: false };
        self.call("s", |call| done(Shopify.notifications().unwrap().subscribe(&call, &want))).unwrap()
    }

    /// Takes what is due, and answers it with this status.
    pub(super) fn deliveries(&self, status: Option<u16>) -> Vec<Delivery> {
        self.sim(|sim, now| {
            let due = sim.outbox(now);
            due.into_iter()
                .map(|outgoing| {
                    sim.delivered(now, outgoing.id, status);
                    let (parts, body) = outgoing.request.into_parts();
                    let headers = parts.headers.iter().map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
                    Delivery { headers, body, received_at: now }
                })
                .collect()
        })
    }

    pub(super) fn receive(&self, delivery: &Delivery) -> Result<Vec<Notification>> {
        let keys = self.call("k", |call| done(Shopify.notifications().unwrap().keys(&call))).unwrap();
        Shopify.notifications().unwrap().receive(&keys, delivery)
    }
}

#[test]
fn a_token_lives_a_day_and_a_revoked_one_is_refused() {
    let world = World::open();
    let ends = world.token.lock().unwrap().clone().unwrap().expires_at;
    assert_eq!(ends.duration_since(world.now()).as_secs(), 86_399);
    world.wait(86_399);
    let refusal = |world: &World| world.call("l", |call| done(Shopify.listings().unwrap().list(&call, None))).unwrap_err().kind;
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
    assert_eq!(listing.observed_quantity, Some(q(5)), "in the words of `read_stock`");
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
        self.1.lock().unwrap().push(crate::simulated_channel::body(&request));
        Ok(Response::new(self.0.lock().unwrap().remove(0).into()))
    }
}

#[test]
fn too_many_calls_are_told_with_their_end_and_apply_nothing() {
    let world = World::open();
    let listing = world.listing(&lamp());
    let until = "2026-11-21T20:00:02Z".parse().unwrap();
    world.sim(|sim, _| sim.trouble(Trouble::TooMany { until }));
    let error = world.call("l", |call| done(Shopify.listings().unwrap().list(&call, None))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.status, Status::Temporary { retry_after: Some(std::time::Duration::from_secs(2)) });
    let write = StockWrite {
        offer: listing.offer,
        stock_reference: listing.stock_reference,
        quantity: q(1),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    };
    assert_eq!(
        world.call("w", |call| done(Shopify.stock().unwrap().write_one(&call, &write))).unwrap_err().kind,
        ErrorKind::RateLimited
    );
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(5));
    let token = world.call("t", |call| done(Shopify.tokens().unwrap().fetch(&call, None))).unwrap_err();
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
        if let Err(error) = world.call("o", |call| done(Shopify.orders().unwrap().list(&call, &from))) {
            refused = Some(error);
            break;
        }
    }
    let Status::Temporary { retry_after: Some(after) } = refused.unwrap().status else { panic!("no wait was told") };
    world.wait(i64::try_from(after.as_secs()).unwrap());
    assert!(world.call("o", |call| done(Shopify.orders().unwrap().list(&call, &from))).is_ok(), "the wait told is enough");
}

#[test]
fn a_delivery_with_one_changed_byte_is_refused_and_the_secret_before_a_rotation_is_accepted() {
    let mut world = World::open();
    world.subscribe();
    world.sim(|sim, now| sim.buy(now, &lamp(), q(1))).unwrap();
    let delivery = world.deliveries(Some(200)).remove(0);
    for name in
        ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-webhook-id", "x-shopify-event-id"]
    {
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
    let topics: Vec<_> = world.deliveries(Some(200)).iter().map(|d| d.header("x-shopify-topic").unwrap().to_owned()).collect();
    assert_eq!(topics, ["orders/updated", "orders/create", "orders/create"]);
}

#[test]
fn the_shop_refuses_to_sell_what_it_does_not_have_and_puts_back_what_is_cancelled() {
    let world = World::open();
    let number = world.sim(|sim, now| sim.buy(now, &lamp(), q(5))).unwrap();
    world.sim(|sim, now| {
        assert_eq!(sim.buy(now, &lamp(), q(1)), Err(crate::simulated_channel::NotSold::SoldOut));
        assert_eq!(sim.buy(now, &Sku::new("NONE").unwrap(), q(1)), Err(crate::simulated_channel::NotSold::Unknown));
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
    let body =
        serde_json::json!({ "operationName": "Orders", "query": "query Orders { orders { nodes { id } } }", "variables": {} });
    let request = http::Request::post("https://shop.example.test/admin/api/2026-10/graphql.json")
        .header(graphql::TOKEN_HEADER, token.access.expose())
        .body(body.to_string().into())
        .unwrap();
    let response = world.sim(|sim, now| sim.answer(now, &request)).unwrap();
    assert_eq!(errors::data::<serde_json::Value>("test", &response, false).unwrap_err().kind, ErrorKind::Declined);
}
