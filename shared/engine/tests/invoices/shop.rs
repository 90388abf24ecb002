//! A merchant whose orders are invoiced: a shop with prices, buyers and settings.

use contracts::{Cause, InboundOrder};
use domain::invoice::{Address, LegalEntityId, NumberFormat, Seller, SellerRegistration};
use domain::vat::{self, Place, VatCountry, VatNumber};
use domain::{
    ConnectionId, Country, Currency, Fulfilment, LineKind, LineTerms, LineUnits, LocationId, Money, OrderBuyer, OrderLineId,
    OrderNumber, OrderSnapshot, OrderTerms, Personal, PostalAddress, Product, Quantity, Sku, SnapshotLine,
};
use engine::rows::{
    BuyerRow, ConnectionInvoices, ConnectionRow, InvoiceLook, InvoicePer, InvoiceSettingsRow, InvoiceWhen, KeptBuyer,
    LegalEntity, MailedDocuments, SoldThere, TypedRow, UploadedInvoices,
};
use engine::{
    Arrival, Cache, Opening, OrderCommand, Ports, accept_orders, handle_order, issue_invoices, put_connection,
    put_invoice_settings, put_product,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Key};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use testkit::run::finish;
use testkit::scripted::Scripted;
use testkit::scripted_shop::ScriptedShop;

pub(crate) const WEB: &str = "web";

/// The shop.
pub(crate) struct Shop {
    pub(crate) inner: ScriptedShop,
    pub(crate) lookup: Cache,
}

pub(crate) fn web() -> ConnectionId {
    ConnectionId::new(WEB).unwrap()
}

pub(crate) fn number(text: &str) -> OrderNumber {
    OrderNumber::new(text).unwrap()
}

pub(crate) fn line(id: &str) -> OrderLineId {
    OrderLineId::new(id).unwrap()
}

