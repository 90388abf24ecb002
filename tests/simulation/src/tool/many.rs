//! Many worlds side by side. What is found does not depend on the threads: outcomes are looked at in the order of the seeds.

use super::Arguments;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Does the work for each seed, and hands on the outcomes in the order of the seeds, until there are no more or nobody wants more.
pub fn each<T: Send>(
    seeds: Range<u64>,
    threads: usize,
    work: impl Fn(u64) -> T + Sync,
    mut look: impl FnMut(u64, T) -> ControlFlow<()>,
) {
    let next = AtomicU64::new(seeds.start);
    let enough = AtomicBool::new(false);
    let (sender, outcomes) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, work, next, enough, end) = (sender.clone(), &work, &next, &enough, seeds.end);
            scope.spawn(move || {
                while !enough.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || sender.send((seed, work(seed))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut wanted = seeds.start;
        while let Ok((seed, outcome)) = outcomes.recv() {
            waiting.insert(seed, outcome);
            while let Some(outcome) = waiting.remove(&wanted) {
                if look(wanted, outcome).is_break() {
                    enough.store(true, Ordering::Relaxed);
                    return;
                }
                wanted += 1;
            }
        }
    });
}

/// How long it goes on, and how people see that it does.
pub(super) struct Pace {
    pub(super) from: u64,
    pub(super) end: u64,
    until: Option<Duration>,
    orders: Option<u64>,
    began: Instant,
    bar: ProgressBar,
}

impl Pace {
    /// As asked for.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a person wants to wait is told by a real clock; worlds have their own"
    )]
    pub(super) fn of(arguments: &Arguments) -> Self {
        let fresh = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |now| now.as_secs());
        let from = if arguments.minutes.is_some() && arguments.from == 0 { fresh() * 1000 } else { arguments.from };
        let counted = arguments.minutes.is_none() && arguments.orders.is_none();
        let end = if counted { from.saturating_add(arguments.seeds.unwrap_or(500)) } else { u64::MAX };
        let bar = ProgressBar::new(arguments.orders.unwrap_or(end - from));
        let template = match (arguments.minutes, arguments.orders) {
            (Some(_), _) => "{elapsed} {pos} worlds  {msg}",
            (_, Some(_)) => "{bar:40} {pos}/{len} orders  {msg}  {eta} left",
            _ => "{bar:40} {pos}/{len} worlds  {msg}  {eta} left",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let until = arguments.minutes.map(|minutes| Duration::from_secs(60 * minutes));
        Self { from, end, until, orders: arguments.orders, began: Instant::now(), bar }
    }

    fn throughput(&self, worlds: u64, orders: u64) -> String {
        let ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        format!("{} worlds/s, {} orders/s", worlds * 1000 / ms, orders * 1000 / ms)
    }

    /// Shows how far it is.
    pub(super) fn tell(&self, worlds: u64, orders: u64) {
        self.bar.set_position(if self.orders.is_some() { orders } else { worlds });
        self.bar.set_message(self.throughput(worlds, orders));
    }

    /// Whether that is all.
    pub(super) fn is_over(&self, orders: u64) -> bool {
        self.until.is_some_and(|until| self.began.elapsed() >= until) || self.orders.is_some_and(|wanted| orders >= wanted)
    }

    /// Says how fast it was.
    pub(super) fn end(&self, worlds: u64, orders: u64) {
        self.bar.finish_and_clear();
        eprintln!("{} s, {}", self.began.elapsed().as_secs(), self.throughput(worlds, orders));
    }
}
