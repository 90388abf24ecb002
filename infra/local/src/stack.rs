//! The whole stack, put together: the same handlers as in the cloud behind the same queues, schedules and paths.

use crate::archive::DocumentsFolder;
use crate::bus::LocalBus;
use crate::chaos::{self, Dice};
use crate::functions::{Functions, PAGE, PUSHES};
use crate::mail_folder::MailFolder;
use crate::queue::{Crew, Left, Queues};
use crate::say::aside;
use crate::scheduler::{Timer, hurried};
use crate::serve::{Patience, serve};
use crate::simulator::{self, Shop};
use crate::state::StateFolder;
use crate::tasks::Tasks;
use crate::topology::{Mapping, Topology};
use crate::web::{Guard, Hooks, Opening, Pages, Web};
use crate::{consent, people, set_up, table};
use api::access::People;
use aws::{Client, RandomIds, Reach, SystemClock};
use config::{Books, Config, Connection};
use domain::ConnectionId;
use engine::Ports;
use futures::future::join_all;
use jiff::SignedDuration;
use lambda_kit::{ScheduleHandler, run_guarded};
use ports::{Clock, Error, ErrorKind, Http, Result, Secret};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

/// Batches of one queue side by side. A push waits for a channel most of the time, so there is room for more of them.
const WORKERS: usize = 4;
const PUSHING_WORKERS: usize = 8;

/// What to start.
pub struct Plan {
    /// The merchant.
    pub config: Config,
    /// Where everything is kept.
    pub state: StateFolder,
    /// Where pages and API are served.
    pub listener: TcpListener,
    /// Where channels deliver.
    pub hooks: TcpListener,
    /// Who may ask the API.
    pub guard: Guard,
    /// Tells how far the start is.
    pub opening: Arc<Opening>,
    /// Seed of the simulated shops inside the process.
    pub seed: u64,
    /// Faults to put in the functions' way, if any: only where all channels are simulated.
    pub chaos: Option<chaos::Wanted>,
}

/// A running stack.
pub struct Stack {
    /// Where pages and API are served.
    pub address: SocketAddr,
    /// Where channels deliver.
    pub hooks: SocketAddr,
    /// Whoever sends it is the owner: it is left in the state folder, which nobody else reads.
    pub key: Secret,
    /// All ports, as they are without chaos.
    pub world: Ports,
    /// The queues.
    pub queues: Arc<Queues>,
    /// The bus.
    pub bus: Arc<LocalBus>,
    /// Simulated shops inside the process.
    pub shops: Vec<Arc<Shop>>,
    /// The simulated accounting system inside the process: its name, and where it is served.
    pub books: Option<(ConnectionId, String)>,
    /// Background work; other work of the same life may join it.
    pub tasks: Tasks,
    settled: watch::Receiver<bool>,
    _state: StateFolder,
}

