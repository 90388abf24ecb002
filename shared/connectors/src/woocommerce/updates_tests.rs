//! What the shop is told about orders and prices, against the simulated shop and at the wire.
#![cfg(feature = "simulator")]

use super::WooCommerce;
use super::tests::{World, q, run, sku};
use crate::simulated_channel::{FarLine, SimulatedChannel, Trouble, body};
use domain::{
    CancelReason, CancellationUpdate, Currency, LineUnits, Money, OfferId, OrderNumber, OrderUpdate, ReturnResolution,
    ReturnUpdate, ShipmentUpdate,
};
use ports::{Acknowledged, Call, Connector, Disposition, ErrorKind, PriceWrite, Result};

/// The id under which an operation is tried, and tried again.
const FIRST: &str = "11111111-0000-4000-8000-000000000000";
const SECOND: &str = "22222222-0000-4000-8000-000000000000";

impl World {
    pub(super) fn basket(&self, wanted: &[(&str, i64)]) -> OrderNumber {
        let lines: Vec<_> = wanted.iter().map(|(code, units)| (sku(code), q(*units))).collect();
        self.sim(|sim, now| sim.buy_all(now, &lines, "BE")).unwrap()
    }

    /// Units of an order's lines, by the code of the product.
    pub(super) fn units(&self, order: &OrderNumber, wanted: &[(&str, i64)]) -> Vec<LineUnits> {
        let lines = self.order(order).lines;
        let id = |code: &str| lines.iter().find(|l| l.sku == Some(sku(code))).unwrap().id.clone();
        wanted.iter().map(|(code, units)| LineUnits { line: id(code), units: q(*units) }).collect()
    }

    pub(super) fn parcel(&self, order: &OrderNumber, reference: &str, wanted: &[(&str, i64)], completes: bool) -> OrderUpdate {
        OrderUpdate::Shipment(ShipmentUpdate {
            reference: reference.to_owned(),
            lines: self.units(order, wanted),
            carrier: Some("postnl".parse().unwrap()),
            tracking: Some(format!("3S{reference}")),
            completes,
        })
    }

    pub(super) fn cancellation(&self, order: &OrderNumber, wanted: &[(&str, i64)], whole_order: bool) -> OrderUpdate {
        let (lines, reason) = (self.units(order, wanted), CancelReason::CustomerRequest);
        OrderUpdate::Cancellation(CancellationUpdate { lines, reason, whole_order, restock: true })
    }

    pub(super) fn not_there(&self, order: &OrderNumber, wanted: &[(&str, i64)], whole_order: bool) -> OrderUpdate {
        let (lines, reason) = (self.units(order, wanted), CancelReason::NotFound);
        OrderUpdate::Cancellation(CancellationUpdate { lines, reason, whole_order, restock: false })
    }

    pub(super) fn decision(&self, order: &OrderNumber, wanted: &[(&str, i64)], verdict: ReturnResolution) -> OrderUpdate {
        OrderUpdate::Return(ReturnUpdate { id: None, lines: self.units(order, wanted), resolution: verdict, beside: Vec::new() })
    }

    pub(super) fn tell(&self, operation_id: &str, order: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        self.pass(1);
        run(WooCommerce.fulfilment().unwrap().tell(&Call { operation_id, ..self.call() }, order, update))
    }

    pub(super) fn knows(&self, operation_id: &str, order: &OrderNumber, update: &OrderUpdate) -> Option<bool> {
        run(WooCommerce.fulfilment().unwrap().knows(&Call { operation_id, ..self.call() }, order, update)).unwrap()
    }

    /// Ordered, cancelled, shipped and returned units, as the snapshot has them, which is how the shop has them.
    pub(super) fn stands(&self, order: &OrderNumber, code: &str) -> (i64, i64, i64, i64) {
        let line = self.order(order).lines.into_iter().find(|l| l.sku == Some(sku(code))).unwrap();
        let far = self.sim(|sim, _| sim.far_order(order)).unwrap().lines[&sku(code)];
        let told = FarLine { ordered: line.ordered, cancelled: line.cancelled, shipped: line.shipped, returned: line.returned };
        assert_eq!(told, far, "{code}");
        (far.ordered.units(), far.cancelled.units(), far.shipped.units(), far.returned.units())
    }

    pub(super) fn status(&self, order: &OrderNumber) -> String {
        self.order(order).channel_status
    }

