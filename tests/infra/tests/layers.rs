//! The engine's subjects use those below them and none above, so that each can be read without the ones above it.

use infra::{is_test, sources};
use std::collections::BTreeMap;

const ENGINE: &str = "shared/engine/src/";

/// From the bottom to the top. Modules of one layer do not know each other.
const LAYERS: &[&[&str]] = &[
    &["first_named", "planted", "ports"],
    &["rows"],
    &["cache", "merchant", "messages", "park", "readable", "schema", "unreadable"],
    &["connections", "index", "stock"],
    &["buyers"],
    &["invoices"],
    &["orders"],
    &["publish"],
    &["listings"],
    &["attention", "reconcile", "views"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Names in a list such as `a::{B, c}` or `D`: those that stand first.
fn first_names(list: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    match list.strip_prefix('{') {
        None => vec![word(list)],
        Some(rest) => rest.split('}').next().unwrap_or_default().split(',').map(|name| word(name.trim())).collect(),
    }
}

/// Of which module each name is that the crate's root hands on.
fn handed_on(root: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for line in root.split("pub use ").skip(1) {
        let path = line.split(';').next().unwrap_or_default();
        let path = path.strip_prefix("self::").unwrap_or(path);
        let Some((module, list)) = path.split_once("::") else { continue };
        names.extend(first_names(list).into_iter().map(|name| (name, module.to_owned())));
    }
    names
}

#[test]
fn the_engines_subjects_use_those_below_them_alone() {
    let files: Vec<(String, String)> = sources("shared/engine/src").into_iter().filter(|(name, _)| !is_test(name)).collect();
    let (_, root) = files.iter().find(|(name, _)| name.ends_with("src/lib.rs")).expect("the root");
    let handed_on = handed_on(root);
    assert_eq!(handed_on.get("ConnectorClient").map(String::as_str), Some("connections"));
    let (mut count, mut upwards) = (0, Vec::new());
    for (name, text) in &files {
        let path = name.strip_prefix(ENGINE).expect("a file of the engine");
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if module == "lib" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{name}: say in which layer it is"));
        let code: String = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        for name in code.split("crate::").skip(1).flat_map(first_names) {
            let theirs = handed_on.get(&name).unwrap_or(&name);
            if theirs == module || theirs.is_empty() {
                continue;
            }
            count += 1;
            match layer(theirs) {
                Some(below) if below < own => {}
                _ => upwards.push(format!("{path}: {theirs}")),
            }
        }
    }
    assert!(count > 300, "{count}");
    assert!(upwards.is_empty(), "{upwards:#?}");
}
