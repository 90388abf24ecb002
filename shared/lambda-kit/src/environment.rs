//! The ports of a function, on AWS.

use crate::config::{Config, Setting};
use aws::{Client, DynamoTable, EventBridgeBus, ParameterSecrets, QueueUrls, RandomIds, SqsQueue, SystemClock};
use engine::World;
use ports::{Key, QueueName, Result};
use std::sync::Arc;

/// Makes the ports, and the first connection to the table: at start a function has a whole processor for itself, later only a
/// share, and a handshake costs more than a batch. Only the queues in the configuration can be written to.
pub async fn connect(config: &Config) -> Result<World> {
    let cloud = aws::connect::surroundings().await;
    let queues = [(QueueName::Inbound, Setting::InboundQueue), (QueueName::StockHints, Setting::StockHintsQueue)];
    let urls: QueueUrls =
        queues.into_iter().filter_map(|(queue, setting)| Some((queue, config.get(setting).ok()?.to_owned()))).collect();
    let world = World {
        table: Arc::new(DynamoTable::new(&cloud, config.get(Setting::Table)?)),
        queue: Arc::new(SqsQueue::new(&cloud, urls)),
        bus: Arc::new(EventBridgeBus::new(&cloud, config.get(Setting::Bus)?)),
        http: Arc::new(Client::new(config.reach())?),
        secrets: Arc::new(ParameterSecrets::new(&cloud, config.get(Setting::SecretsPrefix)?)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        channels: Arc::new(channels::Registry),
    };
    warm_up(&world).await;
    Ok(world)
}

/// One read of a row that does not exist. If it fails, the first real call will say why.
async fn warm_up(world: &World) {
    if let Err(error) = world.table.get(&Key::new("WARM-UP", "WARM-UP")).await {
        tracing::warn!(%error, "the table could not be reached at start");
    }
}
