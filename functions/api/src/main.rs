//! The function `api` on AWS.

use api::Api;
use lambda_kit::{Config, Setting, connect, run_http};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_http(async || Ok(Api::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
