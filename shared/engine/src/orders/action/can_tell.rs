//! Refuses what the channel could never be told, before anything is done.

use crate::rows::ConnectionRow;
use crate::stock::check_location;
use crate::{Cache, Ports};
use domain::{Again, CarrierId, ChannelSync, LineUnits, Order, OrderAction, Quantity, ReturnResolution, so_many};
use ports::{Account, Cancels, Error, ErrorKind, FulfilmentDescriptor, HeardReturns, Result};
use std::collections::BTreeMap;

/// Checks an order action against what its channel can be told, and its locations against those there are.
pub(super) async fn check(world: &Ports, lookup: &Cache, order: &Order, action: &OrderAction) -> Result<()> {
    match action {
        // Asked for again, it is known and is no question any more.
        OrderAction::Ship(parcel) if order.shipments.iter().any(|known| known.id == parcel.id) => Ok(()),
        OrderAction::Ship(parcel) => {
            check_location(world, &parcel.location).await?;
            let (title, told) = descriptor(world, lookup, order).await?;
            if let Some(most) = told.most_lines.filter(|most| parcel.lines.len() > *most) {
                let message =
                    format!("lines: {title} takes at most {} in a shipment; enter it as several", so_many(most, "line"));
                return Err(Error::new(ErrorKind::BadInput, "lines", message));
            }
            carrier(world, lookup, order, parcel.carrier.as_ref()).await
        }
        // Asked for again, it is known and is no question any more.
        OrderAction::Cancel(cancellation) if order.cancellations.iter().all(|known| known.id != cancellation.id) => {
            let (title, told) = descriptor(world, lookup, order).await?;
            cancellable(title, told, order, &cancellation.lines)
        }
        OrderAction::Inspect { inspection, .. } => {
            if let Some(place) = &inspection.restock_at {
                check_location(world, place).await?;
            }
            let (title, told) = descriptor(world, lookup, order).await?;
            match told.most_returned.filter(|most| inspection.units.units() > *most) {
                Some(most) if inspection.channel_sync.is_open() => {
                    let message =
                        format!("units: {title} takes at most {} in a decision; enter it as several", so_many(most, "unit"));
                    Err(Error::new(ErrorKind::BadInput, "units", message))
                }
                _ => Ok(()),
            }
        }
        OrderAction::Cancel(_)
        | OrderAction::Answer(_)
        | OrderAction::Announce(_)
        | OrderAction::Receive { .. }
        | OrderAction::PutBack(_)
        | OrderAction::Deleted
        | OrderAction::Cover
        | OrderAction::Decide { .. } => Ok(()),
    }
}

/// Checks what is told once more against what its channel can be told.
pub(super) async fn check_again(world: &Ports, lookup: &Cache, order: &Order, again: &Again) -> Result<()> {
    match &again.label {
        Some((label, _)) => carrier(world, lookup, order, label.as_ref()).await,
        None => Ok(()),
    }
}

/// A carrier that the channel can be told; none only where it takes a shipment without one.
async fn carrier(world: &Ports, lookup: &Cache, order: &Order, carrier: Option<&CarrierId>) -> Result<()> {
    let (title, told) = descriptor(world, lookup, order).await?;
    match carrier {
        Some(carrier) => {
            let connection = lookup.connection(world, &order.connection).await?;
            told.carrier(&nobody(connection.as_ref()), carrier).map(drop)
        }
        None if told.needs_carrier => {
            let known: Vec<&str> = told.carriers.iter().map(|(word, _)| *word).collect();
            let other = if told.other_carrier.is_some() { ", or any other word for one that is not among them" } else { "" };
            let message =
                format!("carrier: {} wants to know who carries a shipment; known are {}{other}", title, known.join(", "));
            Err(Error::new(ErrorKind::BadInput, "carrier", message))
        }
        None => Ok(()),
    }
}

/// What a channel cannot be told, and need not be: there is nothing to tell.
pub(super) async fn without_what_it_cannot_hear(
    world: &Ports,
    lookup: &Cache,
    order: &Order,
    mut action: OrderAction,
) -> Result<OrderAction> {
    if let OrderAction::Inspect { id, inspection } = &mut action {
        let is_unknown_there = order.returns.iter().any(|one| one.id == *id && one.channel_id.is_none());
        let hears_of_it = match descriptor(world, lookup, order).await?.1.returns {
            HeardReturns::Nothing => false,
            HeardReturns::ButUnknownRefusals => inspection.resolution != ReturnResolution::Rejected || !is_unknown_there,
            HeardReturns::All => true,
        };
        // What the marketplace sent comes back to it: it knows more of it than is found here.
        if !hears_of_it || order.is_marketplaces(&inspection.line) {
            inspection.channel_sync = ChannelSync::NotNeeded;
        }
    }
    Ok(action)
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

/// The channel's name for people, and what it can be told of the order.
async fn descriptor(world: &Ports, lookup: &Cache, order: &Order) -> Result<(&'static str, &'static FulfilmentDescriptor)> {
    let connection = lookup.connection(world, &order.connection).await?;
    let wrong = |what: &str| {
        let message = format!("connection {}: {what} `{}`", order.connection, connection.channel);
        Error::new(ErrorKind::Configuration, "order", message)
    };
    let connector = world.connectors.get(&connection.channel).ok_or_else(|| wrong("this build has no channel"))?;
    let fulfilment = connector.fulfilment().ok_or_else(|| wrong("nothing of an order can be told to"))?;
    Ok((connector.descriptor().title, fulfilment.descriptor()))
}

fn cancellable(title: &str, told: &FulfilmentDescriptor, order: &Order, lines: &[LineUnits]) -> Result<()> {
    let open = |line: &domain::LineState| order.to_cancel(&line.id);
    let asked = |line: &domain::LineState| lines.iter().filter(|one| one.line == line.id).map(|one| one.units).sum::<Quantity>();
    let refused = |what: &str| {
        let message =
            format!("{title} lets the merchant cancel {what}; cancel that, or let the customer or the channel do it there");
        Err(Error::new(ErrorKind::BadInput, "cancel", message))
    };
    match told.cancels {
        Cancels::Nothing => {
            let message =
                format!("{title} has no call to cancel anything; cancel it in {title}'s own screen, and it is read from there");
            Err(Error::new(ErrorKind::BadInput, "cancel", message))
        }
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
