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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_file_is_said_to_be_damaged_and_how_to_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        drop(open(&file).await.unwrap());
        let whole = std::fs::read(&file).unwrap();
        let middle = |mut bytes: Vec<u8>| {
            bytes.iter_mut().skip(100).for_each(|byte| *byte = 0xa5);
            bytes
        };
        for damaged in [b"not a table".repeat(500), middle(whole)] {
            // Where nothing is open: what reads the whole one may not be gone yet.
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(FILE);
            std::fs::write(&file, damaged).unwrap();
            let words = open(&file).await.err().unwrap().message;
            assert!(words.contains("is damaged") && words.contains("restore.md") && !words.contains("reset"), "{words}");
        }
    }
}
