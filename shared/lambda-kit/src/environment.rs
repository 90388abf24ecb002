//! The ports of a function, on AWS.

use crate::config::{Config, Setting};
use aws::{Client, DynamoTable, EventBridgeBus, ParameterSecrets, QueueUrls, RandomIds, Reach, SqsQueue, SystemClock};
use ports::{Bus, Clock, Http, Ids, Key, Queue, QueueName, Result, Secrets, Table};
use std::sync::Arc;

/// Every port that `engine` asks for.
#[derive(Clone)]
pub struct Environment {
    /// DynamoDB.
    pub table: Arc<dyn Table>,
    /// SQS; only the queues in the configuration can be written to.
    pub queue: Arc<dyn Queue>,
    /// EventBridge.
    pub bus: Arc<dyn Bus>,
    /// The public internet.
    pub http: Arc<dyn Http>,
    /// SSM parameters.
    pub secrets: Arc<dyn Secrets>,
    /// The clock of the machine.
    pub clock: Arc<dyn Clock>,
    /// Random UUIDs.
    pub ids: Arc<dyn Ids>,
}

impl Environment {
    /// Makes the ports, and the first connection to the table: at start a function has a whole processor for itself, later
    /// only a share, and a handshake costs more than a batch.
    pub async fn connect(config: &Config) -> Result<Self> {
        let cloud = aws::connect::surroundings().await;
        let queues = [(QueueName::Inbound, Setting::InboundQueue), (QueueName::StockHints, Setting::StockHintsQueue)];
        let urls: QueueUrls =
            queues.into_iter().filter_map(|(queue, setting)| Some((queue, config.get(setting).ok()?.to_owned()))).collect();
        let environment = Self {
            table: Arc::new(DynamoTable::new(&cloud, config.get(Setting::Table)?)),
            queue: Arc::new(SqsQueue::new(&cloud, urls)),
            bus: Arc::new(EventBridgeBus::new(&cloud, config.get(Setting::Bus)?)),
            http: Arc::new(Client::new(Reach::PublicInternet)?),
            secrets: Arc::new(ParameterSecrets::new(&cloud, config.get(Setting::SecretsPrefix)?)),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds::new()),
        };
        environment.warm_up().await;
        Ok(environment)
    }

    /// One read of a row that does not exist. If it fails, the first real call will say why.
    async fn warm_up(&self) {
        if let Err(error) = self.table.get(&Key::new("WARM-UP", "WARM-UP")).await {
            tracing::warn!(%error, "the table could not be reached at start");
        }
    }
}
