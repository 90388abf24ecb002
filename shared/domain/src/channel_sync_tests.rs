use super::*;
use crate::Again;
use crate::order_action::tests::{Desk, at, cancellation, parcel, refused, snapshot};
use std::collections::BTreeSet;

fn unsure() -> SyncStep {
    SyncStep::Rejected { reason: "nobody knows".into(), outcome_unknown: true }
}

/// One of each state.
fn states() -> Vec<ChannelSync> {
    vec![
        ChannelSync::Pending,
        ChannelSync::Sending { at: at(1) },
        ChannelSync::Processing { status: "one".into() },
        ChannelSync::Synced { at: at(2) },
        ChannelSync::Rejected { reason: "no".into(), outcome_unknown: false },
        ChannelSync::Rejected { reason: "no".into(), outcome_unknown: true },
        ChannelSync::NotNeeded,
    ]
}

fn steps() -> Vec<SyncStep> {
    vec![
        SyncStep::Begin { at: at(5) },
        SyncStep::BeginAnew { at: at(5) },
        SyncStep::NothingDone { begun: at(1) },
        SyncStep::NothingDone { begun: at(5) },
        SyncStep::Taken { status: "two".into() },
        SyncStep::Unclear { at: at(5) },
        SyncStep::Applied { at: at(5) },
        refused(),
        unsure(),
        SyncStep::NotNeeded,
        SyncStep::Again { at: at(5) },
    ]
}

