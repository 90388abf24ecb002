//! A whole world in a seed: customers, channels, networks and functions, all drawn from one number.
//!
//! Functions run side by side and are interleaved at every port call; any of them may die at any of these, and all it held in
//! memory with it. Messages are delivered at least once, in any order, and mostly hidden while somebody works on them. What must
//! hold is checked after every step, of what the step wrote. The same seed gives the same history, event by event.

mod act;
mod at_rest;
mod books;
mod bus;
mod chance;
mod counted;
mod edits;
mod functions;
mod handle;
mod history;
mod jump;
mod odd_lines;
mod operation;
mod queues;
mod report;
mod rest;
mod rules;
mod script;
mod step;
mod there;
mod turns;
mod unsteady;
mod watch;
mod ways;

pub use history::History;
pub use operation::Operation;
pub use report::Report;
pub use script::{Far, Mode, Move, Script, Size};

use self::books::{Books, OrderKey};
use self::bus::Bus;
use self::chance::Chance;
use self::counted::Counted;
use self::functions::{Process, Task};
use self::jump::Jump;
use self::queues::Queues;
use self::rules::Rules;
use self::watch::Watch;
use crate::market::{Goods, Market};
use crate::shop::sku;
use domain::{ConnectionId, Sku, StockRule, StockSettings};
use engine::{OrderCommand, Ports, put_stock_settings};
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Delivery, Key, QueueName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use testkit::Stage;
use testkit::run::finish;
use testkit::shapes::Shape;

/// Says which check is broken, and how.
macro_rules! broken {
    ($check:literal, $($how:tt)*) => { panic!("{}: {}", $check, format_args!($($how)*)) };
}
use broken;

/// Rows of one transaction in a world of few: a transfer's, and what is asked about an order beside it.
const FEW_ROWS: usize = 6;

/// The same where a product lies at two locations: its stock and ledger rows at both, what is short of it, its order, the journal and what is asked
/// about the order are written together.
const FEW_ROWS_OF_TWO: usize = 8;

/// The products of every world that lie in stock.
const PRODUCTS: [&str; 2] = ["A", "B"];
/// What can be on sale: the products, and in some worlds a set of them.
const ON_SALE: [&str; 3] = ["A", "B", "S"];
/// The set's place there.
const SET: usize = 2;
/// How many of each product are in a set.
const SET_OF: [i64; 2] = [1, 2];

