//! Orders from the index: by stage, by connection, by what somebody types, and all there ever were.

use super::index_status::{IndexStatus, index_status};
use super::orders::{RecentOrder, RecentOrders};
use super::paging::{MOST_PER_PAGE, Page, page};
use super::{Connections, PageRequest, Unreadable, connections};
use crate::Ports;
use crate::rows::{IndexedOrderRow, ListedOrder, OrderRow, OrderStageRow, OrderTermRow};
use domain::search;
use domain::{ConnectionId, OrderNumber, OrderStage};
use futures::StreamExt;
use ports::Result;

/// Rows that are read side by side.
const AT_ONCE: usize = 16;
/// Orders of a stage that are counted; of more, that there are more is told.
const MOST_COUNTED: usize = 100;

/// Which orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderQuery {
    /// In this stage; none: in any.
    pub stage: Option<OrderStage>,
    /// Of this connection; none: of any.
    pub connection: Option<ConnectionId>,
    /// The number that people see, a SKU or a tracking code, or the beginning of one; empty: any.
    pub q: String,
    /// Which part of the list.
    pub page: PageRequest,
}

impl OrderQuery {
    fn holds(&self, order: &ListedOrder) -> bool {
        self.stage.is_none_or(|stage| order.stage == stage)
            && self.connection.as_ref().is_none_or(|connection| order.connection == *connection)
    }
}

/// How many orders are in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct StageCount {
    /// The stage.
    pub stage: OrderStage,
    /// So many; with `more`, at least so many.
    pub count: usize,
    /// There are more.
    pub more: bool,
}

/// Orders as the index has them, with how far that is. Those that are to leave: what must leave first comes first; all others: the newest first.
pub async fn order_list(world: &Ports, query: &OrderQuery) -> Result<RecentOrders> {
    let connections = connections(world).await?;
    let (status, unreadable) = index_status(world).await?;
    let found = listed(world, query, &connections).await?;
    let mut noted = found.unreadable;
    noted.extend(unreadable);
    noted.extend(connections.unreadable.iter().cloned());
    let orders = found.rows.into_iter().map(|(version, order)| shown(version, order, &connections)).collect();
    Ok(RecentOrders { orders, next: found.next, index: Some(status), unreadable: noted })
}

/// How many orders are in each stage in which a merchant has something to do.
pub async fn stage_counts(world: &Ports) -> Result<Vec<StageCount>> {
    let stages = OrderStage::ALL.into_iter().filter(|stage| stage.is_to_leave() || *stage == OrderStage::Return);
    let counts = stages.map(|stage| async move {
        let page = world.table.query(&OrderStageRow::partition(stage), "", None, MOST_COUNTED + 1, false).await?;
        let count = page.rows.len().min(MOST_COUNTED);
        Ok(StageCount { stage, count, more: page.rows.len() > MOST_COUNTED })
    });
    futures::future::try_join_all(counts).await
}

/// What is to leave, and how far the index is that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Orders of which something can be sent now, what must leave first first; at most `MOST_PER_PAGE` of each stage.
    pub to_ship: Vec<RecentOrder>,
    /// There are more.
    pub more_to_ship: bool,
    /// Orders that no stock covers, what must leave first first; at most `MOST_PER_PAGE`.
    pub short: Vec<RecentOrder>,
    /// There are more.
    pub more_short: bool,
    /// How far the index is.
    pub index: IndexStatus,
    /// Rows of it that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// What is to leave.
pub async fn leaving(world: &Ports) -> Result<Leaving> {
    let connections = connections(world).await?;
    let query = |stage| OrderQuery { stage: Some(stage), page: PageRequest::first(MOST_PER_PAGE), ..OrderQuery::default() };
    let [whole, partly, short] = [OrderStage::ToShip, OrderStage::PartlyShipped, OrderStage::Short].map(query);
    let ((index, mut unreadable), whole, partly, short) = futures::try_join!(
        index_status(world),
        listed(world, &whole, &connections),
        listed(world, &partly, &connections),
        listed(world, &short, &connections),
    )?;
    let (more_to_ship, more_short) = (whole.next.is_some() || partly.next.is_some(), short.next.is_some());
    unreadable.extend([whole.unreadable, partly.unreadable, short.unreadable].into_iter().flatten());
    let all =
        |rows: Vec<(u64, ListedOrder)>| rows.into_iter().map(|(version, order)| shown(version, order, &connections)).collect();
    let mut to_ship: Vec<RecentOrder> = all(whole.rows.into_iter().chain(partly.rows).collect());
    to_ship.sort_by_key(|order| (order.ship_by.is_none(), order.ship_by.as_ref().map(domain::Due::order), order.at));
    Ok(Leaving { to_ship, more_to_ship, short: all(short.rows), more_short, index, unreadable })
}

/// Orders whose customer asks for cancellation and waits for an answer, as the index has them: at most `MOST_PER_PAGE` of a stage.
pub(super) async fn cancellation_requests(world: &Ports) -> Result<RecentOrders> {
    let connections = connections(world).await?;
    let query = |stage| OrderQuery { stage: Some(stage), page: PageRequest::first(MOST_PER_PAGE), ..OrderQuery::default() };
    // An order that is new in another way is in that stage, whatever else is asked of it.
    let [new, asked] = [OrderStage::New, OrderStage::CancellationRequested].map(query);
    let ((status, mut unreadable), new, asked) =
        futures::try_join!(index_status(world), listed(world, &new, &connections), listed(world, &asked, &connections),)?;
    let next = asked.next.clone().or_else(|| new.next.clone());
    unreadable.extend(new.unreadable.into_iter().chain(asked.unreadable));
    let orders = asked.rows.into_iter().chain(new.rows).filter(|(_, order)| order.asks_cancellation);
    let orders = orders.map(|(version, order)| shown(version, order, &connections)).collect();
    Ok(RecentOrders { orders, next, index: Some(status), unreadable })
}

