//! Buckets by operation, as the usage plans of Amazon's documents have them.

use super::answers::too_many;
use crate::amazon::buckets;
use jiff::Timestamp;
use ports::{Request, Response};
use std::collections::BTreeMap;

/// How many calls a bucket holds, and how fast it refills, as a header says it.
fn plan(name: &str) -> (i64, Option<&'static str>) {
    match name {
        "orders" => (20, None),
        "order" => (30, Some("0.5")),
        "shipments" => (10, Some("2.0")),
        "sellers" => (15, Some("0.016")),
        "notifications" => (5, None),
        _ => (5, Some("5.0")),
    }
}

/// All buckets: milliseconds of refilling that each has in it.
#[derive(Debug, Default)]
pub(super) struct Limits {
    buckets: BTreeMap<&'static str, (i64, Timestamp)>,
}

impl Limits {
    /// Takes one call from its bucket, or refuses.
    pub(super) fn take(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        let bucket = buckets::of(request);
        let (burst, rate) = plan(bucket.name);
        let call = i64::try_from(bucket.refill.as_millis()).unwrap_or(1);
        let (level, at) = self.buckets.entry(bucket.name).or_insert((burst * call, now));
        let passed = (now.as_millisecond() - at.as_millisecond()).max(0);
        *level = level.saturating_add(passed).min(burst * call);
        *at = now.max(*at);
        if *level < call {
            return Some(too_many(rate));
        }
        *level -= call;
        None
    }
}
