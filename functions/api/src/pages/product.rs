//! `/products/{sku}`.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::products::ProductPath;
use crate::resources::{adjustments, rules, transfers};
use crate::web::{Body, Problem};
use axum::response::Response;
use engine::views::{self, PageRequest};
use futures::try_join;
use serde_json::{Map, Value};
use web::{Details, Page, Place, Reader, Sent};

const PLACE: Place = Place::Stock;
/// Movements of one page.
const MOVEMENTS: usize = 50;
/// What a rule says in units, or in whole numbers.
const NUMBERS: [&str; 7] = ["safety_stock", "percentage", "pre_order", "maximum", "minimum", "weight", "quota_mode_below"];

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
    let ProductPath { sku } = visit.path()?;
    let world = &visit.world;
    let request = PageRequest { cursor: visit.cursor().map(str::to_owned), limit: MOVEMENTS };
    let (stock, movements, locations, rules, health) = try_join!(
        views::stock(world, &sku),
        views::movements(world, &sku, &request),
        views::locations(world),
        views::rules(world, &sku, None),
        views::health(world)
    )?;
    // Every movement there ever was is read for it: only if somebody wants to know.
    let explanation = if visit.asked("explain").is_empty() { None } else { Some(views::explain(world, &sku, None).await?) };
    let details = Details {
        stock: &stock,
        movements: &movements,
        cursor: visit.cursor(),
        locations: &locations,
        rules: &rules,
        health: &health,
        explanation: explanation.as_ref(),
    };
    let page = web::product(&reader, &details, sent);
    Ok((reader, page))
}

fn rule(form: &Entered) -> Result<Value, Problem> {
    let mut body = form.signed(&[], &[], &[])?;
    body.insert("rule".to_owned(), form.body(&[], &NUMBERS, &["paused", "start_tracking"])?.into());
    Ok(body.into())
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    let ProductPath { sku } = visit.path()?;
    let about_stock = |mut body: Map<String, Value>, place: &str| {
        body.insert("sku".to_owned(), sku.as_str().into());
        body.insert(place.to_owned(), form.about().into());
        body.insert("reason".to_owned(), form.get("reason").into());
        Value::Object(body)
    };
    match form.act() {
        act @ ("count" | "set") => {
            let call = visit.call_without_path()?;
            let body = about_stock(form.signed(&[], &[act], &[])?, "location");
            adjustments::adjust(call, form.key()?, Body::of(body)?).await.map(drop)
        }
        "transfer" => {
            let call = visit.call_without_path()?;
            let body = about_stock(form.signed(&["to"], &["units"], &[])?, "from");
            transfers::transfer(call, form.key()?, Body::of(body)?).await.map(drop)
        }
        "rules" => rules::put(visit.call()?, Body::of(rule(form)?)?).await.map(drop),
        "rules-on" => {
            let call = visit.call_about(&[("connection", form.about())])?;
            rules::put_there(call, Body::of(rule(form)?)?).await.map(drop)
        }
        _ => Err(Problem::new(400, "do: is nothing that can be done here")),
    }
}
