//! `cargo sim`; see `simulation::tool`.

use clap::Parser;
use simulation::tool::{Arguments, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(&Arguments::parse())
}