    pub(super) fn shown(&self, code: &str) -> i64 {
        self.sim(|sim, _| sim.shown(&sku(code))).unwrap()
    }

    /// What was sent since, without what only reads.
    pub(super) fn writes(&self) -> Vec<(String, serde_json::Value)> {
        let sent = std::mem::take(&mut *self.wire.sent.lock().unwrap());
        let writes = sent.into_iter().filter(|r| r.method() != "GET");
        writes.map(|r| (format!("{} {}", r.method(), r.uri().path()), body(&r))).collect()
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let written = self.writes().into_iter().filter(|(call, _)| call.ends_with("/notes"));
        written.map(|(_, body)| body["note"].as_str().unwrap().to_owned()).collect()
    }
}

pub(super) fn price(offer: &str, now: &str, was: Option<&str>) -> PriceWrite {
    let money = |amount: &str| Money { amount: amount.parse().unwrap(), currency: Currency::new("EUR").unwrap() };
    let offer = OfferId::new(offer).unwrap();
    PriceWrite { stock_reference: offer.to_string(), offer, price: money(now), was: was.map(money) }
}

/// Updates of orders of their own, for whoever looks at the requests.
pub(super) fn one_of_each(world: &World) -> Vec<(OrderNumber, OrderUpdate)> {
    world.sim(|sim, now| sim.edit_stock(now, &sku("MUG"), q(300)));
    let [parcel, whole, part, back, refused] = std::array::from_fn(|_| world.basket(&[("MUG", 3)]));
    for done in [&back, &refused] {
        assert!(world.sim(|sim, now| sim.complete(now, done)));
    }
    vec![
        (parcel.clone(), world.parcel(&parcel, "P-1", &[("MUG", 3)], true)),
        (whole.clone(), world.cancellation(&whole, &[("MUG", 3)], true)),
        (part.clone(), world.cancellation(&part, &[("MUG", 1)], false)),
        (back.clone(), world.decision(&back, &[("MUG", 1)], ReturnResolution::Accepted)),
        (refused.clone(), world.decision(&refused, &[("MUG", 1)], ReturnResolution::Rejected)),
    ]
}

#[test]
fn a_parcel_with_everything_completes_the_order_and_the_buyer_reads_its_code() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2), ("SHIRT-S", 1)]);
    assert_eq!(world.order(&order).ship_to.unwrap().as_str(), "BE");
    let update = world.parcel(&order, "P-1", &[("MUG", 2), ("SHIRT-S", 1)], true);
    assert_eq!(world.knows(FIRST, &order, &update), Some(false));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap(), Acknowledged::Applied);
    assert_eq!(world.notes(), ["Onderweg naar u: 2 x mug, 1 x shirt-s. PostNL 3SP-1 [P-1]"]);
    assert_eq!(world.knows(FIRST, &order, &update), Some(true));
    assert_eq!((world.stands(&order, "MUG"), world.stands(&order, "SHIRT-S")), ((2, 0, 2, 0), (1, 0, 1, 0)));
    assert_eq!(world.status(&order), "completed");
    let far = world.sim(|sim, _| sim.far_order(&order)).unwrap();
    assert_eq!((far.parcels[0].carrier.as_deref(), far.parcels[0].tracking.as_deref()), (Some("PostNL"), Some("3SP-1")));
    assert_eq!(far.parcels[0].lines[&sku("MUG")], q(2));
    // Told again, nothing is written.
    assert_eq!(world.tell(SECOND, &order, &update).unwrap(), Acknowledged::Applied);
    assert_eq!(world.writes(), []);
}

#[test]
fn an_order_that_the_shop_shows_as_completed_without_the_date_is_completed() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2)]);
    let update = world.parcel(&order, "P-1", &[("MUG", 2)], true);
    // As plug-ins that import orders leave it.
    world.wire.undated.store(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(world.tell(FIRST, &order, &update).unwrap(), Acknowledged::Applied);
    assert_eq!(world.knows(FIRST, &order, &update), Some(true));
    world.writes();
    assert_eq!(world.tell(SECOND, &order, &update).unwrap(), Acknowledged::Applied);
    assert_eq!(world.writes(), [], "told once");
}

