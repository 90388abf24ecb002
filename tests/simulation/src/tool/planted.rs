//! Mistakes that others made, planted one by one: a world must find each. One that survives is a hole in the worlds.

use super::{Arguments, each, verdict};
use crate::world::History;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::process::ExitCode;
use testkit::planted::Mistake;

/// Worlds that are lived through with every mistake, to tell how surely it is found.
const ALWAYS: u64 = 200;

/// How a mistake was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catch {
    /// The first seed whose world breaks, and what it says.
    pub first: Option<(u64, String)>,
    /// Worlds that break by each check, of the first worlds.
    pub by: BTreeMap<String, u64>,
    /// How many worlds that were.
    pub worlds: u64,
}

/// Plants a mistake in worlds from seed 0 on: `always` of them, and more until one breaks, `most` at most.
pub fn catch(mistake: Mistake, arguments: &Arguments, always: u64, most: u64) -> Catch {
    let mut caught = Catch::default();
    let work = |seed| verdict(&arguments.script(seed), Some(mistake), &mut History::default());
    each(0..most.max(always), arguments.threads(), work, |seed, outcome| {
        caught.worlds = seed + 1;
        if let Err(broken) = outcome {
            if seed < always {
                *caught.by.entry(broken.check).or_default() += 1;
            }
            caught.first.get_or_insert((seed, broken.message));
        }
        if seed + 1 >= always && caught.first.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    caught
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let most = arguments.seeds.unwrap_or(3000);
    let mut survivors = Vec::new();
    if arguments.mistakes().next().is_none() {
        println!("no planted mistake has these words in its name; `cargo sim --planted` names them all");
        return ExitCode::from(2);
    }
    println!("| mistake | stands for | caught by | after seeds | of {ALWAYS} worlds | model |");
    println!("|---|---|---|---|---|---|");
    for mistake in arguments.mistakes() {
        // One that a model kills for sure need not be waited for.
        let most = if mistake.model().is_some() { most.min(ALWAYS) } else { most };
        let caught = catch(mistake, arguments, ALWAYS.min(most), most);
        let by = caught.by.iter().map(|(check, times)| format!("{check} ({times})")).collect::<Vec<_>>().join(", ");
        let (after, by) = match &caught.first {
            Some((seed, _)) if by.is_empty() => ((seed + 1).to_string(), caught.check().to_owned()),
            Some((seed, _)) => ((seed + 1).to_string(), by),
            None => (format!("not in {}", caught.worlds), "-".to_owned()),
        };
        let model = mistake.model().unwrap_or("-");
        let of: u64 = caught.by.values().sum();
        println!("| {} | {} | {by} | {after} | {of} | {model} |", mistake.name(), mistake.stands_for());
        if caught.first.is_none() && mistake.model().is_none() {
            survivors.push(mistake.name());
        }
    }
    if survivors.is_empty() {
        println!("\nnone of {} mistakes survives", arguments.mistakes().count());
        return ExitCode::SUCCESS;
    }
    println!("\nsurvived: {}", survivors.join(", "));
    ExitCode::FAILURE
}

impl Catch {
    fn check(&self) -> &str {
        self.first.as_ref().and_then(|(_, message)| message.split_once(": ")).map_or("panic", |(name, _)| name)
    }
}
