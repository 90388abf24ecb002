//! `/channels/{connection}/preview`.

use super::visit::Visit;
use crate::resources::connections::ConnectionPath;
use crate::web::Problem;
use axum::response::Response;
use engine::preview_publication;
use engine::views::PageRequest;
use web::{Page, Place, Reader};

/// Listings of one page: the channel is asked about each.
const PER_PAGE: usize = 25;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit).await;
    visit.answer(Place::Channels, made)
}

async fn made(visit: &Visit) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let ConnectionPath { connection } = visit.path()?;
    let request = PageRequest { cursor: visit.cursor().map(str::to_owned), limit: PER_PAGE };
    let list = preview_publication(&visit.world, &visit.lookup, &connection, &request).await?;
    let page = web::preview(&reader, &connection, &list, visit.cursor());
    Ok((reader, page))
}
