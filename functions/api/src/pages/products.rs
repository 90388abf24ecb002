//! `/products`.

use super::visit::Visit;
use crate::web::Problem;
use axum::response::Response;
use engine::views::{self, PageRequest};
use futures::try_join;
use web::{Page, Place, Reader};

/// Products of one page.
const PER_PAGE: usize = 25;
/// Letters of a search at most.
const LONGEST: usize = 64;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit).await;
    visit.answer(Place::Stock, made)
}

async fn made(visit: &Visit) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let q: String = visit.asked("q").chars().take(LONGEST).collect();
    let request = PageRequest { cursor: visit.cursor().map(str::to_owned), limit: PER_PAGE };
    let (list, health) = try_join!(views::stock_page(&visit.world, &q, &request), views::health(&visit.world))?;
    let page = web::products(&reader, &list, &health, &q, visit.cursor());
    Ok((reader, page))
}
