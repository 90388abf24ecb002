//! The shops: the channels' simulators with their counters, the customers' hands in them, and the count kept beside.

use super::demand::{CHANNELS, Demand};
use super::figures::Figures;
use super::tally::Tally;
use super::time::{Bell, Time};
use crate::shop::{q, sku};
use connectors::Registry;
use connectors::simulated_channel::{Checkout, Outgoing, ProductOnSale, Setup, SimulatedChannel, Trouble};
use domain::{ChannelId, ConnectionId, Ean, OrderNumber};
use jiff::Timestamp;
use ports::{Clock, Connectors, Http, Request, Response, Result, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::far_sides::FarSides;

/// All shops of a world.
pub(super) struct Shops {
    time: Arc<Time>,
    far_sides: FarSides,
    /// One connection per channel, named like it.
    pub(super) connections: Vec<ConnectionId>,
    /// Names of the products, by place.
    pub(super) products: Vec<String>,
    /// Rung when a shop may have something to tell.
    pub(super) bells: Vec<Bell>,
    tally: Mutex<Tally>,
    writes_before: Mutex<u64>,
}

impl Shops {
    /// Opens them, every window showing all there is. Answers what callers must present, too.
    pub(super) fn open(time: &Arc<Time>, demand: &Demand) -> (Self, BTreeMap<ConnectionId, BTreeMap<String, Secret>>) {
        let products: Vec<String> = (0..demand.stock.len()).map(|place| format!("A{place:03}")).collect();
        let on_sale: Vec<ProductOnSale> = products.iter().zip(&demand.stock).enumerate().map(on_sale).collect();
        let far_sides = FarSides::new(Arc::<Time>::clone(time));
        let mut secrets = BTreeMap::new();
        let mut connections = Vec::new();
        for channel in Registry.all().into_iter().take(CHANNELS) {
            let descriptor = channel.descriptor();
            let id = ConnectionId::new(descriptor.id).unwrap();
            let credentials: BTreeMap<String, Secret> = descriptor
                .credentials
                .iter()
                .map(|n| ((*n).to_owned(), Secret::new(format!("test{}", n.replace('_', "")))))
                .collect();
            let setup = Setup {
                base_url: base_url(&id),
                credentials: credentials.clone(),
                products: on_sale.clone(),
                seed: 7,
                checkout: Checkout::default(),
            };
            far_sides.serve(&host(&id), connectors::simulator(&ChannelId::new(descriptor.id).unwrap(), setup).unwrap());
            secrets.insert(id.clone(), credentials);
            connections.push(id);
        }
        let shops = Self {
            time: Arc::clone(time),
            far_sides,
            bells: connections.iter().map(|_| Bell::default()).collect(),
            connections,
            tally: Mutex::new(Tally::new(&demand.stock)),
            products,
            writes_before: Mutex::new(0),
        };
        (shops, secrets)
    }

    fn on<T>(&self, channel: usize, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        self.far_sides.with(&host(&self.connections[channel]), work).unwrap()
    }

    /// Settings a connection to this shop needs.
    pub(super) fn settings(&self, channel: usize) -> BTreeMap<String, String> {
        self.on(channel, |side, _| side.settings())
    }

    /// A request reaches its shop. Whatever it wrote shows in the window at once.
    pub(super) async fn answer(&self, request: Request) -> Result<Response> {
        let place = request.uri().host().and_then(|h| self.connections.iter().position(|id| host(id) == h)).unwrap_or(0);
        let before = self.on(place, |side, _| side.stock_writes());
        let answer = self.far_sides.send(request).await;
        if self.on(place, |side, _| side.stock_writes()) != before {
            (0..self.products.len()).for_each(|product| self.look(place, product));
            self.bells[place].ring();
        }
        answer
    }

    fn look(&self, channel: usize, product: usize) {
        let shown = self.on(channel, |side, _| side.shown(&sku(&self.products[product]))).unwrap_or(0);
        self.tally.lock().unwrap().shows(channel, product, shown, self.time.now());
    }

    /// A customer comes for a product. Answers the order, if the window showed enough.
    pub(super) fn visit(&self, channel: usize, product: usize, units: i64) -> Option<OrderNumber> {
        let Ok(order) = self.on(channel, |side, now| side.buy(now, &sku(&self.products[product]), q(units))) else {
            self.tally.lock().unwrap().turned_away(product, units);
            return None;
        };
        self.tally.lock().unwrap().sold(product, units, self.time.now());
        self.look(channel, product);
        self.bells[channel].ring();
        Some(order)
    }

    /// An order is cancelled at its shop, which puts the units back in its window by itself.
    pub(super) fn cancel(&self, channel: usize, product: usize, units: i64, order: &OrderNumber) {
        if self.on(channel, |side, now| side.cancel(now, order)) {
            self.tally.lock().unwrap().cancelled(product, units, self.time.now());
            self.look(channel, product);
            self.bells[channel].ring();
        }
    }

    /// Goods come in.
    pub(super) fn receive(&self, product: usize, units: i64) {
        self.tally.lock().unwrap().received(product, units, self.time.now());
    }

    /// What a shop wants to tell by now.
    pub(super) fn outbox(&self, channel: usize) -> Vec<Outgoing> {
        self.on(channel, |side, now| side.outbox(now))
    }

    /// How a delivery of it went.
    pub(super) fn delivered(&self, channel: usize, id: u64, status: u16) {
        self.on(channel, |side, now| side.delivered(now, id, Some(status)));
    }

    /// A shop answers nothing until then.
    pub(super) fn silence(&self, channel: usize, until: Timestamp) {
        self.on(channel, |side, _| side.trouble(Trouble::Silent { until }));
    }

    fn writes(&self) -> u64 {
        (0..self.connections.len()).map(|channel| self.on(channel, |side, _| side.stock_writes())).sum()
    }

    /// Counting begins.
    pub(super) fn begin(&self) {
        *self.writes_before.lock().unwrap() = self.writes();
        self.tally.lock().unwrap().begin(self.time.now());
    }

    /// Counting ends.
    pub(super) fn end(&self, began: Timestamp) -> Figures {
        let pushes = self.writes() - *self.writes_before.lock().unwrap();
        self.tally.lock().unwrap().end(began, self.time.now(), pushes)
    }
}

fn host(id: &ConnectionId) -> String {
    format!("{id}.example.test")
}

/// Where a shop is reached.
pub(super) fn base_url(id: &ConnectionId) -> String {
    format!("https://{}", host(id))
}

fn on_sale((place, (name, units)): (usize, (&String, &i64))) -> ProductOnSale {
    ProductOnSale {
        sku: sku(name),
        ean: ean(place),
        title: format!("Product {name}"),
        group: name.clone(),
        stock: q(*units),
        price_cents: 1995,
    }
}

/// An EAN for each place, with its check digit.
pub(super) fn ean(place: usize) -> Ean {
    let digits = format!("8712345{place:05}");
    let sum: usize =
        digits.bytes().rev().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    Ean::new(&format!("{digits}{}", (10 - sum % 10) % 10)).unwrap()
}
