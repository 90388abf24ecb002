//! What the shop is told about an order, against the simulator: shipments, cancellations, returns and prices.

use super::tests::{World, done, lamp, q, vase};
use super::*;
use crate::simulated_channel::{FarOrder, SimulatedChannel, Trouble};
use domain::{
    AnnouncedReturn, CancelReason, CancellationUpdate, CarrierId, Currency, LineUnits, Money, OfferId, OrderNumber, OrderUpdate,
    ReturnId, ReturnResolution, ReturnUpdate, ShipmentUpdate, Sku,
};
use ports::{Acknowledged, Call, ErrorKind, Notification, PriceWrite, Response, Result, Status};

impl World {
    /// An order of these units of lamps and vases.
    fn order(&self, lamps: i64, vases: i64) -> OrderNumber {
        let wanted: Vec<_> = [(lamp(), q(lamps)), (vase(), q(vases))].into_iter().filter(|(_, units)| !units.is_zero()).collect();
        self.sim(|sim, now| sim.buy_all(now, &wanted, "NL")).unwrap()
    }

    /// Units of its lines, by their places.
    fn lines(&self, number: &OrderNumber, units: &[i64]) -> Vec<LineUnits> {
        let lines = self.read(number).lines;
        let told = lines.into_iter().zip(units).filter(|(_, units)| **units != 0);
        told.map(|(line, units)| LineUnits { line: line.id, units: q(*units) }).collect()
    }

    fn tell(&self, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        self.tell_as("op", number, update)
    }

    fn tell_as(&self, operation_id: &str, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        self.call(operation_id, |call| done(Shopify.fulfilment().unwrap().tell(&call, number, update)))
    }

    fn knows(&self, number: &OrderNumber, update: &OrderUpdate) -> Option<bool> {
        self.call("k", |call| done(Shopify.fulfilment().unwrap().knows(&call, number, update))).unwrap()
    }

    fn far(&self, number: &OrderNumber) -> FarOrder {
        self.sim(|sim, _| sim.far_order(number)).unwrap()
    }

    /// Cancelled, shipped and returned of a product, as Shopify has it and as the snapshot tells it.
    fn counts(&self, number: &OrderNumber, sku: &Sku) -> (i64, i64, i64) {
        let far = self.far(number).lines[sku];
        let told = self.read(number).lines.into_iter().find(|line| line.sku.as_ref() == Some(sku)).unwrap();
        assert_eq!((told.ordered, told.cancelled, told.shipped), (far.ordered, far.cancelled, far.shipped));
        (far.cancelled.units(), far.shipped.units(), told.returned.units())
    }

    fn sent(&self, operation: &str) -> Vec<serde_json::Value> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|body| body["operationName"] == operation).map(|body| body["variables"].clone()).collect()
    }

    fn returns(&self) -> Vec<AnnouncedReturn> {
        let mut all = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let found = self.call("r", |call| done(Shopify.returns().unwrap().list(&call, page.as_deref()))).unwrap();
            all.extend(found.returns);
            page = found.next;
            if page.is_none() {
                return all;
            }
        }
    }

    fn fail_next(&self) {
        self.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    }

    fn status(&self, status: &str) -> Result<Acknowledged> {
        self.call("s", |call| done(Shopify.jobs().unwrap().status(&call, status)))
    }
}

fn parcel(lines: Vec<LineUnits>, carrier: Option<&str>, tracking: Option<&str>) -> OrderUpdate {
    OrderUpdate::Shipment(ShipmentUpdate {
        reference: "P-1".into(),
        lines,
        carrier: carrier.map(|word| CarrierId::new(word).unwrap()),
        tracking: tracking.map(str::to_owned),
        completes: false,
    })
}

fn cancel(lines: Vec<LineUnits>, whole_order: bool) -> OrderUpdate {
    OrderUpdate::Cancellation(CancellationUpdate { lines, reason: CancelReason::TooLate, whole_order, restock: true })
}

fn decide(id: Option<&ReturnId>, lines: Vec<LineUnits>, verdict: ReturnResolution) -> OrderUpdate {
    OrderUpdate::Return(ReturnUpdate { id: id.cloned(), lines, resolution: verdict, beside: Vec::new() })
}

