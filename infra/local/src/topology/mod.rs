//! The way messages go, read from the template that is deployed to the cloud: queues, mappings, schedules, rules and routes.
//!
//! The template is compiled in, so that the binary runs anywhere. Only what has a counterpart on one machine is read.

mod node;
mod rate;
mod resources;

use resources::Resources;
use std::time::Duration;

/// The template of this build.
const TEMPLATE: &str = include_str!("../../../template.yaml");

/// What is read from the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// Queues, dead-letter queues included, in the order of the file.
    pub queues: Vec<QueueSpec>,
    /// Which function reads which queue.
    pub mappings: Vec<Mapping>,
    /// What runs at intervals.
    pub schedules: Vec<Schedule>,
    /// Which events go where.
    pub rules: Vec<Rule>,
    /// The functions, by their resources.
    pub functions: Vec<FunctionSpec>,
    /// Which paths reach which function.
    pub routes: Vec<Route>,
    /// Environment variables of all functions that name a resource: variable and resource.
    pub environment: Vec<(String, String)>,
}

/// A queue. Names are those of the template's resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// Its resource.
    pub name: String,
    /// How long a message that was handed out stays hidden.
    pub visibility: Duration,
    /// How long a message is kept.
    pub retention: Duration,
    /// Where a message goes that was handed out too often, and how often that is.
    pub dead_letters: Option<DeadLetters>,
}

/// Where a message goes that cannot be processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetters {
    /// The queue's resource.
    pub queue: String,
    /// Times it is handed out before.
    pub after: u32,
}

/// A function fed from a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The function, by the name of its crate.
    pub function: String,
    /// The queue's resource.
    pub queue: String,
    /// Most messages of one call.
    pub batch_size: usize,
    /// The function's time for one call.
    pub timeout: Duration,
}

/// A function called at intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The event's name at the function.
    pub name: String,
    /// The function, by the name of its crate.
    pub function: String,
    /// Between two calls.
    pub every: Duration,
    /// JSON it is called with.
    pub input: String,
    /// The function's time for one call.
    pub timeout: Duration,
}

/// Where an event goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The rule's resource.
    pub name: String,
    /// The events' names.
    pub events: Vec<String>,
    /// The targets' resources.
    pub targets: Vec<String>,
}

/// A function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its resource.
    pub resource: String,
    /// The name of its crate.
    pub function: String,
    /// Its time for one call.
    pub timeout: Duration,
}

/// A path of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The function, by the name of its crate.
    pub function: String,
    /// As the template writes it: `/hooks/{channel}/{connection}`.
    pub path: String,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is not YAML.
    #[error("infra/template.yaml cannot be read: {0}")]
    Unreadable(String),
    /// A resource is named that is not there, or is of another kind.
    #[error("infra/template.yaml: {from} names `{name}`, which is no {kind} of the template")]
    Unknown {
        /// Who names it.
        from: String,
        /// The name.
        name: String,
        /// What it should be.
        kind: &'static str,
    },
    /// A property is missing or not of the form that can be understood here.
    #[error("infra/template.yaml: {resource} needs `{property}`: {expected}")]
    Property {
        /// Whose.
        resource: String,
        /// Which.
        property: String,
        /// What was expected.
        expected: &'static str,
    },
}

impl Topology {
    /// Hides messages that were handed out no longer than this, where the template hides them longer.
    pub fn hide_at_most(&mut self, time: Option<Duration>) {
        for queue in &mut self.queues {
            queue.visibility = time.map_or(queue.visibility, |most| queue.visibility.min(most));
        }
    }

    /// Reads the template that this build was made with.
    pub fn of_this_build() -> Result<Self, Flaw> {
        Self::read(TEMPLATE)
    }

    /// Reads a template.
    pub fn read(text: &str) -> Result<Self, Flaw> {
        let template = node::Node::read(text).map_err(Flaw::Unreadable)?;
        let resources = Resources::of(&template)?;
        Ok(Self {
            queues: resources.queues()?,
            mappings: resources.mappings()?,
            schedules: resources.schedules()?,
            rules: resources.rules()?,
            functions: resources.functions()?,
            routes: resources.routes()?,
            environment: resources.environment(&template)?,
        })
    }

    /// The resource that the functions know by this environment variable.
    pub fn known_as(&self, variable: &str) -> Option<&str> {
        self.environment.iter().find(|(name, _)| name == variable).map(|(_, resource)| resource.as_str())
    }

    /// The queue of this resource.
    pub fn queue(&self, name: &str) -> Option<&QueueSpec> {
        self.queues.iter().find(|q| q.name == name)
    }
}

#[cfg(test)]
#[path = "topology_tests.rs"]
mod tests;
