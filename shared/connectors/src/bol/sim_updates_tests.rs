//! What bol is told about orders, from the first call to the process that does it.

use super::*;
use domain::{
    CancelReason, CancellationUpdate, CarrierId, Currency, LineUnits, Money, OrderUpdate, ReturnResolution, ReturnUpdate,
    ShipmentUpdate,
};
use ports::{PriceWrite, Status};

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

/// An order of three W-1 and two W-2, to Belgium.
fn two_lines(world: &World) -> OrderNumber {
    let lines = [("W-1", 3), ("W-2", 2)].map(|(s, q)| (sku(s), Quantity::clamped(q)));
    world.sim(|s, now| s.buy_all(now, &lines, "BE")).unwrap()
}

impl World {
    fn lines(&self, order: &OrderNumber, wanted: &[(&str, i64)]) -> Vec<LineUnits> {
        let read = run(Bol.orders().unwrap().read(&self.call(), order)).unwrap();
        let line = |code: &str| read.lines.iter().find(|l| l.sku.as_ref() == Some(&sku(code))).unwrap().id.clone();
        wanted.iter().map(|(code, units)| LineUnits { line: line(code), units: Quantity::clamped(*units) }).collect()
    }

    fn parcel(&self, order: &OrderNumber, reference: &str, wanted: &[(&str, i64)]) -> OrderUpdate {
        OrderUpdate::Shipment(ShipmentUpdate {
            reference: reference.into(),
            lines: self.lines(order, wanted),
            carrier: Some(CarrierId::new("postnl").unwrap()),
            tracking: Some(format!("3S{reference}")),
            completes: false,
        })
    }

    fn cancellation(&self, order: &OrderNumber, wanted: &[(&str, i64)]) -> OrderUpdate {
        let lines = self.lines(order, wanted);
        OrderUpdate::Cancellation(CancellationUpdate {
            lines,
            reason: CancelReason::OutOfStock,
            whole_order: false,
            restock: false,
        })
    }

    fn decision(&self, order: &OrderNumber, id: Option<domain::ReturnId>, wanted: &[(&str, i64)]) -> OrderUpdate {
        OrderUpdate::Return(ReturnUpdate {
            id,
            lines: self.lines(order, wanted),
            resolution: ReturnResolution::Accepted,
            beside: Vec::new(),
        })
    }

    fn tell(&self, order: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        run(Bol.fulfilment().unwrap().tell(&self.call(), order, update))
    }

