//! What is well, what fails, and what nobody knows.

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn refused() -> Tried {
    Tried::Failed { kind: "unauthorized", words: "the shop refuses our keys".to_owned() }
}

#[test]
fn a_connection_that_was_never_tried_is_not_well() {
    let mut health = Health::default();
    assert_eq!(health.stands(at(0)), Wellbeing::Unknown);
    health.0.entry(Duty::Orders).or_default().tried(Tried::Well, at(0));
    assert_eq!(health.stands(at(0)), Wellbeing::Unknown, "its items were never read");
    health.0.entry(Duty::Listings).or_default().tried(Tried::Well, at(0));
    assert_eq!(health.stands(at(0)), Wellbeing::Ok);
}

#[test]
fn what_went_well_long_ago_is_unknown_and_so_is_an_old_failure() {
    let mut one = DutyHealth::default();
    one.tried(Tried::Well, at(0));
    assert_eq!((one.stands(Duty::Orders, at(15)), one.stands(Duty::Orders, at(16))), (Wellbeing::Ok, Wellbeing::Unknown));
    assert_eq!(one.stands(Duty::Stock, at(60 * 24 * 30)), Wellbeing::Ok, "nothing changed since, so nothing had to be told");
    one.tried(refused(), at(20));
    assert_eq!((one.stands(Duty::Stock, at(80)), one.stands(Duty::Stock, at(81))), (Wellbeing::Failing, Wellbeing::Unknown));
}

#[test]
fn a_failure_counts_from_the_first_and_waiting_does_not_end_it() {
    let mut one = DutyHealth::default();
    one.tried(Tried::Well, at(0));
    one.tried(refused(), at(1));
    for minute in 2..6 {
        one.tried(Tried::HeldBack { words: "calls are held back".to_owned() }, at(minute));
    }
    one.tried(refused(), at(6));
    let failing = one.failing.clone().unwrap();
    assert_eq!((failing.since, failing.last_at, failing.kind.as_str()), (at(1), at(6), "unauthorized"));
    assert_eq!((failing.words.as_str(), one.good_at), ("the shop refuses our keys", Some(at(0))));
    one.tried(Tried::Well, at(7));
    assert_eq!(one, DutyHealth { good_at: Some(at(7)), failing: None });
}

#[test]
fn a_pause_that_does_not_end_is_a_failure_too() {
    let mut one = DutyHealth::default();
    one.tried(Tried::HeldBack { words: "the channel asked for a pause".to_owned() }, at(0));
    one.tried(Tried::HeldBack { words: "the channel asked for a pause".to_owned() }, at(14));
    assert_eq!(one.failing.as_ref().map(|failing| (failing.since, failing.kind.as_str())), Some((at(0), "held_back")));
}

#[test]
fn a_clock_that_was_ahead_leaves_nothing_behind() {
    let mut one = DutyHealth::default();
    one.tried(refused(), at(1_000_000));
    one.tried(refused(), at(1));
    assert_eq!(one.failing.as_ref().map(|failing| failing.since), Some(at(1)));
    one.tried(Tried::Well, at(1_000_000));
    assert_eq!(one.stands(Duty::Orders, at(2)), Wellbeing::Unknown, "nothing went well tomorrow");
    one.tried(refused(), at(2));
    assert_eq!(one.good_at, Some(at(2)));
}

#[test]
fn the_worst_is_what_has_failed_longest() {
    let mut health = Health::default();
    assert_eq!(health.worst(at(0)), None);
    health.0.entry(Duty::Orders).or_default().tried(refused(), at(5));
    health.0.entry(Duty::Stock).or_default().tried(refused(), at(3));
    assert_eq!(health.worst(at(6)).map(|(duty, failing)| (duty, failing.since)), Some((Duty::Stock, at(3))));
    assert_eq!(health.stands(at(6)), Wellbeing::Failing);
}
