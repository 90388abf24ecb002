//! Users of one machine, their sessions, and machine tokens: who may ask, and how they prove who they are.

mod identify;
mod password;
mod secret;
mod sign_in;
mod tokens;
mod users;

pub(crate) use identify::{cookie_name, identify, is_plain};
pub use password::SHORTEST as SHORTEST_PASSWORD;
pub use secret::{fresh as fresh_token, is_same};
pub(crate) use sign_in::SESSION_HOURS;
pub use tokens::MachineToken;
pub use users::User;

use engine::Ports;
use ports::{Error, ErrorKind, Table};
use std::sync::Arc;

/// Who may sign in, as one table keeps it.
#[derive(Clone)]
pub struct People {
    kept: Ports,
}

impl People {
    /// Those of this table; clock and randomness are the world's.
    pub fn new(world: &Ports, table: Arc<dyn Table>) -> Self {
        Self { kept: Ports { table, ..world.clone() } }
    }
}

fn declined(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Declined, "users", what)
}
