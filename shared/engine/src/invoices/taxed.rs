//! The VAT of each line of a parcel.

use super::amounts::is_of_marketplace;
use super::gather::Facts;
use super::parties::place;
use super::problem::{Done, refuse};
use super::wanted::Parcel;
use crate::rows::SoldThere;
use domain::invoice::Delivery;
use domain::vat::{Customer, Place, ProductClass, SoldOn, Supply, Threshold, VatTreatment, decide};
use domain::{LocationId, Pickup, Sku, SnapshotLine};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What is the same for all lines of a parcel.
pub(crate) struct Supplied<'a> {
    pub(crate) parcel: &'a Parcel,
    pub(crate) delivery: &'a Delivery,
    pub(crate) customer: &'a Customer,
    pub(crate) on: Date,
    pub(crate) classes: &'a BTreeMap<Sku, ProductClass>,
    pub(crate) threshold: Option<Threshold>,
}

/// Where the units of a line left: the parcel's location; else the one that holds, or sent, most of it; a marketplace's own warehouse where
/// that sends it.
pub(crate) fn ship_from(facts: &Facts<'_>, parcel: &Parcel, line: &SnapshotLine) -> Done<Place> {
    if is_of_marketplace(line) {
        let Some(stock) = facts.terms()?.marketplace_stock.clone() else {
            let message = "the marketplace sends it from its own warehouse; say where that is (marketplace_stock)";
            return refuse("place_unknown", &[("location", "marketplace")], message);
        };
        return Ok(stock);
    }
    let claims = facts.order.line(&line.id).into_iter().flat_map(domain::LineState::claims);
    let held = claims.max_by_key(|(_, claim)| (claim.shipped, claim.allocated)).map(|(_, claim)| claim.location.clone());
    let location: Option<LocationId> = parcel.location.clone().or(held).or_else(|| facts.connection.locations.first().cloned());
    let Some(location) = location else {
        return refuse("place_unknown", &[], "no location serves the connection, so nobody knows where the goods left");
    };
    if let Some(place) = facts.books.settings.places.get(&location) {
        return Ok(place.clone());
    }
    let message = format!("where the location `{location}` is stands in no setting (places); whose VAT it is depends on it");
    refuse("place_unknown", &[("location", location.as_str())], message)
}

/// The verdict about a line.
pub(crate) fn verdict(facts: &Facts<'_>, supplied: &Supplied<'_>, line: &SnapshotLine) -> Done<VatTreatment> {
    let from = ship_from(facts, supplied.parcel, line)?;
    let sku = facts.order.line(&line.id).and_then(|line| line.sku.as_ref()).or(line.sku.as_ref());
    let class = sku.and_then(|sku| supplied.classes.get(sku)).cloned().unwrap_or_else(ProductClass::standard);
    let sold_on = match facts.terms()?.sold_on {
        SoldThere::OwnShop => SoldOn::OwnShop,
        SoldThere::Marketplace => SoldOn::Marketplace { accounted_by: None },
    };
    // Fetched at the merchant's, it never travels.
    let fetched = facts.order.snapshot.terms.pickup == Some(Pickup::Merchant);
    let to = if fetched { from.clone() } else { place(&supplied.delivery.address) };
    let supply = Supply {
        ship_from: from,
        ship_to: to,
        on: supplied.on,
        customer: supplied.customer.clone(),
        sold_on,
        class,
        consignment: None,
        threshold: supplied.threshold,
    };
    Ok(decide(&supply, &facts.entity()?.vat, &facts.books.rates)?)
}
