//! `/invoices`.

use super::visit::Visit;
use crate::web::Problem;
use axum::response::Response;
use engine::views::{self, PageRequest};
use futures::try_join;
use web::{Page, Place, Reader, invoice_type};

/// Documents of one page.
const PER_PAGE: usize = 50;
/// Orders that are shown of those that wait.
const WAITING: usize = 50;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit).await;
    visit.answer(Place::Invoices, made)
}

async fn made(visit: &Visit) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let only = invoice_type(visit.asked("type"));
    let request = PageRequest { cursor: visit.cursor().map(str::to_owned), limit: PER_PAGE };
    let first = PageRequest::first(WAITING);
    let (list, waiting) =
        try_join!(views::invoices(&visit.world, only, &request), views::waiting_invoices(&visit.world, &first))?;
    let page = web::invoices(&reader, &list, &waiting, only, visit.cursor());
    Ok((reader, page))
}