#[test]
fn of_two_parcels_the_second_completes_the_order() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3), ("SHIRT-S", 1)]);
    let (first, second) =
        (world.parcel(&order, "P-1", &[("MUG", 2)], false), world.parcel(&order, "P-10", &[("MUG", 1), ("SHIRT-S", 1)], true));
    world.tell(FIRST, &order, &first).unwrap();
    assert_eq!((world.stands(&order, "MUG"), world.stands(&order, "SHIRT-S")), ((3, 0, 2, 0), (1, 0, 0, 0)));
    assert_eq!((world.status(&order).as_str(), world.knows(SECOND, &order, &second)), ("processing", Some(false)));
    world.tell(SECOND, &order, &second).unwrap();
    assert_eq!(world.notes().len(), 2, "the reference of one is the beginning of the other's");
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((3, 0, 3, 0), "completed"));
    assert_eq!(world.sim(|sim, _| sim.far_order(&order)).unwrap().parcels.len(), 2);
    assert_eq!(world.knows(FIRST, &order, &first), Some(true));
}

#[test]
fn a_parcel_that_broke_off_anywhere_is_taken_up_again_and_mailed_once() {
    for failing in 0..2 {
        let world = World::secure();
        let order = world.basket(&[("MUG", 2)]);
        let update = world.parcel(&order, "P-1", &[("MUG", 2)], true);
        let partly = failing == 1;
        if partly {
            // The note was written and answered, and then the order could not be saved.
            let until = world.now();
            world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 2)], false)).unwrap();
            assert!(until < world.now());
            assert_eq!(world.knows(FIRST, &order, &update), Some(false), "it is not completed yet");
        } else {
            world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
            assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
            assert_eq!(world.knows(FIRST, &order, &update), Some(false), "only the note is there");
        }
        world.tell(FIRST, &order, &update).unwrap();
        assert_eq!(world.notes().len(), 1, "the buyer is not mailed twice");
        assert_eq!((world.knows(FIRST, &order, &update), world.status(&order).as_str()), (Some(true), "completed"));
    }
}

#[test]
fn a_parcel_whose_last_write_was_done_and_failed_is_known() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2)]);
    let OrderUpdate::Shipment(update) = world.parcel(&order, "P-1", &[("MUG", 2)], true) else { panic!() };
    // Without a code there is no note: the mail about the completed order says it.
    let update = OrderUpdate::Shipment(ShipmentUpdate { tracking: None, ..update });
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!(world.knows(FIRST, &order, &update), Some(true));
    assert_eq!(world.notes(), [""; 0]);
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2)]);
    let refused = |update: &OrderUpdate| {
        let error = world.tell(FIRST, &order, update).unwrap_err();
        assert_eq!(world.writes(), [], "{error}");
        (error.kind, error.disposition())
    };
    let conflict = (ErrorKind::Conflict, Disposition::Park);
    let parcel = |reference, units| world.parcel(&order, reference, &[("MUG", units)], false);
    assert_eq!(refused(&parcel("P-1", 3)), conflict, "more than were ordered");
    world.tell(FIRST, &order, &parcel("P-1", 1)).unwrap();
    world.writes();
    assert_eq!(refused(&parcel("P-2", 2)), conflict, "more than are left");
    assert!(world.sim(|sim, now| sim.cancel(now, &order)));
    assert_eq!(refused(&parcel("P-3", 1)), conflict, "cancelled: the shop would reduce its stock again");
    assert_eq!(world.stands(&order, "MUG"), (2, 2, 1, 0), "one has left, though the shop counts it again");
}

