//! The function `order-updates` on AWS.

use lambda_kit::{Config, Setting, connect, run_batch};
use order_updates::OrderUpdates;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_batch(async || Ok(OrderUpdates::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
