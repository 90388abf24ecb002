//! The index: whatever happens to whoever makes it, in the end it says what all orders say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{Ean, OrderStage, Product};
use engine::rows::{IndexStateRow, IndexedOrderRow, OrderRow};
use engine::views::{OrderQuery, PageRequest, RecentOrders, index_status, leaving, order_list, stage_counts, stock_page};
use engine::{
    Arrival, Cache, Indexed, accept_orders, ask_for_rebuild, catch_up, go_on_rebuilding, index_catalogue, index_order,
    put_product,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Condition, Write};
use simulation::index::{check_built, check_orders, check_products};
use simulation::shop::{arrival, connection, shop, sku, told};
use testkit::Stage;
use testkit::exhaustive::{Try, every_fault};
use testkit::run::{finish, run};

fn accept(stage: &Stage, arrivals: &[Arrival]) {
    let done = finish(accept_orders(&stage.without_mistake(), &Cache::default(), arrivals.to_vec()));
    assert!(done.iter().all(|one| !matches!(one, engine::Outcome::Again(_))), "{done:?}");
}

fn later(stage: &Stage) -> Timestamp {
    stage.clock.now().checked_add(SignedDuration::from_hours(1)).unwrap()
}

/// Brings the index up to date, without faults.
fn settle(stage: &Stage) {
    stage.faults.plan([]);
    let world = stage.world();
    assert!(finish(catch_up(&world, later(stage))).unwrap().at_the_end);
    assert!(finish(go_on_rebuilding(&world, later(stage))).unwrap().ended);
    finish(index_catalogue(&world, later(stage))).unwrap();
}

fn first() -> Vec<Arrival> {
    vec![
        arrival("shop", told("1001", 1, &[("A", 2, 0, 0), ("B", 1, 0, 0)]), 1),
        arrival("shop", told("1002", 1, &[("A", 1, 0, 0)]), 1),
        arrival("market", told("2001", 1, &[("B", 9, 0, 0)]), 1),
    ]
}

fn second() -> Vec<Arrival> {
    vec![
        arrival("shop", told("1001", 60, &[("A", 2, 0, 1), ("B", 1, 0, 0)]), 1),
        arrival("shop", told("1002", 60, &[("A", 1, 0, 1)]), 1),
        arrival("market", told("2001", 60, &[("B", 9, 9, 0)]), 1),
    ]
}

fn open() -> Stage {
    shop(&["shop", "market"], &[("A", 9), ("B", 4)])
}

fn stages(stage: &Stage) -> Vec<(String, OrderStage)> {
    let all = finish(order_list(&stage.world(), &OrderQuery { page: PageRequest::first(50), ..OrderQuery::default() })).unwrap();
    let mut found: Vec<_> = all.orders.into_iter().map(|order| (order.number.to_string(), order.stage.unwrap())).collect();
    found.sort();
    found
}

fn find(stage: &Stage, q: &str) -> RecentOrders {
    let query = OrderQuery { q: q.to_owned(), page: PageRequest::first(50), ..OrderQuery::default() };
    finish(order_list(&stage.world(), &query)).unwrap()
}

#[test]
fn it_survives_every_fault_at_every_call() {
    let play = |first_try: Option<Try>| {
        let stage = open();
        accept(&stage, &first());
        settle(&stage);
        accept(&stage, &second());
        stage.faults.plan(first_try.map(|one| (one.call, one.fault)));
        let _ = run(async {
            let world = stage.world();
            // By a hint, then by the clock.
            let hinted = index_order(&world, &connection("shop"), &"1001".parse().unwrap(), None).await;
            let caught_up = catch_up(&world, later(&stage)).await;
            (hinted.is_ok(), caught_up.is_ok())
        });
        let calls = stage.faults.calls().len();
        settle(&stage);
        check_orders(&stage.table);
        assert!(!finish(index_status(&stage.world())).unwrap().0.behind);
        calls
    };
    let tries = every_fault(play);
    assert!(tries > 100, "{tries}");
}

