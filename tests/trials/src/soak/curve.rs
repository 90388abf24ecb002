//! Memory and disk over time, and whether they stay within what the orders explain.

use jiff::SignedDuration;
use std::path::Path;

/// Disk: what an empty stack and the two write-ahead logs take (4 MiB each, where a checkpoint empties them), and what an order may
/// take beside it with its ledger, its journal and its share of the corrections: twice what was measured. What is above was not freed.
const DISK_EMPTY: u64 = 12 * MIB;
const DISK_PER_ORDER: u64 = 7 * 1024;
/// Memory: the highest of the last third against the highest of the first, which has seen every kind of work already.
const MEMORY_MORE: u64 = 16 * MIB;
const MIB: u64 = 1024 * 1024;
/// Lines that are printed.
const POINTS: usize = 10;

/// One look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    pub(super) after: SignedDuration,
    /// Orders that shops took until then.
    pub(super) orders: u64,
    /// Bytes of memory that are the process's; `None`: it is not running, or this system does not tell.
    pub(super) memory: Option<u64>,
    /// Bytes of the table with its log.
    pub(super) table: u64,
    /// Bytes of the queues with their log.
    pub(super) queues: u64,
}

impl Sample {
    /// Looks at a process and its folder.
    pub(super) fn take(process: Option<u32>, state: &Path, orders: u64, after: SignedDuration) -> Self {
        let bytes = |name: &str| -> u64 {
            ["", "-wal"]
                .iter()
                .filter_map(|end| std::fs::metadata(state.join(format!("{name}{end}"))).ok())
                .map(|m| m.len())
                .sum()
        };
        Self { after, orders, memory: process.and_then(memory_of), table: bytes("table.db"), queues: bytes("queues.db") }
    }

    fn disk(&self) -> u64 {
        self.table + self.queues
    }

    fn line(&self) -> String {
        let memory = self.memory.map_or("-".to_owned(), mib);
        let at = self.after.as_secs();
        format!(
            "  {:>3}:{:02}  {:>7} orders  memory {memory:>8}  table {:>8}  queues {:>8}",
            at / 60,
            at % 60,
            self.orders,
            mib(self.table),
            mib(self.queues)
        )
    }
}

/// What the system says that a process holds in memory.
fn memory_of(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

fn mib(bytes: u64) -> String {
    format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB)
}

/// All looks, oldest first.
#[derive(Debug, Default)]
pub(super) struct Curve(pub(super) Vec<Sample>);

impl Curve {
    /// A few of them, the two ends included, as lines.
    pub(super) fn lines(&self) -> Vec<String> {
        let last = self.0.len().saturating_sub(1);
        let shown = POINTS.min(self.0.len());
        (0..shown).filter_map(|n| self.0.get(last * n / (shown - 1).max(1))).map(Sample::line).collect()
    }

    /// The first look at which disk is more than its orders explain.
    pub(super) fn disk_beyond(&self) -> Option<String> {
        let beyond = self.0.iter().find(|s| s.disk() > DISK_EMPTY + s.orders * DISK_PER_ORDER)?;
        Some(format!("{} on disk after {} orders", mib(beyond.disk()), beyond.orders))
    }

    /// How memory grew, if it grew too much.
    pub(super) fn memory_beyond(&self) -> Option<String> {
        let third = self.0.len().div_ceil(3);
        let highest = |samples: &[Sample]| samples.iter().filter_map(|s| s.memory).max();
        let (first, last) = (highest(self.0.get(..third)?)?, highest(self.0.get(self.0.len() - third..)?)?);
        (last > first + first / 2 + MEMORY_MORE).then(|| format!("{} in the first third, {} in the last", mib(first), mib(last)))
    }

    /// The rules, in words.
    pub(super) fn rules() -> [String; 2] {
        [
            format!("disk at most {} and {} KiB an order", mib(DISK_EMPTY), DISK_PER_ORDER / 1024),
            format!("memory in the last third at most one and a half times the first third's, and {}", mib(MEMORY_MORE)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(minute: i64, memory: u64, table: u64) -> Sample {
        let orders = u64::try_from(minute).unwrap() * 100;
        Sample { after: SignedDuration::from_mins(minute), orders, memory: Some(memory * MIB), table: table * MIB, queues: MIB }
    }

    #[test]
    fn growth_with_the_orders_is_fine_and_other_growth_is_not() {
        let steady = Curve((0..30).map(|n| sample(n, 60, 10)).collect());
        assert_eq!((steady.disk_beyond(), steady.memory_beyond()), (None, None));
        let leaks = Curve((0..30).map(|n| sample(n, 60 + u64::try_from(n).unwrap() * 4, 10)).collect());
        assert!(leaks.memory_beyond().is_some());
        let grows = Curve((0..30).map(|n| sample(n, 60, 10 + u64::try_from(n).unwrap() * 3)).collect());
        assert!(grows.disk_beyond().is_some());
    }

    #[test]
    fn both_ends_are_shown() {
        let curve = Curve((0..30).map(|n| sample(n, 60, 10)).collect());
        let lines = curve.lines();
        assert_eq!(lines.len(), POINTS);
        assert!(lines[0].contains("0:00") && lines[9].contains("29:00"), "{lines:?}");
        assert_eq!(Curve(vec![sample(1, 1, 1)]).lines().len(), 1);
        assert!(Curve::default().lines().is_empty());
    }

    #[test]
    fn this_process_has_memory() {
        if !Path::new("/proc/self/status").exists() {
            println!("skipped: this system has no /proc");
            return;
        }
        assert!(memory_of(std::process::id()).is_some_and(|bytes| bytes > MIB));
    }
}