#[test]
fn a_parcel_is_told_by_lines_of_fulfilment_orders_with_carrier_and_code() {
    let world = World::open();
    world.subscribe();
    let number = world.order(3, 2);
    world.deliveries(Some(200));
    let told = parcel(world.lines(&number, &[2, 2]), Some("postnl"), Some("3SX"));
    assert_eq!(world.knows(&number, &told), Some(false));
    assert_eq!(world.tell(&number, &told).unwrap(), Acknowledged::Applied);
    assert_eq!(world.knows(&number, &told), Some(true));
    assert_eq!((world.counts(&number, &lamp()), world.counts(&number, &vase())), ((0, 2, 0), (0, 2, 0)));
    let far = world.far(&number).parcels.remove(0);
    assert_eq!((far.carrier.as_deref(), far.tracking.as_deref()), (Some("PostNL"), Some("3SX")));
    assert_eq!((far.lines[&lamp()], far.lines[&vase()]), (q(2), q(2)));
    let delivery = world.deliveries(Some(200)).remove(0);
    assert_eq!(world.receive(&delivery).unwrap(), [Notification::Order(Box::new(world.read(&number)))], "and told by a webhook");
    let rest = parcel(world.lines(&number, &[1, 0]), None, None);
    world.tell(&number, &rest).unwrap();
    assert_eq!((world.counts(&number, &lamp()), world.far(&number).parcels.len()), ((0, 3, 0), 2));
    assert!(world.sent("Ship").iter().all(|v| v["fulfillment"]["notifyCustomer"] == false));
    let again = world.tell(&number, &rest).unwrap_err();
    assert_eq!((again.kind, again.status), (ErrorKind::Declined, Status::Permanent), "there is nothing left to send");
}

