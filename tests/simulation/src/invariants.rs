//! What must hold of the table at any time (I1 to I4 of ARCHITECTURE.md), read from the rows alone.

use domain::{ConnectionId, LocationId, OrderNumber, Sku, StockLevel};
use engine::rows::{LedgerCause, LedgerRow, OrderRow, ShortRow, StockRow, TypedRow};
use std::collections::BTreeMap;
use testkit::memory::MemoryTable;

/// All orders in the table.
pub fn orders(table: &MemoryTable) -> BTreeMap<(ConnectionId, OrderNumber), domain::Order> {
    let rows = table.rows();
    let mut lines: BTreeMap<&str, Vec<ports::Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.key.sk.starts_with(OrderRow::LINES_PREFIX)) {
        lines.entry(&row.key.pk).or_default().push(row.clone());
    }
    let heads = rows.iter().filter(|r| r.key.pk.starts_with("ORDER#") && r.key.sk == "ORDER");
    let orders = heads.map(|head| {
        let lines = lines.get(head.key.pk.as_str()).map_or(&[][..], Vec::as_slice);
        OrderRow::assemble(head, lines).unwrap().expect("an order and its lines belong together")
    });
    orders.map(|o| ((o.connection.clone(), o.snapshot.number.clone()), o)).collect()
}

/// All stock rows in the table.
pub fn stock(table: &MemoryTable) -> BTreeMap<(Sku, LocationId), StockLevel> {
    let rows = table.rows();
    let stock = rows.iter().filter(|r| r.key.sk.starts_with(StockRow::PREFIX)).map(|r| StockRow::from_row(r).unwrap());
    stock.map(|s| ((s.sku, s.location), s.level)).collect()
}

/// Units that are promised and that nothing covers, by product.
pub fn short(table: &MemoryTable) -> BTreeMap<Sku, i64> {
    let rows = table.rows();
    let short = rows.iter().filter(|r| r.key.sk == ShortRow::NAME).map(|r| ShortRow::from_row(r).unwrap());
    short.filter(|s| !s.units.is_zero()).map(|s| (s.sku, s.units.units())).collect()
}

/// A stock row.
type Place = (Sku, LocationId);
/// An order's part of a stock row.
type Part = (ConnectionId, OrderNumber, Sku, LocationId);

/// What the ledger says.
#[derive(Default)]
struct Ledger {
    /// Available, reserved and commits of each stock row.
    folded: BTreeMap<Place, (i64, i64, u64)>,
    /// Units that each order took (negative) or gave back.
    by_order: BTreeMap<Part, i64>,
    /// Units that came and went for no order.
    given: BTreeMap<Place, i64>,
    /// What each transfer comes to over its locations.
    transfers: BTreeMap<(Sku, String), i64>,
}

impl Ledger {
    fn read(table: &MemoryTable) -> Self {
        let mut ledger = Self::default();
        for row in table.rows().iter().filter(|r| r.key.pk.starts_with("LEDGER#")) {
            ledger.add(LedgerRow::from_row(row).unwrap());
        }
        ledger
    }

    fn add(&mut self, row: LedgerRow) {
        let LedgerRow { sku, location, movement, commit, cause, .. } = row;
        let place = (sku.clone(), location.clone());
        let fold = self.folded.entry(place.clone()).or_default();
        fold.0 += movement.available;
        fold.1 += movement.reserved;
        fold.2 += 1;
        match cause {
            LedgerCause::Orders { orders, .. } => {
                let named: i64 = orders.iter().map(|(_, _, units)| units).sum();
                assert_eq!(named, movement.available, "a ledger row names what moved");
                for (connection, number, units) in orders {
                    *self.by_order.entry((connection, number, sku.clone(), location.clone())).or_default() += units;
                }
            }
            LedgerCause::Order { connection, number, .. } => {
                *self.by_order.entry((connection, number, sku, location)).or_default() += movement.available;
            }
            LedgerCause::Transfer { .. } => {
                *self.given.entry(place).or_default() += movement.available;
                *self.transfers.entry((sku, commit)).or_default() += movement.available;
            }
            LedgerCause::Correction { .. } | LedgerCause::Edited { .. } | LedgerCause::Opening => {
                *self.given.entry(place).or_default() += movement.available;
            }
        }
    }
}

/// What orders hold of one stock row.
#[derive(Default, Clone, Copy)]
struct Held {
    committed: i64,
    taken: i64,
    restocked: i64,
    written_off: i64,
}

