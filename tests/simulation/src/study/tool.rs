//! What the tools that Sluis is compared with have in common: they read all orders reliably, keep a right book, never crash and
//! never lose anything, and write what is left, absolutely. They differ only in when.

use super::book::Book;
use super::house::House;
use domain::{ConnectionId, Quantity, Sku};
use engine::ConnectorClient;
use engine::rows::{ListingRow, TypedRow};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Error, ErrorKind, Notification, OrdersFrom, Result, Status, StockWrite};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Times a call is tried again when the channel asks to wait.
const TRIES: u32 = 5;

type Place = (ConnectionId, Sku);

/// A tool under way.
pub(super) struct Tool {
    pub(super) house: Arc<House>,
    pub(super) book: Mutex<Book>,
    listings: BTreeMap<Place, ListingRow>,
    /// What a listing was told last; nothing if the last answer was none.
    told: Mutex<BTreeMap<Place, i64>>,
    writing: Mutex<BTreeSet<Place>>,
    read_through: Mutex<BTreeMap<ConnectionId, Timestamp>>,
    began: Timestamp,
}

impl Tool {
    /// With a book of what there is; every listing shows that already.
    pub(super) fn new(house: Arc<House>, stock: &[i64]) -> Self {
        let mut book = Book::default();
        for (place, units) in stock.iter().enumerate() {
            book.receive(&house.sku(place), *units);
        }
        let rows = house.table.rows().into_iter().filter(|row| row.key.sk.starts_with(ListingRow::PREFIX));
        let listings: BTreeMap<Place, ListingRow> = rows
            .map(|row| ListingRow::from_row(&row).unwrap())
            .map(|row| ((row.connection.clone(), row.sku.clone()), row))
            .collect();
        let told = listings.keys().map(|place| (place.clone(), book.left(&place.1))).collect();
        let began = house.time.now();
        Self {
            house,
            book: Mutex::new(book),
            listings,
            told: Mutex::new(told),
            writing: Mutex::default(),
            read_through: Mutex::default(),
            began,
        }
    }

    /// A driver for one connection; the connection is there.
    pub(super) async fn driver(&self, connection: &ConnectionId) -> ConnectorClient<'_> {
        ConnectorClient::open(&self.house.world, &self.house.lookup, connection).await.unwrap()
    }

    /// Waits if the channel asked to; false if it did not, or too often.
    async fn bears_with(&self, error: &Error, tries: &mut u32) -> bool {
        *tries += 1;
        let wait = match error.status {
            Status::Temporary { retry_after } => retry_after.and_then(|after| SignedDuration::try_from(after).ok()),
            Status::Permanent | Status::Unknown => return false,
        };
        self.house.time.wait(wait.unwrap_or(SignedDuration::from_secs(1))).await;
        *tries <= TRIES
    }

    /// Reads what changed on a channel since the last time, all of it.
    pub(super) async fn read(&self, connection: &ConnectionId) {
        let driver = self.driver(connection).await;
        let paging = driver.connector().orders().unwrap().descriptor().paging;
        let now = self.house.time.now();
        let from = self.read_through.lock().unwrap().get(connection).copied().unwrap_or(self.began);
        let since = from.checked_sub(paging.overlap).unwrap().max(self.began);
        let (mut page, mut tries) = (None, 0);
        loop {
            let asked = OrdersFrom { since, page: page.clone() };
            match driver.orders().unwrap().call(|orders, call| orders.list(call, &asked)).await {
                Ok(answer) => {
                    for notice in answer.notices {
                        if self.take(&driver, notice).await.is_err() {
                            return;
                        }
                    }
                    page = answer.next;
                    if page.is_none() {
                        let through = now.checked_sub(paging.lag).unwrap().max(self.began);
                        self.read_through.lock().unwrap().insert(connection.clone(), through);
                        return;
                    }
                }
                Err(error) if self.bears_with(&error, &mut tries).await => {}
                // The next read begins where this one did.
                Err(_) => return,
            }
        }
    }

    /// Puts what a list or a webhook tells into the book.
    pub(super) async fn take(&self, driver: &ConnectorClient<'_>, notice: Notification) -> Result<()> {
        let connection = &driver.account.connection;
        let snapshot = match notice {
            Notification::Order(snapshot) => *snapshot,
            Notification::Changed { number, stamp } if !self.book.lock().unwrap().knows(connection, &number, stamp) => {
                let mut tries = 0;
                loop {
                    match driver.orders().unwrap().call(|orders, call| orders.read(call, &number)).await {
                        Ok(snapshot) => break snapshot,
                        Err(error) if self.bears_with(&error, &mut tries).await => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            Notification::Changed { .. }
            | Notification::Stock(_)
            | Notification::StockOf { .. }
            | Notification::Unreadable(_)
            | Notification::Ignored => {
                return Ok(());
            }
        };
        self.book.lock().unwrap().take(connection, &snapshot);
        // The channel has put the units of a cancelled line back in its window by itself.
        for sku in snapshot.lines.iter().filter(|l| !l.cancelled.is_zero()).filter_map(|l| l.sku.clone()) {
            self.told.lock().unwrap().remove(&(connection.clone(), sku));
        }
        Ok(())
    }

    /// Writes what is left of every product to a channel, where it was told otherwise.
    pub(super) async fn write_all(&self, connection: &ConnectionId) {
        let products = self.book.lock().unwrap().products();
        for sku in products {
            self.write(connection, &sku).await;
        }
    }

    /// Writes what is left of a product to a channel, until it was told the present figure. One write of a listing at a time: an
    /// older figure never arrives after a newer one.
    pub(super) async fn write(&self, connection: &ConnectionId, sku: &Sku) {
        let place = (connection.clone(), sku.clone());
        if !self.writing.lock().unwrap().insert(place.clone()) {
            return;
        }
        let driver = self.driver(connection).await;
        let mut tries = 0;
        loop {
            let left = self.book.lock().unwrap().left(sku);
            if self.told.lock().unwrap().get(&place) == Some(&left) {
                break;
            }
            let listing = &self.listings[&place].listing;
            let write = StockWrite {
                offer: listing.offer.clone(),
                stock_reference: listing.stock_reference.clone(),
                quantity: Quantity::clamped(left),
                from: None,
                places: Vec::new(),
                start_tracking: false,
            };
            match driver.stock().unwrap().call(|stock, call| stock.write_one(call, &write)).await {
                Ok(_) => {
                    self.told.lock().unwrap().insert(place.clone(), left);
                }
                Err(error) => {
                    self.told.lock().unwrap().remove(&place);
                    // A conflict says that somebody bought at that very moment: written again.
                    if error.kind != ErrorKind::Conflict && !self.bears_with(&error, &mut tries).await {
                        break;
                    }
                }
            }
        }
        self.writing.lock().unwrap().remove(&place);
    }
}
