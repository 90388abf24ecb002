//! `/channels/{connection}`.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::checks;
use crate::resources::connections::{ConnectionPath, publish};
use crate::web::{Body, NoBody, Problem};
use axum::response::Response;
use engine::views;
use web::{Page, Place, Reader, Sent};

const PLACE: Place = Place::Channels;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit, None).await;
    visit.answer(PLACE, made)
}

pub(crate) async fn act(visit: Visit, form: Entered) -> Response {
    match decide(&visit, &form).await {
        Ok(()) => done(&visit.here, form.act(), form.get("by")),
        Err(problem) => {
            let made = made(&visit, Some(&form.sent(&problem))).await;
            visit.answer_with(status(&problem), PLACE, made)
        }
    }
}

async fn made(visit: &Visit, sent: Option<&Sent>) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let ConnectionPath { connection } = visit.path()?;
    let health = views::health(&visit.world).await?;
    let one = health.connections.iter().find(|one| one.connection == connection);
    let one = one.ok_or_else(|| Problem::new(404, format!("there is no connection {connection}")))?;
    let page = web::channel(&reader, one, &health.unreadable, sent);
    Ok((reader, page))
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    match form.act() {
        "publish" => {
            let call = visit.call()?;
            let mut body = form.body(&["type"], &[], &[])?;
            let skus: Vec<&str> = form.get("skus").split([',', ';']).map(str::trim).filter(|sku| !sku.is_empty()).collect();
            if form.get("type") == "selected" || !skus.is_empty() {
                body.insert("skus".to_owned(), skus.into());
            }
            publish(call, Body::of(body.into())?).await.map(drop)
        }
        "check" => checks::ask(visit.call()?, NoBody).await.map(drop),
        _ => Err(Problem::new(400, "do: is nothing that can be done here")),
    }
}
