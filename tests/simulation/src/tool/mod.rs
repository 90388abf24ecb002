//! `cargo sim`: lives through worlds drawn from seeds, in as many threads as there are cores, and says which broke and how little it
//! takes to break it.

mod arguments;
mod failure;
mod many;
mod planted;
mod regression;
mod shrink;
mod verdict;

pub use arguments::Arguments;
pub use many::each;
pub use planted::{Catch, catch};
pub use regression::Regression;
pub use verdict::{Broken, quietly, verdict};

use crate::world::{History, Report, Script, live};
use std::ops::ControlFlow;
use std::process::ExitCode;

/// Does what was asked for.
pub fn run(arguments: &Arguments) -> ExitCode {
    if arguments.study {
        return crate::study::command::run(arguments.check);
    }
    quietly();
    if let Some(file) = &arguments.replay {
        return match Regression::read(file) {
            Ok(regression) => one(&regression.world, arguments),
            Err(complaint) => {
                eprintln!("{complaint}");
                ExitCode::from(2)
            }
        };
    }
    match arguments.seed {
        Some(seed) => one(&arguments.script(seed), arguments),
        None if arguments.meta => meta(arguments),
        None if arguments.planted => planted::run(arguments),
        None => worlds(arguments),
    }
}

/// One world, event by event.
fn one(script: &Script, arguments: &Arguments) -> ExitCode {
    let mut history = if arguments.quiet { History::default() } else { History::aloud() };
    match verdict(script, arguments.mistake(), &mut history) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(broken) => {
            failure::tell(script, &broken, arguments);
            ExitCode::FAILURE
        }
    }
}

/// One seed twice is the same history, byte for byte.
fn meta(arguments: &Arguments) -> ExitCode {
    for seed in arguments.from..arguments.from + arguments.seeds.unwrap_or(20) {
        let script = arguments.script(seed);
        let (mut first, mut second) = (History::default(), History::default());
        let (a, b) = (verdict(&script, None, &mut first), verdict(&script, None, &mut second));
        if first != second || a != b {
            let at = first.lines().iter().zip(second.lines()).position(|(a, b)| a != b).unwrap_or(0);
            eprintln!("seed {seed} twice is not the same history: event {at} is");
            eprintln!("  {:?}\n  {:?}", first.lines().get(at), second.lines().get(at));
            return ExitCode::FAILURE;
        }
    }
    println!("every seed twice was the same history, byte for byte");
    ExitCode::SUCCESS
}

/// Many worlds.
fn worlds(arguments: &Arguments) -> ExitCode {
    let pace = many::Pace::of(arguments);
    println!("worlds from seed {} on, {} threads", pace.from, arguments.threads());
    let mut sum = Report::default();
    let mut worlds = 0u64;
    let mut broken = None;
    let seeds = pace.from..pace.end;
    each(
        seeds,
        arguments.threads(),
        |seed| verdict(&arguments.script(seed), None, &mut History::default()),
        |seed, outcome| {
            match outcome {
                Ok(report) => sum.add(&report),
                Err(how) => {
                    broken = Some((seed, how));
                    return ControlFlow::Break(());
                }
            }
            worlds += 1;
            pace.tell(worlds, sum.orders);
            if pace.is_over(sum.orders) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    pace.end(worlds, sum.orders);
    if let Some((seed, how)) = broken {
        println!("{worlds} worlds kept every invariant; world {seed} did not");
        failure::tell(&arguments.script(seed), &how, arguments);
        return ExitCode::FAILURE;
    }
    println!("{worlds} worlds kept every invariant and came to rest with every channel right");
    println!("{sum}");
    ExitCode::SUCCESS
}

/// Lives through a regression's world.
///
/// # Panics
/// If it breaks again.
pub fn replay(regression: &Regression) -> Report {
    live(&regression.world, &mut History::default())
}
