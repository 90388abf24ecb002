//! Chaos: the real process, with faults at its ports. What the simulation does to the engine in memory happens here to real files
//! and real connections.
//!
//! Seeded dice decide which call goes wrong and how. Which call rolls next is up to the machine's threads, so a seed gives the same
//! dice, not the same run: what must be replayed belongs in a simulated world.

mod dice;
mod fault;
mod mortal;
mod ports;
mod rate;
mod troubles;

pub use dice::Dice;
pub use fault::Fault;
pub use mortal::Mortal;
pub use ports::{troubled, with_fault};
pub use rate::Rate;
pub use troubles::make_trouble;
pub use troubles::on_time;

use ::ports::{Error, ErrorKind, Result};
use config::Config;

/// What chaos to make.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Calls that go wrong.
    pub rate: Rate,
    /// Seed of the dice.
    pub seed: u64,
}

/// Refuses a configuration with a channel that is not simulated: its orders and buyers are real.
pub fn only_simulated(config: &Config) -> Result<()> {
    let real: Vec<_> = config.connections.iter().filter(|c| !c.simulated).map(|c| c.id.as_str()).collect();
    if real.is_empty() {
        return Ok(());
    }
    let message = format!(
        "--chaos is for simulated channels only, and {} is none: faults would befall real orders; leave it out, or set `simulated = true` with a `base_url` on this machine",
        real.join(", ")
    );
    Err(Error::new(ErrorKind::Configuration, "chaos", message))
}

#[cfg(test)]
#[path = "chaos_tests.rs"]
mod tests;
