//! Hints of products that could not be published for a passing reason go back on the queue, later, and cost no delivery: a table that is
//! bad for a quarter of an hour must not fill the dead letters, which mean a mistake of ours.

use super::Pushed;
use crate::Ports;
use crate::messages::hint;
use contracts::StockHint;
use domain::Sku;
use jiff::Timestamp;
use ports::{Disposition, Error, QueueName};
use std::collections::BTreeSet;
use std::time::Duration;

/// Long enough for a listing that the failed push still holds to be seen as perhaps dead: a hint that came sooner would leave word with
/// a holder who is gone.
const REST: Duration = Duration::from_secs(15);
const MINUTE: i64 = 60;

/// Puts the hints of what failed back on the queue. What cannot be put back, or will not get better, stays among the failed.
pub(super) async fn postpone(world: &Ports, hints: &[StockHint], pushed: &mut Pushed) {
    let now = world.clock.now();
    let rests: Vec<(Sku, Duration)> = pushed.failed.iter().filter_map(|(sku, error)| Some((sku.clone(), rest(error)?))).collect();
    for (sku, rest) in rests {
        let different: BTreeSet<&StockHint> = hints.iter().filter(|one| one.sku == sku).collect();
        let again = different.into_iter().map(|one| hint(one, delay(one, now, rest))).collect();
        if world.queue.send(QueueName::StockHints, again).await.is_ok() {
            pushed.failed.remove(&sku);
            pushed.put_off += 1;
        }
    }
}

fn rest(error: &Error) -> Option<Duration> {
    match error.disposition() {
        Disposition::Retry | Disposition::ReadBack => Some(REST),
        Disposition::RetryAt(after) => Some(after.max(REST)),
        Disposition::Park | Disposition::DeadLetter => None,
    }
}

/// At least `rest`, and then until the second of the minute that is the product's own: hints of one product that failed in different
/// batches come in one batch next time, and are one.
fn delay(one: &StockHint, now: Timestamp, rest: Duration) -> Duration {
    let own = one.sku.as_str().bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % MINUTE);
    let earliest = now.as_second() + i64::try_from(rest.as_secs()).unwrap_or(MINUTE);
    rest + Duration::from_secs((own - earliest).rem_euclid(MINUTE).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_of_one_product_meet_in_the_same_second_whenever_they_failed() {
        let hint = |code: &str| StockHint { sku: Sku::new(code).unwrap(), connection: None };
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let second = |code, after: i64| {
            let now = noon + jiff::SignedDuration::from_secs(after);
            let wait = delay(&hint(code), now, REST);
            assert!(wait >= REST && wait < REST + Duration::from_mins(1), "{wait:?}");
            (now + wait).as_second() % MINUTE
        };
        assert!((0..120).all(|after| second("A", after) == second("A", 0)));
        assert_ne!(second("A", 0), second("B", 0));
    }
}
