//! Tells people, at most once in an hour, that something was put aside or differs and needs them; of what cannot wait, at once.
//!
//! It counts and names connections; what the things are stays where people log in for it, for they may hold an order's words (I13).

use crate::Ports;
use crate::messages::event;
use crate::readable::readable_connections;
use crate::rows::{AttentionRow, BooksRow, EndedRun, OrderQuestion, ParkedRow, ReconcileRow, Subject, TypedRow};
use contracts::NeedsAttention;
use domain::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use ports::Result;
use std::collections::BTreeSet;

/// Between two calls: what breaks for many orders at once is one mail, not many.
const BETWEEN: SignedDuration = SignedDuration::from_hours(1);
/// Between two calls to what is urgent.
const BETWEEN_URGENT: SignedDuration = SignedDuration::from_mins(10);
/// Problems looked at at most; beyond, there may be more.
const MOST_COUNTED: usize = 1_000;

/// Looks for what is new since people were last called, and calls them. Answers what they were told.
pub async fn call_for_attention(world: &Ports) -> Result<Option<String>> {
    let row: Option<AttentionRow> = world.get(&AttentionRow::key()).await?;
    let row = row.unwrap_or_default();
    let now = world.clock.now();
    let lately = |at: Option<Timestamp>, between| at.is_some_and(|at| now.duration_since(at).abs() < between);
    let called = lately(row.told_at, BETWEEN);
    if called && lately(row.urgent_at, BETWEEN_URGENT) {
        return Ok(None);
    }
    let mut found = Found::default();
    let newest = found.parked(world, row.parked_through, now).await?;
    if called && found.urgent == 0 {
        return Ok(None);
    }
    found.differences(world, row.told_at, now).await?;
    if found.parked == 0 && found.differences == 0 {
        return Ok(None);
    }
    let words = found.in_words();
    let said = NeedsAttention {
        parked: found.parked,
        urgent: found.urgent,
        differences: found.differences,
        more: found.more,
        connections: found.connections.into_iter().collect(),
        message: words.clone(),
        at: now,
    };
    // Told before it is noted: of two processes that look in the same second both may tell, and no death keeps it from being told.
    world.bus.publish(vec![event(&said)]).await?;
    let urgent_at = if found.urgent > 0 { Some(now) } else { row.urgent_at };
    let noted = AttentionRow { told_at: Some(now), urgent_at, parked_through: newest.or(row.parked_through), ..row };
    world.write_if(noted.write()).await?;
    Ok(Some(words))
}

#[derive(Default)]
struct Found {
    parked: u32,
    urgent: u32,
    differences: u32,
    more: bool,
    connections: BTreeSet<ConnectionId>,
}

impl Found {
    /// Counts problems that were put aside since, and that nobody dismissed; answers when the newest of them was.
    async fn parked(&mut self, world: &Ports, through: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>> {
        let page = world.table.query(ParkedRow::PARTITION, "", None, MOST_COUNTED, false).await?;
        self.more = page.next.is_some();
        let mut newest = None;
        for row in &page.rows {
            // One that cannot be read is named by the list.
            let Ok(row) = ParkedRow::from_row(row) else { continue };
            // One from tomorrow was written by a clock that was ahead.
            let at = row.first_at.min(now);
            // That an order is short is told at once, by an event of its own.
            let is_told = matches!(row.subject, Subject::Question { question: OrderQuestion::Short, .. });
            if row.dismissed.is_none() && !is_told && through.is_none_or(|through| at > through) {
                newest = newest.max(Some(at));
                self.parked += 1;
                self.urgent += u32::from(row.urgent);
                self.connections.extend(row.connection);
            }
        }
        Ok(newest)
    }

    /// Counts differences that runs which ended since handed to a person.
    async fn differences(&mut self, world: &Ports, since: Option<Timestamp>, now: Timestamp) -> Result<()> {
        let handed = |last: Option<&EndedRun>| {
            let last = last.filter(|run| since.is_none_or(|since| run.ended_at > since) && run.ended_at <= now);
            last.map_or(0, |run| u32::try_from(run.counts.parked).unwrap_or(u32::MAX))
        };
        for connection in readable_connections(world).await?.0 {
            let row: Option<ReconcileRow> = world.get(&ReconcileRow::key(&connection.id)).await?;
            let count = handed(row.and_then(|row| row.state.last).as_ref());
            if count > 0 {
                self.connections.insert(connection.id);
                self.differences = self.differences.saturating_add(count);
            }
        }
        let books: Option<BooksRow> = world.get(&BooksRow::key()).await?;
        self.differences = self.differences.saturating_add(handed(books.and_then(|row| row.0.last).as_ref()));
        Ok(())
    }

    fn in_words(&self) -> String {
        let more = if self.more { "more than " } else { "" };
        let things = match self.parked {
            0 => None,
            1 => Some("1 thing was put aside".to_owned()),
            many => Some(format!("{more}{many} things were put aside")),
        };
        let differences = match self.differences {
            0 => None,
            1 => Some("1 difference needs a person".to_owned()),
            many => Some(format!("{many} differences need a person")),
        };
        let what = [things, differences].into_iter().flatten().collect::<Vec<_>>().join(" and ");
        let names: Vec<_> = self.connections.iter().map(ConnectionId::as_str).collect();
        let at = if names.is_empty() { String::new() } else { format!(", at {}", names.join(", ")) };
        let urgent = match self.urgent {
            0 => "",
            1 => {
                ". URGENT: 1 of them is an order of which nobody can tell what it demands, and all other connections go on selling"
            }
            _ => {
                ". URGENT: some of them are orders of which nobody can tell what they demand, and all other connections go on selling"
            }
        };
        format!("{what}{at}: see /api/v1/parked and /api/v1/drift{urgent}")
    }
}
