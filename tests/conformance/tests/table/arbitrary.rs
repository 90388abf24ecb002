//! Random steps over few keys and few attributes, so that they meet each other.

use ports::{Condition, Key, Row, Value, Write};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

/// All partitions that steps use.
pub(crate) const PARTITIONS: [&str; 2] = ["p", "q"];

/// One use of the table.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Get(Key),
    Write(Write),
    Transact(Vec<Write>),
    Query { pk: &'static str, prefix: &'static str, limit: usize, newest_first: bool },
}

pub(crate) fn sequence() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..24)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => key().prop_map(Step::Get),
        6 => write().prop_map(Step::Write),
        4 => vec(write(), 0..5).prop_map(Step::Transact),
        1 => (select(&PARTITIONS[..]), select(&["", "a", "b"][..]), 1_usize..4, any::<bool>())
            .prop_map(|(pk, prefix, limit, newest_first)| Step::Query { pk, prefix, limit, newest_first }),
    ]
}

fn key() -> impl Strategy<Value = Key> {
    (select(&PARTITIONS[..]), select(&["a", "a1", "b", "é"][..])).prop_map(|(pk, sk)| Key::new(pk, sk))
}

/// Numbers and texts have names of their own: adding to a text has a test of its own.
fn number() -> impl Strategy<Value = (String, i64)> {
    (select(&["available", "size"][..]), -3_i64..4).prop_map(|(name, number)| (name.to_owned(), number))
}

fn attribute() -> impl Strategy<Value = (String, Value)> {
    prop_oneof![
        3 => number().prop_map(|(name, number)| (name, Value::Number(number))),
        2 => (select(&["status", "summary"][..]), select(&["", "x", "y"][..])).prop_map(text),
    ]
}

fn text((name, value): (&str, &str)) -> (String, Value) {
    (name.to_owned(), Value::Text(value.to_owned()))
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::Always),
        Just(Condition::Absent),
        Just(Condition::Present),
        attribute().prop_map(|(name, value)| Condition::Is(name, value)),
        attribute().prop_map(|(name, _)| Condition::Lacks(name)),
        number().prop_map(|(name, number)| Condition::AtLeast(name, number)),
        number().prop_map(|(name, number)| Condition::AtMost(name, number)),
        Just(Condition::AtLeast("status".to_owned(), 0)),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![vec(inner.clone(), 0..3).prop_map(Condition::All), vec(inner, 0..3).prop_map(Condition::Any)]
    })
}

fn write() -> impl Strategy<Value = Write> {
    let attributes = || vec(attribute(), 0..5);
    // Half of all writes ask nothing, so that there is something to meet.
    let when = || prop_oneof![Just(Condition::Always), condition()];
    prop_oneof![
        (key(), attributes(), when()).prop_map(|(key, attributes, when)| Write::Put {
            row: Row { key, attributes: attributes.into_iter().collect() },
            when,
        }),
        (key(), vec(number(), 0..2), btree_map(any::<bool>(), attribute(), 0..2), vec(attribute(), 0..2), when()).prop_map(
            |(key, add, set, remove, when)| Write::Update {
                key,
                add,
                set: set.into_values().collect(),
                remove: remove.into_iter().map(|(name, _)| name).collect(),
                when,
            }
        ),
        (key(), when()).prop_map(|(key, when)| Write::Delete { key, when }),
        (key(), when()).prop_map(|(key, when)| Write::Check { key, when }),
    ]
}
