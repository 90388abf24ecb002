//! The index: rows by which people find orders and products, made from order and product rows and from nothing else.
//!
//! Whoever makes them reads the present row, so it makes no difference how often, in which order, and by how many it is done. A hint has an
//! order looked at at once; the journal, read by the clock, has every order looked at that a commit named, whatever became of the hint.

mod catalogue;
mod catch_up;
mod order;
mod rebuild;

pub use catalogue::index_catalogue;
pub(crate) use catalogue::is_current;
pub use catch_up::{CatchUp, catch_up};
pub use order::{Indexed, index_order};
pub use rebuild::{RebuildReport, ask_for_rebuild, go_on_rebuilding};

use crate::Ports;
use crate::rows::{IndexStateRow, JournalRow};
use jiff::{SignedDuration, Timestamp};
use ports::Result;

/// The oldest entry that the journal still has.
fn oldest_kept(now: Timestamp) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * JournalRow::KEPT_DAYS)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// How far the index is; where there is none yet, or one of another shape, a rebuild begins.
async fn state(world: &Ports) -> Result<IndexStateRow> {
    let now = world.clock.now();
    let known = world.get::<IndexStateRow>(&IndexStateRow::key()).await?;
    match known {
        // The journal is kept for so long: what it told before that is gone.
        Some(state) if state.shape == crate::rows::INDEX_SHAPE && state.cursor >= oldest_kept(now) => Ok(state),
        Some(state) => Ok(IndexStateRow { version: state.version, ..IndexStateRow::begun(now, oldest_kept(now)) }),
        None => Ok(IndexStateRow::begun(now, oldest_kept(now))),
    }
}

/// Keeps how far it is. `None`: somebody else is at work and kept it first.
async fn keep(world: &Ports, state: &IndexStateRow) -> Result<Option<IndexStateRow>> {
    let (next, write) = state.next();
    Ok(world.write_if(write).await?.then_some(next))
}
