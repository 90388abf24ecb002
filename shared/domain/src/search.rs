//! By which terms an order or a product is found: always by a term's beginning, so that looking is reading a few rows in a row.
//!
//! A term is letters and digits alone, small: `#1009`, `3S-KADE 001` and `MUG 12/BLUE` are found whichever way somebody types them.

use crate::{Order, Product};
use std::collections::BTreeSet;

/// Characters of a term that are kept.
const LONGEST: usize = 40;
/// Characters by which terms lie together. A shorter beginning finds only what is called exactly so.
pub const SHORTEST_BEGINNING: usize = 3;
/// Terms of one order, or of one product: a row has a largest size, and nobody looks for the hundredth product of an order.
pub const MOST_TERMS: usize = 60;

/// A number, code or word as a term; empty, if it holds neither letter nor digit.
pub fn term(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .take(LONGEST)
        .collect()
}

/// The words of a text as terms, each once.
pub fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric()).map(term).filter(|word| !word.is_empty()).collect()
}

/// Under what a term lies together with others that begin alike.
pub fn bucket(term: &str) -> String {
    term.chars().take(SHORTEST_BEGINNING).collect()
}

/// Whether what begins so is found; what is shorter is found only whole.
pub fn finds(beginning: &str, term: &str) -> bool {
    if beginning.chars().count() < SHORTEST_BEGINNING { beginning == term } else { term.starts_with(beginning) }
}

/// By what an order is found: the number that people see, its products, and its carriers' tracking codes. Nothing about the buyer.
pub fn order_terms(order: &Order) -> BTreeSet<String> {
    let snapshot = &order.snapshot;
    let number = snapshot.display_number.as_deref().unwrap_or(snapshot.number.as_str());
    let tracking = order.shipments.iter().filter_map(|shipment| shipment.tracking.as_deref());
    let matched = order.lines.iter().filter_map(|line| line.sku.as_ref());
    let parts = order.lines.iter().flat_map(|line| &line.parts).map(|part| &part.sku);
    let skus = matched.chain(parts).chain(snapshot.lines.iter().filter_map(|line| line.sku.as_ref()));
    let all = [number].into_iter().chain(tracking).chain(skus.map(crate::Sku::as_str)).map(term);
    let mut terms = BTreeSet::new();
    for term in all.filter(|term| !term.is_empty()) {
        if terms.len() == MOST_TERMS {
            break;
        }
        terms.insert(term);
    }
    terms
}

/// By what a product is found: its code as a whole and in its parts, its EAN, and the words of its title and variant.
pub fn product_terms(product: &Product) -> BTreeSet<String> {
    let codes = [term(product.sku.as_str()), product.ean.as_ref().map(|ean| term(ean.as_str())).unwrap_or_default()];
    let texts = [product.sku.as_str(), product.title.as_str(), product.variant.as_str()].into_iter().flat_map(words);
    let mut terms = BTreeSet::new();
    for term in codes.into_iter().chain(texts).filter(|term| !term.is_empty()) {
        if terms.len() == MOST_TERMS {
            break;
        }
        terms.insert(term);
    }
    terms
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
