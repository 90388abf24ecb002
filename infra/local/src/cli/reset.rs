//! `sluis reset`.

use crate::state::StateFolder;
use ports::{Error, ErrorKind, Result};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// What `reset` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ResetArguments {
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) fn reset(arguments: &ResetArguments, state: &Path) -> Result<ExitCode> {
    if !StateFolder::is_one(state) {
        println!("{} is not a folder of sluis; nothing to delete", state.display());
        return Ok(ExitCode::SUCCESS);
    }
    let folder = StateFolder::take(state)?;
    if !arguments.yes && !agreed(state)? {
        println!("nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    folder.clear()?;
    println!("{} is empty", state.display());
    Ok(ExitCode::SUCCESS)
}

fn agreed(state: &Path) -> Result<bool> {
    let wrong =
        |error: std::io::Error| Error::new(ErrorKind::BadInput, "reset", format!("no answer can be read: {error}; say --yes"));
    print!("Delete all orders, stock and queues in {}? Type yes: ", state.display());
    std::io::stdout().flush().map_err(wrong)?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(wrong)?;
    Ok(answer.trim() == "yes")
}
