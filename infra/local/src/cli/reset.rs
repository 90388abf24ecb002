//! `sluis reset`.

use crate::say::say;
use crate::state::StateFolder;
use ports::Result;
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
    let folder = StateFolder::take_any(state)?;
    say!("{} holds the books of {}. Deleted are: {}", state.display(), folder.owner(), folder.ours().join(", "));
    let foreign = folder.foreign();
    if !foreign.is_empty() {
        say!("Not of sluis, and left where it is: {}", foreign.join(", "));
    }
    if !arguments.yes && !crate::say::agreed(&format!("Delete all orders, stock and queues in {}? Type yes: ", state.display()))?
    {
        say!("nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    folder.clear()?;
    say!("they are deleted");
    Ok(ExitCode::SUCCESS)
}
