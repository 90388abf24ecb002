//! A merchant on every registered channel at once, with the far sides played by the channels' simulators.

use crate::shop::{connection, location, q, sku};
use connectors::Registry;
use connectors::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel};
use contracts::{Cause, InboundOrder, OrderUpdateDue, StockHint};
use domain::{ChannelId, Component, ConnectionId, Ean, Product, StockRule};
use engine::rows::{ConnectionRow, ListingRow, TypedRow};
use engine::{
    Arrival, Cache, Opening, Outcome, Ports, accept_orders, keep_subscription, match_listings, poll_orders, publish_stock,
    put_bundle, put_connection, put_product, receive_webhook, tell_order,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Connector, Connectors, Delivery, OutgoingMessage, QueueName, Secret};
use std::collections::BTreeMap;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::{finish, run};
use testkit::shapes::{Shape, ShapedConnectors, ShapedFarSide};

/// A market: one connection per channel, named like the channel.
pub struct Market {
    /// Everything it plays on.
    pub stage: Stage,
    /// The memory of the functions, lost in a crash.
    pub lookup: Cache,
    /// The connections.
    pub connections: Vec<ConnectionId>,
    /// The one whose channel is in another shape than it is, if there is one.
    pub shaped: Option<(ConnectionId, ShapedConnectors)>,
    rows: BTreeMap<ConnectionId, ConnectionRow>,
    waiting: Vec<(Timestamp, QueueName, OutgoingMessage, u32)>,
}

/// All queues.
pub(crate) const QUEUES: [QueueName; 3] = [QueueName::Inbound, QueueName::StockHints, QueueName::OrderUpdates];

/// What a merchant has.
#[derive(Clone, Copy)]
pub struct Goods<'a> {
    /// Products that lie in stock, with the units at `main`.
    pub products: &'a [(&'a str, i64)],
    /// Units of each at `far`; none if it is empty.
    pub far: &'a [i64],
    /// The locations of every connection, the preferred one first.
    pub locations: &'a [&'a str],
    /// A bundle, and how many of which product are in it.
    pub bundle: Option<(&'a str, &'a [(&'a str, i64)])>,
    /// What every channel shows of everything at the start.
    pub shown: i64,
    /// Whether channels with locations of their own have one for each of `locations`; all that is shown at the start is at the first.
    pub places: bool,
    /// The product whose variants all of it are, where a channel has such a thing. None: each is a product.
    pub group: Option<&'a str>,
    /// A channel that is in another shape than it is, by its place among them, and that shape.
    pub shape: Option<(usize, Shape)>,
}

impl Default for Goods<'_> {
    fn default() -> Self {
        Self { products: &[], far: &[], locations: &["main"], bundle: None, shown: 0, places: false, group: None, shape: None }
    }
}

impl Goods<'_> {
    /// What a product starts with; a bundle has no stock of its own.
    fn opening(&self, number: usize) -> Vec<Opening> {
        let at = |name, units: Option<i64>| units.map(|units| Opening { location: location(name), quantity: q(units) });
        let main = at("main", self.products.get(number).map(|(_, units)| *units));
        main.into_iter().chain(at("far", self.far.get(number).copied())).collect()
    }
}

/// EANs with their check digits.
const EANS: [&str; 8] = [
    "8712345678906",
    "4006381333931",
    "5901234123457",
    "8712345610012",
    "8712345610029",
    "8712345610036",
    "8712345610043",
    "8712345610050",
];

/// Those, and as many more as there are products.
fn eans() -> impl Iterator<Item = Ean> {
    let more = (0_u32..).map(|number| {
        let digits = format!("871900{number:06}");
        let sum: u32 =
            digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{}", (10 - sum % 10) % 10)
    });
    EANS.into_iter().map(str::to_owned).chain(more).map(|ean| Ean::new(&ean).unwrap())
}

impl Market {
    /// Products with stock at `main`, listed on every channel with a figure of `shown` there.
    pub fn open(products: &[(&str, i64)], shown: i64) -> Self {
        Self::open_with(&Goods { products, shown, ..Goods::default() })
    }

