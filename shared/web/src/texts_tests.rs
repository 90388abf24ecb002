//! Every text is there in both languages, with the same to fill in, and every one is used.

use crate::texts::{DUTCH_FILES, ENGLISH_FILES, Language};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Texts by their names, with what is filled in.
fn texts(files: &[&str]) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found = BTreeMap::new();
    for file in files {
        let read = fluent_bundle::FluentResource::try_new((*file).to_owned());
        assert!(read.is_ok(), "{:?}", read.err().map(|(_, errors)| errors));
        let mut name = String::new();
        for line in file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| !key.starts_with(' ')) {
                key.clone_into(&mut name);
                assert!(!found.contains_key(&name), "{name} is there twice");
            }
            let (text, filled): &mut (String, BTreeSet<String>) = found.entry(name.clone()).or_default();
            text.push_str(line);
            let arguments = line.split('$').skip(1);
            filled.extend(arguments.map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>()));
        }
    }
    found
}

/// The shipped source of this crate.
fn source() -> String {
    let (mut all, mut open) = (String::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.to_string_lossy().ends_with("_tests.rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    all
}

/// Texts that are named in the source, each with what it is given there.
fn named(source: &str) -> Vec<(String, BTreeSet<String>)> {
    // However it is broken into lines.
    let source = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let calls = source.split("say!(").skip(1).filter_map(|rest| {
        let (_, rest) = rest.split_once(", \"").filter(|(reader, _)| reader.len() < 30)?;
        let (key, rest) = rest.split_once('"')?;
        // To the bracket that closes the call.
        let (mut depth, mut given, mut word) = (1, BTreeSet::new(), String::new());
        for (at, c) in rest.char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if depth == 0 {
                break;
            }
            if depth == 1 && c == '=' && rest[at..].starts_with("= ") {
                given.insert(word.trim().trim_start_matches(',').trim().to_owned());
            }
            if depth == 1 && c == ',' {
                word.clear();
            } else if c.is_ascii_alphanumeric() {
                word.push(c);
            }
        }
        Some((key.to_owned(), given))
    });
    calls.filter(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '-')).collect()
}

/// The values of a list, as texts are named by them.
fn values<T: JsonSchema>() -> Vec<String> {
    fn collect(schema: &Value, found: &mut Vec<String>) {
        let named = |value: &Value| value.as_str().map(|value| value.replace('_', "-"));
        found.extend(schema.get("const").and_then(named));
        found.extend(schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(named));
        found.extend(schema.pointer("/properties/type/const").and_then(named));
        for one in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
            collect(one, found);
        }
    }
    let mut found = Vec::new();
    collect(&serde_json::to_value(schema_for!(T)).unwrap(), &mut found);
    assert!(found.len() > 1, "{}", std::any::type_name::<T>());
    found
}

/// Every list of values that is put into words, by the beginning of its texts' names.
fn lists() -> BTreeMap<&'static str, Vec<String>> {
    [
        ("cancel-reason", values::<domain::CancelReason>()),
        ("condition", values::<domain::ReturnCondition>()),
        ("resolution", values::<domain::ReturnResolution>()),
        ("sync", values::<domain::ChannelSync>()),
        ("uploaded", values::<domain::ChannelSync>()),
        ("mailed", values::<domain::ChannelSync>()),
        ("booked", values::<domain::ChannelSync>()),
        ("destination", values::<engine::rows::InvoiceDestination>()),
        ("task", values::<domain::Task>()),
        ("work", values::<domain::Task>()),
        ("drift", values::<domain::DriftCause>()),
        ("do", values::<engine::views::ParkedType>()),
        ("waits", values::<engine::views::ParkedType>()),
        ("not-told", values::<engine::views::NotPublished>()),
        ("moved-by", values::<engine::rows::OrderStockAction>()),
        ("set-by", values::<engine::views::RuleSource>()),
        ("order-stage", values::<domain::OrderStage>()),
        ("step", values::<engine::views::Step>()),
        ("term", values::<engine::views::TermCause>()),
        ("role", values::<domain::Role>()),
        ("token", values::<engine::views::TokenLifetime>()),
    ]
    .into()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_to_fill_in() {
    let (dutch, english) = (texts(&DUTCH_FILES), texts(&ENGLISH_FILES));
    assert!(dutch.len() > 300, "{}", dutch.len());
    assert_eq!(dutch.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    for (name, (text, filled)) in &dutch {
        assert_eq!(filled, &english[name].1, "{name}");
        assert!(text.len() > name.len() + 3, "{name} is empty");
    }
}

#[test]
fn every_text_is_used_and_every_text_that_is_used_is_there_with_what_it_is_given() {
    let (dutch, source) = (texts(&DUTCH_FILES), source());
    let mut unused: BTreeSet<&str> = dutch.keys().map(String::as_str).collect();
    let named = named(&source);
    assert!(named.len() > 300, "{}", named.len());
    for (key, given) in &named {
        let (_, filled) = dutch.get(key).unwrap_or_else(|| panic!("{key} is no text"));
        assert_eq!(filled, given, "{key}");
        unused.remove(key.as_str());
    }
    let lists = lists();
    for list in source.split("choice(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(lists.contains_key(list), "{list}: name its values in this test");
    }
    for (list, values) in &lists {
        for value in values {
            let key = format!("{list}-{value}");
            let (key, _) = dutch.get_key_value(&key).unwrap_or_else(|| panic!("{key} is no text"));
            unused.remove(key.as_str());
        }
    }
    assert_eq!(unused, BTreeSet::new(), "used nowhere");
}

/// A button says what it does, and in Dutch by its infinitive.
#[test]
fn what_can_be_done_is_said_in_the_infinitive_in_dutch() {
    for key in [
        "ship",
        "cancel-units",
        "announce-return",
        "cover",
        "restock",
        "deleted-there",
        "resolve-lines",
        "receive-return",
        "inspect-return",
        "tell-again",
        "correct-shipment",
        "try-again",
        "send-again",
        "dismiss",
        "erase",
        "count",
        "correct",
        "transfer",
        "explain",
        "change-rules",
        "change-publishing",
        "check-now",
        "match-listing",
        "send-matches",
        "search",
        "open-order",
        "sign-in",
        "sign-out",
    ] {
        let text = Language::Dutch.text(key, None);
        assert!(Language::Dutch.has(key) && text.split([' ', ',', ':']).any(|word| word.ends_with("en")), "{key}: {text}");
    }
}

#[test]
fn a_browser_is_answered_in_the_first_of_our_languages_that_it_asks_for() {
    assert_eq!(Language::accepted("nl-BE,nl;q=0.9,en;q=0.8"), Language::Dutch);
    assert_eq!(Language::accepted("fr;q=0.9, en-GB;q=0.8"), Language::English);
    assert_eq!(Language::accepted("fr"), Language::Dutch);
    assert_eq!(Language::accepted(""), Language::Dutch);
}
