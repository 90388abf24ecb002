//! `/channels`.

use super::visit::Visit;
use crate::web::Problem;
use axum::response::Response;
use engine::views;
use web::{Page, Place, Reader};

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit).await;
    visit.answer(Place::Channels, made)
}

async fn made(visit: &Visit) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let page = web::channels(&reader, &views::health(&visit.world).await?);
    Ok((reader, page))
}
