//! What every table does, each told by the name of its function.

use ports::{Condition, ErrorKind, Key, Reason, Refused, Row, Status, Table, Value, Write};

fn key(sk: &str) -> Key {
    Key::new("p", sk)
}

fn put(row: Row, when: Condition) -> Write {
    Write::Put { row, when }
}

fn add(sk: &str, name: &str, by: i64, when: Condition) -> Write {
    Write::Update { key: key(sk), add: vec![(name.to_owned(), by)], set: vec![], remove: vec![], when }
}

fn at_least(least: i64) -> Condition {
    Condition::AtLeast("available".to_owned(), least)
}

async fn fill(table: &dyn Table, row: Row) {
    table.write(put(row, Condition::Always)).await.unwrap();
}

/// The reasons of a refusal; anything else is a failure of the test.
fn reasons<T: std::fmt::Debug>(answer: Result<T, Refused>) -> Vec<Reason> {
    match answer {
        Err(Refused::Reasons(reasons)) => reasons,
        other => panic!("expected reasons, got {other:?}"),
    }
}

/// Checks that the answer is a mistake of ours, which no repetition helps.
fn mistake<T: std::fmt::Debug>(answer: Result<T, Refused>) {
    match answer {
        Err(Refused::Error(error)) => assert_eq!((error.kind, error.status), (ErrorKind::Bug, Status::Permanent)),
        other => panic!("expected a mistake, got {other:?}"),
    }
}

pub(crate) async fn what_is_put_is_read_back(table: &dyn Table) {
    let row = Row::new(key("a")).text("name", "Żółw \"x\"").text("empty", "").number("n", i64::MIN).number("m", i64::MAX);
    assert_eq!(table.get(&row.key).await.unwrap(), None);
    assert_eq!(table.write(put(row.clone(), Condition::Always)).await.unwrap(), Some(row.clone()));
    assert_eq!(table.get(&row.key).await.unwrap(), Some(row));
}

pub(crate) async fn a_put_replaces_the_whole_row(table: &dyn Table) {
    fill(table, Row::new(key("a")).number("old", 1)).await;
    fill(table, Row::new(key("a")).number("new", 2)).await;
    assert_eq!(table.get(&key("a")).await.unwrap(), Some(Row::new(key("a")).number("new", 2)));
}

pub(crate) async fn a_put_if_absent_is_done_once_and_the_refusal_shows_the_row(table: &dyn Table) {
    let first = Row::new(key("a")).text("by", "first");
    table.write(put(first.clone(), Condition::Absent)).await.unwrap();
    let second = table.write(put(Row::new(key("a")).text("by", "second"), Condition::Absent)).await;
    assert_eq!(reasons(second), [Reason::Condition(Some(first.clone()))]);
    assert_eq!(table.get(&key("a")).await.unwrap(), Some(first));
}

pub(crate) async fn an_update_makes_the_row_and_counts_from_zero(table: &dyn Table) {
    let made = table.write(add("a", "n", -3, Condition::Always)).await.unwrap();
    assert_eq!(made, Some(Row::new(key("a")).number("n", -3)));
    let refused = table.write(add("b", "n", 1, Condition::Present)).await;
    assert_eq!(reasons(refused), [Reason::Condition(None)]);
    assert_eq!(table.get(&key("b")).await.unwrap(), None);
}

pub(crate) async fn an_update_sets_removes_and_answers_the_row_as_it_is_after(table: &dyn Table) {
    fill(table, Row::new(key("a")).number("n", 5).text("gone", "x").text("kept", "y")).await;
    let update = Write::Update {
        key: key("a"),
        add: vec![("n".to_owned(), 2)],
        set: vec![("word".to_owned(), Value::Text("z".to_owned())), ("m".to_owned(), Value::Number(1))],
        remove: vec!["gone".to_owned(), "never was".to_owned()],
        when: Condition::Is("n".to_owned(), Value::Number(5)),
    };
    let after = Row::new(key("a")).number("n", 7).number("m", 1).text("kept", "y").text("word", "z");
    assert_eq!(table.write(update).await.unwrap(), Some(after.clone()));
    assert_eq!(table.get(&key("a")).await.unwrap(), Some(after));
}

pub(crate) async fn reserved_words_are_names_like_any_other(table: &dyn Table) {
    fill(table, Row::new(key("a")).number("size", 1).text("status", "open").text("a-b.c", "dots")).await;
    let when = Condition::All(vec![
        Condition::Is("status".to_owned(), Value::Text("open".to_owned())),
        Condition::Is("a-b.c".to_owned(), Value::Text("dots".to_owned())),
        Condition::AtMost("size".to_owned(), 1),
    ]);
    let after = table.write(add("a", "size", 1, when)).await.unwrap().unwrap();
    assert_eq!(after.get_number("size"), Some(2));
}

