//! `sluis order`: what happened to an order, as one timeline.

use super::api::{Api, Where, Who, escaped};
use super::which_order::WhichOrder;
use crate::say::say;
use domain::{
    Cancellation, ChannelSync, ConnectionId, Fulfilment, LineKind, LineUnits, OrderEvent, OrderEventDetails, OrderLineId,
    OrderNumber, PartState, Quantity, Return, Shipment, Sku, SnapshotLine, UnreadableLine, so_many,
};
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::path::Path;
use std::process::ExitCode;

/// What `order` takes.
#[derive(Debug, clap::Args)]
pub(super) struct TimelineArguments {
    #[command(flatten)]
    order: WhichOrder,
    /// Decides about its lines that cannot be read: they were looked at on the channel, and the stock was corrected if units left for them.
    /// What they may be of rises again.
    #[arg(long)]
    resolve_lines: bool,
    /// Tells the channel once more of a shipment, a cancellation or a decision about a return that it rejected: its id.
    #[arg(long, value_name = "ID", conflicts_with = "resolve_lines")]
    retry_update: Option<String>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    place: Where,
}

/// The part of the answer that is printed.
#[derive(Debug, Deserialize)]
struct Order {
    connection: ConnectionId,
    number: OrderNumber,
    display_number: Option<String>,
    channel_status: String,
    placed_at: Timestamp,
    accepted_at: Timestamp,
    lines: Vec<Line>,
    unreadable_lines: Vec<UnreadableLine>,
    shipments: Vec<Shipment>,
    cancellations: Vec<Cancellation>,
    returns: Vec<Return>,
    history: Vec<OrderEvent>,
}

#[expect(clippy::struct_field_names, reason = "the names of the API's answer")]
#[derive(Debug, Deserialize)]
struct Line {
    id: OrderLineId,
    channel_line: Option<SnapshotLine>,
    sku: Option<Sku>,
    parts: Vec<PartState>,
    short: Quantity,
    to_ship: Quantity,
}

