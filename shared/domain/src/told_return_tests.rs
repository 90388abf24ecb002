use crate::order_action::tests::{Desk, line, parcel, place, q, snapshot};
use crate::{
    ActionRefused, ChannelSync, Inspection, LineUnits, OrderAction, OrderSnapshot, Return, ReturnCondition, ReturnResolution,
};

/// Two of one line: shipped, returned, of which on sale again there.
fn told(stamp: i64, shipped: i64, returned: i64, restocked: i64) -> OrderSnapshot {
    let mut told = snapshot(stamp, &[("1", 2, 0, shipped, returned)]);
    told.lines[0].restocked = q(restocked);
    told
}

fn inspect(desk: &mut Desk, id: &str, of: &str, units: i64) -> Result<(), ActionRefused> {
    let inspection = Inspection {
        id: id.into(),
        line: line("1"),
        units: q(units),
        condition: ReturnCondition::Sellable,
        restock_at: Some(place("main")),
        resolution: ReturnResolution::Accepted,
        channel_sync: ChannelSync::NotNeeded,
    };
    desk.does(&OrderAction::Inspect { id: of.into(), inspection })
}

fn waiting(desk: &Desk) -> Vec<(String, i64)> {
    let waits = |one: &Return| (one.announced(&line("1")).less(one.decided(&line("1")))).units();
    desk.order.as_ref().unwrap().returns.iter().map(|one| (one.id.clone(), waits(one))).collect()
}

#[test]
fn what_is_on_sale_again_there_waits_for_inspection_and_is_put_on_sale_once() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 2, 0, 0));
    for stamp in [2, 2, 3] {
        desk.told(told(stamp, 2, 1, 1));
        assert_eq!((desk.on("a", "main"), waiting(&desk)), ((3, 0), vec![("back-1-1".to_owned(), 1)]), "nobody has seen it yet");
    }
    assert!(
        desk.order.as_ref().unwrap().returns[0].settled_on_channel
            && desk.order.as_ref().unwrap().returns[0].received_at.is_some()
    );
    inspect(&mut desk, "i", "back-1-1", 1).unwrap();
    assert_eq!(desk.on("a", "main"), (4, 0));
    desk.told(told(4, 2, 1, 1));
    assert_eq!((desk.on("a", "main"), waiting(&desk)), ((4, 0), vec![("back-1-1".to_owned(), 0)]));
    desk.told(told(5, 2, 2, 2));
    assert_eq!(waiting(&desk), [("back-1-1".to_owned(), 0), ("back-1-2".to_owned(), 1)]);
    inspect(&mut desk, "j", "back-1-2", 1).unwrap();
    assert!(inspect(&mut desk, "k", "back-1-2", 1).is_err());
    assert_eq!(desk.on("a", "main"), (5, 0));
}

#[test]
fn a_return_that_is_known_is_not_opened_again() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 2, 0, 0));
    let known = Return {
        id: "r".into(),
        channel_id: None,
        settled_on_channel: false,
        lines: vec![LineUnits { line: line("1"), units: q(1) }],
        reason: String::new(),
        received_at: None,
        inspections: Vec::new(),
    };
    desk.does(&OrderAction::Announce(known)).unwrap();
    desk.told(told(2, 2, 1, 1));
    assert_eq!(waiting(&desk), [("r".to_owned(), 1)]);
    desk.told(told(3, 2, 2, 1));
    assert_eq!(waiting(&desk).len(), 2, "another one is paid back, and one of them is on sale");
}

#[test]
fn what_is_paid_back_and_not_on_sale_again_is_with_the_customer_and_what_never_left_is_no_return() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 2, 1, 0));
    assert_eq!(waiting(&desk), []);
    let mut desk = Desk::with(&[("a", "main", 1)]);
    desk.told(told(1, 2, 2, 2));
    assert_eq!(waiting(&desk), [("back-1-1".to_owned(), 1)], "one was short and was not ours");
}

#[test]
fn completed_by_mistake_and_cancelled_waits_for_somebody_to_say_that_it_never_left() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 0, 0, 0));
    desk.told(told(2, 2, 0, 0));
    // Opened again, then cancelled: the shop says it was sent once, and counts all of it again.
    desk.told(told(3, 0, 0, 0));
    assert_eq!(desk.on("a", "main"), (3, 2));
    desk.told(told(4, 2, 2, 2));
    assert_eq!((desk.on("a", "main"), waiting(&desk)), ((3, 0), vec![("back-1-2".to_owned(), 2)]));
    inspect(&mut desk, "i", "back-1-2", 2).unwrap();
    assert_eq!(desk.on("a", "main"), (5, 0));
}

#[test]
fn a_parcel_that_comes_back_is_no_more_than_was_sent() {
    let mut desk = Desk::with(&[("a", "main", 5)]);
    desk.told(told(1, 0, 0, 0));
    desk.does(&parcel("p", "main", &[("1", 1)])).unwrap();
    desk.told(told(2, 1, 1, 1));
    assert_eq!(waiting(&desk), [("back-1-1".to_owned(), 1)]);
}