#[test]
fn what_may_follow_on_what() {
    let name = |text: String| text.split([' ', '{']).next().unwrap_or_default().to_owned();
    let mut made = BTreeSet::new();
    for state in states() {
        for step in steps() {
            if let Ok(after) = state.after(&step) {
                made.insert(format!(
                    "{} {} {}",
                    name(format!("{state:?}")),
                    name(format!("{step:?}")),
                    name(format!("{after:?}"))
                ));
            }
        }
    }
    let expected = [
        "Pending Applied Synced",
        "Pending Begin Sending",
        "Pending NotNeeded NotNeeded",
        "Pending Rejected Rejected",
        "Pending Taken Processing",
        "Processing Applied Synced",
        "Processing Rejected Rejected",
        "Processing Taken Processing",
        "Processing Unclear Sending",
        "Rejected Again Pending",
        "Rejected Again Sending",
        "Rejected Applied Synced",
        "Rejected Rejected Rejected",
        "Sending Applied Synced",
        "Sending BeginAnew Sending",
        "Sending NothingDone Pending",
        "Sending Rejected Rejected",
        "Sending Taken Processing",
    ];
    assert_eq!(made.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn a_call_goes_out_only_where_nobody_told_it_or_the_channel_was_asked() {
    for state in states() {
        let first = state.after(&SyncStep::Begin { at: at(5) });
        assert_eq!(first.is_ok(), state == ChannelSync::Pending, "{state:?}");
        let anew = state.after(&SyncStep::BeginAnew { at: at(5) });
        assert_eq!(anew.is_ok(), matches!(state, ChannelSync::Sending { .. }), "{state:?}");
        if let Ok(after) = first.or(anew) {
            assert_eq!(after, ChannelSync::Sending { at: at(5) });
        }
    }
}

#[test]
fn only_whoever_began_it_takes_it_back() {
    let sending = ChannelSync::Sending { at: at(9) };
    assert_eq!(sending.after(&SyncStep::NothingDone { begun: at(9) }), Ok(ChannelSync::Pending));
    let late = SyncStep::NothingDone { begun: at(1) };
    assert_eq!(sending.after(&late), Err(SyncRefused::Impossible), "somebody else took over, and may just be calling");
}

#[test]
fn what_the_channel_has_is_taken_back_by_nobody_who_looked_earlier() {
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(snapshot(1, &[("1", 2, 0, 0, 0)]));
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    let mut say = |step: SyncStep| desk.syncs("p", &step);
    say(SyncStep::Begin { at: at(2) }).unwrap();
    say(refused()).unwrap();
    assert_eq!(say(SyncStep::NothingDone { begun: at(2) }), Err(ActionRefused::Already), "a person looks at it");
    say(SyncStep::Applied { at: at(3) }).unwrap();
    for late in steps() {
        assert_eq!(say(late.clone()), Err(ActionRefused::Already), "{late:?}");
    }
}

#[test]
fn only_how_it_ended_is_in_the_timeline_and_no_step_moves_stock() {
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(snapshot(1, &[("1", 2, 0, 0, 0)]));
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    let (stock, order) = (desk.on("a", "main"), desk.order.clone().unwrap());
    let open = [SyncStep::Begin { at: at(2) }, SyncStep::Taken { status: "one".into() }, SyncStep::Unclear { at: at(3) }];
    for step in open {
        desk.syncs("p", &step).unwrap();
        assert_eq!(desk.order.as_ref().unwrap().history, order.history, "{step:?}");
    }
    desk.syncs("p", &SyncStep::Applied { at: at(4) }).unwrap();
    let after = desk.order.clone().unwrap();
    assert_eq!(after.version, order.version + 4, "each step is a condition of the next write");
    let [.., last] = after.history.as_slice() else { panic!("it has a timeline") };
    assert_eq!(after.history.len(), order.history.len() + 1);
    assert_eq!((&last.by, matches!(last.details, OrderEventDetails::ChannelSynced { .. })), (&None, true));
    assert_eq!((after.lines, desk.on("a", "main")), (order.lines, stock));
}

#[test]
fn what_the_channel_did_not_want_is_told_again_only_when_a_person_says_so_and_units_are_still_there() {
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    let again = |id: &str| Again::as_it_was(id);
    let sync = |desk: &Desk, id: &str| desk.order.as_ref().unwrap().channel_sync(id).cloned().unwrap();
    desk.does(&parcel("p", "main", &[("1", 1)])).unwrap();
    assert_eq!(desk.syncs_again(&again("p")), Err(ActionRefused::Already), "it is being told");
    assert!(matches!(desk.syncs_again(&again("q")), Err(ActionRefused::Unknown(_))));
    desk.syncs("p", &refused()).unwrap();
    desk.syncs_again(&again("p")).unwrap();
    assert_eq!(sync(&desk, "p"), ChannelSync::Pending);
    let last = desk.order.as_ref().unwrap().history.last().unwrap().clone();
    assert!(matches!(last.details, OrderEventDetails::SyncRetried { .. }) && last.by.as_deref() == Some("jan"), "{last:?}");
    desk.syncs("p", &unsure()).unwrap();
    desk.syncs_again(&again("p")).unwrap();
    assert!(matches!(sync(&desk, "p"), ChannelSync::Sending { .. }), "nobody knows whether it has it: it is asked first");
    desk.syncs("p", &SyncStep::Applied { at: at(9) }).unwrap();
    assert!(matches!(desk.syncs_again(&again("p")), Err(ActionRefused::NotNow(_))));
    // Units of a cancellation that was refused may have gone another way since.
    desk.does(&cancellation("c", "1", 2)).unwrap();
    desk.syncs("c", &refused()).unwrap();
    desk.does(&parcel("r", "main", &[("1", 1)])).unwrap();
    assert!(matches!(desk.syncs_again(&again("c")), Err(ActionRefused::NotNow(_))), "one of its two units has left");
    desk.does(&cancellation("d", "1", 1)).unwrap();
    desk.syncs("d", &refused()).unwrap();
    desk.syncs_again(&again("d")).unwrap();
    assert_eq!(sync(&desk, "d"), ChannelSync::Pending);
}

#[test]
fn an_order_that_is_being_taken_in_waits() {
    let mut desk = Desk::with(&[("a", "main", 9)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&cancellation("c", "1", 2)).unwrap();
    let mut order = desk.order.clone().unwrap();
    order.lines[0].open = Some(crate::OpenLine {
        counted: crate::Counted::default(),
        done: Vec::new(),
        follows: false,
        change: crate::LineChange::default(),
        gone: crate::Quantity::ZERO,
        kept_off: crate::Quantity::ZERO,
    });
    assert!(matches!(order.synced("c", &refused(), at(9)), Err(ActionRefused::NotNow(_))));
}