impl Stack {
    /// Starts everything and brings the configuration into the table; whoever asks meanwhile is told how far that is. Every schedule then
    /// runs once, the rarest first: subscriptions and listings are in place before the first poll.
    ///
    /// Chaos begins after that: what runs once in an hour must have run once.
    pub async fn start(plan: Plan) -> Result<Self> {
        let Plan { mut config, mut state, listener, hooks, guard, opening, seed, chaos } = plan;
        if chaos.is_some() {
            chaos::only_simulated(&config)?;
        }
        let mut topology = Topology::of_this_build().map_err(|flaw| broken(flaw.to_string()))?;
        topology.hide_at_most(config.local.visibility);
        let [address, hooks_address] = [&listener, &hooks].map(TcpListener::local_addr);
        let address = address.map_err(|error| broken(error.to_string()))?;
        let hooks_address = hooks_address.map_err(|error| broken(error.to_string()))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let http: Arc<dyn Http> = Arc::new(Client::new(Reach::AndLoopback)?);
        let mut tasks = Tasks::default();
        let (exposed, patience) = (guard.exposed, Patience::of_this_machine());
        tasks.start(serve(listener, Arc::new(Pages::new(Arc::clone(&opening), guard)), patience, tasks.stop()));
        tasks.start(serve(hooks, Arc::new(Hooks::new(Arc::clone(&opening))), patience, tasks.stop()));
        let (table, people) = (table::open(&state.file(table::FILE)).await?, people::open(&state).await?);
        let key = Secret::new(api::access::fresh_token()?);
        state.began()?;
        let queues = Arc::new(Queues::open(&state.file("queues.db"), &topology, Arc::clone(&clock))?);
        let bus = Arc::new(LocalBus::new(topology.rules.clone(), Arc::clone(&clock)));
        let world = Ports {
            table: Arc::new(table),
            queue: queues.clone(),
            bus: bus.clone(),
            http: Arc::clone(&http),
            secrets: Arc::new(config.secrets()),
            clock: Arc::clone(&clock),
            ids: Arc::new(RandomIds::new()),
            connectors: Arc::new(connectors::Registry),
        };
        let theirs: Arc<dyn Http> = Arc::new(queues.leaving(Arc::clone(&http)));
        let shops = open_shops(&config, seed, &theirs, &clock, &mut tasks).await?;
        let books = open_systems(&mut config, &clock, &mut tasks).await?;
        let dropped = set_up::apply(&world, &config, &|connection| base_url(connection, &shops), &opening.progress).await?;
        for line in dropped.told() {
            aside!("{line}");
        }
        if let Some((configured, _)) = &books {
            consent::given_by_itself(&world, configured).await?;
        }
        let public_url = config.local.public_url.clone().unwrap_or_else(|| format!("http://{hooks_address}"));
        let dice = chaos.map(|wanted| Arc::new(Dice::new(wanted)));
        let troubled = dice.as_ref().map_or_else(|| world.clone(), |dice| chaos::troubled(&world, dice));
        let archive = Arc::new(DocumentsFolder::at(state.file(crate::state::DOCUMENTS)));
        let mailer = Arc::new(MailFolder::at(state.file(crate::state::MAIL)));
        let functions = Functions::new(
            &troubled,
            People::new(&world, people),
            public_url,
            Arc::new(Left::new(Arc::clone(&queues))),
            archive,
            mailer,
        );
        let web = Web {
            routes: topology.routes.clone(),
            handlers: functions.http.clone(),
            otherwise: PAGE,
            queues: Arc::clone(&queues),
            bus: Arc::clone(&bus),
            chaos: dice.clone(),
            clock: Arc::clone(&clock),
            key: key.clone(),
            exposed,
        };
        if let Some(dice) = &dice {
            let addresses = config.connections.iter().filter_map(|c| base_url(c, &shops)).collect();
            let (dice, http, clock) = (Arc::clone(dice), Arc::clone(&http), Arc::clone(&clock));
            tasks.start(chaos::make_trouble(addresses, dice, http, clock, tasks.stop()));
        }
        opening.open(web);
        for mapping in &topology.mappings {
            let handler = functions.batch(&mapping.function)?;
            let crew = Crew { mapping: mapping.clone(), workers: workers(mapping) };
            tasks.start(crew.run(Arc::clone(&queues), handler, tasks.stop()));
        }
        for spec in &topology.functions {
            if let Some(calls) = bus.calls(&spec.resource) {
                let handler = functions.schedule(&spec.function)?;
                tasks.start(on_events(calls, handler, spec.timeout, Arc::clone(&clock), tasks.stop()));
            }
        }
        let mut timers = Vec::new();
        for schedule in hurried(&topology.schedules, config.local.poll_every) {
            timers.push(Timer { handler: functions.schedule(&schedule.function)?, schedule, clock: Arc::clone(&clock) });
        }
        timers.sort_by_key(|t| std::cmp::Reverse(t.schedule.every));
        queues.expire().await?;
        let (settle, settled) = watch::channel(false);
        if let (Some(dice), Some(wanted)) = (dice, chaos) {
            let settled = settled.clone();
            tasks.start(async move {
                wait_for(settled).await;
                dice.set(wanted.rate);
            });
        }
        tasks.start(run_timers(timers, settle, tasks.stop()));
        let books = books.map(|(configured, url)| (configured.settings.connection, url));
        Ok(Self { address, hooks: hooks_address, key, world, queues, bus, shops, books, tasks, settled, _state: state })
    }