pub(super) async fn order(arguments: &TimelineArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let (connection, number) = (&arguments.order.connection, arguments.order.number(&api).await?);
    let path = format!("orders/{connection}/{}", escaped(number.as_str()));
    if arguments.resolve_lines {
        api.send_json(&format!("{path}/unreadable-lines/resolve"), &serde_json::json!({ "by": arguments.who.name()? })).await?;
    }
    if let Some(mark) = &arguments.retry_update {
        let below = format!("{path}/channel-updates/{}/retry", escaped(mark));
        api.send_json(&below, &serde_json::json!({ "by": arguments.who.name()? })).await?;
    }
    let answer = api.get(&path).await.map_err(|error| match error.kind {
        ErrorKind::NotFound if error.message.contains("has no order") => {
            let message = format!("{}. To buy something at a simulated shop: sluis buy {connection} SKU", error.message);
            Error { message, ..error }
        }
        _ => error,
    })?;
    let order: Order = serde_json::from_value(answer).map_err(|_| {
        let message = "the stack answers in words that this version does not know; use the `sluis` that runs there";
        Error::new(ErrorKind::Protocol, "api", message)
    })?;
    for line in told(&order) {
        say!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

fn told(order: &Order) -> Vec<String> {
    let shown = order.display_number.as_ref().map(|shown| format!(" ({shown})")).unwrap_or_default();
    let mut lines = vec![format!("{} {}{shown}: {}", order.connection, order.number, order.channel_status), String::new()];
    for one in &order.lines {
        lines.push(line(one));
        lines.extend(one.parts.iter().flat_map(set_aside));
    }
    lines.extend(order.unreadable_lines.iter().map(|unreadable| format!("  {unreadable}; a person must decide")));
    lines.push(String::new());
    lines.push(entry(order.placed_at, "customer", "ordered"));
    lines.push(entry(order.accepted_at, "sluis", "taken in"));
    lines.extend(
        order
            .history
            .iter()
            .map(|event| entry(event.at, event.by.as_deref().unwrap_or("channel"), &words(order, &event.details))),
    );
    lines
}

fn line(line: &Line) -> String {
    let sku = product(line);
    let Some(told) = &line.channel_line else { return format!("  line {}  {sku}: no longer part of the order", line.id) };
    let mut figures = vec![format!("{} ordered", told.ordered)];
    let further = [(told.cancelled, "cancelled"), (told.shipped, "shipped"), (line.to_ship, "to ship"), (line.short, "short")];
    figures.extend(further.iter().filter(|(units, _)| !units.is_zero()).map(|(units, word)| format!("{units} {word}")));
    if told.cancellation_requested {
        figures.push("the customer asks to cancel".to_owned());
    }
    format!("  line {}  {sku}: {}", line.id, figures.join(", "))
}

/// The product of a line, or why it has none.
fn product(line: &Line) -> String {
    let without = |told: &SnapshotLine| {
        let why = match told.kind {
            LineKind::Charge => "an amount, no goods",
            LineKind::Set => "a set: its parts are lines of their own",
            _ if told.fulfilment == Fulfilment::Marketplace => "the marketplace sends it",
            LineKind::Digital => "nothing to send, unless the catalogue has it",
            LineKind::Goods => "matched to no product yet",
        };
        if told.title.is_empty() { why.to_owned() } else { format!("{} ({why})", told.title) }
    };
    match (&line.sku, &line.channel_line) {
        (Some(sku), _) => sku.to_string(),
        (None, Some(told)) => without(told),
        (None, None) => "matched to no product".to_owned(),
    }
}

/// What is still set aside of a product, by location.
fn set_aside(part: &PartState) -> impl Iterator<Item = String> {
    let open =
        part.allocations.iter().map(|held| (held.allocated.less(held.shipped), held)).filter(|(units, _)| !units.is_zero());
    open.map(|(units, held)| format!("    {units} of {} set aside at {}", part.sku, held.location))
}

fn entry(at: Timestamp, who: &str, what: &str) -> String {
    format!("  {}  {who:<12}  {what}", at.strftime("%Y-%m-%d %H:%M:%SZ"))
}

fn words(order: &Order, what: &OrderEventDetails) -> String {
    match what {
        OrderEventDetails::Channel { status, ordered, cancelled, shipped, returned, cancellation_requests } => {
            let figures = [(ordered, "ordered"), (cancelled, "cancelled"), (shipped, "shipped"), (returned, "returned")];
            let figures = figures.iter().filter(|(units, _)| !units.is_zero()).map(|(units, word)| format!("{units} {word}"));
            let asks = if *cancellation_requests > 0 { "; the customer asks to cancel" } else { "" };
            format!("says {status}: {}{asks}", figures.collect::<Vec<_>>().join(", "))
        }
        OrderEventDetails::Shipment { id } => match order.shipments.iter().find(|parcel| parcel.id == *id) {
            Some(parcel) => {
                let code = [parcel.carrier.as_ref().map(ToString::to_string), parcel.tracking.clone()];
                let code: Vec<_> = code.into_iter().flatten().map(|part| format!(", {part}")).collect();
                let code = code.concat();
                format!(
                    "shipment {id} left {}: {}{code}; {}",
                    parcel.location,
                    units(&parcel.lines),
                    telling(&parcel.channel_sync)
                )
            }
            None => format!("shipment {id} left"),
        },
        OrderEventDetails::Answered { rejected: 0 } => "accepted".to_owned(),
        OrderEventDetails::Answered { rejected } => {
            format!("accepted, but for {} that no stock covers", so_many(rejected, "line"))
        }
        OrderEventDetails::SyncRetried { id } => format!("{id} is told to the channel once more"),
        OrderEventDetails::Cancellation { id } => match order.cancellations.iter().find(|one| one.id == *id) {
            Some(one) => {
                let lost = if one.write_off { ", not there" } else { "" };
                format!("cancellation {id}: {}{lost}; {}", units(&one.lines), telling(&one.channel_sync))
            }
            None => format!("cancellation {id}"),
        },
        OrderEventDetails::ReturnAnnounced { id } => match order.returns.iter().find(|one| one.id == *id) {
            Some(one) => format!("return {id} is on its way: {}", units(&one.lines)),
            None => format!("return {id} is on its way"),
        },
        OrderEventDetails::ReturnReceived { id } => format!("return {id} arrived"),
        OrderEventDetails::Inspection { id } => {
            match order.returns.iter().flat_map(|one| &one.inspections).find(|one| one.id == *id) {
                Some(one) => {
                    let back = one.restock_at.as_ref().map(|place| format!(", on sale again at {place}")).unwrap_or_default();
                    let (finding, verdict) = (word(&one.condition), word(&one.resolution));
                    format!(
                        "inspected {} of line {}: {finding}, {verdict}{back}; {}",
                        one.units,
                        one.line,
                        telling(&one.channel_sync)
                    )
                }
                None => format!("inspected, {id}"),
            }
        }
        OrderEventDetails::WrittenOff { units } => format!("{} came free and not there: written off", so_many(units, "unit")),
        OrderEventDetails::KeptOffSale { units } => {
            format!("{} cancelled and not on sale again there: written off", so_many(units, "unit"))
        }
        OrderEventDetails::Restocked { units } => {
            format!("{} kept off sale and there after all: on sale again", so_many(units, "unit"))
        }
        OrderEventDetails::ShortageCovered { units } => format!("{} short: covered", so_many(units, "unit")),
        OrderEventDetails::ChannelSynced { id, outcome } => format!("{id}: {outcome}"),
        OrderEventDetails::LinesDecided { lines } => format!("decided about {} not to be read", so_many(lines, "line")),
    }
}

fn units(lines: &[LineUnits]) -> String {
    lines.iter().map(|one| format!("{} of line {}", one.units, one.line)).collect::<Vec<_>>().join(", ")
}

fn telling(told: &ChannelSync) -> String {
    match told {
        ChannelSync::Pending | ChannelSync::Sending { .. } => "the channel is still to be told".to_owned(),
        ChannelSync::Processing { .. } => "the channel works on it".to_owned(),
        ChannelSync::Synced { .. } => "the channel has it".to_owned(),
        ChannelSync::Rejected { reason, .. } => format!("the channel does not have it: {reason}"),
        ChannelSync::NotNeeded => "the channel needs no word of it".to_owned(),
    }
}

/// A choice by the name it has in the API.
fn word<T: serde::Serialize>(choice: &T) -> String {
    serde_json::to_value(choice).ok().and_then(|v| v.as_str().map(|word| word.replace('_', " "))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_timeline_names_who_did_what_and_how_far_the_channel_was_told() {
        let order = json!({
            "connection": "shop", "number": "7", "display_number": "#1007", "channel_status": "open",
            "placed_at": "2026-11-24T10:00:00Z", "accepted_at": "2026-11-24T10:00:03Z", "unreadable_lines": [],
            "lines": [
                { "id": "1", "sku": "LAMP", "short": 0, "to_ship": 2, "parts": [{ "sku": "LAMP", "allocations": [
                    { "location": "main", "allocated": 2, "shipped": 1 }, { "location": "store", "allocated": 1, "shipped": 0 },
                    { "location": "attic", "allocated": 1, "shipped": 1 } ] }], "channel_line": {
                    "id": "1", "title": "Lamp", "fulfilment": "merchant", "ordered": 3, "cancelled": 1, "shipped": 0, "returned": 0,
                    "cancellation_requested": true } },
                { "id": "2", "sku": null, "parts": [], "short": 0, "to_ship": 0, "channel_line": null },
                { "id": "3", "sku": null, "parts": [], "short": 0, "to_ship": 0, "channel_line": { "id": "3", "title": "Gift wrapping",
                    "kind": "charge", "fulfilment": "merchant", "ordered": 1, "cancelled": 0, "shipped": 0, "returned": 0 } },
            ],
            "shipments": [{ "id": "p", "location": "main", "lines": [{ "line": "1", "units": 1 }], "carrier": "postnl", "tracking": "3S",
                "channel_sync": { "type": "synced", "at": "2026-11-24T11:00:01Z" } }],
            "cancellations": [{ "id": "c", "lines": [{ "line": "1", "units": 1 }], "reason": "out_of_stock",
                "channel_sync": { "type": "rejected", "reason": "not now" } }],
            "returns": [],
            "history": [
                { "at": "2026-11-24T10:00:03Z", "details": { "type": "channel", "status": "open", "ordered": 3, "cancellation_requests": 1 } },
                { "at": "2026-11-24T11:00:00Z", "by": "Ada", "details": { "type": "shipment", "id": "p" } },
                { "at": "2026-11-24T12:00:00Z", "by": "Ada", "details": { "type": "cancellation", "id": "c" } },
            ],
        });
        let told = told(&serde_json::from_value(order).unwrap());
        assert_eq!(
            told,
            [
                "shop 7 (#1007): open",
                "",
                "  line 1  LAMP: 3 ordered, 1 cancelled, 2 to ship, the customer asks to cancel",
                "    1 of LAMP set aside at main",
                "    1 of LAMP set aside at store",
                "  line 2  matched to no product: no longer part of the order",
                "  line 3  Gift wrapping (an amount, no goods): 1 ordered",
                "",
                "  2026-11-24 10:00:00Z  customer      ordered",
                "  2026-11-24 10:00:03Z  sluis         taken in",
                "  2026-11-24 10:00:03Z  channel       says open: 3 ordered; the customer asks to cancel",
                "  2026-11-24 11:00:00Z  Ada           shipment p left main: 1 of line 1, postnl, 3S; the channel has it",
                "  2026-11-24 12:00:00Z  Ada           cancellation c: 1 of line 1; the channel does not have it: not now",
            ]
        );
    }
}
