//! The merchant's house: the ports in memory, the catalogue and the connections; the same for every policy.

use super::delays::{Delays, FarAway, Nearby};
use super::demand::Demand;
use super::policies::Policy;
use super::shops::{Shops, base_url, ean};
use super::tasks::Tasks;
use super::time::{Bell, Time};
use crate::shop::{location, q, sku};
use domain::{ChannelId, Product, Sku};
use engine::rows::ConnectionRow;
use engine::{Cache, Opening, Ports, match_listings, put_connection, put_product, put_stock_settings};
use ports::{Bus, Clock, Queue, Table};
use std::sync::Arc;
use testkit::given::{GivenIds, GivenSecrets};
use testkit::memory::{MemoryBus, MemoryQueue, MemoryTable};

/// Everything a policy plays on.
pub(super) struct House {
    pub(super) world: Ports,
    pub(super) lookup: Cache,
    pub(super) time: Arc<Time>,
    pub(super) delays: Arc<Delays>,
    pub(super) shops: Arc<Shops>,
    pub(super) table: Arc<MemoryTable>,
    pub(super) queue: Arc<MemoryQueue>,
    /// Rung when messages were put on a queue.
    pub(super) mail: Arc<Bell>,
}

impl House {
    /// With the shops open, the products in the catalogue and every listing matched.
    pub(super) fn open(tasks: &Tasks, time: Arc<Time>, demand: &Demand, seed: u64, policy: &Policy) -> Arc<Self> {
        let (shops, secrets) = Shops::open(&time, demand);
        let shops = Arc::new(shops);
        let delays = Arc::new(Delays::new(Arc::clone(&time), seed));
        let (table, queue) = (Arc::new(MemoryTable::new()), Arc::new(MemoryQueue::new()));
        let (mail, nobody) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
        let near = |bell: &Arc<Bell>| (Arc::clone(&delays), Arc::clone(bell));
        let world = Ports {
            table: Arc::new(nearby::<dyn Table>(table.clone(), near(&nobody))),
            queue: Arc::new(nearby::<dyn Queue>(queue.clone(), near(&mail))),
            bus: Arc::new(nearby::<dyn Bus>(Arc::new(MemoryBus::new()), near(&nobody))),
            http: Arc::new(FarAway { shops: Arc::clone(&shops), time: Arc::clone(&time), delays: Arc::clone(&delays) }),
            secrets: Arc::new(GivenSecrets(secrets)),
            clock: Arc::<Time>::clone(&time),
            ids: Arc::new(GivenIds::default()),
            connectors: Arc::new(connectors::Registry),
        };
        let house = Arc::new(Self { world, lookup: Cache::default(), time, delays, shops, table, queue, mail });
        let (here, stock, policy) = (Arc::clone(&house), demand.stock.clone(), *policy);
        tasks.finish(async move { here.furnish(&stock, &policy).await });
        house
    }

    async fn furnish(&self, stock: &[i64], policy: &Policy) {
        put_stock_settings(&self.world, &policy.settings()).await.unwrap();
        for (place, units) in stock.iter().enumerate() {
            let name = &self.shops.products[place];
            let item =
                Product { sku: sku(name), ean: Some(ean(place)), title: format!("Product {name}"), variant: String::new() };
            let opening = Opening { location: location("main"), quantity: q(*units) };
            put_product(&self.world, &item, &[opening]).await.unwrap();
        }
        for (place, id) in self.shops.connections.iter().enumerate() {
            let row = ConnectionRow {
                id: id.clone(),
                channel: ChannelId::new(id.as_str()).unwrap(),
                base_url: base_url(id),
                settings: self.shops.settings(place),
                locations: vec![location("main")],
                rule: policy.rule(),
                orders_since: self.time.now(),
                publishing: domain::Publishing::All,
                leads: false,
                match_by: domain::MatchBy::default(),
                invoices: None,
            };
            put_connection(&self.world, &row).await.unwrap();
            let report = match_listings(&self.world, &self.lookup, id).await.unwrap();
            assert_eq!((report.matched, report.unclear), (stock.len(), 0), "{id}");
        }
    }

    /// The SKU of the product at a place.
    pub(super) fn sku(&self, product: usize) -> Sku {
        sku(&self.shops.products[product])
    }
}

fn nearby<P: ?Sized>(inner: Arc<P>, (delays, bell): (Arc<Delays>, Arc<Bell>)) -> Nearby<P> {
    Nearby { inner, delays, bell }
}
