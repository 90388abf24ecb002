//! The table says which version its rows have: a later one is left alone, an earlier one is brought up, and dying on the way costs nothing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use engine::rows::{ParkedRow, SchemaRow, TypedRow};
use engine::{Ports, bring_up_schema, check_schema, views};
use ports::{Condition, ErrorKind, Key, Row, Write};
use testkit::Stage;
use testkit::faults::Fault;
use testkit::given::GivenSecrets;
use testkit::run::{finish, run};

fn stage() -> Stage {
    Stage::new(GivenSecrets::default())
}

fn put(world: &Ports, row: Row) {
    finish(world.write_if(Write::Put { row, when: Condition::Always })).unwrap();
}

fn version(world: &Ports) -> Option<i64> {
    finish(world.get::<SchemaRow>(&SchemaRow::key())).unwrap().map(|row| row.version)
}

/// As it was parked before problems had names.
fn old(world: &Ports) -> Key {
    let key = Key::new(ParkedRow::PARTITION, "2026-10-01T12:00:00Z#1");
    put(world, Row::new(key.clone()).text("what", "order 1001").text("reason", "it cannot be read"));
    key
}

#[test]
fn a_new_table_says_its_version_and_is_left_alone_afterwards() {
    let world = stage().world();
    assert_eq!(finish(bring_up_schema(&world)).unwrap(), Some(0));
    let now = version(&world).unwrap();
    assert!(now >= 1);
    assert_eq!(finish(bring_up_schema(&world)).unwrap(), None);
    finish(check_schema(&world)).unwrap();
}

#[test]
fn a_table_of_a_later_sluis_is_not_touched() {
    let stage = stage();
    let world = stage.world();
    old(&world);
    finish(bring_up_schema(&world)).unwrap();
    put(&world, SchemaRow { version: version(&world).unwrap() + 1 }.to_row());
    let before = stage.table.rows();
    for error in [finish(check_schema(&world)).unwrap_err(), finish(bring_up_schema(&world)).unwrap_err()] {
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(error.message.contains("later Sluis") && error.message.contains("restore.md"), "{}", error.message);
    }
    assert_eq!(stage.table.rows(), before);
}

#[test]
fn an_earlier_table_is_brought_up_and_what_it_holds_is_the_same_to_whoever_reads_it() {
    let world = stage().world();
    let key = old(&world);
    let before = finish(views::attention(&world)).unwrap();
    assert_eq!(before.parked.len(), 1);
    assert_eq!(finish(bring_up_schema(&world)).unwrap(), Some(0));
    let row = finish(world.table.get(&key)).unwrap().unwrap();
    assert!(row.get_text("subject").is_some(), "{row:?}");
    assert_eq!(finish(views::attention(&world)).unwrap(), before);
}

#[test]
fn whoever_dies_on_the_way_does_it_again() {
    for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Down] {
        for call in ["table.query", "table.write"] {
            let stage = stage();
            let key = old(&stage.world());
            stage.faults.plan_first(call, fault);
            assert!(run(bring_up_schema(&stage.world())).is_none_or(|done| done.is_err()), "{call}: {fault:?}");
            stage.faults.plan([]);
            assert_eq!(version(&stage.world()), None, "not before the rows are in their new form");
            finish(bring_up_schema(&stage.world())).unwrap();
            let row = finish(stage.world().table.get(&key)).unwrap().unwrap();
            assert!(row.get_text("subject").is_some());
            assert!(version(&stage.world()).is_some());
        }
    }
}
