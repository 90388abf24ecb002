//! Reservations of one product's units are linearizable: however functions are interleaved, die and are started again, the outcomes
//! are those of one clerk with one shelf, who serves them one after the other.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simulation::reservations::{Ending, Play, histories};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

/// The clerk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shelf(i64);

impl SequentialSpec for Shelf {
    /// Units wanted.
    type Op = i64;
    /// Units given.
    type Ret = i64;

    fn invoke(&mut self, wanted: &i64) -> i64 {
        let given = (*wanted).min(self.0);
        self.0 -= given;
        given
    }
}

/// What was wanted is asked for at the beginning of a play; an order that nobody ever took in stays open.
fn is_linearizable(shelf: i64, play: &Play) -> bool {
    let mut tester = LinearizabilityTester::new(Shelf(shelf));
    for event in &play.events {
        let told = match event.ending {
            None => tester.on_invoke(event.order, event.wanted),
            Some(Ending::Given(units)) => tester.on_return(event.order, units),
        };
        told.unwrap();
    }
    tester.is_consistent()
}

#[test]
fn orders_of_one_product_are_served_as_if_one_by_one() {
    let (mut seen, mut died) = (0, 0);
    for seed in 0..300 {
        let play = histories(seed, 5, &[2, 3, 1, 2]);
        assert!(is_linearizable(5, &play), "seed {seed}: {play:?}");
        seen += play.events.iter().filter(|event| event.ending.is_some()).count();
        died += play.died;
    }
    println!("{seen} orders were served, {died} functions died");
    assert!(seen > 600 && died > 100);
}

#[test]
fn the_tester_refuses_what_one_clerk_would_not_do() {
    let mut tester = LinearizabilityTester::new(Shelf(5));
    for order in [0, 1] {
        tester.on_invoke(order, 4).unwrap();
    }
    for order in [0, 1] {
        tester.on_return(order, 4).unwrap();
    }
    assert!(!tester.is_consistent(), "8 of 5 were given");
}
