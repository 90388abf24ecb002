//! The claims as tables for people, the same text in the repository and on the screen.

use crate::claim::{Chapter, Claim};
use std::fmt::Write as _;

/// Where the part of `docs/proofs.md` begins that is made here.
pub const MARK: &str = "<!-- From here on made by `cargo proofs --write`; a test holds it to what the models say. -->\n";

/// The tables and the shortest ways, in Markdown.
pub fn markdown(chapters: &[Chapter]) -> String {
    let mut text = String::from(MARK);
    for chapter in chapters {
        let _ = writeln!(text, "\n## {}\n\nPromise: {}\n", chapter.title, chapter.promise);
        let _ = writeln!(text, "| claim | searched | states | |\n|---|---|--:|---|");
        for claim in &chapter.claims {
            let found = claim.found();
            let _ = writeln!(text, "| {} | {} | {} | {} |", claim.says, claim.within, thousands(found.states), verdict(claim));
        }
        for claim in &chapter.claims {
            way(&mut text, claim);
        }
    }
    text
}

fn verdict(claim: &Claim) -> String {
    match &claim.found().broken {
        None => format!("**holds**, {} deep", claim.found().depth),
        Some(broken) => format!("fails in {} steps", broken.steps.len()),
    }
}

/// One shortest way, folded.
fn way(text: &mut String, claim: &Claim) {
    let Some(broken) = &claim.found().broken else { return };
    let _ = writeln!(text, "\n<details><summary>How it fails: {}</summary>\n", claim.says);
    let _ = writeln!(text, "{}\n", broken.start);
    for (n, step) in broken.steps.iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", n + 1);
    }
    let _ = writeln!(text, "\n{}\n</details>", broken.end);
}

/// With a comma between thousands.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
