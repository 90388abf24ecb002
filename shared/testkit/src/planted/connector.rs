//! The connectors, with the mistake: what a channel tells or answers is taken for something else.

use super::Mistake;
use async_trait::async_trait;
use domain::{ChannelId, Listing, OfferId, OrderLineId, OrderNumber, OrderSnapshot, Quantity, Sku, SnapshotLine};
use engine::rows::{ConnectionRow, ListingRow, OfferRow};
use engine::{Correction, Ports, StockChange, correct_stock};
use ports::{
    Acceptance, Account, Acknowledged, Billing, Call, Connector, Connectors, Delivery, Descriptor, Error, Fulfilment, Jobs,
    ListingPage, Listings, Notification, Notifications, NotificationsDescriptor, Observed, OrderPage, Orders, OrdersDescriptor,
    OrdersFrom, Outcomes, Pause, Prices, Request, Response, Result, Returns, Status, StockDescriptor, StockLevels, StockWrite,
    SubscriptionState, SubscriptionWant, Tokens, Verified, WebhookKeys,
};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which product a line was first told as: offer, code and EAN.
type First = (Option<OfferId>, Option<Sku>, Option<domain::Ean>);

thread_local! {
    static FIRST: RefCell<BTreeMap<(ChannelId, OrderNumber, OrderLineId), First>> = const { RefCell::new(BTreeMap::new()) };
    /// Descriptors of lists without lag and overlap, by the address of the right one.
    static HASTY: RefCell<BTreeMap<usize, &'static OrdersDescriptor>> = const { RefCell::new(BTreeMap::new()) };
}

/// What was told to worlds before is forgotten.
pub(super) fn forget() {
    FIRST.take();
}

/// All connectors.
pub(super) struct PlantedConnectors(Vec<Planted>);

/// One of them.
struct Planted {
    mistake: Mistake,
    channel: ChannelId,
    all: Arc<dyn Connectors>,
    /// The ports without the mistake.
    ports: Ports,
}

impl PlantedConnectors {
    pub(super) fn new(mistake: Mistake, ports: &Ports) -> Self {
        let channels = ports.connectors.all().into_iter().filter_map(|one| ChannelId::new(one.descriptor().id).ok());
        let planted = |channel| Planted { mistake, channel, all: ports.connectors.clone(), ports: ports.clone() };
        Self(channels.map(planted).collect())
    }
}

impl Connectors for PlantedConnectors {
    fn vat_numbers(&self) -> Option<&dyn ports::VatNumbers> {
        self.0.first()?.all.vat_numbers()
    }

    fn get(&self, channel: &ChannelId) -> Option<&dyn Connector> {
        self.0.iter().find(|one| one.channel == *channel).map(|one| one as &dyn Connector)
    }

    fn all(&self) -> Vec<&dyn Connector> {
        self.0.iter().map(|one| one as &dyn Connector).collect()
    }
}

impl Planted {
    #[expect(clippy::expect_used, reason = "test support: it was named by those it is looked up in")]
    fn inner(&self) -> &dyn Connector {
        self.all.get(&self.channel).expect("a connector that there is")
    }

    fn as_told(&self, mut order: OrderSnapshot) -> OrderSnapshot {
        match self.mistake {
            Mistake::NoRestockIgnored => {
                for line in &mut order.lines {
                    (line.not_restocked, line.restock_untold) = (Quantity::ZERO, Quantity::ZERO);
                }
            }
            Mistake::SwapIgnored => {
                let number = order.number.clone();
                order.lines.iter_mut().for_each(|line| self.as_first_told(&number, line));
            }
            _ => {}
        }
        order
    }

    /// A line stays the product as which it was first told.
    fn as_first_told(&self, number: &OrderNumber, line: &mut SnapshotLine) {
        let key = (self.channel.clone(), number.clone(), line.id.clone());
        let told = (line.offer.clone(), line.sku.clone(), line.ean.clone());
        let first = FIRST.with_borrow_mut(|known| known.entry(key).or_insert(told).clone());
        (line.offer, line.sku, line.ean) = first;
    }

