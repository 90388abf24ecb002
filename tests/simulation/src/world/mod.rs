//! A whole world in a seed: customers, channels, networks and functions, all drawn from one number.
//!
//! Functions run side by side and are interleaved at every port call; any of them may die at any of these, and all it held in
//! memory with it. Messages are delivered at least once, in any order, and hidden while somebody works on them. The same seed gives
//! the same history, event by event.

pub mod fate;
mod functions;
mod operations;
mod queues;

use crate::invariants;
use crate::market::Market;
use crate::shop::sku;
use crate::world::fate::{Fate, unsteady};
use crate::world::functions::Task;
use crate::world::queues::Queues;
use domain::ConnectionId;
use engine::{Lookup, World};
use jiff::{SignedDuration, Timestamp};
use ports::{Channels, Clock, StockSemantics};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a run is made of.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Everything is drawn from it.
    pub seed: u64,
    /// What customers, merchants and networks do before it goes quiet.
    pub operations: u32,
}

/// What happened in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Orders that channels took.
    pub orders: usize,
    /// Units that no stock covered.
    pub short: i64,
    /// Port calls.
    pub calls: u64,
    /// Functions that died.
    pub crashes: u64,
    /// Calls with a fault, by its name.
    pub faults: BTreeMap<&'static str, u64>,
    /// Messages delivered a second time or later.
    pub redelivered: u64,
    /// Figures that channels put in force.
    pub pushes: u64,
    /// One line per event.
    pub history: Vec<String>,
}

impl Report {
    /// Adds what another run did; histories apart.
    pub fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.short += other.short;
        self.calls += other.calls;
        self.crashes += other.crashes;
        self.redelivered += other.redelivered;
        self.pushes += other.pushes;
        for (name, times) in &other.faults {
            *self.faults.entry(name).or_default() += times;
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { orders, short, calls, crashes, redelivered, pushes, .. } = self;
        write!(
            f,
            "{orders} orders ({short} units short), {calls} port calls, {crashes} crashes, {redelivered} redeliveries, {pushes} pushes"
        )?;
        self.faults.iter().try_for_each(|(name, times)| write!(f, ", {times} calls {name}"))
    }
}

