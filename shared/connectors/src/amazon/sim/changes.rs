//! Changes of listings: taken at once, in force a minute and a half later, or refused then.

use super::answers::{refusal, told};
use super::listings::decoded;
use super::shop::Shop;
use crate::simulated_channel::body;
use domain::Sku;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How long one takes. Invented: Amazon speaks of minutes.
const TAKES: SignedDuration = SignedDuration::from_secs(90);

#[derive(Debug, Clone, Copy)]
enum Change {
    Units(i64),
    Cents(i64),
}

#[derive(Debug)]
struct Waiting {
    sku: Sku,
    taken: Timestamp,
    change: Change,
}

/// What was taken and is not in force yet.
#[derive(Debug, Default)]
pub(super) struct Changes {
    waiting: Vec<Waiting>,
    refuses: BTreeSet<String>,
    refused: BTreeSet<String>,
    given: u64,
}

/// Cents of a price as it is written.
fn cents(value: &Value) -> Option<i64> {
    let text = value.is_number().then(|| value.to_string())?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = format!("{fraction:0<2}");
    (fraction.len() == 2).then(|| format!("{whole}{fraction}").parse().ok())?
}

fn change(patch: &Value) -> Option<Change> {
    let value = &patch["value"][0];
    match (patch["op"].as_str()?, patch["path"].as_str()?) {
        ("merge", "/attributes/fulfillment_availability") if value["fulfillment_channel_code"] == "DEFAULT" => {
            value["quantity"].as_i64().filter(|units| *units >= 0).map(Change::Units)
        }
        ("merge", "/attributes/purchasable_offer") if value["marketplace_id"] == super::STORE && value["currency"] == "EUR" => {
            cents(&value["our_price"][0]["schedule"][0]["value_with_tax"]).map(Change::Cents)
        }
        _ => None,
    }
}

fn issue() -> Value {
    json!({
        "code": "90004000",
        "message": "The value is not taken for this listing.",
        "severity": "ERROR",
        "attributeNames": ["fulfillment_availability", "purchasable_offer"],
        "categories": ["INVALID_ATTRIBUTE"],
    })
}

impl Changes {
    pub(super) fn refuse(&mut self, sku: &str) {
        self.refuses.insert(sku.to_owned());
    }

    /// What stands on a listing.
    pub(super) fn issues(&self, sku: &str) -> Value {
        if self.refused.contains(sku) { json!([issue()]) } else { json!([]) }
    }

    pub(super) fn take(&mut self, now: Timestamp, shop: &Shop, code: &str, request: &Request) -> Response {
        let (code, body) = (decoded(code), body(request));
        let Some(offer) = shop.offer(&code) else { return refusal(400, "InvalidInput", "SKU not found in the store.") };
        self.given += 1;
        let answer = |status: &str, issues: Value| {
            told(200, &json!({ "sku": code, "status": status, "submissionId": self.given.to_string(), "issues": issues }))
        };
        match change(&body["patches"][0]) {
            Some(change) => {
                let response = answer("ACCEPTED", json!([]));
                self.waiting.push(Waiting { sku: offer.sku.clone(), taken: now, change });
                response
            }
            None => answer("INVALID", json!([issue()])),
        }
    }

    /// Puts in force what is due.
    pub(super) fn work(&mut self, now: Timestamp, shop: &mut Shop) {
        let (due, waiting) =
            std::mem::take(&mut self.waiting).into_iter().partition(|one: &Waiting| now.duration_since(one.taken) >= TAKES);
        self.waiting = waiting;
        let due: Vec<Waiting> = due;
        for Waiting { sku, taken, change } in due {
            if self.refuses.contains(sku.as_str()) {
                self.refused.insert(sku.as_str().to_owned());
                continue;
            }
            let Some(offer) = shop.offer_mut(&sku) else { continue };
            match change {
                Change::Cents(cents) => offer.cents = cents,
                Change::Units(units) => {
                    offer.units = units;
                    // A figure of the merchant's makes it an offer that the merchant sends.
                    offer.by_amazon = false;
                    shop.stock_writes += 1;
                    shop.in_force.push((sku.clone(), taken));
                    shop.last_write = Some((sku, units));
                }
            }
        }
    }
}