    /// As `open`, with all that a merchant can have.
    pub fn open_with(goods: &Goods<'_>) -> Self {
        let names: Vec<&str> = goods.products.iter().map(|(name, _)| *name).chain(goods.bundle.map(|(name, _)| name)).collect();
        let channels: Vec<&dyn Connector> = testkit::far_sides::telling_by_themselves();
        let mut secrets = GivenSecrets::default();
        for channel in &channels {
            let descriptor = channel.descriptor();
            let credentials =
                descriptor.credentials.iter().map(|n| ((*n).to_owned(), Secret::new(format!("test{}", n.replace('_', "")))));
            secrets.0.insert(connection(descriptor.id), credentials.collect());
        }
        let mut stage = Stage::new(secrets);
        let shaped = goods.shape.map(|(place, shape)| {
            let id = ChannelId::new(channels[place].descriptor().id).unwrap();
            (connection(id.as_str()), ShapedConnectors::new(&id, shape).unwrap())
        });
        if let Some((_, connectors)) = &shaped {
            stage.connectors = std::sync::Arc::new(connectors.clone());
        }
        let world = stage.world();
        for (n, (name, ean)) in names.iter().zip(eans()).enumerate() {
            let item = Product { sku: sku(name), ean: Some(ean), title: format!("Product {name}"), variant: String::new() };
            finish(put_product(&world, &item, &goods.opening(n))).unwrap();
        }
        if let Some((name, components)) = goods.bundle {
            let component = |(name, units): &(&str, i64)| Component { sku: sku(name), units: q(*units) };
            finish(put_bundle(&world, &sku(name), &components.iter().map(component).collect::<Vec<_>>(), "Ada")).unwrap();
        }
        let on_sale: Vec<ProductOnSale> = names
            .iter()
            .zip(eans())
            .map(|(name, ean)| ProductOnSale {
                sku: sku(name),
                ean,
                title: format!("Product {name}"),
                group: goods.group.map_or_else(|| format!("group {name}"), str::to_owned),
                stock: q(goods.shown),
                price_cents: 1995,
            })
            .collect();
        let mut connections = Vec::new();
        let mut rows = BTreeMap::new();
        for channel in channels {
            let descriptor = channel.descriptor();
            let id = connection(descriptor.id);
            let host = format!("{}.example.test", descriptor.id);
            let base_url = format!("https://{host}");
            let setup = Setup {
                base_url: base_url.clone(),
                credentials: stage.secrets.0[&id].clone(),
                products: on_sale.clone(),
                seed: 7,
                checkout: Checkout::default(),
            };
            let mut side: Box<dyn SimulatedChannel> =
                connectors::simulator(&ChannelId::new(descriptor.id).unwrap(), setup).unwrap();
            if let Some((_, shape)) = goods.shape.filter(|(place, _)| Registry.all()[*place].descriptor().id == descriptor.id) {
                side = Box::new(ShapedFarSide::new(side, shape));
            }
            let locations: Vec<_> = goods.locations.iter().map(|name| location(name)).collect();
            let by_place = side.places().filter(|_| goods.places).map(|places| places.open(&locations));
            let row = ConnectionRow {
                id: id.clone(),
                channel: ChannelId::new(descriptor.id).unwrap(),
                base_url,
                settings: by_place.unwrap_or_else(|| side.settings()),
                locations,
                rule: StockRule::default(),
                orders_since: stage.clock.now(),
                publishing: domain::Publishing::All,
                leads: false,
                // Codes are changed here; the EAN stays.
                match_by: domain::MatchBy::Ean,
                invoices: None,
            };
            stage.far_sides.serve(&host, side);
            finish(put_connection(&world, &row)).unwrap();
            connections.push(id.clone());
            rows.insert(id, row);
        }
        let mut market = Self { stage, lookup: Cache::default(), connections, rows, waiting: Vec::new(), shaped };
        for id in market.connections.clone() {
            let report = finish(match_listings(&market.stage.world(), &market.lookup, &id)).unwrap();
            assert_eq!((report.matched, report.unclear), (names.len(), 0), "{id}");
        }
        market.settle();
        market
    }

    /// A connection's configuration as it was at the start.
    pub fn row(&self, id: &ConnectionId) -> ConnectionRow {
        self.rows[id].clone()
    }

    /// Has a connection's shop lead the stock.
    pub fn let_lead(&mut self, id: &ConnectionId) {
        if let Some(row) = self.rows.get_mut(id) {
            row.leads = true;
            finish(put_connection(&self.stage.world(), row)).unwrap();
        }
        self.lookup = Cache::default();
    }

    /// Does something on a connection's far side.
    pub fn on<T>(&self, id: &ConnectionId, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        self.stage.far_sides.with(&format!("{id}.example.test"), work).unwrap()
    }

    /// What a channel's shop window shows.
    pub fn shown(&self, id: &ConnectionId, product: &str) -> i64 {
        self.on(id, |side, _| side.shown(&sku(product))).unwrap()
    }

    /// A customer buys there.
    pub fn buy(&self, id: &ConnectionId, product: &str, units: i64) -> bool {
        self.on(id, |side, now| side.buy(now, &sku(product), q(units))).is_ok()
    }

    /// The listing's row.
    pub fn listing(&self, id: &ConnectionId, product: &str) -> ListingRow {
        let rows = self.stage.table.rows();
        let prefix = format!("{}{id}#", ListingRow::PREFIX);
        let row = rows.iter().find(|r| r.key.pk == format!("SKU#{product}") && r.key.sk.starts_with(&prefix));
        ListingRow::from_row(row.unwrap()).unwrap()
    }

    /// Takes the hints off their queue, whenever they are due.
    pub fn take_hints(&self) -> Vec<StockHint> {
        self.stage.queue.take(QueueName::StockHints).iter().map(|m| serde_json::from_str(&m.body).unwrap()).collect()
    }

    /// Polls every connection once; a channel that refuses is polled next time.
    pub fn poll(&mut self) {
        for id in self.connections.clone() {
            let _ = run(poll_orders(&self.stage.world(), &self.lookup, &id, Cause::Poll));
        }
    }