pub(crate) async fn stock_is_never_taken_below_its_condition(table: &dyn Table) {
    fill(table, Row::new(key("a")).number("available", 5)).await;
    table.write(add("a", "available", -3, at_least(3))).await.unwrap();
    let refused = table.write(add("a", "available", -3, at_least(3))).await;
    assert_eq!(reasons(refused), [Reason::Condition(Some(Row::new(key("a")).number("available", 2)))]);
    table.write(add("a", "available", -2, at_least(2))).await.unwrap();
    assert_eq!(table.get(&key("a")).await.unwrap(), Some(Row::new(key("a")).number("available", 0)));
}

pub(crate) async fn a_comparison_with_a_missing_or_differently_typed_attribute_does_not_hold(table: &dyn Table) {
    fill(table, Row::new(key("a")).text("word", "5")).await;
    let not = [
        Condition::AtLeast("none".to_owned(), i64::MIN),
        Condition::AtMost("none".to_owned(), i64::MAX),
        Condition::AtLeast("word".to_owned(), 0),
        Condition::AtMost("word".to_owned(), 9),
        Condition::Is("word".to_owned(), Value::Number(5)),
        Condition::Is("none".to_owned(), Value::Text(String::new())),
        Condition::Lacks("word".to_owned()),
    ];
    for when in not {
        let answer = table.write(add("a", "n", 1, when.clone())).await;
        assert!(matches!(reasons(answer)[..], [Reason::Condition(Some(_))]), "{when:?}");
    }
    table.write(add("a", "n", 1, Condition::Lacks("none".to_owned()))).await.unwrap();
    table.write(add("b", "n", 1, Condition::Lacks("n".to_owned()))).await.unwrap();
}

pub(crate) async fn conditions_nest_and_their_empty_forms_have_a_meaning(table: &dyn Table) {
    fill(table, Row::new(key("a")).number("available", 3)).await;
    let yes = [
        Condition::All(vec![]),
        Condition::Any(vec![Condition::Absent, Condition::All(vec![at_least(3), Condition::Present])]),
        Condition::Any(vec![at_least(9), Condition::Always]),
        Condition::All(vec![Condition::Always, at_least(1)]),
        Condition::Is("sk".to_owned(), Value::Text("a".to_owned())),
    ];
    let no = [
        Condition::Any(vec![]),
        Condition::All(vec![Condition::Any(vec![Condition::Absent, at_least(4)]), Condition::Present]),
        Condition::All(vec![at_least(1), Condition::Any(vec![])]),
    ];
    for when in yes {
        table.write(Write::Check { key: key("a"), when: when.clone() }).await.unwrap();
        table.write(add("a", "seen", 1, when)).await.unwrap();
    }
    for when in no {
        assert!(matches!(reasons(table.write(add("a", "seen", 1, when)).await)[..], [Reason::Condition(Some(_))]));
    }
    assert_eq!(table.get(&key("a")).await.unwrap().unwrap().get_number("seen"), Some(5));
}

pub(crate) async fn a_delete_happens_only_under_its_condition(table: &dyn Table) {
    let row = Row::new(key("a")).number("available", 1);
    fill(table, row.clone()).await;
    let refused = table.write(Write::Delete { key: key("a"), when: at_least(2) }).await;
    assert_eq!(reasons(refused), [Reason::Condition(Some(row))]);
    assert_eq!(table.write(Write::Delete { key: key("a"), when: at_least(1) }).await.unwrap(), None);
    assert_eq!(table.get(&key("a")).await.unwrap(), None);
    // Deleting what is not there is done, as it is in DynamoDB.
    table.write(Write::Delete { key: key("a"), when: Condition::Always }).await.unwrap();
}

pub(crate) async fn a_check_writes_nothing_and_can_refuse(table: &dyn Table) {
    table.write(Write::Check { key: key("a"), when: Condition::Absent }).await.unwrap();
    table.write(Write::Check { key: key("a"), when: Condition::Always }).await.unwrap();
    assert_eq!(table.get(&key("a")).await.unwrap(), None);
    let refused = table.write(Write::Check { key: key("a"), when: Condition::Present }).await;
    assert_eq!(reasons(refused), [Reason::Condition(None)]);
}

pub(crate) async fn a_transaction_is_all_or_none_with_a_reason_per_write(table: &dyn Table) {
    let stock = Row::new(key("stock")).number("available", 5);
    fill(table, stock.clone()).await;
    let order = |n: &str, need: i64| {
        vec![
            put(Row::new(key(n)).number("units", need), Condition::Absent),
            add("stock", "available", -need, at_least(need)),
            Write::Check { key: key("closed"), when: Condition::Absent },
        ]
    };
    assert_eq!(reasons(table.transact(order("one", 6)).await), [Reason::Fine, Reason::Condition(Some(stock)), Reason::Fine]);
    assert_eq!(table.get(&key("one")).await.unwrap(), None);

    table.transact(order("one", 3)).await.unwrap();
    let (one, left) = (Row::new(key("one")).number("units", 3), Row::new(key("stock")).number("available", 2));
    assert_eq!(table.get(&key("stock")).await.unwrap(), Some(left.clone()));

    let again = reasons(table.transact(order("one", 3)).await);
    assert_eq!(again, [Reason::Condition(Some(one)), Reason::Condition(Some(left)), Reason::Fine]);
}

