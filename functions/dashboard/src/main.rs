//! The function `dashboard` on AWS.

use dashboard::Dashboard;
use engine::World;
use lambda_kit::{Config, Environment, Setting, run_http};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    run_http(async || {
        let ports = Environment::connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?;
        Ok(Dashboard::new(World {
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
