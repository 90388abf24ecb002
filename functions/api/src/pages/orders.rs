//! `/orders`.

use super::visit::{Visit, see};
use crate::text::id;
use crate::web::Problem;
use axum::response::Response;
use domain::{ConnectionId, OrderNumber};
use engine::views::{self, OrderQuery, PageRequest};
use futures::try_join;
use ports::ErrorKind;
use web::{OrderFilter, OrdersBeside, Page, Place, Reader, Show};

/// Orders that are read for one list.
pub(super) const MOST: usize = views::MOST_PER_PAGE;
/// Orders of one page from the index.
const PER_PAGE: usize = 50;
/// Letters of a search at most.
const LONGEST: usize = 64;

pub(crate) async fn page(visit: Visit) -> Response {
    let number = visit.asked("number").trim();
    match found(&visit, number).await {
        Ok(Some(address)) => see(&address),
        Ok(None) => {
            let made = made(&visit, Some(number).filter(|number| !number.is_empty())).await;
            visit.answer(Place::Orders, made)
        }
        Err(problem) => visit.answer(Place::Orders, Err(problem)),
    }
}

/// Where the order is that somebody looks for.
async fn found(visit: &Visit, number: &str) -> Result<Option<String>, Problem> {
    if number.is_empty() {
        return Ok(None);
    }
    let (connection, number): (ConnectionId, OrderNumber) = (id("connection", visit.asked("connection"))?, id("number", number)?);
    match views::order(&visit.world, &connection, &number).await {
        Ok(_) => Ok(Some(web::order_address(&connection, &number))),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn made(visit: &Visit, not_found: Option<&str>) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let world = &visit.world;
    let filter = OrderFilter {
        show: Show::named(visit.asked("show")),
        connection: visit.asked("connection").to_owned(),
        q: visit.asked("q").chars().take(LONGEST).collect(),
        cursor: visit.cursor().map(str::to_owned),
    };
    let listed = async {
        if filter.is_of_late() {
            views::recent_orders(world, MOST).await
        } else {
            views::order_list(world, &query(&filter)?).await
        }
    };
    let (list, counts, (connections, _)) = try_join!(listed, views::stage_counts(world), views::readable_connections(world))?;
    let index = match &list.index {
        Some(index) => index.clone(),
        None => views::index_status(world).await?.0,
    };
    let connections: Vec<ConnectionId> = connections.into_iter().map(|row| row.id).collect();
    let beside = OrdersBeside { counts: &counts, index: &index, connections: &connections, not_found };
    let page = web::orders(&reader, &list, &beside, &filter);
    Ok((reader, page))
}

fn query(filter: &OrderFilter) -> ports::Result<OrderQuery> {
    let stage = match filter.show {
        Show::Stage(stage) => Some(stage),
        Show::All | Show::Latest => None,
    };
    let connection = Some(filter.connection.as_str()).filter(|connection| !connection.is_empty());
    let connection = connection.map(ConnectionId::new).transpose()?;
    let page = PageRequest { cursor: filter.cursor.clone(), limit: PER_PAGE };
    Ok(OrderQuery { stage, connection, q: filter.q.clone(), page })
}
