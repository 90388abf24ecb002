//! `/channels/{connection}/listings`, and `/matches` for a file of them.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::connections::ConnectionPath;
use crate::resources::listing_import::import;
use crate::resources::listings::put;
use crate::web::{Body, CsvBody, Problem};
use axum::response::Response;
use engine::views::{self, PageRequest};
use serde_json::{Value, json};
use web::{Imported, Page, Place, Reader, Sent};

const PLACE: Place = Place::Channels;
/// Listings of one page.
const PER_PAGE: usize = 50;

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
    let unmatched = !visit.asked("unmatched").is_empty();
    let request = PageRequest { cursor: visit.cursor().map(str::to_owned), limit: PER_PAGE };
    let list = views::listings(&visit.world, &connection, unmatched, &request).await?;
    let page = web::listings(&reader, &connection, &list, unmatched, visit.cursor(), sent);
    Ok((reader, page))
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    let sku = Some(form.get("sku")).filter(|sku| !sku.is_empty()).map_or(Value::Null, Value::from);
    put(visit.call_about(&[("listing", form.about())])?, Body::of(json!({ "sku": sku }))?).await.map(drop)
}

pub(crate) async fn file_page(visit: Visit) -> Response {
    let made = visit.reader().await.map(|reader| {
        let page = web::matches(&reader, None, None);
        (reader, page)
    });
    visit.answer(PLACE, made)
}

pub(crate) async fn send_file(visit: Visit, form: Entered) -> Response {
    let rows = form.get("rows").to_owned();
    let outcome = match visit.call_without_path() {
        Ok(call) => import(call, CsvBody(rows.into())).await,
        Err(problem) => Err(problem),
    };
    let imported = outcome.as_ref().ok().map(|done| {
        let (done, already_done, not_done) = (done.0.done, done.0.already_done, done.0.not_done);
        Imported { done, already_done, not_done }
    });
    let sent = outcome.as_ref().err().map(|problem| form.sent(problem));
    let status = outcome.as_ref().err().map_or(http::StatusCode::OK, status);
    let made = visit.reader().await.map(|reader| {
        let page = web::matches(&reader, imported, sent.as_ref());
        (reader, page)
    });
    visit.answer_with(status, PLACE, made)
}
