//! Sixty calls a minute and five thousand a day for the company; more than ten mistakes an hour at one address block it for an hour.

use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use ports::Response;
use std::collections::BTreeMap;

const A_MINUTE: i64 = 60;
const A_DAY: i64 = 24 * 60 * 60;
const MOST_A_MINUTE: i64 = 60;
const MOST_A_DAY: i64 = 5_000;
const MOST_MISTAKES: usize = 10;
const BLOCKED: SignedDuration = SignedDuration::from_hours(1);

#[derive(Default)]
pub(super) struct Limits {
    minute: (i64, i64),
    day: (i64, i64),
    mistakes: BTreeMap<String, Vec<Timestamp>>,
    all_mistakes: usize,
}

impl Limits {
    /// Counts a call. The answer that it is one too many.
    pub(super) fn count(&mut self, now: Timestamp) -> Option<Response> {
        let second = now.as_second();
        for (window, lasts) in [(&mut self.minute, A_MINUTE), (&mut self.day, A_DAY)] {
            if window.0 != second / lasts {
                *window = (second / lasts, 0);
            }
            window.1 += 1;
        }
        let left = |window: (i64, i64), most: i64| most - window.1;
        if left(self.minute, MOST_A_MINUTE) < 0 {
            // Of the day nothing is told then.
            return Some(full("minutely", MOST_A_MINUTE, (self.minute.0 + 1) * A_MINUTE));
        }
        (left(self.day, MOST_A_DAY) < 0).then(|| full("day", MOST_A_DAY, (self.day.0 + 1) * A_DAY))
    }

    /// Counts a refusal. Too many of them are refused as too many.
    pub(super) fn mistake(&mut self, now: Timestamp, endpoint: &str, answer: Response) -> Response {
        self.all_mistakes += 1;
        let known = self.mistakes.entry(endpoint.to_owned()).or_default();
        known.retain(|at| now.duration_since(*at) < BLOCKED);
        known.push(now);
        if known.len() > MOST_MISTAKES { full("minutely", MOST_A_MINUTE, now.as_second() + A_DAY / 24) } else { answer }
    }

    pub(super) fn mistakes(&self) -> usize {
        self.all_mistakes
    }
}

/// One call too many, for so many seconds.
pub(super) fn too_many(now: Timestamp, seconds: i64) -> Response {
    full("minutely", MOST_A_MINUTE, now.as_second() + seconds)
}

fn full(which: &str, limit: i64, ends_at: i64) -> Response {
    let mut response = super::odata::refused(429, "Too many requests");
    let (names, reset) = match which {
        "minutely" => (["x-ratelimit-minutely-limit", "x-ratelimit-minutely-remaining"], "x-ratelimit-minutely-reset"),
        _ => (["x-ratelimit-limit", "x-ratelimit-remaining"], "x-ratelimit-reset"),
    };
    let headers = response.headers_mut();
    headers.insert(names[0], HeaderValue::from(limit));
    headers.insert(names[1], HeaderValue::from(0));
    // In milliseconds.
    headers.insert(reset, HeaderValue::from(ends_at * 1000));
    response
}
