//! Puts aside, where a person sees it, what cannot be processed.

use crate::Ports;
use crate::rows::{ParkedBodyRow, ParkedRow, Subject, TypedRow};
use domain::ConnectionId;
use ports::{Condition, Error, ErrorKind, Result, Write};

/// Bytes of a parked body that are kept: a row takes 400 KB, other fields included.
const MOST_BODY: usize = 300_000;
fn start_of(body: &str) -> &str {
    body.get(..body.floor_char_boundary(MOST_BODY)).unwrap_or(body)
}

impl Ports {
    /// Parks a thing with the reason, for people. Durable when it answers. The same problem again is the same entry, seen once more.
    pub async fn park(
        &self,
        connection: Option<&ConnectionId>,
        subject: impl Into<Subject>,
        reason: &str,
        body: &str,
    ) -> Result<()> {
        self.park_as(connection, subject.into(), reason, body, false).await
    }

    /// The same. `urgent`: as `ParkedRow::urgent`.
    pub(crate) async fn park_as(
        &self,
        connection: Option<&ConnectionId>,
        subject: Subject,
        reason: &str,
        body: &str,
        urgent: bool,
    ) -> Result<()> {
        let id = ParkedRow::id(connection, &subject, body);
        let now = self.clock.now();
        let before: Option<ParkedRow> = self.get(&ParkedRow::key(&id)).await?;
        let row = ParkedRow {
            id,
            first_at: before.as_ref().map_or(now, |row| row.first_at.min(now)),
            last_at: now,
            count: before.as_ref().map_or(0, |row| row.count) + 1,
            connection: connection.cloned(),
            subject,
            reason: reason.to_owned(),
            dismissed: before.filter(|row| row.reason == reason).and_then(|row| row.dismissed),
            urgent,
        };
        if !body.is_empty() {
            let body = ParkedBodyRow::of(&row, start_of(body).to_owned());
            self.write_if(Write::Put { row: body.to_row(), when: Condition::Always }).await?;
        }
        self.write_if(Write::Put { row: row.to_row(), when: Condition::Always }).await.map(drop)
    }
}

pub(crate) async fn find(world: &Ports, id: &str) -> Result<ParkedRow> {
    let row: Option<ParkedRow> = world.get(&ParkedRow::key(id)).await?;
    row.ok_or_else(|| Error::new(ErrorKind::NotFound, "parked", format!("nothing is parked as `{id}`; it may be right by now")))
}

pub(crate) async fn forget(world: &Ports, id: &str) -> Result<()> {
    for key in [ParkedBodyRow::key(id), ParkedRow::key(id)] {
        world.write_if(Write::Delete { key, when: Condition::Always }).await?;
    }
    Ok(())
}

/// Erases what a parked thing holds: its body may hold a customer's words. What it is and why stays.
pub async fn erase_parked(world: &Ports, id: &str) -> Result<()> {
    find(world, id).await?;
    world.write_if(Write::Delete { key: ParkedBodyRow::key(id), when: Condition::Always }).await.map(drop)
}
