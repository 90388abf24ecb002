//! `/orders`.

use super::visit::{Visit, see};
use crate::text::id;
use crate::web::Problem;
use axum::response::Response;
use domain::{ConnectionId, OrderNumber};
use engine::views;
use futures::try_join;
use ports::ErrorKind;
use web::{OrderFilter, Page, Place, Reader, Show};

/// Orders that are read for one list.
pub(super) const MOST: usize = views::MOST_PER_PAGE;

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
    let (list, (connections, _)) = try_join!(views::recent_orders(world, MOST), views::readable_connections(world))?;
    let connections: Vec<ConnectionId> = connections.into_iter().map(|row| row.id).collect();
    let filter = OrderFilter {
        show: Show::named(visit.asked("show")),
        connection: visit.asked("connection").to_owned(),
        q: visit.asked("q").to_owned(),
        from: visit.asked("cursor").parse().unwrap_or_default(),
    };
    let page = web::orders(&reader, &list, &connections, &filter, not_found);
    Ok((reader, page))
}
