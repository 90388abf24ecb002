//! Virtual time: nobody waits, the clock jumps to the next thing that is due.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use std::collections::BTreeMap;
use std::collections::btree_map::OccupiedEntry;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// 23 November 2026, a Monday, 08:00 UTC: every world begins here.
const BEGIN_US: i64 = 1_795_420_800_000_000;

/// The clock of one world, and who waits for it.
pub(super) struct Time(Mutex<State>);

struct State {
    now_us: i64,
    registered: u64,
    waiting: BTreeMap<(i64, u64), Waker>,
}

impl Default for Time {
    fn default() -> Self {
        Self(Mutex::new(State { now_us: BEGIN_US, registered: 0, waiting: BTreeMap::new() }))
    }
}

impl Time {
    /// Comes back at that instant, or at once if it is past.
    pub(super) fn until(&self, at: Timestamp) -> Until<'_> {
        Until { time: self, at_us: at.as_microsecond(), registered: false }
    }

    /// Comes back after this much time.
    pub(super) fn wait(&self, lasting: SignedDuration) -> Until<'_> {
        let lasting_us = i64::try_from(lasting.as_micros()).unwrap_or(0);
        let at_us = self.0.lock().unwrap().now_us + lasting_us;
        Until { time: self, at_us, registered: false }
    }

    /// Jumps to the next thing that is due by `end` and wakes it; without one, to `end`, and answers false.
    pub(super) fn jump(&self, end: Timestamp) -> bool {
        let mut state = self.0.lock().unwrap();
        let end_us = end.as_microsecond();
        let due = state.waiting.first_entry().filter(|first| first.key().0 <= end_us).map(OccupiedEntry::remove_entry);
        let to = due.as_ref().map_or(end_us, |((at_us, _), _)| *at_us);
        state.now_us = state.now_us.max(to);
        drop(state);
        let Some((_, waker)) = due else { return false };
        waker.wake();
        true
    }
}

#[async_trait]
impl Clock for Time {
    /// Every look is a microsecond later, so that no two events share an instant.
    fn now(&self) -> Timestamp {
        let mut state = self.0.lock().unwrap();
        state.now_us += 1;
        Timestamp::from_microsecond(state.now_us).unwrap()
    }

    async fn sleep(&self, lasting: Duration) {
        self.wait(SignedDuration::try_from(lasting).unwrap_or_default()).await;
    }
}

/// See `Time::until`.
pub(super) struct Until<'t> {
    time: &'t Time,
    at_us: i64,
    registered: bool,
}

impl Future for Until<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.time.0.lock().unwrap();
        if state.now_us >= self.at_us {
            return Poll::Ready(());
        }
        if !self.registered {
            state.registered += 1;
            let place = (self.at_us, state.registered);
            state.waiting.insert(place, context.waker().clone());
            drop(state);
            self.registered = true;
        }
        Poll::Pending
    }
}

/// Wakes whoever waits for it: once, however often it was rung meanwhile.
#[derive(Default)]
pub(super) struct Bell(Mutex<(bool, Option<Waker>)>);

impl Bell {
    /// Rings it.
    pub(super) fn ring(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            state.1.take()
        };
        waker.inspect(Waker::wake_by_ref);
    }

    /// Comes back when it is rung, or was since the last time.
    pub(super) fn rung(&self) -> impl Future<Output = ()> + '_ {
        std::future::poll_fn(|context| {
            let mut state = self.0.lock().unwrap();
            if std::mem::take(&mut state.0) {
                return Poll::Ready(());
            }
            state.1 = Some(context.waker().clone());
            Poll::Pending
        })
    }
}