    fn knows(&self, order: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>> {
        run(Bol.fulfilment().unwrap().knows(&self.call(), order, update))
    }

    /// Tells it and waits for the verdict.
    fn told(&mut self, order: &OrderNumber, update: &OrderUpdate) -> Result<()> {
        let Acknowledged::Pending(status) = self.tell(order, update)? else { return Ok(()) };
        assert_eq!(
            run(Bol.jobs().unwrap().status(&self.call(), &status)).unwrap(),
            Acknowledged::Pending(status.clone()),
            "not at once"
        );
        self.wait(2);
        run(Bol.jobs().unwrap().status(&self.call(), &status)).map(|done| assert_eq!(done, Acknowledged::Applied))
    }

    /// Ordered, cancelled, shipped and returned.
    fn far(&self, order: &OrderNumber, code: &str) -> [i64; 4] {
        let line = self.sim(|s, _| s.far_order(order)).unwrap().lines[&sku(code)];
        [line.ordered, line.cancelled, line.shipped, line.returned].map(Quantity::units)
    }
}

#[test]
fn an_order_of_several_lines_says_where_it_goes_and_is_bought_whole_or_not_at_all() {
    let world = World::new(2);
    let order = two_lines(&world);
    let read = run(Bol.orders().unwrap().read(&world.call(), &order)).unwrap();
    assert_eq!((read.ship_to.unwrap().as_str(), read.lines.len()), ("BE", 2));
    let too_many = [("W-1", 1), ("W-2", 6)].map(|(s, q)| (sku(s), Quantity::clamped(q)));
    assert_eq!(world.sim(|s, now| s.buy_all(now, &too_many, "NL")), Err(NotSold::SoldOut));
    let together = [("W-1", 3), ("W-1", 2)].map(|(s, q)| (sku(s), Quantity::clamped(q)));
    assert_eq!(world.sim(|s, now| s.buy_all(now, &together, "NL")), Err(NotSold::SoldOut));
    assert_eq!(world.sim(|s, now| s.buy_all(now, &together, "DE")), Err(NotSold::Unknown), "bol delivers in two countries");
    assert_eq!((world.shown("W-1"), world.shown("W-2")), (4, 5));
}

#[test]
fn two_parcels_leave_and_each_is_known_by_its_reference() {
    let mut world = World::new(2);
    world.subscribe();
    let order = two_lines(&world);
    assert_eq!(world.deliveries().len(), 1);
    let (first, second) = (world.parcel(&order, "p-1", &[("W-1", 2)]), world.parcel(&order, "p-2", &[("W-1", 1), ("W-2", 2)]));
    world.told(&order, &first).unwrap();
    assert_eq!((world.far(&order, "W-1"), world.far(&order, "W-2")), ([3, 0, 2, 0], [2, 0, 0, 0]));
    assert_eq!((world.knows(&order, &first).unwrap(), world.knows(&order, &second).unwrap()), (Some(true), Some(false)));
    world.told(&order, &second).unwrap();
    assert_eq!((world.far(&order, "W-1"), world.far(&order, "W-2")), ([3, 0, 3, 0], [2, 0, 2, 0]));
    let parcels = world.sim(|s, _| s.far_order(&order)).unwrap().parcels;
    assert_eq!(parcels.iter().map(|p| p.tracking.as_deref().unwrap()).collect::<Vec<_>>(), ["3Sp-1", "3Sp-2"]);
    assert!(parcels.iter().all(|p| p.carrier.as_deref() == Some("TNT")));
    assert_eq!(parcels[1].lines, [("W-1", 1), ("W-2", 2)].map(|(s, q)| (sku(s), Quantity::clamped(q))).into());
    let read = run(Bol.orders().unwrap().read(&world.call(), &order)).unwrap();
    assert_eq!((read.channel_status.as_str(), read.stamp), ("HANDLED", Some(now() + SignedDuration::from_secs(4))));
    assert_eq!(world.deliveries().len(), 2, "each is announced");
    assert_eq!((world.shown("W-1"), world.shown("W-2")), (4, 5), "what was sold stays sold");
}

#[test]
fn what_is_not_open_any_more_fails_in_its_process_and_changes_nothing() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    for (reference, wanted) in [("p-1", &[("W-1", 4)][..]), ("p-2", &[("W-2", 2), ("W-1", 4)])] {
        let error = world.told(&order, &world.parcel(&order, reference, wanted)).unwrap_err();
        assert_eq!((error.kind, error.disposition()), (ErrorKind::Declined, Disposition::Park));
        assert!(error.message.contains("more than is still open"), "{}", error.message);
    }
    let parcel = world.parcel(&order, "p-3", &[("W-1", 3)]);
    world.told(&order, &parcel).unwrap();
    assert!(world.told(&order, &parcel).unwrap_err().message.contains("already been handled"));
    assert_eq!((world.far(&order, "W-1"), world.far(&order, "W-2")), ([3, 0, 3, 0], [2, 0, 0, 0]));
    world.account.settings.insert("carrier.postnl".into(), "POSTNL".into());
    let error = world.told(&order, &world.parcel(&order, "p-4", &[("W-2", 2)])).unwrap_err();
    assert!(error.message.contains("transporter code is unknown"), "{}", error.message);
    assert_eq!(world.sim(|s, _| s.far_order(&order)).unwrap().parcels.len(), 1);
}

