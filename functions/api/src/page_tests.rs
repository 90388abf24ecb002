//! The page: complete in both languages, and in need of nothing from elsewhere.

use crate::tests::{call, document};
use crate::{Api, HttpHandler as _, resources};
use simulation::market::Market;
use std::collections::{BTreeMap, BTreeSet};
use testkit::run::finish;

/// Every kind of thing that needs attention.
const NEEDS_ATTENTION: [&str; 17] = [
    "order",
    "unmatched_lines",
    "unreadable_lines",
    "unreadable_listing",
    "product_changed",
    "restock_unknown",
    "return_unknown",
    "deleted",
    "short",
    "rejected_update",
    "listing",
    "price",
    "webhook",
    "message",
    "missing_rights",
    "other",
    "difference",
];

#[test]
fn the_page_needs_nothing_from_elsewhere_and_runs_only_its_own_script() {
    let market = Market::open(&[], 0);
    let answer = finish(Api::new(market.stage.world()).handle(call("GET", "/", "")));
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    let policy = &answer.headers.iter().find(|(n, _)| n == "content-security-policy").unwrap().1;
    for (tag, source) in [("style", "style-src"), ("script", "script-src")] {
        let inner = page.split_once(&format!("<{tag}")).unwrap().1.split_once('>').unwrap().1;
        let inner = inner.split_once(&format!("</{tag}>")).unwrap().0;
        assert!(inner.len() > 1000, "the {tag} is in the page");
        let digest = ring::digest::digest(&ring::digest::SHA256, inner.as_bytes());
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
        assert!(policy.contains(&format!("{source} 'sha256-{hash}'")), "{policy}");
    }
    let outside = page.replace("http://www.w3.org/2000/svg", "");
    assert!(!outside.contains("http://") && !outside.contains("https://") && !outside.contains("src="));
}

/// Every word of the page in English and in Dutch.
fn words() -> BTreeMap<String, [String; 2]> {
    let lines = resources::SCRIPTS[0].lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix("],")?.split_once(": ["));
    let mut words = BTreeMap::new();
    for (name, both) in lines {
        let both = serde_json::from_str(&format!("[{both}]")).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(words.insert(name.to_owned(), both).is_none(), "{name} is there twice");
    }
    words
}

#[test]
fn every_kind_of_problem_has_a_sentence_in_both_languages() {
    let words = words();
    let kinds = document()["components"]["schemas"]["Code"]["enum"].as_array().unwrap().clone();
    assert!(kinds.len() > 10, "{kinds:?}");
    for kind in kinds {
        let kind = kind.as_str().unwrap().to_owned();
        let [english, dutch] = words.get(&format!("p_{kind}")).unwrap_or_else(|| panic!("{kind} is said in no language"));
        for sentence in [english, dutch] {
            assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{kind}: {sentence}");
        }
        assert_ne!(english, dutch, "{kind}");
    }
}

/// A button says what it does, and in Dutch by its infinitive.
#[test]
fn what_can_be_done_is_said_in_the_infinitive_in_dutch() {
    let words = words();
    for name in [
        "tryAgain",
        "dismiss",
        "erase",
        "tellAgain",
        "more",
        "correct",
        "cancel",
        "save",
        "matches",
        "ship",
        "correctShipment",
        "cancelUnits",
        "announce",
        "decideLines",
        "cover",
        "arrived",
        "inspect",
        "counted",
        "transfer",
        "explain",
        "putBack",
        "olderMovements",
        "newestMovements",
    ] {
        let [_, dutch] = &words[name];
        assert!(dutch.split([' ', ',', ':', '-']).any(|word| word.ends_with("en") || word.ends_with("aan")), "{name}: {dutch}");
    }
}

#[test]
fn every_word_of_the_page_is_there_in_both_languages() {
    let words = words();
    assert!(words.len() > 200, "{}", words.len());
    for (name, [english, dutch]) in &words {
        assert!(!english.is_empty() && !dutch.is_empty(), "{name}");
        // What is filled in, and where the number decides on the word.
        let filled = |text: &str| -> BTreeSet<char> {
            text.match_indices('{').filter_map(|(at, _)| text[at + 1..].chars().next()).collect()
        };
        assert_eq!(filled(english), filled(dutch), "{name}");
    }
    let english: BTreeSet<&str> = words.keys().map(String::as_str).collect();
    let frame = include_str!("page/page.html");
    for text in resources::SCRIPTS[1..].iter().chain([&frame]) {
        for mark in ["t(\"", "data-t=\"", "data-label=\"", "part(\""] {
            for (at, _) in text.match_indices(mark).filter(|(at, _)| !text[..*at].ends_with(char::is_alphanumeric)) {
                let used = text[at + mark.len()..].split('"').next().unwrap();
                assert!(english.contains(used), "{used} is no word");
            }
        }
    }
    for (prefix, choices) in [
        (
            "r_",
            ["out_of_stock", "customer_request", "damaged", "wrong_price", "too_late", "ordered_twice", "not_found", "other"]
                .as_slice(),
        ),
        ("f_", ["sellable", "damaged", "missing", "wrong_product"].as_slice()),
        ("v_", ["accepted", "buyer_keeps", "rejected"].as_slice()),
        ("k_", ["opening", "added", "taken_off", "transferred_in", "transferred_out", "sold", "given_back"].as_slice()),
        ("k_", ["edited", "written_off", "covered", "restocked", "shipped", "unexplained"].as_slice()),
        ("s_", ["available", "short", "bundle", "safety_stock", "percentage", "pre_order", "maximum", "minimum"].as_slice()),
        ("s_", ["paused", "channel_takes", "share"].as_slice()),
        // What needs attention, and what can be done about it.
        ("a_", NEEDS_ATTENTION.as_slice()),
        ("do_", NEEDS_ATTENTION.as_slice()),
        ("n_", ["import_only", "not_selected", "not_tracked", "not_configured"].as_slice()),
        ("w_", ["connection", "product", "product_on_connection"].as_slice()),
        ("t_", ["pending", "sending", "processing", "synced", "rejected", "not_needed"].as_slice()),
    ] {
        for choice in choices {
            assert!(english.contains(format!("{prefix}{choice}").as_str()), "{prefix}{choice}");
        }
    }
}
