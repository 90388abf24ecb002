//! What is well, what fails, and what nobody knows.

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

const AFTER: SignedDuration = SignedDuration::from_mins(15);

fn paused() -> Tried {
    Tried::HeldBack { words: "the channel asked for a pause".to_owned() }
}

fn refused() -> Tried {
    Tried::Failed { kind: "unauthorized", words: "the shop refuses our keys".to_owned() }
}

#[test]
fn a_connection_that_was_never_tried_is_not_well() {
    let mut health = Health::default();
    assert_eq!(health.stands(AFTER, at(0)), HealthStatus::Unknown);
    health.0.entry(Task::Orders).or_default().tried(Tried::Well, at(0));
    assert_eq!(health.stands(AFTER, at(0)), HealthStatus::Unknown, "its items were never read");
    health.0.entry(Task::Listings).or_default().tried(Tried::Well, at(0));
    assert_eq!(health.stands(AFTER, at(0)), HealthStatus::Ok);
}

#[test]
fn what_went_well_long_ago_is_unknown_and_so_is_an_old_failure() {
    let mut one = TaskHealth::default();
    one.tried(Tried::Well, at(0));
    assert_eq!(
        (one.stands(Task::Orders, AFTER, at(15)), one.stands(Task::Orders, AFTER, at(16))),
        (HealthStatus::Ok, HealthStatus::Unknown)
    );
    assert_eq!(
        one.stands(Task::Stock, AFTER, at(60 * 24 * 30)),
        HealthStatus::Ok,
        "nothing changed since, so nothing had to be told"
    );
    one.tried(refused(), at(20));
    assert_eq!(
        (one.stands(Task::Stock, AFTER, at(80)), one.stands(Task::Stock, AFTER, at(81))),
        (HealthStatus::Failing, HealthStatus::Unknown)
    );
}

#[test]
fn a_failure_counts_from_the_first_and_waiting_does_not_end_it() {
    let mut one = TaskHealth::default();
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
    assert_eq!(one, TaskHealth { good_at: Some(at(7)), ..TaskHealth::default() });
}

#[test]
fn a_pause_is_no_failure_and_one_that_does_not_end_is() {
    let mut health = Health::default();
    for task in [Task::Orders, Task::Listings] {
        health.0.entry(task).or_default().tried(Tried::Well, at(0));
    }
    let orders = |health: &Health| health.0.get(&Task::Orders).unwrap().stands(Task::Orders, AFTER, at(15));
    for minute in 1..=15 {
        health.0.entry(Task::Orders).or_default().tried(paused(), at(minute));
        assert_eq!(health.worst(AFTER, at(minute)), None, "minute {minute}");
        assert_eq!(health.stands(AFTER, at(minute)), HealthStatus::Ok, "minute {minute}");
    }
    assert_eq!(orders(&health), HealthStatus::Ok);
    health.0.entry(Task::Orders).or_default().tried(paused(), at(16));
    let (task, failing) = health.worst(AFTER, at(16)).unwrap();
    assert_eq!((task, failing.since, failing.kind.as_str()), (Task::Orders, at(1), "held_back"));
    assert_eq!((failing.words.as_str(), health.stands(AFTER, at(16))), ("the channel asked for a pause", HealthStatus::Failing));
    health.0.entry(Task::Orders).or_default().tried(Tried::Well, at(17));
    assert_eq!((health.worst(AFTER, at(17)), health.stands(AFTER, at(17))), (None, HealthStatus::Ok));
}

#[test]
fn a_pause_before_anything_was_done_is_neither_well_nor_a_failure() {
    let mut health = Health::default();
    for task in [Task::Orders, Task::Listings, Task::Subscription] {
        health.0.entry(task).or_default().tried(paused(), at(0));
    }
    assert_eq!((health.stands(AFTER, at(1)), health.worst(AFTER, at(1))), (HealthStatus::Unknown, None));
    for task in [Task::Orders, Task::Listings] {
        health.0.entry(task).or_default().tried(Tried::Well, at(2));
    }
    assert_eq!(health.stands(AFTER, at(2)), HealthStatus::Ok, "its webhooks were not looked at yet");
    // Of what is tried every few hours, one pause is not said to last that long.
    assert_eq!(health.stands(AFTER, at(120)), HealthStatus::Unknown);
    assert_eq!(health.worst(AFTER, at(120)), None);
}

#[test]
fn a_pause_that_turns_into_a_failure_counts_from_where_it_began() {
    let mut one = TaskHealth::default();
    one.tried(Tried::Well, at(0));
    one.tried(paused(), at(1));
    one.tried(refused(), at(9));
    assert_eq!(one.stands(Task::Orders, AFTER, at(9)), HealthStatus::Failing);
    assert_eq!(one.failing.as_ref().map(|failing| (failing.since, failing.kind.as_str())), Some((at(1), "unauthorized")));
    assert_eq!(one.held, None);
}

#[test]
fn a_clock_that_was_ahead_leaves_nothing_behind() {
    let mut one = TaskHealth::default();
    one.tried(refused(), at(1_000_000));
    one.tried(refused(), at(1));
    assert_eq!(one.failing.as_ref().map(|failing| failing.since), Some(at(1)));
    one.tried(Tried::Well, at(1_000_000));
    assert_eq!(one.stands(Task::Orders, AFTER, at(2)), HealthStatus::Unknown, "nothing went well tomorrow");
    one.tried(refused(), at(2));
    assert_eq!(one.good_at, Some(at(2)));
}

#[test]
fn the_worst_is_what_has_failed_longest() {
    let mut health = Health::default();
    assert_eq!(health.worst(AFTER, at(0)), None);
    health.0.entry(Task::Orders).or_default().tried(refused(), at(5));
    health.0.entry(Task::Stock).or_default().tried(refused(), at(3));
    assert_eq!(health.worst(AFTER, at(6)).map(|(task, failing)| (task, failing.since)), Some((Task::Stock, at(3))));
    assert_eq!(health.stands(AFTER, at(6)), HealthStatus::Failing);
}

#[test]
fn what_is_tried_seldom_is_tried_again_once_the_channel_answers_ever_more_seldom() {
    let mut health = Health::default();
    let mut tried = |task: Task, tried: Tried, at: Timestamp| {
        health.0.entry(task).or_default().tried(tried, at);
        health.clone()
    };
    tried(Task::Orders, Tried::Well, at(0));
    tried(Task::Listings, refused(), at(1));
    let health = tried(Task::Subscription, paused(), at(1));
    assert_eq!(health.due_again(at(9)), [], "nobody knows whether the channel answers by now");
    let health = tried(Task::Orders, Tried::Well, at(2));
    assert_eq!(health.due_again(at(1) + SignedDuration::from_secs(59)), [], "not so soon");
    assert_eq!(health.due_again(at(2)), [Task::Listings, Task::Subscription]);
    tried(Task::Subscription, Tried::Well, at(2));
    tried(Task::Listings, refused(), at(11));
    let health = tried(Task::Orders, Tried::Well, at(12));
    assert_eq!(health.due_again(at(20)), [], "ten minutes it failed, so ten it rests");
    assert_eq!(health.due_again(at(21)), [Task::Listings]);
    let health = tried(Task::Orders, refused(), at(21));
    assert_eq!(health.due_again(at(21)), [], "the channel does not answer");
}
