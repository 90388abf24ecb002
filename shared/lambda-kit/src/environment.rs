//! The ports of a function, on AWS.

use crate::config::{Config, Setting};
use aws::connect::{SdkConfig, surroundings};
use aws::{
    Client, DynamoTable, EventBridgeBus, ParameterSecrets, QueueUrls, RandomIds, Reads, S3Documents, SesMailer, SqsNotifications,
    SqsQueue, SystemClock,
};
use engine::{Ports, check_schema};
use ports::{Documents, ErrorKind, Mailer, NotificationQueue, QueueName, Result};
use std::sync::Arc;

/// Makes the ports, and the first connection to the table: at start a function has a whole processor for itself, later only a
/// share, and a handshake costs more than a batch. Only the queues in the configuration can be written to.
pub async fn connect(config: &Config) -> Result<Ports> {
    connect_as(config, Reads::All, &surroundings().await).await
}

/// As `connect`, with the queues of the merchant's account in which channels leave their notifications. Which of them may be read the role says.
pub async fn connect_to_poll(config: &Config) -> Result<(Ports, Arc<dyn NotificationQueue>)> {
    let cloud = surroundings().await;
    Ok((connect_as(config, Reads::All, &cloud).await?, Arc::new(SqsNotifications::new(&cloud))))
}

/// As `connect`, with the bucket that issued documents are kept in, and the service that carries mails to buyers.
pub async fn connect_to_invoice(config: &Config) -> Result<(Ports, Arc<dyn Documents>, Arc<dyn Mailer>)> {
    let cloud = surroundings().await;
    let archive = S3Documents::new(&cloud, config.get(Setting::DocumentsBucket)?);
    let mailer = SesMailer::new(&cloud);
    Ok((connect_as(config, Reads::All, &cloud).await?, Arc::new(archive), Arc::new(mailer)))
}

/// As `connect`, for what takes deliveries: of the credentials it reads those alone that deliveries are signed with.
pub async fn connect_to_receive(config: &Config) -> Result<Ports> {
    connect_as(config, Reads::WebhooksAlone, &surroundings().await).await
}

async fn connect_as(config: &Config, reads: Reads, cloud: &SdkConfig) -> Result<Ports> {
    let address = |queue| Some((queue, config.get(Setting::of_queue(queue)).ok()?.to_owned()));
    let urls: QueueUrls = QueueName::ALL.into_iter().filter_map(address).collect();
    let world = Ports {
        table: Arc::new(DynamoTable::new(cloud, config.get(Setting::Table)?)),
        queue: Arc::new(SqsQueue::new(cloud, urls)),
        bus: Arc::new(EventBridgeBus::new(cloud, config.get(Setting::Bus)?)),
        http: Arc::new(Client::new(config.reach())?),
        secrets: Arc::new(ParameterSecrets::new(cloud, config.get(Setting::SecretsPrefix)?, reads)),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    };
    warm_up(&world).await?;
    Ok(world)
}

/// The first call to the table: which version its rows have. One of a later Sluis is left alone. If it cannot be asked, the first real call
/// will say why.
pub async fn warm_up(world: &Ports) -> Result<()> {
    match check_schema(world).await {
        Err(error) if error.kind == ErrorKind::Configuration && error.operation == "schema" => Err(error),
        Err(error) => {
            tracing::warn!(%error, "the table could not be reached at start");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
