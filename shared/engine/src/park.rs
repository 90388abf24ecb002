//! Puts aside, where a person sees it, what cannot be processed.

use crate::World;
use crate::rows::{Kept, ParkedRow};
use domain::ConnectionId;
use ports::{Condition, Result, Write};

/// Bytes of a parked body that are kept: a row takes 400 KB, other fields included.
const MOST_BODY: usize = 300_000;

fn start_of(body: &str) -> &str {
    body.get(..body.floor_char_boundary(MOST_BODY)).unwrap_or(body)
}

impl World {
    /// Parks a thing with the reason, for people. Durable when it answers.
    pub async fn park(&self, connection: Option<&ConnectionId>, what: &str, reason: &str, body: &str) -> Result<()> {
        let row = ParkedRow {
            at: self.clock.now(),
            id: self.ids.fresh(),
            connection: connection.cloned(),
            what: what.to_owned(),
            reason: reason.to_owned(),
            body: start_of(body).to_owned(),
        };
        self.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await?;
        Ok(())
    }
}
