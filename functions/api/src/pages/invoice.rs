//! `/invoices/{invoice}`.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::invoices::{InvoicePath, send_again};
use crate::web::{NoBody, Problem};
use axum::response::Response;
use engine::views;
use web::{Page, Place, Reader, Sent};

const PLACE: Place = Place::Invoices;

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
    let InvoicePath { invoice } = visit.path()?;
    let view = views::invoice(&visit.world, &invoice).await?;
    let page = web::invoice(&reader, &view, sent);
    Ok((reader, page))
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    match form.act() {
        "send-again" => send_again(visit.call_about(&[("destination", form.about())])?, NoBody).await.map(drop),
        _ => Err(Problem::new(400, "do: is nothing that can be done here")),
    }
}
