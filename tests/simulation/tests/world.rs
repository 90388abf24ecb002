//! Worlds from seeds, and the worlds that broke once.

use simulation::tool::{Regression, quietly, replay, verdict};
use simulation::world::{History, Report, Script, Size};
use testkit::planted::Mistake;

/// Worlds of the ordinary test run; `cargo sim --seeds 2000` lives through more.
const SEEDS: u64 = 80;

#[test]
fn one_seed_twice_is_the_same_history() {
    for seed in [1, 7, 42] {
        let script = Script::draw(seed, Size::USUAL, None);
        let (mut first, mut second) = (History::default(), History::default());
        assert_eq!(verdict(&script, None, &mut first), verdict(&script, None, &mut second), "seed {seed}");
        assert_eq!(first, second, "seed {seed}");
        assert!(first.lines().len() > 100, "seed {seed}: {} events", first.lines().len());
    }
}

#[test]
fn every_world_keeps_its_invariants_and_comes_to_rest() {
    quietly();
    let mut sum = Report::default();
    for seed in 0..SEEDS {
        let outcome = verdict(&Script::draw(seed, Size::USUAL, None), None, &mut History::default());
        sum.add(&outcome.unwrap_or_else(|broken| panic!("world {seed} (cargo sim --seed {seed}): {}", broken.message)));
    }
    println!("{SEEDS} worlds:\n{sum}");
    assert!(sum.orders > 100 && sum.crashes > 10 && sum.redelivered > 10 && sum.overlapped > 10 && sum.dead > 10);
    let often = |what: &str, least: u64| assert!(sum.handled.get(what).is_some_and(|times| *times >= least), "{what}: {sum}");
    often("done", 30);
    often("parcels told", 15);
    often("cancellations told", 5);
    often("units restocked", 1);
    often("decisions told", 1);
    often("units written off", 1);
    assert_eq!(sum.operations.len(), 52, "every letter that is drawn is used: {:?}", sum.operations);
    let page = include_str!("../../../docs/worlds.md");
    let untold: Vec<_> = sum.operations.keys().filter(|letter| !page.contains(*letter)).collect();
    assert!(untold.is_empty(), "docs/worlds.md tells of every letter: {untold:?}");
}

#[test]
fn the_page_tells_of_every_mistake_and_where_it_is_made() {
    let page = include_str!("../../../docs/worlds.md").to_lowercase();
    let untold: Vec<_> = Mistake::ALL.iter().map(|mistake| mistake.name()).filter(|name| !page.contains(name)).collect();
    assert!(untold.is_empty(), "docs/worlds.md tells of every planted mistake: {untold:?}");
}

#[test]
fn a_world_is_the_same_after_it_was_kept_in_a_file() {
    let script = Script::draw(42, Size::USUAL, None);
    let text = serde_json::to_string(&script).unwrap();
    assert_eq!(serde_json::from_str::<Script>(&text).unwrap(), script);
}

#[test]
fn no_world_that_broke_once_breaks_again() {
    let all = Regression::all().unwrap();
    assert!(!all.is_empty(), "the folder of regressions is not found");
    for (name, regression) in &all {
        println!("{name}: {}", regression.broke);
        assert!(replay(regression).calls > 0, "{name}: nothing happened");
    }
}
