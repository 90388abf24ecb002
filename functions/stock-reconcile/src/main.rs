//! The function `stock-reconcile` on AWS.

use lambda_kit::{Config, Setting, connect, run_schedule};
use std::process::ExitCode;
use stock_reconcile::StockReconcile;

fn main() -> ExitCode {
    run_schedule(async || {
        let config = Config::load(Setting::OF_EVERY_FUNCTION)?;
        Ok(StockReconcile::new(connect(&config).await?))
    })
}
