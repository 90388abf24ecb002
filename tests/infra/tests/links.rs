//! What a page of ours links to is there: files, headings, and the routes of the API.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use infra::root;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every page in Markdown, by its path from the top.
fn pages() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(root().join(&folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = folder.join(&name);
            if root().join(&path).is_dir() {
                if !name.starts_with('.') && name != "target" {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ending| ending == "md") {
                found.push((path.clone(), std::fs::read_to_string(root().join(path)).unwrap()));
            }
        }
    }
    assert!(found.len() > 50, "{}", found.len());
    found
}

/// A page's lines without its blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// What stands between round brackets right after square ones, and is no address elsewhere.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in prose(text) {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        found.extend(targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")));
    }
    found
}

/// A heading as it is linked to: small letters, figures and hyphens.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let mut looked_at = 0;
    let mut nowhere = Vec::new();
    for (page, text) in pages() {
        for link in links(&text) {
            looked_at += 1;
            let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap_or(Path::new("")).join(file) };
            let there = match anchor {
                None => root().join(&target).exists(),
                Some(anchor) => std::fs::read_to_string(root().join(&target)).is_ok_and(|text| anchors(&text).contains(anchor)),
            };
            if !there {
                nowhere.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(looked_at > 50, "{looked_at}");
    assert!(nowhere.is_empty(), "{nowhere:#?}");
}

/// Whether a path as a guide writes it, with names or examples for what varies, is one of the document's.
fn is_route(written: &str, route: &str) -> bool {
    let (mut written, mut route) = (written.split('/'), route.split('/'));
    loop {
        match (written.next(), route.next()) {
            (None, None) => return true,
            (Some(_), Some(part)) if part.starts_with('{') => {}
            (Some(one), Some(part)) if one == part => {}
            _ => return false,
        }
    }
}

#[test]
fn every_route_that_a_guide_names_is_one_of_the_api() {
    let document = std::fs::read_to_string(root().join("functions/api/openapi.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut looked_at = 0;
    let mut unknown = Vec::new();
    // What the changelog and the decisions tell was so when it was written.
    for (page, text) in pages().into_iter().filter(|(page, _)| page.starts_with("docs/guides") || page == Path::new("README.md"))
    {
        let words: Vec<&str> = std::iter::once("").chain(text.split(['`', '"', '\'', ' ', '\n'])).collect();
        for pair in words.windows(2) {
            let (before, word) = (pair[0], pair[1]);
            let path = word.split_once("://").map_or(word, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
            let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches([')', ',', '.', ':', ';']);
            // The root, and the document itself, are no resources.
            if !path.starts_with("/api/v1/") || path.ends_with("/openapi.json") {
                continue;
            }
            looked_at += 1;
            let method = before.to_lowercase();
            let is_method = ["get", "post", "put", "patch", "delete"].contains(&method.as_str());
            let known = paths.iter().any(|(route, item)| is_route(path, route) && (!is_method || item.get(&method).is_some()));
            if !known {
                unknown.push(format!("{}: {before} {word}", page.display()));
            }
        }
    }
    assert!(looked_at > 40, "{looked_at}");
    assert!(unknown.is_empty(), "{unknown:#?}");
}
