//! `sluis simulator`.

use super::{enough, mistakes};
use crate::say::say;
use crate::simulator::{Shop, open_street};
use crate::tasks::Tasks;
use aws::{Client, Reach, SystemClock};
use config::Config;
use ports::{Clock, Error, ErrorKind, Http, Result};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// Seed of the shops: the same in every run, so that a story can be told again.
const SEED: u64 = 1;

pub(super) async fn simulator(file: &Path) -> Result<ExitCode> {
    let config = Config::read(file).map_err(|found| mistakes(&found))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let http: Arc<dyn Http> = Arc::new(Client::new(Reach::AndLoopback)?);
    let mut shops = Vec::new();
    for connection in config.connections.iter().filter(|c| c.simulated) {
        let Some(base_url) = &connection.base_url else { continue };
        shops.push(Arc::new(Shop::open(connection, base_url, &config.catalogue, SEED, Arc::clone(&clock))?));
    }
    if shops.is_empty() {
        let what = "no connection has `simulated = true` and a `base_url` such as http://127.0.0.1:9001; add both";
        return Err(Error::new(ErrorKind::Configuration, "simulator", what));
    }
    let mut tasks = Tasks::default();
    open_street(&shops, &http, &clock, &mut tasks).await?;
    for shop in &shops {
        say!("{} is open at {}", shop.connection, shop.base_url);
    }
    enough().await;
    tasks.end().await;
    Ok(ExitCode::SUCCESS)
}