#[test]
fn after_an_unknown_outcome_bol_is_asked_until_it_can_say() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    let (parcel, rest) = (world.parcel(&order, "p-1", &[("W-1", 3)]), world.cancellation(&order, &[("W-2", 2)]));
    for update in [parcel, rest] {
        world.sim(|s, _| s.trouble(Trouble::FailAfterApply { times: 1 }));
        assert_eq!(world.tell(&order, &update).unwrap_err().disposition(), Disposition::ReadBack);
        let busy = world.knows(&order, &update).unwrap_err();
        assert_eq!(busy.disposition(), Disposition::Retry, "{busy:?}");
        world.wait(2);
        assert_eq!(world.knows(&order, &update).unwrap(), Some(true));
    }
    let other = two_lines(&world);
    let update = world.parcel(&other, "p-2", &[("W-1", 1)]);
    world.sim(|s, now| s.trouble(Trouble::Silent { until: now + SignedDuration::from_secs(5) }));
    assert_eq!(world.tell(&other, &update).unwrap_err().disposition(), Disposition::ReadBack);
    world.wait_silently(5);
    assert_eq!(world.knows(&other, &update).unwrap(), Some(false), "it never arrived");
    world.told(&other, &update).unwrap();
}

#[test]
fn a_process_that_is_lost_or_forgotten_is_unknown_and_the_order_tells() {
    let mut world = World::new(2);
    for done in [true, false] {
        let order = two_lines(&world);
        let update = world.parcel(&order, "p-1", &[("W-1", 1)]);
        world.sim(|s, _| s.lose_process(done));
        let error = world.told(&order, &update).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Unavailable, Status::Unknown));
        assert_eq!(world.knows(&order, &update).unwrap(), Some(done));
    }
    let order = two_lines(&World::new(2));
    let mut world = World::new(2);
    assert_eq!(two_lines(&world), order);
    let update = world.parcel(&order, "p-1", &[("W-1", 1)]);
    let Acknowledged::Pending(status) = world.tell(&order, &update).unwrap() else { panic!("a 202 is pending") };
    world.wait(25 * 3600);
    let error = run(Bol.jobs().unwrap().status(&world.call(), &status)).unwrap_err();
    assert_eq!(error.disposition(), Disposition::ReadBack);
    assert_eq!(world.knows(&order, &update).unwrap(), Some(true));
}

#[test]
fn a_line_is_cancelled_whole_and_goes_on_sale_again() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    assert!(world.sim(|s, now| s.ask_to_cancel(now, &order)));
    let asked = run(Bol.orders().unwrap().read(&world.call(), &order)).unwrap();
    assert!(asked.lines.iter().all(|l| l.cancellation_requested && l.cancelled.is_zero()));
    let part = world.cancellation(&order, &[("W-1", 2)]);
    assert_eq!(world.tell(&order, &part).unwrap_err().kind, ErrorKind::BadInput);
    world.told(&order, &world.parcel(&order, "p-1", &[("W-1", 1)])).unwrap();
    world.told(&order, &part).unwrap();
    assert_eq!((world.far(&order, "W-1"), world.shown("W-1")), ([3, 2, 1, 0], 6), "the rest, once one was sent");
    let read = run(Bol.orders().unwrap().read(&world.call(), &order)).unwrap();
    let requested = |code: &str| read.lines.iter().find(|l| l.sku == Some(sku(code))).unwrap().cancellation_requested;
    assert_eq!((requested("W-1"), requested("W-2")), (false, true));
    world.told(&order, &part).unwrap();
    assert_eq!(world.far(&order, "W-1"), [3, 2, 1, 0], "told twice is done once");

    let other = two_lines(&world);
    let both = world.cancellation(&other, &[("W-1", 3), ("W-2", 2)]);
    world.told(&other, &both).unwrap();
    assert_eq!((world.far(&other, "W-1"), world.far(&other, "W-2")), ([3, 3, 0, 0], [2, 2, 0, 0]));
    assert_eq!(world.knows(&other, &both).unwrap(), Some(true));
}

#[test]
fn a_line_that_is_sent_between_reading_and_cancelling_fails_in_its_process() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    let update = world.cancellation(&order, &[("W-1", 3)]);
    let Acknowledged::Pending(status) = world.tell(&order, &update).unwrap() else { panic!("a 202 is pending") };
    assert!(world.sim(|s, now| s.ship_there(now, &order, &sku("W-1"), Quantity::clamped(3))));
    world.wait(2);
    let error = run(Bol.jobs().unwrap().status(&world.call(), &status)).unwrap_err();
    assert_eq!((error.kind, world.far(&order, "W-1")), (ErrorKind::Declined, [3, 0, 3, 0]));
    assert_eq!(world.knows(&order, &update).unwrap(), Some(false));
}