#[test]
fn a_first_build_survives_every_fault_at_every_call() {
    let play = |first_try: Option<Try>| {
        let stage = open();
        accept(&stage, &first());
        accept(&stage, &second());
        stage.faults.plan(first_try.map(|one| (one.call, one.fault)));
        let _ = run(async {
            let world = stage.world();
            let _ = catch_up(&world, later(&stage)).await;
            let _ = go_on_rebuilding(&world, later(&stage)).await;
            let _ = index_catalogue(&world, later(&stage)).await;
        });
        let calls = stage.faults.calls().len();
        settle(&stage);
        check_orders(&stage.table);
        check_products(&stage.table);
        calls
    };
    assert!(every_fault(play) > 200);
}

#[test]
fn an_order_goes_through_its_stages_and_is_found_by_number_and_product() {
    let stage = open();
    accept(&stage, &first());
    settle(&stage);
    let named =
        |list: &[(&str, OrderStage)]| list.iter().map(|(number, stage)| ((*number).to_owned(), *stage)).collect::<Vec<_>>();
    assert_eq!(stages(&stage), named(&[("1001", OrderStage::ToShip), ("1002", OrderStage::ToShip), ("2001", OrderStage::Short)]));
    accept(&stage, &second());
    settle(&stage);
    assert_eq!(
        stages(&stage),
        named(&[("1001", OrderStage::PartlyShipped), ("1002", OrderStage::Shipped), ("2001", OrderStage::Closed)])
    );
    let numbers = |q: &str| find(&stage, q).orders.into_iter().map(|order| order.number.to_string()).collect::<Vec<_>>();
    assert_eq!(numbers("#1001"), ["1001"]);
    assert_eq!(numbers("100").len(), 2, "by a beginning");
    assert_eq!(numbers("10"), Vec::<String>::new(), "of which it takes three letters");
    assert_eq!(numbers("b").len(), 2, "a SKU may be shorter");
    assert_eq!(numbers("zzz"), Vec::<String>::new());
    let counts = finish(stage_counts(&stage.world())).unwrap();
    assert!(counts.iter().all(|one| one.count == usize::from(one.stage == OrderStage::PartlyShipped) && !one.more), "{counts:?}");
    let leaving = finish(leaving(&stage.world())).unwrap();
    assert_eq!((leaving.to_ship.len(), leaving.short.len(), leaving.index.behind), (1, 0, false));
}

#[test]
fn an_order_is_found_by_the_whole_id_of_its_channel_before_it_is_in_the_index() {
    let stage = open();
    accept(&stage, &first());
    let found = find(&stage, "1001");
    assert_eq!(found.orders.len(), 1);
    let index = found.index.unwrap();
    assert!(!index.complete && index.behind, "and nothing is said to be complete");
}

#[test]
fn what_changed_since_is_said_to_be_missing_until_it_is_there() {
    let stage = open();
    accept(&stage, &first());
    settle(&stage);
    let behind = || finish(index_status(&stage.world())).unwrap().0.behind;
    assert!(!behind());
    accept(&stage, &second());
    assert!(behind());
    for (id, number) in [("shop", "1001"), ("shop", "1002"), ("market", "2001")] {
        assert!(behind(), "before {number} is there");
        let indexed = finish(index_order(&stage.world(), &connection(id), &number.parse().unwrap(), None)).unwrap();
        assert_eq!(indexed, Indexed::Written);
    }
    assert!(!behind(), "hints brought it up to date, before the clock did");
    check_orders(&stage.table);
    // The same again changes nothing.
    let before = stage.table.rows();
    for _ in 0..2 {
        let again = finish(index_order(&stage.world(), &connection("shop"), &"1001".parse().unwrap(), None)).unwrap();
        assert_eq!(again, Indexed::Unchanged);
    }
    assert_eq!(stage.table.rows(), before);
}

#[test]
fn of_two_at_work_on_one_order_the_one_who_read_the_older_state_writes_nothing() {
    let stage = open();
    accept(&stage, &first());
    settle(&stage);
    let key = OrderRow::key(&connection("shop"), &"1001".parse().unwrap());
    let older = stage.table.row(&key).unwrap();
    accept(&stage, &second());
    settle(&stage);
    let newer = stage.table.row(&key).unwrap();
    // As if its read had been answered late.
    finish(stage.world().write_if(Write::Put { row: older, when: Condition::Always })).unwrap();
    let late = finish(index_order(&stage.world(), &connection("shop"), &"1001".parse().unwrap(), None));
    assert!(late.is_err(), "it reads again, and again: {late:?}");
    finish(stage.world().write_if(Write::Put { row: newer, when: Condition::Always })).unwrap();
    check_orders(&stage.table);
}