#[test]
fn carriers_go_by_shopifys_names_and_a_setting_goes_before() {
    let mut world = World::open();
    let number = world.order(4, 0);
    for (word, name) in [("dhl", "DHL Parcel"), ("bpost", "BPost"), ("two-men-and-a-van", "Other")] {
        world.tell(&number, &parcel(world.lines(&number, &[1]), Some(word), Some(word))).unwrap();
        assert_eq!(world.far(&number).parcels.pop().unwrap().carrier.as_deref(), Some(name));
    }
    world.account.settings.insert("carrier.dhl".into(), "DHL".into());
    world.account.settings.insert("notify_customer".into(), "true".into());
    world.tell(&number, &parcel(world.lines(&number, &[1]), Some("dhl"), Some("x"))).unwrap();
    assert_eq!(world.far(&number).parcels.pop().unwrap().carrier.as_deref(), Some("DHL"));
    assert_eq!(world.sent("Ship").pop().unwrap()["fulfillment"]["notifyCustomer"], true);
    world.account.settings.insert("notify_customer".into(), "perhaps".into());
    let error = world.tell(&number, &parcel(world.lines(&number, &[1]), None, None)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
}

#[test]
fn what_is_divided_anew_is_read_anew_and_a_parcel_leaves_one_place() {
    let world = World::open();
    let number = world.order(4, 1);
    let lines = world.lines(&number, &[4, 0]);
    world.sim(|sim, _| sim.reroute(&number, 0, q(2), 77));
    let error = world.tell(&number, &parcel(lines.clone(), None, Some("A"))).unwrap_err();
    assert!(error.kind == ErrorKind::Declined && error.message.contains("several locations"), "{error:?}");
    world.tell(&number, &parcel(world.lines(&number, &[2, 0]), None, Some("A"))).unwrap();
    world.tell(&number, &parcel(world.lines(&number, &[2, 0]), None, Some("B"))).unwrap();
    assert_eq!(world.counts(&number, &lamp()), (0, 4, 0), "one from here, one from there");
    world.sim(|sim, _| sim.hold(&number, true));
    let vase_parcel = parcel(world.lines(&number, &[0, 1]), None, None);
    let error = world.tell(&number, &vase_parcel).unwrap_err();
    assert!(error.message.contains("on hold"), "{error:?}");
    world.sim(|sim, _| sim.hold(&number, false));
    world.tell(&number, &vase_parcel).unwrap();
}

#[test]
fn a_parcel_of_more_lines_than_a_page_is_told() {
    let world = World::open();
    let wanted: Vec<_> = (0..120).map(|_| (vase(), q(1))).collect();
    let number = world.sim(|sim, now| sim.buy_all(now, &wanted, "NL")).unwrap();
    let told = parcel(world.lines(&number, &[1; 120]), Some("dpd"), Some("D"));
    world.tell(&number, &told).unwrap();
    world.wait(20);
    assert_eq!(world.knows(&number, &told), Some(true));
    assert_eq!(world.far(&number).lines[&vase()].shipped, q(120));
}

#[test]
fn a_parcel_whose_answer_was_lost_is_found_by_its_code_and_without_one_only_where_it_is_sure() {
    let world = World::open();
    let number = world.order(5, 0);
    let coded = parcel(world.lines(&number, &[2]), None, Some("3SX"));
    world.fail_next();
    assert_eq!(world.tell(&number, &coded).unwrap_err().status, Status::Unknown);
    assert_eq!(world.knows(&number, &coded), Some(true));
    let other = parcel(world.lines(&number, &[1]), None, Some("3SX"));
    assert_eq!(world.knows(&number, &other), Some(false), "the same code with other contents is another parcel");
    let bare = parcel(world.lines(&number, &[1]), None, None);
    assert_eq!(world.knows(&number, &bare), Some(false));
    world.tell(&number, &bare).unwrap();
    assert_eq!(world.knows(&number, &bare), None, "two more are left: it may be this parcel or one before");
    world.tell(&number, &bare).unwrap();
    world.tell(&number, &bare).unwrap();
    assert_eq!(world.knows(&number, &bare), Some(true), "it could not be told once more");
}

#[test]
fn what_no_order_can_mean_is_refused_before_any_call() {
    let world = World::open();
    let number = world.order(2, 1);
    let line = world.lines(&number, &[1, 0]);
    let calls = world.seen.lock().unwrap().len();
    let odd = vec![LineUnits { line: domain::OrderLineId::new("first").unwrap(), units: q(1) }];
    let none = vec![LineUnits { units: q(0), ..line[0].clone() }];
    let elsewhere = ReturnId::new("RMA/7").unwrap();
    for update in [
        parcel(Vec::new(), None, None),
        parcel(odd, None, None),
        cancel(none, false),
        decide(None, line.clone(), ReturnResolution::Rejected),
        decide(Some(&elsewhere), line, ReturnResolution::Accepted),
    ] {
        assert_eq!(world.tell(&number, &update).unwrap_err().kind, ErrorKind::BadInput, "{update:?}");
    }
    assert_eq!(world.seen.lock().unwrap().len(), calls);
}

#[test]
fn a_whole_order_is_cancelled_by_a_job_and_its_units_are_on_sale_again() {
    let world = World::open();
    let number = world.order(3, 0);
    let told = cancel(world.lines(&number, &[3]), true);
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(2));
    let Acknowledged::Pending(status) = world.tell(&number, &told).unwrap() else { panic!("it takes its time") };
    assert_eq!(
        (world.status(&status).unwrap(), world.knows(&number, &told)),
        (Acknowledged::Pending(status.clone()), Some(false))
    );
    world.wait(5);
    assert_eq!((world.status(&status).unwrap(), world.knows(&number, &told)), (Acknowledged::Applied, Some(true)));
    assert_eq!((world.counts(&number, &lamp()), world.sim(|sim, _| sim.shown(&lamp()))), ((3, 0, 0), Some(5)));
    assert_eq!(world.tell(&number, &told).unwrap(), Acknowledged::Applied, "what is cancelled stays so");
    let sent = world.sent("CancelOrder").remove(0);
    assert_eq!(
        (sent["reason"].as_str(), sent["refund"]["originalPaymentMethodsRefund"].as_bool(), sent["restock"].as_bool()),
        (Some("OTHER"), Some(false), Some(true))
    );
    assert_eq!(world.tell(&number, &cancel(world.lines(&number, &[1]), false)).unwrap(), Acknowledged::Applied);
}

#[test]
fn a_whole_order_that_is_not_there_is_not_on_sale_again() {
    let world = World::open();
    let number = world.order(3, 0);
    let (lines, reason) = (world.lines(&number, &[3]), CancelReason::NotFound);
    let told = OrderUpdate::Cancellation(CancellationUpdate { lines, reason, whole_order: true, restock: false });
    world.tell(&number, &told).unwrap();
    world.wait(5);
    assert_eq!(world.knows(&number, &told), Some(true));
    assert_eq!((world.counts(&number, &lamp()), world.sim(|sim, _| sim.shown(&lamp()))), ((3, 0, 0), Some(2)));
}