async fn listed(world: &Ports, query: &OrderQuery, connections: &Connections) -> Result<Rows> {
    match (query.q.trim(), query.stage.filter(|stage| OrderStageRow::has(*stage))) {
        ("", Some(stage)) => of_stage(world, query, stage).await,
        ("", None) => of_all(world, query).await,
        (q, _) => find(world, query, q, connections).await,
    }
}

type Rows = Page<(u64, ListedOrder)>;

async fn of_stage(world: &Ports, query: &OrderQuery, stage: OrderStage) -> Result<Rows> {
    let pk = OrderStageRow::partition(stage);
    let keep = |row: &OrderStageRow| query.holds(&row.order);
    let read = page(world, &pk, "", &query.page, !stage.is_to_leave(), keep).await?;
    Ok(Page {
        rows: read.rows.into_iter().map(|row| (row.version, row.order)).collect(),
        next: read.next,
        unreadable: read.unreadable,
    })
}

async fn of_all(world: &Ports, query: &OrderQuery) -> Result<Rows> {
    let keep = |row: &IndexedOrderRow| query.holds(&row.order);
    let read = page(world, IndexedOrderRow::PARTITION, "", &query.page, true, keep).await?;
    Ok(Page {
        rows: read.rows.into_iter().map(|row| (row.version, row.order)).collect(),
        next: read.next,
        unreadable: read.unreadable,
    })
}

async fn find(world: &Ports, query: &OrderQuery, q: &str, connections: &Connections) -> Result<Rows> {
    let asked = search::term(q);
    let mut unreadable = Vec::new();
    let mut rows =
        if query.page.cursor.is_none() { called_so(world, query, q, connections, &mut unreadable).await? } else { Vec::new() };
    if asked.is_empty() {
        return Ok(Page { rows, next: None, unreadable });
    }
    let pk = OrderTermRow::partition(&asked);
    let read = page(world, &pk, &OrderTermRow::prefix(&asked), &query.page, false, |_: &OrderTermRow| true).await?;
    unreadable.extend(read.unreadable);
    let heads = read.rows.into_iter().map(|row| async move {
        let key = IndexedOrderRow::key(row.accepted_at, &row.connection, &row.number);
        (row.term, world.get::<IndexedOrderRow>(&key).await)
    });
    let mut heads = futures::stream::iter(heads).buffered(AT_ONCE);
    while let Some((term, head)) = heads.next().await {
        // A row of a term may be older than its order, and an order that several terms lead to is shown at the first of them.
        let Some(head) = head.or_else(|error| note(&error, &mut unreadable).map_or(Err(error), |()| Ok(None)))? else { continue };
        let first = head.terms.iter().find(|known| search::finds(&asked, known));
        let is_new = |order: &ListedOrder| {
            rows.iter().all(|(_, known)| (&known.connection, &known.number) != (&order.connection, &order.number))
        };
        if first == Some(&term) && query.holds(&head.order) && is_new(&head.order) {
            rows.push((head.version, head.order));
        }
    }
    Ok(Page { rows, next: read.next, unreadable })
}

fn note(error: &ports::Error, noted: &mut Vec<Unreadable>) -> Option<()> {
    noted.push(Unreadable::of("index of orders".to_owned(), error)?);
    Some(())
}

/// Orders that their channel calls exactly so, by its own id: known without the index.
async fn called_so(
    world: &Ports,
    query: &OrderQuery,
    q: &str,
    connections: &Connections,
    noted: &mut Vec<Unreadable>,
) -> Result<Vec<(u64, ListedOrder)>> {
    let Ok(number) = OrderNumber::new(q) else { return Ok(Vec::new()) };
    let asked = |id: &&ConnectionId| query.connection.as_ref().is_none_or(|connection| connection == *id);
    let ids: Vec<&ConnectionId> = connections.known.keys().filter(asked).collect();
    let reads = ids.into_iter().map(|id| OrderRow::read(world, id, &number));
    let mut found = Vec::new();
    for order in futures::future::join_all(reads).await {
        match order {
            Ok(Some(order)) => found.push((order.version, ListedOrder::of(&order))),
            Ok(None) => {}
            Err(error) => noted.push(Unreadable::of(format!("order {number}"), &error).ok_or(error)?),
        }
    }
    found.retain(|(_, order)| query.holds(order));
    Ok(found)
}

fn shown(version: u64, order: ListedOrder, connections: &Connections) -> RecentOrder {
    RecentOrder {
        at: order.accepted_at,
        channel: connections.known.get(&order.connection).map(|known| known.channel.clone()),
        connection: order.connection,
        number: order.number,
        display_number: order.display_number,
        cancellation_requested: order.asks_cancellation,
        unreleased: order.unreleased,
        version,
        reserved: order.reserved,
        short: order.short,
        skus: order.skus,
        stage: Some(order.stage),
        placed_at: Some(order.placed_at),
        ship_by: order.ship_by,
        to_ship: Some(order.to_ship),
    }
}
