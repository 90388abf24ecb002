//! The locations whose figures are ours: the one in `location_id`, or those that `location.<ours>` name.

use super::graphql::{self, Placed, gid, placed};
use domain::LocationId;
use ports::{Account, Call, Error, ErrorKind, LOCATION_SETTING, Result};
use std::collections::BTreeSet;

/// One of the merchant's locations, and Shopify's as a global id.
pub(super) type ChannelLocation = (LocationId, String);

/// Those that are mapped; none: all of it is shown at the one location.
pub(super) fn mapped(call: &Call<'_>, operation: &'static str) -> Result<Vec<ChannelLocation>> {
    let wrong = |message: String| Error::new(ErrorKind::Configuration, operation, message);
    let mut places = Vec::new();
    let mut theirs = BTreeSet::new();
    for (ours, setting) in call.account.locations() {
        let number = graphql::number(operation, setting).map_err(|_| wrong(no_number(&format!("{LOCATION_SETTING}{ours}"))))?;
        if !theirs.insert(number) {
            return Err(wrong(format!(
                "the setting `{LOCATION_SETTING}{ours}` names a location of Shopify that another such setting names too; each needs its own"
            )));
        }
        places.push((ours, gid("Location", number)));
    }
    Ok(places)
}

/// Settings that should be numbers of locations and are none.
pub(super) fn flaws(account: &Account) -> Vec<Error> {
    const CHECK: &str = "shopify.locations";
    let mapped = account.locations().into_iter().map(|(ours, number)| (format!("{LOCATION_SETTING}{ours}"), number));
    let single = account.settings.get("location_id").map(|number| ("location_id".to_owned(), number.as_str()));
    let wrong = |(_, number): &(String, &str)| graphql::number(CHECK, number).is_err();
    mapped
        .chain(single)
        .filter(wrong)
        .map(|(setting, _)| Error::new(ErrorKind::Configuration, CHECK, no_number(&setting)))
        .collect()
}

/// The one location, where none are mapped.
pub(super) fn single(call: &Call<'_>, operation: &'static str) -> Result<String> {
    let number = graphql::number(operation, call.account.setting("location_id")?);
    number
        .map(|number| gid("Location", number))
        .map_err(|_| Error::new(ErrorKind::Configuration, operation, no_number("location_id")))
}

/// Whichever they are.
pub(super) fn ours(call: &Call<'_>, operation: &'static str) -> Result<Vec<String>> {
    let mapped = mapped(call, operation)?;
    if mapped.is_empty() {
        return single(call, operation).map(|one| vec![one]);
    }
    Ok(mapped.into_iter().map(|(_, theirs)| theirs).collect())
}

fn no_number(setting: &str) -> String {
    format!("the setting `{setting}` must be the number at the end of the location's address in Shopify's admin")
}

/// What the item shows at each place that it is stocked at; below zero where the shop sold on without stock. `None`: the shop does not track
/// it.
pub(super) async fn figures(
    call: &Call<'_>,
    operation: &'static str,
    item: &str,
    places: &[ChannelLocation],
) -> Result<Option<Vec<(LocationId, i64)>>> {
    let locations = places.iter().map(|(_, theirs)| theirs.clone()).collect();
    let data = graphql::send::<Placed>(call, operation, placed::Variables { item: item.to_owned(), locations }, false).await?;
    match data.inventory_item {
        None => return Err(unknown_item(operation)),
        Some(item) if !item.tracked => return Ok(None),
        Some(_) => {}
    }
    if data.nodes.len() != places.len() {
        let message = "Shopify told of another number of locations than it was asked for";
        return Err(Error::new(ErrorKind::Protocol, operation, message));
    }
    let mut figures = Vec::new();
    for ((ours, theirs), node) in places.iter().zip(data.nodes) {
        let placed::PlacedNodes::Location(location) =
            node.ok_or_else(|| unknown_location(operation, &format!("{LOCATION_SETTING}{ours}")))?;
        if location.id != *theirs {
            return Err(Error::new(ErrorKind::Protocol, operation, "Shopify told of another location than it was asked for"));
        }
        // Not stocked there: whether that is wrong is known where it is known what should be shown.
        let Some(level) = location.inventory_level else { continue };
        let available = level.quantities.iter().find(|q| q.name == "available").ok_or_else(|| untold(operation))?;
        figures.push((ours.clone(), available.quantity));
    }
    Ok(Some(figures))
}

pub(super) fn unknown_item(operation: &'static str) -> Error {
    Error::new(ErrorKind::NotFound, operation, "Shopify does not know the inventory item; read the listings again")
}

pub(super) fn unknown_location(operation: &'static str, setting: &str) -> Error {
    let message = format!("Shopify does not know the location; correct the setting `{setting}`");
    Error::new(ErrorKind::Configuration, operation, message)
}

pub(super) fn untold(operation: &'static str) -> Error {
    Error::new(ErrorKind::Protocol, operation, "Shopify told the level of an item without its available quantity")
}
