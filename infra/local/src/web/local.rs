//! What is asked of this machine alone: how the queues are, what the bus carried, and the switch of chaos.

use super::{Web, refused};
use crate::chaos::Rate;
use lambda_kit::{HttpAnswer, HttpCall};
use serde_json::{Value, json};

/// `GET`: what lies underneath.
pub(super) const STATUS: &str = "/_local/status";
/// `POST {"rate": 0.1}`: how many calls go wrong from now on.
pub(super) const CHAOS: &str = "/_local/chaos";

/// How many messages wait, what the bus carried, what the cloud would have sent on, and what chaos did.
pub(super) async fn status(web: &Web) -> HttpAnswer {
    let depths = match web.queues.depths().await {
        Ok(depths) => depths,
        Err(error) => return refused(503, &error.message),
    };
    let queues: serde_json::Map<_, _> =
        depths.into_iter().map(|(name, d)| (name, json!({ "ready": d.ready, "hidden": d.hidden }))).collect();
    let chaos = web.chaos.as_ref().map(|dice| dice.told());
    let body = json!({ "queues": queues, "events": web.bus.counts(), "sent_on": web.bus.sent(), "chaos": chaos });
    HttpAnswer::json(200, body.to_string())
}

/// Sets the rate of a stack that was started with chaos. One that was not keeps its ports as they are.
pub(super) fn chaos(web: &Web, call: &HttpCall, exposed: bool) -> HttpAnswer {
    let Some(dice) = web.chaos.as_ref().filter(|_| !exposed) else {
        return refused(404, "there is no chaos here; start with --chaos, and without --expose");
    };
    if call.method.as_str() != "POST" {
        return refused(405, "use POST");
    }
    let sent: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let rate = sent.get("rate").map(|rate| rate.as_str().map_or_else(|| rate.to_string(), str::to_owned)).unwrap_or_default();
    match rate.parse::<Rate>() {
        Ok(rate) => {
            dice.set(rate);
            HttpAnswer::json(200, dice.told().to_string())
        }
        Err(wrong) => refused(400, &wrong),
    }
}
