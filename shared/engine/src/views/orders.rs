//! Orders: one in full, and the stream of what was taken in lately.

use super::index_status::IndexStatus;
use super::{PageRequest, Unreadable, connections, not_found, paging};
use crate::Ports;
use crate::connections::not_there;
use crate::rows::{ConnectionRow, JournalEntry, JournalOrder, JournalRow, OrderRow};
use domain::{
    AcceptanceAnswer, AwaitsAcceptance, Cancellation, ChannelId, ConnectionId, Country, Due, LineState, LineTerms, Order,
    OrderEvent, OrderLineId, OrderNumber, OrderStage, OrderTerms, PartState, Quantity, ResolvedLine, Return, Shipment, Sku,
    SnapshotLine, UnreadableLine,
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
    pub display_number: Option<String>,
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
    /// Where the merchant sees it in the channel's own screens; none if no such address is known, and in the answer to a command.
    pub url: Option<String>,
    /// Amounts and payment of it as a whole, as far as the channel tells.
    #[serde(flatten)]
    pub terms: OrderTerms,
    /// The first day or instant by which something of it must leave that has not; none if nothing must, or the channel does not tell.
    pub ship_by: Option<Due>,
    /// The first day or instant by which something of it was promised that has not left.
    pub deliver_by: Option<Due>,
    /// Its lines.
    pub lines: Vec<OrderLineView>,
    /// Lines and amounts that cannot be read and that nobody has decided about: a person must. No figure rises of what they may be of.
    pub unreadable_lines: Vec<UnreadableLine>,
    /// What people decided about such lines.
    pub resolved_lines: Vec<ResolvedLine>,
    /// Its channel waits for the merchant to accept it, until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits_acceptance: Option<AwaitsAcceptance>,
    /// What the channel was answered, and how far it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<AcceptanceAnswer>,
    /// Shipments of the merchant's.
    pub shipments: Vec<Shipment>,
    /// Cancellations the merchant decided.
    pub cancellations: Vec<Cancellation>,
    /// Units that come back, or came back.
    pub returns: Vec<Return>,
    /// What happened to it, oldest first. Empty as long as nothing happened since it was taken in.
    pub history: Vec<OrderEvent>,
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
    pub channel_line: Option<SnapshotLine>,
    /// The product; none until somebody matches it.
    pub sku: Option<Sku>,
    /// What it takes from stock: one product, or those of the bundle.
    pub parts: Vec<PartState>,
    /// Units that no location could cover, over its parts; before it is matched, all of it.
    pub short: Quantity,
    /// Units of the line that can be shipped now.
    pub to_ship: Quantity,
    /// Units of the line that can be cancelled now, as far as the channel lets the merchant.
    pub to_cancel: Quantity,
    /// Units of the line that were sent and are in no return yet.
    pub to_return: Quantity,
    /// Units of the line that were cancelled on the channel and are kept off sale: they can be put on sale again if they are there.
    pub to_restock: Quantity,
}

/// What was taken in lately.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RecentOrders {
    /// Each once; without a filter as it was changed last, the latest change first.
    pub orders: Vec<RecentOrder>,
    /// Where the list is gone on with (`before`); none: it ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How far the index is that the list was read from; none: it was read from the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexStatus>,
    /// Rows of it that cannot be read; the rest is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// One order as its last change left it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct RecentOrder {
    /// When it was changed last, UTC; in a list with a filter: when it was first taken in.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Where it came from.
    pub connection: ConnectionId,
    /// Its channel; none if the connection is no longer configured, or cannot be read.
    pub channel: Option<ChannelId>,
    /// Which order.
    pub number: OrderNumber,
    /// The number a person sees on the channel, where it differs.
    pub display_number: Option<String>,
    /// The customer asks for cancellation of something of it, and waits for an answer.
    pub cancellation_requested: bool,
    /// The channel does not let it be sent yet: it is not paid there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreleased: bool,
    /// Its version; the first is 1, and every change is one more.
    pub version: u64,
    /// Units still set aside for it, in stock (`reserved`). What was sent is no longer among them.
    pub reserved: Quantity,
    /// Units that no location could cover.
    pub short: Quantity,
    /// Its products; in a list with a filter its first five.
    pub skus: Vec<Sku>,
    /// How far it is; none in a list without a filter, so for what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<OrderStage>,
    /// When the customer ordered, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub placed_at: Option<Timestamp>,
    /// The first day or instant by which something of it must leave that has not; none also if the channel does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<Due>,
    /// Units of it that can be sent now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ship: Option<Quantity>,
}

