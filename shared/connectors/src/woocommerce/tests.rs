//! The connector against the simulated shop, and against the official schemas where they are at hand.
#![cfg(feature = "simulator")]

use super::WooCommerce;
use super::sim::Simulator;
use crate::simulated_channel::{Checkout, NotSold, ProductOnSale, Setup, SimulatedChannel, Trouble};
use async_trait::async_trait;
use domain::{ChannelId, ConnectionId, Ean, OfferId, OrderNumber, OrderSnapshot, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Account, Acknowledged, Call, Connector, Delivery, Disposition, Error, ErrorKind, Http, NothingKept, Notification, OrdersFrom,
    Request, Response, Secret, StockWrite, SubscriptionState, SubscriptionWant,
};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

const HOOK: &str = "https://sluis.example.test/hooks/woocommerce/webshop";

/// The wire: hands requests to the shop and keeps a copy of each.
pub(super) struct Wire {
    sim: Mutex<Simulator>,
    now: Mutex<Timestamp>,
    pub(super) sent: Mutex<Vec<Request>>,
    /// The shop leaves out when an order was completed, as one does whose orders a plug-in imports.
    pub(super) undated: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl Http for Wire {
    async fn send(&self, request: Request) -> ports::Result<Response> {
        self.sent.lock().unwrap().push(request.clone());
        let now = *self.now.lock().unwrap();
        let answer = self.sim.lock().unwrap().answer(now, &request);
        let answer = answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "test", "no answer"))?;
        Ok(if self.undated.load(std::sync::atomic::Ordering::Relaxed) { without_completion(answer) } else { answer })
    }
}

fn without_completion(answer: Response) -> Response {
    let (head, body) = answer.into_parts();
    let mut json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(date) = json.get_mut("date_completed_gmt") else { return Response::from_parts(head, body) };
    *date = serde_json::Value::Null;
    Response::from_parts(head, json.to_string().into())
}

pub(super) struct World {
    pub(super) wire: Wire,
    pub(super) account: Account,
}

impl World {
    pub(super) fn new(base_url: &str) -> Self {
        let credentials = [("consumer_key", "ck_test"), ("consumer_secret", "cs_test"), ("webhook_secret", "Zomer2026Sluisdeur")];
        let credentials: BTreeMap<_, _> = credentials.into_iter().map(|(n, v)| (n.to_owned(), Secret::new(v))).collect();
        let product = |sku: &str, ean: &str, group: &str, stock| ProductOnSale {
            sku: Sku::new(sku).unwrap(),
            ean: Ean::new(ean).unwrap(),
            title: sku.to_lowercase(),
            group: group.to_owned(),
            stock: q(stock),
            price_cents: 1295,
        };
        let products = vec![
            product("MUG", "8712345678906", "mug", 300),
            product("SHIRT-S", "8712345678913", "shirt", 5),
            product("SHIRT-M", "8712345678920", "shirt", 6),
        ];
        let account = Account {
            connection: ConnectionId::new("webshop").unwrap(),
            channel: ChannelId::new("woocommerce").unwrap(),
            base_url: base_url.to_owned(),
            settings: BTreeMap::new(),
            credentials: credentials.clone(),
        };
        let setup = Setup { base_url: base_url.to_owned(), credentials, products, seed: 7, checkout: Checkout::default() };
        let wire = Wire {
            sim: Mutex::new(Simulator::new(setup)),
            // Tuesday, 2026-03-03 12:00 UTC.
            now: Mutex::new(Timestamp::from_second(1_772_539_200).unwrap()),
            sent: Mutex::default(),
            undated: std::sync::atomic::AtomicBool::default(),
        };
        Self { wire, account }
    }

    pub(super) fn secure() -> Self {
        Self::new("https://shop.example.test")
    }

    pub(super) fn now(&self) -> Timestamp {
        *self.wire.now.lock().unwrap()
    }

    pub(super) fn pass(&self, seconds: i64) {
        *self.wire.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }

    pub(super) fn call(&self) -> Call<'_> {
        Call {
            http: &self.wire,
            account: &self.account,
            token: None,
            now: self.now(),
            answers: &NothingKept,
            operation_id: "0d6f1c1e",
        }
    }

    pub(super) fn sim<T>(&self, act: impl FnOnce(&mut Simulator, Timestamp) -> T) -> T {
        act(&mut self.wire.sim.lock().unwrap(), self.now())
    }

    pub(super) fn buy(&self, code: &str, units: i64) -> OrderNumber {
        self.sim(|sim, now| sim.buy(now, &sku(code), q(units))).unwrap()
    }

    pub(super) fn write(&self, reference: &str, units: i64) -> ports::Result<Acknowledged> {
        let offer = OfferId::new(reference).unwrap();
        let write = StockWrite {
            offer,
            stock_reference: reference.to_owned(),
            quantity: q(units),
            from: None,
            places: Vec::new(),
            start_tracking: false,
        };
        run(WooCommerce.stock().unwrap().write_one(&self.call(), &write))
    }

    fn read(&self, reference: &str) -> ports::Result<Quantity> {
        run(WooCommerce.stock().unwrap().read(&self.call(), &OfferId::new(reference).unwrap(), reference))
            .map(|observed| observed.counted().unwrap().quantity)
    }

    pub(super) fn order(&self, number: &OrderNumber) -> OrderSnapshot {
        run(WooCommerce.orders().unwrap().read(&self.call(), number)).unwrap()
    }

    pub(super) fn notices(&self, since: Timestamp) -> Vec<Notification> {
        let mut from = OrdersFrom { since, page: None };
        let mut all = Vec::new();
        for _ in 0..30 {
            let page = run(WooCommerce.orders().unwrap().list(&self.call(), &from)).unwrap();
            all.extend(page.notices);
            match page.next {
                None => return all,
                next => from.page = next,
            }
        }
        panic!("the list does not end");
    }

    pub(super) fn subscribe(&self) -> SubscriptionState {
        run(WooCommerce
            .notifications()
            .unwrap()
            .subscribe(&self.call(), &SubscriptionWant { url: HOOK.to_owned(), figures: false }))
        .unwrap()
    }

    /// Takes in every delivery that is due, and answers it with this status.
    fn deliveries(&self, status: u16) -> Vec<Notification> {
        let keys = run(WooCommerce.notifications().unwrap().keys(&self.call())).unwrap();
        let due = self.sim(SimulatedChannel::outbox);
        let mut told = Vec::new();
        for outgoing in due {
            assert_eq!(outgoing.request.uri(), HOOK);
            told.extend(WooCommerce.notifications().unwrap().receive(&keys, &delivery(&outgoing.request, self.now())).unwrap());
            self.sim(|sim, now| sim.delivered(now, outgoing.id, Some(status)));
        }
        told
    }
}

fn delivery(request: &Request, received_at: Timestamp) -> Delivery {
    let headers = request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned())).collect();
    Delivery { headers, body: request.body().clone(), received_at }
}

pub(super) fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

pub(super) fn sku(code: &str) -> Sku {
    Sku::new(code).unwrap()
}

/// Nothing here waits, so a future is ready at once.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn basic_over_https_and_oauth_over_http() {
    for base_url in ["https://shop.example.test", "http://127.0.0.1:4010", "http://127.0.0.1:4010/nl"] {
        let mut world = World::new(base_url);
        // The same call five times in one instant: each needs a nonce of its own.
        for _ in 0..5 {
            assert_eq!(world.read("10").unwrap(), q(300), "{base_url}");
        }
        world.account.settings.insert("auth".to_owned(), "query".to_owned());
        world.pass(1);
        assert_eq!(world.read("10").unwrap(), q(300), "{base_url} in the query");
        world.account.credentials.insert("consumer_secret".to_owned(), Secret::new("cs_other"));
        assert_eq!(world.read("10").unwrap_err().kind, ErrorKind::Unauthorized, "{base_url}");
    }
}

