//! Everything a channel that takes shipments, cancellations of units, decided returns and prices is told of orders, one after the other.

use async_trait::async_trait;
use conformance::bench::{every_channel, sku, units};
use conformance::wire::{Exchange, Log, Wire};
use connectors::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel};
use domain::{
    CancelReason, CancellationUpdate, CarrierId, ChannelId, ConnectionId, Currency, Ean, LineUnits, Money, OrderNumber,
    OrderUpdate, ReturnId, ReturnResolution, ReturnUpdate, ShipmentUpdate,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Acknowledged, Call, Connector, Http, NothingKept, PriceWrite, Request, Response, Result, Secret, Token};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use testkit::run::finish;

/// A simulator at the other end of the wire, and the hour.
struct Far<S>(Mutex<(S, Timestamp)>);

impl<S: SimulatedChannel> Far<S> {
    fn with<T>(&self, work: impl FnOnce(&mut S, Timestamp) -> T) -> T {
        let mut far = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = far.1;
        work(&mut far.0, now)
    }

    /// Long enough for whatever the channel does later or counts per second.
    fn pass(&self) {
        let mut far = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        far.1 += SignedDuration::from_mins(1);
    }
}

#[async_trait]
impl<S: SimulatedChannel> Http for Far<S> {
    async fn send(&self, request: Request) -> Result<Response> {
        let answer = self.with(|side, now| side.answer(now, &request));
        answer.ok_or_else(|| ports::Error::new(ports::ErrorKind::Timeout, "far side", "no answer"))
    }
}

struct Story<S> {
    channel: &'static dyn Connector,
    far: Arc<Far<S>>,
    wire: Wire,
    account: Account,
    token: Option<Token>,
    step: std::cell::Cell<u32>,
}

