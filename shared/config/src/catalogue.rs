//! The catalogue: a CSV file with one line per product.

use super::bundle;
use super::mistakes::Mistakes;
use domain::csv_text::Lines;
use domain::vat::ProductClass;
use domain::{Component, Ean, LocationId, Product, Quantity, Sku, so_many};
use std::collections::{BTreeMap, BTreeSet};

/// Price for the simulated shops where the catalogue gives none.
const USUAL_PRICE_CENTS: i64 = 2495;

/// Columns with a meaning of their own, beside one per location.
pub(super) const KNOWN: [&str; 7] = ["sku", "title", "ean", "variant", "price", "bundle", "vat_class"];

/// One line of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The product.
    pub item: Product,
    /// What it starts with, by location. Applied once.
    pub opening: BTreeMap<LocationId, Quantity>,
    /// In euro cents, for the simulated shops alone.
    pub price_cents: i64,
    /// What it consists of; empty: it is no bundle. `None`: the catalogue does not say which products are bundles.
    pub bundle: Option<Vec<Component>>,
    /// As what it is taxed; empty in the file: the standard rate. `None`: the catalogue does not say.
    pub vat_class: Option<ProductClass>,
}

impl Entry {
    /// Whether it is a bundle.
    pub fn is_bundle(&self) -> bool {
        self.bundle.as_ref().is_some_and(|components| !components.is_empty())
    }
}

/// Columns by their place in a line.
struct Columns {
    sku: usize,
    title: usize,
    ean: Option<usize>,
    variant: Option<usize>,
    price: Option<usize>,
    bundle: Option<usize>,
    vat_class: Option<usize>,
    locations: Vec<(usize, LocationId)>,
}

/// Reads a catalogue; mistakes are noted with their line.
pub(super) fn read(file: &str, text: &str, locations: &[LocationId], mistakes: &mut Mistakes) -> Vec<Entry> {
    // Its bytes would count as part of the first line for one, and not for the other.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter(text)).trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            mistakes.add(format!("{file}:1"), format!("cannot be read: {error}"));
            return Vec::new();
        }
    };
    let Some(columns) = columns(file, &headers, locations, mistakes) else { return Vec::new() };
    let mut entries = Vec::new();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut eans: BTreeMap<Ean, (String, u64)> = BTreeMap::new();
    let mut lines = Lines::of(text);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |at| lines.of_record(at.byte()));
                mistakes.add(format!("{file}:{line}"), "is not text in UTF-8");
                continue;
            }
        };
        let line = record.position().map_or(0, |at| lines.of_record(at.byte()));
        // Spreadsheets leave rows behind in which nothing stands but the separators.
        if record.iter().all(str::is_empty) {
            continue;
        }
        let place = format!("{file}:{line}");
        let code = record.get(columns.sku).unwrap_or_default().to_owned();
        let before = seen.insert(code.clone(), line).filter(|_| !code.is_empty());
        if record.len() != headers.len() {
            mistakes.add(place, format!("has {}; the first line names {}", so_many(record.len(), "field"), headers.len()));
            continue;
        }
        if let Some(before) = before {
            mistakes.add(place.as_str(), format!("SKU `{code}` is on line {before} too; each variant has its own"));
        }
        let entry = entry(&place, &record, &columns, mistakes).filter(|_| before.is_none());
        if let Some(ean) = entry.as_ref().and_then(|entry| entry.item.ean.clone()) {
            if let Some((other, at)) = eans.get(&ean) {
                let message =
                    format!("ean `{ean}` is that of `{other}` on line {at} too; nobody could tell which of them was sold");
                mistakes.add(place.as_str(), message);
            }
            eans.entry(ean).or_insert((code, line));
        }
        entries.extend(entry.map(|entry| (line, entry)));
    }
    bundle::check(file, &entries, &seen, mistakes);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// Spreadsheets in Dutch separate with semicolons, because their decimal sign is the comma.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.contains(';') && !first.contains(',') { b';' } else { b',' }
}

