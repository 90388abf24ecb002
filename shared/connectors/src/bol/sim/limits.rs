//! Rate limits: a bucket per kind of call, refilled as time passes, told in the headers of every answer.

use super::answers::problem;
use http::{HeaderValue, Method, header};
use jiff::Timestamp;
use ports::Response;
use std::collections::BTreeMap;

/// One whole call, in the bucket's unit.
const CALL: i64 = 60_000;

/// The kinds of calls with calls per period and the period in seconds, as integrators report them.
fn kind(method: &Method, parts: &[&str]) -> (&'static str, i64, i64) {
    match (method.as_str(), parts) {
        ("GET", ["retailer", "orders"]) => ("orders", 25, 60),
        ("GET", ["retailer", "orders", _]) => ("order", 25, 1),
        ("GET", ["retailer", "offers"]) => ("offers", 25, 1),
        (_, ["retailer", "offers", _]) => ("offer", 50, 1),
        ("GET", ["retailer", "shipments"]) => ("shipments", 25, 60),
        ("POST", ["retailer", "shipments"]) => ("shipment", 25, 1),
        ("GET", ["retailer", "shipments", "invoices", "requests"]) => ("invoice-requests", 24, 60),
        ("POST", ["retailer", "shipments", "invoices", _]) => ("invoices", 24, 60),
        ("GET", ["retailer", "returns", ..]) => ("returns", 20, 60),
        ("GET", ["shared", "process-status", ..]) => ("process-status", 100, 1),
        _ => ("other", 20, 1),
    }
}

#[derive(Clone, Copy)]
struct Bucket {
    level: i64,
    filled_at: Timestamp,
}

/// All buckets.
#[derive(Default)]
pub(super) struct Limits {
    buckets: BTreeMap<&'static str, Bucket>,
}

/// What is left after a call.
pub(super) struct Allowance {
    limit: i64,
    remaining: i64,
    reset_s: i64,
}

impl Limits {
    /// Takes one call from its bucket, or refuses.
    pub(super) fn take(&mut self, now: Timestamp, method: &Method, parts: &[&str]) -> Result<Allowance, Box<Response>> {
        let (name, limit, period_s) = kind(method, parts);
        let bucket = self.buckets.entry(name).or_insert(Bucket { level: limit * CALL, filled_at: now });
        let passed_ms = (now.as_millisecond() - bucket.filled_at.as_millisecond()).clamp(0, period_s * 1000);
        // CALL is a multiple of every period in milliseconds over sixty, so that nothing is lost to rounding.
        bucket.level = (bucket.level + passed_ms * limit * (CALL / (period_s * 1000))).min(limit * CALL);
        bucket.filled_at = now.max(bucket.filled_at);
        let granted = bucket.level >= CALL;
        if granted {
            bucket.level -= CALL;
        }
        let per_ms = limit * (CALL / (period_s * 1000));
        let missing = (CALL - bucket.level % CALL).max(0);
        let reset_s = (missing + per_ms * 1000 - 1) / (per_ms * 1000);
        let allowance = Allowance { limit, remaining: bucket.level / CALL, reset_s: reset_s.max(1) };
        if granted {
            return Ok(allowance);
        }
        let mut refusal = too_many(allowance.reset_s);
        allowance.tell(&mut refusal);
        Err(Box::new(refusal))
    }
}

impl Allowance {
    /// Writes it into the headers.
    pub(super) fn tell(&self, response: &mut Response) {
        let told =
            [("x-ratelimit-limit", self.limit), ("x-ratelimit-remaining", self.remaining), ("x-ratelimit-reset", self.reset_s)];
        for (name, value) in told {
            response.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
}

/// The refusal of one call too many.
pub(super) fn too_many(seconds: i64) -> Response {
    let mut response = problem(429, "Too many requests", "Too many requests, retry later.");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