    /// Turns true when every schedule has run once.
    pub fn settled(&self) -> watch::Receiver<bool> {
        self.settled.clone()
    }
}

/// Calls a function with each event, one after the other, until told to stop. What fails is not tried again: the clock finds it.
async fn on_events(
    mut calls: Receiver<String>,
    handler: Arc<dyn ScheduleHandler>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    mut stop: watch::Receiver<bool>,
) {
    let timeout = SignedDuration::try_from(timeout).unwrap_or(SignedDuration::from_secs(30));
    loop {
        let detail = tokio::select! {
            detail = calls.recv() => detail,
            () = async { while !*stop.borrow() && stop.changed().await.is_ok() {} } => None,
        };
        let Some(detail) = detail else { return };
        let deadline = clock.now().saturating_add(timeout).unwrap_or(jiff::Timestamp::MAX);
        if let Err(error) = run_guarded(handler.as_ref(), &detail, deadline).await {
            tracing::debug!(%error, "an event could not be worked on; the clock finds what it tells of");
        }
    }
}

/// Calls each once, one after the other, and from then on each at its interval.
async fn run_timers(timers: Vec<Timer>, settle: watch::Sender<bool>, stop: watch::Receiver<bool>) {
    for timer in &timers {
        if *stop.borrow() {
            return;
        }
        timer.call().await;
    }
    settle.send_replace(true);
    join_all(timers.into_iter().map(|timer| timer.run(stop.clone()))).await;
}

/// Until it turns true; at once if it never can any more.
pub async fn wait_for(mut flag: watch::Receiver<bool>) {
    // An error means that the sender is gone: there is nothing to wait for.
    let _ = flag.wait_for(|settled| *settled).await;
}

fn workers(mapping: &Mapping) -> usize {
    if mapping.function == PUSHES { PUSHING_WORKERS } else { WORKERS }
}

fn broken(message: String) -> Error {
    Error::new(ErrorKind::Bug, "start", message)
}

/// Serves the simulated systems beside the shops: the invented merchant's VIES, and the accounting system, with where that is.
async fn open_systems(config: &mut Config, clock: &Arc<dyn Clock>, tasks: &mut Tasks) -> Result<Option<(Books, String)>> {
    let invented = config.is_invented();
    let Some(invoices) = &mut config.invoices else { return Ok(None) };
    if invented {
        invoices.vies.base_url = Some(simulator::open_vies(Arc::clone(clock), tasks).await?);
    }
    let (Some(books), Some(accounting)) = (config.books.clone().filter(|books| books.simulated), &mut invoices.accounting) else {
        return Ok(None);
    };
    accounting.base_url = simulator::open_back_office(&books, Arc::clone(clock), tasks).await?;
    Ok(Some((books, accounting.base_url.clone())))
}

/// Opens the shops that live inside this process, each on a free port.
async fn open_shops(
    config: &Config,
    seed: u64,
    http: &Arc<dyn Http>,
    clock: &Arc<dyn Clock>,
    tasks: &mut Tasks,
) -> Result<Vec<Arc<Shop>>> {
    let mut shops = Vec::new();
    for connection in config.connections.iter().filter(|c| c.base_url.is_none()) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| broken(error.to_string()))?;
        let address = listener.local_addr().map_err(|error| broken(error.to_string()))?;
        let shop = Shop::open(connection, &format!("http://{address}"), &config.catalogue, seed, Arc::clone(clock))?;
        let shop = Arc::new(shop);
        simulator::open_on(listener, vec![Arc::clone(&shop)], http, clock, tasks);
        shops.push(shop);
    }
    Ok(shops)
}

fn base_url(connection: &Connection, shops: &[Arc<Shop>]) -> Option<String> {
    let inside = || shops.iter().find(|s| s.connection == connection.id).map(|s| s.base_url.clone());
    connection.base_url.clone().or_else(inside)
}
