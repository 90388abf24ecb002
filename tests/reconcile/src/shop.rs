//! A shop that tells what it is asked, with a figure per item that a test can change behind everybody's back.

use async_trait::async_trait;
use domain::{ChannelId, Listing, OfferId, OrderNumber, OrderSnapshot, OrderUpdate, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{
    Acknowledged, Call, Cancels, Connector, Connectors, Descriptor, Error, ErrorKind, Fulfilment, FulfilmentDescriptor,
    HeardReturns, ListingPage, Listings, Notification, Observed, OrderPage, Orders, OrdersDescriptor, OrdersFrom, Outcomes,
    Paging, Pause, ReadBack, Request, Response, RestocksOnCancel, Result, StockDescriptor, StockLevels, StockSemantics,
    StockWrite, Verified,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Items on one page of its list.
const PAGE: usize = 250;

/// An item: its number says how it is named.
#[derive(Debug, Clone, Copy)]
pub struct OnSale {
    /// Names the offer: `O000012`; with `twin`, `D000012`.
    pub number: u32,
    /// The merchant's code that it carries is `S` and this.
    pub sku: u32,
    /// A second item of the same product.
    pub twin: bool,
    /// Its figure.
    pub shown: u32,
    /// It shows whole packs of so many; 1: any figure.
    pub pack: u32,
    /// It is not on the list.
    pub ended: bool,
}

/// The offer's id.
pub fn offer(number: u32, twin: bool) -> OfferId {
    OfferId::new(format!("{}{number:06}", if twin { 'D' } else { 'O' })).unwrap()
}

/// The product's code.
pub fn sku(number: u32) -> Sku {
    Sku::new(format!("S{number:06}")).unwrap()
}

/// The listing as the shop tells it, without its figure.
pub fn listing(number: u32, product: u32, twin: bool) -> Listing {
    let offer = offer(number, twin);
    Listing {
        stock_reference: offer.to_string(),
        offer,
        sku: Some(sku(product)),
        ean: None,
        title: format!("Product {product}"),
        observed_quantity: None,
        places: Vec::new(),
        condition: None,
        digital: false,
        counting: domain::Counting::Counted,
        backorders: false,
    }
}

/// The shop. It is the only channel there is.
#[derive(Debug, Default)]
pub struct Shop {
    items: Mutex<Vec<OnSale>>,
    orders: Mutex<BTreeMap<OrderNumber, OrderSnapshot>>,
    fails: Mutex<Option<ErrorKind>>,
    silent_list: Mutex<bool>,
    /// Calls of each sort: lists, looks at one item, writes, orders read.
    pub calls: [AtomicU64; 4],
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shop {
    /// Puts items on sale.
    pub fn put(&self, items: impl IntoIterator<Item = OnSale>) {
        lock(&self.items).extend(items);
    }

    /// Changes the items whose number fits.
    pub fn change(&self, fits: impl Fn(u32) -> bool, change: impl Fn(&mut OnSale)) {
        lock(&self.items).iter_mut().filter(|item| fits(item.number)).for_each(change);
    }

    /// An item's figure; `None`: it is not there.
    pub fn shown(&self, number: u32) -> Option<u32> {
        lock(&self.items).iter().find(|item| item.number == number && !item.twin).map(|item| item.shown)
    }

    /// Places an order, or changes it.
    pub fn order(&self, order: OrderSnapshot) {
        lock(&self.orders).insert(order.number.clone(), order);
    }

    /// From now on every call fails so.
    pub fn fail(&self, kind: Option<ErrorKind>) {
        *lock(&self.fails) = kind;
    }

    /// Its list tells no figures from now on.
    pub fn hide_figures(&self) {
        *lock(&self.silent_list) = true;
    }

    fn called(&self, sort: usize) -> Result<()> {
        self.calls[sort].fetch_add(1, Ordering::Relaxed);
        match *lock(&self.fails) {
            Some(kind) => Err(Error::new(kind, "shop", "the shop is closed")),
            None => Ok(()),
        }
    }

    /// Items are put in the order of their numbers, twins at the end.
    fn with<T>(&self, offer: &OfferId, work: impl FnOnce(&mut OnSale) -> T) -> Result<T> {
        let missing = || Error::new(ErrorKind::NotFound, "shop", "there is no such item");
        let (sort, number) = offer.as_str().split_at(1);
        let number: u32 = number.parse().map_err(|_| missing())?;
        let mut items = lock(&self.items);
        let fits = |item: &OnSale| item.number == number && item.twin == (sort == "D") && !item.ended;
        let at = match items.get(number as usize) {
            Some(item) if fits(item) => Some(number as usize),
            _ => items.iter().position(fits),
        };
        at.and_then(|at| items.get_mut(at)).map(work).ok_or_else(missing)
    }
}

/// What the engine is told of it.
pub static DESCRIPTOR: Descriptor = Descriptor {
    id: "scripted",
    title: "Scripted shop",
    credentials: &[],
    further_credentials: &[],
    signs_with: &[],
    settings: &[],
    calls_per_second: 10,
};

static ORDERS: OrdersDescriptor = OrdersDescriptor {
    paging: Paging { lag: SignedDuration::ZERO, overlap: SignedDuration::ZERO, most_pages: 1_000, every_s: 60, apart_s: 0 },
    restocks_on_cancel: RestocksOnCancel::Never,
    deletes: ports::DeletesOrders::Never,
    reads: ports::OrderReads::Now,
};

static FULFILMENT: FulfilmentDescriptor = FulfilmentDescriptor {
    carriers: &[],
    other_carrier: None,
    needs_carrier: false,
    most_lines: None,
    whole_orders: false,
    cancels: Cancels::WholeOrder,
    most_returned: None,
    returns: HeardReturns::All,
};

static STOCK: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::CompareAndSet,
    read_back: ReadBack::PerItem,
    can_lead: false,
    locations: None,
    starts_tracking: false,
    most: None,
    batch: 1,
    write_every_s: 0,
    later: None,
};

#[async_trait]
impl Connector for Shop {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn bucket(&self, _: &Request) -> &'static str {
        "calls"
    }

    fn pause(&self, _: &Response) -> Option<Pause> {
        None
    }

    async fn verify(&self, _: &Call<'_>) -> Result<Verified> {
        Ok(Verified::default())
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(self)
    }

    fn listings(&self) -> Option<&dyn Listings> {
        Some(self)
    }

    fn stock(&self) -> Option<&dyn StockLevels> {
        Some(self)
    }

    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        Some(self)
    }
}

