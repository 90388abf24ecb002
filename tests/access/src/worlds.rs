//! Worlds drawn from seeds, with everything in them that can go wrong: functions under way at any call.

use crate::seen::Seen;
use simulation::world::{Around, History, Script, Size, live_around};
use std::sync::Arc;

/// Worlds lived through.
pub const SEEDS: u64 = 24;
/// One in which a product leaves quota mode.
const LEAVES_QUOTA: u64 = 24;

/// Worlds side by side; what is seen comes to the same.
const SIDE_BY_SIDE: usize = 6;

/// Lives through them.
pub fn live_through(seen: &Arc<Seen>) {
    let all: Vec<u64> = (0..SEEDS).chain([LEAVES_QUOTA]).collect();
    std::thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(SIDE_BY_SIDE)) {
            scope.spawn(|| part.iter().for_each(|seed| live_one(seen, *seed)));
        }
    });
}

/// Lives through one.
pub fn live_one(seen: &Arc<Seen>, number: u64) {
    let witness = Arc::clone(seen);
    let around: Around = Arc::new(move |kind, world| witness.watch(function(kind), world));
    live_around(&Script::draw(number, Size::USUAL, None), &mut History::default(), around);
}

/// The function of the template that does such work.
fn function(kind: &str) -> &'static str {
    match kind {
        "webhook" => "webhook-ingest",
        "intake" => "order-intake",
        "fanout" => "stock-fanout",
        "updates" => "order-updates",
        "poll" | "returns" | "listings" | "subscription" => "channel-poll",
        "page" => "api",
        other => panic!("a world has work of the kind {other}, and nobody knows which function does it"),
    }
}
