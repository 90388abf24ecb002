//! Worlds from seeds.

use simulation::world::{Plan, Report, live};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Worlds of the ordinary test run; `cargo sim --seeds 2000` lives through more.
const SEEDS: u64 = 60;

#[test]
fn one_seed_twice_is_the_same_history() {
    for seed in [1, 7, 42] {
        let plan = Plan { seed, operations: 40 };
        let (first, second) = (live(plan), live(plan));
        assert_eq!(first.history, second.history, "seed {seed}");
        assert!(first.history.len() > 100);
    }
}

#[test]
fn every_world_keeps_its_invariants_and_comes_to_rest() {
    let mut sum = Report::default();
    for seed in 0..SEEDS {
        let plan = Plan { seed, operations: 40 };
        let report = catch_unwind(AssertUnwindSafe(|| live(plan))).unwrap_or_else(|cause| {
            eprintln!("broken by {plan:?}");
            std::panic::resume_unwind(cause)
        });
        sum.add(&report);
    }
    println!("{SEEDS} worlds: {sum}");
    assert!(sum.orders > 100 && sum.crashes > 10 && sum.redelivered > 10);
}
