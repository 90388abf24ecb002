//! Refuses what the channel could never be told, before anything is done.

use crate::rows::ConnectionRow;
use crate::{Lookup, World};
use domain::{CarrierId, Deed, LineUnits, LocationId, Order, Quantity, ReturnVerdict, Telling};
use ports::{Account, Cancels, Descriptor, Error, ErrorKind, Result};
use std::collections::{BTreeMap, BTreeSet};

/// Checks a deed against what its channel can be told, and its locations against those there are.
pub(super) async fn check(world: &World, lookup: &Lookup, order: &Order, deed: &Deed) -> Result<()> {
    match deed {
        // Asked for again, it is known and is no question any more.
        Deed::Ship(parcel) if order.parcels.iter().any(|known| known.id == parcel.id) => Ok(()),
        Deed::Ship(parcel) => {
            location(world, &parcel.location).await?;
            let descriptor = descriptor(world, lookup, order).await?;
            if let Some(most) = descriptor.updates.most_lines.filter(|most| parcel.lines.len() > *most) {
                let message = format!("lines: {} takes at most {most} lines in a parcel; enter it as several", descriptor.title);
                return Err(Error::new(ErrorKind::BadInput, "lines", message));
            }
            carrier(world, lookup, order, parcel.carrier.as_ref()).await
        }
        Deed::TellAgain(again) => match &again.label {
            Some((label, _)) => carrier(world, lookup, order, label.as_ref()).await,
            None => Ok(()),
        },
        // Asked for again, it is known and is no question any more.
        Deed::Cancel(cancellation) if order.cancellations.iter().all(|known| known.id != cancellation.id) => {
            cancellable(descriptor(world, lookup, order).await?, order, &cancellation.lines)
        }
        Deed::Inspect { inspection, .. } => {
            if let Some(place) = &inspection.restock_at {
                location(world, place).await?;
            }
            let descriptor = descriptor(world, lookup, order).await?;
            match descriptor.updates.most_returned.filter(|most| inspection.units.units() > *most) {
                Some(most) if inspection.told.is_open() => {
                    let message =
                        format!("units: {} takes at most {most} units in a decision; enter it as several", descriptor.title);
                    Err(Error::new(ErrorKind::BadInput, "units", message))
                }
                _ => Ok(()),
            }
        }
        Deed::Cancel(_)
        | Deed::Announce(_)
        | Deed::Receive { .. }
        | Deed::PutBack(_)
        | Deed::Deleted
        | Deed::Cover
        | Deed::Decide { .. }
        | Deed::Told { .. }
        | Deed::Lock { .. } => Ok(()),
    }
}

/// A carrier that the channel can be told; none only where it takes a parcel without one.
async fn carrier(world: &World, lookup: &Lookup, order: &Order, carrier: Option<&CarrierId>) -> Result<()> {
    let descriptor = descriptor(world, lookup, order).await?;
    match carrier {
        Some(carrier) => {
            let connection = lookup.connection(world, &order.connection).await?;
            nobody(connection.as_ref()).carrier(&descriptor.updates, carrier).map(drop)
        }
        None if descriptor.updates.needs_carrier => {
            let known: Vec<&str> = descriptor.updates.carriers.iter().map(|(word, _)| *word).collect();
            let other = if descriptor.updates.other_carrier.is_some() {
                ", or any other word for one that is not among them"
            } else {
                ""
            };
            let message = format!(
                "carrier: {} wants to know who carries a parcel; known are {}{other}",
                descriptor.title,
                known.join(", ")
            );
            Err(Error::new(ErrorKind::BadInput, "carrier", message))
        }
        None => Ok(()),
    }
}

/// What a channel cannot be told, and need not be: there is nothing to tell.
pub(super) async fn without_what_it_cannot_hear(world: &World, lookup: &Lookup, order: &Order, mut deed: Deed) -> Result<Deed> {
    if let Deed::Inspect { id, inspection } = &mut deed
        && inspection.verdict == ReturnVerdict::Refused
        && order.returns.iter().any(|one| one.id == *id && one.channel_id.is_none())
        && !descriptor(world, lookup, order).await?.updates.hears_refusals
    {
        inspection.told = Telling::Nothing;
    }
    Ok(deed)
}

/// The account without its credentials: whoever serves people must not be able to read them.
fn nobody(connection: &ConnectionRow) -> Account {
    Account {
        connection: connection.id.clone(),
        channel: connection.channel.clone(),
        base_url: connection.base_url.clone(),
        settings: connection.settings.clone(),
        credentials: BTreeMap::new(),
    }
}

async fn descriptor(world: &World, lookup: &Lookup, order: &Order) -> Result<&'static Descriptor> {
    let connection = lookup.connection(world, &order.connection).await?;
    let channel = world.channels.get(&connection.channel).map(ports::Channel::descriptor);
    channel.ok_or_else(|| {
        let message = format!("connection {}: this build has no channel `{}`", order.connection, connection.channel);
        Error::new(ErrorKind::Configuration, "order", message)
    })
}

/// A place with a slip of the pen would hold units that nobody sells.
pub(crate) async fn location(world: &World, wanted: &LocationId) -> Result<()> {
    let connections = world.all::<ConnectionRow>(ConnectionRow::PARTITION, "").await?;
    let known: BTreeSet<LocationId> = connections.into_iter().flat_map(|connection| connection.locations).collect();
    if known.contains(wanted) {
        return Ok(());
    }
    let names: Vec<&str> = known.iter().map(LocationId::as_str).collect();
    let message = format!("location: got `{wanted}`, expected one of {}", names.join(", "));
    Err(Error::new(ErrorKind::BadInput, "location", message))
}

fn cancellable(descriptor: &Descriptor, order: &Order, lines: &[LineUnits]) -> Result<()> {
    let open = |line: &domain::LineState| order.to_cancel(&line.id);
    let asked = |line: &domain::LineState| lines.iter().filter(|one| one.line == line.id).map(|one| one.units).sum::<Quantity>();
    let refused = |what: &str| {
        let message = format!(
            "{} lets the merchant cancel {what}; cancel that, or let the customer or the channel do it there",
            descriptor.title
        );
        Err(Error::new(ErrorKind::BadInput, "cancel", message))
    };
    match descriptor.updates.cancels {
        Cancels::Units => Ok(()),
        Cancels::OpenLine if order.lines.iter().all(|line| asked(line).is_zero() || asked(line) == open(line)) => Ok(()),
        Cancels::OpenLine => refused("all that is still open of a line, or nothing of it"),
        Cancels::WholeOrder if is_whole(order, lines) => Ok(()),
        Cancels::WholeOrder => refused("a whole order of which nothing was sent, or nothing of it"),
    }
}

/// Whether nothing of the order was sent and nothing of it is left after these units.
fn is_whole(order: &Order, lines: &[LineUnits]) -> bool {
    order.snapshot.lines.iter().filter_map(|told| order.snapshot.own_line(&told.id)).all(|told| {
        let asked = lines.iter().filter(|one| one.line == told.id).map(|one| one.units).sum::<Quantity>();
        told.shipped.max(order.sent(&told.id)).is_zero() && told.cancelled.plus(asked) >= told.ordered
    })
}
