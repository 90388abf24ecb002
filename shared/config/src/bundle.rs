//! What a bundle of the catalogue consists of: `LAMP-S*2;CORD*1`.

use super::catalogue::Entry;
use super::mistakes::Mistakes;
use domain::{Component, Quantity, Sku};
use std::collections::BTreeMap;

/// Reads the column: products between semicolons, each with its number behind an asterisk; one where there is none. Every part that is wrong
/// is noted.
pub(super) fn read(text: &str, wrong: &mut dyn FnMut(String)) -> Vec<Component> {
    let mut components: Vec<Component> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (code, units) = part.rsplit_once('*').map_or((part, "1"), |(code, units)| (code.trim(), units.trim()));
        let sku = Sku::new(code).map_err(|error| wrong(format!("bundle `{text}`: {error}")));
        let units = units.parse().ok().and_then(|n| Quantity::new(n).ok()).filter(|units| !units.is_zero());
        if units.is_none() {
            wrong(format!("bundle `{text}`: `{part}` is wrong; a product and how many of it are in one: LAMP-S*2"));
        }
        let (Ok(sku), Some(units)) = (sku, units) else { continue };
        if components.iter().any(|known| known.sku == sku) {
            wrong(format!("bundle `{text}`: `{sku}` is named twice; add its numbers up"));
        } else {
            components.push(Component { sku, units });
        }
    }
    components
}

/// Notes what only shows with the whole catalogue read: parts that are not there, or are bundles themselves. `seen`: every code with a line of
/// its own, also of lines that are wrong.
pub(super) fn check(file: &str, entries: &[(u64, Entry)], seen: &BTreeMap<String, u64>, mistakes: &mut Mistakes) {
    let known: BTreeMap<&Sku, &Entry> = entries.iter().map(|(_, entry)| (&entry.item.sku, entry)).collect();
    for (line, entry) in entries.iter().filter(|(_, entry)| entry.is_bundle()) {
        let place = format!("{file}:{line}");
        for Component { sku, .. } in entry.bundle.iter().flatten() {
            match known.get(sku) {
                None if seen.contains_key(sku.as_str()) => {}
                None => mistakes.add(place.as_str(), format!("bundle: there is no product `{sku}` in the catalogue")),
                Some(part) if part.is_bundle() => {
                    mistakes
                        .add(place.as_str(), format!("bundle: `{sku}` is a bundle itself; name the products that lie in stock"));
                }
                Some(_) => {}
            }
        }
        if entry.opening.values().any(|units| !units.is_zero()) {
            mistakes.add(place.as_str(), "has opening stock, and a bundle has only that of its products; leave it empty");
        }
    }
}
