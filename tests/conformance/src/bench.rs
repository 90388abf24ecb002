//! One channel on a bench: its connector, driven by the engine, against simulators of its far side.

use crate::queues;
use crate::wire::{Log, Wire};
use connectors::Registry;
use connectors::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel, Trouble};
use contracts::Cause;
use domain::{
    ChannelId, ConnectionId, Ean, Listing, LocationId, Order, OrderBuyer, OrderNumber, OrderSnapshot, Personal, Product,
    Quantity, Sku, StockRule,
};
use engine::rows::{ConnectionRow, OrderRow, TypedRow};
use engine::{
    Cache, ConnectorClient, Opening, PollReport, Ports, Received, keep_subscription, match_listings, poll_orders, put_connection,
    put_product, receive_webhook, sweep_outbox,
};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Acknowledged, Clock, Connector, Connectors, Delivery, Descriptor, Error, ErrorKind, ListingPage, OrderPage, OrdersFrom,
    Result, Secret, Shown, Status, StockWrite, SubscriptionState, WebhookKeys,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::{finish, run};
use testkit::shapes::{Shape, ShapedConnectors, ShapedFarSide};

/// Where Sluis says it is reached.
pub const PUBLIC_URL: &str = "https://sluis.example.test";

static REGISTRY: Registry = Registry;

/// Every registered connector.
pub fn every_channel() -> Vec<&'static dyn Connector> {
    REGISTRY.all()
}

/// What a behaviour is tried on: a channel, and where its exchanges are written down.
#[derive(Clone)]
pub struct Subject {
    /// The connector.
    pub channel: &'static dyn Connector,
    /// Everything it sent, over all benches of this subject.
    pub log: Log,
    /// It is in another shape than those there are.
    shape: Option<(&'static ShapedConnectors, Shape)>,
}

/// How a bench is set up.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Products on sale.
    pub products: usize,
    /// Units of each, in the warehouse and in the shop window.
    pub units: i64,
    /// Orders are wanted from so many days ago on.
    pub days: i64,
    /// Whether what is on sale is matched before the test begins.
    pub matched: bool,
    /// What the shop's checkout adds and takes off.
    pub checkout: Checkout,
}

impl Default for Plan {
    fn default() -> Self {
        Self { products: 2, units: 900, days: 0, matched: true, checkout: Checkout::default() }
    }
}

/// The bench. Connection `one` and its `twin` are the same account at the same far side; `other` has a far side of its own.
pub struct Bench {
    /// Ports in memory.
    pub stage: Stage,
    /// The memory of the functions.
    pub lookup: Cache,
    /// The connector.
    pub channel: &'static dyn Connector,
    /// The way out.
    pub wire: Arc<Wire>,
    log: Log,
}

/// A connection by name.
pub fn named(name: &str) -> ConnectionId {
    ConnectionId::new(name).unwrap()
}

