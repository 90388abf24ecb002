//! `sluis run`: the stack, until it is enough.

use super::{enough, mistakes};
use crate::chaos::{self, Rate};
use crate::running::Running;
use crate::say::{aside, say};
use crate::shop_list::ShopList;
use crate::stack::{Plan, Stack, wait_for};
use crate::state::{self, Owner, StateFolder};
use crate::web::{self, Guard, Opening};
use crate::{demo, people};
use config::Config;
use domain::so_many;
use ports::{Clock, Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// Where pages are served if nothing else is said.
const USUAL_PORT: u16 = 8080;

/// Between two words about how far a start is.
const BETWEEN_WORDS: Duration = Duration::from_secs(3);

/// What `run` takes.
#[derive(Debug, Default, clap::Args)]
pub(super) struct RunArguments {
    /// The merchant's configuration; sluis.toml, or the invented merchant if there is none.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where page and API are served, there or nowhere. If nothing is said 127.0.0.1:8080, or the next free port if that is busy.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Let other machines, and proxies, reach page and API. Everybody signs in, or sends a machine token; there must be an owner with a
    /// password first (`sluis users add`).
    ///
    /// Put a proxy with TLS in front: docs/guides/users.md. Webhooks do not need it: they come to a port of their own (`hooks_listen` in sluis.toml).
    #[arg(long)]
    expose: bool,
    /// Write the address of the pages to this file once all is ready, as JSON.
    #[arg(long, value_name = "FILE")]
    ready: Option<PathBuf>,
    /// Let this part of all calls to table, queues, bus and channels go wrong: 0.1 is every tenth; at most 0.5. Only where all
    /// channels are simulated.
    ///
    /// A call vanishes, or is done and its answer is lost, or is refused; it is slow; a message comes twice; a function dies on the
    /// way. Now and then a simulated shop has trouble too. It begins when every schedule has run once, is counted under
    /// /_local/status, and is changed on the way by POST /_local/chaos {"rate": 0}.
    #[arg(long, value_name = "RATE")]
    chaos: Option<Rate>,
    /// Seed of chaos, and of the shops and customers inside the process; drawn from the time if not given.
    ///
    /// It decides the dice, not the run: which call rolls them next is up to the machine. Worlds that can be replayed event by event
    /// are `cargo sim`.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// End when standard input is closed: a trial's stack must not outlive the trial, however that ends.
    #[arg(long, hide = true)]
    while_input_is_open: bool,
}

pub(super) async fn run(arguments: &RunArguments, state: Option<&Path>) -> Result<ExitCode> {
    let file = arguments.config.clone().unwrap_or_else(|| PathBuf::from("sluis.toml"));
    let invented = arguments.config.is_none() && !file.exists();
    let config = if invented { demo::merchant() } else { Config::read(&file) }.map_err(|found| mistakes(&found))?;
    let chosen = arguments.listen.or(config.local.listen);
    let wanted = chosen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], USUAL_PORT)));
    if arguments.chaos.is_some() {
        // Before anything is thrown away.
        chaos::only_simulated(&config)?;
    }
    // Shops inside the process forget when it ends, so what is kept of them goes too, and never lies where a shop's books are.
    let state = state.unwrap_or(Path::new(if config.is_play() { state::USUAL_OF_PLAY } else { state::USUAL }));
    let folder = StateFolder::take(state, &Owner::of(&config))?;
    if arguments.expose {
        people::must_have_an_owner(&folder).await?;
    }
    let listener = match chosen {
        Some(chosen) => web::bind_chosen_pages(chosen, arguments.expose).await?,
        None => web::bind_pages(wanted, arguments.expose).await?,
    };
    let hooks = hooks(&config, &listener, arguments.expose).await?;
    let guard = Guard { exposed: arguments.expose, names: config.local.names.clone() };
    if arguments.expose && !wanted.ip().is_loopback() {
        aside!(
            "Warning: {wanted} can be reached from other machines without TLS, and over such a connection nobody signs in: put a proxy in front."
        );
    }
    for warning in config.warnings() {
        aside!("Warning: {warning}");
    }
    let clock = aws::SystemClock;
    let seed = arguments.seed.unwrap_or_else(|| u64::try_from(clock.now().as_second()).unwrap_or_default());
    let chaos = arguments.chaos.map(|rate| chaos::Wanted { rate, seed });
    let opening: Arc<Opening> = Arc::default();
    let plan = Plan { config: config.clone(), state: folder, listener, hooks, guard, opening: Arc::clone(&opening), seed, chaos };
    let mut stack = tokio::select! {
        started = Stack::start(plan) => started?,
        () = tell_how_far(&opening, &clock) => return Ok(ExitCode::FAILURE),
    };
    let shops = config.connections.iter().filter(|c| c.simulated).filter_map(|c| {
        let inside = || stack.shops.iter().find(|s| s.connection == c.id).map(|s| s.base_url.clone());
        Some((c.id.clone(), c.base_url.clone().or_else(inside)?))
    });
    ShopList(shops.chain(stack.books.clone()).collect()).write(state)?;
    Running::at(stack.address, &stack.key).write(state)?;
    if config.local.customers_per_minute > 0 && !stack.shops.is_empty() {
        let customers = demo::Customers::new(seed, config.local.customers_per_minute, &config.catalogue);
        let (settled, stop, shops) = (stack.settled(), stack.tasks.stop(), stack.shops.clone());
        stack.tasks.start(async move {
            wait_for(settled).await;
            customers.buy(shops, Arc::new(clock), stop).await;
        });
    }
    if let Some(chaos) = chaos {
        say!("Chaos is on: {} of all calls go wrong once all has settled, from seed {}.", chaos.rate, chaos.seed);
    }
    welcome(&config, &stack, wanted);
    if let Some(file) = &arguments.ready {
        wait_for(stack.settled()).await;
        tell_ready(file, &stack)?;
    }
    tokio::select! {
        () = enough() => {}
        () = input_closed(), if arguments.while_input_is_open => {}
    }
    say!("\nclosing");
    stack.tasks.end().await;
    Ok(ExitCode::SUCCESS)
}