#[test]
fn a_cancellation_that_a_parcel_overtakes_fails_and_a_second_attempt_does_no_harm() {
    let world = World::open();
    let number = world.order(2, 0);
    let told = cancel(world.lines(&number, &[2]), true);
    let Acknowledged::Pending(status) = world.tell(&number, &told).unwrap() else { panic!() };
    assert!(world.sim(|sim, now| sim.ship_there(now, &number, &lamp(), q(1))));
    world.wait(5);
    let error = world.status(&status).unwrap_err();
    assert_eq!((error.kind, error.status), (ErrorKind::Declined, Status::Permanent));
    assert_eq!(world.tell(&number, &told).unwrap_err().kind, ErrorKind::Declined, "something of it left");
    let other = world.order(1, 0);
    let told = cancel(world.lines(&other, &[1]), true);
    world.fail_next();
    assert_eq!(world.tell(&other, &told).unwrap_err().status, Status::Unknown);
    let Acknowledged::Pending(second) = world.tell(&other, &told).unwrap() else { panic!() };
    world.wait(5);
    assert_eq!(world.status(&second).unwrap(), Acknowledged::Applied);
    let forgotten = second.rsplit_once('/').unwrap().0.to_owned() + "/gone";
    assert_eq!(world.status(&forgotten).unwrap(), Acknowledged::Applied, "the order counts, not the job");
    let third = world.order(1, 0);
    let lost = format!("gid://shopify/Order/{third} gid://shopify/Job/gone");
    assert_eq!(world.status(&lost).unwrap_err().status, Status::Unknown);
}

#[test]
fn units_are_cancelled_by_a_record_without_money_and_go_back_on_sale() {
    let world = World::open();
    world.listing(&lamp());
    let number = world.order(4, 1);
    world.tell(&number, &parcel(world.lines(&number, &[1, 0]), None, None)).unwrap();
    let told = cancel(world.lines(&number, &[2, 1]), false);
    assert_eq!(world.knows(&number, &told), Some(false));
    world.fail_next();
    assert_eq!(world.tell(&number, &told).unwrap_err().status, Status::Unknown);
    assert_eq!((world.knows(&number, &told), world.counts(&number, &lamp())), (Some(true), (2, 1, 0)));
    assert_eq!(world.sim(|sim, _| sim.shown(&lamp())), Some(3));
    let sent = world.sent("CreateRefund").remove(0);
    assert!(sent["input"].get("transactions").is_none() && sent["key"] == "op", "{sent}");
    assert_eq!(sent["input"]["refundLineItems"][0]["locationId"], "gid://shopify/Location/9007199254740995");
    let more = world.tell_as("other", &number, &cancel(world.lines(&number, &[2, 0]), false)).unwrap_err();
    assert_eq!(more.kind, ErrorKind::Declined, "only one is left");
    let last = cancel(world.lines(&number, &[1, 0]), false);
    world.tell_as("last", &number, &last).unwrap();
    assert_eq!((world.counts(&number, &lamp()), world.knows(&number, &last)), ((3, 1, 0), Some(true)));
}

#[test]
fn as_many_units_cancelled_before_are_not_taken_for_these() {
    let world = World::open();
    let number = world.order(3, 0);
    let told = cancel(world.lines(&number, &[1]), false);
    world.tell_as("first", &number, &told).unwrap();
    assert_eq!(world.knows(&number, &told), None);
    assert!(world.sim(|sim, now| sim.cancel_units(now, &number, &lamp(), q(2))));
    assert_eq!(world.knows(&number, &told), Some(true), "nothing is left that could be cancelled once more");
}

