use super::*;
use crate::{Allocation, LineState, OrderLineId, OrderSnapshot, PartState, Restocked};
use jiff::Timestamp;

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn place(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

fn shop() -> ConnectionId {
    ConnectionId::new("shop").unwrap()
}

fn number(text: &str) -> OrderNumber {
    OrderNumber::new(text).unwrap()
}

fn lamp() -> Sku {
    Sku::new("LAMP").unwrap()
}

fn order(name: &str, committed: i64, taken: i64, back: i64) -> Order {
    let claim = Allocation { location: place("main"), allocated: q(committed), shipped: q(taken) };
    let restocked = (back > 0).then(|| Restocked { location: place("main"), units: q(back) });
    let part = PartState {
        sku: lamp(),
        units: Quantity::ONE,
        allocations: vec![claim],
        short: Quantity::ZERO,
        restocked: restocked.into_iter().collect(),
        written_off: Vec::new(),
    };
    let line = LineState { sku: Some(lamp()), parts: vec![part], ..LineState::new(OrderLineId::new("1").unwrap()) };
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    Order {
        connection: shop(),
        snapshot: OrderSnapshot {
            number: number(name),
            display_number: None,
            placed_at: at,
            stamp: None,
            channel_status: String::new(),
            draft: false,
            awaits_acceptance: None,
            ship_to: None,
            lines: Vec::new(),
            terms: crate::OrderTerms::default(),
            unreadable_lines: Vec::new(),
        },
        lines: vec![line],
        version: 1,
        read_at: at,
        accepted_at: at,
        accepted_version: 1,
        acceptance: None,
        shipments: Vec::new(),
        cancellations: Vec::new(),
        returns: Vec::new(),
        put_back: Vec::new(),
        history: Vec::new(),
        decided: Vec::new(),
        doubts_stamps: false,
        line_rows: Vec::new(),
    }
}

/// One row: available, reserved, what orders took of it, what was done here about an order.
type Line = (i64, i64, Vec<(&'static str, i64)>, Option<&'static str>);

#[derive(Clone)]
struct Books {
    ledger: Vec<Line>,
    orders: Vec<Order>,
    level: StockLevel,
    flow: Flow,
    short: Quantity,
}

/// 20 on the shelf; 1 and 2 take 3 and 4; 2 gives one back; 1 is sent, and one of it comes back.
fn right() -> Books {
    Books {
        ledger: vec![
            (20, 0, vec![], None),
            (-7, 7, vec![("1", -3), ("2", -4)], None),
            (1, -1, vec![("2", 1)], None),
            (0, -3, vec![], Some("1")),
            (1, 0, vec![], Some("1")),
        ],
        orders: vec![order("1", 3, 3, 1), order("2", 3, 0, 0)],
        level: StockLevel { available: q(15), reserved: q(3), version: 5 },
        flow: Flow { out: 7, back: 1 },
        short: Quantity::ZERO,
    }
}

fn judge(books: &Books, parts: u64, turn: u64) -> Vec<BooksFlaw> {
    let mut fold = BooksFold::new(parts, turn);
    for (n, (available, reserved, orders, deed)) in books.ledger.iter().enumerate() {
        let orders: Vec<_> = orders.iter().map(|(name, units)| (shop(), number(name), *units)).collect();
        let by = deed.map(number);
        let movement = Movement { available: *available, reserved: *reserved };
        let shop = shop();
        let named = match &by {
            Some(number) => Named::Order(&shop, number),
            None if orders.is_empty() => Named::Nobody,
            None => Named::Orders(&orders),
        };
        fold.row(&place("main"), &n.to_string(), movement, named);
    }
    while let Some(key) = fold.next_order() {
        let order = books.orders.iter().find(|order| order.snapshot.number == key.1);
        fold.compare(&key, &lamp(), order);
    }
    fold.figure(&place("main"), &books.level, &BTreeMap::from([(shop(), books.flow)]));
    fold.flaws(books.short)
}

#[test]
fn books_that_add_up_have_no_flaw_whichever_part_is_followed() {
    assert_eq!(judge(&right(), 1, 0), []);
    for turn in 0..3 {
        assert_eq!(judge(&right(), 3, turn), []);
    }
}

#[test]
fn every_deleted_doubled_or_altered_movement_is_named() {
    for n in 0..right().ledger.len() {
        let mut deleted = right();
        deleted.ledger.remove(n);
        assert_ne!(judge(&deleted, 1, 0), [], "deleted {n}");
        let mut doubled = right();
        doubled.ledger.push(doubled.ledger[n].clone());
        assert_ne!(judge(&doubled, 1, 0), [], "doubled {n}");
        for change in [|row: &mut Line| row.0 += 1, |row: &mut Line| row.1 -= 1] {
            let mut altered = right();
            change(&mut altered.ledger[n]);
            assert_ne!(judge(&altered, 1, 0), [], "altered {n}");
        }
    }
    let mut other_order = right();
    other_order.ledger[1].2 = vec![("1", -4), ("2", -3)];
    assert!(judge(&other_order, 1, 0).iter().all(|flaw| matches!(flaw, BooksFlaw::Order { .. })));
    let mut unknown = right();
    unknown.ledger[1].2[0].0 = "9";
    assert!(judge(&unknown, 1, 0).iter().any(|flaw| matches!(flaw, BooksFlaw::OrderGone { .. })));
}

#[test]
fn two_mistakes_that_cancel_each_other_out_are_still_named() {
    // One movement is gone and another grew by as much: the sums are right.
    let mut books = right();
    books.ledger.remove(4);
    books.ledger[0].0 += 1;
    assert!(judge(&books, 1, 0).contains(&BooksFlaw::Count { location: place("main"), rows: 4, version: 5 }));
}

#[test]
fn every_altered_figure_and_order_is_named() {
    let changes: [fn(&mut Books); 9] = [
        |b| b.level.available = q(16),
        |b| b.level.reserved = q(2),
        |b| b.level.version = 6,
        |b| b.flow.out = 8,
        |b| b.flow.back = 0,
        |b| b.orders[0] = order("1", 2, 2, 1),
        |b| b.orders[0] = order("1", 3, 2, 1),
        |b| b.orders[0] = order("1", 3, 3, 0),
        |b| drop(b.orders.remove(1)),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut books = right();
        change(&mut books);
        assert_ne!(judge(&books, 1, 0), [], "{n}");
    }
    let mut elsewhere = right();
    elsewhere.orders[1].lines[0].parts[0].allocations[0].location = place("other");
    assert_ne!(judge(&elsewhere, 1, 0), []);
    let mut short = right();
    short.orders[1].lines[0].parts[0].short = q(2);
    assert_eq!(judge(&short, 1, 0), [BooksFlaw::Short { orders: 2, row: 0 }]);
    short.short = q(2);
    assert_eq!(judge(&short, 1, 0), []);
}

#[test]
fn an_order_is_followed_in_exactly_one_turn() {
    let mut gone = right();
    gone.orders.remove(1);
    let named = (0..3).filter(|turn| judge(&gone, 3, *turn).iter().any(|f| matches!(f, BooksFlaw::OrderGone { .. })));
    assert_eq!(named.count(), 1);
}
