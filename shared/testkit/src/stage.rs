//! Everything a use case plays on: the ports in memory, a clock, the far sides, and a plan of faults around them.

use crate::far_sides::FarSides;
use crate::faults::{FaultPlan, FaultyBus, FaultyHttp, FaultyQueue, FaultyTable};
use crate::given::{GivenClock, GivenIds, GivenSecrets, WrongClock};
use crate::memory::{MemoryBus, MemoryQueue, MemoryTable};
use engine::Ports;
use ports::Connectors;
use std::sync::Arc;

/// A stage. The parts are public, to be looked at and set up; use cases get `world()`.
pub struct Stage {
    /// Truth.
    pub table: Arc<MemoryTable>,
    /// Messages sent.
    pub queue: Arc<MemoryQueue>,
    /// Events published.
    pub bus: Arc<MemoryBus>,
    /// Time.
    pub clock: Arc<GivenClock>,
    /// Our own clock, right unless a test says otherwise.
    pub ours: Arc<WrongClock>,
    /// Names.
    pub ids: Arc<GivenIds>,
    /// Credentials.
    pub secrets: Arc<GivenSecrets>,
    /// The channels' far sides.
    pub far_sides: Arc<FarSides>,
    /// The connectors.
    pub connectors: Arc<dyn Connectors>,
    /// What goes wrong.
    pub faults: Arc<FaultPlan>,
}

impl Stage {
    /// An empty stage.
    pub fn new(secrets: GivenSecrets) -> Self {
        let clock = Arc::new(GivenClock::default());
        Self {
            table: Arc::new(MemoryTable::new()),
            queue: Arc::new(MemoryQueue::new()),
            bus: Arc::new(MemoryBus::new()),
            far_sides: Arc::new(FarSides::new(clock.clone())),
            ours: Arc::new(WrongClock::of(clock.clone())),
            clock,
            ids: Arc::new(GivenIds::default()),
            secrets: Arc::new(secrets),
            connectors: Arc::new(connectors::Registry),
            faults: Arc::new(FaultPlan::default()),
        }
    }

    /// The world as use cases see it, with every fault of the plan, and the mistake that is planted.
    pub fn world(&self) -> Ports {
        with_mistake(self.without_mistake())
    }

    /// As `world`, whatever mistake is planted.
    pub fn without_mistake(&self) -> Ports {
        let plan = || Arc::clone(&self.faults);
        Ports {
            table: Arc::new(FaultyTable { inner: self.table.clone(), plan: plan() }),
            queue: Arc::new(FaultyQueue { inner: self.queue.clone(), plan: plan() }),
            bus: Arc::new(FaultyBus { inner: self.bus.clone(), plan: plan() }),
            http: Arc::new(FaultyHttp { inner: self.far_sides.clone(), plan: plan() }),
            secrets: self.secrets.clone(),
            clock: self.ours.clone(),
            ids: self.ids.clone(),
            connectors: self.connectors.clone(),
        }
    }
}

#[cfg(feature = "planted")]
fn with_mistake(ports: Ports) -> Ports {
    crate::planted::around(ports)
}

#[cfg(not(feature = "planted"))]
const fn with_mistake(ports: Ports) -> Ports {
    ports
}