    /// Has every channel tell us of its orders.
    pub fn subscribe(&mut self) {
        for id in self.connections.clone() {
            let _ = run(keep_subscription(&self.stage.world(), &self.lookup, &id, "https://sluis.example.test"));
        }
    }

    /// Delivers the webhooks that are due, and tells the channels how that went. Answers how many were delivered.
    pub fn webhooks(&mut self, world: &Ports) -> usize {
        let mut delivered = 0;
        for id in self.connections.clone() {
            for outgoing in self.on(&id, |side, now| side.outbox(now)) {
                let channel = self.lookup_channel(&id);
                let headers =
                    outgoing.request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned()));
                let delivery = Delivery {
                    headers: headers.collect(),
                    body: outgoing.request.body().clone(),
                    received_at: self.stage.ours.now(),
                };
                let status = match run(receive_webhook(world, &self.lookup, &channel, &id, &delivery)) {
                    None => None,
                    Some(Ok(_)) => Some(200),
                    Some(Err(error)) => Some(error.http_status()),
                };
                self.on(&id, |side, now| side.delivered(now, outgoing.id, status));
                delivered += 1;
            }
        }
        delivered
    }

    fn lookup_channel(&self, id: &ConnectionId) -> String {
        finish(self.lookup.connection(&self.stage.world(), id)).unwrap().channel.to_string()
    }

    /// Takes from the queues what is due, and works on it; what fails or crashes is delivered again. Answers how many were due.
    pub fn work(&mut self) -> usize {
        let now = self.stage.clock.now();
        for name in QUEUES {
            for message in self.stage.queue.take(name) {
                let due = now.checked_add(SignedDuration::try_from(message.delay).unwrap()).unwrap();
                self.waiting.push((due, name, message, 1));
            }
        }
        let (due, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting).into_iter().partition(|(at, ..)| *at <= now);
        self.waiting = waiting;
        for name in QUEUES {
            let mine: Vec<_> = due.iter().filter(|(_, n, ..)| *n == name).cloned().collect();
            for batch in mine.chunks(10) {
                let again = self.deliver(name, batch);
                for (number, (_, name, message, receives)) in batch.iter().enumerate() {
                    if again.contains(&number) {
                        assert!(*receives < 20, "never done: {message:?}");
                        let later = now.checked_add(SignedDuration::from_secs(90)).unwrap();
                        self.waiting.push((later, *name, message.clone(), receives + 1));
                    }
                }
            }
        }
        due.len()
    }

    fn deliver(&mut self, name: QueueName, batch: &[(Timestamp, QueueName, OutgoingMessage, u32)]) -> Vec<usize> {
        let all = (0..batch.len()).collect();
        match name {
            QueueName::Inbound => {
                let arrivals = batch.iter().map(|(_, _, message, receives)| Arrival {
                    message: serde_json::from_str::<InboundOrder>(&message.body).unwrap(),
                    receives: *receives,
                });
                match run(accept_orders(&self.stage.world(), &self.lookup, arrivals.collect())) {
                    None => all,
                    Some(outcomes) => {
                        outcomes.iter().enumerate().filter(|(_, o)| matches!(o, Outcome::Again(_))).map(|(n, _)| n).collect()
                    }
                }
            }
            QueueName::StockHints => {
                let hints: Vec<StockHint> = batch.iter().map(|(_, _, m, _)| serde_json::from_str(&m.body).unwrap()).collect();
                match run(publish_stock(&self.stage.world(), &self.lookup, &hints)) {
                    Some(pushed) => (0..hints.len()).filter(|n| pushed.failed.contains_key(&hints[*n].sku)).collect(),
                    None => all,
                }
            }
            QueueName::OrderUpdates => {
                let failed = |body: &str| {
                    let due: OrderUpdateDue = serde_json::from_str(body).unwrap();
                    !matches!(run(tell_order(&self.stage.world(), &self.lookup, &due)), Some(Ok(())))
                };
                (0..batch.len()).filter(|n| failed(&batch[*n].2.body)).collect()
            }
        }
    }

    /// Lets time pass, works and polls, until the queues are empty and two rounds found nothing. Panics if that never comes.
    pub fn settle(&mut self) {
        let mut quiet = 0;
        // What a channel works on for minutes may fail there, and be made again.
        for _ in 0..if self.shaped.is_some() { 8_000 } else { 400 } {
            let worked = self.work();
            if worked == 0 && self.waiting.is_empty() {
                self.poll();
                quiet = if self.stage.queue.waiting(QueueName::Inbound).is_empty() { quiet + 1 } else { 0 };
                if quiet >= 2 {
                    return;
                }
            }
            self.stage.clock.pass(SignedDuration::from_secs(2));
        }
        panic!("does not come to rest: {:?}", self.waiting);
    }

    /// Every channel shows this.
    pub fn assert_shown(&self, product: &str, units: i64) {
        let shown: BTreeMap<_, _> = self.connections.iter().map(|id| (id.to_string(), self.shown(id, product))).collect();
        assert!(shown.values().all(|s| *s == units), "{product} should show {units}: {shown:?}");
    }
}