    fn notice(&self, notice: Notification) -> Notification {
        match notice {
            Notification::Order(order) => Notification::Order(Box::new(self.as_told(*order))),
            other => other,
        }
    }

    /// What a channel shows is booked as if somebody had changed it there, our own writes included.
    async fn believe(&self, call: &Call<'_>, offer: &OfferId, live: Quantity) -> Result<()> {
        let connection = &call.account.connection;
        let item: Option<OfferRow> = self.ports.get(&OfferRow::key(connection, offer)).await?;
        let Some(sku) = item.and_then(|item| item.matched) else { return Ok(()) };
        let listing: Option<ListingRow> = self.ports.get(&ListingRow::key(&sku, connection, offer)).await?;
        if listing.and_then(|listing| listing.told).is_none_or(|told| told == live) {
            return Ok(());
        }
        let row: Option<ConnectionRow> = self.ports.get(&ConnectionRow::key(connection)).await?;
        for location in row.into_iter().flat_map(|row| row.locations) {
            let (change, reason, by) = (StockChange::Set(live), "planted".to_owned(), "planted".to_owned());
            correct_stock(&self.ports, &Correction { sku: sku.clone(), location, change, reason, by }).await?;
        }
        Ok(())
    }

    fn answer(&self, answer: Result<Acknowledged>) -> Result<Acknowledged> {
        match answer {
            Ok(Acknowledged::Pending(_)) if self.mistake == Mistake::PendingTakenAsDone => Ok(Acknowledged::Applied),
            Err(error) if error.status == Status::Unknown && self.mistake == Mistake::UnansweredPushTakenAsDone => {
                Ok(Acknowledged::Applied)
            }
            answer => answer,
        }
    }
}

/// What a connector without the capability says: never, for it is asked of one that has it.
fn lacks(what: &'static str) -> Error {
    Error::new(ports::ErrorKind::Bug, "planted", what)
}

#[async_trait]
impl StockLevels for Planted {
    #[expect(clippy::expect_used, reason = "test support: it is handed out where there is one")]
    fn descriptor(&self) -> &'static StockDescriptor {
        self.inner().stock().expect("stock").descriptor()
    }

    async fn read(&self, call: &Call<'_>, offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        let observed = self.inner().stock().ok_or_else(|| lacks("stock"))?.read(call, offer, stock_reference).await?;
        match (self.mistake, &observed) {
            (Mistake::UncountedTakenForAFigure, Observed::NotCounted) => return Ok(Quantity::MAX.into()),
            (Mistake::EchoTakenAsChange, Observed::Counted(shown)) => self.believe(call, offer, shown.quantity).await?,
            _ => {}
        }
        Ok(observed)
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        let answer = self.inner().stock().ok_or_else(|| lacks("stock"))?.write(call, writes).await;
        let outcomes = match answer {
            Ok(outcomes) => outcomes,
            Err(error) if error.status == Status::Unknown && self.mistake == Mistake::UnansweredPushTakenAsDone => {
                writes.iter().map(|_| Ok(Acknowledged::Applied)).collect()
            }
            Err(error) => return Err(error),
        };
        let copy = |error: &Error| {
            Error::new(error.kind, error.operation, error.message.clone())
                .with_status(error.status)
                .with_detail(error.detail.clone())
        };
        let bad = outcomes.iter().find_map(|outcome| outcome.as_ref().err()).map(copy);
        match bad.filter(|_| self.mistake == Mistake::OneBadRowFailsTheBatch) {
            Some(bad) => Ok(outcomes.iter().map(|_| Err(copy(&bad))).collect()),
            None => Ok(outcomes.into_iter().map(|outcome| self.answer(outcome)).collect()),
        }
    }
}