#[test]
fn returns_that_wait_are_listed_line_by_line_until_they_are_decided() {
    let world = World::open();
    let mut numbers = Vec::new();
    for _ in 0..23 {
        let number = world.order(0, 2);
        world.tell(&number, &parcel(world.lines(&number, &[2]), None, None)).unwrap();
        assert!(world.sim(|sim, now| sim.announce_return(now, &number, &vase(), q(1))));
        numbers.push(number);
        world.wait(30);
    }
    assert!(!world.sim(|sim, now| sim.announce_return(now, &numbers[0], &vase(), q(2))), "one is on its way already");
    let waiting = world.returns();
    assert_eq!(waiting.iter().map(|r| r.order.clone()).collect::<Vec<_>>(), numbers, "over several pages");
    let first = &waiting[0];
    assert_eq!((first.units, first.line.as_ref()), (q(1), world.read(&numbers[0]).lines.first().map(|l| &l.id)));
    assert_eq!(first.reason, "unwanted");
    let accepted = decide(Some(&first.id), world.lines(&numbers[0], &[1]), ReturnResolution::Accepted);
    assert_eq!(world.knows(&numbers[0], &accepted), Some(false));
    let shown = world.sim(|sim, _| sim.shown(&vase()));
    assert_eq!(world.tell(&numbers[0], &accepted).unwrap(), Acknowledged::Applied);
    assert_eq!(world.knows(&numbers[0], &accepted), Some(true));
    assert_eq!(world.counts(&numbers[0], &vase()), (0, 2, 1), "it came back and nothing was cancelled");
    assert_eq!(world.sim(|sim, _| sim.shown(&vase())), shown, "Shopify puts nothing on sale");
    world.wait(20);
    assert_eq!(world.returns().len(), 22);
    let keeps = decide(Some(&waiting[1].id), world.lines(&numbers[1], &[1]), ReturnResolution::BuyerKeeps);
    world.tell(&numbers[1], &keeps).unwrap();
    assert_eq!(world.counts(&numbers[1], &vase()), (0, 2, 0), "nothing came back");
    assert_eq!(world.far(&numbers[1]).lines[&vase()].returned, q(1), "and yet it is done with");
    let refused = decide(Some(&waiting[2].id), world.lines(&numbers[2], &[1]), ReturnResolution::Rejected);
    assert_eq!(world.knows(&numbers[2], &refused), Some(false));
    world.tell(&numbers[2], &refused).unwrap();
    world.wait(20);
    assert_eq!((world.knows(&numbers[2], &refused), world.returns().len()), (Some(true), 20));
    assert_eq!(world.tell(&numbers[2], &refused).unwrap_err().kind, ErrorKind::Declined, "it is over");
    let wrong_order = decide(Some(&waiting[3].id), world.lines(&numbers[4], &[1]), ReturnResolution::Accepted);
    assert_eq!(world.tell(&numbers[4], &wrong_order).unwrap_err().kind, ErrorKind::Declined);
}

/// A page begins again at each refusal: were one page dearer than what is restored meanwhile, the list would never end.
#[test]
fn a_page_of_returns_is_read_with_what_the_shop_asks_to_wait_for() {
    let world = World::open();
    for _ in 0..25 {
        let number = world.order(0, 1);
        let ship = |sim: &mut sim::Simulator, now| {
            sim.ship_there(now, &number, &vase(), q(1)) && sim.announce_return(now, &number, &vase(), q(1))
        };
        assert!(world.sim(ship));
    }
    let listing = world.listing(&vase());
    while world.call("d", |call| done(Shopify.stock().unwrap().read(&call, &listing.offer, &listing.stock_reference))).is_ok() {}
    let (mut page, mut found, mut refusals) = (None::<String>, 0, 0);
    loop {
        match world.call("r", |call| done(Shopify.returns().unwrap().list(&call, page.as_deref()))) {
            Ok(told) => {
                found += told.returns.len();
                page = told.next;
                if page.is_none() {
                    break;
                }
            }
            Err(error) => {
                let Status::Temporary { retry_after: Some(wait) } = error.status else { panic!("{error:?}") };
                world.wait(i64::try_from(wait.as_secs()).unwrap());
                refusals += 1;
                assert!(refusals < 20, "the list never ends");
            }
        }
    }
    assert_eq!(found, 25);
}

