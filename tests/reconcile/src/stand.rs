//! A merchant with one shop and as many products as a test wants, all of it right.

use crate::shop::{DESCRIPTOR, OnSale, OnlyShop, Shop, listing, long_ago, offer, sku};
use contracts::{InboundOrder, StockHint};
use domain::{
    ChannelId, ConnectionId, Fulfilment, LocationId, Movement, OrderLineId, OrderNumber, OrderSnapshot, Product, Quantity,
    SnapshotLine, StockLevel, StockRule,
};
use engine::rows::{ConnectionRow, DriftRow, LedgerCause, LedgerRow, ListingRow, OfferRow, ProductRow, StockRow, TypedRow};
use engine::{
    Arrival, BooksChecked, Cache, Outcome, Ports, ReconcileLimits, Reconciled, accept_orders, check_books, poll_orders,
    publish_stock, put_connection, reconcile,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Condition, Key, OutgoingMessage, QueueName, Row, Table, Write};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::Stage;
use testkit::given::GivenSecrets;
use testkit::run::finish;

/// The merchant.
pub struct Stand {
    /// Everything it plays on.
    pub stage: Stage,
    /// The channel.
    pub shop: Arc<Shop>,
    /// The memory of the functions.
    pub lookup: Cache,
    /// Products.
    pub products: u32,
}

/// The connection.
pub fn connection() -> ConnectionId {
    ConnectionId::new("shop").unwrap()
}

/// The location.
pub fn location() -> LocationId {
    LocationId::new("main").unwrap()
}

/// Units.
pub fn q(units: u32) -> Quantity {
    Quantity::clamped(i64::from(units))
}

/// What a product starts with: never a round figure, nor whole dozens.
pub fn opening(number: u32) -> u32 {
    let units = 21 + number % 70;
    units + u32::from(units.is_multiple_of(12) || units.is_multiple_of(10))
}

/// The connection's row.
pub fn connection_row() -> ConnectionRow {
    ConnectionRow {
        id: connection(),
        channel: ChannelId::new(DESCRIPTOR.id).unwrap(),
        base_url: "https://shop.example.test".into(),
        settings: BTreeMap::new(),
        locations: vec![location()],
        rule: StockRule::default(),
        orders_since: long_ago(),
        publishing: domain::Publishing::All,
        leads: false,
        match_by: domain::MatchBy::default(),
        invoices: None,
    }
}

/// A listing that was told its figure long ago.
pub fn told(number: u32, product: u32, twin: bool, units: u32) -> ListingRow {
    ListingRow {
        told: Some(q(units)),
        told_version: Some(1),
        told_at: Some(long_ago()),
        ..ListingRow::fresh(sku(product), connection(), listing(number, product, twin))
    }
}

/// The rows of one product: its entry in the catalogue, its figure, its ledger, its item.
pub fn rows(number: u32) -> Vec<Row> {
    let units = opening(number);
    let level = StockLevel { available: q(units), reserved: Quantity::ZERO, version: 1 };
    let item = Product { sku: sku(number), ean: None, title: format!("Product {number}"), variant: String::new() };
    let movement = Movement { available: i64::from(units), reserved: 0 };
    let cause = LedgerCause::Opening;
    let ledger = LedgerRow { sku: sku(number), location: location(), at: long_ago(), commit: "opening".into(), movement, cause };
    let matched = OfferRow {
        connection: connection(),
        listing: listing(number, number, false),
        matched: Some(sku(number)),
        by_hand: false,
        problem: None,
        version: 0,
    };
    vec![
        ProductRow(item).to_row(),
        StockRow { sku: sku(number), location: location(), level, flows: BTreeMap::new() }.to_row(),
        ledger.to_row(),
        told(number, number, false, units).to_row(),
        matched.to_row(),
    ]
}

impl Stand {
    /// So many products, each on sale once and right.
    pub fn open(products: u32) -> Self {
        let shop = Arc::new(Shop::default());
        let stand = Self { stage: Stage::new(GivenSecrets::default()), shop, lookup: Cache::default(), products };
        finish(put_connection(&stand.world(), &connection_row())).unwrap();
        for number in 0..products {
            for row in rows(number) {
                stand.put(row);
            }
        }
        stand.shop.put((0..products).map(|number| OnSale {
            number,
            sku: number,
            twin: false,
            shown: opening(number),
            pack: 1,
            ended: false,
        }));
        stand
    }

    /// The world as functions see it.
    pub fn world(&self) -> Ports {
        Ports { connectors: Arc::new(OnlyShop(self.shop.clone())), ..self.stage.world() }
    }

    /// Now, UTC.
    pub fn now(&self) -> Timestamp {
        self.stage.clock.now()
    }

    /// Writes a row as it is.
    pub fn put(&self, row: Row) {
        finish(self.stage.table.write(Write::Put { row, when: Condition::Always })).unwrap();
    }

    /// Takes a row away.
    pub fn delete(&self, key: Key) {
        finish(self.stage.table.write(Write::Delete { key, when: Condition::Always })).unwrap();
    }