#[test]
fn basic_over_http_is_not_even_looked_at() {
    let world = World::new("http://127.0.0.1:4010");
    let request = http::Request::get("http://127.0.0.1:4010/wp-json/wc/v3/orders")
        .header("authorization", "Basic Y2tfdGVzdDpjc190ZXN0")
        .body(bytes::Bytes::new())
        .unwrap();
    assert_eq!(world.sim(|sim, now| sim.answer(now, &request)).unwrap().status(), 401);
}

#[test]
fn a_replayed_or_late_signature_is_refused() {
    let world = World::new("http://127.0.0.1:4010");
    world.read("10").unwrap();
    let request = world.wire.sent.lock().unwrap()[0].clone();
    assert_eq!(world.sim(|sim, now| sim.answer(now, &request)).unwrap().status(), 401, "replayed");
    let mut call = world.call();
    call.now -= SignedDuration::from_mins(16);
    let late = run(WooCommerce.stock().unwrap().read(&call, &OfferId::new("10").unwrap(), "10"));
    assert_eq!(late.unwrap_err().kind, ErrorKind::Unauthorized, "late");
}

#[test]
fn two_hundred_and_fifty_orders_in_one_second_are_all_listed() {
    for base_url in ["https://shop.example.test", "http://127.0.0.1:4010"] {
        let world = World::new(base_url);
        let start = world.now();
        let before = world.buy("SHIRT-M", 1);
        world.pass(1);
        let mut wanted: BTreeSet<_> = (0..250).map(|_| world.buy("MUG", 1)).collect();
        world.pass(1);
        wanted.extend([before, world.buy("SHIRT-S", 2)]);
        let told: BTreeSet<_> = world
            .notices(start)
            .into_iter()
            .map(|n| if let Notification::Order(order) = n { order.number } else { panic!("a part of an order: {n:?}") })
            .collect();
        assert_eq!(told, wanted, "{base_url}");
        assert_eq!(world.notices(world.now() + SignedDuration::from_secs(1)), []);
    }
}

