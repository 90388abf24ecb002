//! Notes how far a delivery is: one write of its row, under the condition that nobody wrote it since.

use crate::Ports;
use crate::rows::{InvoiceDeliveryRow, lost};
use domain::SyncStep;
use jiff::{SignedDuration, Timestamp};
use ports::{Error, ErrorKind, Refused, Result, Status};
use std::time::Duration;

const MOST_TRIES: u32 = 12;

/// What is noted.
pub(super) struct Noted<'a> {
    /// The step.
    pub(super) step: Option<&'a SyncStep>,
    /// When to come again, from now.
    pub(super) wait: Duration,
    /// Whether it led nowhere.
    pub(super) in_vain: bool,
    /// What stands in the way.
    pub(super) note: Option<&'a str>,
    /// Whether patience begins anew: nothing could be done so far.
    pub(super) begins: bool,
}

impl<'a> Noted<'a> {
    /// That it stands as before, and is looked at again.
    pub(super) fn later(wait: Duration, note: &'a str) -> Self {
        Self { step: None, wait, in_vain: true, note: Some(note), begins: false }
    }

    /// A step.
    pub(super) fn step(step: &'a SyncStep, wait: Duration) -> Self {
        Self { step: Some(step), wait, in_vain: false, note: None, begins: false }
    }
}

impl Noted<'_> {
    fn on(&self, row: &InvoiceDeliveryRow, now: Timestamp) -> Option<InvoiceDeliveryRow> {
        let state = match self.step {
            Some(step) => row.state.after(step).ok()?,
            // Of what came to its end meanwhile nothing is to be said.
            None if !row.state.is_open() => return None,
            None => row.state.clone(),
        };
        let wait = SignedDuration::try_from(self.wait).unwrap_or_default();
        Some(InvoiceDeliveryRow {
            state,
            again_at: now.saturating_add(wait).unwrap_or(now),
            since: if self.begins { now } else { row.since },
            in_vain: if self.in_vain { row.in_vain.saturating_add(1) } else { 0 },
            note: self.note.map(str::to_owned),
            ..row.clone()
        })
    }
}

/// Puts the next in the place of what was read. `None`: somebody else wrote it.
pub(super) async fn replace(
    world: &Ports,
    was: &InvoiceDeliveryRow,
    next: InvoiceDeliveryRow,
) -> Result<Option<InvoiceDeliveryRow>> {
    let after = InvoiceDeliveryRow { version: was.version + 1, ..next.clone() };
    let mut writes = was.followed_by(next);
    let refused = if writes.len() == 1 {
        let Some(one) = writes.pop() else { return Ok(None) };
        world.table.write(one).await.map(drop)
    } else {
        world.table.transact(writes).await
    };
    match refused {
        Ok(()) => Ok(Some(after)),
        Err(Refused::Reasons(reasons)) => lost(&reasons).map(|()| None),
        Err(Refused::Error(error)) => Err(error),
    }
}

/// Notes that a call is about to go out, if the row is still as it was read: what is sent was made of that. `None`: somebody else wrote it.
pub(super) async fn begin(world: &Ports, row: &InvoiceDeliveryRow, step: &SyncStep) -> Result<Option<InvoiceDeliveryRow>> {
    let now = world.clock.now();
    let noted = Noted::step(step, super::deliverer::STILL_AT_WORK);
    match noted.on(row, now) {
        Some(next) => replace(world, row, InvoiceDeliveryRow { in_vain: row.in_vain, ..next }).await,
        None => Ok(None),
    }
}

/// Notes what came out, whatever else became of it meanwhile. What does not follow on what is, is left as it is. Answers how it stands then.
pub(super) async fn note(world: &Ports, row: InvoiceDeliveryRow, noted: &Noted<'_>) -> Result<InvoiceDeliveryRow> {
    let mut row = row;
    for _ in 0..MOST_TRIES {
        let Some(next) = noted.on(&row, world.clock.now()) else { return Ok(row) };
        match replace(world, &row, next).await {
            Ok(Some(after)) => return Ok(after),
            Ok(None) => {}
            // It may have been done, or the row was busy: the row tells.
            Err(error) if error.status == Status::Unknown || error.kind == ErrorKind::Conflict => {}
            Err(error) => return Err(error),
        }
        let Some(now) = world.get::<InvoiceDeliveryRow>(&row.own_key()).await? else { return Ok(row) };
        row = now;
    }
    Err(Error::new(
        ErrorKind::Conflict,
        "invoice delivery",
        "the delivery is changed by others all the time; it is looked at again",
    ))
}
