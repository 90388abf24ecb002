//! Orders: one in full, and the stream of what was taken in lately.

use super::{PageRequest, Unreadable, connections, not_found, paging};
use crate::World;
use crate::rows::{JournalEntry, JournalOrder, JournalRow, OrderRow};
use domain::{
    Cancellation, ChannelId, ConnectionId, Country, Decided, Event, LineState, Order, OrderLineId, OrderNumber, Parcel,
    PartState, Quantity, Return, Sku, SnapshotLine, UnreadLine,
};
use jiff::{SignedDuration, Timestamp};
use ports::Result;
use std::collections::BTreeSet;

/// An order: the channel's last word and our answer to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct OrderView {
    /// Where it came from.
    pub connection: ConnectionId,
    /// The id by which the channel names it.
    pub number: OrderNumber,
    /// The number a person sees on the channel, where it differs.
    pub shown_as: Option<String>,
    /// When the customer ordered, UTC.
    #[schemars(with = "String")]
    pub placed_at: Timestamp,
    /// When it was first taken in, UTC.
    #[schemars(with = "String")]
    pub accepted_at: Timestamp,
    /// When the channel was last asked, or told us, UTC.
    #[schemars(with = "String")]
    pub read_at: Timestamp,
    /// The channel's own word for its state.
    pub channel_status: String,
    /// Counts the commits.
    pub version: u64,
    /// The country it goes to, if the channel tells.
    pub ship_to: Option<Country>,
    /// Its lines.
    pub lines: Vec<OrderLineView>,
    /// Lines that cannot be read and that nobody has decided about: a person must. No figure rises of what they may be of.
    pub unread: Vec<UnreadLine>,
    /// What people decided about such lines.
    pub decided: Vec<Decided>,
    /// Parcels the merchant sent.
    pub parcels: Vec<Parcel>,
    /// Cancellations the merchant decided.
    pub cancellations: Vec<Cancellation>,
    /// Units that come back, or came back.
    pub returns: Vec<Return>,
    /// What happened to it, oldest first. Empty as long as nothing happened since it was taken in.
    pub history: Vec<Event>,
    /// The invoice that closed it.
    pub locked_by: Option<String>,
    /// Units that no location could cover, over all lines.
    pub short: Quantity,
    /// The channel no longer has it.
    pub deleted: bool,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct OrderLineView {
    /// The channel's id of it.
    pub id: OrderLineId,
    /// The line as the channel last told it; none if the channel dropped it.
    pub told: Option<SnapshotLine>,
    /// The article; none until somebody matches it.
    pub sku: Option<Sku>,
    /// What it takes from stock: one article, or those of the bundle.
    pub parts: Vec<PartState>,
    /// Units that no location could cover, over its parts; before it is matched, all of it.
    pub short: Quantity,
    /// Units of the line that can be put into a parcel now.
    pub to_send: Quantity,
    /// Units of the line that can be cancelled now, as far as the channel lets the merchant.
    pub to_cancel: Quantity,
    /// Units of the line that were sent and are in no return yet.
    pub to_return: Quantity,
    /// Units of the line that were cancelled on the channel and are kept off sale: they can be put back if they are there.
    pub to_put_back: Quantity,
}

/// What was taken in lately.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RecentOrders {
    /// Each once, as it was changed last; the latest change first.
    pub orders: Vec<RecentOrder>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One order as its last change left it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RecentOrder {
    /// When it was changed last, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Where it came from.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured, or cannot be read.
    pub channel: Option<ChannelId>,
    /// Which order.
    pub number: OrderNumber,
    /// Its version; the first is 1, and every change is one more.
    pub version: u64,
    /// Units held.
    pub held: Quantity,
    /// Units that no location could cover.
    pub short: Quantity,
    /// Its articles.
    pub skus: Vec<Sku>,
}

/// One order.
pub async fn order(world: &World, connection: &ConnectionId, number: &OrderNumber) -> Result<OrderView> {
    let order = OrderRow::read(world, connection, number).await?;
    order.map(OrderView::from).ok_or_else(|| not_found(format!("connection {connection} has no order {number}")))
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        let (short, deleted) = (order.short(), order.is_deleted());
        let lines = order.lines.iter().map(|state| line(&order, state)).collect();
        let unread = order.undecided().cloned().collect();
        let snapshot = order.snapshot;
        Self {
            lines,
            unread,
            decided: order.decided,
            connection: order.connection,
            number: snapshot.number,
            shown_as: snapshot.shown_as,
            placed_at: snapshot.placed_at,
            accepted_at: order.accepted_at,
            read_at: order.read_at,
            channel_status: snapshot.channel_status,
            ship_to: snapshot.ship_to,
            version: order.version,
            parcels: order.parcels,
            cancellations: order.cancellations,
            returns: order.returns,
            history: order.history,
            locked_by: order.locked_by,
            short,
            deleted,
        }
    }
}

fn line(order: &Order, state: &LineState) -> OrderLineView {
    let announced: Quantity = order.returns.iter().map(|one| one.announced(&state.id)).sum();
    OrderLineView {
        id: state.id.clone(),
        told: order.snapshot.lines.iter().find(|told| told.id == state.id).cloned(),
        sku: state.sku.clone(),
        parts: state.parts.clone(),
        short: state.short(),
        to_send: order.to_send(&state.id),
        to_cancel: order.to_cancel(&state.id),
        to_return: state.sent().less(announced),
        to_put_back: order.to_put_back(&state.id),
    }
}

/// Pages of a day that are read at most: an order that changes all the time may fill the first.
const MOST_PAGES: usize = 4;

/// What was taken in or changed today and yesterday (UTC), each order once, the latest change first.
pub async fn recent_orders(world: &World, limit: usize) -> Result<RecentOrders> {
    let wanted = limit.clamp(1, paging::MOST_PER_PAGE);
    let connections = connections(world).await?;
    let today = world.clock.now();
    let yesterday = today.checked_sub(SignedDuration::from_hours(24)).unwrap_or(today);
    let mut known = BTreeSet::new();
    let mut orders = Vec::new();
    let mut unreadable = connections.unreadable;
    'days: for day in [today, yesterday] {
        let of_orders = |row: &JournalRow| matches!(row.entry, JournalEntry::Orders { .. });
        let mut request = PageRequest::first(wanted);
        for _ in 0..MOST_PAGES {
            let read = paging::page(world, &JournalRow::partition(day), "", &request, true, of_orders).await?;
            unreadable.extend(read.unreadable);
            for row in read.rows {
                let JournalEntry::Orders { orders: committed } = row.entry else { continue };
                let fresh = committed.into_iter().filter(|o| known.insert((o.connection.clone(), o.number.clone())));
                orders.extend(fresh.map(|o| recent(row.at, o)));
            }
            if orders.len() >= wanted {
                break 'days;
            }
            let Some(next) = read.next else { continue 'days };
            request.cursor = Some(next);
        }
        // The rest of the day was not read: what came before it would not be as it is now.
        break;
    }
    orders.truncate(wanted);
    for order in &mut orders {
        order.channel = connections.known.get(&order.connection).map(|c| c.channel.clone());
    }
    Ok(RecentOrders { orders, unreadable })
}

fn recent(at: Timestamp, order: JournalOrder) -> RecentOrder {
    RecentOrder {
        at,
        connection: order.connection,
        channel: None,
        number: order.number,
        version: order.version,
        held: order.held,
        short: order.short,
        skus: order.skus,
    }
}
