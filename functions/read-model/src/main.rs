//! The function `read-model` on AWS.

use lambda_kit::{Config, Setting, connect, run_schedule};
use read_model::ReadModel;
use std::process::ExitCode;

fn main() -> ExitCode {
    run_schedule(async || Ok(ReadModel::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
