//! Connectors that keep a figure for each of their own locations: each of these shows the units that lie at its place of ours.
//!
//! What all places show together is decided as on any other channel; here it is only spread over them. Where the total is right and its
//! spread is not, it is moved from place to place: no unit more is shown and none less, so that waits for no order. All places are
//! compared and written in one call, or none.

use super::batch::Writer;
use super::pending::Written;
use super::present::Present;
use super::push::send_figure;
use crate::Ports;
use crate::connections::mapped_locations;
use crate::rows::{ConnectionRow, ListingRow};
use domain::{Counting, LocationId, Quantity, spread};
use ports::{Error, ErrorKind, LOCATION_SETTING, LocationWrite, Result, Status, StockWrite};

/// Whether the places show this figure as they should.
pub(crate) fn is_in_place(
    world: &Ports,
    present: &Present,
    connection: &ConnectionRow,
    figure: Quantity,
    shown: &[(LocationId, i64)],
) -> bool {
    let mut places = ChannelLocations::of(world, present, connection);
    places.show(shown);
    places.is_spread(figure)
}

/// What each place is to show of a figure; none where the channel has no places.
pub(crate) fn at_channel_locations(
    world: &Ports,
    present: &Present,
    connection: &ConnectionRow,
    figure: Quantity,
) -> Vec<(LocationId, Quantity)> {
    let places = ChannelLocations::of(world, present, connection);
    places.wanted(figure).into_iter().map(|(place, wanted)| (place.location.clone(), wanted)).collect()
}

struct ChannelLocation {
    location: LocationId,
    /// Units that lie there. `None`: it does not serve the connection.
    lies: Option<Quantity>,
    /// Units it shows. `None`: the item is not kept there.
    shows: Option<i64>,
}

/// The places of one listing; none on a channel, or a connection, without.
#[derive(Default)]
pub(super) struct ChannelLocations(Vec<ChannelLocation>);

impl ChannelLocations {
    /// What lies where, before it was asked what they show.
    pub(super) fn of(world: &Ports, present: &Present, connection: &ConnectionRow) -> Self {
        let place = |location: LocationId| {
            let lies = connection.locations.contains(&location).then(|| present.lying(&location));
            ChannelLocation { location, lies, shows: None }
        };
        Self(mapped_locations(world, connection).into_iter().map(place).collect())
    }

    /// Takes in what they show.
    pub(super) fn show(&mut self, shown: &[(LocationId, i64)]) {
        for place in &mut self.0 {
            place.shows = shown.iter().find(|(location, _)| *location == place.location).map(|(_, units)| *units);
        }
    }

    /// As they are, with what they show.
    #[must_use]
    pub(super) fn showing(mut self, shown: &[(LocationId, i64)]) -> Self {
        self.show(shown);
        self
    }

    /// Each place with what it should show of a figure.
    fn wanted(&self, figure: Quantity) -> Vec<(&ChannelLocation, Quantity)> {
        let lie: Vec<Quantity> = self.0.iter().filter_map(|place| place.lies).collect();
        // Those that serve come first, in the same order.
        let spread = spread(figure, &lie).into_iter().chain(std::iter::repeat(Quantity::ZERO));
        self.0.iter().zip(spread).collect()
    }

    fn is_spread(&self, figure: Quantity) -> bool {
        self.wanted(figure).iter().all(|(place, wanted)| place.shows.unwrap_or(0) == wanted.units())
    }

    /// Why the figure cannot be shown as it should.
    fn obstacle(&self, figure: Quantity, row: &ListingRow) -> Option<Error> {
        let connection = &row.connection;
        if self.0.iter().all(|place| place.lies.is_none()) && !self.0.is_empty() && !figure.is_zero() {
            let names: Vec<_> = self.0.iter().map(|place| format!("`{LOCATION_SETTING}{}`", place.location)).collect();
            let message = format!(
                "connection {connection}: none of the locations in its settings {} serves it; add one of them to its `locations`",
                names.join(", ")
            );
            return Some(Error::new(ErrorKind::Configuration, "publish", message));
        }
        let (place, wanted) =
            self.wanted(figure).into_iter().find(|(place, wanted)| place.shows.is_none() && !wanted.is_zero())?;
        let (location, offer) = (&place.location, &row.listing.offer);
        let message = format!(
            "item {offer} should show {wanted} at {location} and is not kept at that place of the channel (setting \
             `{LOCATION_SETTING}{location}` of connection {connection}); have it kept there on the channel, or take the setting away"
        );
        Some(Error::new(ErrorKind::Configuration, "publish", message))
    }

