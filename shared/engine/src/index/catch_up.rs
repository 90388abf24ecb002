//! Catching up by the journal: every order that a commit named is looked at, so that a lost hint costs minutes and nothing else.

use super::{Indexed, index_order, keep, state};
use crate::Ports;
use crate::rows::{IndexStateRow, JournalEntry, JournalOrder, JournalRow, OrderRow, TypedRow, sortable};
use domain::{ConnectionId, OrderNumber};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ports::{ErrorKind, Key, Result, Status};
use std::collections::BTreeSet;

/// A commit bears the time at which it was planned. It may be written this much later, after others that were planned later.
const LATE: SignedDuration = SignedDuration::from_mins(3);
/// Commits of one read.
const AT_ONCE: usize = 200;
/// Rows that cannot be read, of which are named so many.
const MOST_UNREADABLE: usize = 50;

/// How catching up went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct CatchUp {
    /// Orders that were looked at.
    pub looked_at: usize,
    /// Of these, orders whose rows were written.
    pub written: usize,
    /// All that was committed is in the index.
    pub at_the_end: bool,
}

/// Looks at every order that a commit named since the last time, until `until`. What was done is kept, however it ends.
pub async fn catch_up(world: &Ports, until: Timestamp) -> Result<CatchUp> {
    let before = state(world).await?;
    let mut walk = Walk { state: before.clone(), from: before.cursor, done: CatchUp::default() };
    let ended = walk.days(world, until).await;
    let safe = world.clock.now().checked_sub(LATE).unwrap_or(Timestamp::UNIX_EPOCH);
    let Walk { state, from, done } = walk;
    let moved = IndexStateRow { cursor: from.min(safe).max(before.cursor), read_to: from.max(before.read_to), ..state };
    if moved != before || before.version == 0 {
        // Whoever kept it first did the same work.
        keep(world, &moved).await?;
    }
    ended.map(|()| done)
}

struct Walk {
    state: IndexStateRow,
    /// The newest commit of which all was looked at, or where it began.
    from: Timestamp,
    done: CatchUp,
}

impl Walk {
    async fn days(&mut self, world: &Ports, until: Timestamp) -> Result<()> {
        let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        let (first, today) = (date(self.from), date(world.clock.now()));
        let mut day = first;
        while day <= today {
            let pk = format!("JOURNAL#{day}");
            // What was committed at that very instant comes after the instant alone.
            let mut after = Some(Key::new(&pk, sortable(self.from))).filter(|_| day == first);
            loop {
                let page = world.table.query(&pk, "", after.as_ref(), AT_ONCE, false).await?;
                // An order that is read after the page was is read with all that the page tells of it.
                let mut seen = BTreeSet::new();
                for row in &page.rows {
                    if world.clock.now() >= until {
                        return Ok(());
                    }
                    match JournalRow::from_row(row) {
                        Ok(row) => {
                            if let JournalEntry::Orders { orders } = &row.entry {
                                self.look(world, orders, &mut seen).await?;
                            }
                            self.from = row.at;
                        }
                        Err(error) => unreadable(&mut self.state, &row.key, &error.message),
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        self.done.at_the_end = true;
        Ok(())
    }

    /// Looks at the orders of a commit.
    async fn look(
        &mut self,
        world: &Ports,
        orders: &[JournalOrder],
        seen: &mut BTreeSet<(ConnectionId, OrderNumber)>,
    ) -> Result<()> {
        for order in orders {
            if seen.insert((order.connection.clone(), order.number.clone())) {
                self.done.looked_at += 1;
                let indexed = index_or_name(world, &mut self.state, &order.connection, &order.number, None).await?;
                self.done.written += usize::from(indexed == Some(Indexed::Written));
            }
        }
        Ok(())
    }
}

/// Indexes an order. One that cannot be, for no passing reason, is named, and holds up no other.
pub(super) async fn index_or_name(
    world: &Ports,
    state: &mut IndexStateRow,
    connection: &ConnectionId,
    number: &OrderNumber,
    rebuild: Option<Timestamp>,
) -> Result<Option<Indexed>> {
    let key = OrderRow::key(connection, number);
    match index_order(world, connection, number, rebuild).await {
        Ok(indexed) => {
            state.unreadable.remove(&named(&key));
            Ok(Some(indexed))
        }
        Err(error) if error.status == Status::Permanent && error.kind != ErrorKind::Conflict => {
            unreadable(state, &key, &error.message);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(super) fn named(key: &Key) -> String {
    format!("{} / {}", key.pk, key.sk)
}

pub(super) fn unreadable(state: &mut IndexStateRow, key: &Key, problem: &str) {
    let name = named(key);
    if state.unreadable.len() < MOST_UNREADABLE || state.unreadable.contains_key(&name) {
        state.unreadable.insert(name, problem.to_owned());
    }
}
