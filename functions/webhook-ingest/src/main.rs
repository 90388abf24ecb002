//! The function `webhook-ingest` on AWS.

use lambda_kit::{Config, Setting, connect, run_http};
use std::process::ExitCode;
use webhook_ingest::WebhookIngest;

fn main() -> ExitCode {
    run_http(async || Ok(WebhookIngest::new(connect(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
