//! What a step wrote, row by row: stock and orders, the cursor, listings and their leases, what was put aside or parked.

use super::super::books::OrderKey;
use super::super::functions::Task;
use super::super::{PRODUCTS, Simulation, broken};
use domain::{ChannelId, ConnectionId, OrderNumber};
use engine::Received;
use engine::rows::{
    CursorRow, LedgerCause, LedgerRow, ListingRow, OrderRow, OrderStockAction, OutboxRow, ParkedRow, RuleRow, TypedRow,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Connectors, Key, Row, Value};

impl Simulation<'_> {
    /// Looks at all that the last step did. `task`: who did it, if it was a function.
    pub(in super::super) fn observe(&mut self, mut task: Option<&mut Task>) {
        let table = self.market.stage.table.clone();
        let touched = table.touched();
        self.watch.checks += touched.len() as u64;
        for row in self.watch.fold.apply(&table, &touched) {
            self.see_ledger(&row);
        }
        self.collect(task.as_deref_mut());
        self.see_tellings();
        for key in &touched {
            let row = table.row(key);
            self.see(key, row.as_ref(), task.as_deref_mut());
        }
        // Figures move by what is done on the channels, and by pushes.
        if task.as_ref().is_none_or(|task| task.may_push()) {
            self.see_channels(task.as_deref());
        }
    }

    fn see(&mut self, key: &Key, row: Option<&Row>, task: Option<&mut Task>) {
        for text in row.iter().flat_map(|row| row.attributes.values()) {
            if let Value::Text(text) = text {
                self.watch.private(text, format_args!("row {} / {}", key.pk, key.sk));
            }
        }
        if key.pk.starts_with("SKU#") && key.sk.starts_with(ListingRow::PREFIX) {
            let row = row.map(|row| ListingRow::from_row(row).unwrap());
            self.see_word(key, row.as_ref());
            match row {
                Some(row) => self.see_listing(key, &row, task),
                None => drop(self.watch.told.remove(key)),
            }
        } else if let Some(sku) = key.pk.strip_prefix("SKU#").filter(|_| key.sk.starts_with(RuleRow::PREFIX)) {
            self.see_rule(sku);
        } else if let Some(row) = row.filter(|row| row.key.sk == "CURSOR") {
            self.see_cursor(&CursorRow::from_row(row).unwrap());
        } else if let Some(order) = key.pk.strip_prefix("ORDER#") {
            let (connection, number) = order.split_once('#').unwrap();
            let order = (ConnectionId::new(connection).unwrap(), OrderNumber::new(number).unwrap());
            if key.sk == "ORDER" {
                self.is_to_be_told(&order, row, task.is_some_and(|task| task.takes_in()));
            }
            self.see_order(&order, key, row);
        } else if key.pk == OutboxRow::PARTITION {
            if row.is_some() {
                self.outbox.insert(key.clone())
            } else {
                self.outbox.remove(key)
            };
        } else if key.pk == ParkedRow::PARTITION
            && let Some(task) = task
        {
            task.parked += 1;
        }
    }

    /// Orders that are taken in are told of until somebody has heard. What a person does is told once, and how far a channel was told is
    /// told to nobody.
    fn is_to_be_told(&mut self, order: &OrderKey, row: Option<&Row>, taken_in: bool) {
        let Some(row) = row.map(|row| OrderRow::from_row(row).unwrap().0) else { return };
        let (last, owed) = self.owed.entry(order.clone()).or_default();
        // The same version again says only that it was read once more.
        if row.version > *last && taken_in && row.is_complete() {
            *owed = row.version;
        }
        *last = row.version;
    }

    fn see_order(&mut self, order: &OrderKey, key: &Key, row: Option<&Row>) {
        if key.sk == "ORDER" {
            let Some(row) = row.map(|row| OrderRow::from_row(row).unwrap().0) else { return };
            let cancelled = row.snapshot.lines.iter().map(|line| line.cancelled.units()).sum();
            self.note(&format!("order {} of {} is in, version {}", order.1, order.0, row.version));
            if row.is_complete() {
                self.books.is_in(order, cancelled);
            }
            self.is_telling(order, &row);
        } else if self.books.awaits(order) {
            broken!("I12", "order {order:?} is put aside, and nobody asked for that");
        }
    }

    /// Stock moves for an order or for a reason that somebody gave, and for each reason once.
    fn see_ledger(&mut self, row: &LedgerRow) {
        let came_in = row.movement.available.max(0);
        let (came_in, reason) = match &row.cause {
            LedgerCause::Correction { reason, .. } => (came_in, reason),
            LedgerCause::Transfer { reason, .. } => (0, reason),
            LedgerCause::Order { action: OrderStockAction::Restocked, .. } => return self.came_in(row, came_in),
            LedgerCause::Edited { connection } => {
                self.see_edited(connection, row);
                return self.came_in(row, came_in);
            }
            LedgerCause::Orders { .. } | LedgerCause::Order { .. } | LedgerCause::Opening => return,
        };
        let Some(number) = reason.strip_prefix("correction ").and_then(|n| n.parse().ok()) else {
            broken!("I1", "stock of {} moved by {} for a reason that nobody gave: {reason}", row.sku, row.movement.available);
        };
        // A transfer has a row for where it left, and one for where it arrived.
        let times = self.watch.corrections.entry((number, row.location.clone())).or_default();
        *times += 1;
        if *times > 1 {
            broken!("I1", "correction {number} is in the ledger {times} times");
        }
        self.came_in(row, came_in);
    }

    /// The shop that leads corrects stock by no more than its staff changed, up and down each: no sale, no cancelled order and no write of
    /// ours is taken for theirs.
    fn see_edited(&mut self, connection: &ConnectionId, row: &LedgerRow) {
        self.watch.checks += 1;
        if !self.leads(connection) {
            broken!("I1", "stock of {} is corrected by what {connection} shows, which does not lead", row.sku);
        }
        let product = PRODUCTS.iter().position(|name| *name == row.sku.as_str()).unwrap();
        if let Some(how) = self.books.took(product, row.movement.available) {
            broken!("I4", "{} of {} is taken for an edit: {how}", row.movement.available, row.sku);
        }
    }

    fn came_in(&mut self, row: &LedgerRow, units: i64) {
        let product = PRODUCTS.iter().position(|name| *name == row.sku.as_str()).unwrap();
        self.books.came_in(product, units);
    }

    /// I7: not past what is not durable, and not beyond now less the lag. I5: not "taken in up to" what is not.
    fn see_cursor(&mut self, cursor: &CursorRow) {
        self.watch.checks += 2;
        let id = &cursor.connection;
        let settled = cursor.settled_through.map_or_else(|| "nothing".to_owned(), |at| format!("all up to {at}"));
        let pending: Vec<&str> = cursor.pending.iter().map(|order| order.number.as_str()).collect();
        self.note(&format!("the list of {id} is read up to {}, {settled} is taken in, {pending:?} are not", cursor.since));
        // Nothing that was written by a clock that is wrong is believed once it is right.
        if !self.connected.contains(id) || self.may_write_wrong_times() {
            return;
        }
        let channel = connectors::Registry.get(&ChannelId::new(id.as_str()).unwrap()).unwrap();
        let ahead = SignedDuration::from_secs(i64::from(self.script.clocks_differ));
        // What was placed before the connection was there is nobody's to read.
        let reach = (self.now() + ahead).checked_sub(channel.orders().unwrap().descriptor().paging.lag).unwrap_or(Timestamp::MIN);
        let start = self.row(id).map_or(Timestamp::MIN, |row| row.orders_since);
        if cursor.since > reach.max(start) {
            broken!("I7", "the cursor of {id} is at {}, which is less than the lag behind now", cursor.since);
        }
        if let Some((order, at)) = self.books.not_durable(id, cursor.since) {
            broken!(
                "I7",
                "the cursor of {id} is at {}, and {} of {at} is neither taken in nor on a queue",
                cursor.since,
                order.1
            );
        }
        if let Some(settled) = cursor.settled_through
            && let Some((order, at)) = self.books.not_in(id, settled)
        {
            broken!("I5", "{id} counts as taken in up to {settled}, and {} of {at} is not", order.1);
        }
    }

    /// I6: a lease has one holder, and no figure is older than the one before it.
    fn see_listing(&mut self, key: &Key, row: &ListingRow, task: Option<&mut Task>) {
        let name = (row.sku.clone(), row.connection.clone());
        match (&row.lease, task) {
            (None, _) => drop(self.watch.holders.remove(&name)),
            (Some(lease), Some(task)) if self.watch.holders.get(&name).is_none_or(|(known, _)| known != lease) => {
                self.watch.holders.insert(name, (lease.clone(), task.id));
            }
            _ => {}
        }
        if let Some(version) = row.told_version {
            let known = self.watch.told.entry(key.clone()).or_default();
            if version < *known {
                broken!("I6", "{} of {} was told version {version} after {known}", row.sku, row.connection);
            }
            *known = version;
        }
    }

    /// I8: what a delivery is answered 2xx for is stored.
    pub(in super::super) fn check_stored(&mut self, task: &Task, received: Option<Received>) {
        let Some(received) = received else { return };
        self.watch.checks += 1;
        let (orders, hints) = task.sent;
        if orders < received.orders || hints < received.hints || (received.parked && task.parked == 0) {
            broken!("I8", "{} was answered 200 for {received:?}, and stored {orders} orders, {hints} hints", task.name);
        }
    }
}
