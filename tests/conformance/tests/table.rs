//! One suite for every table: what the engine relies on, held against the table in memory and against DynamoDB's semantics in
//! the embedded engine. A behaviour that only one of them has would make simulations prove something that is not deployed.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

#[path = "table/arbitrary.rs"]
mod arbitrary;
#[path = "table/behaviours.rs"]
mod behaviours;
#[path = "table/lost_answers.rs"]
mod lost_answers;
#[path = "table/setup.rs"]
mod setup;
#[path = "table/turns.rs"]
mod turns;

use proptest::test_runner::{Config, TestRunner};

/// Runs every behaviour on a fresh table of each kind; the name of the behaviour is the name of the test.
macro_rules! behaviours {
    ($($name:ident),* $(,)?) => {
        mod in_memory {
            $(#[test]
            fn $name() {
                super::setup::in_memory(|table| Box::pin(super::behaviours::$name(table)));
            })*
        }

        mod on_dynamodb {
            $(#[test]
            fn $name() {
                super::setup::on_dynamodb(|table| Box::pin(super::behaviours::$name(table)));
            })*
        }

        mod embedded {
            $(#[test]
            fn $name() {
                super::setup::embedded(|table| Box::pin(super::behaviours::$name(table)));
            })*
        }
    };
}

behaviours! {
    what_is_put_is_read_back,
    a_put_replaces_the_whole_row,
    a_put_if_absent_is_done_once_and_the_refusal_shows_the_row,
    an_update_makes_the_row_and_counts_from_zero,
    an_update_sets_removes_and_answers_the_row_as_it_is_after,
    reserved_words_are_names_like_any_other,
    stock_is_never_taken_below_its_condition,
    a_comparison_with_a_missing_or_differently_typed_attribute_does_not_hold,
    conditions_nest_and_their_empty_forms_have_a_meaning,
    a_delete_happens_only_under_its_condition,
    a_check_writes_nothing_and_can_refuse,
    a_transaction_is_all_or_none_with_a_reason_per_write,
    a_transaction_refuses_two_writes_of_one_row_and_more_than_a_hundred,
    a_transaction_of_a_hundred_rows_is_done,
    an_empty_transaction_is_done,
    writes_that_no_table_can_do_are_mistakes,
    adding_to_a_text_is_a_mistake_and_changes_nothing,
    a_query_pages_in_both_directions_within_its_prefix,
    a_query_does_not_leave_its_partition,
    a_limit_of_nothing_is_a_mistake,
}

#[test]
fn both_tables_answer_every_sequence_alike() {
    let mut runner = TestRunner::new(Config { cases: 256, failure_persistence: None, ..Config::default() });
    let world = setup::Ports::new();
    let outcome = runner.run(&arbitrary::sequence(), |steps| {
        world.compare(&steps);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
