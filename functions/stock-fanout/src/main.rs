//! The function `stock-fanout` on AWS.

use lambda_kit::{Config, Setting, connect, run_batch};
use std::process::ExitCode;
use stock_fanout::StockFanout;

fn main() -> ExitCode {
    run_batch(async || Ok(StockFanout::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