#[test]
fn a_return_waits_until_it_is_decided_and_may_be_decided_in_parts() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    assert!(!world.sim(|s, now| s.announce_return(now, &order, &sku("W-1"), Quantity::clamped(1))), "not sent yet");
    assert!(world.sim(|s, now| s.ship(now, &order)));
    assert!(world.sim(|s, now| s.announce_return(now, &order, &sku("W-1"), Quantity::clamped(3))));
    let waiting = |world: &World| run(Bol.returns().unwrap().list(&world.call(), None)).unwrap().returns;
    let [announced] = &waiting(&world)[..] else { panic!("one return") };
    assert_eq!((&announced.order, announced.units.units(), announced.at), (&order, 3, now()));
    let decision = |world: &World, units| world.decision(&order, Some(announced.id.clone()), &[("W-1", units)]);
    world.told(&order, &decision(&world, 1)).unwrap();
    assert_eq!(world.far(&order, "W-1"), [3, 0, 3, 1]);
    assert_eq!(waiting(&world)[0].units.units(), 2);
    assert_eq!(world.told(&order, &decision(&world, 3)).unwrap_err().kind, ErrorKind::Declined, "more than waits");
    world.sim(|s, _| s.trouble(Trouble::FailAfterApply { times: 1 }));
    let rest = decision(&world, 2);
    assert_eq!(world.tell(&order, &rest).unwrap_err().disposition(), Disposition::ReadBack);
    assert!(world.knows(&order, &rest).is_err(), "bol is still at work");
    world.wait(2);
    assert_eq!((world.knows(&order, &rest).unwrap(), world.far(&order, "W-1")), (Some(true), [3, 0, 3, 3]));
    assert_eq!((waiting(&world).len(), world.shown("W-1")), (0, 4), "bol puts nothing on sale by itself");
}

#[test]
fn a_return_nobody_announced_is_registered_and_found_again() {
    let mut world = World::new(2);
    let order = two_lines(&world);
    assert!(world.sim(|s, now| s.ship(now, &order)));
    let both = world.decision(&order, None, &[("W-2", 2)]);
    assert_eq!(world.knows(&order, &both).unwrap(), Some(false));
    world.told(&order, &both).unwrap();
    assert_eq!((world.knows(&order, &both).unwrap(), world.far(&order, "W-2")), (Some(true), [2, 0, 2, 2]));
    assert!(world.told(&order, &both).unwrap_err().message.contains("More than was shipped"));
    assert!(!world.sim(|s, now| s.pay_back_there(now, &order, &sku("W-1"), Quantity::clamped(1), true)), "bol does not restock");
    assert!(world.sim(|s, now| s.pay_back_there(now, &order, &sku("W-1"), Quantity::clamped(1), false)));
    assert_eq!(
        (world.far(&order, "W-1"), run(Bol.returns().unwrap().list(&world.call(), None)).unwrap().returns.len()),
        ([3, 0, 3, 1], 0)
    );
}

#[test]
fn a_page_of_returns_is_fifty_and_all_are_listed() {
    let mut world = World::new(30);
    for n in 0..60 {
        let order = world.buy(&format!("W-{}", n % 30 + 1), 2).unwrap();
        assert!(world.sim(|s, now| s.ship(now, &order)));
        let code = sku(&format!("W-{}", n % 30 + 1));
        assert!(world.sim(|s, now| s.announce_return(now, &order, &code, Quantity::clamped(1))));
        world.wait(1);
    }
    let (mut sizes, mut page) = (Vec::new(), None);
    loop {
        let got = run(Bol.returns().unwrap().list(&world.call(), page.as_deref())).unwrap();
        sizes.push(got.returns.len());
        world.wait(3);
        page = got.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [50, 10, 0]);
}

