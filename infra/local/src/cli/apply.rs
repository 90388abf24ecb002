//! `sluis apply`.

use super::mistakes;
use crate::nobody::Nobody;
use crate::progress::Progress;
use crate::say::say;
use crate::state::{Owner, StateFolder};
use crate::{set_up, table};
use aws::{Client, DynamoTable, RandomIds, Reach, SystemClock};
use config::Config;
use engine::Ports;
use ports::{Result, Table};
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
    let world = quiet(&config, table)?;
    let dropped = set_up::apply(&world, &config, &|connection| connection.base_url.clone(), &Progress::default()).await?;
    for line in dropped.told() {
        say!("{line}");
    }
    say!("{} in {place}", super::size(&config));
    Ok(ExitCode::SUCCESS)
}

/// The ports of a command that works on a table and sends no message.
pub(super) fn quiet(config: &Config, table: Arc<dyn Table>) -> Result<Ports> {
    Ok(Ports {
        table,
        queue: Arc::new(Nobody),
        bus: Arc::new(Nobody),
        http: Arc::new(Client::new(Reach::AndLoopback)?),
        secrets: Arc::new(config.secrets()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    })
}
