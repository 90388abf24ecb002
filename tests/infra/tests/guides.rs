//! The guides list the files there really are: whoever follows one misses none, and looks for none that is not there.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use infra::{root, workspace};
use std::collections::BTreeSet;
use std::path::Path;

fn guide(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/guides").join(name)).unwrap()
}

/// What stands between backticks.
fn named(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn entries(folder: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let slash = if entry.path().is_dir() { "/" } else { "" };
        format!("{}{slash}", entry.file_name().to_string_lossy())
    });
    names.collect()
}

#[test]
fn the_guide_to_connectors_lists_the_files_that_every_connector_has_and_no_other() {
    let guide = guide("add-a-connector.md");
    let listed = named(&guide);
    let home = root().join("shared/connectors/src");
    let folders: Vec<BTreeSet<String>> = entries(&home)
        .iter()
        .filter(|name| home.join(name).join("mod.rs").is_file() && home.join(name).join("wire.rs").is_file())
        .map(|name| entries(&home.join(name)))
        .collect();
    assert!(folders.len() >= 3, "{}", folders.len());
    let everywhere = folders.iter().skip(1).fold(folders[0].clone(), |all, one| &all & one);
    for file in everywhere.iter().filter(|name| *name != "sim/" && !infra::is_test(name)) {
        assert!(listed.contains(file.as_str()), "{file} is in every connector's folder and not in the guide");
    }
    // A capability that no channel of this build has is known by its port.
    let ports = entries(&root().join("shared/ports/src/connector"));
    let (_, table) = guide.split_once("| file | what |").unwrap();
    let rows = table.lines().map_while(|line| line.trim().strip_prefix('|').or(line.is_empty().then_some("")));
    let files: Vec<&str> = rows.filter_map(|row| row.trim().strip_prefix('`')?.split('`').next()).collect();
    assert!(files.len() >= 15, "{files:?}");
    for file in files {
        let there = folders.iter().any(|folder| folder.contains(file)) || ports.contains(file);
        assert!(there, "{file} is in the guide, and in no connector's folder");
    }
}

/// Where every function stands by its name, one file each: what grows with a function.
fn where_all_functions_stand() -> BTreeSet<String> {
    let metadata = workspace();
    let functions: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| package.manifest_path.as_str().contains("/functions/"))
        .map(|package| package.name.to_string())
        .collect();
    assert!(functions.len() >= 7, "{functions:?}");
    let camel = |name: &str| {
        let parts = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]);
        parts.collect::<String>() + "Function"
    };
    let mut found = BTreeSet::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                // What is built or fetched, and what is told of the past.
                if !name.starts_with('.') && !["target", "decisions", "functions", "fuzz", "samples"].contains(&name.as_str()) {
                    open.push(path);
                }
                continue;
            }
            if matches!(name.as_str(), "Cargo.lock" | "CHANGELOG.md" | "add-a-function.md") {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let stands = |name: &String| {
                text.contains(&format!("{name}\""))
                    || text.contains(&format!("`{name}`"))
                    || text.contains(&camel(name))
                    || text.contains(&format!("-p {name}"))
                    || text.contains(&format!("\n{name} = "))
                    || text.contains(&format!("\n## {name}\n"))
            };
            if functions.iter().all(stands) || functions.iter().all(|name| text.contains(&name.replace('-', "_"))) {
                found.insert(path.strip_prefix(root()).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found
}

#[test]
fn the_guide_to_functions_lists_every_place_where_all_of_them_stand() {
    let guide = guide("add-a-function.md");
    let listed = named(&guide);
    let found = where_all_functions_stand();
    for file in &found {
        assert!(listed.contains(file.as_str()), "every function stands in {file}, and the guide does not say so");
    }
    let (_, table) = guide.split_once("| file | what |").unwrap();
    for row in table.lines().skip(2).map_while(|line| line.trim().strip_prefix('|')) {
        for file in named(row.split('|').next().unwrap()) {
            assert!(found.contains(file) || root().join(file).is_file(), "{file} is in the guide, and not there");
        }
    }
    for file in listed.iter().filter(|name| name.contains('/') && name.rsplit('/').next().unwrap().contains('.')) {
        assert!(root().join(file).is_file(), "{file} is in the guide, and not there");
    }
}
