//! The function `webhook-ingest` on AWS.

use lambda_kit::{Config, Setting, connect_to_receive, run_http};
use std::process::ExitCode;
use webhook_ingest::WebhookIngest;

fn main() -> ExitCode {
    run_http(async || Ok(WebhookIngest::new(connect_to_receive(&Config::load(Setting::OF_EVERY_FUNCTION)?).await?)))
}
