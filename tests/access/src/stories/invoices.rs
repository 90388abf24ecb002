//! Invoices of all that is sold in a market: issued, refused and mended, credited, kept and looked through.

use crate::seen::Seen;
use domain::invoice::{Address, LegalEntityId, NumberFormat, Seller, SellerRegistration};
use domain::vat::{Place, VatCountry, VatNumber};
use domain::{CarrierId, ConnectionId, Country, LineUnits, LocationId, OrderNumber, Quantity};
use engine::rows::{
    ConnectionInvoices, ConnectionRow, InvoiceDueRow, InvoicePer, InvoiceSettingsRow, InvoiceWhen, LegalEntity, MailSender,
    MailedDocuments, OrderRow, SoldThere, TypedRow, UploadedInvoices,
};
use engine::{Cache, OrderCommand, Ports, handle_order, put_connection, put_invoice_settings};
use invoice_generation::InvoiceGeneration;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::ScheduleHandler;
use ports::{Condition, Write};
use simulation::market::Market;
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::given::GivenSecrets;
use testkit::memory::{MemoryDocuments, MemoryMailer};
use testkit::run::finish;
use testkit::simulated_books::{self, BesideBooks, SimulatedBooks};

const FUNCTION: &str = "invoice-generation";

fn entity(number: Option<&str>) -> LegalEntity {
    let country = Country::new("NL").unwrap();
    let address = Address {
        lines: vec!["Havenkade 12".to_owned()],
        postcode: Some("3011 AB".to_owned()),
        city: "Rotterdam".to_owned(),
        country: country.clone(),
    };
    let numbers = number.map(|number| (VatCountry::Nl, VatNumber::new(number).unwrap()));
    LegalEntity {
        seller: Seller {
            name: "Kade Wonen B.V.".to_owned(),
            trading_name: None,
            address,
            vat_number: None,
            registration: Some(SellerRegistration::Kvk { number: "12345678".to_owned() }),
            email: None,
            phone: None,
            iban: None,
        },
        vat: domain::vat::Seller {
            established_in: country,
            fixed_establishments: std::collections::BTreeSet::new(),
            numbers: numbers.into_iter().collect(),
            oss: None,
            destination_from: None,
            small_business: Vec::new(),
            shifts_vat: BTreeMap::new(),
        },
        invoice_numbers: NumberFormat::new("F{year}-{n:05}").unwrap(),
        credit_note_numbers: NumberFormat::new("C{year}-{n:05}").unwrap(),
        language: documents::Language::Nl,
        starts: Vec::new(),
        sales_abroad: BTreeMap::new(),
    }
}

pub(super) fn settings(market: &Market, number: Option<&str>) -> InvoiceSettingsRow {
    let places = market.connections.iter().flat_map(|id| market.row(id).locations);
    let rotterdam = Place { country: Country::new("NL").unwrap(), postcode: Some("3011 AB".to_owned()), town: None };
    InvoiceSettingsRow {
        entities: BTreeMap::from([(LegalEntityId::new("kade-bv").unwrap(), entity(number))]),
        places: places.map(|place| (place, rotterdam.clone())).collect(),
        // Who can be invoiced is booked.
        accounting: number.map(|_| simulated_books::settings()),
        mail: Some(MailSender { from: "invoices@kade.example.test".to_owned(), reply_to: None }),
        ..InvoiceSettingsRow::default()
    }
}

/// All that can be sent of an order, sent.
fn ship(market: &Market, seen: &Arc<Seen>, connection: &ConnectionId, number: &OrderNumber, location: LocationId) {
    let row = market.stage.table.row(&OrderRow::key(connection, number)).unwrap();
    let order = OrderRow::from_row(&row).unwrap().0;
    let lines = order.snapshot.lines.iter().map(|line| LineUnits { line: line.id.clone(), units: Quantity::ONE }).collect();
    let (carrier, tracking) = (Some(CarrierId::new("postnl").unwrap()), Some("3SKADE001".to_owned()));
    let command = OrderCommand::Ship { id: Some("p".to_owned()), location, lines, carrier, tracking };
    let world = seen.watch("api", market.stage.world());
    finish(handle_order(&world, &Cache::default(), connection, number, &command, "Ada")).unwrap();
}