/// What stands between a function of a kind and its world, such as a witness of its calls.
pub type Around = Arc<dyn Fn(&'static str, Ports) -> Ports + Send + Sync>;

/// What may come again days later.
#[derive(Clone)]
enum Past {
    Delivered(ConnectionId, Delivery),
    Sent(QueueName, String),
}

/// A world under way.
struct Simulation<'h> {
    script: Script,
    market: Market,
    world: Ports,
    around: Option<Around>,
    chance: Arc<Chance>,
    history: &'h mut History,
    processes: Vec<Process>,
    tasks: Vec<Task>,
    queues: Queues,
    bus: Bus,
    books: Books,
    watch: Watch,
    /// Connections that are configured.
    connected: BTreeSet<ConnectionId>,
    /// Of those, the ones whose items have not been looked at since they were put there or changed in a way that only a look at them tells.
    unmatched: BTreeSet<ConnectionId>,
    /// When that was.
    changed_at: BTreeMap<ConnectionId, Timestamp>,
    /// What the channels do not count, share and sell on.
    ways: Counted,
    /// The connections' own rules.
    rules: BTreeMap<ConnectionId, StockRule>,
    /// What is said of single products.
    rules_said: Rules,
    /// The codes that products have on a channel, where the merchant changed them.
    codes: BTreeMap<(ConnectionId, usize), Sku>,
    /// When which task of a connection was last begun.
    begun: BTreeMap<(ConnectionId, &'static str), Timestamp>,
    /// When a message was last worked on.
    worked_at: Timestamp,
    /// When a message was last worked on before all was peaceful and looked at.
    peaceful_at: Timestamp,
    /// By how much the clock of our machine is wrong.
    jump: Jump,
    /// When the last silence of a channel is over.
    heard_again: Timestamp,
    past: Vec<Past>,
    /// Orders whose message two functions may have worked on at once.
    worked_on_twice: BTreeSet<OrderKey>,
    /// Corrections and transfers asked for so far: each has its number as its reason.
    corrections: u32,
    /// What was asked for about orders so far: each has its number as its mark.
    asked: Vec<(OrderKey, OrderCommand)>,
    /// Orders of which a channel is to be told something.
    telling: BTreeSet<OrderKey>,
    /// The last version of each order, and the last that was taken in, of which or of a later one somebody must be told.
    owed: BTreeMap<OrderKey, (u64, u64)>,
    /// What waits in the outbox.
    outbox: BTreeSet<Key>,
    report: Report,
}

impl<'h> Simulation<'h> {
    fn new(script: &Script, history: &'h mut History) -> Self {
        let units = |product: usize| script.opening.get(product).copied().unwrap_or(1);
        let products: Vec<(&str, i64)> = PRODUCTS.iter().enumerate().map(|(n, name)| (*name, units(n))).collect();
        let set: Vec<(&str, i64)> = PRODUCTS.into_iter().zip(SET_OF).collect();
        let mut market = Market::open_with(&Goods {
            products: &products,
            far: script.far.as_ref().map_or(&[], |far| far.opening.as_slice()),
            locations: script.locations(),
            bundle: script.bundle.then_some((ON_SALE[SET], set.as_slice())),
            shown: 0,
            places: script.far.is_some(),
            group: script.group.then_some("all of it"),
            shape: script.shape.as_ref().map(|(place, name)| (usize::from(*place), Shape::named(name).unwrap())),
        });
        market.subscribe();
        market.stage.clock.pass(SignedDuration::from_secs(60));
        let steady = market.stage.world();
        market.webhooks(&steady);
        if script.settings() != StockSettings::default() {
            finish(put_stock_settings(&steady, &script.settings())).unwrap();
        }
        if let Some(position) = script.leads {
            let leader = market.connections[usize::from(position) % market.connections.len()].clone();
            market.let_lead(&leader);
        }
        market.settle();
        if script.few_rows {
            market.stage.table.take_at_most(if script.far.is_some() { FEW_ROWS_OF_TWO } else { FEW_ROWS });
        }
        market.stage.bus.take();
        let chance = Arc::new(Chance::new(script));
        let mut books = Books::default();
        for product in 0..PRODUCTS.len() {
            let far = script.far.as_ref().and_then(|far| far.opening.get(product)).copied().unwrap_or(0);
            books.came_in(product, units(product) + far);
        }
        let connected: BTreeSet<ConnectionId> = market.connections.iter().cloned().collect();
        let mut simulation = Self {
            world: unsteady::unsteady(&market.stage, &chance),
            around: None,
            watch: Watch::new(&market),
            script: script.clone(),
            processes: Process::all(script, &chance),
            market,
            chance,
            history,
            tasks: Vec::new(),
            queues: Queues::default(),
            bus: Bus::default(),
            books,
            rules: connected.iter().map(|id| (id.clone(), StockRule::default())).collect(),
            rules_said: Rules::default(),
            connected,
            unmatched: BTreeSet::new(),
            changed_at: BTreeMap::new(),
            ways: Counted::default(),
            jump: Jump::default(),
            codes: BTreeMap::new(),
            begun: BTreeMap::new(),
            worked_at: Timestamp::UNIX_EPOCH,
            peaceful_at: Timestamp::UNIX_EPOCH,
            heard_again: Timestamp::UNIX_EPOCH,
            past: Vec::new(),
            worked_on_twice: BTreeSet::new(),
            corrections: 0,
            asked: Vec::new(),
            telling: BTreeSet::new(),
            owed: BTreeMap::new(),
            outbox: BTreeSet::new(),
            report: Report::default(),
        };
        if let Some(absent) = script.absent {
            simulation.disconnect(absent);
        }
        simulation
    }

    fn now(&self) -> Timestamp {
        self.market.stage.clock.now()
    }

    fn pass(&self, lasting: SignedDuration) {
        self.market.stage.clock.pass(lasting);
    }

    fn note(&mut self, event: &str) {
        self.history.note(self.now(), event);
    }

    /// A connection by its place.
    fn connection(&self, place: u8) -> ConnectionId {
        self.market.connections[usize::from(place) % self.market.connections.len()].clone()
    }

    /// Whether a connection's shop leads the stock.
    fn leads(&self, connection: &ConnectionId) -> bool {
        self.script.leads.is_some_and(|place| self.connection(place) == *connection)
    }

    /// What is on sale.
    fn on_sale(&self) -> &'static [&'static str] {
        if self.script.bundle { &ON_SALE } else { &ON_SALE[..SET] }
    }

    /// The code that a product has on a channel.
    fn code(&self, connection: &ConnectionId, product: usize) -> Sku {
        self.codes.get(&(connection.clone(), product)).cloned().unwrap_or_else(|| sku(ON_SALE[product]))
    }

    /// The figure that a channel keeps of a product; none where it counts none.
    fn figure(&self, connection: &ConnectionId, product: usize) -> Option<i64> {
        let code = self.code(connection, product);
        self.market.on(connection, |side, _| if side.tracks(&code) { side.shown(&code) } else { None })
    }

    /// What is on sale of a product by a channel's figure.
    fn shown(&self, connection: &ConnectionId, product: usize) -> i64 {
        self.figure(connection, product).unwrap_or(0).max(0)
    }
}

/// A stage's world, interleaved at every port call; of a thousand calls, so many go wrong.
pub fn interleaved(stage: &Stage, seed: u64, per_thousand: u32) -> Ports {
    unsteady::unsteady(stage, &Arc::new(Chance::of(seed, per_thousand)))
}

/// Lives through a world; what happens is told to the history, to its last event before a check breaks.
///
/// # Panics
/// If a check breaks: the message begins with its name.
pub fn live(script: &Script, history: &mut History) -> Report {
    lived(script, Simulation::new(script, history))
}

/// As `live`, with something between each function and its world that changes nothing.
///
/// # Panics
/// As `live`.
pub fn live_around(script: &Script, history: &mut History, around: Around) -> Report {
    lived(script, Simulation { around: Some(around), ..Simulation::new(script, history) })
}

fn lived(script: &Script, mut simulation: Simulation<'_>) -> Report {
    for one in &script.moves {
        simulation.play(one);
    }
    simulation.come_to_rest();
    simulation.reported()
}
