//! Every claim is what the search finds, and the page in the repository tells the same.

use model::claim::{Chapter, Expected};
use std::sync::LazyLock;

static CHAPTERS: LazyLock<Vec<Chapter>> = LazyLock::new(model::chapters);

fn check(title: &str) {
    let chapter = CHAPTERS.iter().find(|chapter| chapter.title.starts_with(title)).expect(title);
    assert!(!chapter.claims.is_empty());
    println!("{}\n  {}", chapter.title, chapter.promise);
    let mut wrong = Vec::new();
    for claim in &chapter.claims {
        let found = claim.found();
        println!("- {} ({}): {} states, {} deep", claim.says, claim.within, found.states, found.depth);
        match &found.broken {
            None => println!("    holds"),
            Some(broken) => {
                println!("    fails in {} steps. {}", broken.steps.len(), broken.start);
                broken.steps.iter().enumerate().for_each(|(n, step)| println!("    {:>2}. {step}", n + 1));
                println!("    => {}", broken.end);
            }
        }
        if !claim.is_right() {
            wrong.push(format!("{} ({}): {:?}", claim.says, claim.within, claim.expected));
        }
    }
    assert!(wrong.is_empty(), "not as expected:\n{}", wrong.join("\n"));
}

#[test]
fn mirror_with_two_channels() {
    check("Mirror");
}

#[test]
fn one_channel() {
    check("One channel");
}

#[test]
fn shares_by_hand() {
    check("Shares by hand");
}

#[test]
fn set_0_settle_grant() {
    check("Set 0");
}

#[test]
fn quota_mode_holds() {
    check("Quota mode: bounds");
}

#[test]
fn each_mistake_in_quota_mode_oversells() {
    check("Quota mode: what each");
}

#[test]
fn each_assumption_of_quota_mode_is_needed() {
    check("Quota mode: what a channel");
}

#[test]
fn the_polling_cursor() {
    check("The polling cursor");
}

#[test]
fn a_shop_that_leads() {
    check("A shop that leads");
}

#[test]
fn what_a_shop_that_leads_can_lose() {
    check("What a shop that leads");
}

#[test]
fn the_token_refresher() {
    check("The token refresher");
}

#[test]
fn every_chapter_has_claims_that_hold_or_a_chapter_beside_it_that_does() {
    for chapter in CHAPTERS.iter().filter(|chapter| !chapter.title.starts_with("Quota mode: what")) {
        assert!(chapter.claims.iter().any(|claim| claim.expected == Expected::Holds), "{}", chapter.title);
    }
}

#[test]
fn the_page_tells_what_the_models_say() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/proofs.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, made) = page.split_once(model::page::MARK).expect("the mark");
    let told = model::page::MARK.to_owned() + made;
    assert!(told == model::page::markdown(&CHAPTERS), "run `cargo proofs --write` and look at what changed");
}
