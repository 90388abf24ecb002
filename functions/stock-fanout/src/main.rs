//! The function `stock-fanout` on AWS.

use engine::World;
use lambda_kit::{Config, Environment, Setting, run_batch};
use std::process::ExitCode;
use std::sync::Arc;
use stock_fanout::StockFanout;

fn main() -> ExitCode {
    run_batch(async || {
        let ports = Environment::connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?;
        Ok(StockFanout::new(World {
            table: ports.table,
            queue: ports.queue,
            bus: ports.bus,
            http: ports.http,
            secrets: ports.secrets,
            clock: ports.clock,
            ids: ports.ids,
            channels: Arc::new(channels::Registry),
        }))
    })
}
