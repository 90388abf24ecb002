//! The function `order-intake` on AWS.

use lambda_kit::{Config, Setting, connect, run_batch};
use order_intake::OrderIntake;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_batch(async || Ok(OrderIntake::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