/// Checks that stock is the fold of the ledger; that what is reserved is what open orders hold; that the ledger names for every order
/// exactly what the order holds, brought back and wrote off, row by row; that nothing is lost on the way: what was there at the start,
/// corrected and transferred, less what left or was written off and with what came back, is what is there. Negative figures cannot even be read back.
///
/// # Panics
/// Where one does not hold.
pub fn check(table: &MemoryTable) {
    let mut ledger = Ledger::read(table);
    let stock = stock(table);
    for (key, level) in &stock {
        let fold = ledger.folded.get(key).copied().unwrap_or_default();
        assert_eq!((level.available.units(), level.reserved.units(), level.version), fold, "{key:?} is the fold of its ledger");
    }
    assert!(ledger.folded.keys().all(|k| stock.contains_key(k)), "no ledger without stock");
    ledger.transfers.retain(|_, units| *units != 0);
    assert_eq!(ledger.transfers, BTreeMap::new(), "what is transferred arrives");
    let mut held: BTreeMap<Place, Held> = BTreeMap::new();
    let mut owed: BTreeMap<Sku, i64> = BTreeMap::new();
    for order in orders(table).values() {
        check_order(order);
        for part in order.lines.iter().flat_map(|line| &line.parts) {
            *owed.entry(part.sku.clone()).or_default() += part.short.units();
        }
        for (place, one) in held_by(order) {
            let part = (order.connection.clone(), order.snapshot.number.clone(), place.0.clone(), place.1.clone());
            let named = -ledger.by_order.remove(&part).unwrap_or(0);
            assert_eq!(one.committed - one.restocked + one.written_off, named, "{part:?} holds what the ledger says");
            let sum = held.entry(place).or_default();
            sum.committed += one.committed;
            sum.taken += one.taken;
            sum.restocked += one.restocked;
            sum.written_off += one.written_off;
        }
    }
    ledger.by_order.retain(|_, units| *units != 0);
    assert_eq!(ledger.by_order, BTreeMap::new(), "the ledger names no order that holds nothing");
    owed.retain(|_, units| *units != 0);
    assert_eq!(short(table), owed, "what is short is what orders lack");
    for (key, level) in &stock {
        let held = held.get(key).copied().unwrap_or_default();
        assert_eq!(level.reserved.units(), held.committed - held.taken, "{key:?} reserves what orders hold");
        let given = ledger.given.get(key).copied().unwrap_or(0);
        assert_eq!(
            given - held.taken + held.restocked - held.written_off,
            level.on_hand().units(),
            "{key:?} lost nothing and found nothing"
        );
    }
}

/// What one order holds, by stock row.
fn held_by(order: &domain::Order) -> BTreeMap<Place, Held> {
    let mut held: BTreeMap<Place, Held> = BTreeMap::new();
    for part in order.lines.iter().flat_map(|line| &line.parts) {
        for claim in &part.allocations {
            let sum = held.entry((part.sku.clone(), claim.location.clone())).or_default();
            sum.committed += claim.allocated.units();
            sum.taken += claim.shipped.units();
        }
        for back in &part.restocked {
            held.entry((part.sku.clone(), back.location.clone())).or_default().restocked += back.units.units();
        }
        for lost in &part.written_off {
            held.entry((part.sku.clone(), lost.location.clone())).or_default().written_off += lost.units.units();
        }
    }
    held
}

/// I4 of one order: never more held than was ordered, nor more sent than held, nor more back on sale than sent, nor more written off than
/// was cancelled as not there; and where the claims are
/// split over locations, they and what is short come to what the line demands.
///
/// # Panics
/// Where that does not hold.
pub fn check_order(order: &domain::Order) {
    for line in &order.lines {
        let told = order.snapshot.own_line(&line.id);
        let not_there = order.cancellations.iter().filter(|one| one.write_off).flat_map(|one| &one.lines);
        let not_there: domain::Quantity = not_there.filter(|one| one.line == line.id).map(|one| one.units).sum();
        // Of one that is open, what is noted stands for the products that are not done yet.
        let open = line.open.as_ref();
        let noted = open.map_or(line.kept_off, |open| open.kept_off);
        let kept_off = told.map_or(noted, |told| told.not_restocked);
        assert!(noted <= kept_off, "I4: more is kept off sale than the channel says: {line:?}");
        assert!(line.gone.less(line.kept_off) <= not_there, "I4: more is gone than was cancelled as not there: {line:?}");
        for part in &line.parts {
            let gone = open.filter(|open| open.done.contains(&part.sku)).map_or(line.gone, |open| open.gone);
            assert!(part.lost() <= gone.times(part.units), "I4: more written off than is gone: {line:?}");
            assert!(part.allocations.iter().all(|c| c.shipped <= c.allocated), "I4: more sent than held: {line:?}");
            assert!(part.back() <= part.taken(), "I4: more came back than was sent: {line:?}");
            let held = part.committed().plus(part.short);
            let Some(told) = told.filter(|_| line.open.is_none()) else { continue };
            // A channel that calls an order off, and whose number of units cannot be read, is asked for none: what was sent stays sent.
            let ordered = told.ordered.max(order.sent(&line.id)).times(part.units);
            assert!(held <= ordered, "I4: more held than was ordered: {line:?}");
            let wanted = told.ordered.less(told.cancelled).times(part.units);
            assert!(held == wanted.max(part.taken()), "I4: {held} held and short, and {wanted} are demanded: {line:?}");
        }
    }
}
