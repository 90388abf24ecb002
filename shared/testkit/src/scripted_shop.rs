//! A merchant on the scripted channel: as little as it takes to have orders about which the channel must be told.

#![expect(clippy::expect_used, reason = "test support: where the set-up fails, so must the test")]

use crate::faults::FaultyHttp;
use crate::given::GivenSecrets;
use crate::run::finish;
use crate::scripted::{Only, SCRIPTED, Scripted};
use crate::simulated_books::{self, BesideBooks, SimulatedBooks};
use crate::simulated_vies::{BesideVies, SimulatedVies};
use crate::stage::Stage;
use contracts::{Cause, InboundOrder, OrderUpdateDue};
use domain::{
    AwaitsAcceptance, ChannelId, ChannelSync, ConnectionId, Fulfilment, LineUnits, LocationId, Order, OrderLineId, OrderNumber,
    OrderSnapshot, Product, Quantity, Sku, SnapshotLine, StockRule,
};
use engine::rows::{ConnectionRow, OrderRow, OutboxRow, ParkedRow, TypedRow};
use engine::{Arrival, Cache, Opening, OrderCommand, Ports, accept_orders, handle_order, put_connection, put_product};
use ports::Clock;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The shop. Its one product is `A`, with 100 units at `main`; its orders have one line, `1`.
pub struct ScriptedShop {
    /// Everything it plays on.
    pub stage: Stage,
    /// The far side of all its connections.
    pub channel: Arc<Scripted>,
    /// The merchant's books.
    pub books: Arc<SimulatedBooks>,
    /// VIES.
    pub vies: Arc<SimulatedVies>,
    lookup: Cache,
}

fn sku() -> Sku {
    Sku::new("A").expect("a SKU")
}

fn main_location() -> LocationId {
    LocationId::new("main").expect("a location")
}

/// The line of every order.
///
/// # Panics
/// Never: it is a line.
pub fn line() -> OrderLineId {
    OrderLineId::new("1").expect("a line")
}

/// What is due: the mark of an order's update.
///
/// # Panics
/// If these are no names.
pub fn due(connection: &str, number: &str, mark: &str) -> OrderUpdateDue {
    let connection = ConnectionId::new(connection).expect("a connection");
    OrderUpdateDue { connection, number: OrderNumber::new(number).expect("an order number"), id: mark.to_owned() }
}

impl ScriptedShop {
    /// A shop with these connections on this channel.
    ///
    /// # Panics
    /// If these are no connections.
    pub fn open(channel: Scripted, connections: &[&str]) -> Self {
        let secrets = BTreeMap::from([(simulated_books::name(), simulated_books::credentials())]);
        let stage = Stage::new(GivenSecrets(secrets));
        let vies = Arc::new(SimulatedVies::new(stage.clock.clone()));
        let books = Arc::new(SimulatedBooks::new(stage.clock.clone()));
        let shop = Self { stage, channel: Arc::new(channel), books, vies, lookup: Cache::default() };
        for name in connections {
            let row = ConnectionRow {
                id: ConnectionId::new(*name).expect("a connection"),
                channel: ChannelId::new(SCRIPTED).expect("a channel"),
                base_url: "https://scripted.example.test".to_owned(),
                settings: BTreeMap::new(),
                locations: vec![main_location()],
                rule: StockRule::default(),
                orders_since: jiff::Timestamp::UNIX_EPOCH,
                publishing: domain::Publishing::All,
                leads: false,
                match_by: domain::MatchBy::default(),
                invoices: None,
            };
            finish(put_connection(&shop.world(), &row)).expect("the connection");
        }
        let item = Product { sku: sku(), ean: None, title: "Product A".to_owned(), variant: String::new() };
        let opening = Opening { location: main_location(), quantity: Quantity::new(100).expect("a quantity") };
        finish(put_product(&shop.world(), &item, &[opening])).expect("the product");
        shop
    }

    /// The world with this channel alone, and every fault of the plan.
    pub fn world(&self) -> Ports {
        let beside = BesideVies { inner: self.channel.clone(), vies: Arc::clone(&self.vies) };
        let beside = BesideBooks { inner: Arc::new(beside), books: Arc::clone(&self.books) };
        Ports {
            http: Arc::new(FaultyHttp { inner: Arc::new(beside), plan: self.stage.faults.clone() }),
            connectors: Arc::new(Only(self.channel.clone())),
            ..self.stage.world()
        }
    }

    /// A customer's order of so many units, taken in.
    ///
    /// # Panics
    /// If it is not.
    pub fn order(&self, connection: &str, number: &str, units: i64) {
        self.order_waiting(connection, number, units, None);
    }

