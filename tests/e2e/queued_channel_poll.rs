//! The bootstrap of `channel-poll` as it would be with a channel that leaves its notifications in a queue of the merchant's account: the very
//! function, with one connector of the build in that shape. `run.py` deploys it for a while.

use channel_poll::ChannelPoll;
use domain::ChannelId;
use engine::Ports;
use lambda_kit::{Config, Setting, connect_to_poll, run_schedule};
use ports::{Error, ErrorKind};
use std::process::ExitCode;
use std::sync::Arc;
use testkit::shapes::{Shape, ShapedConnectors};

/// Which channel: the emulator sets it.
const CHANNEL: &str = "SLUIS_E2E_QUEUED_CHANNEL";

fn main() -> ExitCode {
    run_schedule(async || {
        let config = Config::load(&[Setting::OF_EVERY_FUNCTION, &[Setting::PublicUrl]].concat())?;
        let (world, notifications) = connect_to_poll(&config).await?;
        let world = Ports { connectors: Arc::new(queued()?), ..world };
        Ok(ChannelPoll::new(world, Some(config.get(Setting::PublicUrl)?.to_owned())).with_notifications(notifications))
    })
}

#[expect(clippy::disallowed_methods, reason = "this is where the proof reads its surroundings")]
fn queued() -> ports::Result<ShapedConnectors> {
    let channel = ChannelId::new(std::env::var(CHANNEL).unwrap_or_default())?;
    ShapedConnectors::new(&channel, Shape::QUEUED)
        .ok_or_else(|| Error::new(ErrorKind::Configuration, "e2e", format!("{CHANNEL} names no channel of this build")))
}
