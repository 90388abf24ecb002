//! What a bundle of the catalogue consists of: `LAMP-S*2;CORD*1`.

use super::catalogue::Entry;
use super::mistakes::Mistakes;
use domain::{Component, Quantity, Sku};
use std::collections::BTreeMap;

/// Reads the column: articles between semicolons, each with its number behind an asterisk; one where there is none.
pub(super) fn read(text: &str) -> Result<Vec<Component>, String> {
    let mut components: Vec<Component> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (code, units) = part.rsplit_once('*').map_or((part, "1"), |(code, units)| (code.trim(), units.trim()));
        let sku = Sku::new(code).map_err(|error| format!("bundle `{text}`: {error}"))?;
        let units = units.parse().ok().and_then(|n| Quantity::new(n).ok()).filter(|units| !units.is_zero());
        let Some(units) = units else {
            return Err(format!("bundle `{text}`: `{part}` is wrong; an article and how many of it are in one: LAMP-S*2"));
        };
        if components.iter().any(|known| known.sku == sku) {
            return Err(format!("bundle `{text}`: `{sku}` is named twice; add its numbers up"));
        }
        components.push(Component { sku, units });
    }
    Ok(components)
}

/// Notes what only shows with the whole catalogue read: parts that are not there, or are bundles themselves.
pub(super) fn check(file: &str, entries: &[(u64, Entry)], mistakes: &mut Mistakes) {
    let known: BTreeMap<&Sku, &Entry> = entries.iter().map(|(_, entry)| (&entry.item.sku, entry)).collect();
    for (line, entry) in entries.iter().filter(|(_, entry)| entry.is_bundle()) {
        let place = format!("{file}:{line}");
        for Component { sku, .. } in entry.bundle.iter().flatten() {
            match known.get(sku) {
                None => mistakes.add(place.as_str(), format!("bundle: there is no article `{sku}` in the catalogue")),
                Some(part) if part.is_bundle() => {
                    mistakes
                        .add(place.as_str(), format!("bundle: `{sku}` is a bundle itself; name the articles that lie in stock"));
                }
                Some(_) => {}
            }
        }
        if entry.opening.values().any(|units| !units.is_zero()) {
            mistakes.add(place.as_str(), "has opening stock, and a bundle has only that of its articles; leave it empty");
        }
    }
}
