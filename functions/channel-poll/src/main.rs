//! The function `channel-poll` on AWS.

use channel_poll::ChannelPoll;
use lambda_kit::{Config, Setting, connect, run_schedule};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_schedule(async || {
        let config = Config::load(&[Setting::OF_EVERY_FUNCTION, &[Setting::PublicUrl]].concat())?;
        Ok(ChannelPoll::new(connect(&config).await?, Some(config.get(Setting::PublicUrl)?.to_owned())))
    })
}
