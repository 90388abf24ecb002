//! Places that hold stock: named in one list, or each in a block of its own that says where it is and where it sends to.

use super::section::Section;
use super::{catalogue, once};
use domain::vat::Place;
use domain::{Country, LocationId};
use std::collections::{BTreeMap, BTreeSet};

/// Countries by location, for those that do not send to all.
type Countries = BTreeMap<LocationId, BTreeSet<Country>>;

/// What is known of locations.
#[derive(Default)]
pub(super) struct Locations {
    /// All, the preferred one first.
    pub(super) all: Vec<LocationId>,
    /// Where they send to, of those that do not send to all countries.
    pub(super) countries: Countries,
    /// Where they are, of those that say so.
    pub(super) places: BTreeMap<LocationId, Place>,
}

/// Reads `locations` of the merchant and every `[[location]]`. Without the list, the blocks are the places, in their order.
pub(super) fn read(merchant: &Section<'_, '_>, root: &Section<'_, '_>) -> Locations {
    let listed: Option<Vec<LocationId>> = merchant.list("locations");
    let (mut countries, mut places) = (Countries::new(), BTreeMap::new());
    let mut blocks: Vec<LocationId> = Vec::new();
    for section in root.tables("location") {
        let id: Option<LocationId> = section.must("id", "main");
        let served = read_countries(&section);
        let place = section.inner("address").and_then(|address| read_place(&address));
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
        if let Some(place) = place {
            places.insert(id.clone(), place);
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
    Locations { all: locations, countries, places }
}

/// Where goods lie: a country, with the postcode where that tells more of whose VAT it is.
pub(super) fn read_place(section: &Section<'_, '_>) -> Option<Place> {
    let country: Option<Country> = section.must("country", "NL");
    let text = |key| section.text(key).map(str::to_owned);
    let (postcode, town) = (text("postcode"), text("city"));
    section.finish();
    Some(Place { country: country?, postcode, town })
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
