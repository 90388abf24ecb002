//! `cargo sim`: lives through worlds drawn from seeds, and names the seed that broke.

use clap::Parser;
use simulation::world::{Plan, Report, live};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Lives through worlds drawn from seeds. A world that breaks an invariant, or does not come to rest with every channel right, is
/// named; `--seed` lives through it again, event by event.
#[derive(Parser)]
#[command(name = "cargo sim")]
struct Arguments {
    /// One world, with its history as lines.
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// So many worlds.
    #[arg(long, default_value_t = 500)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// What customers, merchants and networks do in each.
    #[arg(long, default_value_t = 40)]
    operations: u32,
    /// The oversell study: the same customers through several policies; writes docs/study.
    #[arg(long)]
    study: bool,
    /// With `--study`: whether what is published there still holds. Seconds instead of minutes.
    #[arg(long, requires = "study")]
    check: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.study {
        return simulation::study::command::run(arguments.check);
    }
    if let Some(seed) = arguments.seed {
        return one(Plan { seed, operations: arguments.operations });
    }
    let bar = indicatif::ProgressBar::new(arguments.seeds);
    if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} worlds  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    let mut sum = Report::default();
    for seed in arguments.from..arguments.from + arguments.seeds {
        let Ok(report) = catch_unwind(AssertUnwindSafe(|| live(Plan { seed, operations: arguments.operations }))) else {
            bar.abandon();
            eprintln!("world {seed} broke; again, event by event: cargo sim --seed {seed} --operations {}", arguments.operations);
            return ExitCode::FAILURE;
        };
        sum.add(&report);
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{} worlds kept every invariant and came to rest with every channel right", arguments.seeds);
    println!("{sum}");
    ExitCode::SUCCESS
}

fn one(plan: Plan) -> ExitCode {
    simulation::world::tell_events();
    match catch_unwind(AssertUnwindSafe(|| live(plan))) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}
