//! The commands that the README and the guides have people type exist, with the options they are typed with.

use super::Arguments;
use clap::CommandFactory as _;
use std::path::{Path, PathBuf};

/// The README, the guides, and what each connector tells of itself. What the changelog and the decisions tell was so when it was written.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages = vec![root.join("README.md"), root.join("SECURITY.md")];
    let files = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(files(root.join("docs/guides")));
    pages.extend(files(root.join("shared/connectors/src")).map(|folder| folder.join("README.md")).filter(|page| page.exists()));
    pages
}

/// What is typed, word by word: a line of a block of code, or what stands between backticks.
fn typed(text: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for piece in text.lines().flat_map(|line| line.split('`')) {
        let piece = piece.trim().split(" #").next().unwrap_or_default();
        let Some(words) = piece.strip_prefix("sluis ").or_else(|| piece.strip_prefix("cargo run -- ")) else { continue };
        found.push(words.split(['|', '>', ';']).next().unwrap_or_default().split_whitespace().collect());
    }
    found
}

/// What is wrong with it, if anything.
fn mistake(words: &[&str]) -> Option<String> {
    let mut command = &Arguments::command();
    let top = command;
    let mut path = Vec::new();
    for word in words {
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split('=').next().unwrap_or_default();
            let has = |command: &clap::Command| command.get_arguments().any(|argument| argument.get_long() == Some(name));
            if !has(command) && !has(top) && !["help", "version"].contains(&name) {
                return Some(format!("sluis {} has no --{name}", path.join(" ")));
            }
        } else if let Some(next) = command.find_subcommand(word) {
            command = next;
            path.push(*word);
        } else if command.has_subcommands() && path.is_empty() {
            return Some(format!("there is no sluis {word}"));
        }
    }
    None
}

#[test]
fn every_command_in_the_guides_exists() {
    let mut looked_at = 0;
    let mut mistakes = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        let begins =
            |words: &&Vec<&str>| words.first().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase() || c == '-'));
        for words in typed(&text).iter().filter(begins) {
            looked_at += 1;
            mistakes.extend(mistake(words).map(|mistake| format!("{}: {mistake}", page.display())));
        }
    }
    assert!(looked_at > 80, "{looked_at}");
    assert!(mistakes.is_empty(), "{mistakes:#?}");
}

#[test]
fn a_command_that_is_gone_is_seen() {
    assert_eq!(mistake(&["items"]), Some("there is no sluis items".to_owned()));
    assert_eq!(mistake(&["publish", "webshop", "--everything"]), Some("sluis publish has no --everything".to_owned()));
    assert_eq!(mistake(&["attention", "retry", "ID"]), None);
    assert_eq!(
        typed("say `sluis health`; then\ncargo run -- buy webshop LAMP 2   # two\n"),
        [vec!["health"], vec!["buy", "webshop", "LAMP", "2"]]
    );
}
