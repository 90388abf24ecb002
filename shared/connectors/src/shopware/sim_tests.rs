use super::super::Shopware;
use super::super::harness_tests::run;
use super::*;
use crate::simulated_channel::{Checkout, ProductOnSale, SimulatedChannel};
use async_trait::async_trait;
use domain::{Ean, OfferId, Quantity};
use jiff::SignedDuration;
use ports::{
    Account, Acknowledged, Call, Connector as _, ErrorKind, Http, NothingKept, Notification, OrdersFrom, Result, Secret,
    StockWrite,
};
use serde_json::Value;
use std::sync::Mutex;

/// A simulator at the other end of the wire, and a mistake on the way to it.
struct Far {
    side: Mutex<(Simulator, Timestamp)>,
    /// The list of orders asks for the time stamp of the order alone.
    one_stamp: bool,
}

#[async_trait]
impl Http for Far {
    async fn send(&self, mut request: Request) -> Result<Response> {
        if self.one_stamp && request.uri().path() == "/api/search/order" {
            let mut criteria = body(&request);
            for filter in criteria["filter"].as_array_mut().unwrap() {
                if let Some(queries) = filter.get_mut("queries").and_then(Value::as_array_mut) {
                    queries.retain(|query| query["field"] == "updatedAt");
                }
            }
            *request.body_mut() = criteria.to_string().into();
        }
        let mut side = self.side.lock().unwrap();
        let now = side.1;
        Ok(side.0.answer(now, &request).unwrap())
    }
}

fn sku(number: usize) -> Sku {
    Sku::new(format!("ART-{number:03}")).unwrap()
}

impl Far {
    fn open(products: usize) -> (Self, Account) {
        let credentials = ["access_key_id", "secret_access_key"];
        let credentials = credentials.map(|name| (name.to_owned(), Secret::new(format!("made-up-{name}"))));
        let product = |number| ProductOnSale {
            sku: sku(number),
            ean: Ean::new("8712345678906").unwrap(),
            title: format!("Product {number}"),
            // In threes: each is a variant.
            group: format!("group {}", number / 3),
            stock: Quantity::new(10).unwrap(),
            price_cents: 1_995,
        };
        let base_url = "https://shop.example.test".to_owned();
        let side = Simulator::new(Setup {
            base_url: base_url.clone(),
            credentials: credentials.clone().into(),
            products: (0..products).map(product).collect(),
            seed: 7,
            checkout: Checkout::default(),
        });
        let account = Account {
            connection: domain::ConnectionId::new("one").unwrap(),
            channel: domain::ChannelId::new("shopware").unwrap(),
            base_url,
            settings: side.settings(),
            credentials: credentials.into(),
        };
        let side = Mutex::new((side, "2026-12-03T08:00:00Z".parse().unwrap()));
        (Self { side, one_stamp: false }, account)
    }

    fn there<T>(&self, work: impl FnOnce(&mut Simulator, Timestamp) -> T) -> T {
        let mut side = self.side.lock().unwrap();
        let now = side.1;
        work(&mut side.0, now)
    }

    fn pass(&self, minutes: i64) -> Timestamp {
        let mut side = self.side.lock().unwrap();
        side.1 += SignedDuration::from_mins(minutes);
        side.1
    }

    fn with<'a, T, F: Future<Output = T>>(&'a self, account: &'a Account, work: impl FnOnce(Call<'a>) -> F) -> T {
        let now = self.side.lock().unwrap().1;
        let operation_id = "00000000-0000-4000-8000-000000000000";
        let call = Call { http: self, account, token: None, now, answers: &NothingKept, operation_id };
        let token: &'static _ = Box::leak(Box::new(run(Shopware.tokens().unwrap().fetch(&call, None)).unwrap()));
        run(work(Call { token: Some(token), ..call }))
    }

    fn changed(&self, account: &Account, since: Timestamp) -> Vec<String> {
        let from = OrdersFrom { since, page: None };
        let page = self.with(account, |call| async move { Shopware.orders().unwrap().list(&call, &from).await }).unwrap();
        let number = |notice| match notice {
            Notification::Order(order) => order.number.as_str().to_owned(),
            other => panic!("{other:?}"),
        };
        page.notices.into_iter().map(number).collect()
    }
}

fn units(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

/// What is done about an order: placed, paid, sent, cancelled, each at another hour, and each a change of another row.
fn seen_of_a_life(one_stamp: bool) -> Vec<&'static str> {
    let (mut far, account) = Far::open(2);
    far.one_stamp = one_stamp;
    far.there(|side, _| side.hold_payments(true));
    let mut seen = Vec::new();
    let since = far.pass(60);
    let [order, other] = [0, 1].map(|number| far.there(|side, now| side.buy(now, &sku(number), units(1)).unwrap()));
    let mut look = |what, since, order: &OrderNumber| {
        if far.changed(&account, since).iter().any(|number| number == order.as_str()) {
            seen.push(what);
        }
    };
    look("placed", since, &order);
    let since = far.pass(60);
    assert!(far.there(|side, now| side.pay(now, &order)));
    look("paid", since, &order);
    let since = far.pass(60);
    assert!(far.there(|side, now| side.ship_there(now, &order, &sku(0), units(1))));
    look("sent", since, &order);
    let since = far.pass(60);
    assert!(far.there(|side, now| side.cancel(now, &other)));
    look("cancelled", since, &other);
    seen
}

