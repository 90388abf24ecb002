//! Which product an order line is, and lines that are none.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{Ean, LineKind, Order, OrderSnapshot, Product, Sku};
use engine::rows::{ConnectionRow, OrderRow, ParkedRow, TypedRow};
use engine::{Cache, Opening, accept_orders, put_bundle, put_connection, put_product};
use simulation::invariants;
use simulation::market::Market;
use simulation::shop::{arrival, connection, location, q, shop, sku, told};
use testkit::Stage;
use testkit::run::finish;

const LAMP: &str = "8712345678906";

/// A shop with a lamp that has an EAN, a cord, and a set of both.
fn lamps() -> Stage {
    let stage = shop(&["web"], &[("CORD", 20)]);
    let set = Product { sku: sku("SET"), ean: None, title: "Set".into(), variant: String::new() };
    finish(put_product(&stage.world(), &set, &[])).unwrap();
    let item = Product { sku: sku("LAMP"), ean: Some(Ean::new(LAMP).unwrap()), title: "Lamp".into(), variant: String::new() };
    finish(put_product(&stage.world(), &item, &[Opening { location: location("main"), quantity: q(20) }])).unwrap();
    let part = |name| domain::Component { sku: sku(name), units: q(1) };
    finish(put_bundle(&stage.world(), &sku("SET"), &[part("LAMP"), part("CORD")], "Ada")).unwrap();
    stage
}

fn take_in(stage: &Stage, snapshot: OrderSnapshot) -> Order {
    let key = OrderRow::key(&connection("web"), &snapshot.number);
    finish(accept_orders(&stage.world(), &Cache::default(), vec![arrival("web", snapshot, 1)]));
    invariants::check(&stage.table);
    OrderRow::from_row(&stage.table.row(&key).unwrap()).unwrap().0
}

fn parked(stage: &Stage) -> usize {
    stage.table.rows().iter().filter(|row| row.key.pk == ParkedRow::PARTITION).count()
}

fn one_line(own: Option<&str>, ean: Option<&str>) -> OrderSnapshot {
    let mut snapshot = told("1", 0, &[("LAMP", 1, 0, 0)]);
    snapshot.lines[0].sku = own.map(sku);
    snapshot.lines[0].ean = ean.map(|ean| Ean::new(ean).unwrap());
    snapshot
}

fn is(order: &Order) -> Option<&Sku> {
    order.lines[0].sku.as_ref()
}

#[test]
fn a_line_with_the_ean_of_a_product_and_a_sku_that_nobody_knows_is_for_a_person() {
    for (own, ean, wanted) in [
        (Some("LAMP-6"), Some(LAMP), None),
        (Some("CORD"), Some(LAMP), None),
        (None, Some(LAMP), Some("LAMP")),
        (Some("LAMP"), Some(LAMP), Some("LAMP")),
        (Some("LAMP"), None, Some("LAMP")),
    ] {
        let stage = lamps();
        let order = take_in(&stage, one_line(own, ean));
        assert_eq!(is(&order), wanted.map(sku).as_ref(), "{own:?} {ean:?}");
        assert_eq!((order.short().units(), parked(&stage)), if wanted.is_some() { (0, 0) } else { (1, 1) }, "{own:?} {ean:?}");
    }
}

#[test]
fn where_skus_on_a_channel_mean_nothing_the_ean_alone_decides() {
    let stage = lamps();
    let row = stage.table.row(&ConnectionRow::key(&connection("web"))).unwrap();
    let row = ConnectionRow { match_by: domain::MatchBy::Ean, ..ConnectionRow::from_row(&row).unwrap() };
    finish(put_connection(&stage.world(), &row)).unwrap();
    let order = take_in(&stage, one_line(Some("their-own-code"), Some(LAMP)));
    assert_eq!((is(&order), order.short().units()), (Some(&sku("LAMP")), 0));
}

