//! Signed deliveries, tried again with growing gaps.

use super::answers::dated;
use super::json_v10;
use crate::simulated_channel::{Outbox, Outgoing, Troubles};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::json;
use std::collections::BTreeMap;

/// Made for this simulator and used nowhere else.
const TEST_ONLY_PRIVATE: &[u8] = include_bytes!("../fixtures/test_only_signing_key.pkcs8.der");
const TEST_ONLY_PUBLIC: &[u8] = include_bytes!("../fixtures/test_only_signing_key.spki.der");
/// The id of that key.
const KEY_ID: &str = "0";
/// Seconds between the ten attempts, ten minutes together. bol says "growing"; the figures are invented.
const GAPS_S: [i64; 9] = [2, 5, 10, 20, 40, 60, 90, 150, 223];

/// Rides along with a request: for which subscription, and how often it was tried before.
#[derive(Clone)]
struct Attempt {
    subscription: String,
    before: usize,
}

/// Deliveries waiting and under way.
pub(super) struct Pushes {
    /// `None` only if the fixture is no key.
    key: Option<RsaKeyPair>,
    outbox: Outbox,
    under_way: BTreeMap<u64, Request>,
}

impl Pushes {
    pub(super) fn new() -> Self {
        Self { key: RsaKeyPair::from_pkcs8(TEST_ONLY_PRIVATE).ok(), outbox: Outbox::default(), under_way: BTreeMap::new() }
    }

    /// The signature that bol puts over a body. PKCS#1 v1.5 gives the same bytes every time; ring wants randomness only for
    /// blinding.
    pub(super) fn sign(&self, body: &[u8]) -> Option<String> {
        let key = self.key.as_ref()?;
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), body, &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }

    /// As it stands in the `Signature` header.
    pub(super) fn header(&self, body: &[u8]) -> Option<String> {
        let signature = self.sign(body)?;
        Some(format!("keyId={KEY_ID}, algorithm=\"rsa-sha256\", signature={signature}"))
    }

    /// Puts a delivery in line. What bol calls an order's events is not documented: the type here is invented.
    pub(super) fn put(&mut self, now: Timestamp, subscription: &str, url: &str, order: &str, troubles: &mut Troubles) {
        let event = json!({ "resource": "ORDER", "type": "ORDER_CHANGED", "resourceId": order });
        let body = json!({ "retailerId": 1_234_567, "timestamp": dated(now), "event": event }).to_string();
        let Some(signature) = self.header(body.as_bytes()) else { return };
        let request = http::Request::post(url)
            .header("Content-Type", "application/json")
            .header("Signature", signature)
            .extension(Attempt { subscription: subscription.to_owned(), before: 0 })
            .body(body.into());
        if let Ok(request) = request {
            self.outbox.put(now, request, troubles);
        }
    }

    /// Takes out what is due. What waits for a subscription that is off by now is gone.
    pub(super) fn due(&mut self, now: Timestamp, troubles: &Troubles, is_on: impl Fn(&str) -> bool) -> Vec<Outgoing> {
        let mut due = self.outbox.due(now, troubles);
        due.retain(|out| out.request.extensions().get::<Attempt>().is_some_and(|a| is_on(&a.subscription)));
        self.under_way.extend(due.iter().map(|out| (out.id, out.request.clone())));
        due
    }

    /// Notes how a delivery went. Answers the subscription to be switched off, if this was one failure too many.
    pub(super) fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>, troubles: &mut Troubles) -> Option<String> {
        let mut request = self.under_way.remove(&id)?;
        if status.is_some_and(|s| (200..300).contains(&s)) {
            return None;
        }
        let attempt = request.extensions_mut().get_mut::<Attempt>()?;
        let Some(gap) = GAPS_S.get(attempt.before) else { return Some(attempt.subscription.clone()) };
        attempt.before += 1;
        let due = now.saturating_add(SignedDuration::from_secs(*gap)).unwrap_or(now);
        self.outbox.put(due, request, troubles);
        None
    }
}

/// The public half, where bol publishes it.
pub(super) fn signature_keys() -> Response {
    let key = json!({ "id": KEY_ID, "type": "RSA", "publicKey": STANDARD.encode(TEST_ONLY_PUBLIC) });
    json_v10(200, &json!({ "signatureKeys": [key] }))
}

/// The public half without its wrapping (PKCS#1).
#[cfg(test)]
pub(super) fn bare_public_key() -> String {
    let key = RsaKeyPair::from_pkcs8(TEST_ONLY_PRIVATE).expect("the fixture is a key");
    STANDARD.encode(key.public())
}