#[test]
fn whatever_row_of_an_order_changes_the_list_tells_of_it() {
    assert_eq!(seen_of_a_life(false), ["placed", "paid", "sent", "cancelled"]);
    // By the time stamp of the order alone, a new order is not seen, nor its payment, nor that it was sent.
    assert_eq!(seen_of_a_life(true), ["cancelled"]);
}

#[test]
fn one_bad_row_in_a_write_of_500_does_not_stop_the_other_499() {
    let (far, account) = Far::open(500);
    far.there(|side, _| side.refuse(&sku(321)));
    let mut offers: Vec<(Option<Sku>, OfferId)> = Vec::new();
    let mut page: Option<String> = None;
    loop {
        let at = page.clone();
        let listed =
            far.with(&account, |call| async move { Shopware.listings().unwrap().list(&call, at.as_deref()).await }).unwrap();
        offers.extend(listed.listings.into_iter().map(|one| (one.sku, one.offer)));
        page = listed.next;
        if page.is_none() {
            break;
        }
    }
    let write = |(_, offer): &(Option<Sku>, OfferId)| StockWrite {
        offer: offer.clone(),
        stock_reference: offer.as_str().to_owned(),
        quantity: units(7),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    };
    let writes: Vec<StockWrite> = offers.iter().map(write).collect();
    assert_eq!(writes.len(), 500, "variants, and none of their parents");
    let told = far.with(&account, |call| async move { Shopware.stock().unwrap().write(&call, &writes).await }).unwrap();
    for ((sku_of, _), told) in offers.iter().zip(&told) {
        let bad = *sku_of == Some(sku(321));
        match told {
            Ok(Acknowledged::Applied) => assert!(!bad),
            Err(error) => assert!(bad && error.kind == ErrorKind::Declined, "{error:?}"),
            other => panic!("{other:?}"),
        }
    }
    let shown = |number: usize| far.there(|side, _| side.shown(&sku(number)));
    assert_eq!((0..500).filter(|number| shown(*number) == Some(7)).count(), 499);
    assert_eq!(shown(321), Some(10));
}

#[test]
fn a_variant_is_called_as_its_parent_and_its_price_is_its_own() {
    let (far, account) = Far::open(3);
    let listed = far.with(&account, |call| async move { Shopware.listings().unwrap().list(&call, None).await }).unwrap();
    assert_eq!(listed.unreadable, []);
    let told: Vec<_> = listed.listings.iter().map(|one| (one.title.as_str(), one.sku.clone().unwrap(), one.backorders)).collect();
    assert_eq!(told, [0, 1, 2].map(|number| ("group 0", sku(number), false)));
}

#[test]
fn up_to_6_6_whatever_was_sent_could_be_cancelled_and_repeating_a_way_does_nothing() {
    for (version, done) in [("6.6.10.3", true), ("6.7.13.0", false)] {
        let (far, _) = Far::open(1);
        far.there(|side, _| side.become_version(version));
        let order = far.there(|side, now| side.buy(now, &sku(0), units(2)).unwrap());
        assert_eq!(far.there(|side, _| side.shown(&sku(0))), Some(8), "placing it lowers the figure at once");
        let take = |way: &str| {
            let now = far.pass(1);
            far.there(|side, _| matches!(side.shop.take(now, ("order", order.as_str()), way), shop::Moved::To(_)))
        };
        assert!(take("process") && take("process") && take("complete"));
        assert_eq!(take("cancel"), done, "{version}");
        let again = if done { take("cancel") && take("reopen") } else { take("reopen") };
        assert!(again);
        assert_eq!(far.there(|side, _| side.shown(&sku(0))), Some(8), "given back and taken once each");
    }
}

#[test]
fn whoever_forgets_to_ask_for_plain_json_finds_nothing() {
    let (far, account) = Far::open(1);
    let found = far.with(&account, |call| async move {
        let token = call.token.unwrap().access.expose().to_owned();
        let request = http::Request::post("https://shop.example.test/api/search/product")
            .header("authorization", format!("Bearer {token}"));
        call.http.send(request.body("{}".into()).unwrap()).await
    });
    let told = String::from_utf8(found.unwrap().body().to_vec()).unwrap();
    assert!(told.contains("attributes") && !told.contains("ART-000"), "{told}");
}
