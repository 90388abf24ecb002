//! A run that dies, or is refused, at any call of the table or a queue: whoever runs again comes to the same end, and nobody is asked for
//! help that is not needed.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use domain::DriftStatus;
use engine::reconcile as run_once;
use jiff::SignedDuration;
use reconcile::plant::{Drift, plant};
use reconcile::stand::{Stand, connection, opening};
use reconcile::story::plenty;
use testkit::exhaustive::every_fault;
use testkit::run::run;

#[test]
fn wherever_it_dies_the_next_runs_put_everything_right() {
    let tries = every_fault(|fault| {
        let stand = Stand::open(12);
        stand.run(plenty());
        stand.stage.clock.pass(SignedDuration::from_hours(2));
        stand.poll();
        for drift in [Drift::OrderUnknown, Drift::New, Drift::Foreign, Drift::Lost] {
            assert_eq!(plant(&stand, drift), 1);
        }
        stand.stage.faults.plan(fault.map(|one| (one.call, one.fault)));
        let mut calls = 0;
        // Two parts: the first one ends with the order that nobody knew.
        for _ in 0..2 {
            let until = stand.now() + SignedDuration::from_hours(1);
            let _ = run(run_once(&stand.world(), &stand.lookup, &connection(), plenty(), until));
            calls += stand.stage.faults.calls().len();
            stand.stage.faults.plan([]);
            stand.work();
        }
        for _ in 0..2 {
            stand.run(plenty());
            stand.work();
        }
        let shown = [1, 4, 8, 11].map(|number| stand.shop.shown(number).unwrap());
        assert_eq!(shown, [opening(1) - 3, opening(4), opening(8), opening(11) - 1]);
        let parked: Vec<_> = stand.cases().into_iter().filter(|row| row.case.status != DriftStatus::Repairing).collect();
        assert!(parked.is_empty(), "{parked:?}");
        let last = stand.run(plenty()).counts;
        assert!(last.differences.values().all(|count| *count == 0), "{last:?}");
        assert_eq!((last.repaired, last.matching, stand.work()), (0, 12, 0));
        calls
    });
    assert!(tries > 300, "{tries}");
}