#[test]
fn what_makes_no_sense_is_refused_before_any_call() {
    let mut world = World::secure();
    let order = world.basket(&[("MUG", 2)]);
    let OrderUpdate::Shipment(good) = world.parcel(&order, "P-1", &[("MUG", 2)], true) else { panic!() };
    world.wire.sent.lock().unwrap().clear();
    let unknown = ShipmentUpdate { carrier: Some("pigeon".parse().unwrap()), ..good.clone() };
    let line = LineUnits { line: "x1".parse().unwrap(), units: q(1) };
    for wrong in [
        ShipmentUpdate { lines: vec![], ..good.clone() },
        ShipmentUpdate { lines: vec![LineUnits { units: q(0), ..good.lines[0].clone() }], ..good.clone() },
        ShipmentUpdate { lines: vec![line], ..good.clone() },
        ShipmentUpdate { reference: "<>".to_owned(), ..good.clone() },
        unknown.clone(),
    ] {
        let error = world.tell(FIRST, &order, &OrderUpdate::Shipment(wrong.clone())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadInput, "{wrong:?}");
    }
    let number = OrderNumber::new("W-7").unwrap();
    assert_eq!(world.tell(FIRST, &number, &OrderUpdate::Shipment(good.clone())).unwrap_err().kind, ErrorKind::BadInput);
    for (setting, value) in [("language", "xx"), ("tracking", "../../evil")] {
        world.account.settings.insert(setting.to_owned(), value.to_owned());
        let error = world.tell(FIRST, &order, &OrderUpdate::Shipment(good.clone())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration, "{setting}");
        world.account.settings.remove(setting);
    }
    assert!(world.wire.sent.lock().unwrap().is_empty(), "no call was made");
    world.account.settings.insert("carrier.pigeon".to_owned(), "Duif & Zn".to_owned());
    world.account.settings.insert("language".to_owned(), "en".to_owned());
    world.tell(FIRST, &order, &OrderUpdate::Shipment(unknown)).unwrap();
    assert_eq!(world.notes(), ["On its way to you: 2 x mug. Duif  Zn 3SP-1 [P-1]"]);
}

#[test]
fn a_tracking_plugin_is_told_instead_of_the_buyer() {
    let mut world = World::secure();
    world.account.settings.insert("tracking".to_owned(), "wc-shipment-tracking/v3".to_owned());
    let order = world.basket(&[("MUG", 2)]);
    let update = world.parcel(&order, "P-1", &[("MUG", 1)], false);
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().kind, ErrorKind::Configuration, "the shop does not have it");
    world.sim(|sim, _| sim.install_tracking());
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!(world.knows(FIRST, &order, &update), Some(false), "the order does not keep it yet");
    world.writes();
    world.tell(FIRST, &order, &update).unwrap();
    let written = world.writes();
    assert_eq!(written.len(), 1, "the code is not entered twice: {written:?}");
    assert_eq!(world.sim(|sim, _| sim.far_order(&order)).unwrap().parcels[0].tracking.as_deref(), Some("3SP-1"));
    let other = world.parcel(&order, "P-2", &[("MUG", 1)], true);
    world.tell(SECOND, &order, &other).unwrap();
    let written = world.writes();
    let expected = serde_json::json!({ "tracking_provider": "PostNL", "tracking_number": "3SP-2", "date_shipped": "2026-03-03" });
    assert_eq!((written.len(), &written[0].1), (2, &expected));
    assert!(written[0].0.ends_with("/wp-json/wc-shipment-tracking/v3/orders/14/shipment-trackings"), "{}", written[0].0);
}

#[test]
fn the_plugin_is_reached_over_http_too() {
    let mut world = World::new("http://127.0.0.1:4010");
    world.account.settings.insert("tracking".to_owned(), "wc-shipment-tracking/v3".to_owned());
    world.sim(|sim, _| sim.install_tracking());
    let order = world.basket(&[("MUG", 1)]);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 1)], true)).unwrap();
    assert_eq!(world.status(&order), "completed");
}

#[test]
fn all_of_an_order_is_cancelled_by_its_status_and_the_shop_counts_it_again() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2), ("SHIRT-S", 1)]);
    let update = world.cancellation(&order, &[("MUG", 2), ("SHIRT-S", 1)], true);
    assert_eq!((world.knows(FIRST, &order, &update), world.shown("MUG")), (Some(false), 298));
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!(world.knows(FIRST, &order, &update), Some(true));
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((2, 2, 0, 0), "cancelled"));
    assert_eq!((world.shown("MUG"), world.shown("SHIRT-S")), (300, 5));
    world.writes();
    assert_eq!(world.tell(FIRST, &order, &update).unwrap(), Acknowledged::Applied);
    assert_eq!(world.writes(), []);
}

#[test]
fn an_order_of_which_more_is_open_or_something_left_is_not_cancelled_whole() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2), ("SHIRT-S", 1)]);
    world.writes();
    let park = |wanted: &[(&str, i64)], whole| {
        let error = world.tell(SECOND, &order, &world.cancellation(&order, wanted, whole)).unwrap_err();
        assert_eq!((error.kind, error.disposition()), (ErrorKind::Conflict, Disposition::Park), "{wanted:?}");
        assert_eq!(world.writes(), []);
    };
    park(&[("MUG", 2)], true);
    park(&[("MUG", 3), ("SHIRT-S", 1)], true);
    park(&[("MUG", 3)], false);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 1)], false)).unwrap();
    world.writes();
    park(&[("MUG", 1), ("SHIRT-S", 1)], true);
    park(&[("MUG", 2)], false);
    world.sim(|sim, now| sim.complete(now, &order));
    park(&[("MUG", 1)], false);
}

