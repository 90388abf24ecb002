//! The policies: when a merchant's tool reads orders, and when it writes figures.

use super::demand::Demand;
use super::house::House;
use super::immediate;
use super::ours::Ours;
use super::tasks::Tasks;
use super::tool::Tool;
use domain::{ConnectionId, Quantity, StockRule, StockSettings};
use engine::keep_subscription;
use jiff::SignedDuration;
use ports::Delivery;
use std::sync::Arc;

/// How it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Every so many minutes all orders are read, and what is left is written everywhere.
    Copies { every_min: i64 },
    /// At every webhook what is left is written everywhere at once; orders are read every five minutes besides.
    Immediate,
    /// Sluis, with so many units held back from every channel, and with shares of their own for the channels where at most so many are
    /// left.
    Ours { safety_stock: i64, quota_below: Option<i64> },
}

/// A policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Policy {
    pub(super) name: &'static str,
    pub(super) way: Way,
}

/// All of them, the slowest first.
pub(super) static ALL: [Policy; 8] = [
    Policy { name: "copied every 15 minutes", way: Way::Copies { every_min: 15 } },
    Policy { name: "copied every 5 minutes", way: Way::Copies { every_min: 5 } },
    Policy { name: "copied every minute", way: Way::Copies { every_min: 1 } },
    Policy { name: "immediate mirroring", way: Way::Immediate },
    Policy { name: "Sluis: mirror", way: ours(0, None) },
    Policy { name: "Sluis: mirror, 2 held back", way: ours(2, None) },
    Policy { name: "Sluis: quota below 20 units", way: ours(0, Some(20)) },
    Policy { name: "Sluis: quota always", way: ours(0, Some(i64::MAX)) },
];

const fn ours(safety_stock: i64, quota_below: Option<i64>) -> Way {
    Way::Ours { safety_stock, quota_below }
}

/// Between two reads of orders, where webhooks tell of them too and the scenario does not say otherwise.
const BETWEEN_POLLS: SignedDuration = SignedDuration::from_mins(5);

impl Policy {
    /// Whether it is Sluis.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.way, Way::Ours { .. })
    }

    /// What its connections are shown of the stock.
    pub(super) fn rule(&self) -> StockRule {
        match self.way {
            Way::Ours { safety_stock, .. } => StockRule { safety_stock: Quantity::clamped(safety_stock), ..StockRule::default() },
            Way::Copies { .. } | Way::Immediate => StockRule::default(),
        }
    }

    /// How its stock is published, over all connections.
    pub(super) fn settings(&self) -> StockSettings {
        match self.way {
            Way::Ours { quota_below, .. } => {
                StockSettings { quota_mode_below: quota_below.map(Quantity::clamped), ..StockSettings::default() }
            }
            Way::Copies { .. } | Way::Immediate => StockSettings::default(),
        }
    }
}

/// A policy at work.
#[derive(Clone)]
pub(super) enum AtWork {
    Copies(Arc<Tool>),
    Immediate(Arc<Tool>),
    Ours(Arc<Ours>),
}

/// Sets a policy to work. `phase` is where in their rounds those stand who work in rounds, in thousandths.
pub(super) fn start(policy: &Policy, tasks: &Tasks, house: &Arc<House>, demand: &Demand, phase: i32) -> AtWork {
    match policy.way {
        Way::Copies { every_min } => {
            let tool = Arc::new(Tool::new(Arc::clone(house), &demand.stock));
            tasks.start(copy(Arc::clone(&tool), SignedDuration::from_mins(every_min), phase));
            AtWork::Copies(tool)
        }
        Way::Immediate => {
            let tool = Arc::new(Tool::new(Arc::clone(house), &demand.stock));
            let every = demand.between_polls.unwrap_or(BETWEEN_POLLS);
            tasks.start(copy(Arc::clone(&tool), every, phase));
            subscribe(tasks, house);
            AtWork::Immediate(tool)
        }
        Way::Ours { .. } => {
            subscribe(tasks, house);
            AtWork::Ours(Ours::start(tasks, house, demand.between_polls, phase))
        }
    }
}

impl AtWork {
    /// Goods came in, and somebody enters that.
    pub(super) async fn receive(&self, tasks: &Tasks, product: usize, units: i64) {
        match self {
            // They are written with the next round.
            Self::Copies(tool) => tool.book.lock().unwrap().receive(&tool.house.sku(product), units),
            Self::Immediate(tool) => immediate::receive(tool, tasks, product, units),
            Self::Ours(ours) => ours.receive(product, units).await,
        }
    }

    /// A webhook arrives. Answers the status.
    pub(super) async fn hear(&self, tasks: &Tasks, connection: &ConnectionId, delivery: &Delivery) -> u16 {
        match self {
            Self::Copies(_) => 404,
            Self::Immediate(tool) => immediate::hear(tool, tasks, connection, delivery).await,
            Self::Ours(ours) => ours.hear(connection, delivery).await,
        }
    }
}

fn subscribe(tasks: &Tasks, house: &Arc<House>) {
    let house = Arc::clone(house);
    tasks.finish(async move {
        for id in &house.shops.connections {
            keep_subscription(&house.world, &house.lookup, id, "https://sluis.example.test").await.unwrap();
        }
    });
}

/// Reads all channels side by side, then writes to all of them, and again when the time is up.
async fn copy(tool: Arc<Tool>, every: SignedDuration, phase: i32) {
    tool.house.time.wait(every * phase / 1000).await;
    loop {
        let round = tool.house.time.wait(every);
        let all = &tool.house.shops.connections;
        futures::future::join_all(all.iter().map(|id| tool.read(id))).await;
        futures::future::join_all(all.iter().map(|id| tool.write_all(id))).await;
        round.await;
    }
}
