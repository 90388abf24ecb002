//! The function `dashboard` on AWS.

use dashboard::Dashboard;
use lambda_kit::{Config, Setting, connect, run_http};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_http(async || Ok(Dashboard::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