#[test]
fn an_order_tells_its_lines_in_the_words_of_the_listings() {
    let world = World::secure();
    let number = world.buy("SHIRT-S", 2);
    let order = world.order(&number);
    assert_eq!((order.placed_at, order.stamp), (world.now(), Some(world.now())), "UTC, not the shop's time");
    let [line] = order.lines.as_slice() else { panic!("one line") };
    assert_eq!((line.ordered, line.cancelled, line.shipped), (q(2), q(0), q(0)));
    assert_eq!(line.sku, Some(sku("SHIRT-S")));
    assert_eq!(line.unit_price.as_ref().unwrap().amount.to_string(), "12.95");
    let mut offers = Vec::new();
    let mut page = None;
    loop {
        let found = run(WooCommerce.listings().unwrap().list(&world.call(), page.as_deref())).unwrap();
        offers
            .extend(found.listings.into_iter().map(|l| (l.offer.to_string(), l.stock_reference, l.sku.unwrap(), l.ean.unwrap())));
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    let skus: Vec<_> = offers.iter().map(|(_, _, sku, _)| sku.as_str()).collect();
    assert_eq!(skus, ["MUG", "SHIRT-S", "SHIRT-M"], "and no listing for the variable product");
    assert_eq!(offers[1].0, line.offer.as_ref().unwrap().as_str());
    assert_eq!((offers[0].0.as_str(), offers[1].1.as_str()), ("10", "11/12"));
    assert_eq!(offers[2].3.as_str(), "8712345678920");
}

#[test]
fn stock_is_read_and_set_where_it_is_kept() {
    let world = World::secure();
    for (reference, code) in [("10", "MUG"), ("11/12", "SHIRT-S")] {
        assert_eq!(world.write(reference, 3).unwrap(), Acknowledged::Applied);
        assert_eq!(world.read(reference).unwrap(), q(3));
        assert_eq!(world.sim(|sim, _| sim.shown(&sku(code))), Some(3));
    }
    assert_eq!(world.sim(|sim, _| sim.stock_writes()), 2);
    assert_eq!(world.sim(|sim, now| sim.buy(now, &sku("MUG"), q(4))), Err(NotSold::SoldOut));
    world.buy("MUG", 3);
    assert_eq!(world.read("10").unwrap(), q(0));
    assert_eq!(world.read("99").unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(world.read("11/10").unwrap_err().kind, ErrorKind::NotFound);
    let parent = run(WooCommerce.stock().unwrap().read(&world.call(), &OfferId::new("11").unwrap(), "11")).unwrap();
    assert_eq!(parent, ports::Observed::NotCounted, "what the shop does not count sells without end, and that is no figure");
    for wrong in ["", "x", "11/../12", "1/2/3"] {
        let read = run(WooCommerce.stock().unwrap().read(&world.call(), &OfferId::new("1").unwrap(), wrong));
        assert_eq!(read.unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}

/// The listing of a product, as the list tells it now.
fn listing(world: &World, code: &str) -> domain::Listing {
    let mut page = None;
    loop {
        let found = run(WooCommerce.listings().unwrap().list(&world.call(), page.as_deref())).unwrap();
        if let Some(listing) = found.listings.into_iter().find(|l| l.sku == Some(sku(code))) {
            return listing;
        }
        page = Some(found.next.unwrap());
    }
}

#[test]
fn a_product_that_is_not_tracked_takes_no_figure_unless_it_is_to_be_tracked_from_now_on() {
    let world = World::secure();
    assert!(world.sim(|sim, now| sim.set_tracking(now, &sku("MUG"), None)));
    let told = listing(&world, "MUG");
    assert_eq!((told.counting, told.observed_quantity), (domain::Counting::NotCounted, None));
    let refused = world.write("10", 3).unwrap_err();
    assert_eq!((refused.kind, refused.status), (ErrorKind::Conflict, ports::Status::Permanent), "it is looked at again");
    assert_eq!(world.sim(|sim, _| sim.shown(&sku("MUG"))), None);
    let offer = OfferId::new("10").unwrap();
    let write =
        StockWrite { offer, stock_reference: "10".into(), quantity: q(3), from: None, places: Vec::new(), start_tracking: true };
    assert_eq!(run(WooCommerce.stock().unwrap().write_one(&world.call(), &write)).unwrap(), Acknowledged::Applied);
    assert_eq!((world.sim(|sim, _| sim.shown(&sku("MUG"))), listing(&world, "MUG").observed_quantity), (Some(3), Some(q(3))));
}

/// Tracked without a figure is what an import leaves behind: the shop sells nothing of it, and nobody counted it. Taken for 0 it would be
/// an edit down to nothing where the shop leads.
#[test]
fn a_tracked_product_without_a_figure_is_not_counted() {
    for body in [r#"{"id":10,"manage_stock":true,"stock_quantity":null}"#, r#"{"id":10,"manage_stock":true}"#] {
        let world = World::secure();
        let call = Call { http: &Canned(body), ..world.call() };
        let read = run(WooCommerce.stock().unwrap().read(&call, &OfferId::new("10").unwrap(), "10")).unwrap();
        assert_eq!(read, ports::Observed::NotCounted, "{body}");
    }
}

#[test]
fn variations_that_use_the_stock_of_their_parent_name_it_and_an_order_of_either_moves_it() {
    let world = World::secure();
    let before = listing(&world, "SHIRT-S");
    let codes = [sku("SHIRT-S")];
    assert!(world.sim(|sim, now| sim.share_stock(now, &codes, q(7)) && sim.sell_past_zero(now, &sku("SHIRT-S"), true)));
    let shared = listing(&world, "SHIRT-S");
    assert_eq!(
        (shared.stock_reference.as_str(), shared.counting, shared.observed_quantity),
        ("11", domain::Counting::Together, Some(q(7)))
    );
    assert!(shared.backorders && !before.backorders);
    assert_eq!(world.read("11").unwrap(), q(7));
    world.buy("SHIRT-S", 2);
    assert_eq!(world.read("11").unwrap(), q(5));
    // It cannot be told where it does not lie.
    assert_eq!(world.write("11/12", 3).unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(world.read("11").unwrap(), q(5));
}

#[test]
fn refunds_and_cancellations_reach_the_snapshot_and_the_counter() {
    let world = World::secure();
    let start = world.now();
    let (first, second) = (world.buy("MUG", 4), world.buy("SHIRT-S", 1));
    world.pass(5);
    assert!(world.sim(|sim, now| sim.refund(now, &first, q(1)) && sim.cancel(now, &second)));
    let notices = world.notices(start);
    assert!(
        notices.iter().any(|n| matches!(n, Notification::Changed { number, stamp: Some(_) } if *number == first)),
        "the list does not tell how much was refunded: {notices:?}"
    );
    let line = world.order(&first).lines.remove(0);
    assert_eq!((line.ordered, line.cancelled), (q(4), q(1)));
    let line = world.order(&second).lines.remove(0);
    assert_eq!((line.ordered, line.cancelled), (q(1), q(1)));
    assert_eq!(world.sim(|sim, _| sim.shown(&sku("SHIRT-S"))), Some(5), "the shop has put it back itself");
    world.pass(5);
    assert!(world.sim(|sim, now| sim.complete(now, &first)));
    world.pass(5);
    assert!(world.sim(|sim, now| sim.refund(now, &first, q(3))));
    let line = world.order(&first).lines.remove(0);
    assert_eq!((line.ordered, line.cancelled, line.shipped), (q(4), q(1), q(3)), "they have left");
    assert!(!world.sim(|sim, now| sim.cancel(now, &first)));
}

#[test]
fn webhooks_are_made_once_and_deliveries_are_taken() {
    let world = World::secure();
    let topics: Vec<_> = WooCommerce.notifications().unwrap().descriptor().topics.iter().map(ToString::to_string).collect();
    assert_eq!(world.subscribe(), SubscriptionState { made: topics.clone(), ..SubscriptionState::default() });
    assert_eq!(world.subscribe(), SubscriptionState { fine: topics, ..SubscriptionState::default() });
    assert_eq!(world.deliveries(200), vec![Notification::Ignored; 5], "a ping each");
    let number = world.buy("SHIRT-S", 1);
    assert_eq!(world.deliveries(200), [], "they take their time");
    world.pass(10);
    let told = world.deliveries(200);
    let orders = told.iter().filter(|n| matches!(n, Notification::Order(order) if order.number == number)).count();
    assert_eq!((orders, told.len()), (2, 3), "created, updated, and the product: {told:?}");
    assert!(told.contains(&Notification::Stock(OfferId::new("11/12").unwrap())));
}

#[test]
fn a_delivery_tells_the_state_it_is_sent_in_and_doubles_collapse() {
    let world = World::secure();
    world.subscribe();
    world.deliveries(200);
    let number = world.buy("MUG", 1);
    assert!(world.sim(|sim, now| sim.cancel(now, &number)));
    world.pass(10);
    let told = world.deliveries(200);
    let states: Vec<_> =
        told.iter().filter_map(|n| if let Notification::Order(o) = n { Some(o.channel_status.as_str()) } else { None }).collect();
    assert_eq!(states, ["cancelled", "cancelled"]);
    assert_eq!(told.len(), 3);
}

#[test]
fn a_webhook_that_was_switched_off_is_made_anew() {
    let world = World::secure();
    world.subscribe();
    world.deliveries(200);
    let order_hooks = |told: Vec<Notification>| told.iter().filter(|n| !matches!(n, Notification::Ignored)).count();
    for failure in 1..=7 {
        world.buy("MUG", 1);
        world.pass(10);
        assert_eq!(order_hooks(world.deliveries(500)), 3, "{failure}");
    }
    world.buy("MUG", 1);
    world.pass(10);
    assert_eq!(world.deliveries(200), [], "off after the seventh");
    let state = world.subscribe();
    assert_eq!(state.mended, ["order.created", "order.updated", "product.updated"]);
    assert_eq!(state.fine.len(), 2);
    world.deliveries(200);
    for _ in 0..2 {
        world.buy("MUG", 1);
        world.pass(10);
        assert_eq!(order_hooks(world.deliveries(500)), 3, "its count begins anew");
    }
    world.sim(|sim, _| sim.trouble(Trouble::SubscriptionOff));
    assert_eq!(world.subscribe().mended.len(), 5);
    assert_eq!(world.subscribe().fine.len(), 5);
}

#[test]
fn webhooks_of_others_are_left_alone_and_ours_follow_our_address() {
    let world = World::secure();
    let elsewhere = SubscriptionWant { url: "https://old.example.test/hooks".to_owned(), figures: false };
    run(WooCommerce.notifications().unwrap().subscribe(&world.call(), &elsewhere)).unwrap();
    let mut other = World::secure();
    other.wire = world.wire;
    other.account.connection = ConnectionId::new("bookkeeping").unwrap();
    let theirs = SubscriptionWant { url: "https://books.example.test/hooks".to_owned(), figures: false };
    run(WooCommerce.notifications().unwrap().subscribe(&other.call(), &theirs)).unwrap();
    let ours = World { wire: other.wire, ..World::secure() };
    assert_eq!(ours.subscribe().mended.len(), 5);
    other = World { wire: ours.wire, account: other.account };
    assert_eq!(run(WooCommerce.notifications().unwrap().subscribe(&other.call(), &theirs)).unwrap().fine.len(), 5);
}

#[test]
fn faults_are_told_for_what_they_are() {
    let world = World::secure();
    let until = world.now() + SignedDuration::from_secs(30);
    world.sim(|sim, _| sim.trouble(Trouble::Silent { until }));
    assert_eq!(world.write("10", 1).unwrap_err().disposition(), Disposition::ReadBack);
    world.pass(30);
    assert_eq!(world.read("10").unwrap(), q(300), "not applied while silent");

    let until = world.now() + SignedDuration::from_secs(30);
    world.sim(|sim, _| sim.trouble(Trouble::TooMany { until }));
    let error = world.write("10", 1).unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert_eq!(error.disposition(), Disposition::RetryAt(std::time::Duration::from_secs(30)));
    world.pass(30);
    assert_eq!(world.read("10").unwrap(), q(300));

    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.write("10", 1).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!(world.read("10").unwrap(), q(1), "it had been done");
}

#[test]
fn lost_doubled_late_and_reversed_deliveries() {
    let world = World::secure();
    world.subscribe();
    world.deliveries(200);
    world.sim(|sim, _| sim.trouble(Trouble::WebhooksLost { times: 3 }));
    world.buy("MUG", 1);
    world.pass(10);
    assert_eq!(world.deliveries(200), []);
    world.sim(|sim, _| sim.trouble(Trouble::WebhooksDoubled { times: 3 }));
    world.buy("MUG", 1);
    world.pass(10);
    assert_eq!(world.deliveries(200).len(), 6);
    world.sim(|sim, _| sim.trouble(Trouble::WebhooksLate { by: SignedDuration::from_mins(5) }));
    let number = world.buy("MUG", 1);
    world.pass(10);
    assert_eq!(world.deliveries(200), []);
    world.sim(|sim, now| sim.cancel(now, &number));
    world.pass(299);
    let told = world.deliveries(200);
    assert!(
        told.iter().any(|n| matches!(n, Notification::Order(o) if o.channel_status == "cancelled")),
        "the state of then: {told:?}"
    );
}

#[test]
fn the_shop_refuses_what_the_real_one_refuses() {
    let world = World::secure();
    let ask = |method: &str, path: &str, body: &str| {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("https://shop.example.test/wp-json/wc/v3{path}"))
            .header("authorization", "Basic Y2tfdGVzdDpjc190ZXN0")
            .body(bytes::Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        world.sim(|sim, now| sim.answer(now, &request)).unwrap()
    };
    assert_eq!(ask("GET", "/orders?per_page=101", "").status(), 400);
    assert_eq!(ask("GET", "/orders?orderby=total", "").status(), 400);
    assert_eq!(ask("PUT", "/products/10", r#"{"stock_quantity":1.5}"#).status(), 400);
    assert_eq!(ask("PUT", "/products/11/variations/12", r#"{"manage_stock":"parent"}"#).status(), 400);
    assert_eq!(ask("PUT", "/products/10", r#"{"stock_quantity":-2}"#).status(), 200);
    let beyond = ask("GET", "/orders?page=9", "");
    assert_eq!(
        (beyond.status().as_u16(), &beyond.body()[..], &beyond.headers()["x-wp-total"]),
        (200, &b"[]"[..], &"0".parse().unwrap())
    );
    // With a Z the time becomes the shop's own before it is compared: an hour of orders is missed.
    world.buy("SHIRT-M", 1);
    let listed = |after: &str| {
        let path = format!("/orders?modified_after={after}&dates_are_gmt=true");
        ask("GET", &path, "").headers()["x-wp-total"].to_str().unwrap().to_owned()
    };
    assert_eq!((listed("2026-03-03T11:59:59").as_str(), listed("2026-03-03T11:59:59Z").as_str()), ("1", "0"));
}

#[test]
fn a_variation_that_inherits_is_written_at_its_parent() {
    let shop = Canned(include_str!("fixtures/product_inheriting.json"));
    let world = World::secure();
    let call = Call { http: &shop, ..world.call() };
    let page = run(WooCommerce.listings().unwrap().list(&call, Some("0;20;1"))).unwrap();
    let places: Vec<_> = page.listings.iter().map(|l| (l.offer.as_str(), l.stock_reference.as_str())).collect();
    assert_eq!((places, page.next), (vec![("20/21", "20"), ("20/22", "20/22")], None));

    let shop = Canned(r#"{"id":21,"manage_stock":"parent","stock_quantity":8}"#);
    let call = Call { http: &shop, ..world.call() };
    let read = run(WooCommerce.stock().unwrap().read(&call, &OfferId::new("20/21").unwrap(), "20/21"));
    assert_eq!(read.unwrap_err().kind, ErrorKind::Conflict, "its listing is out of date");
}

#[test]
fn a_figure_that_did_not_come_out_is_read_back() {
    let shop = Canned(r#"{"id":10,"manage_stock":true,"stock_quantity":2}"#);
    let world = World::secure();
    let call = Call { http: &shop, ..world.call() };
    let write = StockWrite {
        offer: OfferId::new("10").unwrap(),
        stock_reference: "10".to_owned(),
        quantity: q(3),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    };
    assert_eq!(run(WooCommerce.stock().unwrap().write_one(&call, &write)).unwrap_err().disposition(), Disposition::ReadBack);
}

#[test]
fn one_broken_order_does_not_hold_up_its_neighbours() {
    let whole =
        include_str!("fixtures/order_partly_refunded.json").replace(r#"{ "id": 502, "reason": "", "total": "-9.67" }"#, "");
    let body: &'static str = Box::leak(format!("[{whole},{{\"id\":77,\"status\":5}}]").into_boxed_str());
    let world = World::secure();
    let call = Call { http: &Canned(body), ..world.call() };
    let page = run(WooCommerce.orders().unwrap().list(&call, &OrdersFrom { since: world.now(), page: None })).unwrap();
    assert!(
        matches!(page.notices.as_slice(), [Notification::Order(_), Notification::Changed { number, .. }] if number.as_str() == "77")
    );
}

/// A shop that always says the same.
struct Canned(&'static str);

#[async_trait]
impl Http for Canned {
    async fn send(&self, _request: Request) -> ports::Result<Response> {
        Ok(Response::new(bytes::Bytes::from_static(self.0.as_bytes())))
    }
}
