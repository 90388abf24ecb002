//! Places that hold stock: named in one list, or each in a block of its own that says where it sends to.

use super::section::Section;
use super::{catalogue, once};
use domain::{Country, LocationId};
use std::collections::{BTreeMap, BTreeSet};

/// Countries by location, for those that do not send to all.
type Countries = BTreeMap<LocationId, BTreeSet<Country>>;

/// Reads `locations` of the merchant and every `[[location]]`. Without the list, the blocks are the places, in their order.
pub(super) fn read(merchant: &Section<'_, '_>, root: &Section<'_, '_>) -> (Vec<LocationId>, Countries) {
    let listed: Option<Vec<LocationId>> = merchant.list("locations");
    let mut countries = Countries::new();
    let mut blocks: Vec<LocationId> = Vec::new();
    for section in root.tables("location") {
        let id: Option<LocationId> = section.must("id", "main");
        let served = read_countries(&section);
        section.finish();
        let Some(id) = id else { continue };
        if blocks.contains(&id) {
            section.wrong("id", "is used by another location too");
            continue;
        }
        match &listed {
            Some(listed) if !listed.contains(&id) => {
                section.wrong(
                    "id",
                    format!(
                        "names `{id}`, which is not among the merchant's `locations`; add it there, or leave `locations` out"
                    ),
                );
            }
            None => named_like_a_column(&section, "id", &id),
            Some(_) => {}
        }
        if let Some(served) = served {
            countries.insert(id.clone(), served);
        }
        blocks.push(id);
    }
    let from_list = listed.is_some();
    let locations = listed.unwrap_or(blocks);
    if from_list {
        once(merchant, &locations);
        for location in &locations {
            named_like_a_column(merchant, "locations", location);
        }
    }
    if locations.is_empty() {
        merchant.wrong("locations", "must name at least one place that holds stock; for example locations = [\"main\"]");
    }
    (locations, countries)
}

fn named_like_a_column(section: &Section<'_, '_>, key: &'static str, location: &LocationId) {
    if catalogue::KNOWN.contains(&location.as_str()) {
        section.wrong(key, format!("names `{location}`, which is a column of every catalogue; choose another name"));
    }
}

fn read_countries(section: &Section<'_, '_>) -> Option<BTreeSet<Country>> {
    let listed: Vec<Country> = section.list("countries")?;
    let mut served = BTreeSet::new();
    for country in &listed {
        if !served.insert(country.clone()) {
            section.wrong("countries", format!("names `{country}` twice"));
        }
    }
    if listed.is_empty() {
        section.wrong("countries", "names no country that is understood; leave it out for a place that sends to all");
    }
    Some(served)
}
