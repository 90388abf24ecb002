//! Invoices at bol, from the first call to what it finds in the file.

use super::*;
use crate::simulated_channel::FarInvoice;
use domain::{CarrierId, LineUnits, OrderLineId, OrderUpdate, ShipmentUpdate};
use ports::{InvoiceUpload, Status};

fn sku(text: &str) -> Sku {
    Sku::new(text).unwrap()
}

impl World {
    fn line_ids(&self, order: &OrderNumber) -> Vec<OrderLineId> {
        run(Bol.orders().unwrap().read(&self.call(), order)).unwrap().lines.into_iter().map(|line| line.id).collect()
    }

    /// A shipment of one W-1 under this reference.
    fn ship_as(&mut self, order: &OrderNumber, reference: &str) {
        let line = self.line_ids(order).remove(0);
        let update = OrderUpdate::Shipment(ShipmentUpdate {
            reference: reference.into(),
            lines: vec![LineUnits { line, units: Quantity::ONE }],
            carrier: Some(CarrierId::new("postnl").unwrap()),
            tracking: None,
            completes: false,
        });
        run(Bol.fulfilment().unwrap().tell(&self.call(), order, &update)).unwrap();
        self.wait(2);
    }

    fn invoice(&self, order: &OrderNumber, shipment: Option<&str>) -> InvoiceUpload {
        InvoiceUpload {
            order: order.clone(),
            number: "F2026/00418".into(),
            shipment: shipment.map(str::to_owned),
            other_shipments: Vec::new(),
            lines: self.line_ids(order),
            pdf: bytes::Bytes::from_static(b"%PDF-1.7\r\n--sluis-00000000\r\nand so on"),
        }
    }

    fn upload(&self, invoice: &InvoiceUpload) -> Result<Acknowledged> {
        run(Bol.invoices().unwrap().upload(&self.call(), invoice))
    }

    fn has(&self, invoice: &InvoiceUpload) -> Result<Option<bool>> {
        run(Bol.invoices().unwrap().knows(&self.call(), invoice))
    }

    fn taken(&self, order: &OrderNumber) -> Vec<FarInvoice> {
        self.sim(|s, _| s.far_invoices(order))
    }

    fn ended(&mut self, taken: Acknowledged) -> Result<Acknowledged> {
        let Acknowledged::Pending(status) = taken else { panic!("a 202 is pending: {taken:?}") };
        self.wait(2);
        run(Bol.jobs().unwrap().status(&self.call(), &status))
    }
}

#[test]
fn an_invoice_goes_with_the_shipment_of_its_reference_byte_by_byte() {
    let mut world = World::new(1);
    let order = world.buy("W-1", 3).unwrap();
    let invoice = world.invoice(&order, Some("p-2"));
    let error = world.upload(&invoice).unwrap_err();
    assert!(matches!(error.disposition(), Disposition::RetryAt(_)), "it is not sent yet: {error:?}");
    world.ship_as(&order, "p-1");
    world.ship_as(&order, "p-2");
    assert_eq!(world.has(&invoice).unwrap(), Some(false));
    let taken = world.upload(&invoice).unwrap();
    assert_eq!(world.taken(&order), [], "a 202 is no success");
    assert_eq!(world.has(&invoice).unwrap_err().disposition(), Disposition::Retry, "bol is at work on it");
    assert_eq!(world.ended(taken).unwrap(), Acknowledged::Applied);
    let far = FarInvoice { shipment: "p-2".into(), file_name: "F2026-00418.pdf".into(), file: invoice.pdf.clone() };
    assert_eq!((world.taken(&order), world.has(&invoice).unwrap()), (vec![far], Some(true)));
}

#[test]
fn what_left_without_a_shipment_of_ours_is_known_by_what_is_in_it() {
    let mut world = World::new(2);
    let lines = [("W-1", 2), ("W-2", 1)].map(|(code, units)| (sku(code), Quantity::clamped(units)));
    let order = world.sim(|s, now| s.buy_all(now, &lines, "NL")).unwrap();
    world.ship_as(&order, "ours");
    let there = |world: &World| world.sim(|s, now| s.ship_there(now, &order, &sku("W-1"), Quantity::ONE));
    assert!(there(&world));
    let invoice = InvoiceUpload { other_shipments: vec!["ours".into()], ..world.invoice(&order, None) };
    let taken = world.upload(&invoice).unwrap();
    world.ended(taken).unwrap();
    assert_eq!(world.taken(&order)[0].shipment, "");
    let of_another_line = InvoiceUpload { lines: world.line_ids(&order).split_off(1), ..invoice.clone() };
    assert!(world.upload(&of_another_line).is_err());
    assert!(world.sim(|s, now| s.ship_there(now, &order, &sku("W-2"), Quantity::ONE)));
    let error = world.upload(&invoice).unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::BadInput, Disposition::Park));
    assert!(error.message.contains("2 shipments"), "{}", error.message);
}

#[test]
fn an_upload_of_unknown_outcome_is_looked_for() {
    let mut world = World::new(1);
    let order = world.buy("W-1", 1).unwrap();
    world.ship_as(&order, "p");
    let invoice = world.invoice(&order, Some("p"));
    world.sim(|s, _| s.trouble(Trouble::FailAfterApply { times: 1 }));
    assert_eq!(world.upload(&invoice).unwrap_err().disposition(), Disposition::ReadBack);
    assert!(world.has(&invoice).is_err());
    world.wait(2);
    assert_eq!((world.has(&invoice).unwrap(), world.taken(&order).len()), (Some(true), 1));
    for done in [true, false] {
        let order = world.buy("W-1", 1).unwrap();
        world.ship_as(&order, "p");
        let invoice = world.invoice(&order, Some("p"));
        world.sim(|s, _| s.lose_process(done));
        let taken = world.upload(&invoice).unwrap();
        let error = world.ended(taken).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Unavailable, Status::Unknown));
        assert_eq!(world.has(&invoice).unwrap(), Some(false), "bol shows no trace of either");
        world.account.settings.insert("invoice_unseen".into(), "ask".into());
        assert_eq!(world.has(&invoice).unwrap(), None);
        world.account.settings.remove("invoice_unseen");
    }
    world.account.settings.insert("invoice_unseen".into(), "never".into());
    assert!(Bol.check(&world.account)[0].message.contains("invoice_unseen: got `never`, expected `upload` or `ask`"));
}

#[test]
fn what_bol_finds_in_the_file_is_refused_and_what_was_asked_for_is_listed() {
    let mut world = World::new(1);
    let order = world.buy("W-1", 2).unwrap();
    world.ship_as(&order, "p-1");
    world.ship_as(&order, "p-2");
    let no_pdf = InvoiceUpload { pdf: bytes::Bytes::from_static(b"GIF89a"), ..world.invoice(&order, Some("p-1")) };
    let taken = world.upload(&no_pdf).unwrap();
    let error = world.ended(taken).unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Declined, Disposition::Park));
    assert_eq!(world.has(&no_pdf).unwrap(), Some(false));
    assert!(world.sim(|s, _| s.dislike_next_invoice()));
    let invoice = world.invoice(&order, Some("p-1"));
    let taken = world.upload(&invoice).unwrap();
    world.ended(taken).unwrap();
    assert!(world.has(&invoice).unwrap_err().message.contains("not correct"));
    assert!(world.sim(|s, now| s.ask_for_invoice(now, &order)));
    let asked_for = world.invoice(&order, Some("p-2"));
    let taken = world.upload(&asked_for).unwrap();
    world.ended(taken).unwrap();
    assert_eq!(world.has(&asked_for).unwrap(), Some(true));
}