#[test]
fn a_return_of_two_lines_is_decided_line_by_line() {
    let world = World::open();
    let number = world.order(4, 0);
    world.tell(&number, &parcel(world.lines(&number, &[1]), None, Some("A"))).unwrap();
    world.tell(&number, &parcel(world.lines(&number, &[2]), None, Some("B"))).unwrap();
    assert!(world.sim(|sim, now| sim.announce_return(now, &number, &lamp(), q(3))));
    let waiting = world.returns();
    assert_eq!(waiting.iter().map(|r| r.units.units()).collect::<Vec<_>>(), [1, 2], "as they were sent");
    let one = decide(Some(&waiting[1].id), world.lines(&number, &[1]), ReturnResolution::Accepted);
    world.fail_next();
    assert_eq!(world.tell(&number, &one).unwrap_err().status, Status::Unknown, "let in, and then silence");
    assert_eq!(world.knows(&number, &one), Some(false));
    world.tell(&number, &one).unwrap();
    assert_eq!(world.knows(&number, &one), None, "one was accepted and one more could be");
    assert_eq!(world.counts(&number, &lamp()), (0, 3, 1), "what is still to be sent is not cancelled");
    let too_many = decide(Some(&waiting[1].id), world.lines(&number, &[2]), ReturnResolution::Accepted);
    assert_eq!(world.tell(&number, &too_many).unwrap_err().kind, ErrorKind::Declined);
    let refused = decide(Some(&waiting[1].id), world.lines(&number, &[1]), ReturnResolution::Rejected);
    world.tell(&number, &refused).unwrap();
    assert_eq!((world.knows(&number, &refused), world.sent("TakeOutOfReturn").len()), (Some(true), 1));
    assert_eq!(world.returns().iter().map(|r| &r.id).collect::<Vec<_>>(), [&waiting[0].id]);
    let last = decide(Some(&waiting[0].id), world.lines(&number, &[1]), ReturnResolution::Rejected);
    world.tell(&number, &last).unwrap();
    assert_eq!((world.returns().len(), world.sent("CloseReturn").len()), (0, 1), "nothing else of it waits: it is closed");
    assert_eq!(world.counts(&number, &lamp()), (0, 3, 1));
}

#[test]
fn goods_that_come_without_a_word_become_a_record_that_moves_neither_money_nor_stock() {
    let world = World::open();
    let number = world.order(3, 0);
    world.tell(&number, &parcel(world.lines(&number, &[2]), None, None)).unwrap();
    let told = decide(None, world.lines(&number, &[1]), ReturnResolution::Accepted);
    assert_eq!(world.knows(&number, &told), Some(false));
    world.tell(&number, &told).unwrap();
    assert_eq!((world.knows(&number, &told), world.far(&number).lines[&lamp()].returned), (None, q(1)));
    assert_eq!((world.counts(&number, &lamp()), world.sim(|sim, _| sim.shown(&lamp()))), ((0, 2, 0), Some(2)));
    world.tell_as("second", &number, &told).unwrap();
    assert_eq!(world.knows(&number, &told), Some(true));
    assert!(world.sim(|sim, now| !sim.pay_back_there(now, &number, &lamp(), q(1), true)), "all that was sent came back");
}

#[test]
fn a_webhook_of_an_order_with_a_return_has_it_read_and_restocked_refunds_still_count() {
    let world = World::open();
    world.subscribe();
    let number = world.order(4, 0);
    assert!(world.sim(|sim, now| sim.ship_there(now, &number, &lamp(), q(3))));
    assert!(world.sim(|sim, now| sim.pay_back_there(now, &number, &lamp(), q(1), true)));
    world.deliveries(Some(200));
    assert_eq!(world.counts(&number, &lamp()), (0, 3, 1));
    assert!(world.sim(|sim, now| sim.announce_return(now, &number, &lamp(), q(1))));
    let delivery = world.deliveries(Some(200)).remove(0);
    assert!(
        matches!(world.receive(&delivery).unwrap().as_slice(), [Notification::Changed { number: n, stamp: Some(_) }] if *n == number)
    );
    let told = decide(Some(&world.returns()[0].id), world.lines(&number, &[1]), ReturnResolution::Accepted);
    world.tell(&number, &told).unwrap();
    assert_eq!(world.counts(&number, &lamp()), (0, 3, 2));
    assert!(world.sim(|sim, now| sim.cancel_units(now, &number, &lamp(), q(1))));
    assert_eq!(world.counts(&number, &lamp()), (1, 3, 2));
}

