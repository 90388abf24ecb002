//! `/orders/{connection}/{order}`.

use super::entered::{Entered, status};
use super::visit::{Visit, done};
use crate::resources::orders::OrderPath;
use crate::resources::{cancellations, order_actions, returns, shipments};
use crate::web::{Body, Problem};
use axum::response::Response;
use engine::views;
use futures::try_join;
use serde_json::{Map, Value};
use web::{Page, Place, Reader, Sent};

const PLACE: Place = Place::Orders;

pub(crate) async fn page(visit: Visit) -> Response {
    let made = made(&visit, None).await;
    visit.answer(PLACE, made)
}

pub(crate) async fn act(visit: Visit, form: Entered) -> Response {
    // What can be done about an order is much: on the heap, not in every answer.
    match Box::pin(decide(&visit, &form)).await {
        Ok(()) => done(&visit.here, form.act(), form.get("by")),
        Err(problem) => {
            let made = made(&visit, Some(&form.sent(&problem))).await;
            visit.answer_with(status(&problem), PLACE, made)
        }
    }
}

async fn made(visit: &Visit, sent: Option<&Sent>) -> Result<(Reader, Page), Problem> {
    let reader = visit.reader().await?;
    let OrderPath { connection, order } = visit.path()?;
    let world = &visit.world;
    let (view, locations, invoices) = try_join!(
        views::order(world, &connection, &order),
        views::locations(world),
        views::order_invoices(world, &connection, &order)
    )?;
    let page = web::order(&reader, &view, &locations, &invoices, sent);
    Ok((reader, page))
}

async fn decide(visit: &Visit, form: &Entered) -> Result<(), Problem> {
    let with_lines = |mut body: Map<String, Value>| {
        body.insert("lines".to_owned(), form.lines()?);
        Ok::<Value, Problem>(body.into())
    };
    let plain = || Ok::<Value, Problem>(form.signed(&[], &[], &[])?.into());
    let of = |name| visit.call_about(&[(name, form.about())]);
    // Whether somebody may is asked before what they sent is looked at.
    match form.act() {
        "ship" => {
            let call = visit.call()?;
            let body = with_lines(form.signed(&["location", "carrier", "tracking"], &[], &[])?)?;
            shipments::create(call, form.key()?, Body::of(body)?).await
        }
        "correct" => {
            let call = visit.call_about(&[("shipment", form.about())])?;
            let body = form.signed(&["carrier", "tracking"], &[], &[])?;
            Box::pin(shipments::correct(call, Body::of(body.into())?)).await
        }
        "cancel" => {
            let call = visit.call()?;
            let body = with_lines(form.signed(&["reason"], &[], &["write_off"])?)?;
            cancellations::create(call, form.key()?, Body::of(body)?).await
        }
        "return" => {
            let call = visit.call()?;
            let body = with_lines(form.signed(&["reason"], &[], &[])?)?;
            returns::announce(call, form.key()?, Body::of(body)?).await
        }
        "receive" => returns::receive(of("return")?, Body::of(plain()?)?).await,
        "inspect" => {
            let call = of("return")?;
            let mut body = form.signed(&["line", "condition", "resolution", "restock_at"], &["units"], &[])?;
            // Only what is sellable goes back on sale: where, is filled in for those.
            if form.get("condition") != "sellable" {
                body.remove("restock_at");
            }
            returns::inspect(call, form.key()?, Body::of(body.into())?).await
        }
        "tell" => order_actions::retry(visit.call_about(&[("update", form.about())])?, Body::of(plain()?)?).await,
        "cover" => order_actions::allocate(visit.call()?, Body::of(plain()?)?).await,
        "deleted" => order_actions::confirm_deletion(visit.call()?, Body::of(plain()?)?).await,
        "resolve" => order_actions::resolve_lines(visit.call()?, Body::of(plain()?)?).await,
        "restock" => {
            let call = visit.call()?;
            let body = form.signed(&["line"], &["units"], &[])?;
            order_actions::restock(call, form.key()?, Body::of(body.into())?).await
        }
        _ => return Err(Problem::new(400, "do: is nothing that can be done here")),
    }
    .map(drop)
}
