//! A change that goes on in the background says so, and where to see how far it is.

use crate::tests::{ask, call, complaints, document, get};
use crate::{Api, HttpHandler};
use engine::rows::{ProductRow, TypedRow};
use ports::{Condition, Write};
use serde_json::Value;
use simulation::market::Market;
use testkit::run::finish;

#[test]
fn a_switch_that_goes_on_in_the_background_answers_202_and_names_where_to_see_how_far_it_is() {
    let market = Market::open(&[("A", 1)], 1);
    let world = market.stage.world();
    for n in 0..600 {
        let item =
            domain::Product { sku: format!("P{n:04}").parse().unwrap(), ean: None, title: "One".into(), variant: String::new() };
        finish(world.write_if(Write::Put { row: ProductRow(item).to_row(), when: Condition::Always })).unwrap();
    }
    let path = format!("/api/v1/connections/{}/publishing", market.connections[0]);
    let answer = finish(Api::new(world.clone()).handle(call("PUT", &path, r#"{"type":"none"}"#)));
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (answer.status, &body["rollout"]["products_sent"], &body["publishing"]["type"]),
        (202, &500.into(), &"none".into()),
        "{body}"
    );
    let place = answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.as_str()).unwrap();
    assert_eq!(place, "/api/v1/health");
    let document = document();
    let described = &document["paths"]["/api/v1/connections/{connection}/publishing"]["put"]["responses"]["202"];
    assert_eq!(complaints(&document, &described["content"]["application/json"]["schema"], &body), Vec::<String>::new());
    let health = get(&market, place);
    let one =
        health["connections"].as_array().unwrap().iter().find(|one| one["connection"] == body["connection"]).unwrap().clone();
    assert_eq!((&one["rollout"]["products_sent"], &one["publishing"]["type"]), (&500.into(), &"none".into()), "{one}");
    finish(engine::roll_out(&world)).unwrap();
    let (status, body) = ask(&market, "PUT", &path, r#"{"type":"none"}"#);
    assert_eq!((status, &body["rollout"]), (200, &Value::Null), "all of them are on their way");
}
