//! An order with a line that cannot be read, through the engine to the end.

use crate::bench::{Bench, Subject, sku};
use crate::oddity;
use domain::{LocationId, PossibleProducts};
use engine::rows::{ParkedRow, StockRow, TypedRow};
use engine::views::{self, BlockingOrder, Publication, PublicationExplained};
use engine::{Correction, OrderCommand, StockChange, correct_stock, handle_order};
use serde_json::{Value, json};
use testkit::run::finish;

fn available(bench: &Bench, product: usize) -> i64 {
    let key = StockRow::key(&sku(product), &LocationId::new("main").unwrap());
    finish(bench.world().get::<StockRow>(&key)).unwrap().unwrap().level.available.units()
}

fn parked(bench: &Bench) -> Vec<ParkedRow> {
    let rows = bench.stage.table.rows();
    rows.iter().filter(|row| row.key.pk == ParkedRow::PARTITION).map(|row| ParkedRow::from_row(row).unwrap()).collect()
}

fn receive(bench: &Bench, product: usize, more: i64) {
    let correction = Correction {
        sku: sku(product),
        location: LocationId::new("main").unwrap(),
        change: StockChange::Add(more),
        reason: "received".to_owned(),
        by: "test".to_owned(),
    };
    finish(correct_stock(&bench.world(), &correction)).unwrap();
}

/// The orders that are said to hold down a product's figure, and how that is told in words.
fn held(bench: &Bench, product: usize) -> (Vec<BlockingOrder>, String) {
    let world = bench.world();
    let explained = finish(views::explain(&world, &sku(product), None)).unwrap();
    let listings = finish(views::stock(&world, &sku(product))).unwrap().listings;
    let one = crate::bench::named("one");
    let push = explained.listings.iter().find(|listing| listing.connection == one).map(|listing| listing.publication.clone());
    let standing = listings.into_iter().find(|listing| listing.connection == one).map(|listing| listing.publication);
    let words = explained.to_string();
    match (push, standing) {
        (Some(PublicationExplained::OnHold { orders, .. }), Some(Publication::OnHold { orders: shown, .. })) => {
            assert_eq!(orders, shown, "told alike everywhere");
            (orders, words)
        }
        (Some(PublicationExplained::OnHold { .. }), _) | (_, Some(Publication::OnHold { .. })) => {
            panic!("told in one place alone: {words}")
        }
        _ => (Vec::new(), words),
    }
}

/// Polls and publishes for a while.
fn live(bench: &mut Bench) {
    for _ in 0..6 {
        bench.poll("one");
        bench.work_for(61);
        bench.pass(1);
    }
}

/// What channels call the units of a line.
const UNITS: [&str; 2] = ["quantity", "quantityOrdered"];

/// The units of the first line of a list.
fn units_of_the_first<'v>(json: &'v mut Value, lines: &str) -> Option<&'v mut Value> {
    let line = json.pointer_mut(&format!("{lines}/0"))?;
    let name = UNITS.into_iter().find(|name| line.get(name).is_some())?;
    line.get_mut(name)
}

/// The first line of an order counts one and a half units.
fn one_and_a_half(body: &[u8]) -> Option<Vec<u8>> {
    let mut json: Value = serde_json::from_slice(body).ok()?;
    let path = oddity::items(&json)?;
    let units = units_of_the_first(&mut json, &path)?;
    if !units.is_i64() {
        return nested(json);
    }
    *units = json!(1.5);
    Some(json.to_string().into_bytes())
}

/// As `one_and_a_half`, for lists that tell whole orders: the lines are a list within an item.
fn nested(mut json: Value) -> Option<Vec<u8>> {
    let path = oddity::items(&json)?;
    let mut odd = false;
    for item in json.pointer_mut(&path)?.as_array_mut()? {
        if let Some(lines) = oddity::items(item)
            && let Some(quantity) = units_of_the_first(item, &lines)
        {
            *quantity = json!(1.5);
            odd = true;
        }
    }
    odd.then(|| json.to_string().into_bytes())
}

pub(super) fn of_an_order_with_a_line_that_cannot_be_read_the_others_are_taken_in(subject: &Subject) {
    let mut bench = subject.bench();
    live(&mut bench);
    let number = bench.buy_all(&[(0, 2), (1, 3)], "NL");
    bench.wire.alter(Some(Box::new(|_, body| one_and_a_half(body))));
    bench.pass_lag();
    live(&mut bench);
    let order = bench.stored("one").remove(&number).expect("the order is taken in");
    assert_eq!((available(&bench, 0), available(&bench, 1)), (900, 897), "the line that can be read takes its units");
    let [odd] = &order.snapshot.unreadable_lines[..] else { panic!("{:?}", order.snapshot.unreadable_lines) };
    assert!(
        UNITS.iter().any(|name| odd.field_error.field.ends_with(name))
            && odd.field_error.value == "1.5"
            && odd.may_be == PossibleProducts::Named,
        "{odd:?}"
    );
    let named: Vec<_> = parked(&bench).into_iter().filter(|one| one.subject.what() == format!("order {number}")).collect();
    let [one] = &named[..] else { panic!("named once, however often it is read: {named:?}") };
    assert!(one.reason.contains("quantity") && one.reason.contains("1.5"), "{}", one.reason);

    let shown = bench.shown(0);
    receive(&bench, 0, 50);
    receive(&bench, 1, 50);
    live(&mut bench);
    assert_eq!(bench.shown(0), shown, "nothing rises of what the line may be of");
    let most = subject.channel.stock().unwrap().descriptor().most.unwrap_or(i64::MAX);
    assert_eq!(bench.shown(1), 947.min(most), "all else does");

    let (world, connection) = (bench.world(), crate::bench::named("one"));
    // Why it does not rise is told by the order and its line, wherever the figure is shown.
    let (held, words) = held(&bench, 0);
    let [by] = &held[..] else { panic!("{words}") };
    assert_eq!(
        (&by.connection, by.order.as_ref(), &by.lines[..]),
        (&connection, Some(&number), &order.snapshot.unreadable_lines[..])
    );
    assert!(words.contains(&format!("order {number} of {connection}: {odd}")) && words.contains("--resolve-lines"), "{words}");
    assert!(!words.contains("rises again once orders"), "no other reason is told: {words}");
    assert_eq!(self::held(&bench, 1).0, [], "all else is held by nobody");
    let decided =
        finish(handle_order(&world, &bench.lookup, &connection, &number, &OrderCommand::DecideLines {}, "anna")).unwrap();
    assert_eq!((decided.undecided().count(), decided.decided.len(), decided.decided[0].by.as_str()), (0, 1, "anna"));
    live(&mut bench);
    assert_eq!(bench.shown(0), 950.min(most), "once a person has decided");
    assert_eq!(self::held(&bench, 0).0, [], "and nothing is said to hold it");
    assert!(parked(&bench).iter().all(|one| one.subject.what() != format!("order {number}")), "and it is named no longer");

    bench.wire.alter(None);
    bench.cancel(&number);
    live(&mut bench);
    let order = bench.stored("one").remove(&number).unwrap();
    assert!(order.snapshot.unreadable_lines.is_empty(), "told rightly, it is an order like any other: {order:?}");
}