pub(crate) async fn a_transaction_refuses_two_writes_of_one_row_and_more_than_a_hundred(table: &dyn Table) {
    mistake(table.transact(vec![add("a", "n", 1, Condition::Always), add("a", "m", 1, Condition::Always)]).await);
    mistake(table.transact((0..101).map(|n| add(&n.to_string(), "n", 1, Condition::Always)).collect()).await);
    assert_eq!(table.query("p", "", None, 10, false).await.unwrap().rows, []);
}

pub(crate) async fn a_transaction_of_a_hundred_rows_is_done(table: &dyn Table) {
    table.transact((0..100).map(|n| add(&n.to_string(), "n", n, Condition::Absent)).collect()).await.unwrap();
    assert_eq!(table.query("p", "", None, 1_000, false).await.unwrap().rows.len(), 100);
}

pub(crate) async fn an_empty_transaction_is_done(table: &dyn Table) {
    table.transact(vec![]).await.unwrap();
}

pub(crate) async fn writes_that_no_table_can_do_are_mistakes(table: &dyn Table) {
    let text = |name: &str| (name.to_owned(), Value::Text("x".to_owned()));
    let update = |add: Vec<(String, i64)>, set: Vec<(String, Value)>, remove: Vec<String>| Write::Update {
        key: key("a"),
        add,
        set,
        remove,
        when: Condition::Always,
    };
    let mistakes = [
        update(vec![], vec![], vec![]),
        update(vec![], vec![text("sk")], vec![]),
        update(vec![("n".to_owned(), 1)], vec![text("n")], vec![]),
        update(vec![], vec![text("n")], vec!["n".to_owned()]),
        put(Row::new(key("a")).text("pk", "other"), Condition::Always),
        put(Row::new(Key::new("", "a")), Condition::Always),
    ];
    for write in mistakes {
        mistake(table.write(write.clone()).await);
        mistake(table.transact(vec![write, add("b", "n", 1, Condition::Always)]).await);
    }
    assert_eq!(table.query("p", "", None, 10, false).await.unwrap().rows, []);
}

pub(crate) async fn adding_to_a_text_is_a_mistake_and_changes_nothing(table: &dyn Table) {
    let row = Row::new(key("a")).text("word", "x");
    fill(table, row.clone()).await;
    mistake(table.write(add("a", "word", 1, Condition::Always)).await);
    mistake(table.transact(vec![add("b", "n", 1, Condition::Always), add("a", "word", 1, Condition::Always)]).await);
    assert_eq!(table.query("p", "", None, 10, false).await.unwrap().rows, [row]);
}

pub(crate) async fn a_query_pages_in_both_directions_within_its_prefix(table: &dyn Table) {
    for sk in ["a", "b#1", "b#10", "b#2", "b#é", "c"] {
        fill(table, Row::new(key(sk)).number("n", 1)).await;
    }
    for (newest_first, expected) in [(false, ["b#1", "b#10", "b#2", "b#é"]), (true, ["b#é", "b#2", "b#10", "b#1"])] {
        let (mut found, mut from, mut calls) = (vec![], None, 0);
        loop {
            let page = table.query("p", "b#", from.as_ref(), 3, newest_first).await.unwrap();
            assert!(page.rows.len() <= 3);
            found.extend(page.rows.into_iter().map(|row| row.key.sk));
            from = page.next;
            calls += 1;
            if from.is_none() {
                break;
            }
        }
        assert_eq!((found.as_slice(), calls), (expected.map(str::to_owned).as_slice(), 2));
    }
}

pub(crate) async fn a_query_does_not_leave_its_partition(table: &dyn Table) {
    fill(table, Row::new(Key::new("o", "x"))).await;
    fill(table, Row::new(Key::new("p", "x"))).await;
    fill(table, Row::new(Key::new("q", "x"))).await;
    let page = table.query("p", "", None, 10, false).await.unwrap();
    assert_eq!((page.rows, page.next), (vec![Row::new(key("x"))], None));
    assert_eq!(table.query("none", "", None, 10, false).await.unwrap().rows, []);
}

pub(crate) async fn a_limit_of_nothing_is_a_mistake(table: &dyn Table) {
    assert_eq!(table.query("p", "", None, 0, false).await.unwrap_err().kind, ErrorKind::Bug);
}