#[test]
fn some_units_are_cancelled_by_a_record_that_moves_no_money() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3), ("SHIRT-S", 1)]);
    let update = world.cancellation(&order, &[("MUG", 1)], false);
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    world.writes();
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    let written = world.writes();
    assert_eq!(written[0].0, "POST /wp-json/wc/v3/orders/14/refunds");
    let sent = &written[0].1;
    assert_eq!((&sent["amount"], &sent["api_refund"], &sent["api_restock"]), (&"0".into(), &false.into(), &true.into()));
    assert!(sent["reason"].as_str().unwrap().starts_with("Geannuleerd op verzoek [c-"), "{sent}");
    assert_eq!((world.knows(FIRST, &order, &update), world.knows(SECOND, &order, &update)), (Some(true), Some(false)));
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((3, 1, 0, 0), "processing"));
    assert_eq!(world.shown("MUG"), 298, "back on the shelf, and in the window as when all is cancelled");
    // The same once more is another operation, or the same again.
    world.tell(FIRST, &order, &update).unwrap();
    assert_eq!(world.stands(&order, "MUG"), (3, 1, 0, 0));
    world.tell(SECOND, &order, &update).unwrap();
    assert_eq!(world.stands(&order, "MUG"), (3, 2, 0, 0));
    assert_eq!(world.knows("third", &order, &update), Some(false), "it could be told a third time");
    // What is left goes, and the order is done.
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 1), ("SHIRT-S", 1)], true)).unwrap();
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((3, 2, 1, 0), "completed"));
}

#[test]
fn a_parcel_that_the_shop_keeps_is_known_though_the_order_was_cancelled_after_it() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    // Its answer is lost, the rest is cancelled in the shop, and by then the shipment is all that there is to send.
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 1)], false)).unwrap();
    assert!(world.sim(|sim, now| sim.cancel(now, &order)));
    let now = world.parcel(&order, "P-1", &[("MUG", 1)], true);
    assert_eq!(world.knows(FIRST, &order, &now), Some(true));
    world.writes();
    world.tell(FIRST, &order, &now).unwrap();
    assert_eq!((world.writes(), world.status(&order).as_str()), (Vec::new(), "cancelled"), "nobody opens it again");
    let other = world.parcel(&order, "P-2", &[("MUG", 1)], true);
    assert_eq!(
        world.tell(SECOND, &order, &other).unwrap_err().disposition(),
        Disposition::Park,
        "a parcel that it does not keep"
    );
}

#[test]
fn units_that_are_not_there_are_not_put_on_sale_by_the_shop() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.cancellation(&order, &[("MUG", 1)], false)).unwrap();
    assert_eq!((world.shown("MUG"), world.stands(&order, "MUG")), (298, (3, 1, 0, 0)));
    world.tell(SECOND, &order, &world.not_there(&order, &[("MUG", 1)], false)).unwrap();
    assert_eq!((world.shown("MUG"), world.stands(&order, "MUG")), (298, (3, 2, 0, 0)));
    // The rest goes with the order. The shop would give back the one that is not there too.
    world.writes();
    world.tell("third", &order, &world.not_there(&order, &[("MUG", 1)], true)).unwrap();
    assert_eq!((world.shown("MUG"), world.stands(&order, "MUG")), (298, (3, 3, 0, 0)));
    assert_eq!(world.status(&order), "cancelled");
    let (_, written) = world.writes().remove(0);
    assert_eq!(written["meta_data"], serde_json::json!([{ "key": "_order_stock_reduced", "value": "no" }]));
}

#[test]
fn a_whole_order_that_is_not_there_is_taken_up_again_without_a_second_reduction() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.not_there(&order, &[("MUG", 3)], true)).unwrap();
    assert_eq!((world.shown("MUG"), world.stands(&order, "MUG")), (297, (3, 3, 0, 0)));
    assert!(world.sim(|sim, now| sim.reopen(now, &order)));
    assert_eq!((world.shown("MUG"), world.stands(&order, "MUG")), (297, (3, 0, 0, 0)));
    assert!(world.sim(|sim, now| sim.cancel(now, &order)));
    assert_eq!(world.shown("MUG"), 300, "its staff cancel it themselves: the shop gives back what it once took off");
}