/// Says now and then how far the start is, for as long as it takes.
async fn tell_how_far(opening: &Opening, clock: &dyn Clock) {
    loop {
        clock.sleep(BETWEEN_WORDS).await;
        say!("{}", opening.progress.told());
    }
}

/// The port for deliveries. One that the merchant chose is taken or nothing is: a tunnel leads there.
async fn hooks(config: &Config, pages: &TcpListener, exposed: bool) -> Result<TcpListener> {
    let wrong = |what: String| Error::new(ErrorKind::Configuration, "listen", what);
    if let Some(chosen) = config.local.hooks_listen {
        return web::bind_chosen_hooks(chosen, exposed).await;
    }
    let pages = pages.local_addr().map_err(|error| wrong(error.to_string()))?;
    web::bind(SocketAddr::from(([127, 0, 0, 1], pages.port().saturating_add(1)))).await
}

/// Until whoever started this is gone, or says by closing it that it is enough.
async fn input_closed() {
    let (closed, waiting) = tokio::sync::oneshot::channel();
    // A thread of its own: it is blocked until the end, and ends with the process.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = waiting.await;
}

fn tell_ready(file: &Path, stack: &Stack) -> Result<()> {
    let text = serde_json::json!({ "pages": format!("http://{}", stack.address) }).to_string();
    // Under its name only when it is whole: whoever waits for the file reads all of it.
    let part = file.with_extension("part");
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, file))
        .map_err(|error| Error::new(ErrorKind::Configuration, "ready", format!("{} cannot be written: {error}", file.display())))
}

fn welcome(config: &Config, stack: &Stack, wanted: SocketAddr) {
    let page = format!("http://{}", stack.address);
    say!("{}: {}", config.merchant, super::size(config));
    if wanted.port() != 0 && stack.address.port() != wanted.port() {
        say!("port {} is busy, so this is on port {}", wanted.port(), stack.address.port());
    }
    say!(
        "\n  look        {page}\n  ask         {page}/api/v1/openapi.json\n  underneath  {page}/_local/status\n  deliveries  http://{}/hooks/\n",
        stack.hooks
    );
    for shop in &stack.shops {
        say!("  {:<12}simulated, at {}", shop.connection.as_str(), shop.base_url);
    }
    if let Some((name, url)) = &stack.books {
        say!("  {:<12}simulated books, at {url}", name.as_str());
    }
    if let Some(every) = config.local.poll_every {
        say!("\nPolls run every {} s here, not at the template's interval.", every.as_secs());
    }
    if let (Some(shop), Some(entry)) = (stack.shops.first(), config.catalogue.first()) {
        let customers = config.local.customers_per_minute;
        say!("{} a minute. Buy yourself, or make trouble, from another window:", so_many(customers, "simulated customer"));
        // As it was called: who has just built it has no `sluis` on the path.
        let name = std::env::args().next().unwrap_or_else(|| "sluis".to_owned());
        say!("  {name} buy {} {} 2", shop.connection, entry.item.sku);
        say!("  {name} fault {} silent --for 30s", shop.connection);
    }
    say!("Ctrl-C ends it.");
}
