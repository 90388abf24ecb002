//! Every seed, and every input that once broke a property, as an ordinary test.

use foreign_bytes::{TARGETS, subject};
use std::fs;
use std::path::{Path, PathBuf};

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join(target)
}

/// The files below `fuzz/{kind}/{target}`, in order of their names.
fn inputs(kind: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder(kind, target)).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|e| e.path()).filter(|p| p.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).expect("a file of the folder"))).collect()
}

#[test]
fn all_holds_for_every_seed_and_every_former_crash() {
    for (target, hold) in TARGETS {
        let seeds = inputs("seeds", target);
        assert!(!seeds.is_empty(), "{target} has no seeds: run `cargo seeds`");
        let former = inputs("regressions", target);
        println!("{target}: {} seeds, {} former crashes", seeds.len(), former.len());
        for (path, input) in seeds.into_iter().chain(former) {
            println!("  {}", path.display());
            hold(&input);
        }
    }
}

#[test]
fn every_channel_has_seeds() {
    for target in ["deliveries", "answers"] {
        for subject in subject::all() {
            let id = subject.channel.descriptor().id;
            if target == "deliveries" && subject.channel.notifications().is_none() {
                println!("skipped for {id}: it delivers nothing");
                continue;
            }
            let starts = inputs("seeds", target).iter().any(|(_, input)| input.starts_with(id.as_bytes()));
            assert!(starts, "{target} has no seed for {id}: run `cargo seeds`");
        }
    }
}

#[test]
fn every_target_has_its_file_and_every_file_its_target() {
    let folder = folder("fuzz_targets", "");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name().into_string().unwrap()).collect();
    files.sort();
    let mut targets: Vec<_> = TARGETS.iter().map(|(name, _)| format!("{name}.rs")).collect();
    targets.sort();
    assert_eq!(files, targets);
}
