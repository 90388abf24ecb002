//! Keeps the index by which people find orders and products: an order that an event names at once, and by the clock whatever a commit named.
//!
//! It stands outside of every commit: a lost event costs the two minutes until the clock, and where it does not run, lists say that they are behind.

use async_trait::async_trait;
use domain::{ConnectionId, OrderNumber};
use engine::{CatchUp, Indexed, Ports, RebuildReport, catch_up, go_on_rebuilding, index_catalogue, index_order};
use jiff::Timestamp;
use lambda_kit::{ScheduleHandler, in_time};
use ports::{Error, ErrorKind, Result};

/// What it is called with: by the clock a task, by the bus the detail of an event, of which only the order matters.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(untagged)]
enum Due {
    /// By the clock.
    Task { task: Task },
    /// An event about an order.
    Order { connection: ConnectionId, number: OrderNumber },
}

/// The tasks there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    /// Look at what was committed and at what changed in the catalogue, and go on with a rebuild.
    CatchUp,
}

/// What a call did.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "task")]
pub enum Summary {
    /// By the clock.
    CatchUp {
        /// Orders that commits named.
        #[serde(flatten)]
        orders: CatchUp,
        /// A rebuild that is under way.
        rebuild: RebuildReport,
        /// Products whose rows were written.
        products: usize,
    },
    /// One order.
    Order {
        /// Whether its rows were written.
        written: bool,
    },
}

/// The handler.
pub struct ReadModel {
    world: Ports,
}

impl ReadModel {
    /// Works through these ports.
    pub fn new(world: Ports) -> Self {
        Self { world }
    }

    /// None of the three waits for another that fails.
    async fn catch_up(&self, until: Timestamp) -> Result<Summary> {
        let orders = catch_up(&self.world, until).await;
        let rebuild = go_on_rebuilding(&self.world, until).await;
        let products = index_catalogue(&self.world, until).await;
        let (orders, rebuild, products) = (orders?, rebuild?, products?);
        if orders.written + products > 0 || !rebuild.ended {
            let (written, orders_rebuilt) = (orders.written, rebuild.orders);
            tracing::info!(
                written,
                products,
                orders_rebuilt,
                at_the_end = orders.at_the_end,
                rebuild_ended = rebuild.ended,
                "index"
            );
        }
        Ok(Summary::CatchUp { orders, rebuild, products })
    }

    async fn order(&self, connection: &ConnectionId, number: &OrderNumber) -> Result<Summary> {
        let indexed = index_order(&self.world, connection, number, None).await?;
        Ok(Summary::Order { written: indexed == Indexed::Written })
    }
}

#[async_trait]
impl ScheduleHandler for ReadModel {
    async fn handle(&self, payload: &str, deadline: Timestamp) -> Result<String> {
        let due: Due = serde_json::from_str(payload).map_err(|_| {
            let message =
                "what it is called with is not understood; expected {\"task\":\"catch_up\"}, or an event that names an order";
            Error::new(ErrorKind::BadInput, "index", message)
        })?;
        let now = self.world.clock.now();
        // Three fifths of the time; what is under way then may take as long as is left.
        let until = now.saturating_add(deadline.duration_since(now) / 5 * 3).unwrap_or(now);
        let work = async {
            match &due {
                Due::Task { task: Task::CatchUp } => self.catch_up(until).await,
                Due::Order { connection, number } => self.order(connection, number).await,
            }
        };
        let ended = in_time(&*self.world.clock, deadline, Box::pin(work)).await;
        let late = || Error::new(ErrorKind::Timeout, "index", "it took too long; it goes on at the next call");
        let summary = ended.ok_or_else(late)??;
        serde_json::to_string(&summary).map_err(|error| Error::new(ErrorKind::Bug, "index", error.to_string()))
    }
}

#[cfg(test)]
#[path = "read_model_tests.rs"]
mod tests;
