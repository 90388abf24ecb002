//! Who may depend on whom (ARCHITECTURE.md, "The rooms").

use infra::{root, shipped_dependencies, workspace};
use std::collections::BTreeSet;

/// Crate, the rooms it may use, and outside crates it must never use.
const TABLE: &[(&str, &[&str], &[&str])] = &[
    ("domain", &[], &["tokio", "async-trait", "futures", "rand", "serde_json", "aws-config", "reqwest", "http"]),
    ("contracts", &["domain"], &["tokio", "async-trait", "futures", "reqwest"]),
    ("ports", &["domain", "contracts"], &["aws-config", "reqwest", "lambda_runtime", "tokio"]),
    ("engine", &["domain", "contracts", "ports", "documents"], &["aws-config", "reqwest", "tokio", "lambda_runtime"]),
    ("connectors", &["domain", "contracts", "ports"], &["aws-config", "reqwest", "tokio", "lambda_runtime"]),
    ("config", &["domain", "ports", "engine", "connectors"], &["aws-config", "reqwest", "tokio", "lambda_runtime"]),
    ("documents", &["domain"], &["tokio", "async-trait", "futures", "reqwest", "http", "ports"]),
    ("web", &["domain", "engine"], &["tokio", "async-trait", "futures", "reqwest", "http", "axum", "ports"]),
    ("aws", &["domain", "contracts", "ports"], &["lambda_runtime"]),
    ("lambda-kit", &["domain", "contracts", "ports", "engine", "connectors", "aws"], &[]),
    ("testkit", &["domain", "contracts", "ports", "engine", "connectors"], &["aws-config", "reqwest", "lambda_runtime", "tokio"]),
];

const FUNCTIONS: &[&str] = &[
    "webhook-ingest",
    "channel-poll",
    "order-intake",
    "stock-fanout",
    "order-updates",
    "stock-reconcile",
    "invoice-generation",
    "read-model",
    "api",
];

#[test]
fn every_room_keeps_to_the_dependency_table() {
    let metadata = workspace();
    let ours: Vec<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    for (name, may_use, never) in TABLE {
        let package =
            metadata.packages.iter().find(|p| p.name.as_str() == *name).unwrap_or_else(|| panic!("room {name} is missing"));
        for used in shipped_dependencies(package) {
            assert!(!ours.contains(&used) || may_use.contains(&used), "{name} may not use {used}");
            assert!(!never.contains(&used), "{name} must never use {used}");
            assert!(*name == "aws" || !used.starts_with("aws-sdk"), "only `aws` knows the cloud, not {name}");
        }
    }
}

#[test]
fn the_lists_of_this_file_name_every_room_and_every_function() {
    let metadata = workspace();
    let within = |folder: &str| -> BTreeSet<&str> {
        let here = metadata.packages.iter().filter(|p| p.manifest_path.as_str().contains(&format!("/{folder}/")));
        here.map(|p| p.name.as_str()).collect()
    };
    assert_eq!(within("functions"), FUNCTIONS.iter().copied().collect());
    assert_eq!(within("shared"), TABLE.iter().map(|(name, ..)| *name).collect());
}

#[test]
fn functions_do_not_know_each_other_and_nothing_shipped_knows_the_proofs() {
    for package in workspace().packages {
        let name = package.name.as_str();
        for used in shipped_dependencies(&package) {
            let is_proof = package.manifest_path.as_str().contains("/tests/");
            assert!(name == "sluis" || is_proof || !FUNCTIONS.contains(&used), "{name} may not use the function {used}");
            let for_proofs = ["testkit", "model", "stateright"];
            assert!(!for_proofs.contains(&used) || is_proof, "{name} ships {used}");
        }
    }
}

#[test]
fn every_crate_takes_lints_and_versions_from_the_workspace() {
    for package in workspace().packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}: lints", package.name);
        let own_version = manifest.lines().filter(|l| l.contains("version = \"")).collect::<Vec<_>>();
        assert!(own_version.is_empty(), "{}: versions belong in the workspace table: {own_version:?}", package.name);
    }
}

#[test]
fn one_tls_stack_and_it_is_ring() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for banned in ["aws-lc-rs", "aws-lc-sys", "openssl-sys", "native-tls"] {
        assert!(!lock.contains(&format!("name = \"{banned}\"")), "{banned} came in");
    }
    assert_eq!(lock.matches("name = \"rustls\"").count(), 1, "more than one rustls");
    assert_eq!(lock.matches("name = \"hyper\"").count(), 1, "more than one hyper");
}
