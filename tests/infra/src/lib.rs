//! The rules of the house, read from the workspace itself.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::path::{Path, PathBuf};

/// The workspace as cargo sees it.
///
/// # Panics
/// If cargo cannot read it.
#[expect(clippy::expect_used, reason = "test support")]
pub fn workspace() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata")
}

/// The top folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names a package depends on in what is shipped.
pub fn shipped_dependencies(package: &Package) -> Vec<&str> {
    package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal).map(|d| d.name.as_str()).collect()
}

/// All source files below a folder of the workspace, with their paths from the top.
///
/// # Panics
/// If one cannot be read, or there are none: a rule about no file at all holds whatever anybody writes.
#[expect(clippy::expect_used, reason = "test support")]
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).expect(folder) {
            let path = entry.expect(folder).path();
            if path.is_dir() {
                if !path.ends_with("target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect(folder);
                let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                found.push((name, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds no source");
    found.sort();
    found
}

/// Whether a file holds only tests.
pub fn is_test(name: &str) -> bool {
    name.ends_with("_tests.rs") || name.ends_with("/tests.rs") || name.contains("/tests/") || name.starts_with("tests/")
}
