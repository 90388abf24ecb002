//! How long work may take before the function is stopped.

use futures::future::{Either, select};
use jiff::Timestamp;
use ports::Clock;
use std::pin::pin;
use std::time::Duration;

/// Does the work in four fifths of the time that is left until the deadline; the last fifth is for the answer. `None`: the time is
/// over, and the work was dropped where it stood, as if the function had died there.
pub async fn in_time<T>(clock: &dyn Clock, deadline: Timestamp, work: impl Future<Output = T>) -> Option<T> {
    let left = Duration::try_from(deadline.duration_since(clock.now())).unwrap_or_default();
    match select(pin!(work), clock.sleep(left / 5 * 4)).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(((), _)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use std::sync::Mutex;

    /// It is noon, and waiting takes no time.
    #[derive(Default)]
    struct Noon {
        slept: Mutex<Vec<Duration>>,
    }

    #[async_trait]
    impl Clock for Noon {
        fn now(&self) -> Timestamp {
            "2026-11-21T12:00:00Z".parse().unwrap()
        }

        async fn sleep(&self, lasting: Duration) {
            self.slept.lock().unwrap().push(lasting);
        }
    }

    async fn stopped_after(deadline: &str) -> Duration {
        let clock = Noon::default();
        assert_eq!(in_time(&clock, deadline.parse().unwrap(), std::future::pending::<()>()).await, None);
        clock.slept.into_inner().unwrap()[0]
    }

    #[tokio::test]
    async fn work_without_an_end_is_stopped_with_a_fifth_of_the_time_left() {
        assert_eq!(stopped_after("2026-11-21T12:00:50Z").await, Duration::from_secs(40));
        assert_eq!(stopped_after("2026-11-21T11:59:00Z").await, Duration::ZERO, "the deadline is over");
    }

    #[tokio::test]
    async fn work_that_ends_is_answered() {
        assert_eq!(in_time(&Noon::default(), "2026-11-21T12:00:50Z".parse().unwrap(), async { 7 }).await, Some(7));
    }
}
