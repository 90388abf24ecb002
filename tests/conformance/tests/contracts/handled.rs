//! Orders that the shop shipped or refunded, which customers cannot do: what the connector reads of them.

use async_trait::async_trait;
use conformance::bench::{every_channel, sku, units};
use conformance::wire::{Exchange, Log, Wire};
use connectors::simulated_channel::{Checkout, ProductOnSale, Setup, SimulatedChannel};
use domain::{ChannelId, ConnectionId, Ean, OrderNumber};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Call, Http, NothingKept, OrdersFrom, Request, Response, Result, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use testkit::run::finish;

/// A simulator at the other end of the wire, at an hour that only the test moves.
struct Direct<S>(Arc<Mutex<S>>, Timestamp);

#[async_trait]
impl<S: SimulatedChannel> Http for Direct<S> {
    async fn send(&self, request: Request) -> Result<Response> {
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner).answer(self.1, &request);
        answer.ok_or_else(|| ports::Error::new(ports::ErrorKind::Timeout, "far side", "no answer"))
    }
}

/// Has an order of three units handled by the shop and reads it, by itself and in the list.
pub(super) fn exchanges<S: SimulatedChannel + 'static>(
    channel: &str,
    open: impl Fn(Setup) -> S,
    handle: impl Fn(&mut S, Timestamp, &OrderNumber),
) -> Vec<Exchange> {
    let channel = every_channel().into_iter().find(|c| c.descriptor().id == channel).unwrap();
    let named = channel.descriptor().credentials.iter().map(|n| ((*n).to_owned(), Secret::new("conformanceconformance")));
    let credentials: BTreeMap<String, Secret> = named.collect();
    let product = ProductOnSale {
        sku: sku(0),
        ean: Ean::new("8712345678906").unwrap(),
        title: "Product".into(),
        group: "group".into(),
        stock: units(9),
        price_cents: 1995,
    };
    let base_url = "https://one.example.test".to_owned();
    let mut side = open(Setup {
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
    let began = Timestamp::from_second(1_795_262_400).unwrap();
    let number = side.buy(began, &sku(0), units(3)).unwrap();
    handle(&mut side, began + SignedDuration::from_secs(60), &number);
    let now = began + SignedDuration::from_mins(5);
    let log = Log::default();
    let wire = Wire::new(Arc::new(Direct(Arc::new(Mutex::new(side)), now)), log.clone());
    let call = Call {
        http: &wire,
        account: &account,
        token: None,
        now,
        answers: &NothingKept,
        operation_id: "00000000-0000-4000-8000-000000000000",
    };
    let token = (channel.tokens().is_some()).then(|| finish(channel.tokens().unwrap().fetch(&call, None)).unwrap());
    let call = Call { token: token.as_ref(), ..call };
    let snapshot = finish(channel.orders().unwrap().read(&call, &number)).unwrap();
    assert!(snapshot.lines.iter().any(|l| l.shipped.units() + l.cancelled.units() > 0), "the order was handled: {snapshot:?}");
    let listed = finish(channel.orders().unwrap().list(&call, &OrdersFrom { since: began, page: None })).unwrap();
    assert_eq!(listed.notices.len(), 1);
    log.all()
}