#[test]
fn a_price_is_set_and_orders_already_taken_off_stay_off() {
    let world = World::new(1);
    let offer = world.offer("W-1");
    world.buy("W-1", 2).unwrap();
    let price = |amount: &str| Money { amount: amount.parse().unwrap(), currency: Currency::new("EUR").unwrap() };
    let write = |amount: &str| {
        let write = PriceWrite { offer: offer.clone(), stock_reference: offer.to_string(), price: price(amount), was: None };
        run(Bol.prices().unwrap().write_one(&world.call(), &write))
    };
    assert_eq!(write("9.95").unwrap(), Acknowledged::Applied);
    assert_eq!((world.sim(|s, _| s.price_cents(&sku("W-1"))), world.shown("W-1")), (Some(995), 5));
    world.sim(|s, _| s.shop.bundle(0, 4, 900));
    assert_eq!(write("8.95").unwrap_err().kind, ErrorKind::BadInput);
    assert_eq!(write("9.05").unwrap(), Acknowledged::Applied);
    assert_eq!(world.sim(|s, _| s.price_cents(&sku("W-1"))), Some(905));
    let shown = run(Bol.listings().unwrap().list(&world.call(), None)).unwrap().listings[0].observed_quantity;
    assert_eq!(shown, Some(Quantity::clamped(5)));
}

#[test]
fn requests_without_form_are_refused_at_once() {
    let world = World::new(1);
    let order = world.buy("W-1", 1).unwrap();
    let line = world.lines(&order, &[("W-1", 1)])[0].line.to_string();
    let send = |method: &str, path: &str, body: &str| {
        let media = if (method, path) == ("POST", "/retailer/returns") { "application/json" } else { V10 };
        let request =
            http::Request::builder().method(method).uri(format!("{}{path}", world.account.base_url)).header("accept", V10);
        let request =
            request.header("content-type", media).header("authorization", format!("Bearer {}", world.token.access.expose()));
        run(world.send(request.body(body.replace("LINE", &line).into()).unwrap())).unwrap().status().as_u16()
    };
    let shipment = |items: &str, rest: &str| send("POST", "/retailer/shipments", &format!(r#"{{"orderItems":[{items}]{rest}}}"#));
    let (item, transport) = (r#"{"orderItemId":"LINE","quantity":1}"#, r#","transport":{"transporterCode":"TNT"}"#);
    assert_eq!(shipment(item, transport), 202);
    assert_eq!(shipment("", transport), 400);
    assert_eq!(shipment(item, ""), 400);
    assert_eq!(shipment(item, r#","transport":{}"#), 400);
    assert_eq!(shipment(item, &format!(r#"{transport},"shipmentReference":"""#)), 400);
    assert_eq!(shipment(item, &format!(r#"{transport},"weight":1"#)), 400);
    assert_eq!(shipment(r#"{"orderItemId":"LINE","quantity":0}"#, transport), 400);
    let cancel = |items: &str| send("PUT", "/retailer/orders/cancellation", &format!(r#"{{"orderItems":[{items}]}}"#));
    let one = r#"{"orderItemId":"LINE","reasonCode":"OTHER"}"#;
    assert_eq!(cancel(&format!("{one},{one}")), 400, "one at a time");
    assert_eq!(cancel(r#"{"orderItemId":"LINE","reasonCode":"BORED"}"#), 400);
    assert_eq!(cancel(one), 202);
    let decide = |rma: &str, body: &str| send("PUT", &format!("/retailer/returns/{rma}"), body);
    assert_eq!(decide("1", r#"{"handlingResult":"RETURN_RECEIVED","quantityReturned":1}"#), 202);
    assert_eq!(decide("R1", r#"{"handlingResult":"RETURN_RECEIVED","quantityReturned":1}"#), 400);
    assert_eq!(decide("1", r#"{"handlingResult":"RETURN_RECEIVED","quantityReturned":0}"#), 400);
    assert_eq!(decide("1", r#"{"handlingResult":"KEEP","quantityReturned":1}"#), 400);
    let register = |result: &str| {
        send(
            "POST",
            "/retailer/returns",
            &format!(r#"{{"orderItemId":"LINE","handlingResult":"{result}","quantityReturned":1}}"#),
        )
    };
    assert_eq!((register("RETURN_RECEIVED"), register("STILL_APPROVED")), (202, 400));
}
