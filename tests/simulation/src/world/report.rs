//! What happened in a world, or in many, in numbers.

use std::collections::BTreeMap;
use std::fmt;

/// The numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Operations, by name.
    pub operations: BTreeMap<&'static str, u64>,
    /// Orders that channels took.
    pub orders: u64,
    /// Units that no stock covered, of orders that stand.
    pub short: i64,
    /// Units promised beyond those there were, at the worst moment of each product.
    pub oversold: i64,
    /// Port calls.
    pub calls: u64,
    /// Functions that died.
    pub crashes: u64,
    /// Functions that ran out of time.
    pub timeouts: u64,
    /// Calls with a fault, by its name.
    pub faults: BTreeMap<&'static str, u64>,
    /// Messages delivered a second time or later.
    pub redelivered: u64,
    /// Of those, while the first function was still at work.
    pub overlapped: u64,
    /// Messages that were there twice.
    pub doubled: u64,
    /// Messages delivered too often.
    pub dead: u64,
    /// Events told to a subscriber a second time.
    pub events_doubled: u64,
    /// Figures that channels put in force.
    pub pushes: u64,
    /// What was asked for about orders, and what channels were told of it, by how it ended.
    pub handled: BTreeMap<&'static str, u64>,
    /// Moments in which nobody had anything to do, and all that is shown was looked at.
    pub peaceful: u64,
    /// Checks of what a step wrote.
    pub checks: u64,
}

impl Report {
    /// Adds what happened in another world.
    pub fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.short += other.short;
        self.oversold += other.oversold;
        self.calls += other.calls;
        self.crashes += other.crashes;
        self.timeouts += other.timeouts;
        self.redelivered += other.redelivered;
        self.overlapped += other.overlapped;
        self.doubled += other.doubled;
        self.dead += other.dead;
        self.events_doubled += other.events_doubled;
        self.pushes += other.pushes;
        self.peaceful += other.peaceful;
        self.checks += other.checks;
        let counts =
            [(&mut self.faults, &other.faults), (&mut self.operations, &other.operations), (&mut self.handled, &other.handled)];
        for (all, own) in counts {
            for (name, times) in own {
                *all.entry(name).or_default() += times;
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} operations: {}", self.operations.values().sum::<u64>(), listed(&self.operations))?;
        writeln!(f, "  {} orders, {} units short, {} units oversold", self.orders, self.short, self.oversold)?;
        writeln!(f, "  {} port calls, of which {}", self.calls, listed(&self.faults))?;
        writeln!(f, "  {} functions crashed, {} ran out of time", self.crashes, self.timeouts)?;
        writeln!(
            f,
            "  {} messages redelivered ({} while the first was still worked on), {} doubled, {} dead; {} events told twice",
            self.redelivered, self.overlapped, self.doubled, self.dead, self.events_doubled
        )?;
        writeln!(f, "  about orders: {}", listed(&self.handled))?;
        write!(f, "  {} pushes, {} moments of peace, {} checks", self.pushes, self.peaceful, self.checks)
    }
}

fn listed(counts: &BTreeMap<&'static str, u64>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    counts.iter().map(|(name, times)| format!("{name} {times}")).collect::<Vec<_>>().join(", ")
}
