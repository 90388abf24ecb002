//! `sluis connections`: forgets one that was taken out of the configuration.

use super::ConfigArguments;
use crate::nobody::Nobody;
use crate::queue::Queues;
use crate::say::say;
use crate::state::StateFolder;
use crate::table;
use crate::topology::Topology;
use aws::{Client, DynamoTable, RandomIds, Reach, SystemClock};
use config::Config;
use domain::{ConnectionId, so_many};
use engine::rows::ConnectionRow;
use engine::{Held, Ports, held_for, remove_connection};
use ports::{Error, ErrorKind, Queue, Result, Table};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// What `connections` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ConnectionsArguments {
    #[command(subcommand)]
    decision: Decision,
}

#[derive(Debug, clap::Subcommand)]
enum Decision {
    /// Forget a connection: its listings, what it was told, its place in lists. Its orders stay, with the units set aside for them.
    ///
    /// In the state folder while no `sluis` runs there; or, where `SLUIS_TABLE` is set, in that table of the AWS account of the environment.
    Remove {
        /// Its name.
        name: ConnectionId,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        config: ConfigArguments,
    },
}

pub(super) async fn connections(arguments: &ConnectionsArguments, state: &Path) -> Result<ExitCode> {
    let Decision::Remove { name, yes, config } = &arguments.decision;
    if Config::read(&config.config).is_ok_and(|config| config.connections.iter().any(|one| one.id == *name)) {
        let message = format!("{name} stands in {}; take its block out first, or it comes back", config.config.display());
        return Err(Error::new(ErrorKind::BadInput, "connections", message));
    }
    let (world, _held) = world(state).await?;
    remove(&world, name, *yes).await
}

async fn remove(world: &Ports, name: &ConnectionId, yes: bool) -> Result<ExitCode> {
    let known: Option<ConnectionRow> = world.get(&ConnectionRow::key(name)).await?;
    if known.is_none() {
        say!("There is no connection {name} in the books; what may be left of one of that name is removed all the same.");
    }
    let Held { orders, units } = held_for(world, name).await?;
    if orders.is_empty() {
        say!("No order of {name} is open.");
    } else {
        let some: Vec<String> = orders.iter().take(5).map(ToString::to_string).collect();
        let more = if orders.len() > some.len() { ", …" } else { "" };
        say!(
            "Open at {name}: {} ({}{more}), with {} set aside. That stays so, and nothing can be done about these orders while the \
             connection is not there: send, cancel or close them first. Put back, it goes on with them.",
            so_many(orders.len(), "order"),
            some.join(", "),
            so_many(units, "unit")
        );
    }
    say!("Forgotten are its listings and matches, rules and prices for it, and what it was told. What it shows stays as it is.");
    if !yes && !crate::say::agreed(&format!("Forget {name}? Type yes: "))? {
        say!("nothing was changed");
        return Ok(ExitCode::FAILURE);
    }
    remove_connection(world, name).await?;
    say!("{name} is forgotten");
    Ok(ExitCode::SUCCESS)
}

/// The table to work in, and the folder it is in, held.
#[expect(clippy::disallowed_methods, reason = "this is where the local stack reads its surroundings")]
async fn world(state: &Path) -> Result<(Ports, Option<StateFolder>)> {
    let (table, queue, held): (Arc<dyn Table>, Arc<dyn Queue>, _) = match std::env::var("SLUIS_TABLE") {
        // Who shares a scarce product is told by the next look at the items.
        Ok(name) if !name.is_empty() => {
            (Arc::new(DynamoTable::new(&aws::connect::surroundings().await, name)), Arc::new(Nobody), None)
        }
        _ => {
            let folder = StateFolder::take_any(state)?;
            let topology =
                Topology::of_this_build().map_err(|flaw| Error::new(ErrorKind::Bug, "connections", flaw.to_string()))?;
            let queues = Queues::open(&folder.file("queues.db"), &topology, Arc::new(SystemClock))?;
            (Arc::new(table::open(&folder.file(table::FILE)).await?), Arc::new(queues), Some(folder))
        }
    };
    let world = Ports {
        table,
        queue,
        bus: Arc::new(Nobody),
        http: Arc::new(Client::new(Reach::AndLoopback)?),
        secrets: Arc::new(config::ConfiguredSecrets::default()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::new()),
        connectors: Arc::new(connectors::Registry),
    };
    Ok((world, held))
}