/// It wants to hear of orders, and declines whatever it hears: nothing of that is looked at here.
#[async_trait]
impl Fulfilment for Shop {
    fn descriptor(&self) -> &'static FulfilmentDescriptor {
        &FULFILMENT
    }

    async fn tell(&self, _: &Call<'_>, _: &OrderNumber, _: &OrderUpdate) -> Result<Acknowledged> {
        Err(Error::new(ErrorKind::Declined, "tell", "the scripted shop does no such thing"))
    }

    async fn knows(&self, _: &Call<'_>, _: &OrderNumber, _: &OrderUpdate) -> Result<Option<bool>> {
        Ok(Some(false))
    }
}

#[async_trait]
impl Orders for Shop {
    fn descriptor(&self) -> &'static OrdersDescriptor {
        &ORDERS
    }

    async fn list(&self, _: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        self.called(3)?;
        let changed = |order: &&OrderSnapshot| order.stamp.is_some_and(|stamp| stamp >= from.since);
        let orders = lock(&self.orders);
        let after: usize = from.page.as_deref().map_or(0, |page| page.parse().unwrap());
        let page: Vec<_> = orders.values().filter(changed).skip(after).take(100).cloned().collect();
        let next = (page.len() == 100).then(|| (after + 100).to_string());
        Ok(OrderPage { notices: page.into_iter().map(|order| Notification::Order(Box::new(order))).collect(), next })
    }

    async fn read(&self, _: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        self.called(3)?;
        let order = lock(&self.orders).get(number).cloned();
        order.ok_or_else(|| Error::new(ErrorKind::NotFound, "order", "there is no such order"))
    }
}

#[async_trait]
impl Listings for Shop {
    async fn list(&self, _: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        self.called(0)?;
        let from: usize = page.map_or(0, |page| page.parse().unwrap());
        let tells = !*lock(&self.silent_list);
        let items = lock(&self.items);
        let part = items.iter().skip(from).take(PAGE).filter(|item| !item.ended);
        let told = part.map(|item| Listing {
            observed_quantity: tells.then(|| Quantity::clamped(i64::from(item.shown))),
            ..listing(item.number, item.sku, item.twin)
        });
        let listings = told.collect();
        let next = (from + PAGE < items.len()).then(|| (from + PAGE).to_string());
        Ok(ListingPage { listings, unreadable: Vec::new(), next })
    }
}

#[async_trait]
impl StockLevels for Shop {
    fn descriptor(&self) -> &'static StockDescriptor {
        &STOCK
    }

    async fn read(&self, _: &Call<'_>, offer: &OfferId, _: &str) -> Result<Observed> {
        self.called(1)?;
        self.with(offer, |item| Quantity::clamped(i64::from(item.shown)).into())
    }

    async fn write(&self, _: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        ports::each(writes, |write| async move {
            self.called(2)?;
            let figure = u32::try_from(write.quantity.units()).unwrap();
            self.with(&write.offer, |item| item.shown = figure / item.pack * item.pack)?;
            Ok(Acknowledged::Applied)
        })
        .await
    }
}

/// The shop as the only channel of a build.
pub struct OnlyShop(pub Arc<Shop>);

impl Connectors for OnlyShop {
    fn get(&self, channel: &ChannelId) -> Option<&dyn Connector> {
        (channel.as_str() == DESCRIPTOR.id).then_some(&*self.0 as &dyn Connector)
    }

    fn all(&self) -> Vec<&dyn Connector> {
        vec![&*self.0]
    }
}

/// Long before anything that tests do, UTC.
pub fn long_ago() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}
