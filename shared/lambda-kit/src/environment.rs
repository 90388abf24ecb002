//! The ports of a function, on AWS.

use crate::config::{Config, Setting};
use aws::{Client, DynamoTable, EventBridgeBus, ParameterSecrets, QueueUrls, RandomIds, Reads, SqsQueue, SystemClock};
use engine::World;
use ports::{Key, QueueName, Result};
use std::sync::Arc;

/// Makes the ports, and the first connection to the table: at start a function has a whole processor for itself, later only a
/// share, and a handshake costs more than a batch. Only the queues in the configuration can be written to.
pub async fn connect(config: &Config) -> Result<World> {
    connect_as(config, Reads::All).await
}

/// As `connect`, for what takes deliveries: of the credentials it reads those alone that deliveries are signed with.
pub async fn connect_to_receive(config: &Config) -> Result<World> {
    connect_as(config, Reads::WebhooksAlone).await
}

async fn connect_as(config: &Config, reads: Reads) -> Result<World> {
    let cloud = aws::connect::surroundings().await;
    let address = |queue| Some((queue, config.get(Setting::of_queue(queue)).ok()?.to_owned()));
    let urls: QueueUrls = QueueName::ALL.into_iter().filter_map(address).collect();
    let world = World {
        table: Arc::new(DynamoTable::new(&cloud, config.get(Setting::Table)?)),
        queue: Arc::new(SqsQueue::new(&cloud, urls)),
        bus: Arc::new(EventBridgeBus::new(&cloud, config.get(Setting::Bus)?)),
        http: Arc::new(Client::new(config.reach())?),
        secrets: Arc::new(ParameterSecrets::new(&cloud, config.get(Setting::SecretsPrefix)?, reads)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        channels: Arc::new(channels::Registry),
    };
    warm_up(&world).await;
    Ok(world)
}

/// One read of a row that does not exist. If it fails, the first real call will say why.
pub async fn warm_up(world: &World) {
    if let Err(error) = world.table.get(&Key::new("WARM-UP", "WARM-UP")).await {
        tracing::warn!(%error, "the table could not be reached at start");
    }
}