/// A quantity.
pub fn units(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

/// The product of this number, from 0.
pub fn sku(number: usize) -> Sku {
    Sku::new(format!("ART-{number:03}")).unwrap()
}

/// The EAN of the product of this number.
pub fn ean(number: usize) -> Ean {
    let body = format!("{:012}", 200_000_000_000 + number);
    let weighed: u32 = body.bytes().enumerate().map(|(at, b)| u32::from(b - b'0') * if at % 2 == 0 { 1 } else { 3 }).sum();
    Ean::new(&format!("{body}{}", (10 - weighed % 10) % 10)).unwrap()
}

fn host(connection: &str) -> String {
    format!("{}.example.test", if connection == "twin" { "one" } else { connection })
}

impl Subject {
    /// A channel with an empty log.
    pub fn new(channel: &'static dyn Connector) -> Self {
        Self { channel, log: Log::default(), shape: None }
    }

    /// The channel in another shape; `None`: it does not fit.
    pub fn shaped(&self, shape: Shape) -> Option<Self> {
        let id = ChannelId::new(self.descriptor().id).unwrap();
        let connectors: &'static ShapedConnectors = Box::leak(Box::new(ShapedConnectors::new(&id, shape)?));
        Some(Self { channel: connectors.shaped(), log: Log::default(), shape: Some((connectors, shape)) })
    }

    /// Its `Descriptor`.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.channel.descriptor()
    }

    /// Says that something does not apply, and why.
    pub fn skip(&self, why: &str) {
        println!("skipped for {}: {why}", self.descriptor().id);
    }

    /// A bench as most behaviours want it.
    pub fn bench(&self) -> Bench {
        self.bench_with(Plan::default())
    }

    /// A bench.
    pub fn bench_with(&self, plan: Plan) -> Bench {
        let descriptor = self.descriptor();
        let channel = ChannelId::new(descriptor.id).unwrap();
        let credential = |name: &&str| ((*name).to_owned(), Secret::new(format!("conformance{}", name.replace('_', ""))));
        let credentials: BTreeMap<String, Secret> = descriptor.credentials.iter().map(credential).collect();
        let names = ["one", "twin", "other"];
        let mut stage = Stage::new(GivenSecrets(names.iter().map(|n| (named(n), credentials.clone())).collect()));
        if let Some((connectors, _)) = self.shape {
            stage.connectors = Arc::new(connectors.clone());
        }
        let wire = Arc::new(Wire::new(stage.world().http, self.log.clone()));
        let bench = Bench { stage, lookup: Cache::default(), channel: self.channel, wire, log: self.log.clone() };
        let world = bench.world();
        let mut on_sale = Vec::new();
        for number in 0..plan.products {
            let title = format!("Product {number}");
            let item = Product { sku: sku(number), ean: Some(ean(number)), title: title.clone(), variant: String::new() };
            let opening = Opening { location: LocationId::new("main").unwrap(), quantity: units(plan.units) };
            finish(put_product(&world, &item, &[opening])).unwrap();
            let group = format!("group {}", number / 3);
            let (sku, ean, stock) = (sku(number), ean(number), units(plan.units));
            on_sale.push(ProductOnSale { sku, ean, title, group, stock, price_cents: 1995 });
        }
        let mut settings = BTreeMap::new();
        for name in ["one", "other"] {
            let base_url = format!("https://{}", host(name));
            let setup =
                Setup { base_url, credentials: credentials.clone(), products: on_sale.clone(), seed: 7, checkout: plan.checkout };
            let mut side = connectors::simulator(&channel, setup).expect("every registered channel has a simulator");
            if let Some((_, shape)) = self.shape {
                side = Box::new(ShapedFarSide::new(side, shape));
            }
            settings.insert(host(name), side.settings());
            bench.stage.far_sides.serve(&host(name), side);
        }
        for name in names {
            let row = ConnectionRow {
                id: named(name),
                channel: channel.clone(),
                base_url: format!("https://{}", host(name)),
                settings: settings[&host(name)].clone(),
                locations: vec![LocationId::new("main").unwrap()],
                rule: StockRule::default(),
                orders_since: bench.now() - SignedDuration::from_hours(24 * plan.days),
                // Where figures come into force later, two of one account would each find the other's not there yet, and each take its orders in.
                publishing: match self.channel.stock().and_then(|stock| stock.descriptor().later) {
                    Some(_) if name == "twin" => domain::Publishing::None,
                    _ => domain::Publishing::All,
                },
                leads: false,
                match_by: domain::MatchBy::default(),
                invoices: None,
            };
            finish(put_connection(&world, &row)).unwrap();
        }
        if plan.matched {
            for name in ["one", "twin"] {
                let report = bench.patiently(|| finish(match_listings(&world, &bench.lookup, &named(name)))).unwrap();
                assert_eq!((report.matched, report.unclear), (plan.products, 0), "{name}: every product is found on the channel");
            }
        }
        bench
    }
}

impl Bench {
    /// All ports.
    pub fn world(&self) -> Ports {
        Ports { http: self.wire.clone(), ..self.stage.world() }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.stage.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.stage.clock.pass(SignedDuration::from_secs(seconds));
    }

    /// Exchanges so far, of all benches of the subject.
    pub fn sent(&self) -> usize {
        self.log.count()
    }

    /// Does something on the far side of a connection.
    pub fn on<T>(&self, connection: &str, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        self.stage.far_sides.with(&host(connection), work).unwrap()
    }

    /// A fault to come on the far side of `one`.
    pub fn trouble(&self, trouble: Trouble) {
        self.on("one", |side, _| side.trouble(trouble));
    }

    /// A customer buys on `one`.
    pub fn buy(&self, product: usize, quantity: i64) -> OrderNumber {
        self.on("one", |side, now| side.buy(now, &sku(product), units(quantity))).unwrap()
    }

    /// An order on `one` is cancelled.
    pub fn cancel(&self, order: &OrderNumber) {
        assert!(self.on("one", |side, now| side.cancel(now, order)), "an open order can be cancelled");
    }

