use super::super::harness_tests::run;
use super::*;
use crate::simulated_channel::{Checkout, ProductOnSale, SimulatedChannel};
use async_trait::async_trait;
use domain::{CarrierId, Ean, Fulfilment as SentBy, LineUnits, OrderUpdate, ShipmentUpdate};
use jiff::SignedDuration;
use ports::{Account, Call, Connector as _, ErrorKind, Http, NothingKept, OrdersFrom, Result, Secret};
use std::sync::Mutex;

/// A simulator at the other end of the wire.
struct Far(Mutex<(Simulator, Timestamp)>);

#[async_trait]
impl Http for Far {
    async fn send(&self, request: Request) -> Result<Response> {
        let mut far = self.0.lock().unwrap();
        let now = far.1;
        Ok(far.0.answer(now, &request).unwrap())
    }
}

const CODE: &str = "TEA/GREEN 50%";

fn sku() -> Sku {
    Sku::new(CODE).unwrap()
}

impl Far {
    fn open() -> (Self, Account) {
        let credentials: BTreeMap<String, Secret> = ["client_id", "client_secret", "refresh_token"]
            .map(|name| (name.to_owned(), Secret::new(format!("made-up-{name}"))))
            .into();
        let product = ProductOnSale {
            sku: sku(),
            ean: Ean::new("8712345678906").unwrap(),
            title: "Thee".into(),
            group: "thee".into(),
            stock: units(10),
            price_cents: 650,
        };
        let base_url = "https://amazon.example.test".to_owned();
        let side = Simulator::new(Setup {
            base_url: base_url.clone(),
            credentials: credentials.clone(),
            products: vec![product],
            seed: 7,
            checkout: Checkout::default(),
        });
        let account = Account {
            connection: domain::ConnectionId::new("one").unwrap(),
            channel: domain::ChannelId::new("amazon").unwrap(),
            base_url,
            settings: side.settings(),
            credentials,
        };
        (Self(Mutex::new((side, "2026-12-03T08:00:00Z".parse().unwrap()))), account)
    }

    fn now(&self) -> Timestamp {
        self.0.lock().unwrap().1
    }

    fn pass(&self, seconds: i64) {
        self.0.lock().unwrap().1 += SignedDuration::from_secs(seconds);
    }

    fn on<T>(&self, work: impl FnOnce(&mut Simulator, Timestamp) -> T) -> T {
        let mut far = self.0.lock().unwrap();
        let now = far.1;
        work(&mut far.0, now)
    }
}

/// A call with a token of its own.
fn called<T>(far: &Far, account: &Account, work: impl AsyncFnOnce(&Call<'_>) -> T) -> T {
    let operation_id = "00000000-0000-4000-8000-000000000000";
    let call = Call { http: far, account, token: None, now: far.now(), answers: &NothingKept, operation_id };
    let token = run(crate::amazon::Amazon.tokens().unwrap().fetch(&call, None)).unwrap();
    run(work(&Call { token: Some(&token), ..call }))
}

fn read(far: &Far, account: &Account, number: &OrderNumber) -> domain::OrderSnapshot {
    called(far, account, async |call| crate::amazon::Amazon.orders().unwrap().read(call, number).await).unwrap()
}

fn ship(
    far: &Far,
    account: &Account,
    number: &OrderNumber,
    reference: &str,
    count: i64,
    tracking: &str,
) -> Result<ports::Acknowledged> {
    let line = read(far, account, number).lines[0].id.clone();
    let update = OrderUpdate::Shipment(ShipmentUpdate {
        reference: reference.to_owned(),
        lines: vec![LineUnits { line, units: units(count) }],
        carrier: Some(CarrierId::new("postnl").unwrap()),
        tracking: Some(tracking.to_owned()),
        completes: false,
    });
    called(far, account, async |call| crate::amazon::Amazon.fulfilment().unwrap().tell(call, number, &update).await)
}

#[test]
fn two_parcels_stay_two_and_a_code_put_right_is_put_right_in_its_own() {
    let (far, account) = Far::open();
    let number = far.on(|side, now| side.buy(now, &sku(), units(3))).unwrap();
    ship(&far, &account, &number, "P1", 1, "3STEST1").unwrap();
    far.pass(60);
    ship(&far, &account, &number, "P1", 1, "3STEST1").unwrap();
    far.pass(60);
    ship(&far, &account, &number, "P2", 2, "3STEST2").unwrap();
    ship(&far, &account, &number, "P1", 1, "3STEST9").unwrap();
    let parcels = far.on(|side, _| side.far_order(&number)).unwrap().parcels;
    let codes: Vec<_> =
        parcels.iter().map(|parcel| (parcel.tracking.as_deref().unwrap(), parcel.lines[&sku()].units())).collect();
    assert_eq!(codes, [("3STEST9", 1), ("3STEST2", 2)]);
    let order = read(&far, &account, &number);
    assert_eq!((order.channel_status.as_str(), order.lines[0].shipped.units()), ("SHIPPED", 3));
}

#[test]
fn the_seller_is_whoever_the_connection_names_and_nobody_else() {
    let (far, mut account) = Far::open();
    let check =
        |account: &Account| called(&far, account, async |call| crate::amazon::Amazon.verify(call).await).unwrap().missing_rights;
    account.settings.insert("seller_id".into(), "1".into());
    assert_eq!(check(&account), Vec::<String>::new());
    account.settings.insert("seller_id".into(), "A1OTHER".into());
    assert_eq!(check(&account), ["Product Listing"]);
}

#[test]
fn what_is_pending_is_told_later_and_what_amazon_sends_never() {
    let (far, account) = Far::open();
    far.on(|side, _| side.hold_payments(true));
    let pending = far.on(|side, now| side.buy(now, &sku(), units(2))).unwrap();
    let order = read(&far, &account, &pending);
    assert_eq!((order.channel_status.as_str(), order.terms.paid, order.ship_to), ("PENDING", Some(false), None));
    assert_eq!(ship(&far, &account, &pending, "P1", 2, "3S1").unwrap_err().kind, ErrorKind::Conflict);
    far.pass(60);
    assert!(far.on(|side, now| side.authorise(now, &pending)));
    ship(&far, &account, &pending, "P1", 2, "3S1").unwrap();
    far.on(|side, _| (side.hold_payments(false), side.send_by_amazon(&sku())));
    let theirs = far.on(|side, now| side.buy(now, &sku(), units(2))).unwrap();
    assert_eq!(read(&far, &account, &theirs).lines[0].fulfilment, SentBy::Marketplace);
    assert_eq!(ship(&far, &account, &theirs, "P1", 1, "3S1").unwrap_err().kind, ErrorKind::Declined);
}

#[test]
fn the_list_may_be_read_twenty_times_and_then_once_in_three_minutes() {
    let (far, account) = Far::open();
    let list = || {
        let from = OrdersFrom { since: far.now() - SignedDuration::from_hours(1), page: None };
        called(&far, &account, async |call| crate::amazon::Amazon.orders().unwrap().list(call, &from).await)
    };
    for _ in 0..20 {
        list().unwrap();
    }
    let refused = list().unwrap_err();
    let wait = refused.retry_after().unwrap();
    assert_eq!((refused.kind, wait.as_secs()), (ErrorKind::RateLimited, 178));
    far.pass(179);
    list().unwrap();
    assert!(list().is_err());
}
