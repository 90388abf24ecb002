//! `/attention`.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::attention::{dismiss, erase, retry};
use crate::web::{Body, NoBody, Problem};
use axum::response::Response;
use engine::views;
use futures::try_join;
use web::{Page, Place, Reader, Sent};

const PLACE: Place = Place::Attention;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit, None).await;
    visit.answer(PLACE, made)
}

pub(crate) async fn act(visit: Visit, form: Entered) -> Response {
    match decide(&visit, &form).await {
        Ok(()) => done(PLACE.address(), form.act(), form.get("by")),
        Err(problem) => {
            let made = made(&visit, Some(&form.sent(&problem))).await;
            visit.answer_with(status(&problem), PLACE, made)
        }
    }
}

async fn made(visit: &Visit, sent: Option<&Sent>) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let world = &visit.world;
    let (list, health) = try_join!(views::attention(world), views::health(world))?;
    let page = web::attention(&reader, &list, &health, sent);
    Ok((reader, page))
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    let about = [("id", form.about())];
    match form.act() {
        "retry" => retry(visit.call_about(&about)?, Body::of(form.signed(&[], &[], &[])?.into())?).await.map(drop),
        "dismiss" => {
            let call = visit.call_about(&about)?;
            let mut body = form.signed(&[], &[], &[])?;
            body.insert("reason".to_owned(), form.get("reason").into());
            dismiss(call, Body::of(body.into())?).await.map(drop)
        }
        "erase" => erase(visit.call_about(&about)?, NoBody).await.map(drop),
        _ => Err(Problem::new(400, "do: is nothing that can be done here")),
    }
}
