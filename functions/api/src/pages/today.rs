//! `/today`.

use super::orders::MOST;
use super::visit::{Visit, see};
use crate::web::Problem;
use axum::response::Response;
use engine::views;
use futures::try_join;
use web::{Page, Place, Reader};

/// The address alone.
pub(crate) async fn front() -> Response {
    see(Place::Today.address())
}

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit).await;
    visit.answer(Place::Today, made)
}

async fn made(visit: &Visit) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let world = &visit.world;
    let (leaving, of_late, attention, health) =
        try_join!(views::leaving(world), views::recent_orders(world, MOST), views::attention(world), views::health(world))?;
    let page = web::today(&reader, &leaving, &of_late, &attention, &health);
    Ok((reader, page))
}