#[async_trait]
impl Orders for Planted {
    #[expect(clippy::expect_used, reason = "test support: it is handed out where there is one")]
    fn descriptor(&self) -> &'static OrdersDescriptor {
        let right = self.inner().orders().expect("orders").descriptor();
        if self.mistake != Mistake::CursorToNow {
            return right;
        }
        HASTY.with_borrow_mut(|known| {
            *known.entry(std::ptr::from_ref(right).addr()).or_insert_with(|| {
                let mut hasty = *right;
                (hasty.paging.lag, hasty.paging.overlap) = (jiff::SignedDuration::ZERO, jiff::SignedDuration::ZERO);
                Box::leak(Box::new(hasty))
            })
        })
    }

    async fn list(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        let page = match self.inner().orders().ok_or_else(|| lacks("orders"))?.list(call, from).await {
            Err(_) if self.mistake == Mistake::FailedPageTakenForEnd => OrderPage { notices: Vec::new(), next: None },
            page => page?,
        };
        let is_told = self.mistake != Mistake::PollIgnored;
        let notices = page.notices.into_iter().filter(|_| is_told).map(|notice| self.notice(notice)).collect();
        Ok(OrderPage { notices, next: page.next })
    }

    fn order_url(&self, base_url: &str, number: &OrderNumber) -> Option<String> {
        self.inner().orders()?.order_url(base_url, number)
    }

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        let order = self.inner().orders().ok_or_else(|| lacks("orders"))?.read(call, number).await?;
        Ok(self.as_told(order))
    }
}

#[async_trait]
impl Listings for Planted {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        let mut page = self.inner().listings().ok_or_else(|| lacks("listings"))?.list(call, page).await?;
        if self.mistake == Mistake::BackordersUnsaid {
            page.listings = page.listings.into_iter().map(|listing| Listing { backorders: false, ..listing }).collect();
        }
        Ok(page)
    }
}

#[async_trait]
impl Notifications for Planted {
    #[expect(clippy::expect_used, reason = "test support: it is handed out where there is one")]
    fn descriptor(&self) -> &'static NotificationsDescriptor {
        self.inner().notifications().expect("notifications").descriptor()
    }

    async fn keys(&self, call: &Call<'_>) -> Result<WebhookKeys> {
        self.inner().notifications().ok_or_else(|| lacks("notifications"))?.keys(call).await
    }

    fn key_id(&self, delivery: &Delivery) -> Result<Option<String>> {
        self.inner().notifications().ok_or_else(|| lacks("notifications"))?.key_id(delivery)
    }

    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notification>> {
        let notices = self.inner().notifications().ok_or_else(|| lacks("notifications"))?.receive(keys, delivery)?;
        Ok(notices.into_iter().map(|notice| self.notice(notice)).collect())
    }

    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState> {
        self.inner().notifications().ok_or_else(|| lacks("notifications"))?.subscribe(call, want).await
    }
}

#[async_trait]
impl Connector for Planted {
    fn descriptor(&self) -> &'static Descriptor {
        self.inner().descriptor()
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        self.inner().check(account)
    }

    fn bucket(&self, request: &Request) -> &'static str {
        self.inner().bucket(request)
    }

    fn question(&self, request: &Request) -> String {
        self.inner().question(request)
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        self.inner().pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        self.inner().verify(call).await
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        self.inner().tokens()
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        self.inner().jobs()
    }

    fn orders(&self) -> Option<&dyn Orders> {
        self.inner().orders().map(|_| self as &dyn Orders)
    }

    fn acceptance(&self) -> Option<&dyn Acceptance> {
        self.inner().acceptance()
    }

    fn billing(&self) -> Option<&dyn Billing> {
        self.inner().billing()
    }

    fn listings(&self) -> Option<&dyn Listings> {
        self.inner().listings().map(|_| self as &dyn Listings)
    }

    fn stock(&self) -> Option<&dyn StockLevels> {
        self.inner().stock().map(|_| self as &dyn StockLevels)
    }

    fn prices(&self) -> Option<&dyn Prices> {
        self.inner().prices()
    }

    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        self.inner().fulfilment()
    }

    fn returns(&self) -> Option<&dyn Returns> {
        self.inner().returns()
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        self.inner().notifications().map(|_| self as &dyn Notifications)
    }
}
