//! What people need of a world that broke: the seed, what the check says, the shortest list of operations that was found, its history,
//! and the same as a regression.

use super::shrink::shrink;
use super::verdict::{Broken, verdict};
use super::{Arguments, Regression};
use crate::world::{History, Script};
use std::fs;

/// Says it all, and writes the two files.
pub(super) fn tell(script: &Script, broken: &Broken, arguments: &Arguments) {
    println!("\nworld {} broke: {}", script.seed, broken.message);
    println!("looking for less that breaks it as well ({} worlds at most)", arguments.shrink);
    let shrunk = shrink(script, broken, arguments.mistake(), arguments.shrink);
    let how = if shrunk.is_smallest { "none of these can be left out" } else { "perhaps fewer would do: --shrink looks longer" };
    println!(
        "{} of {} operations are enough ({} worlds tried; {how}):",
        shrunk.script.moves.len(),
        script.moves.len(),
        shrunk.tries
    );
    for one in &shrunk.script.moves {
        println!(
            "  after {} ms: {}, then {} steps",
            one.wait_ms,
            serde_json::to_string(&one.does).unwrap_or_default(),
            one.steps
        );
    }
    println!("then: {}", shrunk.broken.message);
    let mut history = History::default();
    let _ = verdict(&shrunk.script, arguments.mistake(), &mut history);
    let regression = Regression { broke: shrunk.broken.message.clone(), why: String::new(), world: shrunk.script };
    let name = format!("seed-{}-{}", script.seed, shrunk.broken.check.to_lowercase());
    let files = [(format!("{name}.jsonl"), history.lines().join("\n") + "\n"), (format!("{name}.json"), regression.to_json())];
    for (file, text) in files {
        let path = arguments.out.join(file);
        match fs::create_dir_all(&arguments.out).and_then(|()| fs::write(&path, text)) {
            Ok(()) => println!("written: {}", path.display()),
            Err(error) => eprintln!("{}: {error}", path.display()),
        }
    }
    println!("once it is mended, the .json file belongs in tests/simulation/regressions");
}
