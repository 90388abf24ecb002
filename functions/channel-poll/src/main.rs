//! The function `channel-poll` on AWS.

use channel_poll::ChannelPoll;
use engine::World;
use lambda_kit::{Config, Environment, Setting, run_schedule};
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    run_schedule(async || {
        let config = Config::load(&[Setting::OF_EVERY_FUNCTION, &[Setting::PublicUrl]].concat())?;
        let ports = Environment::connect(&config).await?;
        let world = World {
            table: ports.table,
            queue: ports.queue,
            bus: ports.bus,
            http: ports.http,
            secrets: ports.secrets,
            clock: ports.clock,
            ids: ports.ids,
            channels: Arc::new(channels::Registry),
        };
        Ok(ChannelPoll::new(world, Some(config.get(Setting::PublicUrl)?.to_owned())))
    })
}
