//! The table: a DynamoDB engine on a SQLite file, called in this process through the adapter that speaks to the real one.

use aws::embedded::{EmbeddedTable, on_file};
use ports::Result;
use std::path::Path;

/// The file's name in the state folder.
pub const FILE: &str = "table.db";
/// The table's name inside the engine.
const NAME: &str = "sluis";

/// Opens the file, or makes it.
pub async fn open(file: &Path) -> Result<EmbeddedTable> {
    on_file(file)?.table(NAME).await
}

/// The table of a stack that another process runs, to be looked at from beside: what is committed is seen.
pub fn beside(file: &Path) -> Result<EmbeddedTable> {
    Ok(on_file(file)?.existing_table(NAME))
}
