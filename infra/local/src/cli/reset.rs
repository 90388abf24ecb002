//! `sluis reset`.

use crate::say::say;
use crate::state::{DOCUMENTS, StateFolder};
use domain::so_many;
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
    let kept = folder.documents();
    if kept > 0 {
        let what = so_many(i64::try_from(kept).unwrap_or(i64::MAX), "file");
        say!(
            "Among them is the archive of invoices ({what}). Tax law has issued invoices kept for seven years in the Netherlands and ten in \
             Belgium: copy {} elsewhere first, unless they were never sent to anybody.",
            state.join(DOCUMENTS).display()
        );
    }
    let what = if kept > 0 { "all orders, stock, queues and issued invoices" } else { "all orders, stock and queues" };
    if !arguments.yes && !crate::say::agreed(&format!("Delete {what} in {}? Type yes: ", state.display()))? {
        say!("nothing was deleted");
        return Ok(ExitCode::FAILURE);
    }
    folder.clear()?;
    say!("they are deleted");
    Ok(ExitCode::SUCCESS)
}