/// One order.
pub async fn order(world: &Ports, connection: &ConnectionId, number: &OrderNumber) -> Result<OrderView> {
    let order = OrderRow::read(world, connection, number).await?;
    let Some(order) = order else { return Err(not_found(not_there(world, connection, number).await)) };
    // That the connection is gone, or cannot be read, costs the link and nothing else.
    let row = world.get::<ConnectionRow>(&ConnectionRow::key(connection)).await.ok().flatten();
    let url = row.and_then(|row| {
        let orders = world.connectors.get(&row.channel)?.orders()?;
        orders.order_url(&row.base_url, number)
    });
    Ok(OrderView::of(order, url))
}

/// The earliest of a kind of promise, over the lines of which something is still to be sent.
fn first(order: &Order, which: impl Fn(&LineTerms) -> Option<&Due>) -> Option<Due> {
    let open = order.snapshot.lines.iter().filter(|line| !order.to_send(&line.id).is_zero());
    open.filter_map(|line| which(&line.terms)).min_by_key(|due| due.latest()).cloned()
}

impl From<Order> for OrderView {
    /// Without its address on the channel.
    fn from(order: Order) -> Self {
        Self::of(order, None)
    }
}

impl OrderView {
    fn of(order: Order, url: Option<String>) -> Self {
        let (ship_by, deliver_by) = (first(&order, |line| line.ship_by.as_ref()), first(&order, |line| line.deliver_by.as_ref()));
        let (short, deleted) = (order.short(), order.is_deleted());
        let lines = order.lines.iter().map(|state| line(&order, state)).collect();
        let unreadable_lines = order.undecided().cloned().collect();
        let snapshot = order.snapshot;
        Self {
            lines,
            unreadable_lines,
            resolved_lines: order.decided,
            connection: order.connection,
            number: snapshot.number,
            display_number: snapshot.display_number,
            placed_at: snapshot.placed_at,
            accepted_at: order.accepted_at,
            read_at: order.read_at,
            channel_status: snapshot.channel_status,
            ship_to: snapshot.ship_to,
            url,
            terms: snapshot.terms,
            ship_by,
            deliver_by,
            version: order.version,
            awaits_acceptance: snapshot.awaits_acceptance,
            acceptance: order.acceptance,
            shipments: order.shipments,
            cancellations: order.cancellations,
            returns: order.returns,
            history: order.history,
            short,
            deleted,
        }
    }
}

fn line(order: &Order, state: &LineState) -> OrderLineView {
    OrderLineView {
        id: state.id.clone(),
        channel_line: order.snapshot.lines.iter().find(|told| told.id == state.id).cloned(),
        sku: state.sku.clone(),
        parts: state.parts.clone(),
        short: state.short(),
        to_ship: order.to_send(&state.id),
        to_cancel: order.to_cancel(&state.id),
        to_return: order.to_return(&state.id),
        to_restock: order.to_put_back(&state.id),
    }
}

/// Pages of a day that are read at most: an order that changes all the time may fill the first.
const MOST_PAGES: usize = 4;

/// What was taken in or changed today and yesterday (UTC), each order once, the latest change first.
pub async fn recent_orders(world: &Ports, limit: usize) -> Result<RecentOrders> {
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
    Ok(RecentOrders { orders, next: None, index: None, unreadable })
}

fn recent(at: Timestamp, order: JournalOrder) -> RecentOrder {
    RecentOrder {
        at,
        connection: order.connection,
        channel: None,
        number: order.number,
        display_number: order.display_number,
        cancellation_requested: order.cancellation_requested,
        unreleased: order.unreleased,
        version: order.version,
        reserved: order.held,
        short: order.short,
        skus: order.skus,
        stage: None,
        placed_at: None,
        ship_by: None,
        to_ship: None,
    }
}