    /// What they show together; below zero where it was sold on without stock.
    fn sum(&self) -> i64 {
        self.0.iter().filter_map(|place| place.shows).fold(0, i64::saturating_add)
    }

    fn write(&self, row: &ListingRow, places: Vec<LocationWrite>) -> StockWrite {
        let quantity = places.iter().map(|place| place.quantity).sum();
        let (offer, stock_reference) = (row.listing.offer.clone(), row.listing.stock_reference.clone());
        StockWrite { offer, stock_reference, quantity, from: Some(Quantity::clamped(self.sum())), places, start_tracking: false }
    }

    /// What lowers them to the figure where they show more together, and raises none; nothing where they do not.
    fn only_lower(&self, figure: Quantity) -> Vec<LocationWrite> {
        if self.sum() <= figure.units() {
            return Vec::new();
        }
        let wanted = self.wanted(figure);
        let lowered = |(place, wanted): &(&ChannelLocation, Quantity)| {
            let from = place.shows.filter(|shows| *shows >= 0)?;
            Some(LocationWrite { location: place.location.clone(), quantity: Quantity::clamped(from).min(*wanted), from })
        };
        wanted.iter().filter_map(lowered).collect()
    }
}

/// Sets the figure, spread over the places where there are any.
pub(super) async fn write_figure(
    world: &Ports,
    driver: &Writer<'_>,
    row: &ListingRow,
    quantity: Quantity,
    from: Option<Quantity>,
    places: &ChannelLocations,
) -> Result<Written> {
    if places.0.is_empty() {
        let (offer, stock_reference) = (row.listing.offer.clone(), row.listing.stock_reference.clone());
        let start_tracking = row.listing.counting == Counting::NotCounted;
        let write = StockWrite { offer, stock_reference, quantity, from, places: Vec::new(), start_tracking };
        return send_figure(world, driver, &write).await;
    }
    let Some(obstacle) = places.obstacle(quantity, row) else {
        return send_figure(world, driver, &places.write(row, whole(places, quantity))).await;
    };
    // What nobody has must not stay on sale because another place cannot be told.
    let lowered = places.only_lower(quantity);
    if lowered.is_empty() {
        return Err(obstacle);
    }
    send_figure(world, driver, &places.write(row, lowered)).await?;
    // It shows neither what it did nor what it should: nothing may be built on either.
    Err(obstacle.with_status(Status::Unknown))
}

/// The total is right: puts its units where they lie. `None`: nothing had to be moved.
pub(super) async fn put_in_place(
    world: &Ports,
    driver: &Writer<'_>,
    row: &ListingRow,
    figure: Quantity,
    places: &ChannelLocations,
) -> Result<Option<Written>> {
    // Below zero it sold what it did not have; whatever was moved then would come to more than before.
    if places.is_spread(figure) || places.sum() != figure.units() || !driver.compares_and_sets() {
        return Ok(None);
    }
    match places.obstacle(figure, row) {
        Some(obstacle) => Err(obstacle),
        None => send_figure(world, driver, &places.write(row, whole(places, figure))).await.map(Some),
    }
}

/// Every place that the item is kept at, those that are right already as well: each is compared.
fn whole(places: &ChannelLocations, figure: Quantity) -> Vec<LocationWrite> {
    let write = |(place, quantity): (&ChannelLocation, Quantity)| {
        Some(LocationWrite { location: place.location.clone(), quantity, from: place.shows? })
    };
    places.wanted(figure).into_iter().filter_map(write).collect()
}