#[test]
fn the_last_open_units_that_are_cancelled_complete_an_order_of_which_some_were_sent() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 2)], false)).unwrap();
    let update = world.cancellation(&order, &[("MUG", 1)], false);
    // The record is made, and the order is not completed.
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.tell(SECOND, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!((world.status(&order).as_str(), world.knows(SECOND, &order, &update)), ("processing", Some(false)));
    world.tell(SECOND, &order, &update).unwrap();
    assert_eq!((world.status(&order).as_str(), world.knows(SECOND, &order, &update)), ("completed", Some(true)));
    assert_eq!(world.stands(&order, "MUG"), (3, 1, 2, 0));
    assert_eq!(world.knows("third", &order, &update), Some(true), "under another id, but it could not be told once more");
    assert_eq!(world.knows("third", &order, &world.cancellation(&order, &[("MUG", 2)], false)), Some(false));
}

#[test]
fn a_return_is_a_record_that_puts_nothing_on_sale() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 3)], true)).unwrap();
    let update = world.decision(&order, &[("MUG", 1)], ReturnResolution::Accepted);
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!((world.knows(FIRST, &order, &update), world.knows(SECOND, &order, &update)), (Some(true), Some(false)));
    assert_eq!((world.stands(&order, "MUG"), world.shown("MUG")), ((3, 0, 3, 1), 297));
    world.tell(FIRST, &order, &update).unwrap();
    assert_eq!(world.stands(&order, "MUG"), (3, 0, 3, 1), "not a second time");
    world.tell(SECOND, &order, &world.decision(&order, &[("MUG", 2)], ReturnResolution::BuyerKeeps)).unwrap();
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((3, 0, 3, 3), "completed"));
    world.writes();
    assert_eq!(world.knows("third", &order, &update), Some(true), "under another id, but it could not be told once more");
    let error = world.tell("third", &order, &update).unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Conflict, Disposition::Park), "no more were sent");
    assert_eq!(world.writes(), []);
}

#[test]
fn a_return_of_an_order_that_is_not_all_sent_is_no_cancellation() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 1)], false)).unwrap();
    world.tell(SECOND, &order, &world.decision(&order, &[("MUG", 1)], ReturnResolution::Accepted)).unwrap();
    assert_eq!((world.stands(&order, "MUG"), world.status(&order).as_str()), ((3, 0, 1, 1), "processing"));
    world.tell(FIRST, &order, &world.parcel(&order, "P-2", &[("MUG", 2)], true)).unwrap();
    assert_eq!(world.stands(&order, "MUG"), (3, 0, 3, 1));
}

#[test]
fn a_refused_return_is_noted_for_the_staff_and_changes_nothing() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 3)]);
    world.tell(FIRST, &order, &world.parcel(&order, "P-1", &[("MUG", 3)], true)).unwrap();
    let update = world.decision(&order, &[("MUG", 1)], ReturnResolution::Rejected);
    assert_eq!(world.knows(SECOND, &order, &update), Some(false));
    world.writes();
    for _ in 0..2 {
        world.tell(SECOND, &order, &update).unwrap();
    }
    let written = world.writes();
    assert_eq!((written.len(), &written[0].1["customer_note"]), (1, &false.into()));
    assert_eq!((world.knows(SECOND, &order, &update), world.stands(&order, "MUG")), (Some(true), (3, 0, 3, 0)));
}

