//! A world that broke once, kept as data: `tests/simulation/regressions/*.json`. A test lives through all of them.

use crate::world::Script;
use std::fs;
use std::path::{Path, PathBuf};

/// Such a world.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regression {
    /// What broke, in the words of the check.
    pub broke: String,
    /// Why, in ours.
    #[serde(default)]
    pub why: String,
    /// The world.
    pub world: Script,
}

impl Regression {
    /// Where they are kept.
    pub fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions")
    }

    /// Reads one.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{} is no world: {error}", file.display()))
    }

    /// All of them, by the names of their files.
    pub fn all() -> Result<Vec<(String, Self)>, String> {
        let entries = fs::read_dir(Self::folder()).map_err(|error| format!("{}: {error}", Self::folder().display()))?;
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
        files.sort();
        files
            .iter()
            .map(|file| Ok((file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), Self::read(file)?)))
            .collect()
    }

    /// As it is kept.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