#[test]
fn a_price_is_set_in_the_shops_currency_and_older_orders_keep_theirs() {
    let world = World::open();
    let number = world.order(1, 0);
    let listing = world.listing(&lamp());
    let money =
        |amount: &str, currency: &str| Money { amount: amount.parse().unwrap(), currency: Currency::new(currency).unwrap() };
    let write = |offer: &OfferId, price: Money, was: Option<Money>| {
        let write = PriceWrite { offer: offer.clone(), stock_reference: listing.stock_reference.clone(), price, was };
        world.call("p", |call| done(Shopify.prices().unwrap().write_one(&call, &write)))
    };
    assert_eq!(write(&listing.offer, money("8.5", "EUR"), Some(money("10.00", "EUR"))).unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|sim, _| (sim.price_cents(&lamp()), sim.price_cents(&vase()))), (Some(850), Some(1295)));
    assert_eq!(world.read(&number).lines[0].unit_price, Some(money("10.00", "EUR")));
    assert_eq!(world.sent("SetPrice")[0]["variants"][0]["compareAtPrice"], "10.00");
    assert_eq!(write(&listing.offer, money("8.50", "USD"), None).unwrap_err().kind, ErrorKind::BadInput);
    assert_eq!(write(&listing.offer, money("-1", "EUR"), None).unwrap_err().kind, ErrorKind::BadInput);
    assert_eq!(write(&listing.offer, money("1.005", "EUR"), None).unwrap_err().kind, ErrorKind::Declined);
    assert_eq!(write(&OfferId::new("7").unwrap(), money("8.50", "EUR"), None).unwrap_err().kind, ErrorKind::NotFound);
    world.fail_next();
    assert_eq!(write(&listing.offer, money("9", "EUR"), None).unwrap_err().status, Status::Unknown);
    assert_eq!(write(&listing.offer, money("9", "EUR"), None).unwrap(), Acknowledged::Applied);
}

/// The shop's answers with every figure in them replaced.
struct Twisted<'a>(&'a World, i64);

#[async_trait]
impl ports::Http for Twisted<'_> {
    async fn send(&self, request: ports::Request) -> Result<Response> {
        let answer = self.0.send(request).await?;
        let mut body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        twist(&mut body["data"], self.1);
        Ok(answer.map(|_| body.to_string().into()))
    }
}

fn twist(value: &mut serde_json::Value, figure: i64) {
    match value {
        serde_json::Value::Number(_) => *value = figure.into(),
        serde_json::Value::Array(all) => all.iter_mut().for_each(|v| twist(v, figure)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|v| twist(v, figure)),
        _ => {}
    }
}

#[test]
fn figures_beyond_all_bounds_are_never_a_panic() {
    for figure in [i64::MIN, -1, 0, 1, i64::from(i32::MAX), i64::MAX] {
        let world = World::open();
        let number = world.order(5, 0);
        world.tell(&number, &parcel(world.lines(&number, &[3]), None, None)).unwrap();
        world.tell(&number, &cancel(world.lines(&number, &[1]), false)).unwrap();
        world.sim(|sim, now| sim.announce_return(now, &number, &lamp(), q(2)));
        let waits = world.returns().remove(0).id;
        world.tell(&number, &decide(Some(&waits), world.lines(&number, &[1]), ReturnResolution::Accepted)).unwrap();
        let one = world.lines(&number, &[1]);
        let twisted = Twisted(&world, figure);
        world.wait(60);
        let call = |what: &dyn Fn(&Call<'_>)| world.call("t", |call| what(&Call { http: &twisted, ..call }));
        call(&|call| drop(done(Shopify.orders().unwrap().read(call, &number))));
        call(&|call| drop(done(Shopify.returns().unwrap().list(call, None))));
        call(&|call| drop(done(Shopify.listings().unwrap().list(call, None))));
        for update in [
            parcel(one.clone(), None, None),
            cancel(one.clone(), false),
            decide(Some(&waits), one.clone(), ReturnResolution::Rejected),
            decide(Some(&waits), one.clone(), ReturnResolution::Accepted),
            decide(None, one.clone(), ReturnResolution::Accepted),
            cancel(one.clone(), true),
        ] {
            world.wait(20);
            call(&|call| drop(done(Shopify.fulfilment().unwrap().knows(call, &number, &update))));
            call(&|call| drop(done(Shopify.fulfilment().unwrap().tell(call, &number, &update))));
        }
    }
}

#[test]
fn nothing_of_the_customer_but_the_country_leaves_the_shop() {
    let world = World::open();
    let number = world.order(2, 0);
    world.tell(&number, &parcel(world.lines(&number, &[1]), None, None)).unwrap();
    world.sim(|sim, now| sim.announce_return(now, &number, &lamp(), q(1)));
    let read = world.read(&number);
    assert_eq!(read.ship_to, Some(domain::Country::new("NL").unwrap()));
    let all = format!("{read:?} {:?}", world.returns());
    assert!(crate::simulated_channel::CUSTOMER.words().iter().all(|word| !all.contains(word)), "{all}");
}
