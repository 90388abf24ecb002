use crate::{
    Component, ConnectionId, Ean, Fulfilment, Incoming, LineProduct, LocationId, Movement, OfferId, Order, OrderLineId,
    OrderNumber, OrderSnapshot, Plan, Quantity, Remaining, Sku, SnapshotLine, plan,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn sku(name: &str) -> Sku {
    Sku::new(name).unwrap()
}

fn here() -> LocationId {
    LocationId::new("main").unwrap()
}

/// How a channel names the product of a line.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Offer,
    Ean,
    Sku,
}

fn told(second: i64, product: &str, by: By, ordered: i64, shipped: i64) -> Incoming {
    let eans = BTreeMap::from([("TABLE", "8712345600044"), ("CHAIR", "8712345600037"), ("SET", "8712345600051")]);
    let line = SnapshotLine {
        id: OrderLineId::new("7").unwrap(),
        offer: (by == By::Offer).then(|| OfferId::new(format!("offer of {product}")).unwrap()),
        sku: (by != By::Ean).then(|| sku(product)),
        ean: (by == By::Ean).then(|| Ean::new(eans[product]).unwrap()),
        title: product.into(),
        fulfilment: Fulfilment::Merchant,
        kind: crate::LineKind::Goods,
        ordered: q(ordered),
        cancelled: Quantity::ZERO,
        shipped: q(shipped),
        returned: Quantity::ZERO,
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: crate::LineTerms::default(),
    };
    let snapshot = OrderSnapshot {
        number: OrderNumber::new("2351").unwrap(),
        display_number: None,
        placed_at: at(0),
        stamp: Some(at(second)),
        channel_status: "processing".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: crate::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: vec![line],
    };
    let mut line_product = LineProduct::single(sku(product));
    if product == "SET" {
        let part = |name, units| Component { sku: sku(name), units: q(units) };
        line_product.components = vec![part("TABLE", 1), part("CHAIR", 4)];
    }
    Incoming {
        connection: ConnectionId::new("shop").unwrap(),
        snapshot,
        read_at: at(second),
        source: crate::Source::List,
        products: BTreeMap::from([(OrderLineId::new("7").unwrap(), line_product)]),
        digital: std::collections::BTreeSet::new(),
        locations: vec![here()],
    }
}

/// Takes the states in one after the other, 20 units of each product at the start; answers the order and where the figures end.
fn live(states: &[Incoming]) -> (Order, BTreeMap<String, (i64, i64)>, Plan) {
    let mut figures = BTreeMap::from([("CHAIR".to_owned(), (20, 0)), ("TABLE".to_owned(), (20, 0))]);
    let mut stored = BTreeMap::new();
    let mut last = Plan::default();
    for state in states {
        let mut remaining = Remaining::default();
        for (name, (available, _)) in &figures {
            remaining.know(&sku(name), &here(), q(*available));
        }
        last = plan(std::slice::from_ref(state), &stored, remaining);
        for ((sku, _), Movement { available, reserved }) in &last.movements {
            let row = figures.get_mut(sku.as_str()).unwrap();
            *row = (row.0 + available, row.1 + reserved);
        }
        for planned in last.orders.clone() {
            stored.insert((planned.order.connection.clone(), planned.order.snapshot.number.clone()), planned.order);
        }
    }
    (stored.into_values().next().unwrap(), figures, last)
}

fn figures(chair: (i64, i64), table: (i64, i64)) -> BTreeMap<String, (i64, i64)> {
    BTreeMap::from([("CHAIR".to_owned(), chair), ("TABLE".to_owned(), table)])
}

#[test]
fn what_a_line_holds_follows_the_product_that_the_channel_says_it_is() {
    for by in [By::Offer, By::Ean, By::Sku] {
        let (order, end, plan) = live(&[told(0, "TABLE", by, 2, 0), told(300, "CHAIR", by, 2, 0)]);
        assert_eq!(end, figures((18, 2), (20, 0)));
        assert_eq!(order.lines[0].sku, Some(sku("CHAIR")));
        let mut named: Vec<&str> = plan.orders[0].demands.iter().map(|demand| demand.sku.as_str()).collect();
        named.sort_unstable();
        assert_eq!(named, ["CHAIR", "TABLE"], "the ledgers of both tell of it");
        assert!(plan.orders[0].stayed.is_empty());
    }
}