pub(crate) fn units(of: i64) -> Quantity {
    Quantity::new(of).unwrap()
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn euro(text: &str) -> Money {
    Money { amount: dec(text), currency: Currency::new("EUR").unwrap() }
}

pub(crate) fn country(code: &str) -> Country {
    Country::new(code).unwrap()
}

fn at_home() -> Address {
    Address {
        lines: vec!["Havenkade 12".to_owned()],
        postcode: Some("3011 AB".to_owned()),
        city: "Rotterdam".to_owned(),
        country: country("NL"),
    }
}

/// A Dutch private company with a Dutch VAT number alone.
pub(crate) fn entity() -> LegalEntity {
    LegalEntity {
        seller: Seller {
            name: "Kade Wonen B.V.".to_owned(),
            trading_name: None,
            address: at_home(),
            vat_number: None,
            registration: Some(SellerRegistration::Kvk { number: "12345678".to_owned() }),
            email: None,
            phone: None,
            iban: None,
        },
        vat: vat::Seller {
            established_in: country("NL"),
            fixed_establishments: std::collections::BTreeSet::new(),
            numbers: BTreeMap::from([(VatCountry::Nl, VatNumber::new("NL812345678B01").unwrap())]),
            oss: None,
            destination_from: None,
            small_business: Vec::new(),
            shifts_vat: BTreeMap::new(),
        },
        invoice_numbers: NumberFormat::new("F{year}-{n:05}").unwrap(),
        credit_note_numbers: NumberFormat::new("C{year}-{n:05}").unwrap(),
        language: documents::Language::Nl,
        starts: Vec::new(),
        sales_abroad: BTreeMap::from([2025, 2026].map(|year| (year, dec("0")))),
    }
}

pub(crate) fn kade() -> LegalEntityId {
    LegalEntityId::new("kade-bv").unwrap()
}

pub(crate) fn settings(entity: LegalEntity) -> InvoiceSettingsRow {
    let rotterdam = Place { country: country("NL"), postcode: Some("3011 AB".to_owned()), town: None };
    InvoiceSettingsRow {
        entities: BTreeMap::from([(kade(), entity)]),
        places: BTreeMap::from([(LocationId::new("main").unwrap(), rotterdam)]),
        classes: Vec::new(),
        look: InvoiceLook::default(),
        mail: None,
        vies: engine::rows::ViesSettings::default(),
        accounting: None,
    }
}

pub(crate) fn terms() -> ConnectionInvoices {
    ConnectionInvoices {
        entity: kade(),
        since: Timestamp::UNIX_EPOCH,
        when: InvoiceWhen::Shipped,
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

/// A line of an order, as its channel tells it.
pub(crate) fn sold(id: &str, ordered: i64, price: &str) -> SnapshotLine {
    let none = Quantity::ZERO;
    SnapshotLine {
        id: line(id),
        offer: None,
        sku: Some(Sku::new("A").unwrap()),
        ean: None,
        title: format!("Article {id}"),
        fulfilment: Fulfilment::Merchant,
        kind: LineKind::Goods,
        ordered: units(ordered),
        cancelled: none,
        shipped: none,
        returned: none,
        not_restocked: none,
        restock_untold: none,
        restocked: none,
        cancellation_requested: false,
        unit_price: Some(euro(price)),
        terms: LineTerms::default(),
    }
}

/// An order, as its channel tells it.
pub(crate) fn snapshot(name: &str, lines: Vec<SnapshotLine>, at: Timestamp) -> OrderSnapshot {
    OrderSnapshot {
        number: number(name),
        display_number: None,
        placed_at: at,
        stamp: Some(at),
        channel_status: "open".to_owned(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        lines,
        terms: OrderTerms {
            currency: Some(Currency::new("EUR").unwrap()),
            prices_include_tax: Some(true),
            paid: Some(true),
            ..OrderTerms::default()
        },
        unreadable_lines: Vec::new(),
    }
}

/// Somebody who buys.
pub(crate) fn buyer(code: &str, postcode: &str) -> OrderBuyer {
    let address = PostalAddress {
        name: "Sanne de Wit".to_owned(),
        company: None,
        lines: vec!["Oudegracht 112".to_owned()],
        postcode: Some(postcode.to_owned()),
        city: Some("Utrecht".to_owned()),
        country: Some(country(code)),
    };
    OrderBuyer { billing: Some(address.clone()), shipping: Some(address), ..OrderBuyer::default() }
}

impl Shop {
    /// One that invoices what it ships, each shipment by itself.
    pub(crate) fn open() -> Self {
        Self::with(terms(), entity())
    }

    pub(crate) fn with(terms: ConnectionInvoices, entity: LegalEntity) -> Self {
        Self::on(Scripted::default(), terms, entity)
    }

    /// One on this channel.
    pub(crate) fn on(channel: Scripted, terms: ConnectionInvoices, entity: LegalEntity) -> Self {
        let inner = ScriptedShop::open(channel, &[WEB]);
        let row = inner.stage.table.row(&ConnectionRow::key(&web())).unwrap();
        let row = ConnectionRow { invoices: Some(terms), ..ConnectionRow::from_row(&row).unwrap() };
        let shop = Self { inner, lookup: Cache::default() };
        finish(put_connection(&shop.world(), &row)).unwrap();
        let item = Product { sku: Sku::new("A").unwrap(), ean: None, title: "Article A".to_owned(), variant: String::new() };
        let more = Opening { location: LocationId::new("main").unwrap(), quantity: units(1_000_000) };
        finish(put_product(&shop.world(), &item, &[more])).unwrap();
        finish(put_invoice_settings(&shop.world(), &settings(entity))).unwrap();
        let stock = engine::Correction {
            sku: Sku::new("A").unwrap(),
            location: LocationId::new("main").unwrap(),
            change: engine::StockChange::Set(units(1_000_000)),
            reason: "count".into(),
            by: "Sam".into(),
        };
        finish(engine::correct_stock(&shop.world(), &stock)).unwrap();
        shop
    }

    pub(crate) fn world(&self) -> Ports {
        self.inner.world()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.inner.stage.clock.now()
    }

    pub(crate) fn pass(&self, minutes: i64) {
        self.inner.stage.clock.pass(SignedDuration::from_mins(minutes));
    }

    /// The channel tells an order, of this buyer.
    pub(crate) fn tell(&self, snapshot: OrderSnapshot, buyer: OrderBuyer) {
        let row = KeptBuyer { buyer: Personal::new(buyer), read_at: self.now(), until: Timestamp::MAX };
        let row = BuyerRow::Kept(row).to_row(&web(), &snapshot.number);
        finish(self.inner.stage.world().write_if(ports::Write::Put { row, when: ports::Condition::Always })).unwrap();
        self.tell_again(snapshot);
    }

    /// The channel tells how an order is now.
    pub(crate) fn tell_again(&self, mut snapshot: OrderSnapshot) {
        self.pass(1);
        let now = self.now();
        snapshot.stamp = Some(now);
        self.pass(1);
        let (number, read_at) = (snapshot.number.clone(), self.now());
        let message = InboundOrder { connection: web(), number, snapshot: Some(snapshot), cause: Cause::Webhook, read_at };
        let outcomes = finish(accept_orders(&self.world(), &self.lookup, vec![Arrival { message, receives: 1 }]));
        assert!(outcomes.iter().all(|one| !matches!(one, engine::Outcome::Again(_))), "{outcomes:?}");
    }

    /// A Dutch consumer's order.
    pub(crate) fn order(&self, name: &str, lines: Vec<SnapshotLine>) -> OrderSnapshot {
        let told = snapshot(name, lines, self.now());
        self.tell(told.clone(), buyer("NL", "3511 AW"));
        told
    }

    /// The merchant sends a shipment.
    pub(crate) fn ship(&self, name: &str, mark: &str, lines: &[(&str, i64)]) {
        let lines = lines.iter().map(|(id, of)| LineUnits { line: line(id), units: units(*of) }).collect();
        let location = LocationId::new("main").unwrap();
        let command = OrderCommand::Ship { id: Some(mark.to_owned()), location, lines, carrier: None, tracking: None };
        finish(handle_order(&self.world(), &self.lookup, &web(), &number(name), &command, "Ada")).unwrap();
    }

    /// Issues what is due.
    pub(crate) fn issue(&self) -> engine::IssueReport {
        finish(issue_invoices(&self.world(), &self.lookup, Timestamp::MAX)).unwrap()
    }

    pub(crate) fn row(&self, key: &Key) -> Option<ports::Row> {
        self.inner.stage.table.row(key)
    }
}