    /// As `order`, of one that waits for the merchant's word.
    ///
    /// # Panics
    /// If it is not.
    pub fn order_waiting(&self, connection: &str, number: &str, units: i64, awaits_acceptance: Option<AwaitsAcceptance>) {
        let now = self.stage.clock.now();
        let none = Quantity::ZERO;
        let line = SnapshotLine {
            id: line(),
            offer: None,
            sku: Some(sku()),
            ean: None,
            title: String::new(),
            fulfilment: Fulfilment::Merchant,
            kind: domain::LineKind::Goods,
            ordered: Quantity::new(units).expect("a quantity"),
            cancelled: none,
            shipped: none,
            returned: none,
            not_restocked: Quantity::ZERO,
            restock_untold: Quantity::ZERO,
            restocked: Quantity::ZERO,
            cancellation_requested: false,
            unit_price: None,
            terms: domain::LineTerms::default(),
        };
        let OrderUpdateDue { connection, number, .. } = due(connection, number, "");
        let snapshot = OrderSnapshot {
            number: number.clone(),
            display_number: None,
            placed_at: now,
            stamp: Some(now),
            channel_status: "open".to_owned(),
            draft: false,
            awaits_acceptance,
            ship_to: None,
            lines: vec![line],
            terms: domain::OrderTerms::default(),
            unreadable_lines: Vec::new(),
        };
        let message = InboundOrder { connection, number, snapshot: Some(snapshot), cause: Cause::Webhook, read_at: now };
        let outcomes = finish(accept_orders(&self.world(), &self.lookup, vec![Arrival { message, receives: 1 }]));
        assert!(outcomes.iter().all(|one| !matches!(one, engine::Outcome::Again(_))), "{outcomes:?}");
    }

    /// The channel says that an order changed; it is read.
    ///
    /// # Panics
    /// If it is not.
    pub fn changed(&self, connection: &str, number: &str) {
        let OrderUpdateDue { connection, number, .. } = due(connection, number, "");
        let read_at = self.stage.clock.now();
        let message = InboundOrder { connection, number, snapshot: None, cause: Cause::Webhook, read_at };
        let outcomes = finish(accept_orders(&self.world(), &self.lookup, vec![Arrival { message, receives: 1 }]));
        assert!(outcomes.iter().all(|one| !matches!(one, engine::Outcome::Again(_))), "{outcomes:?}");
    }

    /// The merchant does something about an order.
    ///
    /// # Panics
    /// If it is refused.
    pub fn do_it(&self, connection: &str, number: &str, command: &OrderCommand) -> Order {
        let OrderUpdateDue { connection, number, .. } = due(connection, number, "");
        let done = finish(handle_order(&self.world(), &self.lookup, &connection, &number, command, "a person"));
        done.expect("it is done")
    }

    /// The merchant sends a shipment under this mark.
    ///
    /// # Panics
    /// If it is refused.
    pub fn ship(&self, connection: &str, number: &str, mark: &str, units: i64) {
        let lines = vec![LineUnits { line: line(), units: Quantity::new(units).expect("a quantity") }];
        let id = Some(mark.to_owned());
        let command = OrderCommand::Ship { id, location: main_location(), lines, carrier: None, tracking: None };
        self.do_it(connection, number, &command);
    }

    /// The order as it is.
    ///
    /// # Panics
    /// If there is none.
    pub fn found(&self, connection: &str, number: &str) -> Order {
        let due = due(connection, number, "");
        let row = self.stage.table.rows().into_iter().find(|row| row.key == OrderRow::key(&due.connection, &due.number));
        OrderRow::from_row(&row.expect("the order's row")).expect("an order").0
    }

    /// How far the channel was told of a shipment.
    ///
    /// # Panics
    /// If there is none of this mark.
    pub fn told(&self, connection: &str, number: &str, mark: &str) -> ChannelSync {
        let parcels = self.found(connection, number).shipments;
        parcels.into_iter().find(|parcel| parcel.id == mark).expect("the parcel").channel_sync
    }

    /// What still stands in the table as untold.
    pub fn outbox(&self) -> Vec<OutboxRow> {
        self.rows(OutboxRow::PARTITION)
    }

    /// What was put aside for people.
    pub fn parked(&self) -> Vec<ParkedRow> {
        self.rows(ParkedRow::PARTITION)
    }

    fn rows<R: TypedRow>(&self, partition: &str) -> Vec<R> {
        let rows = self.stage.table.rows().into_iter().filter(|row| row.key.pk == partition);
        rows.map(|row| R::from_row(&row).expect("a row of this kind")).collect()
    }
}