#[test]
fn one_set_with_its_parts_in_the_order_takes_each_part_once_whatever_the_catalogue_knows_of_the_set() {
    for set in ["SET", "NO-SUCH-SET", "CORD"] {
        let stage = lamps();
        let mut snapshot = told("1", 0, &[(set, 1, 0, 0), ("LAMP", 1, 0, 0), ("CORD", 1, 0, 0)]);
        snapshot.lines[0].kind = LineKind::Set;
        let order = take_in(&stage, snapshot.clone());
        let held: Vec<i64> = order.lines.iter().map(|line| line.committed().units()).collect();
        assert_eq!((held, order.short().units(), parked(&stage)), (vec![0, 1, 1], 0, 0), "{set}");
        // Sent whole there, no part leaves twice.
        snapshot.stamp = snapshot.stamp.map(|at| at + jiff::SignedDuration::from_secs(60));
        snapshot.lines.iter_mut().for_each(|line| line.shipped = q(1));
        let sent: Vec<i64> = take_in(&stage, snapshot).lines.iter().map(|line| line.taken().units()).collect();
        assert_eq!(sent, [0, 1, 1], "{set}");
    }
}

#[test]
fn tips_and_downloads_beside_goods_are_no_question_to_anybody() {
    let stage = lamps();
    let mut snapshot = told("1", 0, &[("LAMP", 2, 0, 0), ("x", 1, 0, 0), ("y", 1, 0, 0), ("CORD", 3, 0, 0)]);
    (snapshot.lines[1].kind, snapshot.lines[1].sku) = (LineKind::Charge, None);
    snapshot.lines[2].kind = LineKind::Digital;
    // The merchant counts this one, though it needs no shipping.
    snapshot.lines[3].kind = LineKind::Digital;
    let order = take_in(&stage, snapshot);
    let held: Vec<i64> = order.lines.iter().map(|line| line.committed().units()).collect();
    assert_eq!((held, order.short().units(), parked(&stage)), (vec![2, 0, 0, 3], 0, 0));
}

#[test]
fn a_checkout_that_somebody_is_in_is_no_order_until_it_is_one() {
    let mut market = Market::open(&[("A", 9)], 1);
    market.subscribe();
    let mut tried = 0;
    for id in market.connections.clone() {
        let orders = |market: &Market| invariants::orders(&market.stage.table).len();
        let known = orders(&market);
        let Some(draft) = market.on(&id, |side, now| side.draft(now, &sku("A"), q(4))) else { continue };
        tried += 1;
        let live = |market: &mut Market| {
            for _ in 0..4 {
                let world = market.stage.world();
                market.webhooks(&world);
                market.stage.clock.pass(jiff::SignedDuration::from_secs(95));
                market.poll();
                market.settle();
            }
        };
        live(&mut market);
        assert_eq!(orders(&market), known, "not taken in");
        market.assert_shown("A", 9);
        // It holds nothing down either: what comes in is shown.
        let receipt = engine::Correction {
            sku: sku("A"),
            location: location("main"),
            change: engine::StockChange::Add(2),
            reason: "receipt".into(),
            by: "test".into(),
        };
        finish(engine::correct_stock(&market.stage.world(), &receipt)).unwrap();
        live(&mut market);
        market.assert_shown("A", 11);
        assert!(market.on(&id, |side, now| side.place(now, &draft)));
        live(&mut market);
        assert_eq!(orders(&market), known + 1);
        market.assert_shown("A", 7);
    }
    assert!(tried > 0, "a channel keeps such a thing");
}

#[test]
fn lines_of_no_known_product_are_named_as_the_channel_tells_them() {
    let stage = lamps();
    let mut snapshot = one_line(Some("LAMP-6"), Some(LAMP));
    snapshot.lines[0].title = "Six lamps".to_owned();
    let mut nameless = snapshot.lines[0].clone();
    (nameless.id, nameless.sku, nameless.ean) = (domain::OrderLineId::new("x9").unwrap(), None, None);
    snapshot.lines.push(nameless);
    take_in(&stage, snapshot.clone());
    let reason = || {
        let rows = stage.table.rows();
        let parked: Vec<ParkedRow> =
            rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap()).collect();
        assert_eq!(parked.len(), 1);
        parked[0].reason.clone()
    };
    assert!(
        reason().starts_with("line 0 `Six lamps` (SKU LAMP-6, EAN 8712345678906); line x9 `Six lamps` (no SKU and no EAN):"),
        "{}",
        reason()
    );
    // Another line is another reason, and the entry is the same.
    snapshot.lines.pop();
    snapshot.stamp = snapshot.stamp.map(|at| at + jiff::SignedDuration::from_secs(9));
    take_in(&stage, snapshot);
    assert!(!reason().contains("x9"), "{}", reason());
}