#[test]
fn it_is_known_what_a_line_was_with_all_that_it_took() {
    let former = |states: &[Incoming]| live(states).0.lines[0].former.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (table, chair) = (|second| told(second, "TABLE", By::Offer, 2, 0), |second| told(second, "CHAIR", By::Offer, 2, 0));
    assert!(former(&[table(0), table(5)]).is_empty());
    assert_eq!(former(&[table(0), chair(5)]), ["TABLE"]);
    assert_eq!(former(&[table(0), chair(5), table(9), chair(12)]), ["CHAIR", "TABLE"]);
    assert_eq!(former(&[told(0, "SET", By::Offer, 2, 0), table(5)]), ["CHAIR", "SET", "TABLE"]);
}

#[test]
fn in_whatever_order_its_states_come_and_however_often() {
    let states = [told(0, "TABLE", By::Offer, 2, 0), told(5, "CHAIR", By::Offer, 3, 0), told(9, "TABLE", By::Offer, 1, 0)];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let all: Vec<Incoming> = order.iter().flat_map(|n| [states[*n].clone(), states[*n].clone()]).collect();
        let (_, end, _) = live(&all);
        assert_eq!(end, figures((20, 0), (19, 1)), "{order:?}");
    }
}

#[test]
fn a_set_becomes_one_of_its_parts_and_a_part_the_set() {
    let (_, end, _) = live(&[told(0, "SET", By::Offer, 2, 0), told(5, "CHAIR", By::Offer, 2, 0)]);
    assert_eq!(end, figures((18, 2), (20, 0)));
    let (_, end, _) = live(&[told(0, "CHAIR", By::Offer, 2, 0), told(5, "SET", By::Offer, 2, 0)]);
    assert_eq!(end, figures((12, 8), (18, 2)));
}

#[test]
fn the_units_that_come_free_cover_what_is_wanted_in_the_same_moment() {
    // All twenty chairs are in sets; the line becomes twenty chairs.
    let (order, end, _) = live(&[told(0, "SET", By::Offer, 5, 0), told(5, "CHAIR", By::Offer, 20, 0)]);
    assert_eq!(end, figures((0, 20), (20, 0)));
    assert!(order.short().is_zero());
}

#[test]
fn what_is_shipped_stays_as_it_was_and_is_named() {
    let (order, end, plan) = live(&[told(0, "TABLE", By::Offer, 2, 1), told(5, "CHAIR", By::Offer, 2, 1)]);
    assert_eq!(end, figures((20, 0), (18, 1)));
    assert_eq!(order.lines[0].sku, Some(sku("TABLE")));
    assert_eq!(plan.orders[0].stayed, [OrderLineId::new("7").unwrap()].into());
    // Sent as what it became: then that is what left.
    let (_, end, _) = live(&[told(0, "TABLE", By::Offer, 2, 0), told(5, "CHAIR", By::Offer, 2, 2)]);
    assert_eq!(end, figures((18, 0), (20, 0)));
}

#[test]
fn what_only_we_match_otherwise_stays_what_it_was() {
    let mut again = told(5, "TABLE", By::Offer, 3, 0);
    again.products = BTreeMap::from([(OrderLineId::new("7").unwrap(), LineProduct::single(sku("CHAIR")))]);
    let (order, end, plan) = live(&[told(0, "TABLE", By::Offer, 2, 0), again]);
    assert_eq!((end, order.lines[0].sku.clone()), (figures((20, 0), (17, 3)), Some(sku("TABLE"))));
    assert!(plan.orders[0].stayed.is_empty());
    // Nor is it another product because its code changed on the channel.
    let mut renamed = told(5, "TABLE", By::Offer, 2, 0);
    renamed.snapshot.lines[0].sku = Some(sku("CHAIR"));
    renamed.products = BTreeMap::from([(OrderLineId::new("7").unwrap(), LineProduct::single(sku("CHAIR")))]);
    let (_, end, _) = live(&[told(0, "TABLE", By::Offer, 2, 0), renamed]);
    assert_eq!(end, figures((20, 0), (18, 2)));
}

#[test]
fn a_product_that_nobody_knows_waits_for_a_match_and_the_other_comes_free() {
    let mut unknown = told(5, "CHAIR", By::Offer, 2, 0);
    unknown.products.clear();
    let (order, end, _) = live(&[told(0, "TABLE", By::Offer, 2, 0), unknown]);
    assert_eq!(end, figures((20, 0), (20, 0)));
    assert_eq!((order.lines[0].sku.clone(), order.lines[0].unmatched), (None, q(2)));
    let (_, end, _) =
        live(&[told(0, "TABLE", By::Offer, 2, 0), told(5, "CHAIR", By::Offer, 2, 0), told(6, "CHAIR", By::Offer, 1, 0)]);
    assert_eq!(end, figures((19, 1), (20, 0)));
}
