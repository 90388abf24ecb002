//! Inputs to start from, made of what is here already: what the simulators answer and deliver, the channels' fixtures, the samples of
//! messages, the demo's configuration. All people in them are invented.

mod channel;

use crate::script::SEPARATOR;
use crate::subject;
use std::fs;
use std::path::{Path, PathBuf};

/// Target, name, input.
pub type Seed = (&'static str, String, Vec<u8>);

/// Some of the demo's products are enough.
const PRODUCTS: usize = 6;

/// All of them.
pub fn all() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for subject in subject::all() {
        channel::answers(subject, &mut seeds);
        channel::deliveries(subject, &mut seeds);
        channel::fixtures(subject, &mut seeds);
    }
    configurations(&mut seeds);
    messages(&mut seeds);
    histories(&mut seeds);
    seeds
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a folder, in order of their names.
fn files(folder: &str, extension: &str) -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<_> = fs::read_dir(root().join(folder)).unwrap().flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == extension));
    paths.sort();
    let name = |p: &Path| p.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|p| (name(p), fs::read(p).unwrap())).collect()
}

fn configurations(seeds: &mut Vec<Seed>) {
    let catalogue = fs::read_to_string(root().join("infra/local/demo/catalogue.csv")).unwrap();
    let catalogue: Vec<&str> = catalogue.lines().take(PRODUCTS).collect();
    let catalogue = catalogue.join("\n");
    let dutch = catalogue.replace(['.', ','], ";");
    for (file, catalogue) in
        [("sluis.example.toml", &catalogue), ("infra/local/demo/demo.toml", &catalogue), ("infra/local/demo/demo.toml", &dutch)]
    {
        let text = fs::read(root().join(file)).unwrap();
        let name = Path::new(file).file_stem().unwrap().to_string_lossy().into_owned();
        let kind = if catalogue.contains(';') { "semicolons" } else { "commas" };
        seeds.push(("configuration", format!("{name}-{kind}"), [&text, [SEPARATOR].as_slice(), catalogue.as_bytes()].concat()));
    }
}

fn messages(seeds: &mut Vec<Seed>) {
    for folder in ["inbound", "stock-hints", "order-updates", "bus"] {
        for (name, text) in files(&format!("events/samples/{folder}"), "json") {
            seeds.push(("messages", name.clone(), [name.as_bytes(), b"\n", &text].concat()));
        }
    }
    for (name, text) in [("ean", "2000000079196"), ("figure", "1000000000"), ("currency", "EUR"), ("code", "LAMP-S")] {
        seeds.push(("messages", name.to_owned(), format!("{name}\n{text}").into_bytes()));
    }
}

/// Bytes of no meaning: a history can be read from any.
fn histories(seeds: &mut Vec<Seed>) {
    for number in 1..=4_u32 {
        let mut state = number;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        seeds.push(("planning", format!("history-{number}"), (0..300 * number).map(|_| next()).collect()));
    }
}