impl<S: SimulatedChannel + 'static> Story<S> {
    fn call<T>(&self, work: impl FnOnce(Call<'_>) -> T) -> T {
        self.far.pass();
        self.step.set(self.step.get() + 1);
        let operation_id = format!("00000000-0000-4000-8000-{:012}", self.step.get());
        let now = self.far.with(|_, now| now);
        work(Call {
            http: &self.wire,
            account: &self.account,
            token: self.token.as_ref(),
            now,
            answers: &NothingKept,
            operation_id: &operation_id,
        })
    }

    /// Tells, waits until it is in force, and asks whether it is known.
    fn tell(&self, number: &OrderNumber, update: &OrderUpdate) {
        let mut told = self.call(|call| finish(self.channel.fulfilment().unwrap().tell(&call, number, update))).unwrap();
        while let Acknowledged::Pending(status) = told {
            told = self.call(|call| finish(self.channel.jobs().unwrap().status(&call, &status))).unwrap();
        }
        self.call(|call| finish(self.channel.fulfilment().unwrap().knows(&call, number, update))).unwrap();
        self.call(|call| finish(self.channel.orders().unwrap().read(&call, number))).unwrap();
    }

    fn ordered(&self) -> OrderNumber {
        self.far.with(|side, now| side.buy_all(now, &[(sku(0), units(6))], "BE")).unwrap()
    }

    fn line(&self, number: &OrderNumber, quantity: i64) -> Vec<LineUnits> {
        let snapshot = self.call(|call| finish(self.channel.orders().unwrap().read(&call, number))).unwrap();
        snapshot.lines.into_iter().map(|line| LineUnits { line: line.id, units: units(quantity) }).collect()
    }

    fn decide(&self, number: &OrderNumber, id: Option<ReturnId>, verdict: ReturnResolution) {
        self.tell(
            number,
            &OrderUpdate::Return(ReturnUpdate { id, lines: self.line(number, 1), resolution: verdict, beside: Vec::new() }),
        );
    }

    /// Announces so many units and answers the id of the return that waits.
    fn announced(&self, number: &OrderNumber, quantity: i64) -> ReturnId {
        assert!(self.far.with(|side, now| side.announce_return(now, number, &sku(0), units(quantity))));
        self.call(|call| finish(self.channel.returns().unwrap().list(&call, None))).unwrap().returns.pop().unwrap().id
    }

    fn live(&self) {
        let number = self.ordered();
        let carrier = Some(CarrierId::new("postnl").unwrap());
        for tracking in [Some("3SX".to_owned()), None] {
            let lines = self.line(&number, 2);
            let parcel = ShipmentUpdate { reference: "P".into(), lines, carrier: carrier.clone(), tracking, completes: false };
            self.tell(&number, &OrderUpdate::Shipment(parcel));
        }
        let cancel = |number: &OrderNumber, quantity, whole_order| {
            let told = CancellationUpdate {
                lines: self.line(number, quantity),
                reason: CancelReason::TooLate,
                restock: true,
                whole_order,
            };
            self.tell(number, &OrderUpdate::Cancellation(told));
        };
        cancel(&number, 1, false);
        cancel(&self.ordered(), 6, true);
        let whole = self.announced(&number, 2);
        for verdict in [ReturnResolution::Rejected, ReturnResolution::Accepted] {
            self.decide(&number, Some(whole.clone()), verdict);
        }
        for verdict in [ReturnResolution::Rejected, ReturnResolution::BuyerKeeps] {
            let id = self.announced(&number, 1);
            self.decide(&number, Some(id), verdict);
        }
        let last = self.announced(&number, 2);
        self.decide(&number, Some(last.clone()), ReturnResolution::Accepted);
        self.decide(&number, Some(last), ReturnResolution::Rejected);
        self.decide(&number, None, ReturnResolution::Accepted);
        let listing = self.call(|call| finish(self.channel.listings().unwrap().list(&call, None))).unwrap().listings.remove(0);
        let price = Money { amount: "18.50".parse().unwrap(), currency: Currency::new("EUR").unwrap() };
        for was in [Some(Money { amount: "19.95".parse().unwrap(), currency: price.currency.clone() }), None] {
            let write = PriceWrite {
                offer: listing.offer.clone(),
                stock_reference: listing.stock_reference.clone(),
                price: price.clone(),
                was,
            };
            self.call(|call| finish(self.channel.prices().unwrap().write_one(&call, &write))).unwrap();
        }
    }
}

/// All that is sent while it is told.
pub(super) fn exchanges<S: SimulatedChannel + 'static>(channel: &str, open: impl Fn(Setup) -> S) -> Vec<Exchange> {
    let channel = every_channel().into_iter().find(|c| c.descriptor().id == channel).unwrap();
    let named = channel.descriptor().credentials.iter().map(|n| ((*n).to_owned(), Secret::new("conformanceconformance")));
    let credentials: BTreeMap<String, Secret> = named.collect();
    let product = ProductOnSale {
        sku: sku(0),
        ean: Ean::new("8712345678906").unwrap(),
        title: "Product".into(),
        group: "group".into(),
        stock: units(99),
        price_cents: 1995,
    };
    let base_url = "https://one.example.test".to_owned();
    let side = open(Setup {
        base_url: base_url.clone(),
        credentials: credentials.clone(),
        products: vec![product],
        seed: 7,
        checkout: Checkout::default(),
    });
    let account = Account {
        connection: ConnectionId::new("one").unwrap(),
        channel: ChannelId::new(channel.descriptor().id).unwrap(),
        base_url,
        settings: side.settings(),
        credentials,
    };
    let far = Arc::new(Far(Mutex::new((side, Timestamp::from_second(1_795_262_400).unwrap()))));
    let log = Log::default();
    let wire = Wire::new(far.clone(), log.clone());
    let mut story = Story { channel, far, wire, account, token: None, step: std::cell::Cell::new(0) };
    story.token = Some(story.call(|call| finish(channel.tokens().unwrap().fetch(&call, None))).unwrap());
    story.live();
    log.all()
}