/// How the orders of every connection are invoiced.
pub(super) fn terms(when: InvoiceWhen) -> ConnectionInvoices {
    ConnectionInvoices {
        entity: LegalEntityId::new("kade-bv").unwrap(),
        since: Timestamp::UNIX_EPOCH,
        when,
        per: InvoicePer::Shipment,
        sold_on: SoldThere::Marketplace,
        marketplace_stock: None,
        numbers: None,
        charges_follow_goods: false,
        negative_fees: engine::rows::NegativeFees::Ask,
        upload: UploadedInvoices::None,
        mail: MailedDocuments::None,
    }
}

/// All of it.
pub(super) fn tell(seen: &Arc<Seen>) {
    let mut market = Market::open(&[("A", 9)], 9);
    let mut secrets = market.stage.secrets.0.clone();
    secrets.insert(simulated_books::name(), simulated_books::credentials());
    market.stage.secrets = Arc::new(GivenSecrets(secrets));
    let books = Arc::new(SimulatedBooks::new(market.stage.clock.clone()));
    let with_books =
        |world: Ports| Ports { http: Arc::new(BesideBooks { inner: world.http.clone(), books: books.clone() }), ..world };
    let plain = with_books(market.stage.world());
    for id in market.connections.clone() {
        let ways =
            ConnectionInvoices { upload: UploadedInvoices::All, mail: MailedDocuments::All, ..terms(InvoiceWhen::Shipped) };
        let row = ConnectionRow { invoices: Some(ways), ..market.row(&id) };
        finish(put_connection(&plain, &row)).unwrap();
    }
    market.stage.clock.pass(SignedDuration::from_mins(3));
    market.lookup = Cache::default();
    // Without a VAT number nothing can be invoiced.
    finish(put_invoice_settings(&plain, &settings(&market, None))).unwrap();
    for id in market.connections.clone() {
        assert!(market.buy(&id, "A", 1));
    }
    market.settle();
    let orders = market.stage.table.rows().into_iter().filter(|row| row.key.sk == "ORDER");
    let orders: Vec<_> = orders.map(|row| OrderRow::from_row(&row).unwrap().0).collect();
    assert_eq!(orders.len(), market.connections.len());
    for order in &orders {
        let location = market.row(&order.connection).locations.remove(0);
        ship(&market, seen, &order.connection, &order.snapshot.number, location);
    }
    let world = seen.watch(FUNCTION, with_books(market.stage.world()));
    let archive = seen.watch_documents(FUNCTION, Arc::new(MemoryDocuments::default()));
    let mailer = seen.watch_mail(FUNCTION, Arc::new(MemoryMailer::default()));
    let function = InvoiceGeneration::new(world.clone(), archive, mailer);
    let run = |task: &str| {
        let deadline = world.clock.now().checked_add(SignedDuration::from_secs(50)).unwrap();
        finish(function.handle(&format!(r#"{{"task":"{task}"}}"#), deadline)).unwrap()
    };
    assert!(run("issue").contains(r#""issued":0"#));
    assert!(market.stage.table.rows().iter().any(|row| row.key.pk == "PARKED"), "a person sees why");
    finish(put_invoice_settings(&plain, &settings(&market, Some("NL812345678B01")))).unwrap();
    simulated_books::let_in(&plain, &market.lookup);
    market.stage.clock.pass(SignedDuration::from_mins(16));
    let told = run("issue");
    assert!(!told.contains(r#""issued":0"#) && !told.contains(r#""stored":0"#), "{told}");
    assert!(!told.contains(r#""delivered":0"#), "mails are handed over at once: {told}");
    for _ in 0..20 {
        market.settle();
        market.stage.clock.pass(SignedDuration::from_mins(3));
        run("issue");
    }
    let open = market.stage.table.rows().into_iter().find(|row| row.key.pk == "INVOICE_DELIVERIES_OPEN");
    assert!(open.is_none(), "everything arrives: {open:?} {}", run("issue"));
    assert_eq!(books.with(|books| books.entries().len()), orders.len(), "each is booked once");
    run("requests");
    // One of which no word was left.
    let forgotten = &orders[0];
    let row = InvoiceDueRow::key(&forgotten.connection, &forgotten.snapshot.number);
    let lock = engine::rows::OrderDocumentsRow::key(&forgotten.connection, &forgotten.snapshot.number);
    for key in [row, lock] {
        finish(plain.write_if(Write::Delete { key, when: Condition::Always })).unwrap();
    }
    let told = run("check");
    assert!(told.contains(r#""forgotten":1"#), "{told}");
}
