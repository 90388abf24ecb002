//! The function `channel-poll` on AWS.

use channel_poll::ChannelPoll;
use lambda_kit::{Config, Setting, connect_to_poll, run_schedule};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_schedule(async || {
        let config = Config::load(&[Setting::OF_EVERY_FUNCTION, &[Setting::PublicUrl]].concat())?;
        let (world, notifications) = connect_to_poll(&config).await?;
        Ok(ChannelPoll::new(world, Some(config.get(Setting::PublicUrl)?.to_owned())).with_notifications(notifications))
    })
}