static TELL: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Prints every event from now on, as it happens.
pub fn tell_events() {
    TELL.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// The articles of every world, with the units there are at the start.
const ARTICLES: [(&str, i64); 2] = [("A", 12), ("B", 40)];

/// A world under way.
pub struct Simulation {
    market: Market,
    world: World,
    fate: Arc<Fate>,
    tasks: Vec<Task>,
    queues: Queues,
    memory: Arc<Lookup>,
    polled: BTreeMap<ConnectionId, Timestamp>,
    /// When a message was last worked on.
    worked_at: Timestamp,
    /// Units there ever were, by article.
    units: BTreeMap<&'static str, i64>,
    /// Sales that stand: where, what, how many.
    sales: Vec<(ConnectionId, &'static str, i64)>,
    placed: Vec<(ConnectionId, domain::OrderNumber, &'static str, i64)>,
    report: Report,
}

impl Simulation {
    fn new(plan: Plan) -> Self {
        let mut market = Market::open(&ARTICLES, 0);
        market.subscribe();
        let steady = market.stage.world();
        market.stage.clock.pass(SignedDuration::from_secs(60));
        market.webhooks(&steady);
        market.settle();
        let fate = Arc::new(Fate::new(plan.seed));
        let world = unsteady(&market.stage, &fate);
        Self {
            market,
            world,
            fate,
            tasks: Vec::new(),
            queues: Queues::default(),
            memory: Arc::default(),
            polled: BTreeMap::new(),
            worked_at: Timestamp::UNIX_EPOCH,
            units: ARTICLES.into(),
            sales: Vec::new(),
            placed: Vec::new(),
            report: Report::default(),
        }
    }

    fn now(&self) -> Timestamp {
        self.market.stage.clock.now()
    }

    fn note(&mut self, event: impl FnOnce() -> String) {
        let line = format!("{} {}", self.now(), event());
        if TELL.load(std::sync::atomic::Ordering::Relaxed) {
            println!("{line}");
        }
        self.report.history.push(line);
    }

    /// One step: somebody does something, and time passes.
    fn step(&mut self) {
        match self.fate.below(100) {
            0..64 if !self.tasks.is_empty() => self.advance(),
            64..76 => self.start_consumer(),
            76..80 => self.start_poll(),
            80..86 => self.start_webhooks(),
            86..87 => self.crash(),
            _ => {
                let lasting = SignedDuration::from_millis(i64::from(self.fate.below(400)));
                self.market.stage.clock.pass(lasting);
            }
        }
        self.queues.collect(&self.market.stage, &self.fate);
    }

    /// What must hold at any time.
    fn check(&mut self) {
        invariants::check(&self.market.stage.table);
        self.check_raises();
    }

    /// A channel that compares before it sets never shows more than there are units left after its own sales; sales that came out
    /// short hold no unit, so they leave what others gave back. A channel that cannot compare may show more, while a set that was
    /// under way during a sale is not yet mended.
    fn check_raises(&self) {
        let orders = invariants::orders(&self.market.stage.table);
        for id in self.market.connections.iter().filter(|id| Self::semantics(id) == StockSemantics::CompareAndSet) {
            for (article, units) in &self.units {
                let sold: i64 = self.sales.iter().filter(|(c, a, _)| c == id && a == article).map(|(.., n)| n).sum();
                let lines = orders.values().filter(|o| o.connection == *id).flat_map(|o| &o.lines);
                let short: i64 = lines.filter(|l| l.sku == Some(sku(article))).map(|l| l.short.units()).sum();
                let shown = self.market.shown(id, article);
                assert!(
                    shown <= units - sold + short,
                    "{id} shows {shown} of {article}: {units} there ever were, {sold} of them it sold, {short} of those short"
                );
            }
        }
    }

    fn semantics(id: &ConnectionId) -> StockSemantics {
        channels::Registry.get(&domain::ChannelId::new(id.as_str()).unwrap()).unwrap().descriptor().stock
    }

    /// Faults end; everything must come to rest, and be right (I11).
    fn quiet(&mut self) {
        self.fate.calm();
        self.note(|| "faults end".into());
        let mut rested = false;
        for _ in 0..60_000 {
            self.step();
            if self.tasks.is_empty() && self.queues.is_empty() {
                self.market.stage.clock.pass(SignedDuration::from_secs(20));
                // Long enough for what is pending to be asked for again.
                rested = self.now().duration_since(self.worked_at) > SignedDuration::from_mins(40);
                if rested {
                    break;
                }
            }
        }
        assert!(rested, "does not come to rest: {}", self.queues);
        self.check();
        let orders = invariants::orders(&self.market.stage.table);
        for id in self.market.connections.clone() {
            for number in self.market.on(&id, |side, _| side.orders()) {
                assert!(orders.contains_key(&(id.clone(), number.clone())), "order {number} of {id} is lost");
            }
        }
        let stock = invariants::stock(&self.market.stage.table);
        for article in self.units.keys() {
            let available: i64 = stock.iter().filter(|((s, _), _)| *s == sku(article)).map(|(_, l)| l.available.units()).sum();
            let short = invariants::short(&self.market.stage.table).get(&sku(article)).copied().unwrap_or(0);
            self.market.assert_shown(article, (available - short).max(0));
        }
        self.report.orders = orders.len();
        self.report.short = orders.values().map(|o| o.short().units()).sum();
    }
}

/// Lives through a world.
///
/// # Panics
/// If an invariant breaks, or the world does not come to rest with every channel right.
pub fn live(plan: Plan) -> Report {
    let mut simulation = Simulation::new(plan);
    for _ in 0..plan.operations {
        simulation.operate();
        for _ in 0..simulation.fate.below(30) {
            simulation.step();
        }
        simulation.check();
    }
    simulation.quiet();
    let connections = simulation.market.connections.clone();
    simulation.report.pushes = connections.iter().map(|id| simulation.market.on(id, |side, _| side.stock_writes())).sum();
    (simulation.report.calls, simulation.report.faults) = simulation.fate.counts();
    simulation.report.redelivered = simulation.queues.redelivered;
    simulation.report
}
