//! What `cargo sim` can be asked.

use crate::world::{Mode, Script, Size};
use clap::Parser;
use std::path::PathBuf;
use testkit::planted::Mistake;

/// Lives through worlds drawn from seeds: customers, channels, networks and functions, with everything that goes wrong in them. A
/// world that breaks an invariant, or does not come to rest with every channel right, is named, with the shortest list of operations
/// that was found to break it. The same seed is always the same world.
///
///   cargo sim                         the first 500 worlds
///   cargo sim --seeds 2000            more of them
///   cargo sim --minutes 30            worlds never seen before, for so long
///   cargo sim --seed 42               one world, event by event
///   cargo sim --orders 1000000        worlds full of orders, until there were so many
///   cargo sim --planted               every planted mistake must be found; with --mistake WORDS, these alone
///   cargo sim --seed 42 --mistake "told before"  one world with a mistake planted
///   cargo sim --seeds 200 --jumps     worlds in which our own clock jumps as well
///   cargo sim --meta                  one seed twice is the same history, byte for byte
///   cargo sim --replay FILE           a world that broke once
///   cargo sim --study                 how much is oversold, by ours and by other policies
///
/// It ends with 0 if all is well, with 1 if a world broke or a mistake survived, and with 2 if it was not understood.
#[derive(Parser, Debug)]
#[command(name = "cargo sim", verbatim_doc_comment)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that somebody types")]
pub struct Arguments {
    /// One world, event by event.
    #[arg(long, conflicts_with_all = ["seeds", "minutes", "orders", "planted", "meta", "replay"])]
    pub seed: Option<u64>,
    /// So many worlds; with `--planted`, so many at most for each mistake.
    #[arg(long)]
    pub seeds: Option<u64>,
    /// Worlds for so many minutes, from a seed that the clock gives unless `--from` does.
    #[arg(long, conflicts_with_all = ["seeds", "orders"])]
    pub minutes: Option<u64>,
    /// Worlds full of orders, until so many were placed.
    #[arg(long, conflicts_with_all = ["seeds", "planted"])]
    pub orders: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    pub from: u64,
    /// How figures are published; drawn for each world if not given.
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// Operations in a world.
    #[arg(long)]
    pub operations: Option<u32>,
    /// Our own clock jumps as well, now and then. Not all worlds hold that yet.
    #[arg(long)]
    pub jumps: bool,
    /// Plants each mistake and looks for the world that finds it.
    #[arg(long)]
    pub planted: bool,
    /// With `--planted`: only mistakes with this in their name. With `--seed` or `--replay`: the first of them is planted.
    #[arg(long, value_name = "NAME")]
    pub mistake: Option<String>,
    /// Lives through 20 worlds twice, and compares their histories.
    #[arg(long, conflicts_with = "planted")]
    pub meta: bool,
    /// Lives through the world in a file of `tests/simulation/regressions`.
    #[arg(long, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// The oversell study: the same customers under several policies; writes docs/study.
    #[arg(long, conflicts_with_all = ["seed", "seeds", "minutes", "orders", "planted", "meta", "replay"])]
    pub study: bool,
    /// With `--study`: whether what is published there still holds. Seconds instead of minutes.
    #[arg(long, requires = "study")]
    pub check: bool,
    /// Threads; as many as there are cores if not given. What is found does not depend on it.
    #[arg(long)]
    threads: Option<usize>,
    /// Worlds to try at most, to find a shorter list of operations that breaks as well.
    #[arg(long, default_value_t = 600)]
    pub shrink: u32,
    /// Where the history and the regression of a world that broke are written.
    #[arg(long, value_name = "FOLDER", default_value = "target/sim-failures")]
    pub out: PathBuf,
    /// No events, only how it ended.
    #[arg(long)]
    pub quiet: bool,
}

impl Arguments {
    /// The world of a seed.
    pub fn script(&self, seed: u64) -> Script {
        let size = if self.orders.is_some() { Size::DENSE } else { Size::USUAL };
        let script = Script::draw(seed, Size { moves: self.operations.unwrap_or(size.moves), ..size }, self.mode);
        if self.jumps { script.with_jumps() } else { script }
    }

    /// The mistakes that are meant.
    pub fn mistakes(&self) -> impl Iterator<Item = Mistake> {
        let is_meant = |mistake: &Mistake| self.mistake.as_ref().is_none_or(|name| mistake.name().contains(name.as_str()));
        Mistake::ALL.iter().copied().filter(is_meant)
    }

    /// The mistake that is planted in a single world, if one is.
    pub fn mistake(&self) -> Option<Mistake> {
        self.mistake.as_ref().and_then(|_| self.mistakes().next())
    }

    /// Threads to use.
    pub fn threads(&self) -> usize {
        self.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1)
    }
}
