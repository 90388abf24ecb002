//! `sluis apply`.

use super::mistakes;
use crate::config::Config;
use crate::progress::Progress;
use crate::say::say;
use crate::state::{Owner, StateFolder};
use crate::{set_up, table};
use async_trait::async_trait;
use aws::{Client, DynamoTable, RandomIds, Reach, SystemClock};
use engine::World;
use ports::{Bus, OutgoingEvent, OutgoingMessage, Queue, QueueName, Result, Table};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

#[expect(clippy::disallowed_methods, reason = "this is where the local stack reads its surroundings")]
pub(super) async fn apply(file: &Path, state: &Path) -> Result<ExitCode> {
    let config = Config::read(file).map_err(|found| mistakes(&found))?;
    let mut held = None;
    let (table, place): (Arc<dyn Table>, String) = match std::env::var("SLUIS_TABLE") {
        Ok(name) if !name.is_empty() => {
            let cloud = aws::connect::surroundings().await;
            (Arc::new(DynamoTable::new(&cloud, name.clone())), format!("the table {name}"))
        }
        _ => {
            let folder = held.insert(StateFolder::take(state, &Owner::of(&config))?);
            let local = table::open(&folder.file(table::FILE)).await?;
            folder.began()?;
            (Arc::new(local), format!("the table in {}", state.display()))
        }
    };
    let world = World {
        table,
        queue: Arc::new(Nobody),
        bus: Arc::new(Nobody),
        http: Arc::new(Client::new(Reach::AndLoopback)?),
        secrets: Arc::new(config.secrets()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        channels: Arc::new(channels::Registry),
    };
    set_up::apply(&world, &config, &|connection| connection.base_url.clone(), &Progress::default()).await?;
    say!("{} connections and {} articles are in {place}", config.connections.len(), config.catalogue.len());
    Ok(ExitCode::SUCCESS)
}

/// Setting up sends no messages: a listing is matched, and told its figure, by the next run of the schedule.
pub(super) struct Nobody;

#[async_trait]
impl Queue for Nobody {
    async fn send(&self, _: QueueName, _: Vec<OutgoingMessage>) -> Result<()> {
        Ok(())
    }
}

#[async_trait]
impl Bus for Nobody {
    async fn publish(&self, _: Vec<OutgoingEvent>) -> Result<()> {
        Ok(())
    }
}