    /// A product's stock moves, and nobody tells the shop.
    pub fn moves(&self, number: u32, by: i64, at: Timestamp) {
        let key = StockRow::key(&sku(number), &location());
        let add = vec![("available".to_owned(), by), ("version".to_owned(), 1)];
        finish(self.stage.table.write(Write::Update { key, add, set: vec![], remove: vec![], when: Condition::Always })).unwrap();
        let movement = Movement { available: by, reserved: 0 };
        let cause = LedgerCause::Correction { reason: "counted".into(), by: "somebody".into() };
        let commit = format!("count-{number}");
        self.put(LedgerRow { sku: sku(number), location: location(), at, commit, movement, cause }.to_row());
    }

    /// One run to its end, in as many parts as it takes.
    pub fn run(&self, limits: ReconcileLimits) -> Reconciled {
        for _ in 0..1_000 {
            let until = self.now() + SignedDuration::from_hours(1);
            let done = finish(reconcile(&self.world(), &self.lookup, &connection(), limits, until)).unwrap();
            if done.complete {
                return done;
            }
            // Other functions go on meanwhile.
            self.work();
        }
        panic!("the run does not end");
    }

    /// A run over our own books.
    pub fn books(&self) -> BooksChecked {
        let until = self.now() + SignedDuration::from_hours(1);
        finish(check_books(&self.world(), until)).unwrap()
    }

    /// Works on everything that waits on the queues, until nothing does. Answers how many hints there were at first.
    pub fn work(&self) -> usize {
        let mut first = None;
        for _ in 0..50 {
            let inbound = self.stage.queue.take(QueueName::Inbound);
            let hints = self.stage.queue.take(QueueName::StockHints);
            first = first.or(Some(hints.len()));
            if inbound.is_empty() && hints.is_empty() {
                return first.unwrap_or(0);
            }
            self.stage.clock.pass(SignedDuration::from_mins(1));
            self.accept(&inbound);
            for messages in hints.chunks(10) {
                let hints: Vec<StockHint> = messages.iter().map(|message| serde_json::from_str(&message.body).unwrap()).collect();
                let pushed = finish(publish_stock(&self.world(), &self.lookup, &hints));
                assert!(pushed.failed.is_empty(), "{:?}", pushed.failed);
            }
        }
        panic!("the queues never empty");
    }

    fn accept(&self, inbound: &[OutgoingMessage]) {
        for messages in inbound.chunks(10) {
            let arrivals = messages.iter().map(|message| {
                let message: InboundOrder = serde_json::from_str(&message.body).unwrap();
                Arrival { message, receives: 1 }
            });
            let outcomes = finish(accept_orders(&self.world(), &self.lookup, arrivals.collect()));
            assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done)), "{outcomes:?}");
        }
    }

    /// Reads changed orders, as the schedule does all the time.
    pub fn poll(&self) {
        finish(poll_orders(&self.world(), &self.lookup, &connection(), contracts::Cause::Poll)).unwrap();
        self.work();
    }

    /// Differences that are kept.
    pub fn cases(&self) -> Vec<DriftRow> {
        let page = finish(self.stage.table.query(DriftRow::PARTITION, "", None, usize::MAX, false)).unwrap();
        page.rows.iter().map(|row| DriftRow::from_row(row).unwrap()).collect()
    }

    /// The row of an item on the channel.
    pub fn offer_key(number: u32, twin: bool) -> Key {
        OfferRow::key(&connection(), &offer(number, twin))
    }

    /// A customer orders one unit: the shop's figure falls.
    pub fn order(&self, number: u32, product: u32, stamp: Timestamp) -> OrderSnapshot {
        let snapshot = snapshot(number, product, 1, 0, stamp);
        self.shop.order(snapshot.clone());
        self.shop.change(|one| one == product, |item| item.shown -= 1);
        snapshot
    }

    /// Takes an order in, as its webhook would.
    pub fn take_in(&self, snapshot: OrderSnapshot) {
        let message = InboundOrder {
            connection: connection(),
            number: snapshot.number.clone(),
            snapshot: Some(snapshot),
            cause: contracts::Cause::Webhook,
            read_at: self.now(),
        };
        let outcomes = finish(accept_orders(&self.world(), &self.lookup, vec![Arrival { message, receives: 1 }]));
        assert!(matches!(outcomes[..], [Outcome::Done]), "{outcomes:?}");
    }
}

/// An order of one line.
pub fn snapshot(number: u32, product: u32, ordered: u32, cancelled: u32, stamp: Timestamp) -> OrderSnapshot {
    let line = SnapshotLine {
        id: OrderLineId::new("1").unwrap(),
        offer: Some(offer(product, false)),
        sku: None,
        ean: None,
        title: String::new(),
        fulfilment: Fulfilment::Merchant,
        kind: domain::LineKind::Goods,
        ordered: q(ordered),
        cancelled: q(cancelled),
        shipped: Quantity::ZERO,
        returned: Quantity::ZERO,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: domain::LineTerms::default(),
    };
    OrderSnapshot {
        number: OrderNumber::new(format!("N{number:06}")).unwrap(),
        display_number: None,
        placed_at: long_ago() + SignedDuration::from_secs(60),
        stamp: Some(stamp),
        channel_status: "open".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: domain::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: vec![line],
    }
}