#[test]
fn what_the_shop_does_by_itself_is_counted_the_same_way() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 4), ("SHIRT-S", 1)]);
    let act = |act: &dyn Fn(&mut super::sim::Simulator, jiff::Timestamp) -> bool| {
        world.pass(5);
        world.sim(|sim, now| act(sim, now))
    };
    assert!(act(&|sim, now| sim.cancel_units(now, &order, &sku("MUG"), q(1))));
    assert_eq!(world.stands(&order, "MUG"), (4, 1, 0, 0));
    assert!(!act(&|sim, now| sim.cancel_units(now, &order, &sku("MUG"), q(4))));
    assert!(!act(&|sim, now| sim.ship_there(now, &order, &sku("MUG"), q(1))), "its screen knows no part of an order");
    assert!(!act(&|sim, now| sim.pay_back_there(now, &order, &sku("MUG"), q(1), true)));
    assert!(!act(&|sim, now| sim.ask_to_cancel(now, &order)));
    assert!(!act(&|sim, now| sim.announce_return(now, &order, &sku("MUG"), q(1))));
    assert!(act(&|sim, now| sim.cancel_units(now, &order, &sku("SHIRT-S"), q(1))));
    assert!(act(&|sim, now| sim.ship_there(now, &order, &sku("MUG"), q(3))));
    assert_eq!((world.stands(&order, "MUG"), world.shown("MUG")), ((4, 1, 3, 0), 297));
    assert!(act(&|sim, now| sim.pay_back_there(now, &order, &sku("MUG"), q(1), false)));
    assert_eq!((world.stands(&order, "MUG"), world.shown("MUG")), ((4, 1, 3, 1), 297));
    assert!(act(&|sim, now| sim.pay_back_there(now, &order, &sku("MUG"), q(2), true)));
    assert_eq!((world.stands(&order, "MUG"), world.shown("MUG")), ((4, 1, 3, 3), 299));
    assert_eq!(world.status(&order), "refunded");
}

#[test]
fn a_silent_shop_leaves_the_outcome_open_and_a_held_back_call_was_not_made() {
    let world = World::secure();
    let order = world.basket(&[("MUG", 2)]);
    let update = world.cancellation(&order, &[("MUG", 1)], false);
    let until = world.now() + jiff::SignedDuration::from_secs(30);
    world.sim(|sim, _| sim.trouble(Trouble::TooMany { until }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().kind, ErrorKind::RateLimited);
    world.pass(30);
    let until = world.now() + jiff::SignedDuration::from_secs(30);
    world.sim(|sim, _| sim.trouble(Trouble::Silent { until }));
    assert_eq!(world.tell(FIRST, &order, &update).unwrap_err().disposition(), Disposition::ReadBack);
    world.pass(30);
    assert_eq!((world.knows(FIRST, &order, &update), world.stands(&order, "MUG")), (Some(false), (2, 0, 0, 0)));
}

#[test]
fn a_price_is_set_and_what_it_was_is_struck_through() {
    let world = World::secure();
    let cents = |code| world.sim(|sim, _| sim.price_cents(&sku(code))).unwrap();
    let write = |write: &PriceWrite| run(WooCommerce.prices().unwrap().write_one(&world.call(), write));
    assert_eq!(write(&price("10", "9.95", Some("12.95"))).unwrap(), Acknowledged::Applied);
    assert_eq!(cents("MUG"), 995);
    let sent = world.writes().remove(0).1;
    assert_eq!((&sent["regular_price"], &sent["sale_price"]), (&"12.95".into(), &"9.95".into()));
    assert_eq!(write(&price("10", "14.00", Some("12.95"))).unwrap(), Acknowledged::Applied, "dearer is no sale");
    assert_eq!(cents("MUG"), 1400);
    world.sim(|sim, _| sim.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(write(&price("11/12", "8", None)).unwrap_err().disposition(), Disposition::ReadBack);
    assert_eq!((cents("SHIRT-S"), cents("SHIRT-M")), (800, 1295));
    world.wire.sent.lock().unwrap().clear();
    let mut dollars = price("10", "9.95", None);
    dollars.price.currency = Currency::new("USD").unwrap();
    for wrong in [dollars, price("10", "-1", None), price("x", "1", None)] {
        assert_eq!(write(&wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong:?}");
    }
    assert!(world.wire.sent.lock().unwrap().is_empty());
    assert_eq!(write(&price("99", "1", None)).unwrap_err().kind, ErrorKind::NotFound);
}

#[test]
fn a_listing_tells_the_figure_that_a_reading_would() {
    let world = World::secure();
    world.buy("MUG", 7);
    world.write("11/12", 0).unwrap();
    let mut page = None;
    let mut seen = 0;
    loop {
        let found = run(WooCommerce.listings().unwrap().list(&world.call(), page.as_deref())).unwrap();
        for listing in found.listings {
            let read = run(WooCommerce.stock().unwrap().read(&world.call(), &listing.offer, &listing.stock_reference)).unwrap();
            assert_eq!(listing.observed_quantity, Some(read.counted().unwrap().quantity), "{}", listing.title);
            seen += 1;
        }
        page = found.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(seen, 3);
}