#[test]
fn a_rebuild_mends_whatever_was_spoilt_and_goes_on_where_it_stopped() {
    let stage = open();
    accept(&stage, &first());
    accept(&stage, &second());
    settle(&stage);
    let world = stage.world();
    // Rows that are gone, rows of nothing, and rows that nobody can read.
    let rows: Vec<_> = stage
        .table
        .rows()
        .into_iter()
        .filter(|row| row.key.pk.starts_with("ORDERS") || row.key.pk.starts_with("FIND#"))
        .collect();
    for (at, row) in rows.iter().enumerate() {
        let spoilt = match at % 3 {
            0 if row.key.pk != IndexedOrderRow::PARTITION => Write::Delete { key: row.key.clone(), when: Condition::Always },
            1 if row.key.pk.starts_with("ORDERS#") => {
                let mut other = row.clone();
                other.key.sk.push('9');
                Write::Put { row: other, when: Condition::Always }
            }
            _ => {
                let mut odd = row.clone();
                odd.attributes.clear();
                Write::Put { row: odd, when: Condition::Always }
            }
        };
        finish(world.write_if(spoilt)).unwrap();
    }
    finish(ask_for_rebuild(&world)).unwrap();
    let status = finish(index_status(&world)).unwrap().0;
    assert!(status.complete && status.rebuild.is_some(), "what it holds stays in use: {status:?}");
    // A little at a time: each call ends after its first step.
    let mut calls = 0;
    loop {
        finish(catch_up(&world, later(&stage))).unwrap();
        let until = stage.clock.now().checked_add(SignedDuration::from_micros(2)).unwrap();
        calls += 1;
        if finish(go_on_rebuilding(&world, until)).unwrap().ended {
            break;
        }
        assert!(calls < 200, "it comes to no end");
    }
    assert!(calls > 2, "{calls}");
    settle(&stage);
    check_orders(&stage.table);
}

#[test]
fn an_order_that_cannot_be_read_is_named_and_holds_up_no_other() {
    let stage = open();
    accept(&stage, &first());
    let key = OrderRow::key(&connection("shop"), &"1001".parse().unwrap());
    let whole = stage.table.row(&key).unwrap();
    let mut spoilt = whole.clone();
    spoilt.attributes.insert("body".to_owned(), ports::Value::Text("{".to_owned()));
    finish(stage.world().write_if(Write::Put { row: spoilt, when: Condition::Always })).unwrap();
    settle(&stage);
    let list = finish(order_list(&stage.world(), &OrderQuery { page: PageRequest::first(9), ..OrderQuery::default() })).unwrap();
    assert_eq!(list.orders.len(), 2);
    assert!(list.unreadable.iter().any(|row| row.key.contains("1001")), "{:?}", list.unreadable);
    finish(stage.world().write_if(Write::Put { row: whole, when: Condition::Always })).unwrap();
    finish(ask_for_rebuild(&stage.world())).unwrap();
    settle(&stage);
    let kept: IndexStateRow = finish(stage.world().get(&IndexStateRow::key())).unwrap().unwrap();
    assert!(kept.unreadable.is_empty(), "{kept:?}");
    check_orders(&stage.table);
}