fn columns(file: &str, headers: &csv::StringRecord, locations: &[LocationId], mistakes: &mut Mistakes) -> Option<Columns> {
    let place = format!("{file}:1");
    let find = |name: &str| headers.iter().position(|h| h == name);
    let mut twice = BTreeSet::new();
    let places: Vec<_> = locations.iter().map(LocationId::as_str).collect();
    let known = |header: &str| KNOWN.contains(&header) || places.contains(&header);
    if !headers.iter().any(known) {
        // It is no catalogue, and may be what nobody should see.
        let columns = [&KNOWN[..], &places[..]].concat().join(", ");
        mistakes
            .add(place, format!("names no column of a catalogue; expected are names of columns, of which are known: {columns}"));
        return None;
    }
    for header in headers {
        if !known(header) {
            mistakes.add(
                place.as_str(),
                format!("column `{header}` is unknown; known are {} and the locations {}", KNOWN.join(", "), places.join(", ")),
            );
        }
        if !twice.insert(header) {
            mistakes.add(place.as_str(), format!("column `{header}` is there twice"));
        }
    }
    for needed in ["sku", "title"] {
        if find(needed).is_none() {
            mistakes.add(place.as_str(), format!("column `{needed}` is missing"));
        }
    }
    let locations = locations.iter().filter_map(|l| Some((find(l.as_str())?, l.clone()))).collect();
    Some(Columns {
        sku: find("sku")?,
        title: find("title")?,
        ean: find("ean"),
        variant: find("variant"),
        price: find("price"),
        bundle: find("bundle"),
        vat_class: find("vat_class"),
        locations,
    })
}

fn entry(place: &str, record: &csv::StringRecord, columns: &Columns, mistakes: &mut Mistakes) -> Option<Entry> {
    let field = |at: usize| record.get(at).unwrap_or_default();
    let optional = |at: Option<usize>| at.map(field).filter(|text| !text.is_empty());
    let before = mistakes.0.len();
    let sku = Sku::new(field(columns.sku)).map_err(|e| mistakes.add(place, e.to_string())).ok();
    let ean = optional(columns.ean).and_then(|text| Ean::new(text).map_err(|e| mistakes.add(place, e.to_string())).ok());
    if field(columns.title).is_empty() {
        mistakes.add(place, "title is empty");
    }
    let mut opening = BTreeMap::new();
    for (at, location) in &columns.locations {
        let units = field(*at);
        if units.is_empty() {
            continue;
        }
        match units.parse().ok().and_then(|n| Quantity::new(n).ok()) {
            Some(quantity) => drop(opening.insert(location.clone(), quantity)),
            None => {
                mistakes.add(place, format!("`{units}` at {location} is no number of units; 0 to 1000000000, no point or comma"));
            }
        }
    }
    let price = optional(columns.price).map(|text| cents(text).ok_or(text));
    if let Some(Err(text)) = price {
        mistakes.add(place, format!("price `{text}` is wrong; euros and cents: 24.95"));
    }
    let bundle = columns.bundle.map(|at| bundle::read(field(at), &mut |wrong| mistakes.add(place, wrong)));
    let vat_class = columns.vat_class.map(|at| match field(at) {
        "" => Ok(ProductClass::standard()),
        word => ProductClass::new(word),
    });
    if let Some(Err(error)) = &vat_class {
        mistakes.add(place, format!("vat_class: {error}"));
    }
    if mistakes.0.len() > before {
        return None;
    }
    let item = Product {
        sku: sku?,
        ean,
        title: field(columns.title).to_owned(),
        variant: optional(columns.variant).unwrap_or_default().to_owned(),
    };
    let price_cents = price.and_then(Result::ok).unwrap_or(USUAL_PRICE_CENTS);
    Some(Entry { item, opening, price_cents, bundle, vat_class: vat_class.and_then(Result::ok) })
}

fn cents(text: &str) -> Option<i64> {
    let (euros, cents) = text.split_once(['.', ',']).unwrap_or((text, "00"));
    let digits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let whole: i64 = euros.parse().ok().filter(|_| digits(euros, 6))?;
    let part: i64 = cents.parse().ok().filter(|_| digits(cents, 2) && cents.len() == 2)?;
    Some(whole * 100 + part)
}