    /// What the shop window of `one` shows.
    pub fn shown(&self, product: usize) -> i64 {
        self.on("one", |side, _| side.shown(&sku(product))).unwrap()
    }

    /// Tries again for as long as the channel only asks for a pause, as the engine's callers do.
    pub fn patiently<T>(&self, mut work: impl FnMut() -> Result<T>) -> Result<T> {
        for _ in 0..200 {
            match work() {
                Err(Error { kind: ErrorKind::RateLimited, status: Status::Temporary { retry_after }, .. }) => {
                    let wait = retry_after.and_then(|w| SignedDuration::try_from(w).ok()).unwrap_or(SignedDuration::from_secs(2));
                    self.stage.clock.pass(wait + SignedDuration::from_millis(1));
                }
                other => return other,
            }
        }
        panic!("the channel asks for one pause after the other")
    }

    /// One page of orders.
    pub fn page(&self, connection: &str, from: &OrdersFrom) -> Result<OrderPage> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named(connection)).await?;
            driver.orders()?.call(|orders, call| orders.list(call, from)).await
        })
    }

    /// One order.
    pub fn order(&self, number: &OrderNumber) -> Result<OrderSnapshot> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.orders()?.call(|orders, call| orders.read(call, number)).await
        })
    }

    /// Who bought an order.
    pub fn buyer(&self, number: &OrderNumber) -> Result<Personal<OrderBuyer>> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.billing()?.call(|billing, call| billing.buyer(call, number)).await
        })
    }

    /// Everything on sale, page by page.
    pub fn listing_pages(&self) -> Vec<ListingPage> {
        let world = self.world();
        let mut pages: Vec<ListingPage> = Vec::new();
        loop {
            let next = pages.last().and_then(|p| p.next.clone());
            let page = self.patiently(|| {
                finish(async {
                    let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
                    driver.listings()?.call(|listings, call| listings.list(call, next.as_deref())).await
                })
            });
            pages.push(page.unwrap());
            assert!(pages.len() < 500, "the listings never end");
            if pages.last().is_some_and(|p| p.next.is_none()) {
                return pages;
            }
        }
    }

    /// The listing of a product.
    pub fn listing(&self, product: usize) -> Listing {
        let pages = self.listing_pages();
        pages.into_iter().flat_map(|p| p.listings).find(|l| l.sku.as_ref() == Some(&sku(product))).unwrap()
    }

    /// Reads the figure.
    pub fn read(&self, listing: &Listing) -> Result<Quantity> {
        self.read_shown(listing).map(|shown| shown.quantity)
    }

    /// Reads the figure, with those of its places.
    pub fn read_shown(&self, listing: &Listing) -> Result<Shown> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver
                .stock()?
                .call(|stock, call| stock.read(call, &listing.offer, &listing.stock_reference))
                .await
                .map(|observed| observed.counted().unwrap())
        })
    }

    /// Writes a figure, and waits until it is in force.
    pub fn write(&self, listing: &Listing, quantity: i64, from: Option<Quantity>) -> Result<Acknowledged> {
        let (offer, stock_reference) = (listing.offer.clone(), listing.stock_reference.clone());
        let write =
            StockWrite { offer, stock_reference, quantity: units(quantity), from, places: Vec::new(), start_tracking: false };
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.stock()?.call(|stock, call| stock.write_one(call, &write)).await
        })
        .and_then(|taken| self.in_force(taken))
    }

    /// What became of a write that was taken: asked for at the channel's own pace.
    pub fn in_force(&self, mut acknowledged: Acknowledged) -> Result<Acknowledged> {
        for _ in 0..100 {
            let Acknowledged::Pending(status) = acknowledged else { return Ok(acknowledged) };
            self.pass(60);
            let world = self.world();
            acknowledged = self.patiently(|| {
                finish(async {
                    let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
                    driver.jobs()?.call(|jobs, call| jobs.status(call, &status)).await
                })
            })?;
        }
        panic!("the channel never says whether it was done")
    }

    /// Lets what a channel works on later come into force.
    pub fn pass_later(&self) {
        self.pass(120);
        self.outbox();
    }

    /// Polls once; `None`: it died at a planned crash, and its memory with it.
    pub fn poll_once(&mut self, connection: &str) -> Option<Result<PollReport>> {
        let report = run(poll_orders(&self.world(), &self.lookup, &named(connection), Cause::Poll));
        if report.is_none() {
            self.lookup = Cache::default();
        }
        report
    }

    /// Polls, at the channel's own pace, until the list was read to its end.
    pub fn poll(&mut self, connection: &str) {
        for _ in 0..200 {
            if self.poll_once(connection).is_some_and(|r| r.is_ok_and(|r| r.complete)) {
                return;
            }
            self.pass(i64::from(self.channel.orders().unwrap().descriptor().paging.every_s));
        }
        panic!("the list of orders never ends");
    }

    /// Lets what was just placed become visible in the list, whose lag the `Descriptor` tells.
    pub fn pass_lag(&self) {
        self.stage.clock.pass(self.channel.orders().unwrap().descriptor().paging.lag + SignedDuration::from_secs(1));
    }

    /// Works off the queues, and what is still to be told of orders.
    pub fn work_off(&self) {
        self.sweep();
        queues::work_off(&self.stage, &self.world(), &self.lookup);
    }

    /// What a poll does about messages to channels that were not sent yet: the merchant's word about orders is one of them.
    fn sweep(&self) {
        if self.channel.acceptance().is_some() {
            finish(sweep_outbox(&self.world())).unwrap();
        }
    }

    /// Works off the queues for so many seconds: where something waits for a person, they never become empty.
    pub fn work_for(&self, seconds: i64) {
        self.sweep();
        let until = self.now() + SignedDuration::from_secs(seconds);
        queues::work_until(&self.stage, &self.world(), &self.lookup, until);
    }

    /// Asserts the subscription of `one`, again where the channel is not done yet.
    pub fn subscribe(&self, public_url: &str) -> SubscriptionState {
        if self.channel.notifications().is_none() {
            return SubscriptionState::default();
        }
        for _ in 0..20 {
            match finish(keep_subscription(&self.world(), &self.lookup, &named("one"), public_url)) {
                Ok(state) => return state,
                Err(Error { status: Status::Temporary { .. }, .. }) => self.pass(60),
                Err(error) => panic!("{error:?}"),
            }
        }
        panic!("the subscription never comes into place");
    }

    /// Deliveries due, as they would arrive.
    pub fn outbox(&self) -> Vec<(u64, Delivery)> {
        let now = self.now();
        let due = self.on("one", |side, now| side.outbox(now));
        due.into_iter()
            .map(|outgoing| {
                let headers = outgoing.request.headers();
                let headers = headers.iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned())).collect();
                (outgoing.id, Delivery { headers, body: outgoing.request.into_body(), received_at: now })
            })
            .collect()
    }

    /// Hands a delivery to the engine.
    pub fn receive(&self, delivery: &Delivery) -> Result<Received> {
        let channel = self.channel.descriptor().id;
        self.patiently(|| finish(receive_webhook(&self.world(), &self.lookup, channel, &named("one"), delivery)))
    }

    /// Delivers and works for so many seconds. Answers how many deliveries there were.
    pub fn deliver_for(&self, seconds: i64) -> usize {
        let mut delivered = 0;
        for _ in 0..seconds / 5 {
            for (id, delivery) in self.outbox() {
                let status = self.receive(&delivery).map_or_else(|e| e.http_status(), |_| 200);
                self.on("one", |side, now| side.delivered(now, id, Some(status)));
                assert_eq!(status, 200, "a genuine delivery is taken");
                delivered += 1;
            }
            self.pass(5);
        }
        self.work_off();
        delivered
    }

    /// What deliveries of `one` are checked with.
    pub fn keys(&self) -> WebhookKeys {
        if self.channel.notifications().is_none() {
            return WebhookKeys::default();
        }
        let world = self.world();
        let fetch = async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.notifications()?.call(|notifications, call| notifications.keys(call)).await
        };
        finish(fetch).unwrap()
    }

    /// Orders stored for a connection.
    pub fn stored(&self, connection: &str) -> BTreeMap<OrderNumber, Order> {
        let rows = self.stage.table.rows();
        let orders = rows.iter().filter(|r| r.key.pk.starts_with("ORDER#")).map(|r| OrderRow::from_row(r).unwrap().0);
        orders.filter(|o| o.connection == named(connection)).map(|o| (o.snapshot.number.clone(), o)).collect()
    }

    /// Every order ever placed on `one`.
    pub fn placed(&self) -> BTreeSet<OrderNumber> {
        self.on("one", |side, _| side.orders()).into_iter().collect()
    }
}
