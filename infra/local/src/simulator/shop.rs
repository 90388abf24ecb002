//! One simulated shop: the state machine of its channel, and the time it is told.

use config::{Connection, Entry};
use connectors::simulated_channel::{Checkout, NotSold, Outgoing, ProductOnSale, Setup, SimulatedChannel, Trouble};
use domain::{Component, ConnectionId, Ean, OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use ports::{Clock, Connectors as _, Error, ErrorKind, Request, Response, Result};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A simulated shop.
pub struct Shop {
    /// The connection that it is the far side of.
    pub connection: ConnectionId,
    /// Where it is served, without a slash at the end.
    pub base_url: String,
    /// Whether its channel is given the merchant's invoices.
    pub takes_invoices: bool,
    simulator: Mutex<Box<dyn SimulatedChannel>>,
    clock: Arc<dyn Clock>,
    news: Notify,
    accepted: AtomicU64,
}

impl Shop {
    /// Opens the shop of a connection, with every product that has an EAN on sale.
    pub fn open(connection: &Connection, base_url: &str, catalogue: &[Entry], seed: u64, clock: Arc<dyn Clock>) -> Result<Self> {
        let wrong =
            |what: String| Error::new(ErrorKind::Configuration, "simulator", format!("connection {}: {what}", connection.id));
        let mut credentials = std::collections::BTreeMap::new();
        for (name, source) in &connection.credentials {
            let secret = source.read().map_err(|why| wrong(format!("credential `{name}`: {why}")))?;
            credentials.insert(name.clone(), secret);
        }
        let products = catalogue.iter().filter_map(|entry| product(entry, catalogue, connection)).collect();
        let checkout = Checkout { shipping_cents: 495, discount_percent: 0 };
        let setup = Setup { base_url: base_url.to_owned(), credentials, products, seed, checkout };
        let simulator = connectors::simulator(&connection.channel, setup)
            .ok_or_else(|| wrong(format!("there is no simulator of `{}`", connection.channel)))?;
        Ok(Self {
            connection: connection.id.clone(),
            base_url: base_url.to_owned(),
            takes_invoices: connectors::Registry.get(&connection.channel).is_some_and(|one| one.invoices().is_some()),
            simulator: Mutex::new(simulator),
            clock,
            news: Notify::new(),
            accepted: AtomicU64::new(0),
        })
    }

    /// The path of its address; empty where it has a port to itself.
    pub fn path(&self) -> String {
        url::Url::parse(&self.base_url).map(|u| u.path().trim_end_matches('/').to_owned()).unwrap_or_default()
    }

    /// Answers a request; `None`: no answer comes.
    pub fn answer(&self, request: &Request) -> Option<Response> {
        let answer = self.lock().answer(self.clock.now(), request);
        self.news.notify_one();
        answer
    }

    /// A customer buys.
    pub fn buy(&self, sku: &Sku, quantity: Quantity) -> std::result::Result<OrderNumber, NotSold> {
        let bought = self.lock().buy(self.clock.now(), sku, quantity);
        self.news.notify_one();
        bought
    }

    /// The counter is set to a figure and then `buyers` buy a unit each, before anybody else gets a word in. Answers who got one.
    pub fn rush(&self, sku: &Sku, shown: Quantity, buyers: u32) -> Vec<OrderNumber> {
        let mut simulator = self.lock();
        let now = self.clock.now();
        simulator.edit_stock(now, sku, shown);
        let sold = (0..buyers).filter_map(|_| simulator.buy(self.clock.now(), sku, Quantity::clamped(1)).ok()).collect();
        drop(simulator);
        self.news.notify_one();
        sold
    }

    /// The customer or the shop cancels a whole order.
    pub fn cancel(&self, order: &OrderNumber) -> bool {
        let cancelled = self.lock().cancel(self.clock.now(), order);
        self.news.notify_one();
        cancelled
    }

    /// Something is done or looked at in the shop.
    pub fn within<T>(&self, what: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        let done = what(&mut **self.lock(), self.clock.now());
        self.news.notify_one();
        done
    }

    /// The figure in the shop window.
    pub fn shown(&self, sku: &Sku) -> Option<i64> {
        self.lock().shown(sku)
    }

    /// The merchant edits the figure in the channel's own screen.
    pub fn edit_stock(&self, sku: &Sku, quantity: Quantity) {
        self.lock().edit_stock(self.clock.now(), sku, quantity);
        self.news.notify_one();
    }

    /// A fault to come.
    pub fn trouble(&self, trouble: Trouble) {
        self.lock().trouble(trouble);
    }

    /// All orders ever placed, oldest first.
    pub fn orders(&self) -> Vec<OrderNumber> {
        self.lock().orders()
    }

    /// Stock writes that it has put in force.
    pub fn stock_writes(&self) -> u64 {
        self.lock().stock_writes()
    }

    /// Webhook deliveries that were answered with a 2xx.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Webhook deliveries due by now.
    pub(super) fn outbox(&self) -> Vec<Outgoing> {
        self.lock().outbox(self.clock.now())
    }

    /// How a delivery went.
    pub(super) fn delivered(&self, id: u64, status: Option<u16>) {
        if status.is_some_and(|s| (200..300).contains(&s)) {
            self.accepted.fetch_add(1, Ordering::Relaxed);
        }
        self.lock().delivered(self.clock.now(), id, status);
    }

    /// Until something happened that may have put a delivery in line.
    pub(super) async fn something(&self) {
        self.news.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Box<dyn SimulatedChannel>> {
        self.simulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn product(entry: &Entry, catalogue: &[Entry], connection: &Connection) -> Option<ProductOnSale> {
    let ean: Ean = entry.item.ean.clone()?;
    let variant = &entry.item.variant;
    let title = &entry.item.title;
    Some(ProductOnSale {
        sku: entry.item.sku.clone(),
        ean,
        title: if variant.is_empty() { title.clone() } else { format!("{title}, {variant}") },
        group: title.clone(),
        stock: domain::target(available(entry, catalogue, connection), &connection.rule),
        price_cents: entry.price_cents,
    })
}

/// Units at the locations that serve the connection; of a bundle, as many as its scarcest product makes.
fn available(entry: &Entry, catalogue: &[Entry], connection: &Connection) -> Quantity {
    let lies = |entry: &Entry| connection.locations.iter().filter_map(|l| entry.opening.get(l)).copied().sum::<Quantity>();
    if !entry.is_bundle() {
        return lies(entry);
    }
    let made = |part: &Component| {
        let entry = catalogue.iter().find(|entry| entry.item.sku == part.sku);
        entry.map_or(Quantity::ZERO, lies).per(part.units)
    };
    entry.bundle.iter().flatten().map(made).min().unwrap_or_default()
}
