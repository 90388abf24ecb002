use super::*;
use crate::order_action::tests::{Desk, at, line, q, snapshot};
use crate::{ActionRefused, OrderAction, OrderSnapshot, SyncStep};

fn waiting(stamp: i64, rows: &[(&str, i64, i64, i64, i64)]) -> OrderSnapshot {
    OrderSnapshot { awaits_acceptance: Some(AwaitsAcceptance { until: Some(at(86_400)) }), ..snapshot(stamp, rows) }
}

#[test]
fn what_is_short_is_refused_only_if_that_is_said_and_its_units_are_held_either_way() {
    // Three of `a`, and sets of two `a` and one `b`: there is no `b`.
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(waiting(1, &[("1", 3, 0, 0, 0), ("2", 1, 0, 0, 0)]));
    let order = desk.order.clone().unwrap();
    assert_eq!(order.line(&line("1")).unwrap().committed(), q(3));
    assert!(order.line(&line("2")).unwrap().short() > Quantity::ZERO);
    let all = AcceptanceUpdate { accepted: vec![line("1"), line("2")], rejected: Vec::new() };
    assert_eq!(order.answer(false), all);
    assert_eq!(order.answer(true), AcceptanceUpdate { accepted: vec![line("1")], rejected: vec![line("2")] });
}

#[test]
fn the_word_is_decided_once_and_only_where_somebody_waits_for_it() {
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    let word = |desk: &Desk| OrderAction::Answer(desk.order.as_ref().unwrap().answer(false));
    assert!(matches!(desk.does(&word(&desk)), Err(ActionRefused::NotNow(_))));
    desk.told(waiting(2, &[("1", 3, 0, 0, 0)]));
    desk.does(&word(&desk)).unwrap();
    assert_eq!(desk.does(&word(&desk)), Err(ActionRefused::Already));
    let order = desk.order.clone().unwrap();
    assert_eq!(order.acceptance.as_ref().unwrap().channel_sync, ChannelSync::Pending);
    let told = ChannelSync::Synced { at: at(9) };
    desk.syncs(AcceptanceAnswer::MARK, &SyncStep::Applied { at: at(9) }).unwrap();
    // The next snapshot waits no more; what was said stays with the order.
    desk.told(snapshot(3, &[("1", 3, 0, 0, 0)]));
    let order = desk.order.clone().unwrap();
    assert_eq!((order.awaits_acceptance(), order.acceptance.unwrap().channel_sync), (None, told));
}