#[test]
fn all_orders_there_ever_were_are_reached_by_paging() {
    let stage = shop(&["shop", "market"], &[("A", 999)]);
    for n in 0..60 {
        let from = if n % 3 == 0 { "market" } else { "shop" };
        accept(&stage, &[arrival(from, told(&format!("{}", 5000 + n), 1, &[("A", 1, 0, 0)]), 1)]);
    }
    settle(&stage);
    for (query, expected) in [
        (OrderQuery::default(), 60),
        (OrderQuery { stage: Some(OrderStage::ToShip), ..OrderQuery::default() }, 60),
        (OrderQuery { connection: Some(connection("market")), ..OrderQuery::default() }, 20),
        (OrderQuery { q: "500".to_owned(), ..OrderQuery::default() }, 10),
        (OrderQuery { q: "A".to_owned(), connection: Some(connection("market")), ..OrderQuery::default() }, 20),
    ] {
        let (mut cursor, mut seen) = (None, Vec::new());
        loop {
            let page = PageRequest { cursor, limit: 7 };
            let list = finish(order_list(&stage.world(), &OrderQuery { page, ..query.clone() })).unwrap();
            assert!(list.orders.len() <= 7);
            seen.extend(list.orders.into_iter().map(|order| (order.connection, order.number)));
            cursor = list.next;
            if cursor.is_none() {
                break;
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (expected, expected), "{query:?}");
    }
}

#[test]
fn products_are_found_by_the_beginnings_of_their_words_and_by_what_they_are_called_now() {
    let stage = shop(&["shop"], &[("LAMP-01", 3)]);
    let world = stage.world();
    let product = |title: &str| Product {
        sku: sku("MUG 12/BLUE"),
        ean: Some(Ean::new("8712345678906").unwrap()),
        title: title.to_owned(),
        variant: "klein".to_owned(),
    };
    finish(put_product(&world, &product("Mok met oor"), &[])).unwrap();
    settle(&stage);
    check_products(&stage.table);
    let found = |q: &str| -> Vec<String> {
        let page = finish(stock_page(&world, q, &PageRequest::first(20))).unwrap();
        assert!(page.index_up_to_date.is_some(), "{q}");
        page.products.into_iter().map(|one| one.product.sku.to_string()).collect()
    };
    for q in ["mug 12/blue", "MUG", "blu", "mok", "oor mok", "871234", "8712345678906", "klein", "mug12bl"] {
        assert_eq!(found(q), ["MUG 12/BLUE"], "{q}");
    }
    for q in ["lam", "ok", "mok groot", "--", "lamp-99"] {
        assert!(!found(q).contains(&"MUG 12/BLUE".to_owned()), "{q}");
    }
    stage.clock.pass(SignedDuration::from_mins(10));
    finish(put_product(&world, &product("Beker"), &[])).unwrap();
    let page = finish(stock_page(&world, "mok", &PageRequest::first(20))).unwrap();
    assert_eq!(
        (page.products.len(), page.index_up_to_date),
        (0, Some(false)),
        "it is not called so any more, and the index is behind"
    );
    settle(&stage);
    check_products(&stage.table);
    assert_eq!(found("beker"), ["MUG 12/BLUE"]);
    let walked: IndexStateRow = finish(world.get(&IndexStateRow::key())).unwrap().unwrap();
    stage.clock.pass(SignedDuration::from_mins(10));
    settle(&stage);
    stage.clock.pass(SignedDuration::from_mins(10));
    settle(&stage);
    let again: IndexStateRow = finish(world.get(&IndexStateRow::key())).unwrap().unwrap();
    assert!(again.catalogue_read_at > walked.catalogue_read_at, "once more, for what was written just after it was noted");
    let before = stage.table.rows();
    settle(&stage);
    assert_eq!(stage.table.rows(), before, "and then no more");
}

#[test]
fn a_product_that_is_gone_from_the_catalogue_is_found_no_more() {
    let stage = shop(&["shop"], &[("LAMP", 3), ("BULB", 3)]);
    settle(&stage);
    check_products(&stage.table);
    let key = engine::rows::ProductRow::key(&sku("LAMP"));
    finish(stage.world().write_if(Write::Delete { key, when: Condition::Always })).unwrap();
    finish(ask_for_rebuild(&stage.world())).unwrap();
    settle(&stage);
    check_products(&stage.table);
}

#[test]
fn it_is_built_from_the_rows_of_a_table_that_never_had_one() {
    let stage = open();
    accept(&stage, &first());
    accept(&stage, &second());
    check_built(&stage.table, stage.clock.now());
    assert!(stage.table.rows().iter().all(|row| row.key.pk != "ORDERS"), "beside the table");
}
